"""The columns with a role: what is predicted, of whom, and when."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from ...bench.errors import DataError
from . import columns
from . import values as reading
from .arrow_table import RawTable

_YES_AND_NO = ({"1", "0"}, {"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"})
_YES = {"1", "true", "yes", "y", "t"}
# Moments as counts, from 1973 on: in seconds and in milliseconds.
_SECONDS, _MILLISECONDS = (1e8, 1e10), (1e11, 1e13)


class Roles:
    """Reads the columns that have a role; says where they are wrong.

    Parameters
    ----------
    raw : RawTable
    """

    def __init__(self, raw: RawTable):
        self.raw = raw

    def target(self, name: str, positive: str, negative: str) -> tuple[np.ndarray, str]:
        """Read the target.

        Returns
        -------
        outcome : ndarray of int8, shape (n_rows,)
            1 = yes, 0 = no, -1 where it is missing or neither of two named values.
        positive : str
            The value that means yes.
        """
        texts = self._values(name)
        encoded = texts.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
        codes = np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64)
        names = _canonical(encoded.dictionary.to_pylist())
        counts = pd.Series(codes[codes >= 0]).map(dict(enumerate(names))).value_counts()
        found = sorted(counts.index, key=lambda value: (-counts[value], value))
        if not found:
            raise DataError(
                f"column {name!r} of {self.raw.label} is missing in every row; a target needs two "
                "values.  Name another column as target, or fill it."
            )
        if len(found) == 1:
            raise DataError(
                f"column {name!r} of {self.raw.label} holds {found[0]!r} in all of its "
                f"{counts.sum():,} cells; a target needs two values.  Bring cases of the other "
                "outcome, or name another column as target."
            )
        chosen = self._chosen(name, found, positive, negative, names, codes)
        lookup = np.array([chosen.get(value, -1) for value in names] + [-1], dtype=np.int8)
        return lookup[codes], next(value for value, outcome in chosen.items() if outcome == 1)

    def _chosen(
        self,
        name: str,
        found: list[str],
        positive: str,
        negative: str,
        names: list[str],
        codes: np.ndarray,
    ) -> dict[str, int]:
        """Say which values mean yes and no."""
        yes = self._named(name, "positive", positive, found)
        no = self._named(name, "negative", negative, found)
        if yes and yes == no:
            raise DataError(
                f"positive and negative both name {yes!r}.  Give one value of column {name!r} for "
                f"each: {_listed(found)}."
            )
        if len(found) > 2 and not (yes and no):
            odd = found[-1]
            row = int(np.argmax(np.isin(codes, [i for i, n in enumerate(names) if n == odd])))
            example = f"--positive {found[1]} --negative {found[0]}"
            raise DataError(
                f"column {name!r} of {self.raw.label} holds {len(found):,} different values "
                f"({_listed(found)}); a target needs two.\n"
                f"  first {odd!r} in {self.raw.place(row)}.  Name the value that means yes and the "
                f"one that means no\n  (rows with others are left out): {example}, or clean the "
                "file."
            )
        if not yes and not no:
            if {value.lower() for value in found} not in _YES_AND_NO:
                raise DataError(
                    f"column {name!r} of {self.raw.label} holds {_listed(found)}; nothing says "
                    f"which means yes.  Name it: --positive {found[-1]}"
                )
            yes = next(value for value in found if value.lower() in _YES)
        yes = yes or next(value for value in found if value != no)
        no = no or next(value for value in found if value != yes)
        return {yes: 1, no: 0}

    def _named(self, name: str, role: str, value: str, found: list[str]) -> str:
        if not value:
            return ""
        same = [known for known in found if known == _canonical([value])[0]]
        same += [known for known in found if known.lower() == value.lower()]
        if not same:
            raise DataError(
                f"{role} {value!r} is not among the values of column {name!r} of "
                f"{self.raw.label}: {_listed(found)}.  Give one of them."
            )
        return same[0]

    def group(self, name: str) -> np.ndarray:
        """Read whom a case is about, as codes, int64."""
        texts = self._values(name)
        self._require_whole(name, texts, "group", "whom it is about")
        encoded = texts.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
        return np.asarray(encoded.indices, dtype=np.int64)

    def time(self, name: str) -> tuple[np.ndarray, list[columns.Note]]:
        """Read the moment of prediction, datetime64[s], and what was assumed of it."""
        array = self.raw.table.column(name)
        if not types.is_nested(array.type):
            texts = self._values(name)
            self._require_whole(name, texts, "time", "when it is predicted")
        column = columns.understand(name, array, keep=True)
        if column.kind == "date":
            self._require_readable(name, np.isnat(column.values), array)
            return column.values, list(column.notes)
        if column.kind == "number":
            known = column.values[~np.isnan(column.values)]
            for (low, high), unit, parts in ((_SECONDS, "s", 1), (_MILLISECONDS, "ms", 1000)):
                if low <= known.min() and known.max() < high:
                    self._require_readable(name, np.isnan(column.values), array)
                    said = columns.Note(f"{name!r}: numbers are read as {unit} since 1970, UTC")
                    return (column.values // parts).astype("int64").astype("datetime64[s]"), [said]
        why = column.why or f"it is a {column.kind}"
        row = 0 if column.row is None else column.row
        raise DataError(
            f"column {name!r} of {self.raw.label} cannot be the time: {why}.\n"
            f"  {self.raw.place(row)}: {str(array[row].as_py())!r}.  "
            "Write each moment as 2024-12-31 or 2024-12-31 17:05, all in one way."
        )

    def _require_readable(self, name: str, unreadable: np.ndarray, array: pa.ChunkedArray) -> None:
        if unreadable.any():
            row = int(np.argmax(unreadable))
            raise DataError(
                f"column {name!r} of {self.raw.label} holds {str(array[row].as_py())!r} in "
                f"{self.raw.place(row)}, which is no moment.  Write it as 2024-12-31 or "
                "2024-12-31 17:05, as the others are."
            )

    def _require_whole(self, name: str, texts: pa.ChunkedArray, role: str, what: str) -> None:
        if texts.null_count:
            row = int(np.argmax(np.asarray(pc.is_null(texts))))
            raise DataError(
                f"column {name!r} of {self.raw.label} is missing in {texts.null_count:,} of "
                f"{len(texts):,} rows, first in {self.raw.place(row)}; as {role} it must say of "
                f"every case {what}.  Fill it, or take these rows out."
            )

    def _values(self, name: str) -> pa.ChunkedArray:
        array = self.raw.table.column(name)
        try:
            return reading.clean(pc.cast(array, pa.large_string()))
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            raise DataError(
                f"column {name!r} of {self.raw.label} holds cells of type {array.type}, which "
                "cannot have a role.  Write it as text or number."
            ) from error


def _canonical(values: list[str]) -> list[str]:
    """Write whole numbers in one way: 1, 1.0 and 1.00 are the same outcome."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return values
    return [str(int(n)) if np.isfinite(n) and n == int(n) else str(n) for n in numbers]


def _listed(values: list[str]) -> str:
    names = [repr(value if len(value) <= 30 else f"{value[:27]}...") for value in values]
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
