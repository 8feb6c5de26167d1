"""Intervals and tests: pure functions of arrays."""

from .. import lazily

# As they were imported while this was one file.
__getattr__ = lazily(
    __name__,
    {
        "LEVEL": "intervals",
        "delong_influence": "delong",
        "holm": "holm",
        "logit_interval": "intervals",
        "percentile_interval": "intervals",
        "raised_interval": "intervals",
    },
)
