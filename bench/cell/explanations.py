"""What a fitted model says that it learnt, checked and turned into plain values."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ..errors import ModelError
from ..model import EXPLANATION_KINDS, Explanation, Model

_MOST_ROWS, _MOST_EXPLANATIONS = 40, 6


def explained(model: Model, noted: list[str]) -> dict[str, Any]:
    """Ask a model what it learnt; one that fails at it is noted and keeps its predictions."""
    # The fence around plugin code: what it learnt is no part of its predictions.
    try:
        return {"explanations": checked_explanations(model.explain())}
    except Exception as error:
        noted.append(f"explain() failed: {type(error).__name__}: {error}")
        return {"explanations": []}


def checked_explanations(
    given: Explanation | Sequence[Explanation] | None,
) -> list[dict[str, Any]]:
    """Turn what ``explain`` gave into plain values.

    Raises
    ------
    ModelError
        If something is no explanation; says what is wrong with it.
    """
    if given is None:
        return []
    several = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(several) > _MOST_EXPLANATIONS:
        raise ModelError(
            f"explain() gave {len(several)} explanations; give the {_MOST_EXPLANATIONS} that "
            "matter most"
        )
    return [_checked(explanation) for explanation in several]


def _checked(explanation: Explanation) -> dict[str, Any]:
    if not isinstance(explanation, Explanation):
        raise ModelError(f"explain() returned a {type(explanation).__name__}, not an Explanation")
    texts = (explanation.kind, explanation.reading, explanation.title, *explanation.columns)
    if not all(isinstance(text, str) for text in texts):
        raise ModelError(f"explain() gave {texts}; kind, reading, title and columns must be texts")
    if explanation.kind not in EXPLANATION_KINDS:
        raise ModelError(
            f"explain() gave the kind {explanation.kind!r}; it must be one of "
            f"{', '.join(EXPLANATION_KINDS)}"
        )
    rows = [[_in_a_row(value) for value in row] for row in explanation.rows[:_MOST_ROWS]]
    for row in rows:
        if len(row) != len(explanation.columns):
            raise ModelError(f"explain() gave the row {row} for the columns {explanation.columns}")
        if any(isinstance(value, float) and not np.isfinite(value) for value in row):
            raise ModelError(f"explain() gave a number that is not finite in the row {row}")
    return asdict(explanation) | {"columns": list(explanation.columns), "rows": rows}


def _in_a_row(value: Any) -> str | int | float:
    """Give a text or a number; whatever else is there becomes its text."""
    value = plain(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number or isinstance(value, str) else str(value)


def plain(value: Any) -> Any:
    """Turn a value into what JSON can hold; what it cannot, into its text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)
