"""What a model gains from cases that belong together and stand on both sides of a split."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from ..language.sentence import Sentence
from ..stats.delong import delong_influence
from ..task import Task
from .describe_cases import as_numbers, described

_CASES = 4_000
_PARTS = 3
_LEAST_OF_AN_OUTCOME = 10
# A gain is called one from so much ROC AUC on, beyond so many of its standard errors.
_WORTH_A_WORD, _ERRORS = 0.02, 3.0


@dataclass(frozen=True)
class TwoScores:
    """ROC AUC of one quick model, out of sample.

    ``apart`` where cases that belong together may stand on both sides, ``together`` where they are
    kept on one; ``inflated`` says whether the first is higher beyond chance.
    """

    apart: float
    together: float
    inflated: bool

    @property
    def gain(self) -> float:
        """How much higher the figure is where they may stand on both sides."""
        return self.apart - self.together

    @property
    def said(self) -> Sentence:
        """Tell both figures in words."""
        return Sentence(
            "one quick model (a forest) scores ROC AUC {apart:.2f} where such cases stand in train "
            "and in test, and {together:.2f} where they are kept together",
            apart=self.apart,
            together=self.together,
        )


def two_scores(
    task: Task, code: np.ndarray, among: np.ndarray | None = None, without: str = ""
) -> TwoScores | None:
    """Score a quick model twice: with cases of one code on both sides, and kept together.

    Trees that are grown to the end remember what they have seen, so they show what remembering is
    worth.

    Parameters
    ----------
    task : Task
    code : ndarray of int, shape (n_cases,)
        Which cases belong together; -1 for those that belong to nobody.
    among : ndarray of int, optional
        Case numbers that may take part; all where not given.
    without : str, optional
        A column that the model does not see.

    Returns
    -------
    TwoScores or None
        None where too few cases of an outcome are there to say anything.
    """
    among = np.arange(len(code)) if among is None else among
    rows = among[whole_codes(code[among], _CASES)]
    y, weight = task.target[rows], None if task.weight is None else task.weight[rows]
    table = described(task, rows).drop(columns=without, errors="ignore")
    if np.bincount(y, minlength=2).min() < _LEAST_OF_AN_OUTCOME or table.shape[1] == 0:
        return None
    x = as_numbers(table)
    own = np.where(code[rows] < 0, code.max() + 1 + np.arange(len(rows)), code[rows])
    group = pd.factorize(own)[0]
    if group.max() + 1 < _PARTS:
        return None
    figures = []
    for kind, kept in ((StratifiedKFold, None), (StratifiedGroupKFold, group)):
        p = np.empty(len(rows))
        for learn, ask in kind(_PARTS, shuffle=True, random_state=0).split(x, y, kept):
            if len(np.unique(y[learn])) < 2:
                return None
            of_learn = None if weight is None else weight[learn]
            p[ask] = _forest(x[learn], y[learn], of_learn).predict_proba(x[ask])[:, 1]
        figures.append(delong_influence(y, p, weight))
    (apart, of_apart), (together, of_together) = figures
    moved = np.bincount(group, of_apart - of_together)
    error = math.sqrt(float(np.square(moved).sum()))
    gain = apart - together
    inflated = bool(gain > max(_WORTH_A_WORD, _ERRORS * error))
    return TwoScores(apart, together, inflated)


def whole_codes(code: np.ndarray, most: int) -> np.ndarray:
    """Draw about so many cases by chance, all or none of each code; those of no code singly."""
    if len(code) <= most:
        return np.arange(len(code))
    rng = np.random.default_rng(0)
    of_code = rng.random(int(code.max(initial=0)) + 1)[code]
    chance = np.where(code < 0, rng.random(len(code)), of_code)
    return np.flatnonzero(chance < most / len(code))


def _forest(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None) -> RandomForestClassifier:
    # So few cases are no work for several threads, which wait for each other.
    with threadpool_limits(limits=1):
        return RandomForestClassifier(60, random_state=0).fit(x, y, weight)
