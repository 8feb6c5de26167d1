"""Encoders of features learnt on fit cases: one-hot on one scale, and ordinal codes."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from .binning import Bins, ColumnTokens, Cuts
from .cases import LARGEST, is_numeric, numbers
from .categories import (
    MISSING,
    OTHER,
    RATED,
    CategoryCodes,
    RatedCases,
    ValueRates,
    look_alike,
)
from .one_case import Compiled, NotPlainError, OneScaled, Row, number_of, row_of

# Categories and bins are learnt next door; authors of models find all encoders here.
__all__ = [
    "MISSING", "OTHER", "Bins", "CategoryCodes", "ColumnTokens", "Cuts", "Ordinal", "RatedCases",
    "ScaledOneHot", "ValueRates", "look_alike",
]  # fmt: skip


class _FeatureEncoder(Compiled, BaseEstimator):
    """Encodes features column by column, and rates the values of categories with many.

    ``fit`` and ``transform`` never look at outcomes.  ``fit_transform`` does, for categories with
    more values than get a code of their own: each has one more column, at the end.

    A subclass says in ``_encode`` how cases are encoded, and may say in ``_encode_row`` how a
    single one is without pandas: the same to the bit.
    """

    def __init_subclass__(cls, **more: object) -> None:
        super().__init_subclass__(**more)
        if "_encode" in vars(cls) and "_encode_row" not in vars(cls):
            cls._encode_row = _FeatureEncoder._encode_row  # that of a parent encodes otherwise

    def fit_transform(
        self, features: pd.DataFrame, y: np.ndarray, weight: np.ndarray | None = None
    ) -> np.ndarray:
        """Learn from the fit cases and encode them, shape (n_cases, n_columns).

        The rate of a fit case's value comes from other fit cases; to transform them afterwards
        would show a model their own outcomes.  Rates and categories go by weight, scales by rows.
        """
        self.fit(features, weight=weight)
        # The yes and the no cases of one row must not tell each other's outcome.
        alike = None if weight is None else look_alike(features)
        self.rate_scales_: dict[str, tuple[float, float]] = {}
        columns = []
        for name, codes in self.categories_.items():
            if features[name].nunique() <= codes.most:
                continue
            self.rates_[name] = ValueRates().fit(features[name], y, weight)
            log_odds = self.rates_[name].out_of_fold(features[name], y, weight, alike)
            self.rate_scales_[name] = self._scale_of(log_odds)
            columns.append(self._scaled(log_odds, name)[:, None])
            self.names_.append(RATED.format(name))
        return np.hstack([self._encode(features), *columns])

    def transform(self, features: pd.DataFrame) -> np.ndarray:
        """Give the encoded columns named in ``names_``, shape (n_cases, n_columns), float64."""
        row = row_of(features)
        if row is not None:
            try:
                if (encoded := self._encode_row(row)) is not None:
                    return self._with_rates(row, encoded)
            except NotPlainError:
                pass
        columns = [
            self._scaled(rates.transform(features[name]), name)[:, None]
            for name, rates in self.rates_.items()
        ]
        return np.hstack([self._encode(features), *columns])

    def _encode_row(self, row: Row) -> np.ndarray | None:
        """Encode a single case, shape (1, n_columns); None where that is done as of many."""
        return None

    def _with_rates(self, row: Row, encoded: np.ndarray) -> np.ndarray:
        if not self.rates_:
            return encoded
        rated = [
            self._scaled(rates.of_value(row[name]), name) for name, rates in self.rates_.items()
        ]
        return np.append(encoded, rated)[None, :]

    def _scale_of(self, log_odds: np.ndarray) -> tuple[float, float]:
        return 0.0, 1.0

    def _scaled(self, log_odds: np.ndarray, name: str) -> np.ndarray:
        mean, sd = self.rate_scales_[name]
        return (log_odds - mean) / sd


class ScaledOneHot(_FeatureEncoder):
    """Numbers on a log scale where skewed, standardised; categories one-hot.

    Missing numbers become the median, with a flag column of their own.  A skewed column is mapped
    by ``sign(x) * log1p(|x| / scale)``, scale being its median size other than zero, so neither
    the column's unit nor its sign matters.  Categories with many values: see ``fit_transform``.

    Parameters
    ----------
    skewed_above : float, default=1.0
        Absolute sample skewness from which a column is put on the log scale.
    clip : float, default=8.0
        Bound on standardised values; one wild case must not decide a linear model.
    """

    def __init__(self, skewed_above: float = 1.0, clip: float = 8.0):
        self.skewed_above = skewed_above
        self.clip = clip

    def fit(
        self,
        features: pd.DataFrame,
        y: np.ndarray | None = None,
        weight: np.ndarray | None = None,
    ) -> Self:
        """Learn medians and scales by rows, and categories by weight.

        Parameters
        ----------
        features : DataFrame, shape (n_cases, n_features)
        y : ndarray, optional
            Not looked at.
        weight : ndarray, shape (n_cases,), optional
            How many cases each stands for.
        """
        self._compiled = None
        self.columns_ = list(features.columns)
        self.rates_: dict[str, ValueRates] = {}
        self.numeric_: dict[str, dict[str, float]] = {}
        self.categories_: dict[str, CategoryCodes] = {}
        self.names_: list[str] = []
        for name, column in features.items():
            if is_numeric(column):
                self.numeric_[name] = self._learn_scale(numbers(column))
                self.names_.append(name)
                if self.numeric_[name]["flag"]:
                    self.names_.append(f"{name} missing")
            else:
                self.categories_[name] = CategoryCodes().fit(column, weight)
                self.names_ += [f"{name}={label}" for label in self.categories_[name].labels_]
        return self

    def _learn_scale(self, x: np.ndarray) -> dict[str, float]:
        known = x[~np.isnan(x)]
        if len(known) == 0:
            return {"median": 0.0, "log": 0.0, "mean": 0.0, "sd": 1.0, "flag": 0.0}
        spread = known.std()
        skewness = (((known - known.mean()) / spread) ** 3).mean() if spread > 0 else 0.0
        sizes = np.abs(known[np.abs(known) > 1 / LARGEST])
        log = float(np.median(sizes)) if abs(skewness) > self.skewed_above and len(sizes) else 0.0
        scale = {"median": float(np.median(known)), "log": log, "mean": 0.0, "sd": 1.0}
        scale["flag"] = float(len(known) < len(x))
        z = self._put_on_scale(x, scale)
        # A column that is constant up to rounding must not be blown up to noise.
        sd = z.std() if z.std() > max(1e-9 * abs(z.mean()), 1 / LARGEST) else 1.0
        return scale | {"mean": float(z.mean()), "sd": float(sd)}

    def _put_on_scale(self, x: np.ndarray, scale: dict[str, float]) -> np.ndarray:
        x = np.where(np.isnan(x), scale["median"], x)
        if scale["log"]:
            x = np.sign(x) * np.log1p(np.abs(x) / scale["log"])
        return (x - scale["mean"]) / scale["sd"]

    def _scale_of(self, log_odds: np.ndarray) -> tuple[float, float]:
        return float(log_odds.mean()), float(log_odds.std()) or 1.0

    def _encode(self, features: pd.DataFrame) -> np.ndarray:
        blocks = [np.empty((len(features), 0))]
        for name in self.columns_:
            if name in self.numeric_:
                blocks += self._of_numbers(name, numbers(features[name]))
            else:
                codes = self.categories_[name]
                blocks.append(np.eye(len(codes.labels_))[codes.transform(features[name])])
        return np.hstack(blocks)

    def of_numbers(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Encode numeric columns as ``transform`` does, where these are all: without a frame.

        Parameters
        ----------
        columns : mapping of str to ndarray of shape (n_cases,)
        """
        blocks = []
        for name in self.columns_:
            x = columns[name].astype(float)
            blocks += self._of_numbers(name, np.clip(x, -LARGEST, LARGEST))
        return np.hstack(blocks)

    def _of_numbers(self, name: str, x: np.ndarray) -> list[np.ndarray]:
        """Give a numeric column's components, each of shape (n_cases, 1)."""
        scale = self.numeric_[name]
        z = np.clip(self._put_on_scale(x, scale), -self.clip, self.clip)
        flag = [np.isnan(x)[:, None].astype(float)] if scale["flag"] else []
        return [z[:, None], *flag]

    def _encode_row(self, row: Row) -> np.ndarray | None:
        if self._compiled is None:
            self._compiled = self._compile()
        scaled, at, flags, flagged, categories, width = self._compiled
        encoded = np.zeros((1, width))
        encoded[0, at], missing = scaled(row)
        encoded[0, flags] = missing[flagged]
        for name, code_of, start in categories:
            encoded[0, start + code_of(row[name])] = 1.0
        return encoded

    def _compile(self) -> tuple[Any, ...]:
        """Say where in an encoded case the numbers, their flags and the categories stand."""
        at, flags, flagged, categories, width = [], [], [], [], 0
        for name in self.columns_:
            if name in self.numeric_:
                at.append(width)
                if self.numeric_[name]["flag"]:
                    width += 1
                    flags.append(width)
                    flagged.append(len(at) - 1)
                width += 1
            else:
                codes = self.categories_[name]
                categories.append((name, codes.of_one(), width))
                width += len(codes.labels_)
        scaled = OneScaled(self.numeric_, LARGEST, self.clip)
        places = (np.array(numbers, dtype=np.intp) for numbers in (at, flags, flagged))
        return scaled, *places, categories, width


class Ordinal(_FeatureEncoder):
    """Numbers as they are, missing ones as NaN; categories as codes by descending frequency.

    For trees, which need no scale.  ``categorical_`` flags the coded columns.  Categories with many
    values: see ``fit_transform``.
    """

    def fit(
        self,
        features: pd.DataFrame,
        y: np.ndarray | None = None,
        weight: np.ndarray | None = None,
    ) -> Self:
        """Learn the categories.

        Parameters
        ----------
        features : DataFrame, shape (n_cases, n_features)
        y : ndarray, optional
            Not looked at.
        weight : ndarray, shape (n_cases,), optional
            How many cases each stands for.
        """
        self._compiled = None
        self.columns_ = list(features.columns)
        self.rates_: dict[str, ValueRates] = {}
        self.names_ = list(features.columns)
        self.categories_ = {
            name: CategoryCodes().fit(column, weight)
            for name, column in features.items()
            if not is_numeric(column)
        }
        self.categorical_ = np.array(
            [name in self.categories_ for name in self.columns_], dtype=bool
        )
        return self

    def _encode(self, features: pd.DataFrame) -> np.ndarray:
        columns = [
            self.categories_[name].transform(features[name]).astype(float)
            if name in self.categories_
            else numbers(features[name])
            for name in self.columns_
        ]
        return np.column_stack(columns) if columns else np.empty((len(features), 0))

    def _encode_row(self, row: Row) -> np.ndarray | None:
        if self._compiled is None:
            self._compiled = {name: codes.of_one() for name, codes in self.categories_.items()}
        code_of = self._compiled
        encoded = [
            code_of[name](row[name]) if name in code_of else number_of(row[name])
            for name in self.columns_
        ]
        # A code is far from the bounds.
        return np.clip(np.array([encoded], dtype=float), -LARGEST, LARGEST)
