"""What new cases are compared with: how columns and scores were distributed, kept as summaries.

No case is kept.  Columns are those of the fitted cases; scores and figures are of predictions that
were tested: a model's scores of cases that it was fitted on say nothing about new ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from ..cases import is_numeric, texts
from ..content_columns import TEXT, content_kind
from ..metrics.thresholds import decide
from ..stats.clustered import Mean, mean_of, shares_of

FORMAT = 1
N_BINS = 10
# A category with a smaller share is counted among the others.
_LEAST_SHARE, _MOST_VALUES = 0.005, 100
_NEAREST_P = 1e-6  # to 0 or 1: as log loss counts


@dataclass(frozen=True)
class Distribution:
    """How a column's values, or the scores, were distributed.

    Parameters
    ----------
    name : str
    kind : {"number", "category"}
        Of a text the letters are counted, of a vector its length is measured.
    edges : tuple of float
        Of a number: where bins end; a value on an edge is in the lower one.
    values : tuple of str
        Of a category: those with a bin of their own; one more bin is for all others.
    shares : tuple of float
        Of the known values, by bin.
    n_effective : float
        How many independent cases would know the shares as well.
    missing : float
        Share of missing values among all cases.
    new : float
        Of a category: the share of values never seen that further cases of the same kind would
        hold, by those seen once alone [1]_.

    References
    ----------
    .. [1] Good (1953), "The population frequencies of species and the estimation of population
       parameters", Biometrika 40.
    """

    name: str
    kind: str
    edges: tuple[float, ...]
    values: tuple[str, ...]
    shares: tuple[float, ...]
    n_effective: float
    missing: float
    new: float = 0.0

    def codes(self, column: pd.Series) -> np.ndarray:
        """Give the bin of each value, -1 where it is missing."""
        if content_kind(column):
            column = _measured(column)
        if self.kind == "number":
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            found = np.searchsorted(self.edges, numbers, side="left")
            return np.where(np.isnan(numbers), -1, found)
        read = _words(column)
        found = pd.Index(self.values).get_indexer(read)
        return np.where(read.isna(), -1, np.where(found < 0, len(self.values), found))

    @property
    def n_bins(self) -> int:
        """Number of bins."""
        return len(self.shares)


@dataclass(frozen=True)
class Estimate:
    """A figure of tested predictions: a mean over people, or over cases where nobody returns."""

    value: float
    error: float


@dataclass(frozen=True)
class Reference:
    """All of it.

    ``n_groups`` is None where cases stand for themselves.  ``log_loss``, ``happened`` and
    ``predicted`` are means over groups of the means over their cases.  ``base_rate``, ``auc`` are
    of the same predictions; ``decided`` is the share of them at or above the file's threshold.
    """

    format: int
    n_cases: int
    n_groups: int | None
    columns: tuple[Distribution, ...]
    scores: Distribution
    log_loss: Estimate
    happened: Estimate
    predicted: Estimate
    decided: float


def describe(
    name: str,
    column: pd.Series,
    group: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> Distribution:
    """Summarise a column of at least one case.

    Parameters
    ----------
    name : str
    column : Series of n_cases values
    group, weight : ndarray, shape (n_cases,), optional
        Whom each case is about, as codes from 0 on; and how many cases it stands for.
    """
    if content_kind(column):
        column = _measured(column)
    kind = "number" if _is_number(column) else "category"
    edges, values, new = (), (), 0.0
    if kind == "number":
        known = column.to_numpy(dtype=float, na_value=np.nan)
        known = known[~np.isnan(known)]
        if len(known):
            at = np.quantile(known, np.arange(1, N_BINS) / N_BINS, method="inverted_cdf")
            # Above the last edge there is something, or there would be an empty bin.
            edges = tuple(float(edge) for edge in np.unique(at) if edge < known.max())
    else:
        counts = _words(column).value_counts()
        held = counts[counts >= _LEAST_SHARE * max(counts.sum(), 1)]
        values = tuple(sorted(map(str, held.index[:_MOST_VALUES])))
        new = float((counts == 1).sum() / max(counts.sum(), 1))
    n_bins = len(edges) + 1 if kind == "number" else len(values) + 1
    blank = Distribution(name, kind, edges, values, (0.0,) * n_bins, 0.0, 0.0)
    codes = blank.codes(column)
    there = codes >= 0
    missing = float(np.average(~there, weights=weight))
    if not there.any():
        return Distribution(name, kind, edges, values, (0.0,) * n_bins, 0.0, missing)
    found = shares_of(
        codes[there],
        n_bins,
        None if group is None else _packed(group[there]),
        None if weight is None else weight[there],
    )
    shares = tuple(map(float, found.shares))
    return Distribution(name, kind, edges, values, shares, found.n_effective, missing, new)


def scores_described(
    p: np.ndarray, group: np.ndarray | None = None, weight: np.ndarray | None = None
) -> Distribution:
    """Summarise scores."""
    return describe("score", pd.Series(p), group, weight)


def log_loss_of(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Give the log loss of each case, finite."""
    p = np.clip(p, _NEAREST_P, 1 - _NEAREST_P)
    return -np.where(y == 1, np.log(p), np.log1p(-p))


def by_unit(
    values: np.ndarray, group: np.ndarray | None, weight: np.ndarray | None = None
) -> np.ndarray:
    """Give the mean of each group's cases, or the cases where nobody returns."""
    if group is None:
        return values
    weight = np.ones(len(values)) if weight is None else weight
    return np.bincount(group, weight * values) / np.bincount(group, weight)


def reference_of(
    features: pd.DataFrame,
    group: np.ndarray | None,
    weight: np.ndarray | None,
    tested: "ScoresAndOutcomes",
    threshold: float,
) -> Reference:
    """Summarise what a model was fitted on and how its method was tested.

    Parameters
    ----------
    features : DataFrame of n_cases rows
        Those columns that the model reads.
    group, weight : ndarray, shape (n_cases,), optional
    tested : ScoresAndOutcomes
    threshold : float
        At which the file decides.
    """
    group = None if group is None else _packed(group)
    return Reference(
        FORMAT,
        len(features),
        None if group is None else int(group.max()) + 1,
        tuple(describe(name, column, group, weight) for name, column in features.items()),
        **facts_of_scores(tested, threshold),
    )


@dataclass(frozen=True, eq=False)
class ScoresAndOutcomes:
    """Tested predictions and their outcomes, shape (n_tested,) each."""

    y: np.ndarray
    p: np.ndarray
    group: np.ndarray | None = None
    weight: np.ndarray | None = None


def facts_of_scores(tested: ScoresAndOutcomes, threshold: float) -> Mapping[str, object]:
    """Summarise tested predictions: the fields of ``Reference`` that are about them."""
    group = None if tested.group is None else _packed(tested.group)

    def figure(values: np.ndarray) -> Estimate:
        if group is None:
            found: Mean = mean_of(values, None, tested.weight)
        else:
            found = mean_of(by_unit(values, group, tested.weight))
        return Estimate(found.value, 0.0 if np.isnan(found.error) else found.error)

    return {
        "scores": scores_described(tested.p, group, tested.weight),
        "log_loss": figure(log_loss_of(tested.y, tested.p)),
        "happened": figure(tested.y.astype(float)),
        "predicted": figure(tested.p),
        "decided": float(np.average(decide(tested.p, threshold), weights=tested.weight)),
    }


def _is_number(column: pd.Series) -> bool:
    return is_numeric(column) and not types.is_bool_dtype(column.dtype)


def _measured(column: pd.Series) -> pd.Series:
    """Give the letters of texts, or the Euclidean lengths of vectors; NaN where one is missing."""
    if content_kind(column) == TEXT:
        return pd.Series([np.nan if text is None else float(len(text)) for text in column])
    return pd.Series(np.linalg.norm(column.array.vectors.astype(float), axis=1))


def _words(column: pd.Series) -> pd.Series:
    """Give values as texts; yes and no alike, however they are typed."""
    if is_numeric(column):
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        words: Sequence[str | None] = np.where(
            np.isnan(numbers), None, np.where(numbers == 1, "true", "false")
        ).tolist()
        return pd.Series(words, dtype="str")
    return texts(column)


def _packed(group: np.ndarray) -> np.ndarray:
    """Number groups from 0 on."""
    return np.unique(group, return_inverse=True)[1]
