"""What a run notes of networks that learnt another task first."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TransferRecord:
    """What was learnt first, and by whom.

    Parameters
    ----------
    source : str
        The name of the source task.
    bases : mapping of str to str
        By the name of an entry that learnt it first, that of the same network without.
    n_cases : mapping of str to int
        By the name of a judged task, how many of the source's cases were given.
    fingerprints : mapping of str to str
        Of those cases.
    """

    source: str
    bases: Mapping[str, str]
    n_cases: Mapping[str, int]
    fingerprints: Mapping[str, str]
