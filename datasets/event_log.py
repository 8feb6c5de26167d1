"""An event log of your own: one row an event, cut into visits or into weeks."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.task import Task
from ._event_log.cases import CutCases
from ._event_log.cut_log import cut_log
from ._event_log.facts import Facts
from ._event_log.question import Question
from ._event_log.request import DEFAULT_GAP, check_request, check_same_as, duration
from ._event_log.visits import LaterInVisit
from ._event_log.windows import InWindow

_FEWEST_CASES = 20


class EventLog(Dataset):
    """An event log of your own (``--events FILE --who ... --target KIND``), one row an event.

    One of two questions is asked.  ``after_events``: will this visit still hold the target, seen
    after that many events?  ``every`` and ``within``: will this person do it within that time
    after a cut?  Features and events come from before the cut, the target from after it.

    The log is put in order by moment, rows of one moment as the files have them, parts of a folder
    by their names.  A visit is cut right after its n-th event in that order.  At a regular cut,
    what happens at that very moment is not seen.

    Parameters
    ----------
    path : str
        CSV, TSV, JSON lines (each also packed with gzip or zstd) or Parquet; or a folder of such
        files with the same columns.  It may be larger than memory.
    who, when, what : str
        The columns with the person, the moment and the kind of an event.  Moments are timestamps,
        texts such as 2024-03-01T08:30:00+01:00, or Unix times.
    target : str
        The kind of event to predict.
    value, item : str
        The columns with a number, such as a price, and with an item or a category.
    after_events : int
        How many events of a visit are seen.
    session_gap : str, default="30m"
        A visit ends where its person does nothing for longer.
    every, within : str
        How often everybody is asked of, and how far ahead, as in "7d".
    same_as : int, default=0
        With ``after_events``: only the visits that could be asked of after this many events too,
        to compare what is known after fewer with what is known after more; 0 for all.
    """

    def __init__(
        self,
        path: str = "",
        who: str = "",
        when: str = "",
        what: str = "",
        target: str = "",
        value: str = "",
        item: str = "",
        after_events: int = 0,
        session_gap: str = DEFAULT_GAP,
        every: str = "",
        within: str = "",
        same_as: int = 0,
    ):
        self.path = path
        self.who = who
        self.when = when
        self.what = what
        self.target = target
        self.value = value
        self.item = item
        self.after_events = after_events
        self.session_gap = session_gap
        self.every = every
        self.within = within
        self.same_as = same_as

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read and cut the log; ``paths`` is empty."""
        check_request(self)
        check_same_as(self.after_events, self.same_as)
        found, self.card = cut_log(self, self.question, self.same_as)
        self._check_outcome(found)
        return self.task(
            found.cases,
            found.target,
            group=found.who,
            time=found.moment.astype("datetime64[us]"),
        )

    def question(self, facts: Facts) -> Question:
        """Give what cuts the log, of a request that was checked."""
        if self.after_events:
            gap = duration(self.session_gap, "session_gap")
            return LaterInVisit(facts, self.target, self.after_events, gap, self.same_as)
        every, within = duration(self.every, "every"), duration(self.within, "within")
        return InWindow(facts, self.target, every, within, self.within.strip())

    def _check_outcome(self, found: CutCases) -> None:
        counted = self.card.caveats[1]
        if len(found.target) < _FEWEST_CASES:
            raise DataError(
                f"{self.card.title} leaves {len(found.target)} cases, too few to judge anything.  "
                f"{counted}  Bring a longer log, or ask earlier or more often."
            )
        n_positive = int(np.count_nonzero(found.target))
        if n_positive in (0, len(found.target)):
            which = "no" if n_positive == 0 else "every"
            raise DataError(
                f"{self.card.title}: {which} case is positive.  {counted}  Check that "
                f"{self.target!r} is the kind that you mean, or ask another question."
            )
