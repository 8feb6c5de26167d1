"""Figures that are whole numbers over a count, and so can take some values only."""

import math
from collections.abc import Iterator
from fractions import Fraction

from .claims import Claim


def equal_steps(claim: Claim) -> Iterator[tuple[str, int]]:
    """Name the figures whose mean is a whole number of equal steps, and the number of steps in 1.

    Folds that test equally many cases make mean accuracy a multiple of one case; equally many
    positive ones do so for recall, negative ones for specificity.
    """
    known = {"accuracy": claim.fold_sizes, "recall": claim.fold_positives}
    if claim.fold_positives:
        known["specificity"] = tuple(
            cases - positives
            for cases, positives in zip(claim.fold_sizes, claim.fold_positives, strict=True)
        )
    for name, parts in known.items():
        if name in claim.figures and parts and len(set(parts)) == 1 and parts[0]:
            yield name, sum(parts)


def nearest_steps(low: Fraction, high: Fraction, n: int) -> tuple[Fraction, Fraction] | None:
    """Give the steps on both sides of a range that holds none; None where it holds one."""
    before, after = math.ceil(low * n) - 1, math.floor(high * n) + 1
    return (Fraction(before, n), Fraction(after, n)) if after - before == 1 else None
