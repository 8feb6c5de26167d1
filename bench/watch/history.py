"""The history of a file at work: every case that was watched, in one Parquet file beside it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from ..deploy.whole_file import whole_file
from ..errors import DataError, RequestError, StoreError
from ..store.typed import typed, understood

FORMAT = 1
_KEY = b"intentbench"


@dataclass(frozen=True)
class Roles:
    """Names of the columns that say which case, whom and when; empty where there is none."""

    id: str = ""
    group: str = ""
    time: str = ""


@dataclass(frozen=True)
class Look:
    """One look.

    Parameters
    ----------
    number : int
        From 1 on.
    file, sha256 : str
        New cases, if any.
    n_cases, n_labels : int
        That it brought.
    as_of : str
        What the clock said: the latest moment known; empty without times.
    found : tuple of str
        What was found, in sentences.
    effects : mapping of str to float
        Cohen's w by column, and of the score.
    """

    number: int
    file: str
    sha256: str
    n_cases: int
    n_labels: int
    as_of: str
    found: tuple[str, ...] = ()
    effects: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class WatchedCases:
    """All cases by now, in the order in which they came.

    ``look`` and ``known`` are the numbers of the looks at which a case and its label came, 0 where
    there is no label; ``y`` is -1 there.  ``id`` and ``group`` are empty texts, ``time`` is NaT
    where there is none.
    """

    look: np.ndarray
    id: np.ndarray
    group: np.ndarray
    time: np.ndarray
    p: np.ndarray
    y: np.ndarray
    known: np.ndarray

    def __len__(self) -> int:
        return len(self.p)

    @classmethod
    def none(cls) -> "WatchedCases":
        """Give no cases."""
        text = np.empty(0, dtype=object)
        return cls(
            np.empty(0, np.int32), text, text, np.empty(0, "datetime64[s]"), np.empty(0),
            np.empty(0, np.int8), np.empty(0, np.int32),
        )  # fmt: skip

    def with_more(self, other: "WatchedCases") -> "WatchedCases":
        """Give these cases and then the others."""
        return WatchedCases(
            *(
                np.concatenate([mine, theirs])
                for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)
            )
        )

    def with_labels(self, rows: np.ndarray, y: np.ndarray, look: int) -> "WatchedCases":
        """Give the same cases, some with their labels."""
        outcome, known = self.y.copy(), self.known.copy()
        outcome[rows], known[rows] = y, look
        return replace(self, y=outcome, known=known)


@dataclass(frozen=True, eq=False)
class History:
    """Everything about one file of a model."""

    model_sha256: str
    roles: Roles
    looks: tuple[Look, ...]
    cases: WatchedCases


def history_path(model: Path) -> Path:
    """Give the place of a file's history: beside it."""
    return model.with_suffix(".watch.parquet")


def read_history(path: Path, model: Path, model_sha256: str) -> History | None:
    """Read the history of a file; None where there is none.

    Raises
    ------
    DataError
        If it cannot be read, was changed since it was written, or is that of another file.
    """
    if not path.exists():
        return None
    mend = f"Bring back the former file, or move it away to begin anew: mv {path} {path}.old"
    try:
        table = parquet.read_table(path)
        said = json.loads(table.schema.metadata[_KEY])
        form, seal = said.pop("format"), said.pop("sha256")
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        TypeError,
        LookupError,
        RecursionError,
    ) as error:
        raise DataError(
            f"{path} is no history that can be read ({' '.join(str(error).split())[:120]}).  {mend}"
        ) from None
    if form != FORMAT:
        raise DataError(f"{path} has format {form!r}; this version reads format {FORMAT}.  {mend}")
    try:
        with understood(path):
            cases = _cases(table)
            kept = typed(_Said, said)
            found = _sealed(cases, said)
    except StoreError as error:
        raise DataError(f"{error}  {mend}") from None
    if found != seal:
        raise DataError(f"{path} was changed after it was written.  {mend}")
    if kept.model_sha256 != model_sha256:
        raise DataError(
            f"{path} is the history of another file than {model} is now.  Each file has its own: "
            f"move it away, mv {path} {path}.old"
        )
    return History(kept.model_sha256, kept.roles, kept.looks, cases)


def write_history(path: Path, history: History) -> None:
    """Write a history, as a whole or not at all.

    Raises
    ------
    RequestError
        If the place cannot be written to.
    """
    said = {
        "model_sha256": history.model_sha256,
        "roles": asdict(history.roles),
        "looks": [asdict(look) for look in history.looks],
    }
    said = json.loads(json.dumps(said))
    said |= {"format": FORMAT, "sha256": _sealed(history.cases, said)}
    table = _table(history.cases).replace_schema_metadata({_KEY: json.dumps(said)})
    with whole_file(path) as part:
        try:
            parquet.write_table(table, part, compression="zstd")
        except pa.ArrowException as error:
            raise RequestError(f"{path} cannot be written: {error}.") from error


@dataclass(frozen=True)
class _Said:
    model_sha256: str
    roles: Roles
    looks: tuple[Look, ...]


def _table(cases: WatchedCases) -> pa.Table:
    return pa.table(
        {
            "look": pa.array(cases.look, pa.int32()),
            "id": pa.array(cases.id, pa.string()),
            "group": pa.array(cases.group, pa.string()),
            "time": pa.array(cases.time.astype("datetime64[s]"), pa.timestamp("s")),
            "probability": pa.array(cases.p, pa.float64()),
            "label": pa.array(cases.y, pa.int8()),
            "known_at_look": pa.array(cases.known, pa.int32()),
        }
    )


def _cases(table: pa.Table) -> WatchedCases:
    def values(name: str, dtype: str) -> np.ndarray:
        return np.asarray(table.column(name).combine_chunks()).astype(dtype)

    made = WatchedCases(
        values("look", "int32"),
        *(np.array(table.column(name).to_pylist(), dtype=object) for name in ("id", "group")),
        values("time", "datetime64[s]"),
        values("probability", "float64"),
        values("label", "int8"),
        values("known_at_look", "int32"),
    )
    assert np.isin(made.y, (-1, 0, 1)).all() and ((made.p >= 0) & (made.p <= 1)).all()
    return made


def _sealed(cases: WatchedCases, said: Mapping[str, object]) -> str:
    """Digest what the file says, whatever version of Parquet has written it."""
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for values in (cases.look, cases.time.astype(np.int64), cases.p, cases.y, cases.known):
        digest.update(values.astype(values.dtype.newbyteorder("<")).tobytes())
    for texts in (cases.id, cases.group):
        digest.update("\0".join(texts).encode())
    return digest.hexdigest()
