"""Space: which values each parameter of a model may take, as its class declares them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import RequestError

ONE_OF = "one of"
# What a range is called in a class: whether it is of whole numbers, and laid out by logarithms.
_RANGES = {
    "float": (False, False),
    "log": (False, True),
    "int": (True, False),
    "log int": (True, True),
}
_DIGITS = 4  # of a drawn number: what a report prints is what was used

Configuration = Mapping[str, Any]


@dataclass(frozen=True)
class Dimension:
    """One parameter: the values named, or a range of numbers where there are none.

    Parameters
    ----------
    name : str
    values : tuple
    low, high : float
    whole, logarithmic : bool
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    logarithmic: bool = False

    def at(self, place: float) -> Any:
        """Give the value at a place from 0 up to, but not including, 1."""
        if self.values:
            return self.values[int(place * len(self.values))]
        if self.whole:  # each whole number has as much room as the others
            low, high = self.low, self.high + 1
            return min(math.floor(self._between(low, high, place)), int(self.high))
        return float(f"{self._between(self.low, self.high, place):.{_DIGITS}g}")

    def _between(self, low: float, high: float, place: float) -> float:
        if self.logarithmic:
            return low * (high / low) ** place
        return low + (high - low) * place


def as_parameters(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Give a configuration as a model is given it: what JSON has turned into lists are tuples."""
    return {name: _as_tuples(value) for name, value in stored.items()}


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def read_space(model: str, declared: Any) -> tuple[Dimension, ...]:
    """Read what a model's class declares in ``space``.

    Parameters
    ----------
    model : str
        Its name, for errors.
    declared : dict
        Parameters by name: ``("float", low, high)``, ``("int", low, high)``; on a logarithmic scale
        ``("log", low, high)``, ``("log int", low, high)``; or ``("one of", value, value, ...)``.

    Raises
    ------
    RequestError
        If a parameter's line has no meaning; says which.
    """
    if not isinstance(declared, dict):
        raise RequestError(
            f"model {model!r}: space must be a table of literals, as in "
            'space = {"C": ("log", 0.01, 100.0)}.'
        )
    return tuple(_dimension(model, str(name), given) for name, given in declared.items())


def _dimension(model: str, name: str, given: Any) -> Dimension:
    where = f"model {model!r}: space[{name!r}]"
    if not isinstance(given, (tuple, list)) or not given:
        raise RequestError(f"{where} must be a tuple, as in ('log', 0.01, 100.0).")
    kind, *rest = given
    if kind == ONE_OF:
        if len(rest) < 2:
            raise RequestError(f"{where}: {ONE_OF!r} needs two values at least.")
        return Dimension(name, tuple(rest))
    if kind not in _RANGES:
        known = ", ".join(map(repr, (*_RANGES, ONE_OF)))
        raise RequestError(f"{where} begins with {kind!r}; known are {known}.")
    whole, logarithmic = _RANGES[kind]
    if not _is_range(rest, whole, logarithmic):
        what = "whole numbers" if whole else "numbers"
        above = " above 0" if logarithmic else ""
        raise RequestError(f"{where}: {kind!r} needs two {what}{above}, the lower one first.")
    low, high = rest
    return Dimension(name, (), float(low), float(high), whole, logarithmic)


def _is_range(rest: Sequence[Any], whole: bool, logarithmic: bool) -> bool:
    kinds = (int,) if whole else (int, float)
    return (
        len(rest) == 2
        and all(type(end) in kinds and math.isfinite(end) for end in rest)
        and rest[0] < rest[1]
        and (not logarithmic or rest[0] > 0)
    )
