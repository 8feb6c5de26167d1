"""What an answer says of a cell, held to what a cell may note: plugins ran where it was made."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..cell.explanations import checked_explanations
from ..errors import ModelError
from ..model import Explanation
from ..store.asked_again import MOST_ASKED
from ..store.drivers import CellDrivers
from ..store.segments import CellSegments
from ..store.typed import typed
from .messages import Unreadable


def checked_facts(facts: Any) -> dict[str, Any]:
    """Keep of an answer's facts what a cell notes, when it is of the right kind.

    A worker ran code that need not be ours, so that anything can stand there.

    Raises
    ------
    Unreadable
        If one is missing or cannot be meant.
    """
    if not isinstance(facts, dict):
        raise Unreadable("its facts are no table")
    kept = {}
    for name, good in _FACTS.items():
        if name not in facts:
            if name in _OPTIONAL:
                continue
            raise Unreadable(f"its facts lack {name!r}")
        if not good(facts[name]):
            raise Unreadable(f"its {name!r} is {str(facts[name])[:80]}")
        kept[name] = facts[name]
    return kept


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_amount(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _are_costs(value: Any) -> bool:
    names = ("p50_seconds", "p95_seconds", "p99_seconds", "stored_bytes")
    return (
        isinstance(value, dict)
        and all(value.get(name, "") is None or _is_amount(value.get(name)) for name in names)
        and _is_count(value.get("n_calls"))
        and _are_texts(value.get("missing"))
    )


def _are_probabilities(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_ASKED
        and all(type(p) is float and 0 <= p <= 1 for p in value)
    )


def _are_explanations(value: Any) -> bool:
    try:
        given = [
            Explanation(
                about["kind"], about["reading"], tuple(about["columns"]),
                tuple(map(tuple, about["rows"])), about["title"],
            )
            for about in value
        ]  # fmt: skip
        return checked_explanations(given) == value
    except (ModelError, TypeError, KeyError):
        return False


def _is_record(kind: type) -> Callable[[Any], bool]:
    def is_one(value: Any) -> bool:
        try:
            typed(kind, value)
        except (TypeError, ValueError):
            return False
        return True

    return is_one


def _are_weights(value: Any) -> bool:
    return isinstance(value, dict) and all(
        type(weight) in (int, float) and math.isfinite(weight) for weight in value.values()
    )


_FACTS: Mapping[str, Callable[[Any], bool]] = {
    "derived_view": lambda value: isinstance(value, bool),
    "fitted_without_weights": lambda value: isinstance(value, bool),
    "fit_seconds": _is_amount,
    "predict_seconds": _is_amount,
    "wall_seconds": _is_amount,
    "n_predicted": _is_count,
    "peak_bytes": _is_count,
    "warnings": _are_texts,
    "explanations": _are_explanations,
    "views": _are_texts,
    "params": lambda value: isinstance(value, dict),
    "costs": _are_costs,
    "drivers": _is_record(CellDrivers),
    "segments": _is_record(CellSegments),
    "weights": _are_weights,
    "kept": _are_texts,
    "p_fit": _are_probabilities,
}
# A blend is no model, few models select, and most cells are not asked for costs or drivers.
_OPTIONAL = (
    "views", "params", "costs", "drivers", "segments", "weights", "fitted_without_weights", "kept",
    "p_fit",
)  # fmt: skip
