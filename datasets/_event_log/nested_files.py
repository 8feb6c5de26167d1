"""Files of nested records: what stands inside gets columns, a list of events a row for each."""

from collections.abc import Iterator, Mapping, Sequence
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
    there = places(first)
    found = {
        name: place
        for name, place in there.items()
        if name not in file.columns and place.path != place.within
    }
    for role in ROLES:
        name = getattr(asked, role)
        if name and name not in file.columns and name not in found:
            found |= _later(file, name, there, roots)
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
    content = f"hash(outside, {_ELEMENT}::VARCHAR)"
    scan = _written_out(file, path, roots)
    return replace(file, columns=columns, scan=scan, content=content, row="")


def _written_out(file: LogFile, path: tuple[str, ...], roots: str | Mapping[str, str]) -> str:
    """Give the scan of a file with a row for each element of a list."""
    root, inner = _from(roots, Place(path))
    return (
        f"(SELECT *, unnest(elements) AS {_ELEMENT} FROM (SELECT *, {file.content} AS outside, "
        f"{sql_list(root, inner.path)} AS elements FROM {file.scan}))"
    )


def _later(
    file: LogFile, name: str, there: Mapping[str, Place], roots: str | Mapping[str, str]
) -> dict[str, Place]:
    """Look for a name that the first records do not hold, as that of what only purchases have.

    The whole file is read for it, so this is asked for the columns of roles alone.
    """
    import duckdb

    for place in _candidates(name, there):
        root = (place.within or place.path)[0]
        if not isinstance(roots, str) and root not in roots:
            continue
        scan = _written_out(file, place.within, roots) if place.within else file.scan
        record, inner = (_ELEMENT, place) if place.within else _from(roots, place)
        query = f"SELECT 1 FROM {scan} WHERE {sql_text(record, inner)} IS NOT NULL LIMIT 1"
        try:
            with duckdb.connect() as database:
                if database.execute(query, [file.path]).fetchone():
                    return {name: place}
        except duckdb.Error:
            return {}  # what is wrong with the file is said when it is read
    return {}


def _candidates(name: str, there: Mapping[str, Place]) -> Iterator[Place]:
    """Give the places that a name could mean, the plainest first."""
    path = tuple(name.split("."))
    yield Place((name,))
    yield Place(path)
    for known, place in there.items():
        if name.startswith(f"{known}.") and not place.within and place.key is None:
            yield Place(place.path, key=name[len(known) + 1 :])
    for within in {place.within for place in there.values() if place.within}:
        yield Place(path, within=within)
        if path[: len(within)] == within and len(path) > len(within):
            yield Place(path[len(within) :], within=within)


def _from(roots: str | Mapping[str, str], place: Place) -> tuple[str, Place]:
    """Give the SQL that a place is read from, and the place as seen from there."""
    if isinstance(roots, str):
        return roots, place
    return roots[place.path[0]], replace(place, path=place.path[1:])
