"""Bootstrap over tested cases, or over groups: the same draws for every entry of a task."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .joined_sums import JoinedSums
from .key import Key
from .metrics import METRICS, Metric
from .weighted_sums import Bins, Columns, Evidence, Weighted

# Draws are made in chunks: of few units many at once, so that the calls themselves cost little; of
# many units few, so that the weights stay in the processor's cache.
_WEIGHTS_A_CHUNK = 1_500_000
_FEWEST_DRAWS, _MOST_DRAWS = 256, 1024


@dataclass(frozen=True, eq=False)
class Answers:
    """What one entry answered for the test cases of one fold.

    Parameters
    ----------
    p : ndarray, shape (n_test,)
        P(target = 1).
    decisions : mapping of str to ndarray of 0 and 1, shape (n_test,)
        By the rule of their threshold, as in ``Key``.
    """

    p: np.ndarray
    decisions: Mapping[str, np.ndarray]


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
        width = min(max(_WEIGHTS_A_CHUNK // n, _FEWEST_DRAWS), _MOST_DRAWS)
        for start in range(0, self.n_draws, width):
            size = min(width, self.n_draws - start)
            counts = np.empty((size, n), dtype=np.float32)
            for row in counts:
                row[:] = np.bincount(rng.integers(0, n, n, dtype=np.int32), minlength=n)
            yield slice(start, start + size), np.ascontiguousarray(counts.T)


class FoldUnits:
    """The test cases of a fold, by the units that are drawn.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_test,)
    unit : ndarray of int, shape (n_test,)
        The unit of each test case, numbered over all folds of the task.
    weight : ndarray, shape (n_test,), optional
        How many cases each stands for.  Units are drawn whatever they weigh, and bring their
        weight along: the rows are the sample, not the cases that they stand for.

    Attributes
    ----------
    units : ndarray of int, shape (n_units,)
        Those that have a test case here.
    order : ndarray of int, shape (n_test,)
        Puts the test cases in the order of their units: where each is a unit of its own, nothing
        is left to sum.
    y : ndarray of 0 and 1, shape (n_test,)
        In this order.
    """

    def __init__(self, y: np.ndarray, unit: np.ndarray, weight: np.ndarray | None = None) -> None:
        self.order = np.argsort(unit, kind="stable")
        self.y = y[self.order]
        self.units, self._unit = np.unique(unit[self.order], return_inverse=True)
        # No figure hangs on the unit of weight; around 1, single precision holds sums of it.
        self._weight = None if weight is None else weight[self.order] / weight.mean()
        self._n_cases = np.bincount(self._unit, weights=self._weight)
        positive = self.y if self._weight is None else self.y * self._weight
        self._n_positive = np.bincount(self._unit, weights=positive)

    def gathered(self, evidence: Evidence) -> Evidence:
        """Sum evidence on cases, which stand in ``order``, over their units."""
        if self._weight is not None:
            evidence = evidence.weighed(self._weight)
        return evidence.by_unit(self._unit, len(self.units))

    def under(self, weights: np.ndarray) -> Weighted:
        """Weigh the units, by weights of all units of the task: (n_units, n_draws)."""
        everywhere = len(self.units) == len(weights)
        return self._weighted(weights if everywhere else weights[self.units])

    def once(self) -> Weighted:
        """Count every case once, in double precision."""
        return self._weighted(np.ones((len(self.units), 1)))

    def _weighted(self, weights: np.ndarray) -> Weighted:
        return Weighted(self._n_cases, self._n_positive, weights)


class FoldScores:
    """All figures of all entries on one fold's test cases, under any weighting of the units.

    Parameters
    ----------
    tested : FoldUnits
    answers : sequence of Answers
        Of each entry.
    keys : sequence of Key
        The figures wanted.
    metrics : mapping of str to Metric, optional
        The metrics that the keys name; those of the house where not given.
    drawn : sequence of Key, optional
        Those of the keys that are wanted in draws, too; all where not given.

    Attributes
    ----------
    once : dict of Key to ndarray of shape (n_entries,)
        The figures where every case counts once.
    drawn : list of Key
        Those that ``under`` gives.
    summed : list of Columns or Bins
        Of what ``under`` wants the sums, which are cheaper together with those of others.
    """

    def __init__(
        self,
        tested: FoldUnits,
        answers: Sequence[Answers],
        keys: Sequence[Key],
        metrics: Mapping[str, Metric] = METRICS,
        drawn: Sequence[Key] | None = None,
    ) -> None:
        self._metrics, self._n_entries = metrics, len(answers)
        self.drawn = list(keys if drawn is None else drawn)
        self.once: dict[Key, np.ndarray] = {}
        self.summed: list[Columns | Bins] = []
        self._plain: list[tuple[int, list[Key]]] = []
        self._ranked: list[tuple[list[Evidence], list[Key]]] = []
        once = tested.once()
        for wanted in _sharing_evidence(keys, metrics):
            metric = metrics[wanted[0].metric]
            evidence = [
                tested.gathered(
                    metric.evidence(
                        tested.y,
                        (of.p if metric.needs == "p" else of.decisions[wanted[0].rule])[
                            tested.order
                        ],
                    )
                )
                for of in answers
            ]
            found = self._one_by_one(evidence, wanted, once)
            self.once |= {key: values[:, 0] for key, values in found.items()}
            left = [key for key in wanted if key in self.drawn]
            if left and isinstance(evidence[0], Columns | Bins):
                self.summed += evidence
                self._plain.append((sum(of.columns.shape[0] for of in evidence), left))
            elif left:
                if all(metrics[key.metric].joins_steps for key in left):
                    evidence = [of.joined() for of in evidence]
                self._ranked.append((evidence, left))

    def under(self, cases: Weighted, sums: np.ndarray | None = None) -> dict[Key, np.ndarray]:
        """Score under weightings of the units.

        Parameters
        ----------
        cases : Weighted
        sums : ndarray, shape (n_rows, n_draws), optional
            Of ``summed``, by ``JoinedSums``; made here where not given.

        Returns
        -------
        dict of Key to ndarray of shape (n_entries, n_draws)
            Of the figures in ``drawn``.
        """
        if sums is None:
            (sums,) = JoinedSums([self.summed]).sums(cases)
        n_draws = cases.weights.shape[1]
        scores, start = {}, 0
        for n_rows, wanted in self._plain:
            of_group, start = sums[start : start + n_rows], start + n_rows
            of_entries = of_group.reshape(self._n_entries, -1, n_draws).swapaxes(0, 1)
            for key in wanted:
                scores[key] = self._metrics[key.metric].of_sums(of_entries, cases)
        for evidence, wanted in self._ranked:
            scores |= self._one_by_one(evidence, wanted, cases)
        return scores

    def _one_by_one(
        self, evidence: Sequence[Evidence], wanted: Sequence[Key], cases: Weighted
    ) -> dict[Key, np.ndarray]:
        shape = self._n_entries, cases.weights.shape[1]
        scores = {key: np.empty(shape) for key in wanted}
        for row, of_entry in enumerate(evidence):
            sums = of_entry.sums(cases)
            for key in wanted:
                scores[key][row] = self._metrics[key.metric].of_sums(sums, cases)
        return scores


def in_every_draw(
    folds: Sequence[tuple[FoldUnits, Sequence[FoldScores]]], n_units: int, n_draws: int, seed: int
) -> list[dict[Key, np.ndarray]]:
    """Score in every bootstrap draw; the draws are walked once.

    Parameters
    ----------
    folds : sequence of (FoldUnits, sequence of FoldScores)
        In each fold as many items, of the same entries and keys.
    n_units, n_draws, seed : int

    Returns
    -------
    list of dict of Key to ndarray of shape (n_entries, n_draws)
        Of each item the means over folds in each draw; the same draws for all.
    """
    found: list[dict[Key, np.ndarray]] = [
        {key: np.zeros((len(item.once[key]), n_draws)) for key in item.drawn}
        for item in folds[0][1]
    ]
    joined = [JoinedSums([item.summed for item in items]) for _, items in folds]
    for part, weights in Draws(n_units, n_draws, seed).chunks():
        for (tested, items), all_of_fold in zip(folds, joined, strict=True):
            cases = tested.under(weights)
            for draws, item, sums in zip(found, items, all_of_fold.sums(cases), strict=True):
                for key, scores in item.under(cases, sums).items():
                    draws[key][:, part] += scores / len(folds)
    return found


def _sharing_evidence(keys: Sequence[Key], metrics: Mapping[str, Metric]) -> list[list[Key]]:
    """Group figures that are computed from the same sums."""
    groups: dict[tuple[object, str], list[Key]] = {}
    for key in keys:
        groups.setdefault((metrics[key.metric].evidence, key.rule), []).append(key)
    return list(groups.values())
