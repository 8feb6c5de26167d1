"""JSON in other forms than an object a line: arrays, objects over several lines, whole tables."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .json_lines import DEEPEST, LONGEST_KEY, TOKENS

_MOST_BYTES = 1 << 30
_MEND = "Write the rows as an array of objects, or one object a line."


def as_lines(content: bytes, label: str) -> tuple[bytes, bool, list[str]]:
    """Write JSON as one object a line.

    Read are an object a line, an array of objects, objects over several lines, an object around one
    list of objects, and what pandas writes of a whole table: by columns, by index, split.

    Parameters
    ----------
    content : bytes
        UTF-8.
    label : str

    Returns
    -------
    content : bytes
    by_line : bool
        Whether objects stand on the lines on which they stood.
    notes : list of str

    Raises
    ------
    DataError
        If brackets do not match, are nested too deep, or no rows are found.
    """
    start = content.lstrip()
    if start.startswith(b"{") and _is_whole(start.partition(b"\n")[0]):
        rest = start.partition(b"\n")[2].strip()
        rows = None if rest else _rows_of(start, label)
        if rows is None:
            return content, True, []
        return (
            _written(rows),
            False,
            [Sentence("{file}: its one object is read as a table of rows.", file=label)],
        )
    if not start.startswith((b"[", b"{")) or _is_list_of_no_objects(start.partition(b"\n")[0]):
        return content, True, []
    if len(content) > _MOST_BYTES:
        raise DataError(
            f"{label} is one JSON text of more than {_MOST_BYTES >> 30} GiB.  Write one object a "
            "line."
        )
    depth = 1 if start.startswith(b"[") else 0
    objects = list(_objects(content, depth, label))
    if depth == 0 and len(objects) == 1 and (rows := _rows_of(objects[0], label)) is not None:
        return (
            _written(rows),
            False,
            [Sentence("{file}: its one object is read as a table of rows.", file=label)],
        )
    if not objects:
        raise DataError(f"{label} is an array without an object in it.  {_MEND}")
    one_line = (b" ".join(found.splitlines()) for found in objects)
    return b"\n".join(one_line) + b"\n", False, []


def _is_whole(line: bytes) -> bool:
    """Tell whether a line holds an object from its first bracket to its last; quick, not strict."""
    return line.rstrip().endswith(b"}") and line.count(b"{") == line.count(b"}")


def _is_list_of_no_objects(line: bytes) -> bool:
    """Tell whether a line is a whole list of something else, as in a file of lists."""
    line = line.strip()
    return line.startswith(b"[") and line.endswith(b"]") and b"{" not in line


def _objects(content: bytes, within: int, label: str) -> Iterator[bytes]:
    """Give the objects that stand inside so many brackets, as bytes."""
    depth, begin = 0, 0
    for token in TOKENS.finditer(content):
        sign = content[token.start()]
        if sign in b"{[":
            if depth == within:
                if sign != ord("{"):
                    raise _no_rows(content, token.start(), label)
                begin = token.start()
            depth += 1
            if depth > DEEPEST:
                line = content.count(b"\n", 0, token.start()) + 1
                raise DataError(
                    f"{label}, line {line}: more than {DEEPEST} brackets inside each other.  "
                    f"{_MEND}"
                )
        elif sign in b"}]":
            depth -= 1
            if depth == within:
                yield content[begin : token.end()]
            if depth < 0:
                break
    if depth:
        line = content.count(b"\n") + 1
        raise DataError(
            f"{label}: its brackets do not match, up to line {line}; it is cut off or damaged.  "
            f"{_MEND}"
        )


def _no_rows(content: bytes, at: int, label: str) -> DataError:
    line = content.count(b"\n", 0, at) + 1
    return DataError(
        f"{label}, line {line}: a list inside a list is no row: no names of columns stand beside "
        f"the values.  {_MEND}"
    )


def _rows_of(content: bytes, label: str) -> list[dict[str, Any]] | None:
    """Find the rows in an object that is no row itself; None if it is one."""
    list(_objects(content, 0, label))  # measured before it is parsed
    if max((len(found) for found in TOKENS.findall(content)), default=0) > LONGEST_KEY << 8:
        return None
    try:
        whole = json.loads(content, parse_constant=lambda name: None if name == "NaN" else name)
    except (ValueError, RecursionError):
        return None  # what is wrong is said when it is read
    return _inside(whole) if isinstance(whole, dict) else None


def _inside(whole: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    names, rows = whole.get("columns"), whole.get("data")
    if isinstance(names, list) and isinstance(rows, list) and rows:
        if all(isinstance(row, list) and len(row) == len(names) for row in rows):
            return [dict(zip(map(str, names), row, strict=True)) for row in rows]
    lists = [
        value
        for value in whole.values()
        if isinstance(value, list) and len(value) > 1 and all(isinstance(v, dict) for v in value)
    ]
    if len(lists) == 1:
        return lists[0]
    columns = list(whole.values())
    if len(columns) > 1 and all(isinstance(column, dict) for column in columns):
        keys = list(columns[0])
        if all(name.isdigit() for name in whole) and not any(key.isdigit() for key in keys):
            return columns  # the rows by their numbers
        if len(keys) > 1 and all(list(column) == keys for column in columns):
            return [{name: column[key] for name, column in whole.items()} for key in keys]
    objects = [value for value in columns if isinstance(value, dict)]
    return _inside(objects[0]) if len(columns) == len(objects) == 1 else None


def _written(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()
