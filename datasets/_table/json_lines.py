"""JSON lines to columns: measured before they are parsed, since the parser trusts them."""

import json
import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.json as arrow_json

from ...bench.errors import DataError
from .layout import short

_LONGEST_RECORD = 1 << 26
# The parser calls itself for each level, and ends the process where it comes too deep or a key is
# too long; a table needs neither.
DEEPEST, LONGEST_KEY = 64, 1 << 12
TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_MEND = 'A line holds one row as an object, as in {"pages": 3, "bought": true}.'


def lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number the lines that are not blank, from 1."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line


def read_json(content: bytes, label: str, place: str = "line") -> pa.Table:
    """Read one object a line; moments are left as they stand.

    What stands in objects inside has columns of its own, named by the path: ``user.age``.

    Parameters
    ----------
    content : bytes
    label : str
    place : str
        What messages call a line.

    Raises
    ------
    DataError
        If a line holds something else.
    """
    for number, line in lines(content):
        if why := _dangerous(line):
            raise DataError(f"{label}, {place} {number}: {why}.  {_MEND}")
    options = arrow_json.ReadOptions(use_threads=False, block_size=_LONGEST_RECORD)
    try:
        table = arrow_json.read_json(pa.BufferReader(content), read_options=options)
        # The reader takes moments with and without a zone for the same: read them as they stand.
        texts = {field.name: _with_texts(field.type) for field in table.schema}
        changed = [name for name in texts if texts[name] != table.schema.field(name).type]
        if changed:
            as_texts = pa.schema([(name, texts[name]) for name in changed])
            again = arrow_json.read_json(
                pa.BufferReader(content),
                read_options=options,
                parse_options=arrow_json.ParseOptions(explicit_schema=as_texts),
            )
            table = again.select(table.column_names)
    except (pa.ArrowException, ValueError) as error:
        raise _not_json(content, label, str(error), place) from error
    return table


def flattened(table: pa.Table) -> pa.Table:
    """Give what stands in records inside columns of its own, named by the path: ``user.age``."""
    while any(pa.types.is_struct(field.type) and field.type.num_fields for field in table.schema):
        table = table.flatten()
    return table


def _with_texts(kind: pa.DataType) -> pa.DataType:
    """Give a type with texts in place of moments."""
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _with_texts(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(_with_texts(kind.value_type))
    return kind


def _dangerous(line: bytes) -> str:
    """Say why a line must not come to the parser; empty if it may."""
    n_open = line.count(b"{") + line.count(b"[")
    balanced = n_open == line.count(b"}") + line.count(b"]")
    if balanced and n_open <= DEEPEST and len(line) <= LONGEST_KEY:
        return ""
    depth, deepest = 0, 0
    for token in TOKENS.finditer(line):
        sign = line[token.start()]
        if sign in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in b"}]":
            depth -= 1
        elif token.end() - token.start() > LONGEST_KEY and _is_key(line, token.end()):
            return f"a key of {token.end() - token.start() - 2:,} letters"
        if deepest > DEEPEST:
            return f"more than {DEEPEST} brackets inside each other"
    return "no whole JSON object: its brackets do not match" if depth else ""


def _is_key(line: bytes, end: int) -> bool:
    return line[end : end + 64].lstrip().startswith(b":")


def _not_json(content: bytes, label: str, why: str, place: str) -> DataError:
    """Find the first line that is wrong: the reader counts the rows of a block, not of the file."""
    seen: dict[str, str] = {}
    for line, raw in lines(content):
        try:
            pairs = json.loads(raw, object_pairs_hook=lambda pairs: pairs)
        except (ValueError, RecursionError) as error:
            return DataError(f"{label}, {place} {line}: no JSON object ({error}).  {_MEND}")
        if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
            return DataError(f"{label}, {place} {line}: {short(raw.decode())} is no row.  {_MEND}")
        names = [name for name, _ in pairs]
        for name, value in pairs:
            if names.count(name) > 1:
                return DataError(
                    f"{label}, {place} {line}: {name!r} stands there twice.  Remove one."
                )
            kind = _kind_of(value)
            if kind and seen.setdefault(name, kind) != kind:
                return DataError(
                    f"{label}, {place} {line}: column {name!r} holds {kind} here and {seen[name]} "
                    "before.  Give it one type, or leave it out of the file."
                )
    return DataError(f"{label} cannot be read as JSON lines: {short(why, 120)}.  {_MEND}")


def _kind_of(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
    return kinds.get(type(value), "" if value is None else "a list or an object")
