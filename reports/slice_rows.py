"""Figures by slice as flat rows: for ``slices.csv`` and for data frames."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ..bench.judge.slice_outcomes import AUC, CALIBRATION, RECALL, SELECTED, SliceOutcome
from . import formats
from .sections.slices import worst_first

_METRICS = (AUC, CALIBRATION, SELECTED, RECALL)
_OF_APART = ("difference", "difference_low", "difference_high", "p_value", "established")
SLICE_COLUMNS = (
    "column", "value", "n_cases", "n_yes",
    *(
        f"{metric}{part}"
        for metric in _METRICS
        for part in ("", "_low", "_high", *(f"_{name}" for name in _OF_APART))
    ),
    "reason",
)  # fmt: skip


def slice_rows(outcomes: Sequence[SliceOutcome]) -> Iterator[dict[str, Any]]:
    """Give a row a slice, worst first; None where something is not known."""
    for one in worst_first(outcomes):
        value = formats.span(one.label, one.low, one.high) if not one.label else one.label
        row: dict[str, Any] = dict.fromkeys(SLICE_COLUMNS)
        row |= {"column": one.column, "value": value, "reason": one.reason}
        row |= {"n_cases": one.n_cases, "n_yes": one.n_yes}
        for metric, score in one.scores.items():
            row |= _numbers(metric, (score.value, score.low, score.high), ("", "_low", "_high"))
        for metric, apart in one.apart.items():
            far = apart.difference
            parts = tuple(f"_{name}" for name in _OF_APART[:-1])
            row |= _numbers(metric, (far.value, far.low, far.high, apart.p_value), parts)
            row[f"{metric}_established"] = apart.established
        yield row


def _numbers(metric: str, values: Sequence[float], parts: Sequence[str]) -> dict[str, float | None]:
    return {
        f"{metric}{part}": float(value) if math.isfinite(value) else None
        for part, value in zip(parts, values, strict=True)
    }
