"""A planned fold: who is fitted on, watched and tested on."""

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Split:
    """One inner split of a train part: case numbers to fit on and to watch."""

    fit: np.ndarray
    valid: np.ndarray


@dataclass(frozen=True, eq=False)
class Fold:
    """One outer fold: its test cases, and the inner splits of its train part.

    Parameters
    ----------
    number : int
        From 0.
    test : ndarray of int
        Case numbers, each once.
    splits : tuple of Split
    halves : tuple of Split, optional
        They part the fit cases of an only split in two.  Models are fitted on them only to see how
        far two fits disagree, where no other fold shows it: nothing of them is judged.
    """

    number: int
    test: np.ndarray
    splits: tuple[Split, ...]
    halves: tuple[Split, ...] = ()

    @property
    def fits(self) -> tuple[Split, ...]:
        """All splits that models are fitted on, in the order of their cells' numbers."""
        return self.splits + self.halves

    @property
    def refits(self) -> tuple[Split, ...]:
        """Splits whose models predict the same test cases: the halves, or several inner splits."""
        return self.halves or (self.splits if len(self.splits) > 1 else ())

    @property
    def valid(self) -> np.ndarray:
        """Case numbers of its valid predictions: those of each inner split, one after the other.

        With several inner splits a case can be valid in more than one, and is then predicted by
        the model of each.
        """
        return np.concatenate([split.valid for split in self.splits])

    def fingerprint(self) -> str:
        """SHA-256 of what is judged; results with different fingerprints are never compared."""
        digest = hashlib.sha256()
        for part in (self.test, *(p for split in self.splits for p in (split.fit, split.valid))):
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part.astype("<i8").tobytes())
        return digest.hexdigest()


def who(rows: np.ndarray, group: np.ndarray | None) -> np.ndarray | None:
    """Say which valid predictions belong together: those about one group, or one case.

    Parameters
    ----------
    rows : ndarray of int
        Case numbers of the predictions.
    group : ndarray, shape (n_cases,), optional
        Whom the task's cases are about.

    Returns
    -------
    ndarray or None
        None where each prediction stands for itself.
    """
    if group is not None:
        return group[rows]
    return rows if len(np.unique(rows)) < len(rows) else None
