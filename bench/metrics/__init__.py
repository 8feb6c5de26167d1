"""Figures from targets and probabilities or decisions: pure functions of arrays."""

from .. import lazily

# As they were imported while this was one file.
__getattr__ = lazily(
    __name__,
    {
        "METRICS": "metrics",
        "Metric": "metrics",
        "N_BINS": "metrics",
        "SMALLEST_P": "metrics",
        "TOP_SHARE": "metrics",
    },
)
