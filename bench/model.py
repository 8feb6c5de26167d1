"""Model: the contract of a model plugin."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from .cases import Cases
from .language.sentence import Sentence, Text

EXPLANATION_KINDS = ("importances", "intervals", "curves", "network", "states", "table")
FAMILIES = ("baseline", "linear", "tree", "svm", "bayesian", "sequence", "deep", "other")


@dataclass(frozen=True)
class Explanation:
    """What a fitted model learnt, as a small table that a reader can check.

    Parameters
    ----------
    kind : str
        One of ``EXPLANATION_KINDS``: how the report shows it.  ``"importances"`` become bars
        (columns: feature, weight), ``"intervals"`` dots with whiskers (name, estimate, low, high),
        ``"curves"`` lines (x first, then one column a line), a ``"network"`` a picture (from, to,
        strength); ``"states"`` and ``"table"`` stay tables.
    reading : str
        How to read it, in one or two sentences.
    columns : tuple of str
    rows : tuple of tuple
        Strings and finite numbers, strongest first (curves: by x), at most 40 rows.
    title : str, default=""
        What is shown, in a few words; needed where a model gives several of one kind.
    """

    kind: str
    reading: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Text | float, ...], ...]
    title: Text = ""

    @classmethod
    def importances(
        cls, names: "np.ndarray | list[str]", weights: np.ndarray, reading: str, *, most: int = 15
    ) -> Self:
        """Rank features by the size of their weight and keep the strongest.

        Parameters
        ----------
        names : ndarray or list of str
        weights : ndarray of float, shape (n_names,)
        reading : str
            As in ``Explanation``.
        most : int, default=15
            How many are kept.
        """
        weights = np.asarray(weights, dtype=float)
        strongest = np.argsort(-np.abs(weights), kind="stable")[:most]
        rows = tuple((str(names[i]), float(weights[i])) for i in strongest if weights[i] != 0)
        return cls("importances", reading, (Sentence("feature"), Sentence("weight")), rows)


@dataclass(frozen=True)
class Segments:
    """How a fitted model tells cases apart, without a look at their outcomes.

    Parameters
    ----------
    n_segments : int
    of : callable
        Gives the segment of each of some ``Cases``, int from 0 on, shape (n_cases,).
    chosen : str
        How their number was chosen, in a sentence.
    paths : tuple of tuple of str, optional
        The typical sequence of each segment's events, by their kinds.
    """

    n_segments: int
    of: Callable[[Cases], np.ndarray]
    chosen: Text
    paths: tuple[tuple[str, ...], ...] = ()


class Model(BaseEstimator, ABC):
    """One way to turn a case into a probability that it happens.

    Class attributes declare what the model is; nothing is probed:

    ``title``
        As printed in reports.
    ``titles``
        The title in other languages, as in ``{"zh": "逻辑回归"}``: literals.  Models of the house
        have theirs in the catalogs.
    ``family``
        One of ``FAMILIES``; ensembles choose members by it, reports colour by it.
    ``views``
        What it reads: ``{"features"}``, ``{"events"}`` or both.  The harness shows it nothing else.
    ``requires``
        Import names of libraries beyond numpy, scipy, pandas and scikit-learn; their versions are
        part of what decides a stored result.
    ``readable``
        Whether a person can follow by hand how an answer comes about: a sum of one term for each
        feature, or one path through one tree.  Who prefers such models gets them recommended first.
    ``uses_weights``
        Whether ``fit`` takes weights, as keywords ``weight`` and ``valid_weight``: arrays, shape
        (n_cases,), of how many cases each fit and each valid case stands for; None where each
        stands for itself, and not given then.  A case of weight 3 must teach what three such cases
        would.  Models without it are fitted as if there were no weights, and the report says so.
    ``space``
        What a search may try: a literal table of parameters, ``("float", low, high)``,
        ``("int", low, high)``, on a logarithmic scale ``("log", low, high)`` and ``("log int", low,
        high)``, or ``("one of", value, value, ...)``.
    ``when_named``
        Whether it takes part only where a run or a suite names it, not wherever all models do.
    ``watches``
        Whether ``fit`` reads the valid cases.  ``intentbench train`` fits a model that does not on
        all cases; one that does, as its ``stopped_like`` says.

    ``deterministic``
        Whether the same seed gives the same model.  One whose randomness nobody may repeat, as
        differential privacy asks for, says False: it is not held to the same bits, and reports say
        so.  What it predicts must depend on the fitted model alone, as of any other.
    ``stated``
        Keywords that the user must state, of ``epsilon``, ``bounds`` and ``categories``.  Such a
        model takes part only where it is named and they are given.

    ``__init__`` stores its keywords and does nothing else.  A random model has the keyword
    ``random_state=None``, which the harness sets.  What ``fit`` learns ends in ``_``.
    """

    title: ClassVar[str]
    titles: ClassVar[Mapping[str, str]] = {}
    family: ClassVar[str]
    views: ClassVar[frozenset[str]]
    requires: ClassVar[tuple[str, ...]] = ()
    readable: ClassVar[bool] = False
    uses_weights: ClassVar[bool] = False
    when_named: ClassVar[bool] = False
    watches: ClassVar[bool] = True
    deterministic: ClassVar[bool] = True
    stated: ClassVar[tuple[str, ...]] = ()
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {}

    @abstractmethod
    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn from the fit cases.

        Parameters
        ----------
        cases : Cases of length n_cases
            Never changed by the model.
        y : ndarray of int8, shape (n_cases,)
            Outcomes; both occur.
        valid : tuple of Cases and ndarray
            Cases to watch (early stopping, calibration), never to learn weights from.  They may
            hold a single outcome.
        """

    @abstractmethod
    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2), finite, rows adding up to 1.

        Parameters
        ----------
        cases : Cases of length n_cases
        """

    def check_stated(self, features: pd.DataFrame) -> None:
        """Raise ``ModelError`` if what the user stated cannot be used with such columns.

        Parameters
        ----------
        features : DataFrame
            The columns of a task, without its cases.
        """
        return

    def stopped_like(self, fitted: Sequence[Self]) -> Self | None:
        """Give an unfitted copy that learns as long as fitted ones did, and needs no valid cases.

        Of a model that watches them for a number or two: when to stop, how strong a penalty is.
        None of a model that learns more of them.

        Parameters
        ----------
        fitted : sequence of models of this class
            Each fitted on a part of the cases, while it watched the others.
        """
        return None

    def explain(self) -> Explanation | Sequence[Explanation] | None:
        """Say what was learnt, where the model can: one explanation, or up to six."""
        return None

    def segments(self) -> Segments | None:
        """Say how cases are told apart, if the model finds groups of alike ones."""
        return None


def two_columns(p: np.ndarray) -> np.ndarray:
    """Put P(yes), shape (n_cases,), into the shape that ``predict_proba`` returns."""
    p = np.clip(np.asarray(p, dtype=float), 0.0, 1.0)
    return np.column_stack([1.0 - p, p])
