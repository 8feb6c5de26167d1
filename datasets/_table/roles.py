"""The columns with a role: what is predicted, of whom, and when."""

import shlex
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .._values.counted_times import find_counted
from .._values.number_notation import NumberNotation
from .._values.numbers import find_numbers
from .._values.texts import clean, different
from . import columns
from .amounts import notation_of_amounts, read_amounts
from .arrow_table import RawTable
from .column import Note
from .given_split import given_split
from .outcomes import Bound, Values, bound_of, refuse_overlap

_MANY_NUMBERS = 10


class Roles:
    """Reads the columns that have a role; says where they are wrong.

    Parameters
    ----------
    raw : RawTable
    order : str
        Of dates that do not tell it themselves: "dmy", "mdy" or "ymd".
    """

    def __init__(self, raw: RawTable, order: str = ""):
        self.raw = raw
        self.order = order

    def target(self, name: str, positive: str, negative: str) -> tuple[np.ndarray, str, list[Note]]:
        """Read the target.

        Returns
        -------
        outcome : ndarray of int8, shape (n_rows,)
            1 = yes, 0 = no, -1 where it is missing or neither of two named values.
        positive : str
            The value, or the bound, that means yes.
        notes : list of Note
        """
        texts = self.texts(name)
        different_texts, codes = different(texts)
        counts = np.bincount(codes[codes >= 0], minlength=len(different_texts))
        values = Values(different_texts.to_pylist(), counts)
        if not values.found:
            raise DataError(
                f"column {name!r} of {self.raw.label} is missing in every row; a target needs two "
                "values.  Name another column as target, or fill it."
            )
        bounds = [
            bound_of(value) if values.key_of(value) is None else None
            for value in (positive, negative)
        ]
        if any(bounds):
            return self._compared(name, texts, positive, negative, bounds)
        if len(values.found) == 1:
            n_empty = int((codes < 0).sum())
            empty = f", and is empty in {n_empty:,} others" if n_empty else ""
            mend = "Bring cases of the other outcome"
            if n_empty:
                mend = "If an empty cell means the other outcome, write it into them"
            raise DataError(
                f"column {name!r} of {self.raw.label} holds {values.shown(values.found[0])!r} in "
                f"all of its {counts.sum():,} cells{empty}; a target needs two values.  {mend}, or "
                "name another column as target."
            )
        yes, no = self._chosen(name, values, positive, negative, codes)
        chosen = {yes: 1, no: 0}
        lookup = np.array([chosen.get(key, -1) for key in values.keys] + [-1], dtype=np.int8)
        return lookup[codes], values.shown(yes), values.merged(name)

    def _chosen(
        self, name: str, values: Values, positive: str, negative: str, codes: np.ndarray
    ) -> tuple[str, str]:
        """Say which values mean yes and no."""
        yes = self._named(name, "positive", positive, values)
        no = self._named(name, "negative", negative, values)
        found = [values.shown(key) for key in values.found]
        if yes and yes == no:
            raise DataError(
                f"positive and negative both name {values.shown(yes)!r}.  Give one value of column "
                f"{name!r} for each: {_listed(found)}."
            )
        if len(found) > 2 and not (yes and no):
            odd = values.found[-1]
            row = int(np.argmax(np.isin(codes, [i for i, k in enumerate(values.keys) if k == odd])))
            example = f"--positive {found[1]} --negative {found[0]}"
            if len(found) > _MANY_NUMBERS and isinstance(
                find_numbers(self.texts(name)), NumberNotation
            ):
                example = (
                    f"{example}, or a bound: --positive '>0', or\n  --trials COLUMN where it "
                    "counts the positive ones of so many cases"
                )
            raise DataError(
                f"column {name!r} of {self.raw.label} holds {len(found):,} different values "
                f"({_listed(found)}); a target needs two.\n"
                f"  first {found[-1]!r} in {self.raw.place(row)}.  Name the value that means yes "
                f"and the one that means no\n  (rows with others are left out): {example}, or "
                "clean the file."
            )
        if not yes and not no:
            usual = values.usual()
            if usual is None and set(values.found) == {"1", "2"}:
                raise DataError(
                    f"column {name!r} of {self.raw.label} holds 1 and 2.  In questionnaires 1 "
                    "means yes and 2 no; in other tables 2 is what is asked for, as in a credit "
                    "that went bad.  Say which means yes: --positive 1 or --positive 2"
                )
            if usual is None:
                raise DataError(
                    f"column {name!r} of {self.raw.label} holds {_listed(found)}; nothing says "
                    f"which means yes.  Name it: --positive {shlex.quote(found[-1])}"
                )
            yes = usual[0]
        yes = yes or next(key for key in values.found if key != no)
        return yes, no or next(key for key in values.found if key != yes)

    def _named(self, name: str, role: str, value: str, values: Values) -> str:
        if not value:
            return ""
        if (key := values.key_of(value)) is None:
            raise DataError(
                f"{role} {value!r} is not among the values of column {name!r} of "
                f"{self.raw.label}: {_listed([values.shown(key) for key in values.found])}.  Give "
                "one of them."
            )
        return key

    def _compared(
        self,
        name: str,
        texts: pa.ChunkedArray,
        positive: str,
        negative: str,
        bounds: list[Bound | None],
    ) -> tuple[np.ndarray, str, list[Note]]:
        """Make outcomes of numbers and bounds."""
        notation = find_numbers(texts, commas_part_cells=self.raw.commas_part_cells)
        asked = f"{name!r} is to be {positive or negative}"
        if not isinstance(notation, NumberNotation):
            raise DataError(
                f"column {asked}, but in {self.raw.label} it does not hold numbers.  Name one of "
                "its values, or clean the column."
            )
        if positive and negative and None in bounds:
            raise DataError(
                f"column {asked}: give positive and negative as bounds both, or one of them alone."
            )
        numbers = notation.read(texts)
        known = ~np.isnan(numbers)
        yes, no = (bound.holds(numbers) if bound is not None else None for bound in bounds)
        if yes is not None and no is not None:
            refuse_overlap(self.raw.label, name, positive, negative, yes & no)
        yes = known & ~no if yes is None else yes
        no = known & ~yes if no is None else no
        if not (yes.any() and no.any()):
            low, high = numbers[known].min(), numbers[known].max()
            raise DataError(
                f"column {asked}, which {'no' if not yes.any() else 'every'} row of "
                f"{self.raw.label} is: its numbers lie between {low:g} and {high:g}.  Choose a "
                "bound between them."
            )
        outcome = np.full(len(numbers), -1, dtype=np.int8)
        outcome[yes], outcome[no] = 1, 0
        shown = positive.strip() or f"not {negative.strip()}"
        return outcome, shown, []

    def amounts(self, name: str, role: str) -> np.ndarray:
        """Read numbers of cases, float64, shape (n_rows,): NaN where missing, none negative."""
        texts = self.texts(name)
        notation = notation_of_amounts(texts, commas_part_cells=self.raw.commas_part_cells)
        numbers = read_amounts(texts, notation, name, role, self.raw.label, self.raw.place)
        if not (numbers > 0).any():
            raise DataError(
                f"column {name!r} of {self.raw.label} is 0 or missing in every row; as {role} it "
                "must say for how many cases a row stands.  Name another column."
            )
        return numbers

    def group(self, name: str) -> np.ndarray:
        """Read whom a case is about, as codes, int64."""
        texts = self.texts(name)
        self._require_whole(name, texts, "group", "whom it is about")
        return different(texts)[1]

    def given_split(self, name: str) -> np.ndarray:
        """Read the split that came with the data, int64, as ``Task.given_split``."""
        texts = self.texts(name)
        self._require_whole(name, texts, "split", "in which part it stands")
        values, codes = different(texts)
        sides = given_split(values.to_pylist())
        if sides is None:
            raise DataError(
                f"column {name!r} of {self.raw.label} holds {_listed(values.to_pylist())}, which "
                "is no split.  It must say train and test (and valid) of each case, or give the "
                "number of the fold in which it is tested."
            )
        return np.array(sides)[codes]

    def time(self, name: str) -> tuple[columns.Column, list[Note]]:
        """Read the moment of prediction, a column of dates, and what was assumed of it."""
        array = self.raw.table.column(name)
        if not types.is_nested(array.type):
            texts = self.texts(name)
            self._require_whole(name, texts, "time", "when it is predicted")
        asked = columns.Asked(
            keep=True, order=self.order, commas_part_cells=self.raw.commas_part_cells
        )
        column = columns.understand(name, array, asked)
        if column.kind == "number":
            counted = find_counted(column.values, is_time=True)
            if counted is not None:
                self._require_readable(name, np.isnan(column.values), array)
                moments = counted.read(column.values)
                self._require_readable(name, np.isnat(moments), array)
                said = Note(
                    Sentence("{name!r}: numbers are read as {unit}", name=name, unit=counted.name)
                )
                read = replace(
                    column,
                    kind="date",
                    values=moments.astype("datetime64[s]"),
                    notations=(*column.notations, counted),
                )
                return read, [said]
        if column.kind == "date":
            self._require_readable(name, np.isnat(column.values), array)
            return column, list(column.notes)
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

    def texts(self, name: str) -> pa.ChunkedArray:
        """Give a column as texts, missing ones as null."""
        array = self.raw.table.column(name)
        try:
            return clean(pc.cast(array, pa.large_string()))
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            raise DataError(
                f"column {name!r} of {self.raw.label} holds cells of type {array.type}, which "
                "cannot have a role.  Write it as text or number."
            ) from error


def _listed(values: list[str]) -> str:
    names = [repr(value if len(value) <= 30 else f"{value[:27]}...") for value in values]
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
