"""Claims: figures as somebody printed them, and what they can have been before rounding."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..errors import DataError

# Each figure is a ratio of two sums over (true positives, false positives, positives, cases).
Sum = tuple[int, int, int, int]
RATIOS: Mapping[str, tuple[Sum, Sum]] = {
    "f1": ((2, 0, 0, 0), (1, 1, 1, 0)),
    "precision": ((1, 0, 0, 0), (1, 1, 0, 0)),
    "recall": ((1, 0, 0, 0), (0, 0, 1, 0)),
    "accuracy": ((1, -1, -1, 1), (0, 0, 0, 1)),
    "specificity": ((0, -1, -1, 1), (0, 0, -1, 1)),
    "base_rate": ((0, 0, 1, 0), (0, 0, 0, 1)),
}
TITLES = {
    "f1": "F1", "precision": "precision", "recall": "recall", "accuracy": "accuracy",
    "specificity": "specificity", "base_rate": "base rate",
}  # fmt: skip
AVERAGES = ("binary", "macro", "weighted", "micro")
UNDEFINED = ("0", "1", "left out")
MOST_CASES = 10**9
# Whole-number arithmetic stays inside 64 bits with this and MOST_CASES.
_MOST_DECIMALS = 8
_MOST_SHOWN = 40
_WRITTEN = re.compile(r"(\d{0,18})(?:\.(\d{0,18}))?\s*(%?)", re.ASCII)


@dataclass(frozen=True)
class Figure:
    """A figure as it was printed.

    Parameters
    ----------
    name : str
        A key of ``RATIOS``.
    text : str
        As written.
    value, low, high : Fraction
        As a share: what was written, and between what the figure itself must lie.
    percent : bool
        Whether it was written in per cent.
    decimals : int
        Digits behind the point as written.
    """

    name: str
    text: str
    value: Fraction
    low: Fraction
    high: Fraction
    percent: bool
    decimals: int

    @property
    def said(self) -> str:
        """The figure with its name, as in "precision 87.2 %"."""
        return f"{TITLES[self.name]} {self.number}"

    @property
    def number(self) -> str:
        """The figure as written, in per cent where it was."""
        return self.text + (" %" if self.percent and "%" not in self.text else "")

    def finer(self, value: Fraction) -> str:
        """Write a share in the figure's own notation, one digit finer."""
        scaled = float(value) * (100 if self.percent else 1)
        return f"{scaled:.{self.decimals + 1}f}{' %' if self.percent else ''}"

    def between(self, low: Fraction, high: Fraction) -> str:
        """Write a range in the figure's own notation, one digit finer, rounded outwards."""
        scale = 10 ** (self.decimals + 1) * (100 if self.percent else 1)
        ends = Fraction(math.floor(low * scale), scale), Fraction(math.ceil(high * scale), scale)
        return f"{self.finer(ends[0]).removesuffix(' %')} to {self.finer(ends[1])}"


@dataclass(frozen=True)
class Claim:
    """What somebody says that a classifier reached on some test cases.

    Parameters
    ----------
    name : str
    figures : mapping of str to Figure
    n, positives : int or None
        Test cases, and those of them that are positive.
    folds : int or None
        Each figure is the mean over so many folds; 1 is one confusion matrix, None not said.
    fold_sizes, fold_positives : tuple of int
        Test cases of each fold, and its positive ones; empty where not known.
    average : str or None
        One of ``AVERAGES``: whether figures are of the positive class, or averages over both; None
        where that is not said.
    undefined : str or None
        One of ``UNDEFINED``: what was printed, or averaged, for a share of no cases; None where
        that is not said, and may have been 0 or 1.
    """

    name: str
    figures: Mapping[str, Figure]
    n: int | None = None
    positives: int | None = None
    folds: int | None = None
    fold_sizes: tuple[int, ...] = ()
    fold_positives: tuple[int, ...] = ()
    average: str | None = None
    undefined: str | None = None

    @property
    def base_rate(self) -> Fraction | None:
        """The share of positive cases, as far as it is claimed."""
        if self.positives is not None:
            return Fraction(self.positives, self.n)
        if self.fold_positives:
            return Fraction(sum(self.fold_positives), sum(self.fold_sizes))
        return self.figures["base_rate"].value if "base_rate" in self.figures else None


def read_figure(name: str, text: str) -> Figure:
    """Read a figure, and say what it can have been before it was rounded.

    A number above 1, or with a ``%``, is in per cent, any other a share.  With ``unit`` the last
    digit written, the figure lies between ``value - unit / 2`` and ``value + unit``, both ends
    included: that allows for rounding to the nearest, whatever becomes of halves, and for digits
    cut off.  Digits of a share beyond the eighth are not used.

    Raises
    ------
    DataError
        If the text is no number, or no share; says what was found.
    """
    text = text.strip()
    found = _WRITTEN.fullmatch(text)
    if not found or not (found[1] or found[2]):
        mend = "  Write a decimal point, not a comma." if re.fullmatch(r"\d+,\d+ *%?", text) else ""
        shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
        raise DataError(
            f"{name} is {shown!r}, which is no figure.  "
            f"Write it as printed: 87.2, 87.2 % or 0.872.{mend}"
        )
    if text in ("0", "1"):
        raise DataError(
            f"{name} is {text}, and nobody can see how far it was rounded.  "
            f"Write it as printed: {text}.0, {text}.000, or {100 * int(text)} %."
        )
    decimals = len(found[2] or "")
    value, unit = Fraction(f"{found[1] or '0'}.{found[2] or '0'}"), Fraction(1, 10**decimals)
    percent = bool(found[3]) or value > 1
    if percent:
        value, unit = value / 100, unit / 100
    if value > 1:
        raise DataError(f"{name} is {text}; a share is at most 1, or 100 %.")
    finest = 2 * 10**_MOST_DECIMALS
    low = Fraction(math.floor((value - unit / 2) * finest), finest)
    high = Fraction(math.ceil((value + unit) * finest), finest)
    return Figure(
        name, text, value, max(low, Fraction(0)), min(high, Fraction(1)), percent, decimals
    )
