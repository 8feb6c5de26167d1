"""Can printed figures be true?  A claim is impossible only if every reading of it is.

A claim that does not say what its figures are averages of is first read as one confusion matrix.
If no matrix gives them, all other readings are tried.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .averages import contradiction_of_averages
from .claims import Claim
from .consistency import check_matrix
from .fold_means import contradiction_of_means, most_f1
from .read_as import Reading, readings
from .verdict import Verdict, listed, notes

_NEVER = (
    "impossible under every reading: F1 exceeds the harmonic mean of precision and recall of no "
    "matrix, no average over classes and no mean over folds"
)


def check(claim: Claim) -> Verdict:
    """Say whether figures can be true together, and under which readings.

    Returns
    -------
    Verdict
        Impossible only if every reading that the claim leaves open is.
    """
    opened = readings(claim)
    first = _check(claim, opened[0])
    if first.possible or len(opened) == 1:
        return first
    others = tuple(_titles(other for other in opened[1:] if _check(claim, other).possible))
    said_open = claim.average is None or claim.folds is None
    if others and not said_open:  # F1 averaged, or of averages: two words for one thing
        return replace(first, possible=True, why="", notes=(*first.notes, f"as {others[0]}"))
    if others:
        return replace(first, possible=True, possible_as=others)
    if not said_open:
        return first
    never = _NEVER if _above_harmonic_mean(claim) else "impossible under every reading"
    return replace(first, why=f"{first.why}; {never}")


def _titles(possible: Iterable[Reading]) -> Iterator[str]:
    """Name readings, but none that only widens one that was named."""
    named: list[Reading] = []
    for reading in possible:
        narrower = (
            replace(reading, f1_of_averages=False),
            replace(reading, means=False),
            replace(reading, means=False, f1_of_averages=False),
            replace(reading, average="binary"),
            replace(reading, average="binary", f1_of_averages=False),
        )
        if not any(other in named for other in narrower):
            named.append(reading)
            yield reading.title


def _check(claim: Claim, reading: Reading) -> Verdict:
    if reading == Reading("binary", means=False):
        return check_matrix(claim)
    if reading.means and reading.average == "micro":
        # One figure by several names, which it stays as a mean; of how many cases is not known.
        why = contradiction_of_averages(replace(claim, n=None, positives=None), reading)
    elif reading.means:
        why = contradiction_of_means(claim, reading)
    elif _above_harmonic_mean(claim):
        said = listed([claim.figures[name].said for name in ("precision", "recall")])
        why = f"{claim.figures['f1'].said} exceeds the harmonic mean of {said}; averages cannot"
    else:
        why = contradiction_of_averages(claim, reading)
    return Verdict(not why, why, notes(claim, None))


def _above_harmonic_mean(claim: Claim) -> bool:
    figures = claim.figures
    if not {"f1", "precision", "recall"} <= figures.keys() or claim.undefined == "left out":
        return False
    return figures["f1"].low > most_f1(figures["precision"].high, figures["recall"].high)
