"""The limits of a cell, in a file that imports nothing: Dask workers have no use for more."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a single cell may cost before it is stopped."""

    seconds: float = 300.0
    gigabytes: float = 2.5
