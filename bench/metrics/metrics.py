"""Metrics: a number from outcomes and probabilities or decisions, with its direction and range."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .ranked import Ranked, Steps
from .weighted_sums import Bins, Columns, Evidence, Weighted

N_BINS = 10
TOP_SHARE = 0.1
# Below this a probability counts as this: a model that is sure and wrong is fined 34.5 nats a
# case, not infinitely many.
SMALLEST_P = 1e-15
_ROUNDING = 64 * float(np.finfo(float).eps)


@dataclass(frozen=True)
class Metric:
    """A metric, and how to compute it under any case weights.

    Parameters
    ----------
    name, title : str
        Key in tables, and as printed.
    minimize : bool
        Whether lower is better.
    range : tuple of float
        Least and greatest possible value.
    needs : {"p", "decision"}
        What it is computed from: probabilities, or yes/no decisions as 1 and 0.
    reading : str
        How to read it, in one line.
    rope : float
        Half the width of the region of practical equivalence: differences up to this are
        practically none.  NaN where nothing is compared in it.
    evidence : callable
        ``(y, values) -> Evidence``: what to sum.  Metrics that share it share the work.
    function : callable
        ``(sums, cases) -> ndarray of shape (n_draws,)``: the metric from the sums; NaN where it
        is not defined.
    joins_steps : bool, default=False
        Of evidence that is ``Ranked``: whether the metric stays the same where steps with no
        negative case between them are one, which is faster in many draws.
    """

    name: str
    title: str
    minimize: bool
    range: tuple[float, float]
    needs: str
    reading: str
    rope: float
    evidence: Callable[[np.ndarray, np.ndarray], Evidence]
    function: Callable[..., np.ndarray]
    joins_steps: bool = False

    def many(self, y: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Compute the metric under many weightings of the cases.

        Parameters
        ----------
        y : ndarray of 0 and 1, shape (n_cases,)
        values : ndarray of shape (n_cases,)
            P(target = 1), or decisions as 1 and 0: see ``needs``.
        weights : ndarray of float, shape (n_draws, n_cases)
            Not negative.

        Returns
        -------
        ndarray of shape (n_draws,)
            NaN where the metric is not defined.
        """
        y, weights = np.asarray(y), np.ascontiguousarray(np.transpose(weights), dtype=float)
        cases = Weighted(np.ones(len(y)), y, weights)
        return self.of_sums(self.evidence(y, np.asarray(values)).sums(cases), cases)

    def __call__(
        self, y: np.ndarray, values: np.ndarray, weights: np.ndarray | None = None
    ) -> float:
        """Compute the metric once; every case counts 1 unless ``weights`` say otherwise."""
        weights = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
        return float(self.many(y, values, weights[None])[0])

    def of_sums(self, sums: np.ndarray | Steps, cases: Weighted) -> np.ndarray:
        """Compute the metric from its evidence's sums; NaN where it is not defined.

        Parameters
        ----------
        sums : ndarray or Steps
            What the evidence gives, in each draw.
        cases : Weighted
            What is counted beside it.
        """
        # 0 / 0 is how "not defined" comes out as NaN.
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.function(sums, cases)


def confusion(y: np.ndarray, decision: np.ndarray) -> Columns:
    """Prepare the sums of true positives and of all cases decided positive."""
    return Columns(np.stack([decision * y, decision]).astype(float))


def log_losses(y: np.ndarray, p: np.ndarray) -> Columns:
    """Prepare the sum of ``-ln P(what happened)``."""
    happened = np.where(y == 1, p, 1 - p)
    return Columns(-np.log(np.clip(happened, SMALLEST_P, 1.0))[None])


def squared_errors(y: np.ndarray, p: np.ndarray) -> Columns:
    """Prepare the sum of squared differences between probability and outcome."""
    return Columns(np.square(p - y)[None])


def bin_gaps(y: np.ndarray, p: np.ndarray) -> Bins:
    """Prepare, for each bin of probability, the sum of differences to the outcome."""
    return Bins.of(p - y, np.clip((p * N_BINS).astype(int), 0, N_BINS - 1), N_BINS)


def _counts(sums: np.ndarray, cases: Weighted) -> tuple[np.ndarray, ...]:
    """Give true positives, false positives, false negatives and true negatives."""
    hits, decided = sums[0], sums[1]
    false_alarms = decided - hits
    return hits, false_alarms, cases.positives - hits, cases.negatives - false_alarms


def _accuracy(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    tp, _, _, tn = _counts(sums, cases)
    return (tp + tn) / cases.total


def _balanced_accuracy(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    tp, _, _, tn = _counts(sums, cases)
    return (tp / cases.positives + tn / cases.negatives) / 2


def _precision(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    return sums[0] / sums[1]


def _recall(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    return sums[0] / cases.positives


def _f1(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    f1 = 2 * sums[0] / (sums[1] + cases.positives)
    return np.where(cases.positives > 0, f1, np.nan)


def _mcc(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    tp, fp, fn, tn = (count.astype(float) for count in _counts(sums, cases))
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    # Of weighted cases rounding can leave a little where nothing is.
    nothing = np.fmin(tp + fp, tn + fn) <= _ROUNDING * cases.total
    mcc = np.where(~nothing & (product > 0), (tp * tn - fp * fn) / np.sqrt(product), 0.0)
    return np.where((tp + fn > 0) & (tn + fp > 0), mcc, np.nan)


def _roc_auc(steps: Steps, cases: Weighted) -> np.ndarray:
    not_below = _floating(steps.above)
    if steps.tied is not None:
        not_below = not_below + _floating(steps.tied) / 2
    misordered = np.einsum("sd,sd->d", _floating(steps.here), not_below)
    pairs = cases.positives * cases.negatives
    return 1 - misordered / np.where(pairs > 0, pairs, np.nan)


def _pr_auc(steps: Steps, cases: Weighted) -> np.ndarray:
    # Nothing read is nothing found: a step without weight has precision 0, not 0 / 0.
    precision = steps.found / np.maximum(steps.read, np.finfo(np.float32).tiny)
    return np.einsum("sd,sd->d", _floating(steps.here), precision) / cases.positives


def _floating(counts: np.ndarray) -> np.ndarray:
    """Give counts in single precision, and what is no count as it is."""
    return counts.astype(np.result_type(counts, np.float32), copy=False)


def _mean(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    return sums[0] / cases.total


def _ece(sums: np.ndarray, cases: Weighted) -> np.ndarray:
    return np.abs(sums).sum(axis=0) / cases.total


def _lift(steps: Steps, cases: Weighted) -> np.ndarray:
    limit = TOP_SHARE * cases.total
    return (steps.found_in(limit) / limit) / (cases.positives / cases.total)


_UNIT = (0.0, 1.0)
_ALL = (
    Metric("accuracy", "Accuracy", False, _UNIT, "decision",
           "Share of right decisions; compare it with that of the base rate.",
           0.01, confusion, _accuracy),
    Metric("balanced_accuracy", "Balanced accuracy", False, _UNIT, "decision",
           "Mean of the shares of positive and of negative cases recognised; 0.5 without a look.",
           0.01, confusion, _balanced_accuracy),
    Metric("precision", "Precision", False, _UNIT, "decision",
           "Share of the cases decided positive that are; not available where none was.",
           0.01, confusion, _precision),
    Metric("recall", "Recall", False, _UNIT, "decision",
           "Share of the positive cases that were decided positive.",
           0.01, confusion, _recall),
    Metric("f1", "F1", False, _UNIT, "decision",
           "Harmonic mean of precision and recall.",
           0.01, confusion, _f1),
    Metric("mcc", "MCC", False, (-1.0, 1.0), "decision",
           "Correlation between decision and outcome; 0 without skill, 1 if all are right.",
           0.02, confusion, _mcc),
    Metric("roc_auc", "ROC AUC", False, _UNIT, "p",
           "Chance that a positive case scores higher than a negative one; 0.5 without skill.",
           0.01, Ranked, _roc_auc, joins_steps=True),
    Metric("pr_auc", "PR AUC", False, _UNIT, "p",
           "Average precision over all positive cases; the base rate without skill.",
           0.01, Ranked, _pr_auc),
    Metric("log_loss", "Log loss", True, (0.0, -float(np.log(SMALLEST_P))), "p",
           "Mean surprise at what happened, in nats; punishes false certainty.",
           0.005, log_losses, _mean),
    Metric("brier", "Brier score", True, _UNIT, "p",
           "Mean squared difference between probability and outcome.",
           0.0025, squared_errors, _mean),
    Metric("ece", "ECE", True, _UNIT, "p",
           "How far probabilities are from observed shares, over ten bins; never quite 0.",
           0.005, bin_gaps, _ece),
    Metric("lift_at_10", "Lift at 10 %", False, (0.0, 1 / TOP_SHARE), "p",
           "How many times the base rate the tenth with the highest scores holds.",
           0.1, Ranked, _lift, joins_steps=True),
)  # fmt: skip
METRICS = {metric.name: metric for metric in _ALL}
