"""Columns as the user states them without looking at the data: bounds and categories."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from ...bench.cases import coded, is_numeric, numbers
from ...bench.errors import ModelError

_FINER = 100.0  # how much wider the last step is than the first, where amounts begin at 0


class PublicColumns:
    """Codes of the columns that were stated; what is not stated is not read.

    Parameters
    ----------
    bounds : mapping of str to sequence of float
        Of numbers: the least and the greatest value, or the ends of all steps.  Values beyond are
        taken for the outermost.  Two numbers are cut into ``n_steps``: even ones, or from 0 on ever
        wider ones, as amounts and counts are skewed.
    categories : mapping of str to sequence
        All values that have a code of their own; any others share one.
    n_steps : int

    Raises
    ------
    ModelError
        If nothing is stated, or a statement cannot be read.
    """

    def __init__(
        self,
        bounds: Mapping[str, Sequence[float]] | None,
        categories: Mapping[str, Sequence[Any]] | None,
        n_steps: int,
    ):
        bounds, categories = _table(bounds, "bounds"), _table(categories, "categories")
        if not bounds and not categories:
            raise ModelError(
                "state what is public of the columns that may be read: bounds of numbers and "
                "values of categories, as in bounds = { pages = [0, 50] } and categories = "
                '{ browser = ["Safari", "Chrome"] }.  Taken from the data they would tell of cases.'
            )
        if both := sorted(set(bounds) & set(categories)):
            raise ModelError(f"{both[0]!r} has bounds and categories; it can be one kind only.")
        self.edges = {name: _edges(name, ends, n_steps) for name, ends in bounds.items()}
        self.values = {name: _values(name, values) for name, values in categories.items()}
        self.names: list[str] = [*self.edges, *self.values]
        # Missing values come last; of categories all others before them.
        self.n_codes = [len(edges) for edges in self.edges.values()]
        self.n_codes += [len(values) + 2 for values in self.values.values()]

    def fit(self, features: pd.DataFrame) -> Self:
        """Look whether the columns are there and of their kind; at no value.

        Raises
        ------
        ModelError
            If one is not.
        """
        if features.shape[1] == 0:  # nothing is shown: the base rate is all that can be learnt
            return self
        for name in self.names:
            if name not in features:
                raise ModelError(
                    f"bounds or categories are stated of {name!r}, which is no column of the "
                    f"cases.  They have {', '.join(map(repr, list(features.columns)[:12]))}."
                )
            if name in self.edges and not is_numeric(features[name]):
                raise ModelError(f"bounds are stated of {name!r}, which holds no numbers.")
        return self

    def unread(self, features: pd.DataFrame) -> list[str]:
        """Name the columns that were not stated."""
        return [name for name in features.columns if name not in self.names]

    def codes(self, features: pd.DataFrame) -> np.ndarray:
        """Give the codes of all stated columns, shape (n_cases, n_columns), int64."""
        found = np.empty((len(features), len(self.names)), dtype=np.int64)
        for number, name in enumerate(self.names):
            missing = self.n_codes[number] - 1
            if name not in features:
                found[:, number] = missing
            elif name in self.edges:
                x, edges = numbers(features[name]), self.edges[name]
                step = np.searchsorted(edges[1:-1], x, side="right")
                found[:, number] = np.where(np.isnan(x), missing, step)
            else:
                found[:, number] = _codes(features[name], self.values[name])
        return found

    def laid_out(self, features: pd.DataFrame, unit: int) -> tuple[np.ndarray, np.ndarray]:
        """Give all stated columns as whole numbers from ``-unit`` to ``unit``, behind a constant.

        A number lies where it is between its bounds, step by step; a category has ``unit`` in the
        column of its value; what is missing has 0.  So no column of the cases adds more than
        ``unit`` to a row.

        Returns
        -------
        x : ndarray of int, shape (n_cases, 1 + n_laid_out)
        of_column : ndarray of int, shape (1 + n_laid_out,)
            Which column each is of; -1 of the constant.
        """
        codes = self.codes(features)
        laid, of_column = [np.full(len(features), unit)], [-1]
        for number, name in enumerate(self.names):
            if name in self.edges:
                laid.append(self._laid_out(features, name, unit))
                of_column.append(number)
                continue
            n_values = self.n_codes[number] - 1
            laid += [unit * (codes[:, number] == code) for code in range(n_values)]
            of_column += [number] * n_values
        return np.column_stack(laid).astype(np.int64), np.array(of_column)

    def _laid_out(self, features: pd.DataFrame, name: str, unit: int) -> np.ndarray:
        if name not in features:
            return np.zeros(len(features))
        edges = self.edges[name]
        at = np.interp(numbers(features[name]), edges, np.linspace(-unit, unit, len(edges)))
        return np.rint(np.nan_to_num(at, nan=0.0))

    def names_laid_out(self) -> list[str]:
        """Name what is laid out, without the constant."""
        found = list(self.edges)
        for name, values in self.values.items():
            found += [f"{name}={value}" for value in (*values, "(other)")]
        return found


def _table(given: Any, word: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ModelError(f"{word} is {given!r}; it must be a table, one line a column.")
    return given


def _edges(name: str, ends: Any, n_steps: int) -> np.ndarray:
    good = isinstance(ends, (list, tuple)) and len(ends) > 1
    good = good and all(isinstance(x, (int, float)) and np.isfinite(x) for x in ends)
    if not good or (np.diff(np.array(ends, dtype=float)) <= 0).any():
        raise ModelError(
            f"the bounds of {name!r} are {ends!r}; give the least and the greatest value, or the "
            "ends of its steps, each above the one before."
        )
    edges = np.array(ends, dtype=float)
    if len(edges) > 2:
        return edges
    share = np.linspace(0, 1, n_steps + 1)
    if edges[0] == 0:
        share = np.expm1(share * np.log1p(_FINER)) / _FINER
    return edges[0] + (edges[1] - edges[0]) * share


def _values(name: str, values: Any) -> list[str]:
    good = isinstance(values, (list, tuple)) and len(values) > 0
    texts = [_text(value) for value in values] if good else []
    if not good or len(set(texts)) < len(texts):
        raise ModelError(
            f"the categories of {name!r} are {values!r}; give a list of its values, each once."
        )
    return texts


def _text(value: Any) -> str:
    """Write a stated value as texts of columns are: true and 1 as numbers are."""
    return str(value) if isinstance(value, str) else f"{float(value):g}"


def _codes(column: pd.Series, values: list[str]) -> np.ndarray:
    other, missing = len(values), len(values) + 1
    code_of = {value: code for code, value in enumerate(values)}
    if not is_numeric(column):
        return coded(column, code_of, missing=missing, other=other)
    x = numbers(column)
    held, at = np.unique(x, return_inverse=True)
    codes = [missing if np.isnan(one) else code_of.get(f"{one:g}", other) for one in held]
    return np.array(codes, dtype=np.int64)[at]
