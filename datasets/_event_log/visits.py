"""Visits cut after their first events: will they still hold the target."""

from collections.abc import Sequence

import numpy as np

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from ...bench.language.speaking import marked
from .._histories import Span
from .chunks import Chunk
from .facts import Facts
from .question import Cut, counted_kinds, days_since, marked_kinds, shares
from .request import DAY, SECOND

ENDED = marked("ended before event {n}")
NOT_REACHED = marked("did not reach event {n}, or not yet")
BOUGHT = marked("already held the target by event {n}")
OPEN = marked("could still go on when the log ends")
WITHOUT = marked("hold no event of the kind “{kind}”")


class LaterInVisit:
    """Visits, cut right after their n-th event.

    A visit ends where its person does nothing for longer than ``gap``.

    Parameters
    ----------
    facts : Facts
    targets : sequence of str
    after : int
        n.
    gap : int
        Microseconds.
    same_as : int, default=0
        Only the visits that are cases after this many events too.
    since : str, default=""
        A kind of events: they are counted from the visit's first of this kind on, it among them.
    course : int, default=0
        How many events more the course of a visit holds, up to its target or its end; 0 for none.
    open_too : bool, default=False
        Also the visits that could still go on when the log ends.

    Raises
    ------
    DataError
        If the log holds no event of that kind.
    """

    marks = ()
    horizon = 0

    def __init__(
        self,
        facts: Facts,
        targets: Sequence[str],
        after: int,
        gap: int,
        same_as: int = 0,
        since: str = "",
        *,
        course: int = 0,
        open_too: bool = False,
    ):
        self.open_too = open_too
        self.after = after
        self.asked = max(after, same_as)
        self.gap = gap
        self.course = course
        self.since = since
        if since and since not in facts.kinds:
            raise DataError(
                f"the log holds no event of the kind {since!r}, from which events are to be "
                f"counted.  Kinds: {', '.join(map(repr, facts.kinds[:12]))}."
            )
        self.is_begin = marked_kinds(facts, (since,))
        self.last = facts.last
        self.is_target = marked_kinds(facts, targets)
        self.counted = counted_kinds(facts, targets)
        self.has_items, self.has_values = bool(facts.items), facts.has_values
        self.kind_columns = ("first_kind", "last_kind") if after > 1 else ("last_kind",)

    def cut(self, chunk: Chunk) -> Cut:
        """Cut every visit that has n events, none of them the target, and whose end was seen.

        With ``open_too``, its end need not be seen.
        """
        is_first = chunk.gap > self.gap
        is_first[chunk.begins] = True
        visit = np.cumsum(is_first) - 1
        begin = np.flatnonzero(is_first)
        end = np.append(begin[1:], len(chunk))
        is_target = self.is_target[chunk.kind]
        counted = self._counted_from(chunk, begin, end)

        has_begun = counted < end
        long_enough = has_begun & (end - counted >= self.asked)
        asked = np.minimum(counted + self.asked, end)
        bought = Span(begin, asked).total(is_target) > 0
        goes_on = chunk.moment[end - 1] + self.gap >= self.last
        chosen = long_enough & ~bought & (self.open_too | ~goes_on)
        left_out = {
            NOT_REACHED if self.open_too else ENDED: has_begun & ~long_enough,
            BOUGHT: long_enough & bought,
            OPEN: long_enough & ~bought & ~chosen,
        }
        if self.since:
            left_out[WITHOUT] = ~has_begun
        is_open = goes_on[chosen]
        begin, end, counted = begin[chosen], end[chosen], counted[chosen]
        stop = counted + self.after
        first = chunk.begins[chunk.person[begin]]
        moment = chunk.moment[stop - 1]
        return Cut(
            seen=Span(first, stop),
            moment=moment,
            target=Span(stop, end).total(is_target) > 0,
            features=self._features(chunk, visit, first, begin, stop),
            left_out={self._said(reason): int(rows.sum()) for reason, rows in left_out.items()},
            known_at=chunk.moment[end - 1] + self.gap,
            is_open=is_open,
            until=self._until(is_target, stop, end) if self.course else None,
        )

    def _until(self, is_target: np.ndarray, stop: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Find where the courses end: before the target, with the visit, or after enough events."""
        targets = np.append(np.flatnonzero(is_target), len(is_target))
        until = np.minimum(end, targets[np.searchsorted(targets, stop)])
        return np.minimum(until, stop + self.course)

    def _said(self, reason: str) -> Sentence:
        if reason == WITHOUT:
            return Sentence(reason, kind=self.since)
        return Sentence(reason, n=self.asked)

    def _counted_from(self, chunk: Chunk, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Give the row of each visit from which its events are counted; its end for none."""
        if not self.since:
            return begin
        rows = np.append(np.flatnonzero(self.is_begin[chunk.kind]), len(chunk))
        return np.minimum(rows[np.searchsorted(rows[:-1], begin)], end)

    def _features(
        self,
        chunk: Chunk,
        visit: np.ndarray,
        first: np.ndarray,
        begin: np.ndarray,
        stop: np.ndarray,
    ) -> dict[str, np.ndarray]:
        here, before = Span(begin, stop), Span(first, begin)
        # The row before the visit, -1 for a person's first visit.
        past = np.where(begin > first, begin - 1, -1)
        is_target = self.is_target[chunk.kind]
        moment, start = chunk.moment[stop - 1], chunk.moment[begin]
        found = {}
        for name, code in self.counted.items():
            is_kind = chunk.kind == code
            if not self.is_target[code]:  # no case holds it before its cut
                found[f"visit: {name}"] = here.total(is_kind)
            found[f"before: {name}"] = before.total(is_kind)
        found["last_kind"] = chunk.kind[stop - 1]
        if self.since:
            found["visit_events"] = here.n_rows
        if self.after > 1:
            found["first_kind"] = chunk.kind[begin]
            found["visit_seconds"] = (moment - start) / SECOND
            found["gap_last"] = chunk.gap[stop - 1] / SECOND
            found["gap_max"] = _over(np.maximum, chunk.gap, Span(begin + 1, stop)) / SECOND
        found["before_events"] = before.n_rows
        found["before_visits"] = visit[begin] - visit[first]
        found["days_known"] = (moment - chunk.moment[first]) / DAY
        found["days_since_visit"] = days_since(chunk, past, start)
        found["days_since_target"] = days_since(chunk, chunk.last_of(is_target)[begin], moment)
        found["hour"] = moment // (3_600 * SECOND) % 24
        found["weekday"] = (moment // DAY + 3) % 7  # the epoch began on a Thursday
        return (
            found
            | self._of_items(chunk, visit, here, before)
            | self._of_values(chunk, visit, here, before)
        )

    def _of_items(
        self, chunk: Chunk, visit: np.ndarray, here: Span, before: Span
    ) -> dict[str, np.ndarray]:
        if not self.has_items:
            return {}
        named, here_again = chunk.item >= 0, chunk.seen_before(visit)
        distinct = {"visit_items": here.total(named & ~here_again)} if self.after > 1 else {}
        return distinct | {
            "visit_items_known": here.total(chunk.repeated & ~here_again),
            "before_items": before.total(named & ~chunk.repeated),
            "before_repeats": before.total(chunk.repeated),
        }

    def _of_values(
        self, chunk: Chunk, visit: np.ndarray, here: Span, before: Span
    ) -> dict[str, np.ndarray]:
        if not self.has_values:
            return {}
        known = ~np.isnan(chunk.value)
        value = np.where(known, chunk.value, 0.0)
        total = chunk.running(value, chunk.place_in(visit))[here.stop - 1]
        spent = np.where(self.is_target[chunk.kind], value, 0.0)
        found = {"visit_value": total}
        if self.after > 1:
            found["visit_value_mean"] = shares(total, here.total(known))
            found["visit_value_max"] = _over(np.fmax, chunk.value, here)
        return found | {
            "before_value_mean": shares(chunk.total_before(value, before), before.total(known)),
            "before_target_value": chunk.total_before(spent, before),
        }


def _over(how: np.ufunc, values: np.ndarray, span: Span) -> np.ndarray:
    """Reduce each span's values; the spans are not empty and do not overlap."""
    if not len(span.first):
        return np.zeros(0)
    borders = np.column_stack([span.first, span.stop]).ravel()
    return how.reduceat(np.append(values, values[:1]), borders)[::2]
