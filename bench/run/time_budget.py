"""A run that has so many minutes: until when cells are computed, and what is left out then."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from ..errors import RequestError
from ..language.sentence import Sentence
from ..store.records import CellRecord
from .work import Planned, Work

# Of the time for cells; ensembles that read features, and searches, have the rest.
_MODELS = 0.85
_LEFT_OUT = "their cells were not all there when the time was up"


class TimeUpError(Exception):
    """The time was up before all cells were there."""


@dataclass(frozen=True)
class TimeBudget:
    """Until when cells are computed, by the monotonic clock; by default for ever.

    ``models`` is the end for those of models as they are given, ``all_`` that for all others, both
    on a machine that does nothing else, on which ``judging`` seconds come after them.
    """

    models: float = math.inf
    all_: float = math.inf
    judging: float = 0.0

    @classmethod
    def of(cls, minutes: float, begun: float, judging: float) -> Self:
        """Share the minutes out.

        Parameters
        ----------
        minutes : float
            For all of the run, its report included.
        begun : float
            When it began.
        judging : float
            Seconds that judging and the report are likely to take on a quiet machine.
        """
        now = time.monotonic()
        end = max(begun + 60 * minutes - judging, now)
        return cls(now + _MODELS * (end - now), end, judging)


class Clock:
    """Says whether there is time left, until an end that is set anew for what comes.

    Where other programs keep the machine busy, judging takes longer, too: by as much as cells did.

    Parameters
    ----------
    judging : float
        Seconds that come after the end on a quiet machine; what they take more goes off the end.
    """

    def __init__(self, judging: float = 0.0) -> None:
        self.until = math.inf
        self._judging = judging
        self._wall = self._processor = 0.0

    def learn(self, record: CellRecord) -> None:
        """Take note of how long a cell that was just computed had to wait for the processor."""
        if record.done and record.wall_seconds > 0:
            self._wall += record.wall_seconds
            self._processor += record.fit_seconds + record.predict_seconds

    @property
    def slowdown(self) -> float:
        """Seconds by the clock for one of processor time, as cells had it; at least 1."""
        return max(1.0, self._wall / self._processor) if self._processor > 0 else 1.0

    @property
    def is_limited(self) -> bool:
        """Whether there is an end."""
        return self.until < math.inf

    def goes_on(self) -> bool:
        """Tell whether there is time left."""
        return time.monotonic() < self.until - (self.slowdown - 1) * self._judging


def asked_minutes(value: object, where: str) -> float:
    """Read a number of minutes.

    Raises
    ------
    RequestError
        If it is no number above 0.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise RequestError(f"{where} must be a number of minutes above 0; found {value!r}.")
    return float(value)


def whole_models(
    work: Work, cells: Sequence[Planned], records: Sequence[CellRecord]
) -> tuple[Work, list[CellRecord]]:
    """Keep the models all of whose cells are there: a mean over other folds compares with nothing.

    Raises
    ------
    RequestError
        If there are none.
    """
    there = {record.key for record in records}
    lacking = {cell.plugin.name for cell in cells if cell.key not in there}
    if lacking >= {cell.plugin.name for cell in cells}:
        raise RequestError(
            "the time was up before all cells of any model were there.  Those that are there are "
            "kept: run again, or give more --minutes."
        )
    kept = [record for record in records if record.model not in lacking]
    return work.without(lacking, Sentence(_LEFT_OUT)), kept
