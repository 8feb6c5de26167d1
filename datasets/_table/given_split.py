"""The column of a split that came with the data: train and test, or numbers of folds."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from ...bench.task import ALWAYS_TRAIN, ALWAYS_VALID

_SIDES = {
    **dict.fromkeys(("train", "training", "fit", "learn", "development"), ALWAYS_TRAIN),
    **dict.fromkeys(("valid", "validation", "val", "dev", "tune"), ALWAYS_VALID),
    **dict.fromkeys(("test", "testing", "holdout", "hold-out", "hold_out", "oot", "eval"), 0),
}
_MOST_FOLDS = 100
_CALLED = re.compile(r"(?i:(^|[^a-z])(split|folds?|kfold|partition|subset|set|usage|sample)$)")


def given_split(values: Sequence[str]) -> list[int] | None:
    """Read the different values of a column as sides or folds, one for each; None if they are not.

    ``train``, ``valid``, ``test`` and their usual variants are sides; whole numbers are the folds
    that test a case.
    """
    words = [value.strip().lower() for value in values]
    if all(word in _SIDES for word in words):
        sides = [_SIDES[word] for word in words]
        return sides if {ALWAYS_TRAIN, 0} <= set(sides) else None
    if not all(re.fullmatch(r"\d{1,4}", word) for word in words):
        return None
    numbers = np.array([int(word) for word in words])
    different, folds = np.unique(numbers, return_inverse=True)
    return folds.tolist() if 2 <= len(different) <= _MOST_FOLDS else None


def side_of(value: str, known: Mapping[str, int]) -> int | None:
    """Read a further value of a column whose other values are known; None if it is none.

    A side may come that was not there before; a fold may not, as nobody of it would be tested.
    """
    if value in known:
        return known[value]
    return _SIDES.get(value.strip().lower()) if min(known.values()) < 0 else None


def looks_like_a_split(name: str, values: Sequence[str]) -> bool:
    """Tell whether a column seems to hold a split, by its name and by its values."""
    sides = given_split(values)
    if sides is None:
        return False
    return min(sides) < 0 or bool(_CALLED.search(name))
