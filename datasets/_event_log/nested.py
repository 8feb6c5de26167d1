"""Names for what stands inside nested records: objects, lists of keys and values, lists of events.

A record (a JSON object, a row of a Parquet file, a CSV row with JSON in its cells) is walked once
to see which names it holds; SQL that reads them is made of the places alone, never of the names.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_DEEPEST = 6
_MOST_NAMES = 5_000
_LONGEST_NAME = 200
# Where GA4 and its kin keep a parameter: one of several members, by the type of its value.
_MEMBERS = ("string_value", "int_value", "double_value", "float_value", "bool_value")


@dataclass(frozen=True)
class Place:
    """Where a value stands in a record.

    Parameters
    ----------
    path : tuple of str
        Keys from the top of the record, or from the top of an element of ``within``.
    key : str, optional
        Where ``path`` leads to a list of keys and values: whose value it is.
    within : tuple of str
        Path of the list, one element an event; empty where the record itself is the event.
    """

    path: tuple[str, ...]
    key: str | None = None
    within: tuple[str, ...] = ()


def places(records: Iterable[Mapping[str, Any]]) -> dict[str, Place]:
    """Name all that records hold, as in ``user.id``, ``event_params.value`` or ``events.type``.

    What stands in the elements of a list is also known by its name alone, where nothing else is.
    """
    found: dict[str, Place] = {}
    alone: dict[str, Place] = {}
    for record in records:
        _walk(record, (), (), found, alone)
        if len(found) > _MOST_NAMES:
            break
    return alone | found


def _walk(
    record: Mapping[str, Any],
    path: tuple[str, ...],
    within: tuple[str, ...],
    found: dict[str, Place],
    alone: dict[str, Place],
) -> None:
    if len(path) + len(within) > _DEEPEST:
        return
    for key, value in record.items():
        key = str(key)
        if len(key) > _LONGEST_NAME:
            continue
        here = (*path, key)
        name = ".".join((*within, *here))
        found.setdefault(name, Place(here, within=within))
        if within:
            alone.setdefault(".".join(here), Place(here, within=within))
        if isinstance(value, Mapping):
            _walk(value, here, within, found, alone)
        elif isinstance(value, list | tuple) and value and not within:
            _walk_list(value, here, name, found, alone)


def _walk_list(
    elements: Iterable[Any],
    path: tuple[str, ...],
    name: str,
    found: dict[str, Place],
    alone: dict[str, Place],
) -> None:
    for element in elements:
        if not isinstance(element, Mapping):
            return
        if "key" in element and "value" in element:
            inner = f"{name}.{element['key']}"
            if len(inner) <= _LONGEST_NAME:
                found.setdefault(inner, Place(path, key=str(element["key"])))
        else:
            _walk(element, (), path, found, alone)


def sql_text(record: str, place: Place) -> str:
    """Give SQL for a value as text, from SQL for the JSON of a record (or of a list's element)."""
    if place.key is None:
        return f"json_extract_string({record}, {pointer(place.path)})"
    pair = (
        f"list_filter({sql_list(record, place.path)}, lambda x: "
        f"json_extract_string(x, '/key') = {quoted(place.key)})[1]"
    )
    members = ", ".join(f"json_extract_string({pair}, '/value/{name}')" for name in _MEMBERS)
    return (
        f"CASE WHEN json_type({pair}, '/value') = 'OBJECT' THEN coalesce({members}) "
        f"ELSE json_extract_string({pair}, '/value') END"
    )


def sql_list(record: str, path: tuple[str, ...]) -> str:
    """Give SQL for a list as its elements, none where there is no list."""
    at = pointer(path)
    return (
        f"CASE WHEN json_type({record}, {at}) = 'ARRAY' "
        f"THEN json_extract({record}, {at})::JSON[] END"
    )


def pointer(path: tuple[str, ...]) -> str:
    """Write a path as an SQL text that holds a JSON pointer (RFC 6901)."""
    return quoted("".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path))


def quoted(text: str) -> str:
    """Write an SQL text."""
    return "'" + text.replace("'", "''") + "'"


def records_of(text: str, form: str) -> list[dict[str, Any]]:
    """Read the JSON objects at the beginning of a text that may be cut off.

    Parameters
    ----------
    text : str
    form : str
        "lines", "array" or "objects" (one after another, over several lines).
    """
    reader = json.JSONDecoder()
    at = text.index("[") + 1 if form == "array" else 0
    found: list[dict[str, Any]] = []
    while len(found) < 1_000:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            record, at = reader.raw_decode(text, at)
        except (ValueError, RecursionError):
            break  # cut off, or DuckDB stops there too and the place is named then
        if isinstance(record, dict):
            found.append(record)
    return found


def form_of(text: str) -> str:
    """Tell how the JSON of a text is written: "lines", "array" or "objects"."""
    if text.lstrip().startswith("["):
        first = text.lstrip().partition("\n")[0].rstrip().rstrip(",")
        # Lines that are lists each are no array of events.
        return "lines" if _is_list_of_no_objects(first) else "array"
    first = text.lstrip().partition("\n")[0]
    try:
        json.loads(first)
    except RecursionError:
        return "lines"
    except ValueError:
        opening = first.strip()
        return "objects" if opening == "{" or opening.endswith(("{", "[", ",")) else "lines"
    return "lines"


def _is_list_of_no_objects(line: str) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return not any(isinstance(element, dict) for element in found)
