"""The files that watching reads: new cases with their roles, and labels by id."""

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ..bench.deploy.columns import Counted, require_columns
from ..bench.deploy.manifest import Manifest
from ..bench.deploy.predictor import Predictor
from ..bench.errors import RequestError, did_you_mean
from ..bench.watch.history import Roles
from ..bench.watch.labels import Labels
from ..bench.watch.new_cases import Coding, NewCases
from ..datasets._table.arrow_table import read_table
from ..datasets._table.blocks import Block, blocks_of
from ..datasets._table.read_again import TableReading, Unread
from ..datasets._table.roles_again import moments_of, names_of, outcomes_of
from .table_reading import reading_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROLE_OF = {"id": "the id", "group": "whom it is about", "time": "its time"}


@dataclass(frozen=True, eq=False)
class ReadCases:
    """New cases, and what was unusual about their cells, in sentences."""

    cases: NewCases
    notes: tuple[str, ...]


def parameters_of(manifest: Manifest) -> Mapping[str, object]:
    """Give how the user's own data were asked to be read; nothing for other data."""
    return manifest.reading.get("parameters", {})


def roles_of(given: argparse.Namespace, manifest: Manifest, before: Roles | None) -> Roles:
    """Say which columns name a case, whom it is about and when it was.

    What the history says holds; what the user says, else; what the data said that the model was
    fitted on, else.

    Raises
    ------
    RequestError
        If the user says something else than the history.
    """
    said = parameters_of(manifest)
    fitted = {"group": said.get("group", ""), "time": said.get("time", "")}
    made = {}
    for role in ("id", "group", "time"):
        asked = getattr(given, role, None)
        kept = None if before is None else getattr(before, role)
        if asked and kept is not None and asked != kept:
            raise RequestError(
                f"--{role} {asked}: the history was begun with "
                f"{repr(kept) if kept else f'no column as --{role}'}.  Leave the flag out, or "
                "begin a new history by moving the old one away."
            )
        made[role] = (kept if kept is not None else asked or str(fitted.get(role, ""))) or ""
    return Roles(**made)


def read_cases(
    path: str, predictor: Predictor, roles: Roles, given: argparse.Namespace
) -> ReadCases:
    """Score a file block by block, and put its cells into bins.

    Raises
    ------
    DataError, RequestError
        If a column is missing, or something else than it was; names the row.
    """
    manifest = predictor.manifest
    reading = reading_of(manifest, given.model)
    coding, counted, unread = Coding(manifest.reference, manifest.columns), Counted(), Unread()
    parts: dict[str, list[pa.ChunkedArray]] = {"id": [], "group": [], "time": []}
    label, notes = path, []
    target = str(parameters_of(manifest).get("target", ""))
    named = [getattr(roles, role) for role in parts if getattr(roles, role)]
    for block in _blocks(path, manifest, given):
        label, there = block.label, block.table.column_names
        notes += block.notes
        _require_roles(roles, there, label)
        unused = [*reading.unused, *named, *given.drop, *([target] if target else [])]
        require_columns(reading.names, there, label, unused)
        features = reading.features(block.table, block.first, label, unread)
        coding.add(features, predictor.predict_proba(features, counted=counted)[:, 1])
        for role, arrays in parts.items():
            if name := getattr(roles, role):
                arrays.append(block.table.column(name))
    found = {
        role: _role(role, getattr(roles, role), arrays, label, reading, manifest)
        for role, arrays in parts.items()
        if arrays
    }
    told = [*notes, *counted.told(manifest.columns)]
    told += [
        f"{name!r}: {count:,} cells could not be read and count as missing, such as "
        f"{unread.examples[name]!r}"
        for name, count in unread.counts.most_common()
    ]
    cases = NewCases(
        Path(path).name, sha256_of(path), coding.p(), coding.codes(), coding.unseen(), **found
    )
    return ReadCases(cases, tuple(told))


def read_labels(path: str, roles: Roles, given: argparse.Namespace, manifest: Manifest) -> Labels:
    """Read labels and the ids of their cases.

    Raises
    ------
    DataError, RequestError
        If the columns are not there, or a label says neither yes nor no.
    """
    if not roles.id:
        raise RequestError(
            "labels are joined to cases by an id, and nothing says which column holds it: name it "
            "with --id COLUMN when cases are watched and here.  A history that was begun without "
            "ids cannot take labels: move it away and watch the files anew."
        )
    said = parameters_of(manifest)
    raw = read_table(path, given.encoding or str(said.get("encoding", "")), "")
    there = raw.table.column_names
    if not raw.table.num_rows:
        raise RequestError(f"{raw.label} has no rows.  Bring the labels.")
    if roles.id not in there:
        raise RequestError(
            f"{raw.label} has no column {roles.id!r}, which names the cases."
            f"{did_you_mean(roles.id, there)}  It has: {', '.join(map(repr, there[:8]))}."
        )
    column = _label_column(given.label, str(said.get("target", "")), roles, there, raw.label)
    y = outcomes_of(
        column, raw.table.column(column), raw.label,
        str(said.get("positive", "")), str(said.get("negative", "")),
    )  # fmt: skip
    return Labels(raw.label, names_of(roles.id, raw.table.column(roles.id), raw.label, "id"), y)


def sha256_of(path: str) -> str:
    """Digest a file, or the names and contents of the files of a folder."""
    where = Path(path).expanduser()
    digest = hashlib.sha256()
    for file in sorted(where.iterdir()) if where.is_dir() else [where]:
        if where.is_dir():
            digest.update(file.name.encode())
        with file.open("rb") as opened:
            while part := opened.read(1 << 20):
                digest.update(part)
    return digest.hexdigest()


def _blocks(path: str, manifest: Manifest, given: argparse.Namespace) -> "Iterator[Block]":
    said = parameters_of(manifest)
    encoding = given.encoding or str(said.get("encoding", ""))
    return blocks_of(path, encoding, given.sheet or str(said.get("sheet", "")))


def _require_roles(roles: Roles, there: Sequence[str], label: str) -> None:
    for role, what in _ROLE_OF.items():
        name = getattr(roles, role)
        if name and name not in there:
            raise RequestError(
                f"{label} has no column {name!r}, which says of each case {what}."
                f"{did_you_mean(name, there)}  Bring it, or name another with --{role}."
            )


def _role(
    role: str,
    name: str,
    arrays: list[pa.ChunkedArray],
    label: str,
    reading: TableReading,
    manifest: Manifest,
) -> np.ndarray:
    array = pa.chunked_array([chunk for each in arrays for chunk in each.chunks])
    if role != "time":
        return names_of(name, array, label, role)
    known = next((column for column in reading.columns if column.name == name), None)
    if known is not None and known.kind != "date":
        known = None
    return moments_of(
        name, array, label, known, str(parameters_of(manifest).get("date_order", ""))
    )  # fmt: skip


def _label_column(
    asked: str | None, target: str, roles: Roles, there: Sequence[str], label: str
) -> str:
    if asked:
        if asked not in there:
            raise RequestError(
                f"--label {asked}: {label} has no column {asked!r}.{did_you_mean(asked, there)}"
            )
        return asked
    if target in there:
        return target
    others = [name for name in there if name not in (roles.id, roles.group, roles.time)]
    if len(others) == 1:
        return others[0]
    raise RequestError(
        f"{label} does not say which column holds the outcome; name it with --label.  It has: "
        f"{', '.join(map(repr, there[:8]))}."
    )
