"""Reading claims from a TOML file or a table."""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import DataError, did_you_mean
from .claims import AVERAGES, MOST_CASES, RATIOS, UNDEFINED, Claim, read_figure

# What people call them.
_ALIASES = {"sensitivity": "recall"}
_COUNTS = ("n", "positives", "folds")
_LISTS = ("fold_sizes", "fold_positives")
_CHOICES = {"average": AVERAGES, "undefined": UNDEFINED}
KEYS = ("name", *RATIOS, *_ALIASES, *_COUNTS, *_LISTS, *_CHOICES)
_MOST_FOLDS = 1000


def read_claims(path: Path) -> tuple[Claim, ...]:
    """Read a file of claims; see ``docs/audit.md`` for its format.

    Numbers are read as they are written: how many digits there are says how far they were rounded.

    Parameters
    ----------
    path : Path
        A ``.toml`` file of ``[[claim]]`` tables, or a ``.csv`` file with a claim a line.

    Raises
    ------
    DataError
        If it cannot be read, or something in it is no claim; says where.
    """
    readers: Mapping[str, Callable[[Path, str], list[tuple[str, dict[str, Any]]]]] = {
        ".toml": _of_toml,
        ".csv": _of_csv,
    }
    if path.suffix.lower() not in readers:
        raise DataError(f"{path}: claims are read from a .toml or a .csv file; see docs/audit.md.")
    try:
        # With or without the mark that some programs put first.
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text.  Save it as UTF-8.") from error
    tables = readers[path.suffix.lower()](path, text)
    if not tables:
        raise DataError(f"{path} holds no claim.  The least is a name and a figure or two.")
    claims = []
    for number, (where, table) in enumerate(tables, start=1):
        try:
            claims.append(_claim(number, table))
        except DataError as error:
            raise DataError(f"{where}: {error}") from error
    return tuple(claims)


def _of_toml(path: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        # Floats stay texts: 0.870 says more than 0.87.
        content = tomllib.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:  # no TOML; a number, or nesting, without end
        raise DataError(f"{path} is no TOML file: {error}.") from error
    for key in content:
        if key != "claim":
            raise DataError(f"{path}: unknown key {key!r}.  A claim begins with a line [[claim]].")
    tables = content.get("claim", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise DataError(f"{path}: a claim begins with a line [[claim]], in double brackets.")
    return [(f"{path}, claim {number}", table) for number, table in enumerate(tables, start=1)]


def _of_csv(path: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(text), strict=True)
    header: list[str] = []
    tables = []
    try:
        for cells in reader:
            where = f"{path}, line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                _check_header(where, header)
                continue
            if len(cells) != len(header):
                raise DataError(
                    f"{where}: {len(cells)} cells in a table of {len(header)} columns.  Leave the "
                    "cells of figures that are not claimed empty."
                )
            pairs = zip(header, cells, strict=True)
            tables.append((where, {key: cell.strip() for key, cell in pairs if cell.strip()}))
    except csv.Error as error:
        raise DataError(
            f"{path}, line {reader.line_num}: no CSV ({error}).  Are all quotes closed?"
        ) from error
    return tables


def _check_header(where: str, header: list[str]) -> None:
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        raise DataError(f"{where}: columns are separated by commas, not as in {header[0]!r}.")
    for column in header:
        if header.count(column) > 1:
            raise DataError(f"{where}: there are two columns {column!r}.  Remove one.")
    _only_known(where, header)


def _only_known(where: str, keys: Any) -> None:
    for key in keys:
        if key not in KEYS:
            raise DataError(
                f"{where}: unknown key {key!r}.{did_you_mean(key, KEYS)}  "
                f"Known keys: {', '.join(KEYS)}."
            )


def _claim(number: int, table: Mapping[str, Any]) -> Claim:
    name = table.get("name", f"claim {number}")
    if not isinstance(name, str):
        raise DataError(f"name is {name!r}; write a text, in quotes.")
    _only_known(repr(name), table)
    figures = {}
    for key, value in table.items():
        figure = _ALIASES.get(key, key)
        if figure not in RATIOS:
            continue
        if figure in figures:
            raise DataError(f"{name!r} gives {figure} twice, also as {key}.  Remove one.")
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise DataError(f"{key} is {value!r}, which is no figure.  Write it as printed: 87.2.")
        figures[figure] = read_figure(figure, str(value))
    if not figures:
        raise DataError(f"{name!r} claims no figure.  Known figures: {', '.join(RATIOS)}.")
    n = _count(table, "n", 1, MOST_CASES)
    positives = _count(table, "positives", 0, MOST_CASES)
    folds = _count(table, "folds", 1, _MOST_FOLDS)
    sizes, of_yes = (_counts(table, key, least) for key, least in zip(_LISTS, (1, 0), strict=True))
    chosen = {key: _choice(table, key, known) for key, known in _CHOICES.items()}
    claim = Claim(name, figures, n or sum(sizes) or None, positives, folds, sizes, of_yes, **chosen)
    _check_counts(claim)
    return claim


def _choice(table: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str | None:
    value = table.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value in known:
        return value
    close = did_you_mean(value, known) if isinstance(value, str) else ""
    raise DataError(f"{key} is {value!r}.{close}  It must be one of: {', '.join(known)}.")


def _check_counts(claim: Claim) -> None:
    """Refuse counts that contradict each other: they are a slip of the file, not a claim."""
    sizes, of_yes = claim.fold_sizes, claim.fold_positives
    if claim.positives is not None and claim.n is None:
        raise DataError("positives say nothing without n.  Give n too, or give base_rate.")
    if claim.positives is not None and claim.positives > claim.n:
        raise DataError(f"there are {claim.positives} positives among n = {claim.n} cases.")
    if (sizes or of_yes) and (claim.folds is None or claim.folds < 2):
        raise DataError("fold_sizes and fold_positives need folds = 2 or more.")
    if of_yes and not sizes:
        raise DataError("fold_positives say nothing without fold_sizes.  Give both.")
    for key, counts, total in (
        ("fold_sizes", sizes, claim.n), ("fold_positives", of_yes, claim.positives)
    ):  # fmt: skip
        if counts and len(counts) != claim.folds:
            raise DataError(f"{key} holds {len(counts)} counts for {claim.folds} folds.")
        if counts and total is not None and sum(counts) != total:
            raise DataError(f"{key} add up to {sum(counts)}, not to the {total} that are claimed.")
    if any(yes > size for yes, size in zip(of_yes, sizes, strict=False)):
        raise DataError("a fold has more positives (fold_positives) than cases (fold_sizes).")


def _count(table: Mapping[str, Any], key: str, least: int, most: int) -> int | None:
    return None if key not in table else _whole(key, table[key], least, most)


def _whole(key: str, value: Any, least: int, most: int) -> int:
    text = value if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,10}", text, re.ASCII):
        raise DataError(f"{key} is {value!r}; write a whole number, such as 100.")
    if not least <= int(text) <= most:
        raise DataError(f"{key} is {text}; it must be from {least} to {most}.")
    return int(text)


def _counts(table: Mapping[str, Any], key: str, least: int) -> tuple[int, ...]:
    given = table.get(key, ())
    parts = given.split() if isinstance(given, str) else given
    if not isinstance(parts, (list, tuple)):
        raise DataError(f"{key} is {given!r}; write a list, as in [100, 100, 101].")
    return tuple(_whole(key, part, least, MOST_CASES) for part in parts)
