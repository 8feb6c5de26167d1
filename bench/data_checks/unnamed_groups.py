"""Cases that belong together and nobody said so: several of one customer, or near twins.

A column with a few cases of each value may say whom a case is about.  It does where cases of one
value end alike beyond chance, and beyond all that a model of the columns knows of other values: an
age or a price matters too, but nearly as the ages and prices beside it do.  Near twins share a
number to its last digit, which different people hardly ever do, and differ elsewhere.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from ..cases import is_numeric
from ..content_columns import without_content
from ..language.sentence import AFTER_A_SEMICOLON, Sentence, joined
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .describe_cases import as_numbers, described
from .duplicates import case_codes, column_codes, spread
from .finding import Finding
from .kept_together import TwoScores, two_scores

_LEAST_CASES = 100
_FEW = 50  # cases of a value; a value of more is no person
_MEAN_FEW = 30.0
_LEAST_VALUES = 20  # that two or more cases share
_LEAST_SHARE = 0.2  # of all cases, that share their value with a few others ...
_LEAST_SHARE_OF_TWINS = 0.02  # ... or a number that hardly repeats by chance
_PRECISE = 1e-4  # of a number, that its digits go beyond
_CASES_LOOKED_AT, _CASES_FITTED = 40_000, 6_000
_WORTH_A_FIT = 3.0  # standard errors
_MOST_FITTED = 4
_PERMUTATIONS = 999
_WORTH_A_WORD = 0.1  # of the pairs that chance leaves apart, that end alike
_GRAVE = 0.05  # ROC AUC; items that come again are worth less to know than people
_PARTS = 3
_LIKE_A_NAME = re.compile(
    r"(?i)(^|[^a-z])(id|no|nr|num|number|key|code|uid|guid|uuid|customer|client|user|visitor|member|"
    r"account|person|people|household|patient|email|e-mail|mail|phone|cookie|device|name)([^a-z]|$)"
    r"|(?-i:[a-z]I[Dd]$)"
)


def unnamed_groups(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for a column by which cases belong together, where the task names no group.

    References
    ----------
    Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, chapter 3: residuals
    are exchangeable where a model holds all that cases have in common.
    """
    if task.group is not None or len(task) < _LEAST_CASES:
        return []
    candidates = [
        candidate
        for name in without_content(task.cases.features).columns
        if (candidate := _candidate(task, name)) and candidate.raw > _WORTH_A_FIT
    ]
    candidates.sort(key=lambda candidate: -candidate.raw)
    alike = [one for one in candidates[:_MOST_FITTED] if _ends_alike(task, one)]
    if not alike:
        return []
    best = min(alike, key=_preference)
    code = np.full(len(task), -1)
    code[best.rows] = best.code
    scored = two_scores(task, code, best.rows, without="" if best.is_number else best.name)
    same, chance = _pairs_alike(best.code, task.target[best.rows])
    if same - chance < _WORTH_A_WORD * (1 - chance) and not (scored and scored.inflated):
        return []
    return [_finding(task, best, same, chance, scored)]


@dataclass(frozen=True, eq=False)
class _Candidate:
    """A column with a few cases of each value.

    ``rows`` are the cases looked at that share their value with a few others, ``code`` their
    values; ``raw`` says by how many standard errors outcomes agree within a value.
    """

    name: str
    rows: np.ndarray
    code: np.ndarray
    raw: float
    is_number: bool
    is_precise: bool


def _candidate(task: Task, name: str) -> _Candidate | None:
    column = task.cases.features[name]
    values = column_codes(column)
    known = np.flatnonzero(column.notna().to_numpy())
    if len(known) > _CASES_LOOKED_AT:
        # By value, not by case: all cases of a value are looked at, or none.
        share = np.uint64(2**64 * (_CASES_LOOKED_AT / len(known)))
        known = known[spread(values[known]) < share]
    code = pd.factorize(values[known])[0]
    n = np.bincount(code)
    shared = (n >= 2) & (n <= _FEW)
    n_cases = int(n[shared].sum())
    precise = is_numeric(column) and _is_precise(column.to_numpy(dtype=float, na_value=0.0)[known])
    least = _LEAST_SHARE_OF_TWINS if precise else _LEAST_SHARE
    if shared.sum() < _LEAST_VALUES or n_cases < max(least * len(known), _LEAST_CASES / 2):
        return None
    if n[shared].mean() > _MEAN_FEW:
        return None
    inside = shared[code]
    rows, code = known[inside], pd.factorize(code[inside])[0]
    raw = _agreement(code, task.target[rows] - task.target.mean())
    if raw > _WORTH_A_FIT:
        # Copies in every column are another check's: of each, one case is looked at.
        one = np.sort(np.unique(case_codes(task.cases.take(rows)), return_index=True)[1])
        rows, code = rows[one], pd.factorize(code[one])[0]
        raw = _agreement(code, task.target[rows] - task.target.mean())
    return _Candidate(name, rows, code, raw, is_numeric(column), precise)


def _is_precise(x: np.ndarray) -> bool:
    """Tell whether most numbers have more digits than prices and measurements need.

    Whole numbers with many digits are codes more often than measurements.
    """
    size = np.abs(x[x != np.round(x)])
    if len(size) <= len(x) / 2:
        return False
    unit = 10.0 ** np.floor(np.log10(size)) * _PRECISE
    return bool(np.mean(np.abs(np.round(size / unit) * unit - size) > 1e-9 * size) > 0.5)


def _agreement(code: np.ndarray, residual: np.ndarray) -> float:
    """By how many standard errors the products of residuals of a value's pairs are above 0."""
    n = np.bincount(code)
    pairs = (np.bincount(code, residual) ** 2 - np.bincount(code, residual**2)).sum() / 2
    n_pairs = (n * (n - 1)).sum() / 2
    scale = residual.var() * np.sqrt(n_pairs)
    return float(pairs / scale) if scale > 0 else 0.0


def _ends_alike(task: Task, candidate: _Candidate) -> bool:
    """Tell whether residuals agree within a value more than in any permutation of them.

    They are of a small model that has not seen the value whose cases it is asked about.
    """
    rng = np.random.default_rng(0)
    n_values = int(candidate.code.max()) + 1
    drawn = rng.random(n_values)[candidate.code] < _CASES_FITTED / len(candidate.code)
    rows, code = candidate.rows[drawn], pd.factorize(candidate.code[drawn])[0]
    y = task.target[rows].astype(float)
    table = described(task, rows)
    if not candidate.is_number:
        table = table.drop(columns=candidate.name)
    if code.max(initial=0) + 1 < _PARTS:
        return False
    x = as_numbers(table) if table.shape[1] else np.zeros((len(rows), 1))
    left = np.empty(len(rows))
    for learn, ask in GroupKFold(_PARTS).split(x, y, code):
        if len(np.unique(y[learn])) < 2:
            return False
        model = HistGradientBoostingClassifier(
            max_iter=40, max_leaf_nodes=8, min_samples_leaf=20, early_stopping=False, random_state=0
        )
        with threadpool_limits(limits=1):
            left[ask] = y[ask] - model.fit(x[learn], y[learn]).predict_proba(x[ask])[:, 1]
    left -= left.mean()
    found = (np.bincount(code, left) ** 2).sum()
    return all(
        (np.bincount(code, rng.permutation(left)) ** 2).sum() < found for _ in range(_PERMUTATIONS)
    )


def _preference(candidate: _Candidate) -> tuple[bool, bool, float]:
    """Prefer what is called like a name, then what is no measurement, then what agrees most."""
    is_called = bool(_LIKE_A_NAME.search(candidate.name.replace("_", " ")))
    return not is_called, candidate.is_precise, -candidate.raw


def _pairs_alike(code: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Give the share of pairs of one value that ended alike, and what chance makes of it."""
    n, positive = np.bincount(code), np.bincount(code, y)
    same = positive * (positive - 1) + (n - positive) * (n - positive - 1)
    return float(same.sum() / (n * (n - 1)).sum()), float(y.mean() ** 2 + (1 - y.mean()) ** 2)


def _finding(
    task: Task, best: _Candidate, same: float, chance: float, scored: TwoScores | None
) -> Finding:
    n = np.bincount(best.code)
    twins = best.is_precise
    # In time, people may be known from train: then the figures are what they are.
    inflated = scored is not None and scored.inflated and (twins or scored.gain >= _GRAVE)
    grave = inflated and task.time is None
    source = _source_of(task, best.name)
    pairs = {"same": same, "chance": chance}
    found = (
        Sentence(
            "{n:,} cases share their {name!r} to the last digit with another and differ elsewhere; "
            "two cases of one value end alike in {same:.0%} of all pairs, where chance makes "
            "{chance:.0%} and the other columns do not explain it",
            n=len(best.rows),
            name=best.name,
            **pairs,
        )
        if twins
        else Sentence(
            "{name!r} has {n:,} values of {mean:.1f} cases each; two cases of one value end alike "
            "in {same:.0%} of all pairs, where chance makes {chance:.0%} and the other columns do "
            "not explain it",
            name=best.name,
            n=len(n),
            mean=n.mean(),
            **pairs,
        )
    )
    return Finding(
        marked("near twins") if twins else marked("unnamed groups"),
        grave,
        joined(AFTER_A_SEMICOLON, [found, scored.said]) if scored else found,
        Sentence(
            "A model that recognises a case of the same customer need not understand anybody: "
            "figures are too high for new ones, most of all those of trees and nearest neighbours, "
            "and intervals too narrow."
        ),
        Sentence(
            "If {source!r} says whom a case is about, name it: --group {quoted}.  If its values "
            "come again when the model is used, figures hold for these values only.",
            source=source,
            quoted=shlex.quote(source),
        ),
    )


def _source_of(task: Task, name: str) -> str:
    """Name the column of the file that a feature was made of."""
    names = [column.name for column in task.profile]
    if name in names:
        return name
    return max((own for own in names if name.startswith(own)), key=len, default=name)
