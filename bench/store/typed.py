"""Dataclasses out of parsed JSON, each value held to the type that its field declares."""

import math
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ..errors import RequestError, StoreError
from ..language.sentence import Sentence

Record = TypeVar("Record")


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """Turn what arises where a file does not hold what it should into an error that names it.

    Raises
    ------
    StoreError
    """
    try:
        yield
    except StoreError:
        raise
    # What pandas, Arrow and our own types raise over contents; MemoryError over absurd sizes.
    except (
        ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError,
        NotImplementedError, OSError, RecursionError, RequestError, TypeError, ValueError,
    ) as error:  # fmt: skip
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        raise StoreError(f"{path} does not hold what it should ({why}).") from error


def typed(kind: type[Record], values: Any) -> Record:
    """Make a dataclass from a parsed JSON object.

    Lists become tuples or sets, objects become mappings or dataclasses, as the fields declare; a
    whole number passes for a float, null for NaN, and a text for a sentence.

    Raises
    ------
    ValueError
        If a field is missing or unknown, or its value of another type; names it.
    """
    if not isinstance(values, dict):
        raise ValueError(f"{_said(values)} stands where a {kind.__name__} should")
    known = {field.name: field for field in fields(kind)}
    for name in values:
        if name not in known:
            raise ValueError(f"{kind.__name__} has no {name!r}")
    for name, field in known.items():
        if name not in values and field.default is field.default_factory is MISSING:
            raise ValueError(f"{kind.__name__} lacks {name!r}")
    hints = _hints(kind)
    return kind(**{name: _as(hints[name], value, name) for name, value in values.items()})


_hints = cache(get_type_hints)


# By the hints themselves, which are held: "str | Sentence" equals "Sentence | str", but what is
# tried first counts.
_PARTS: dict[int, tuple[Any, Any, tuple[Any, ...]]] = {}


def _parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if id(hint) not in _PARTS:
        _PARTS[id(hint)] = hint, get_origin(hint), get_args(hint)
    return _PARTS[id(hint)][1:]


def _as(hint: Any, value: Any, name: str) -> Any:
    """Give a value as the type that a hint names."""
    origin, inner = _parts(hint)
    if hint is Any:
        return value
    if origin in (types.UnionType, Union):
        if value is None and types.NoneType in inner:
            return None
        for one in inner:
            try:
                return _as(one, value, name)
            except ValueError:
                continue
    elif is_dataclass(hint):
        return typed(hint, value)
    elif hint is float:
        if value is None:
            return math.nan
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    elif origin is tuple and isinstance(value, list):
        if inner[-1] is Ellipsis:
            return tuple(_as(inner[0], item, name) for item in value)
        if len(inner) == len(value):
            return tuple(_as(of, item, name) for of, item in zip(inner, value, strict=True))
    elif origin is frozenset and isinstance(value, list):
        return frozenset(_as(inner[0], item, name) for item in value)
    elif origin in (Mapping, dict) and isinstance(value, dict):
        return {key: _as(inner[1], item, name) for key, item in value.items()}
    elif hint is Sentence and isinstance(value, str):
        return value if isinstance(value, Sentence) else Sentence(value)
    elif hint is str and isinstance(value, str):
        return value
    elif isinstance(hint, type) and type(value) is hint:
        return value
    raise ValueError(f"{name!r} is {_said(value)}")


def _said(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
