"""Bootstrap over tested cases, or over groups: the same draws for every entry of a task."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .metrics import METRICS, Metric
from .weighted_sums import Columns, Evidence, Weighted

# Rows of 256 float32 keep a fold's weights in the processor's cache; larger chunks are slower.
_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Answers:
    """What one entry answered for the test cases of one fold.

    Parameters
    ----------
    p : ndarray, shape (n_test,)
        P(target = 1).
    decisions : dict of str to ndarray of 0 and 1, shape (n_test,)
        By the suffix of the metrics that read them: ``""`` for those at 0.5.
    """

    p: np.ndarray
    decisions: dict[str, np.ndarray]


def metric_keys(suffixes: Sequence[str]) -> list[str]:
    """List the figures of an entry: ``"roc_auc"``, ``"f1"``, ``"f1@chosen"`` ..."""
    return [
        name + suffix
        for name, metric in METRICS.items()
        for suffix in (suffixes if metric.needs == "decision" else ("",))
    ]


class Draws:
    """Resamples with replacement of the units that a task's folds test (Efron 1979).

    A unit is a group, or a case where the task has no groups.  A unit that several folds test is
    drawn once for all of them, so folds that share it vary together.

    Parameters
    ----------
    n_units, n_draws, seed : int
    """

    def __init__(self, n_units: int, n_draws: int, seed: int) -> None:
        self.n_units, self.n_draws, self._seed = n_units, n_draws, seed

    def chunks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Give the draws in order: which they are, and how often each unit was drawn in them.

        Yields
        ------
        slice, ndarray of float32, shape (n_units, n_draws of the chunk)
        """
        rng = np.random.default_rng(self._seed)
        n = self.n_units
        for start in range(0, self.n_draws, _CHUNK):
            size = min(_CHUNK, self.n_draws - start)
            counts = np.empty((size, n), dtype=np.float32)
            for row in counts:
                row[:] = np.bincount(rng.integers(0, n, n, dtype=np.int32), minlength=n)
            yield slice(start, start + size), np.ascontiguousarray(counts.T)


class FoldScores:
    """All figures of all entries on one fold's test cases, under any weighting of the units.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_test,)
    unit : ndarray of int, shape (n_test,)
        The unit of each test case.
    answers : sequence of Answers
        Of each entry.
    keys : sequence of str
        The figures wanted.
    metrics : mapping of str to Metric, optional
        The metrics that the keys name; those of the house where not given.
    """

    def __init__(
        self,
        y: np.ndarray,
        unit: np.ndarray,
        answers: Sequence[Answers],
        keys: Sequence[str],
        metrics: Mapping[str, Metric] = METRICS,
    ) -> None:
        self._metrics = metrics
        self._units, unit = np.unique(unit, return_inverse=True)
        n_units, n_cases = len(self._units), len(unit)
        belongs = sparse.csr_matrix(
            (np.ones(n_cases), (unit, np.arange(n_cases))), shape=(n_units, n_cases)
        )
        self._n_cases = np.bincount(unit, minlength=n_units)
        self._n_positive = np.bincount(unit, weights=y, minlength=n_units)
        self._n_entries = len(answers)
        self._plain: list[tuple[Columns, list[str]]] = []
        self._ranked: list[tuple[list[Evidence], list[str]]] = []
        for suffix, wanted in _sharing_evidence(keys, metrics):
            metric = metrics[_name(wanted[0])]
            evidence = [
                metric.evidence(y, a.p if metric.needs == "p" else a.decisions[suffix])
                for a in answers
            ]
            if isinstance(evidence[0], Columns):
                columns = np.concatenate([e.columns for e in evidence])
                self._plain.append((Columns(columns).by_unit(belongs), wanted))
            else:
                self._ranked.append(([e.by_unit(belongs) for e in evidence], wanted))

    def under(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Score under weightings of the units.

        Parameters
        ----------
        weights : ndarray of float, shape (n_units of the task, n_draws)

        Returns
        -------
        dict of str to ndarray of shape (n_entries, n_draws)
        """
        weights = weights[self._units]
        cases = Weighted(self._n_cases, self._n_positive, weights)
        scores = {}
        for columns, wanted in self._plain:
            sums = columns.sums(weights)
            of_entries = sums.reshape(self._n_entries, -1, weights.shape[1]).swapaxes(0, 1)
            for key in wanted:
                scores[key] = self._metrics[_name(key)].of_sums(of_entries, cases)
        for evidence, wanted in self._ranked:
            for key in wanted:
                scores[key] = np.empty((self._n_entries, weights.shape[1]))
            for row, ranked in enumerate(evidence):
                summed = ranked.sums(weights)
                for key in wanted:
                    scores[key][row] = self._metrics[key].of_sums(summed, cases)
        return scores


def in_every_draw(
    folds: Sequence[FoldScores], n_units: int, n_draws: int, seed: int
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Score entries in each fold, and in every bootstrap draw.

    Returns
    -------
    by_fold : dict of str to ndarray of shape (n_entries, n_folds)
    draws : dict of str to ndarray of shape (n_entries, n_draws)
        Means over folds in each draw; the same draws for every entry.
    """
    once = [fold.under(np.ones((n_units, 1))) for fold in folds]
    by_fold = {key: np.concatenate([scores[key] for scores in once], axis=1) for key in once[0]}
    draws = {key: np.zeros((len(values), n_draws)) for key, values in by_fold.items()}
    for part, weights in Draws(n_units, n_draws, seed).chunks():
        for fold in folds:
            for key, scores in fold.under(weights).items():
                draws[key][:, part] += scores / len(folds)
    return by_fold, draws


def _name(key: str) -> str:
    return key.partition("@")[0]


def _sharing_evidence(
    keys: Sequence[str], metrics: Mapping[str, Metric]
) -> list[tuple[str, list[str]]]:
    """Group figures that are computed from the same sums, with the suffix of their decisions."""
    groups: dict[tuple[object, str], list[str]] = {}
    for key in keys:
        name, at, threshold = key.partition("@")
        groups.setdefault((metrics[name].evidence, at + threshold), []).append(key)
    return [(suffix, wanted) for (_, suffix), wanted in groups.items()]
