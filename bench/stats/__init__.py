"""Intervals and tests: pure functions of arrays."""

from .. import lazily

# As they were imported while this was one file.
__getattr__ = lazily(
    __name__,
    {
        "LEVEL": "intervals",
        "ResampledTest": "paired_tests",
        "bootstrap_p_value": "paired_tests",
        "delong_influence": "delong",
        "holm": "paired_tests",
        "logit_interval": "intervals",
        "percentile_interval": "intervals",
        "raised_interval": "intervals",
        "resampled_t_test": "paired_tests",
    },
)
