"""What a column's categories say: codes of the common values, and outcome rates of all of them."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from .cases import Cases, coded, is_numeric, texts
from .one_case import OneCategory

RATED = "{}: log odds of its value"
MISSING, OTHER = "(missing)", "(other)"


def _texts(column: pd.Series) -> pd.Series:
    return texts(column).fillna(MISSING)


def _common_values(
    column: pd.Series, most: int, share: float, weight: np.ndarray | None
) -> list[str]:
    """Name the values frequent enough to learn from, most frequent first, ties by name."""
    values, n_cases = _texts(column), float(len(column))
    if weight is None:
        counts = values.value_counts().sort_index()
    else:
        counts = pd.Series(weight).groupby(values.to_numpy()).sum()
        n_cases = float(weight.sum())
    counts = counts.sort_values(ascending=False, kind="stable")
    return list(counts.index[counts >= max(2.0, share * n_cases)][:most])


def look_alike(features: pd.DataFrame) -> np.ndarray:
    """Number the cases by what they look like, from 0 on."""
    return pd.factorize(pd.util.hash_pandas_object(features, index=False))[0]


class _KnownValues(BaseEstimator):
    """Looks the values of a category up among known ones, ``values_``, each with its number."""

    values_: list[str]

    def _know(self, values: list[str]) -> None:
        self.values_ = values
        self._number_of = {value: number for number, value in enumerate(values)}

    def _lookup(self, column: pd.Series) -> np.ndarray:
        """Give the number of each value; of all that are not known, how many are."""
        other = len(self.values_)
        missing = self._number_of.get(MISSING, other)
        return coded(column, self._number_of, missing=missing, other=other)

    def of_one(self) -> OneCategory:
        """Give what looks a single value up."""
        other = len(self.values_)
        return OneCategory(self._number_of, self._number_of.get(MISSING, other), other)

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k != "_number_of"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "values_" in state:
            self._know(state["values_"])


class CategoryCodes(_KnownValues):
    """Codes 0..n-1 of a column's common values, and n for all others, seen or unseen.

    Parameters
    ----------
    most : int, default=30
        Values that get a code of their own.
    share : float, default=0.002
        Of the fit cases, that a value must hold to get one (and at least two cases).
    """

    def __init__(self, most: int = 30, share: float = 0.002):
        self.most = most
        self.share = share

    def fit(self, column: pd.Series, weight: np.ndarray | None = None) -> Self:
        """Learn which values are common."""
        self._know(_common_values(column, self.most, self.share, weight))
        return self

    def transform(self, column: pd.Series) -> np.ndarray:
        """Give the code of each value, shape (n_cases,), int32."""
        return self._lookup(column).astype(np.int32)

    @property
    def labels_(self) -> list[str]:
        """Names of the codes; the last is for all other values."""
        return [*self.values_, OTHER]


class ValueRates(_KnownValues):
    """Log odds of yes among the fit cases of each value of a category.

    Target encoding [1]_: the rate of a value is drawn towards that of all fit cases, as if
    ``prior_cases`` more of those had held it.  A value that was not seen has their log odds.

    A fit case must never be encoded by its own outcome, or every rare value would seem to tell it:
    ``out_of_fold`` gives it the rate among the other four fifths of the fit cases.  Weights say how
    many cases each stands for.

    Parameters
    ----------
    prior_cases : float, default=20.0

    References
    ----------
    .. [1] Micci-Barreca (2001), A preprocessing scheme for high-cardinality categorical attributes
       in classification and prediction problems.
    """

    _FOLDS = 5

    def __init__(self, prior_cases: float = 20.0):
        self.prior_cases = prior_cases

    def fit(self, column: pd.Series, y: np.ndarray, weight: np.ndarray | None = None) -> Self:
        """Learn the rate of every value."""
        values = _texts(column)
        rate = np.average(y, weights=weight)
        least = 1e-6 if weight is None else min(1e-6, 0.5 / weight.sum())
        self.overall_ = float(np.clip(rate, least, 1 - least))
        counted = pd.DataFrame({"value": values.to_numpy(), "y": np.asarray(y)})
        if weight is None:
            seen = counted.groupby("value")["y"]
            yes, cases = seen.sum(), seen.count()
        else:
            counted = counted.assign(y=weight * counted["y"], weight=weight)
            seen = counted.groupby("value")[["y", "weight"]].sum()
            yes, cases = seen["y"], seen["weight"]
        p = (yes + self.prior_cases * self.overall_) / (cases + self.prior_cases)
        self._know([str(value) for value in p.index])
        self.log_odds_ = np.log(p / (1 - p)).to_numpy()
        return self

    def transform(self, column: pd.Series) -> np.ndarray:
        """Give the log odds of cases that were not fitted on, shape (n_cases,)."""
        return np.append(self.log_odds_, self._prior())[self._lookup(column)]

    def of_value(self, value: Any) -> float:
        """Give the log odds of a single case."""
        number = self.of_one()(value)
        return self.log_odds_[number] if number < len(self.log_odds_) else self._prior()

    def _prior(self) -> float:
        return np.log(self.overall_ / (1 - self.overall_))

    def out_of_fold(
        self,
        column: pd.Series,
        y: np.ndarray,
        weight: np.ndarray | None = None,
        alike: np.ndarray | None = None,
    ) -> np.ndarray:
        """Give the log odds of the fit cases, each learnt without its fifth, shape (n_cases,).

        Cases that ``alike`` gives one number, from 0 on, are in one fifth.
        """
        dealt = np.random.default_rng(0).permutation(len(y) if alike is None else alike.max() + 1)
        fold = (dealt if alike is None else dealt[alike]) % self._FOLDS
        log_odds = np.empty(len(y))
        for number in range(self._FOLDS):
            held = fold == number
            if held.any():
                others = ~held if (~held).any() else held
                of_others = None if weight is None else weight[others]
                rates = ValueRates(self.prior_cases).fit(column[others], y[others], of_others)
                log_odds[held] = rates.transform(column[held])
        return log_odds


class RatedCases(BaseEstimator):
    """Cases with one more number for every category of many values: the log odds of its value.

    For models that cut numbers into bins, or that read columns in a way of their own.

    Parameters
    ----------
    most : int, default=30
        Categories with more values among the fit cases are rated.
    """

    def __init__(self, most: int = 30):
        self.most = most

    def fit_transform(self, cases: Cases, y: np.ndarray, weight: np.ndarray | None = None) -> Cases:
        """Learn from the fit cases, and give them; each is rated by other fit cases alone."""
        columns = cases.features.items()
        self.rates_ = {
            name: ValueRates().fit(column, y, weight)
            for name, column in columns
            if not is_numeric(column) and column.nunique() > self.most
        }
        alike = None if weight is None or not self.rates_ else look_alike(cases.features)
        return self._with_rates(
            cases,
            {
                name: rates.out_of_fold(cases.features[name], y, weight, alike)
                for name, rates in self.rates_.items()
            },
        )

    def transform(self, cases: Cases) -> Cases:
        """Give cases that were not fitted on."""
        return self._with_rates(
            cases,
            {name: rates.transform(cases.features[name]) for name, rates in self.rates_.items()},
        )

    def _with_rates(self, cases: Cases, log_odds: dict[str, np.ndarray]) -> Cases:
        if not log_odds:
            return cases
        more = {RATED.format(name): values for name, values in log_odds.items()}
        return Cases(cases.features.assign(**more), cases.events)
