"""What a claim can be read as: of one class or of both, of one matrix or as means over folds."""

from dataclasses import dataclass, replace

from .claims import AVERAGES, Claim, Figure


@dataclass(frozen=True)
class Reading:
    """One way to read a claim's figures.

    Parameters
    ----------
    average : str
        One of ``AVERAGES``.
    means : bool
        Whether they are means over folds, and not of one confusion matrix.
    f1_of_averages : bool, default=False
        F1 is computed from the averaged precision and recall, and not itself averaged.  Both are in
        use (Opitz and Burst 2019, "Macro F1 and Macro F1").
    """

    average: str
    means: bool
    f1_of_averages: bool = False

    @property
    def title(self) -> str:
        """As in "possible as macro averages"."""
        name = "" if self.average == "binary" else f"{self.average} averages"
        if self.means:
            name = f"means over folds of {name}" if name else "means over folds"
        name = name or "one confusion matrix"
        return f"{name} with F1 computed from them" if self.f1_of_averages else name


def kept_figures(claim: Claim, reading: Reading) -> dict[str, Figure]:
    """Give the figures that a reading says something of.

    Where what has no value was left out, some figures are averages over other folds, or other
    classes, than the rest; nothing binds them.
    """
    loose = set()
    if claim.undefined == "left out":
        loose = {"precision", "f1"}
        parts = list(zip(claim.fold_positives, claim.fold_sizes, strict=True))
        if reading.means and not (parts and all(0 < yes < size for yes, size in parts)):
            loose |= {"recall", "specificity"}
    return {name: figure for name, figure in claim.figures.items() if name not in loose}


def readings(claim: Claim) -> tuple[Reading, ...]:
    """Give all readings that a claim leaves open, the commonest first."""
    averages = AVERAGES if claim.average is None else (claim.average,)
    plain = [
        Reading(average, means)
        for means in ((False, True) if claim.folds is None else (claim.folds > 1,))
        for average in averages
    ]
    of_averages = [
        replace(reading, f1_of_averages=True)
        for reading in plain
        if "f1" in claim.figures and (reading.means or reading.average in ("macro", "weighted"))
    ]
    return (*plain, *of_averages)
