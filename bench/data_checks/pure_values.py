"""Values and ranges whose cases all ended alike, and missing values that tell the outcome.

A column need not decide every case to be written after the outcome: of those who spent anything
all bought, and of the others a few.  What people do shades off, so a pure range of honest data has
nearly pure neighbours; a pure range beside a mixed one does not come from chance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cases import is_numeric, texts
from ..content_columns import content_kind
from ..language.sentence import AFTER_A_COMMA, AFTER_A_SEMICOLON, Sentence, Text, joined
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

_CASES_LOOKED_AT = 20_000
_LEAST_PURE = 50
# Log odds that the neighbours' are at least below those of the pure cases, of which the rule of
# three says that they are above ln(n / 3).
_JUMP = 3.0
_NEIGHBOURS = 200
_LEAST_MISSING = 30
_TELLS, _TELLS_GRAVELY = 0.7, 0.85
_AT_MOST_NAMED = 5


def pure_values(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for values, ranges and gaps of each column that tell the outcome of their cases.

    References
    ----------
    Hanley, Lippman-Hand (1983), "If nothing goes wrong, is everything all right?", JAMA 249: with
    none of n, the share is below 3 / n.
    """
    rows = _looked_at(task)
    features, y = task.cases.features.iloc[rows], task.target[rows]
    pure, missing = [], []
    for name, column in features.items():
        absent = column.isna().to_numpy()
        if is_numeric(column):
            x = column.to_numpy(dtype=float, na_value=np.nan)
            pure += [_Pure(name, *found) for found in _pure_ranges(x, y)]
        elif not content_kind(column):  # nobody's words are told
            pure += [_Pure(name, *found) for found in _pure_categories(texts(column), y)]
        if told := _tells_by_absence(absent, y):
            missing.append((name, *told))
    found = []
    for outcome in (1, 0):
        mine = [one for one in pure if one.outcome == outcome]
        if mine:
            found.append(_finding(mine, outcome, y.mean()))
    if missing:
        found.append(_missing_finding(missing))
    return found


def _looked_at(task: Task) -> np.ndarray:
    """Draw some cases, one of each person: several that end alike prove nothing of a range."""
    rows = np.random.default_rng(0).permutation(len(task))
    if task.group is not None:
        rows = rows[np.unique(task.group[rows], return_index=True)[1]]
    return np.sort(rows[:_CASES_LOOKED_AT])


@dataclass(frozen=True)
class _Pure:
    name: str
    where: Text
    n: int
    outcome: int

    @property
    def said(self) -> Sentence:
        values = {"name": self.name, "where": self.where, "n": self.n}
        if self.outcome:
            return Sentence("{name!r} {where} (all {n:,} positive)", **values)
        return Sentence("{name!r} {where} (all {n:,} negative)", **values)


def _pure_ranges(x: np.ndarray, y: np.ndarray) -> list[tuple[Sentence, int, int]]:
    """Give the longest run of each outcome along the sorted values, if its neighbours are mixed."""
    known = ~np.isnan(x)
    values, code = np.unique(x[known], return_inverse=True)
    if len(values) < 2:
        return []
    n = np.bincount(code)
    positive = np.bincount(code, y[known])
    found = []
    for outcome in (1, 0):
        same = positive if outcome else n - positive
        start, stop = _longest_run(n, same == n)
        size = int(n[start:stop].sum())
        sides = [
            _odds_beside(n[:start][::-1], same[:start][::-1]),
            _odds_beside(n[stop:], same[stop:]),
        ]
        beside = max((side for side in sides if side is not None), default=math.inf)
        if size >= _LEAST_PURE and math.log(size / 3) - beside >= _JUMP:
            found.append((_range_words(values, start, stop), size, outcome))
    return found


def _longest_run(n: np.ndarray, pure: np.ndarray) -> tuple[int, int]:
    """Give the first and the last + 1 of the run of pure values with the most cases."""
    edges = np.flatnonzero(np.diff(np.r_[False, pure, False].astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]
    if len(starts) == 0:
        return 0, 0
    total = np.r_[0, np.cumsum(n)]
    longest = int(np.argmax(total[stops] - total[starts]))
    return int(starts[longest]), int(stops[longest])


def _odds_beside(n: np.ndarray, same: np.ndarray) -> float | None:
    """Give the log odds of the outcome among the nearest cases; None where there are none."""
    if len(n) == 0:
        return None
    last = int(np.searchsorted(np.cumsum(n), _NEIGHBOURS)) + 1
    n_near, n_same = float(n[:last].sum()), float(same[:last].sum())
    return math.log((n_same + 0.5) / (n_near - n_same + 0.5))


def _range_words(values: np.ndarray, start: int, stop: int) -> Text:
    low, high = values[start], values[stop - 1]
    if stop - start == 1:
        return f"= {low:g}"
    if stop == len(values):
        return Sentence("above {value:g}", value=values[start - 1])
    if start == 0:
        return Sentence("below {value:g}", value=values[stop])
    return Sentence("from {low:g} to {high:g}", low=low, high=high)


def _pure_categories(column: pd.Series, y: np.ndarray) -> list[tuple[str, int, int]]:
    """Give the values whose cases all ended alike, if the others did not."""
    code, names = pd.factorize(column)
    known = code >= 0
    n = np.bincount(code[known], minlength=len(names))
    positive = np.bincount(code[known], y[known], len(names))
    found = []
    for outcome, same in ((1, positive), (0, n - positive)):
        for place in np.flatnonzero((n >= _LEAST_PURE) & (same == n)):
            others = known.sum() - n[place]
            odds = (same.sum() - n[place] + 0.5) / (others - same.sum() + n[place] + 0.5)
            if others and math.log(n[place] / 3) - math.log(odds) >= _JUMP:
                found.append((f"= {str(names[place])!r}", int(n[place]), outcome))
    return found


def _finding(pure: list[_Pure], outcome: int, base: float) -> Finding:
    said = joined(AFTER_A_COMMA, (one.said for one in pure[:_AT_MOST_NAMED]))
    if len(pure) > _AT_MOST_NAMED:
        more = len(pure) - _AT_MOST_NAMED
        said = Sentence("{columns} and {more} more", columns=said, more=more)
    # That something rules a purchase out is common; that it makes one certain is not.
    return Finding(
        marked("values that decide"),
        bool(outcome == 1 or base > 0.5),
        Sentence("cases that all ended alike, beside others that did not: {cases}", cases=said),
        Sentence(
            "What people do shades off.  A border as sharp as this is most often drawn by a column "
            "that was written together with the outcome, or after it."
        ),
        Sentence(
            "Find out when the column is written.  If not before the moment of prediction, drop "
            "it; otherwise it is a rule that needs no model: leave these cases out, or name the "
            "column on the card as suspected."
        ),
    )


def _tells_by_absence(absent: np.ndarray, y: np.ndarray) -> tuple[float, float, float] | None:
    """Give the ROC AUC of being missing, and the shares missing of positive and negative cases."""
    if not _LEAST_MISSING <= absent.sum() <= len(absent) - _LEAST_MISSING:
        return None
    if np.bincount(y, minlength=2).min() < _LEAST_MISSING:
        return None
    of_yes, of_no = absent[y == 1].mean(), absent[y == 0].mean()
    auc = 0.5 + abs(of_yes - of_no) / 2
    return (auc, of_yes, of_no) if auc >= _TELLS else None


def _missing_finding(missing: list[tuple[str, float, float, float]]) -> Finding:
    said = joined(
        AFTER_A_SEMICOLON,
        (
            Sentence(
                "{name!r} is missing in {of_yes:.0%} of the positive and {of_no:.0%} of the "
                "negative cases",
                name=name,
                of_yes=of_yes,
                of_no=of_no,
            )
            for name, _, of_yes, of_no in missing[:_AT_MOST_NAMED]
        ),
    )
    if len(missing) > _AT_MOST_NAMED:
        more = len(missing) - _AT_MOST_NAMED
        said = Sentence("{columns} and {more} more columns", columns=said, more=more)
    return Finding(
        marked("missing values that tell"),
        bool(max(auc for _, auc, *_ in missing) >= _TELLS_GRAVELY),
        said,
        Sentence(
            "A cell that is filled in for one outcome and left empty for the other was most often "
            "filled in when the outcome was known."
        ),
        Sentence(
            "Find out when and for whom the column is filled in.  If only after the moment of "
            "prediction, drop it."
        ),
    )
