"""What to compare: the types, the TOML reader, and the suites shipped beside them."""

from .. import lazily

# As they were imported while this was one file.
__getattr__ = lazily(
    __name__,
    {
        "Limits": "suite",
        "MemberSet": "suite",
        "Suite": "suite",
        "Variant": "suite",
        "load_suite": "reading",
    },
)
