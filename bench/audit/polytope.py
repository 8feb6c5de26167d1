"""Points that obey linear rules: the corners of where they lie, and the whole-numbered ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

# ``(a, b, c, d)`` says ``a * x + b * y + c * z <= d``; all whole numbers.
Rule = tuple[int, int, int, int]
Point = tuple[Fraction, Fraction, Fraction]

# Pairs of x and z that are tried, about a second's work, and how many at a time.
MOST_PAIRS = 20_000_000
_CHUNK = 1_000_000
_LOST = 1e-14


@dataclass(frozen=True)
class WholePoints:
    """The points with whole coordinates that obey all rules.

    Parameters
    ----------
    count : int
        How many were found.
    complete : bool
        Whether all were looked at; otherwise there may be more.
    example : tuple of int or None
        One of them, (x, y, z), near the middle.
    """

    count: int
    complete: bool
    example: tuple[int, int, int] | None


def corners(rules: Sequence[Rule]) -> list[Point]:
    """Find the corners of the set of points that obey all rules, which must be bounded.

    The set is the mixture of its corners: it is empty where there is none, and a linear figure, or
    a ratio of two whose denominator is never negative, is least and greatest at corners.  All is
    computed in whole numbers, so nothing is lost to rounding.

    Parameters
    ----------
    rules : sequence of tuple of int
        Some two dozen at most: every three of them are tried.
    """
    found = set()
    for three in combinations(rules, 3):
        scale = _determinant(three, 0, 1, 2)
        if scale == 0:
            continue
        x, y, z = (_determinant(three, *at) for at in ((3, 1, 2), (0, 3, 2), (0, 1, 3)))
        if scale < 0:
            x, y, z, scale = -x, -y, -z, -scale
        if all(a * x + b * y + c * z <= d * scale for a, b, c, d in rules):
            found.add((Fraction(x, scale), Fraction(y, scale), Fraction(z, scale)))
    return sorted(found)


def whole_points(rules: Sequence[Rule]) -> WholePoints:
    """Count the points with whole coordinates that obey all rules.

    For every z and every x between the corners, each rule bounds y: what is left between the
    bounds is counted, not listed.

    Parameters
    ----------
    rules : sequence of tuple of int
        No product of a coefficient and a coordinate may exceed 10^18.
    """
    ends = corners(rules)
    if not ends:
        return WholePoints(0, True, None)
    middle = tuple(sum(end[axis] for end in ends) / len(ends) for axis in range(3))
    example = _beside(rules, middle)
    count, tried = 0, 0
    first, last = -(-min(end[2] for end in ends) // 1), max(end[2] for end in ends) // 1
    x_rules = _without_y(rules)
    step = _CHUNK
    start = int(first)
    while start <= last:
        z = np.arange(start, min(start + step, int(last) + 1))
        low, high = _x_range(x_rules, z)
        many = np.maximum(high - low + 1, 0)
        n_pairs = int(many.sum())
        if n_pairs > _CHUNK and len(z) > 1:
            step = max(1, len(z) * _CHUNK // (2 * n_pairs))
            continue
        tried += max(n_pairs, len(z))
        if tried > MOST_PAIRS:
            return WholePoints(max(count, int(example is not None)), False, example)
        x = np.repeat(low, many) + np.arange(n_pairs) - np.repeat(np.cumsum(many) - many, many)
        z = np.repeat(z, many)
        y_low, y_high = _y_range(rules, x, z)
        good = np.flatnonzero(y_high >= y_low)
        if len(good):
            count += int((y_high[good] - y_low[good] + 1).sum())
            at = good[len(good) // 2]
            y = (y_low[at] + y_high[at]) // 2
            example = example or (int(x[at]), int(y), int(z[at]))
        start += step
    return WholePoints(count, True, example)


def _determinant(rows: Sequence[Rule], i: int, j: int, k: int) -> int:
    p, q, r = rows
    return (
        p[i] * (q[j] * r[k] - q[k] * r[j])
        - p[j] * (q[i] * r[k] - q[k] * r[i])
        + p[k] * (q[i] * r[j] - q[j] * r[i])
    )


def _beside(rules: Sequence[Rule], point: Point) -> tuple[int, int, int] | None:
    """Give a whole point next to another that obeys all rules, if there is one."""
    near = [sorted({round(value) + step for step in (-1, 0, 1)}) for value in point]
    grid = [(x, y, z) for x in near[0] for y in near[1] for z in near[2]]
    grid.sort(key=lambda at: sum((value - at[i]) ** 2 for i, value in enumerate(point)))
    for x, y, z in grid:
        if all(a * x + b * y + c * z <= d for a, b, c, d in rules):
            return x, y, z
    return None


def _without_y(rules: Sequence[Rule]) -> list[tuple[float, float, float]]:
    """Give the rules that x and z obey for some y at all (Fourier-Motzkin), as floats."""
    above = [rule for rule in rules if rule[1] > 0]
    below = [rule for rule in rules if rule[1] < 0]
    both = [
        tuple(Fraction(over[i], over[1]) - Fraction(under[i], under[1]) for i in (0, 2, 3))
        for over in above
        for under in below
    ]
    both += [(a, c, d) for a, b, c, d in rules if b == 0]
    return [tuple(map(float, rule)) for rule in both]


def _x_range(
    rules: Sequence[tuple[float, float, float]], z: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give whole numbers that x must lie between for each z, one wider than need be."""
    low, high = np.full(len(z), -np.inf), np.full(len(z), np.inf)
    for a, c, d in rules:
        if a == 0:
            continue
        # What floats can lose on the way is given back: the exact test comes after.
        slack = _LOST * (abs(d) + np.abs(c * z)) / abs(a)
        if a > 0:
            high = np.minimum(high, (d - c * z) / a + slack)
        else:
            low = np.maximum(low, (d - c * z) / a - slack)
    return np.floor(low).astype(np.int64) - 1, np.ceil(high).astype(np.int64) + 1


def _y_range(rules: Sequence[Rule], x: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the least and the greatest whole y for each x and z, exactly."""
    low = np.full(len(x), np.iinfo(np.int64).min // 2)
    high = np.full(len(x), np.iinfo(np.int64).max // 2)
    for a, b, c, d in rules:
        rest = d - a * x - c * z
        if b > 0:
            high = np.minimum(high, rest // b)
        elif b < 0:
            low = np.maximum(low, -(rest // -b))
        else:
            high = np.where(rest < 0, low - 1, high)
    return low, high
