"""The segments as flat rows: for ``segments.csv`` and for the workbook."""

import math
from collections.abc import Iterator
from typing import Any

from ..bench.judge.segments import ModelSegments

_PARTS = ("column", "value", "inside", "outside", "distance")
_MOST = 3
SEGMENT_COLUMNS = (
    "segment", "n_cases", "share", "rate", "rate_low", "rate_high", "lift", "stability",
    *(f"difference_{number}_{part}" for number in range(1, _MOST + 1) for part in _PARTS),
    "path", "missing",
)  # fmt: skip


def segment_rows(found: ModelSegments) -> Iterator[dict[str, Any]]:
    """Give a row a segment, the one that buys most first; one with the reason where there are none.

    Parameters
    ----------
    found : ModelSegments
    """
    if found.missing:
        yield dict.fromkeys(SEGMENT_COLUMNS) | {"missing": found.missing}
    for one in found.outcomes:
        row: dict[str, Any] = dict.fromkeys(SEGMENT_COLUMNS)
        row |= {"segment": one.number, "n_cases": one.n_cases, "share": one.share}
        row |= {"rate": one.rate.value, "rate_low": one.rate.low, "rate_high": one.rate.high}
        row |= {"lift": _known(one.lift), "stability": _known(found.stability)}
        row |= {"path": "; ".join(one.path), "missing": ""}
        for number, difference in enumerate(one.differences, start=1):
            row |= {f"difference_{number}_{part}": getattr(difference, part) for part in _PARTS}
        yield row


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
