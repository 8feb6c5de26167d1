"""People asked of at regular cuts: will they do it within some time."""

from collections.abc import Sequence

import numpy as np

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .._histories import Histories, Span
from .chunks import Chunk
from .facts import Facts, read_moment
from .question import Cut, at, counted_kinds, days_since, marked_kinds, shares
from .request import DAY, SECOND

# Cuts are counted from a Monday on, whatever the log holds: no event moves them.
_ORIGIN = 4 * DAY
BEYOND = Sentence("have a window that reaches past the end of the log")
LAPSED = Sentence("are of people who had done nothing for longer")
NOT_REACHED = Sentence("are of people first seen after the last cut")


class InWindow:
    """Everybody seen before a cut, at each of a row of cuts.

    Parameters
    ----------
    facts : Facts
    targets : sequence of str
    every, within : int
        Microseconds from cut to cut, and from a cut to the end of its window.
    name : str
        ``within`` as the user wrote it.
    active : int, default=0
        Only of those is asked who did something in so many microseconds before the cut; 0 for all.
    open_too : bool, default=False
        Also at cuts whose window reaches past the end of the log.

    Raises
    ------
    DataError
        If the log is too short for a single cut.
    """

    kind_columns = ("last_kind",)
    marks = ("days_before",)

    def __init__(
        self,
        facts: Facts,
        targets: Sequence[str],
        every: int,
        within: int,
        name: str,
        active: int = 0,
        *,
        open_too: bool = False,
    ):
        self.open_too = open_too
        self.every = every
        self.within = self.horizon = within
        self.active = active
        self.name = name
        self.is_target = marked_kinds(facts, targets)
        self.counted = counted_kinds(facts, targets)
        self.has_items, self.has_values = bool(facts.items), facts.has_values
        self.end = facts.end
        self.last_cut = (facts.end - (0 if open_too else within) - _ORIGIN) // every
        self.first_beyond = read_moment(_ORIGIN + (self.last_cut + 1) * every)
        self.latest = (facts.last - _ORIGIN) // every
        if not open_too:
            self._check_length(facts)

    def _check_length(self, facts: Facts) -> None:
        if self._first_cut(facts.first) > self.last_cut:
            raise DataError(
                f"the log runs from {read_moment(facts.first)} to {read_moment(facts.last)}: there "
                f"is no cut with events before it and {self.name} after it.  Ask more often, or "
                "look less far."
            )

    def _first_cut(self, moment: np.ndarray | int) -> np.ndarray | int:
        """Number the first cut after a moment; what happens at a cut is not seen there."""
        return (moment - _ORIGIN) // self.every + 1

    def cut(self, chunk: Chunk) -> Cut:
        """Ask of everybody (who is still active) at each cut after their first event."""
        first_cut = self._first_cut(chunk.moment[chunk.begins])
        n_cuts = np.maximum(self.last_cut - first_cut + 1, 0)
        beyond = self.latest - np.maximum(first_cut, self.last_cut + 1) + 1
        person = np.repeat(np.arange(len(chunk.begins)), n_cuts)
        number = np.arange(len(person)) - np.repeat(np.cumsum(n_cuts) - n_cuts, n_cuts)
        moment = _ORIGIN + (number + first_cut[person]) * self.every

        history = Histories(chunk.person, chunk.moment.astype("datetime64[us]"))
        cut = moment.astype("datetime64[us]")
        left_out = (
            {NOT_REACHED: int((n_cuts == 0).sum())}
            if self.open_too
            else {BEYOND: int(np.maximum(beyond, 0).sum())}
        )
        if self.active:
            active = history.before(person, cut, days=self.active / DAY).n_rows > 0
            left_out[LAPSED] = int((~active).sum())
            person, moment, cut = person[active], moment[active], cut[active]
        within = self.within / DAY
        seen = history.before(person, cut)
        is_target = self.is_target[chunk.kind]
        return Cut(
            seen=seen,
            moment=moment,
            target=history.after(person, cut, days=within).total(is_target) > 0,
            features=self._features(
                chunk,
                moment,
                seen,
                history.before(person, cut, days=within),
                history.before(person, cut, days=within, skip=within),
            ),
            left_out=left_out,
            is_open=moment + self.within > self.end,
        )

    def _features(
        self, chunk: Chunk, moment: np.ndarray, seen: Span, recent: Span, earlier: Span
    ) -> dict[str, np.ndarray]:
        latest = seen.stop - 1
        is_target = self.is_target[chunk.kind]
        known = (chunk.moment[latest] - chunk.moment[seen.first]) / DAY
        found = {}
        for name, code in self.counted.items():
            is_kind = chunk.kind == code
            found[f"ever: {name}"] = seen.total(is_kind)
            found[f"last {self.name}: {name}"] = recent.total(is_kind)
            found[f"{self.name} before: {name}"] = earlier.total(is_kind)
        found["last_kind"] = chunk.kind[latest]
        found["events"] = seen.n_rows
        found["days_known"] = days_since(chunk, seen.first, moment)
        found["days_since_event"] = days_since(chunk, latest, moment)
        found["days_since_target"] = days_since(chunk, chunk.last_of(is_target)[latest], moment)
        found["gap_mean_days"] = shares(known, seen.n_rows - 1)
        day = chunk.moment // DAY
        new_day = np.diff(day, prepend=-1) != 0
        new_day[chunk.begins] = True
        found["active_days"] = seen.total(new_day)
        if self.every % DAY:
            found["hour"] = moment // (3_600 * SECOND) % 24
        if self.every % (7 * DAY):
            found["weekday"] = (moment // DAY + 3) % 7  # the epoch began on a Thursday
        return found | self._of_items(chunk, seen) | self._of_values(chunk, seen)

    def _of_items(self, chunk: Chunk, seen: Span) -> dict[str, np.ndarray]:
        if not self.has_items:
            return {}
        return {
            "items": seen.total((chunk.item >= 0) & ~chunk.repeated),
            "repeats": seen.total(chunk.repeated),
        }

    def _of_values(self, chunk: Chunk, seen: Span) -> dict[str, np.ndarray]:
        if not self.has_values:
            return {}
        known = ~np.isnan(chunk.value)
        value = np.where(known, chunk.value, 0.0)
        is_target = self.is_target[chunk.kind]
        spent = chunk.total_before(np.where(is_target, value, 0.0), seen)
        row = chunk.last_of(known)[seen.stop - 1]
        return {
            "value_mean": shares(chunk.total_before(value, seen), seen.total(known)),
            "value_last": at(chunk.value, row, otherwise=np.nan),
            "target_value": spent,
            "target_value_mean": shares(spent, seen.total(known & is_target)),
        }
