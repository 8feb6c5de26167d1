"""Figures that are means over folds: what no set of folds can give, whatever happened in each."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .claims import Claim


@dataclass(frozen=True)
class Bound:
    """Between what a figure must lie if others are as claimed.

    ``others`` are the names of the figures that it follows from; ``why`` is the rule.
    """

    name: str
    others: tuple[str, ...]
    low: Fraction
    high: Fraction
    why: str


def bounds(claim: Claim) -> Iterator[Bound]:
    """Give all that is known of means over folds.

    A mean of F1 is not the F1 of mean precision and mean recall, nor does one confusion matrix
    stand behind the means.  What holds for every fold and survives taking means:

    * F1 is a concave function of precision and recall, so its mean is at most the harmonic mean
      of theirs (Jensen); and at least ``precision + recall - 1``, as the surface over the unit
      square lies above that plane.
    * Accuracy lies between recall and specificity in each fold, so its mean is between
      ``recall + specificity - 1`` and ``recall + specificity``.
    * Where the folds' cases and positives are known, accuracy is their mix of recall and
      specificity; folds of different base rates can move its mean by the mean distance of their
      base rates from the mean base rate.
    """
    figures = claim.figures
    zero, one = Fraction(0), Fraction(1)
    if {"f1", "precision", "recall"} <= figures.keys():
        precision, recall = figures["precision"], figures["recall"]
        both = precision.high + recall.high
        yield Bound(
            "f1",
            ("precision", "recall"),
            max(zero, precision.low + recall.low - 1),
            2 * precision.high * recall.high / both if both else zero,
            "a mean of F1 is at most the harmonic mean of mean precision and mean recall",
        )
    if "accuracy" not in figures:
        return
    others = tuple(name for name in ("recall", "specificity") if name in figures)
    ends = [
        (figures[name].low, figures[name].high) if name in figures else (zero, one)
        for name in ("recall", "specificity")
    ]
    if claim.fold_positives and others:
        rates = [
            Fraction(positives, cases)
            for positives, cases in zip(claim.fold_positives, claim.fold_sizes, strict=True)
        ]
        rate = sum(rates) / claim.folds
        moved = sum(abs(of_fold - rate) for of_fold in rates) / claim.folds
        low, high = (rate * recall + (1 - rate) * rest for recall, rest in zip(*ends, strict=True))
        yield Bound(
            "accuracy",
            others,
            max(zero, low - moved),
            min(one, high + moved),
            "accuracy mixes recall and specificity by the folds' base rates",
        )
    elif len(others) == 2:
        yield Bound(
            "accuracy",
            others,
            max(zero, ends[0][0] + ends[1][0] - 1),
            min(one, ends[0][1] + ends[1][1]),
            "accuracy lies between recall and specificity in every fold",
        )


def steps(claim: Claim) -> Iterator[tuple[str, int]]:
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
