"""Rules that combine stored predictions; no member is fitted again."""

from .. import lazily

# As they were imported while this was one file.
__getattr__ = lazily(
    __name__,
    {
        "Combination": "rules",
        "RULES": "rules",
        "Rule": "rules",
    },
)
