"""Which way a prediction goes: the curves of all folds, pooled, and one word for them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..store.drivers import LOCAL_EFFECTS, REMOVED, Change, Curve
from .model_drivers import (
    DIFFERS,
    DIPS,
    FALLS,
    PEAKS,
    RISES,
    UNCLEAR,
    Direction,
    Place,
)

_CLEAR = 3.0  # standard errors between the ends: these were picked as the furthest apart
_STRAIGHT = 0.8  # of the way up and down together
_LEAST_CASES = 10
_MISSING = "missing"


@dataclass(frozen=True)
class _Point:
    place: Place
    error: float


def direction_of(changes: Sequence[Change], moved: Sequence[np.ndarray]) -> Direction | None:
    """Say which way the prediction goes with what was changed.

    Parameters
    ----------
    changes : sequence of Change
        The same one, in each fold.
    moved : sequence of ndarray
        How far the predictions of its cases moved, in each fold.

    Returns
    -------
    Direction or None
        Of columns that share their information, of the one that the prediction goes furthest with;
        None where no curve was drawn.
    """
    if changes[0].kind == REMOVED:
        return _of_events(changes, moved)
    curves: dict[str, list[Curve]] = {}
    for change in changes:
        for curve in change.curves:
            curves.setdefault(curve.column, []).append(curve)
    found = [_of_column(of_folds) for of_folds in curves.values()]
    known = [one for one in found if one is not None]
    return max(known, key=lambda one: (one.word != UNCLEAR, _range(one)), default=None)


def _range(direction: Direction) -> float:
    return abs(direction.end.p - direction.start.p)


def _of_events(changes: Sequence[Change], moved: Sequence[np.ndarray]) -> Direction | None:
    held = [change for change in changes if not math.isnan(change.p_with)]
    if not held:
        return None
    weight = [change.share for change in held]
    without, with_them = (
        float(np.average([getattr(change, name) for change in held], weights=weight))
        for name in ("p_without", "p_with")
    )
    word = RISES if with_them > without else FALLS
    far = np.concatenate(moved)
    if abs(far.mean()) <= _CLEAR * far.std(ddof=1) / math.sqrt(len(far)):
        word = UNCLEAR
    return Direction(
        "", "", word,
        Place("without", math.nan, math.nan, without),
        Place("with", math.nan, math.nan, with_them),
    )  # fmt: skip


def _of_column(curves: Sequence[Curve]) -> Direction | None:
    curves = [curve for curve in curves if curve.method == LOCAL_EFFECTS] or curves
    first = curves[0]
    points = [
        point for point in _pooled(curves) if not first.is_ordered or point.place.label != _MISSING
    ]
    if len(points) < 2:
        return None
    heights = np.array([point.place.p for point in points])
    low, high = points[int(heights.argmin())], points[int(heights.argmax())]
    error = math.hypot(low.error, high.error)
    is_clear = high.place.p - low.place.p > _CLEAR * error
    if not first.is_ordered:
        word = DIFFERS if is_clear else UNCLEAR
        return Direction(first.column, first.method, word, low.place, high.place)
    start, end = points[0], points[-1]
    across, way = heights[-1] - heights[0], np.abs(np.diff(heights)).sum()
    if not is_clear:
        word = UNCLEAR
    elif abs(across) >= _STRAIGHT * way:
        word = RISES if across > 0 else FALLS
    elif high not in (start, end):
        word, start, end = PEAKS, min((start, end), key=lambda point: point.place.p), high
    elif low not in (start, end):
        word, start, end = DIPS, max((start, end), key=lambda point: point.place.p), low
    else:
        word = RISES if across > 0 else FALLS
    return Direction(first.column, first.method, word, start.place, end.place)


def _pooled(curves: Sequence[Curve]) -> list[_Point]:
    """Average curves step by step; a step that few cases hold says nothing."""
    levels = [_level(curve) for curve in curves]
    level = sum(levels) / len(levels)
    steps = sorted({point.step for curve in curves for point in curve.points})
    found = []
    for step in steps:
        here = [
            (point, of_curve)
            for curve, of_curve in zip(curves, levels, strict=True)
            for point in curve.points
            if point.step == step
        ]
        points = [point for point, _ in here]
        if sum(point.n for point in points) < _LEAST_CASES:
            continue
        # A fold in which nobody holds the step must not shift it by its own level.
        height = level + sum(point.p - of_curve for point, of_curve in here) / len(here)
        place = Place(
            points[0].label,
            _least(point.low for point in points),
            -_least(-point.high for point in points),
            min(max(height, 0.0), 1.0),
        )
        known = [point.error for point in points if not math.isnan(point.error)]
        if known:
            found.append(_Point(place, math.hypot(*known) / len(known)))
    return found


def _level(curve: Curve) -> float:
    """Give the mean over the cases of a curve."""
    n = sum(point.n for point in curve.points)
    return sum(point.n * point.p for point in curve.points) / n


def _least(values: Iterable[float]) -> float:
    return min(values, default=math.nan)
