"""The results folder, and the records that its readers see."""

from .. import lazily

# As they were imported while this was one file.
__getattr__ = lazily(
    __name__,
    {
        "Store": "store",
        "StoredCell": "store",
    },
)
