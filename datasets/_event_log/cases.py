"""The cases of all chunks put together: features, events, outcomes and roles."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...bench.cases import Cases
from ...bench.errors import DataError
from ...bench.events import Events
from .._histories import Span
from .chunks import Chunk
from .facts import MOST_ITEMS, Facts
from .growing import GrowingColumns
from .question import Cut, Question
from .request import DAY, SECOND

MOST_EVENTS = 50
MOST_CASES = 5_000_000
# A sample that is advised is so much smaller than what would just do.
_ROOM = 0.9
_NO_ITEM, _OTHER_ITEM = "(none)", "(other)"


@dataclass(frozen=True, eq=False)
class Pieces:
    """What a question made of all chunks, not yet put together.

    Parameters
    ----------
    columns : GrowingColumns
    left_out : Counter
        What was left out, by the reason.
    n_cases : int
    n_copies : int
        Events that equal another in every column.
    n_repeats : int
        Events that repeat person, moment, kind and item of another, and differ elsewhere.
    horizon : int
        The longest time from a prediction to its outcome, in microseconds.
    """

    columns: GrowingColumns
    left_out: Counter
    n_cases: int
    n_copies: int
    n_repeats: int
    horizon: int

    def whole(self, name: str) -> np.ndarray:
        """Give a role (``WHO``, ``MOMENT`` ...) of all cases; empty where there is none."""
        if name not in self.columns:
            return np.zeros(0, dtype=np.int64)
        return self.columns.whole(name)


@dataclass(frozen=True, eq=False)
class CutCases:
    """The cases, and their roles.

    Parameters
    ----------
    cases : Cases
    target, who, moment : ndarrays of shape (n_cases,)
        Outcome, number of the person, and moment of the prediction in microseconds.
    known_at : ndarray, optional
        When each outcome was known, in microseconds, where that differs from case to case.
    is_open : ndarray of bool, optional
        Whether the log ends before the outcome is known.
    course : Events, optional
        The events of the cases and those that followed, where that is asked for.
    """

    cases: Cases
    target: np.ndarray
    who: np.ndarray
    moment: np.ndarray
    known_at: np.ndarray | None
    is_open: np.ndarray | None
    course: Events | None = None


def collect(chunks: Iterable[Chunk], question: Question, facts: Facts) -> Pieces:
    """Cut all chunks.

    Raises
    ------
    DataError
        If there are more cases than memory should hold.
    """
    columns = GrowingColumns()
    left_out, n_copies, n_repeats, n_cases, n_events = Counter(), 0, 0, 0, 0
    horizon = question.horizon
    for chunk in chunks:
        cut = question.cut(chunk)
        n_cases += len(cut.target)
        n_events += len(chunk)
        if n_cases > MOST_CASES:
            enough = _ROOM * n_events * MOST_CASES / n_cases
            raise DataError(
                f"the question makes more than {MOST_CASES:,} cases of this log.  Ask less often, "
                f"or of a sample of its people: --rows {_two_digits(enough)}"
            )
        for name, values in _narrow(chunk, cut, question, facts).items():
            columns.add(name, values)
        left_out.update(cut.left_out)
        n_copies += chunk.n_copies
        n_repeats += chunk.n_repeats
        if cut.known_at is not None:
            horizon = max(horizon, int((cut.known_at - cut.moment).max(initial=0)))
    return Pieces(columns, left_out, n_cases, n_copies, n_repeats, horizon)


def _two_digits(number: float) -> int:
    """Round down to two digits that count."""
    unit = 10 ** max(0, len(str(int(number))) - 2)
    return int(number) // unit * unit


def put_together(pieces: Pieces, question: Question, facts: Facts) -> CutCases:
    """Put the cases end to end, by person and time; the pieces are used up on the way.

    What does not fit into memory with ease lies in files that the arrays show.
    """
    columns = pieces.columns
    take = columns.take
    vocabulary = {"kind": facts.kinds}
    if facts.items:
        vocabulary["item"] = (_NO_ITEM, _OTHER_ITEM, *facts.items)

    def events(mark: str, length: str) -> Events:
        marks = {
            name: take(mark + name)
            for name in ("kind", "gap", *question.marks, *_more_marks(facts))
        }
        return Events(np.concatenate([[0], np.cumsum(take(length))]), marks, vocabulary)

    seen = events(_MARK, _LENGTH)
    course = events(_COURSE_MARK, _COURSE_LENGTH) if _COURSE_LENGTH in columns else None
    target, who, moment = (take(name) for name in (TARGET, WHO, MOMENT))
    known_at, is_open = (take(name) if name in columns else None for name in (KNOWN_AT, IS_OPEN))
    features = {name: take(name) for name in list(columns)}
    for name in question.kind_columns:
        features[name] = pd.Categorical.from_codes(features[name], categories=list(facts.kinds))
    cases = Cases(pd.DataFrame(features, copy=False), seen)
    return CutCases(cases, target, who, moment, known_at, is_open, course)


# Features are named by the log's own words; what begins so is none.
_OURS = "\0"
TARGET, WHO, MOMENT = _OURS + "target", _OURS + "who", _OURS + "moment"
KNOWN_AT, IS_OPEN, _LENGTH = _OURS + "known at", _OURS + "is open", _OURS + "length"
_MARK = _OURS + "mark "
_COURSE_MARK, _COURSE_LENGTH = _OURS + "mark of course ", _OURS + "length of course"


def _more_marks(facts: Facts) -> tuple[str, ...]:
    return ("item",) * bool(facts.items) + ("value",) * facts.has_values


def _narrow(chunk: Chunk, cut: Cut, question: Question, facts: Facts) -> dict[str, np.ndarray]:
    """Write a chunk's cases in the narrowest types that hold them."""
    found = {
        name: values.astype(np.int32 if values.dtype.kind in "iu" else np.float32)
        for name, values in cut.features.items()
    }
    latest = cut.seen.latest(MOST_EVENTS)
    marks = _events(chunk, cut, latest, question, facts)
    found |= {_MARK + name: mark for name, mark in marks.items()}
    found[_LENGTH] = latest.n_rows
    if cut.until is not None:
        course = Span(latest.first, cut.until)
        marks = _events(chunk, cut, course, question, facts)
        found |= {_COURSE_MARK + name: mark for name, mark in marks.items()}
        found[_COURSE_LENGTH] = course.n_rows
    found[TARGET] = cut.target.astype(np.int8)
    found[WHO] = chunk.who[cut.seen.first]
    found[MOMENT] = cut.moment
    for role, values in ((KNOWN_AT, cut.known_at), (IS_OPEN, cut.is_open)):
        if values is not None:
            found[role] = values
    return found


def _events(
    chunk: Chunk, cut: Cut, latest: Span, question: Question, facts: Facts
) -> dict[str, np.ndarray]:
    """Give the marks of the events shown."""
    offsets, rows = latest.rows()
    gap = (chunk.gap / SECOND).astype(np.float32)[rows]
    gap[offsets[:-1]] = 0  # the event before the first is not among those shown
    marks = {"kind": chunk.kind[rows], "gap": gap}
    if "days_before" in question.marks:
        until = np.repeat(cut.moment, latest.n_rows)
        marks["days_before"] = ((until - chunk.moment[rows]) / DAY).astype(np.float32)
    if facts.items:
        # Items that the log shows late share one code: which are frequent, only the future knows.
        code = np.where(chunk.item < MOST_ITEMS, chunk.item + 2, 1)
        marks["item"] = np.where(chunk.item < 0, 0, code).astype(np.int32)[rows]
    if facts.has_values:
        marks["value"] = np.nan_to_num(chunk.value).astype(np.float32)[rows]
    return marks
