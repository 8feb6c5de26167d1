"""Cases that look the same to every model: copies, near copies, and contradictions among them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..cases import Cases, is_numeric, texts
from ..language.sentence import AFTER_A_SEMICOLON, Sentence, joined
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding
from .kept_together import TwoScores, two_scores

COPIES = marked("copies")
# Of the test cases, from which on copies are worth a word.
_WORTH_A_WORD = 0.001
_WORTH_A_WORD_NEARLY = 0.01
_WORTH_A_FIT = 0.01
_GRAVE = 0.05
_NEARLY = 2  # digits of a number that near copies share


def duplicates(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Look for cases that look the same: copies across splits, near copies, contradictions."""
    exact, near = look_alikes(task.cases), _numbered(case_codes(task.cases, _NEARLY))
    copies = _copies(task, exact, near, folds)
    # Rows with weights are sums of cases, and of those some end one way and some the other.
    return copies if task.weight is not None else [*copies, *_contradictions(exact, task.target)]


def look_alikes(cases: Cases) -> np.ndarray:
    """Number the cases by what models see of them: copies have one number, shape (n_cases,)."""
    return _numbered(case_codes(cases))


def _copies(
    task: Task, exact: np.ndarray, near: np.ndarray, folds: Sequence[Fold]
) -> list[Finding]:
    share, n = _across(exact, folds)
    found = []
    if share > _WORTH_A_WORD:
        scored = two_scores(task, exact) if share > _WORTH_A_FIT else None
        inflated = scored is not None and scored.inflated
        found.append(
            Finding(
                COPIES,
                share > _GRAVE and inflated,
                _with_scores(
                    Sentence(
                        "{n:,} test cases ({share:.1%}) are exact copies of train cases of their "
                        "fold; {repeated:,} of all {all:,} cases are there more than once",
                        n=n,
                        share=share,
                        repeated=_repeated(exact),
                        all=len(exact),
                    ),
                    scored,
                ),
                Sentence(
                    "A model that remembers cases is rewarded as if it had understood them: "
                    "figures are too high for new cases, most of all those of trees and nearest "
                    "neighbours."
                )
                if inflated
                else Sentence(
                    "A model can answer them from memory; whether that makes figures higher or "
                    "lower than those of new cases depends on the copies."
                ),
                Sentence(
                    "If rows were stored twice, keep one of each.  If they are different people "
                    "who look the same, keep them, and name whom a case is about as its group."
                ),
            )
        )
    share_near, n_near = _across(near, folds)
    if share_near - share > _WORTH_A_WORD_NEARLY:
        scored = two_scores(task, near)
        inflated = scored is not None and scored.inflated
        found.append(
            Finding(
                marked("near copies"),
                share_near - share > _GRAVE and inflated,
                _with_scores(
                    Sentence(
                        "{n:,} more test cases ({share:.1%}) agree with a train case in every "
                        "category and event, and in every number to {digits} digits",
                        n=n_near - n,
                        share=share_near - share,
                        digits=_NEARLY,
                    ),
                    scored,
                ),
                Sentence(
                    "The same visit stored twice with rounding, or one person's neighbouring "
                    "moments, let a model answer from memory."
                ),
                Sentence(
                    "Look at a few pairs.  Where they are about the same person or visit, give "
                    "the task a group."
                ),
            )
        )
    return found


def _with_scores(found: Sentence, scored: TwoScores | None) -> Sentence:
    return joined(AFTER_A_SEMICOLON, [found, scored.said]) if scored else found


def _contradictions(exact: np.ndarray, target: np.ndarray) -> list[Finding]:
    """Look for cases that no model can tell apart and that ended differently."""
    size = np.bincount(exact)
    positive = np.bincount(exact, target)
    rarer = np.minimum(positive, size - positive)
    unavoidable = rarer.sum() / len(target)
    if unavoidable <= _WORTH_A_WORD:
        return []
    n_mixed = int(size[rarer > 0].sum())
    return [
        Finding(
            marked("contradictions"),
            False,
            Sentence(
                "{n:,} cases ({share:.1%}) look exactly like another case that ended differently",
                n=n_mixed,
                share=n_mixed / len(target),
            ),
            Sentence(
                "No model can answer all of them rightly: accuracy cannot exceed {most:.1%} on "
                "these data.",
                most=1 - unavoidable,
            ),
            Sentence(
                "Nothing needs mending if the data hold no more than this.  If a column that tells "
                "them apart was dropped or rounded, bring it back."
            ),
        )
    ]


def case_codes(cases: Cases, digits: int | None = None) -> np.ndarray:
    """Give equal numbers to cases that look the same, shape (n_cases,), uint64.

    Parameters
    ----------
    cases : Cases
    digits : int, optional
        Significant digits to which numbers are compared; all of them where not given.
    """
    code = np.zeros(len(cases), dtype=np.uint64)
    for name in cases.features.columns:
        code = spread(code) + column_codes(cases.features[name], digits)
    return spread(code) + _events_code(cases, digits)


def column_codes(column: pd.Series, digits: int | None = None) -> np.ndarray:
    """Give equal numbers to equal values of one column, shape (n_cases,), uint64.

    Parameters
    ----------
    column : Series
    digits : int, optional
        Significant digits to which numbers are compared; all of them where not given.
    """
    if is_numeric(column):
        x = column.to_numpy(dtype=float, na_value=np.nan)
        return (_rounded(x, digits) + 0.0).view(np.uint64)  # -0.0 is 0.0
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return pd.factorize(texts(column))[0].astype(np.uint64)
    # The few categories are read instead of the many cases; two can have the same text.
    names = pd.factorize(column.cat.categories.astype("string"))[0]
    return np.append(names, -1)[column.cat.codes].astype(np.uint64)


def _events_code(cases: Cases, digits: int | None) -> np.ndarray:
    events = cases.events
    position = np.arange(events.n_events) - events.offsets[:-1][events.owner]
    code = spread(position.astype(np.uint64))
    for name in sorted(events.marks):
        mark = events.marks[name].astype(float)
        value = mark if name in events.vocabulary else _rounded(mark, digits)
        code = spread(code) + (value + 0.0).view(np.uint64)
    total = np.zeros(len(cases), dtype=np.uint64)
    np.add.at(total, events.owner, spread(code))
    return total


def _rounded(x: np.ndarray, digits: int | None) -> np.ndarray:
    if digits is None:
        return x
    size = np.abs(np.where(np.isfinite(x) & (x != 0), x, 1.0))
    unit = 10.0 ** (np.floor(np.log10(size)) + 1 - digits)
    return np.round(x / unit) * unit


def spread(code: np.ndarray) -> np.ndarray:
    """Spread the bits of each number over all 64 (the finaliser of splitmix64)."""
    code = code + np.uint64(0x9E3779B97F4A7C15)
    code = (code ^ (code >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return code ^ (code >> np.uint64(31))


def _numbered(code: np.ndarray) -> np.ndarray:
    """Number the distinct codes from 0, so that they can be counted without a search."""
    return pd.factorize(code)[0]


def _across(number: np.ndarray, folds: Sequence[Fold]) -> tuple[float, int]:
    """Share and number of the test cases that look like a train case of their fold."""
    n_copies = n_tested = 0
    for fold in folds:
        learnt_from = np.zeros(len(number), dtype=bool)  # by number, of which there are no more
        for split in fold.splits:
            learnt_from[number[split.fit]] = learnt_from[number[split.valid]] = True
        n_copies += int(learnt_from[number[fold.test]].sum())
        n_tested += len(fold.test)
    return n_copies / max(n_tested, 1), n_copies


def _repeated(number: np.ndarray) -> int:
    counts = np.bincount(number)
    return int(counts[counts > 1].sum())
