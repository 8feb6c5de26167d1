"""Figures of one confusion matrix: exact arithmetic over all matrices that give them.

Every figure is a ratio of two sums over the four counts, so "it rounds to 87.2 %" is a pair of
linear rules.  Shares without a number of cases are looked at as shares, counts as whole numbers.
The idea is that of Fazekas and Kovács (2024), "Testing the consistency of performance scores
reported for binary classification problems", Applied Soft Computing 164.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, lcm

from .claims import RATIOS, TITLES, Claim, Sum
from .polytope import Point, Rule, WholePoints, corners, whole_points
from .steps import nearest_steps
from .verdict import Matrix, Verdict, beside, listed, notes

# Counts are not negative, and there are no more hits than positives, nor false alarms than others.
_COUNTS: tuple[Sum, ...] = ((-1, 0, 0, 0), (0, -1, 0, 0), (1, 0, -1, 0), (0, 1, 1, -1))
_Ends = tuple[Fraction, Fraction]
_OF_SOME = ("recall", "specificity", "precision", "f1")  # shares that can be of no cases


def check_matrix(claim: Claim) -> Verdict:
    """Say whether one matrix gives all figures, and if none does, which contradict each other."""
    ranges = _ranges(claim)
    found = _search(claim, ranges)
    if found is None:
        why = _contradiction(claim, ranges)
        return Verdict(False, why, notes(claim, None))
    said = notes(claim, _range_of(claim, "base_rate", ranges))
    if claim.n is None:
        return Verdict(True, notes=said)
    example = None
    if found.example:
        tp, fp, positives = found.example
        example = Matrix(tp, fp, claim.n - positives - fp, positives - tp)
    elif not found.complete:
        said += ("shares fit, but no whole numbers were found in the time allowed",)
    return Verdict(True, "", said, found.count, found.complete, example)


def allowed(claim: Claim, name: str) -> _Ends | None:
    """Give the range that a claim's other figures allow for one; None if they allow none at all.

    Parameters
    ----------
    claim : Claim
        Of one confusion matrix, ``folds`` being 1.
    name : str
        A key of ``RATIOS``.
    """
    ranges = {other: ends for other, ends in _ranges(claim).items() if other != name}
    return _range_of(claim, name, ranges)


def _ranges(claim: Claim) -> dict[str, _Ends]:
    ranges = {name: (figure.low, figure.high) for name, figure in claim.figures.items()}
    if claim.positives is not None:
        rate = Fraction(claim.positives, claim.n)
        ranges["positives"] = (rate, rate)
    return ranges


def _ratio(name: str) -> tuple[Sum, Sum]:
    return RATIOS["base_rate" if name == "positives" else name]


def _search(claim: Claim, ranges: Mapping[str, _Ends]) -> WholePoints | None:
    """Look for confusion matrices, or without a number of cases for shares; None if none is."""
    ends = corners(_rules(ranges, 1))
    if not ends or _of_nothing(claim, ranges, ends):
        return None
    if claim.n is None:
        return WholePoints(0, True, None)
    dens = _must_count(claim, ranges)
    one_each = [(-den[0], -den[1], -den[2], den[3] * claim.n - 1) for den in dens]
    found = whole_points([*_rules(ranges, claim.n), *one_each])
    return found if found.count or not found.complete else None


def _rules(ranges: Mapping[str, _Ends], n: int) -> list[Rule]:
    """Write ranges as rules over true positives, false positives and positives of n cases."""
    sums = list(_COUNTS)
    for name, (low, high) in ranges.items():
        top, bottom = _ratio(name)
        scale = lcm(low.denominator, high.denominator)
        for end, sign in ((int(low * scale), 1), (int(high * scale), -1)):
            sums.append(
                tuple(
                    sign * (end * below - scale * above)
                    for above, below in zip(top, bottom, strict=True)
                )
            )
    return [(a, b, c, -d * n) for a, b, c, d in sums]


def _must_count(claim: Claim, ranges: Mapping[str, _Ends]) -> list[Sum]:
    """Give the denominators that cannot be 0, given what is printed for a share of no cases."""
    dens = []
    for name, (low, high) in ranges.items():
        printed = {
            None: low == 0 or high == 1, "0": low == 0, "1": high == 1, "left out": False
        }[claim.undefined]  # fmt: skip
        if name in _OF_SOME and not printed:
            dens.append(_ratio(name)[1])
    return dens


def _at(sum_: Sum, point: Point) -> Fraction:
    return sum(weight * share for weight, share in zip(sum_, (*point, 1), strict=True))


def _of_nothing(claim: Claim, ranges: Mapping[str, _Ends], ends: Sequence[Point]) -> bool:
    """Whether some figure would be a share of no cases at all, whatever the counts."""
    return any(all(_at(den, end) == 0 for end in ends) for den in _must_count(claim, ranges))


def _range_of(claim: Claim, name: str, ranges: Mapping[str, _Ends]) -> _Ends | None:
    """Give the least and the greatest of a figure that others allow, counts taken as shares."""
    ends = corners(_rules(ranges, 1))
    if not ends or _of_nothing(claim, ranges, ends):
        return None
    top, bottom = _ratio(name)
    values = [_at(top, end) / _at(bottom, end) for end in ends if _at(bottom, end)]
    return (min(values), max(values)) if values else None


def _contradiction(claim: Claim, ranges: Mapping[str, _Ends]) -> str:
    """Name the fewest figures that cannot be true together, and what each could be."""
    left = dict(ranges)
    # Those that readers know best are tried last, and so are the ones that stay.
    for name in ("positives", *reversed(RATIOS)):
        fewer = {other: ends for other, ends in left.items() if other != name}
        if name in left and _search(claim, fewer) is None:
            left = fewer
    said = listed([_said(claim, name) for name in left])
    could = []
    for name, (low, high) in left.items():
        others = {other: ends for other, ends in left.items() if other != name}
        found = _range_of(claim, name, others)
        if found and (found[1] < low or high < found[0]):
            could.append(_could_be(claim, name, found))
    if could:
        others = "other is" if len(left) == 2 else "others are"
        return f"{said} cannot be true together: if the {others} true, {'; '.join(could)}"
    together = " together" if len(left) > 1 else ""
    if _of_nothing(claim, left, corners(_rules(left, 1))):
        return f"{said} cannot be true{together}: a share of no cases has no value"
    return f"no whole numbers of {claim.n} cases give {said}{together}{_nearest(claim, left)}"


def _nearest(claim: Claim, left: Mapping[str, _Ends]) -> str:
    """Give the nearest figures that whole numbers have, where one figure is a share of a count."""
    names = set(left)
    if names in ({"accuracy"}, {"base_rate"}):
        (name,), n = names, claim.n
    elif names == {"recall", "positives"}:
        name, n = "recall", claim.positives
    else:
        return ""
    return beside(claim.figures[name], nearest_steps(*left[name], n))


def _said(claim: Claim, name: str) -> str:
    if name == "positives":
        return f"{claim.positives} positives of {claim.n} cases"
    return claim.figures[name].said


def _could_be(claim: Claim, name: str, found: _Ends) -> str:
    if name == "positives":
        return f"there are {floor(found[0] * claim.n)} to {ceil(found[1] * claim.n)} positives"
    return f"{TITLES[name]} is {claim.figures[name].between(*found)}"
