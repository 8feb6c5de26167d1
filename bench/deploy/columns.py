"""The columns that a model was fitted on, and how new cases are held to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
from pandas.api import types

from ..cases import is_numeric, texts
from ..content_columns import (
    TEXT,
    VECTOR,
    BadVectorError,
    TextArray,
    VectorArray,
    VectorDtype,
    content_kind,
)
from ..errors import DataError, did_you_mean
from ..language.sentence import Sentence

_MOST_CATEGORIES = 50_000


@dataclass(frozen=True)
class FeatureColumn:
    """What a column held when the model was fitted.

    Parameters
    ----------
    name : str
    kind : {"number", "boolean", "category", "text", "vector"}
    dtype : str
        Of the fitted column, as pandas names it.
    n_missing : int
    low, high : float, optional
        Of a number: its range; None where every value was missing.
    categories : tuple of str, optional
        Of a category: all values that were seen; None where they were too many to be kept.
    """

    name: str
    kind: str
    dtype: str
    n_missing: int
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] | None = None

    @classmethod
    def of(cls, name: str, column: pd.Series) -> Self:
        """Describe a column of fitted cases."""
        dtype, n_missing = str(column.dtype), int(column.isna().sum())
        if kind := content_kind(column):
            return cls(name, kind, dtype, n_missing)
        if types.is_bool_dtype(column.dtype):
            return cls(name, "boolean", dtype, n_missing)
        if is_numeric(column):
            known = column.to_numpy(dtype=float, na_value=np.nan)
            known = known[~np.isnan(known)]
            span = (float(known.min()), float(known.max())) if len(known) else (None, None)
            return cls(name, "number", dtype, n_missing, *span)
        seen = sorted(texts(column).dropna().unique())
        kept = tuple(map(str, seen)) if len(seen) <= _MOST_CATEGORIES else None
        return cls(name, "category", dtype, n_missing, categories=kept)

    @property
    def width(self) -> int:
        """How many numbers a vector has; 0 of any other column."""
        return VectorDtype.construct_from_string(self.dtype).width if self.kind == VECTOR else 0


@dataclass
class Counted:
    """What was unusual about new cases, counted by column while they were read."""

    n_cases: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def told(self, columns: Sequence[FeatureColumn]) -> list[Sentence]:
        """Say it in sentences, of what is unlike the fitted cases, most first."""
        never_missing = {column.name for column in columns if column.n_missing == 0}
        lines = [
            Sentence(
                "{name!r}: {n:,} of {all:,} cases hold a value that was never seen, such as "
                "{example!r}; it counts as any other rare value",
                name=name,
                n=count,
                all=self.n_cases,
                example=self.examples[name],
            )
            for name, count in self.unseen.most_common()
        ]
        lines += [
            Sentence(
                "{name!r}: {n:,} of {all:,} cases lack it, and no fitted case did",
                name=name,
                n=count,
                all=self.n_cases,
            )
            for name, count in self.missing.most_common()
            if name in never_missing
        ]
        lines += [
            Sentence(
                "{name!r}: {n:,} of {all:,} cases lack it, as some fitted cases did",
                name=name,
                n=count,
                all=self.n_cases,
            )
            for name, count in self.missing.most_common()
            if name not in never_missing
        ]
        return lines + [
            Sentence(
                "{name!r}: {n:,} of {all:,} cases lie beyond what was seen",
                name=name,
                n=count,
                all=self.n_cases,
            )
            for name, count in self.beyond.most_common()
        ]


@dataclass(frozen=True)
class Columns:
    """All columns of the fitted cases, in their order."""

    columns: tuple[FeatureColumn, ...]

    @classmethod
    def of(cls, features: pd.DataFrame) -> Self:
        """Describe the features of fitted cases."""
        return cls(tuple(FeatureColumn.of(name, column) for name, column in features.items()))

    @property
    def names(self) -> list[str]:
        """Names, in order."""
        return [column.name for column in self.columns]

    def conform(
        self, frame: pd.DataFrame, where: str, counted: Counted | None = None
    ) -> pd.DataFrame:
        """Put new cases into the order and the types of the fitted ones.

        Parameters
        ----------
        frame : DataFrame
            With all columns; others are left out.
        where : str
            What errors name.
        counted : Counted, optional
            What is unusual is added to it.

        Raises
        ------
        DataError
            If a column is of another type, or holds a number without bounds; names the row.
        """
        if counted is None and self._are_as_fitted(frame):
            return frame  # what else could be wrong with it, cases look for themselves
        frame = frame.reset_index(drop=True)
        made = {
            column.name: _conformed(column, frame[column.name], where, counted)
            for column in self.columns
        }
        if counted is not None:
            counted.n_cases += len(frame)
        return pd.DataFrame(made, index=frame.index)

    def _are_as_fitted(self, frame: pd.DataFrame) -> bool:
        """Tell whether new cases have the very columns and types of the fitted ones."""
        return (
            isinstance(frame.index, pd.RangeIndex)
            and list(frame.columns) == self.names
            and all(
                isinstance(dtype, (pd.StringDtype, pd.CategoricalDtype))
                if column.kind == "category"
                else str(dtype) == column.dtype
                for dtype, column in zip(frame.dtypes, self.columns, strict=True)
            )
        )


def require_columns(
    names: Sequence[str], found: Sequence[object], where: str, unused: Sequence[str] = ()
) -> None:
    """Hold the names of new columns to those that are known; their order is free.

    Parameters
    ----------
    names : sequence of str
        The columns that are needed.
    found : sequence
        Names of the new columns.
    where : str
        What errors name.
    unused : sequence of str
        Further names that may be there.

    Raises
    ------
    DataError
        If a column is missing, is there twice, or is not known; names the likeliest reason.
    """
    there = [str(name) for name in found]
    if twice := [name for name, count in Counter(there).items() if count > 1]:
        raise DataError(f"{where} has two columns {twice[0]!r}.  Rename or drop one.")
    missing = [name for name in names if name not in there]
    extra = [name for name in there if name not in names and name not in unused]
    if missing:
        renamed = did_you_mean(missing[0], extra).replace("Did you mean", "Is it called")
        raise DataError(
            f"{where} lacks the column {missing[0]!r}, which the model reads"
            f"{_and_others(missing)}.{renamed}  Bring all of: {', '.join(map(repr, names))}."
        )
    if extra:
        raise DataError(
            f"{where} has a column {extra[0]!r}, which the model was not fitted with"
            f"{_and_others(extra)}.{did_you_mean(extra[0], names)}  Take it out of the data, or "
            "say that it is not to be read: --drop COLUMN, or drop=[...] in Python."
        )


def _and_others(names: Sequence[str]) -> str:
    return f" (and {len(names) - 1:,} more)" if len(names) > 1 else ""


def _conformed(
    column: FeatureColumn, new: pd.Series, where: str, counted: Counted | None
) -> pd.Series | np.ndarray | pd.Categorical:
    if column.kind == "category":
        return _category(column, new, where, counted)
    if column.kind in (TEXT, VECTOR):
        made = pd.Series(_content(column, new, where))
        if counted is not None:
            _count(counted.missing, column.name, made.isna().sum())
        return made
    if not is_numeric(new):
        new = _numbers_of_objects(column, new, where)
    values = new.to_numpy(dtype=float, na_value=np.nan)
    unbounded = np.isinf(values)
    if unbounded.any():
        row = int(np.argmax(unbounded)) + 1
        raise DataError(
            f"{where}: column {column.name!r} is infinite in row {row:,}.  Leave it empty where "
            "the value is not known."
        )
    missing = np.isnan(values)
    if column.kind == "boolean" and not np.isin(values[~missing], (0.0, 1.0)).all():
        row = int(np.argmax(~missing & ~np.isin(values, (0.0, 1.0))))
        raise DataError(
            f"{where}: column {column.name!r} is yes or no, and holds {values[row]:g} in row "
            f"{row + 1:,}.  Write true or false."
        )
    if counted is not None:
        _count(counted.missing, column.name, missing.sum())
        if column.low is not None:
            beyond = (values < column.low) | (values > column.high)
            _count(counted.beyond, column.name, beyond.sum())
    return _as_fitted(values, column.dtype, has_gaps=bool(missing.any()))


def _as_fitted(values: np.ndarray, dtype: str, *, has_gaps: bool) -> np.ndarray:
    """Give numbers the type of the fitted ones where that loses nothing."""
    if has_gaps or dtype == "float64" or not hasattr(np, dtype):
        return values
    with np.errstate(invalid="ignore"):
        made = values.astype(dtype)
    return made if np.array_equal(made, values) else values  # 2.5 where whole numbers were fitted


def _numbers_of_objects(column: FeatureColumn, new: pd.Series, where: str) -> pd.Series:
    """Take a column of objects for numbers where each is one, as a list of records gives them."""
    if isinstance(new.dtype, np.dtype) and new.dtype == object or new.isna().all():
        plain = [None if value is None else value for value in new]
        if all(
            value is None or isinstance(value, (bool, int, float, np.number)) for value in plain
        ):
            return pd.Series([np.nan if value is None else float(value) for value in plain])
    known = new.dropna()
    shown = repr(known.iloc[0]) if len(known) else "nothing"
    what = "a number" if column.kind == "number" else "yes or no (true or false)"
    raise DataError(
        f"{where}: column {column.name!r} was {what} when the model was fitted; now its type is "
        f"{new.dtype}, with values such as {shown}.  Bring it as it was."
    )


def _category(
    column: FeatureColumn, new: pd.Series, where: str, counted: Counted | None
) -> pd.Series:
    if is_numeric(new) and not (types.is_integer_dtype(new.dtype) or new.isna().all()):
        raise DataError(
            f"{where}: column {column.name!r} was a category when the model was fitted; now it "
            f"holds numbers of type {new.dtype}, such as {new.dropna().iloc[0]!r}.  Bring its "
            "values as texts, written as they were."
        )
    if is_numeric(new) and new.isna().all():
        new = pd.Series([None] * len(new), dtype="str")
    if counted is not None:
        read = texts(new)
        missing = read.isna().to_numpy()
        _count(counted.missing, column.name, missing.sum())
        if column.categories is not None:
            known = pd.Index(column.categories).get_indexer(read) >= 0
            unseen = ~known & ~missing
            _count(counted.unseen, column.name, unseen.sum())
            if unseen.any():
                counted.examples.setdefault(column.name, str(read.iloc[int(np.argmax(unseen))]))
    return new


def _content(column: FeatureColumn, new: pd.Series, where: str) -> TextArray | VectorArray:
    """Read texts or vectors as such, whatever holds them."""
    if content_kind(new) == column.kind and column.dtype == str(new.dtype):
        return new.array
    all_missing = bool(new.isna().all())
    if column.kind == TEXT:
        if not all_missing and (is_numeric(new) or content_kind(new)):
            raise DataError(
                f"{where}: column {column.name!r} held texts when the model was fitted; now its "
                f"type is {new.dtype}.  Bring texts."
            )
        return TextArray([None] * len(new) if all_missing else new.tolist())
    width = column.width
    try:
        return VectorArray.of_lists(new.tolist(), width)
    except BadVectorError as error:
        row, why = error.row + 1, error.why
    raise DataError(
        f"{where}: column {column.name!r} held lists of {width:,} numbers when the model was "
        f"fitted; row {row:,} holds {why}.  Make them by the same model of images or texts."
    )


def _count(counter: Counter[str], name: str, count: int) -> None:
    if count:
        counter[name] += int(count)
