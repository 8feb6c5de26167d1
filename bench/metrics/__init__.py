"""Figures from targets and probabilities or decisions: pure functions of arrays."""

from .. import lazily

# What a metric of somebody else is made of.
__getattr__ = lazily(
    __name__,
    {
        "confusion": "metrics",
        "log_losses": "metrics",
        "squared_errors": "metrics",
        "bin_gaps": "metrics",
        "Bins": "weighted_sums",
        "Columns": "weighted_sums",
        "Ranked": "ranked",
        "Steps": "ranked",
        "Weighted": "weighted_sums",
        "METRICS": "metrics",
        "Metric": "metrics",
        "N_BINS": "metrics",
        "SMALLEST_P": "metrics",
        "TOP_SHARE": "metrics",
    },
)
