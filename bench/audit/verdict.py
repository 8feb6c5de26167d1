"""What is said of a claim: the verdict, and notes that help to read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .claims import Claim, Figure

Ends = tuple[Fraction, Fraction]
_NARROW = Fraction(1, 20)  # an implied base rate that is worth saying


@dataclass(frozen=True)
class Matrix:
    """A confusion matrix: true and false positives, true and false negatives."""

    tp: int
    fp: int
    tn: int
    fn: int


@dataclass(frozen=True)
class Verdict:
    """Whether a claim can be true.

    Parameters
    ----------
    possible : bool
    why : str
        Of what is impossible, the figures that contradict each other and what each could be if the
        others were true.
    notes : tuple of str
        What a reader should know of figures that can be true.
    matrices : int
        How many confusion matrices give the figures, where the number of cases is known; 0 where
        that was not asked.
    complete : bool
        Whether all of them were counted; otherwise they are at least ``matrices``.
    example : Matrix or None
    possible_as : tuple of str
        Of figures that no single matrix gives, the readings under which they are possible; empty
        where the first reading is possible, or none is.
    """

    possible: bool
    why: str = ""
    notes: tuple[str, ...] = ()
    matrices: int = 0
    complete: bool = True
    example: Matrix | None = None
    possible_as: tuple[str, ...] = ()


def notes(claim: Claim, implied: Ends | None) -> tuple[str, ...]:
    """Say what the figures are worth beside answers that need no model."""
    rate = claim.base_rate
    low, high = (rate, rate) if rate is not None else implied or (Fraction(0), Fraction(1))
    said = []
    if rate is None and high - low <= _NARROW:
        said.append(f"the figures imply a base rate of {_percent(low)} to {_percent(high)}")
    without = {
        "accuracy": (max(low, 1 - high, Fraction(1, 2)), "the base rate's"),
        "f1": (2 * low / (1 + low), "always answering yes, which gives"),
    }
    for name, (reached, whose) in without.items():
        figure = claim.figures.get(name)
        if name == "f1" and claim.average not in (None, "binary"):
            continue
        if figure and (figure.high if rate is None else figure.value) <= reached:
            said.append(f"{figure.said} does not exceed {whose} {_percent(reached)}")
    return tuple(said)


def _percent(value: Fraction) -> str:
    return f"{100 * float(value):.1f} %"


def beside(figure: Figure, near: Ends) -> str:
    """Give the nearest values that a figure can take."""
    return f"; the nearest are {' and '.join(map(figure.finer, near))}"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
