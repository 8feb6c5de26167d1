"""Files of nested records: what stands inside gets columns, a list of events a row for each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...bench.errors import DataError
from .log_file import LogFile
from .nested import Place, places, sql_list, sql_text
from .request import ROLES, Request

# An element of a list of events, as DuckDB is to call it.
_ELEMENT = "element"


def with_nested(
    file: LogFile,
    first: Sequence[Mapping[str, object]],
    roots: str | Mapping[str, str],
    asked: Request,
) -> LogFile:
    """Add the columns that stand inside records; a list of events is written out, one a row.

    Parameters
    ----------
    first : sequence of mapping
        The first records.
    roots : str or mapping of str to str
        SQL for the JSON of a record, or of its members by their names.

    Raises
    ------
    DataError
        If the columns named stand in two lists.
    """
    found = {
        name: place
        for name, place in places(first).items()
        if name not in file.columns and place.path != place.within
    }
    columns = dict(file.columns)
    for name, place in found.items():
        record, inner = (_ELEMENT, place) if place.within else _from(roots, place)
        columns[name] = sql_text(record, inner)
    used = {
        found[name].within
        for role in ROLES
        if (name := getattr(asked, role)) in found and found[name].within
    }
    if len(used) > 1:
        named = " and ".join(repr(".".join(path)) for path in sorted(used))
        raise DataError(
            f"{file.part.label}: the columns named stand in two lists, {named}.  An event is an "
            "element of one list; name columns of one."
        )
    if not used:
        return replace(file, columns=columns)
    (path,) = used
    root, inner = _from(roots, Place(path))
    scan = (
        f"(SELECT *, unnest(elements) AS {_ELEMENT} FROM (SELECT *, {file.content} AS outside, "
        f"{sql_list(root, inner.path)} AS elements FROM {file.scan}))"
    )
    content = f"hash(outside, {_ELEMENT}::VARCHAR)"
    return replace(file, columns=columns, scan=scan, content=content, row="")


def _from(roots: str | Mapping[str, str], place: Place) -> tuple[str, Place]:
    """Give the SQL that a place is read from, and the place as seen from there."""
    if isinstance(roots, str):
        return roots, place
    return roots[place.path[0]], replace(place, path=place.path[1:])
