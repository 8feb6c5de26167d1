"""SMOTE: further cases of the rarer outcome, made up between those that there are."""

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from ..cases import Cases
from ..errors import ModelError
from ..events import Events
from .rebalanced import Rebalanced

_NEIGHBOURS = 5


class Smote(Rebalanced):
    """Cases of the rarer outcome are made up between neighbours until both are as many [1]_.

    Numbers lie between those of a case and of one of its five nearest neighbours of the same
    outcome, distances being of standardised numbers; a category is the neighbours' most frequent
    one (SMOTE-NC).  A missing number is taken for the median.  All of it is done with fit cases.

    References
    ----------
    .. [1] Chawla, Bowyer, Hall, Kegelmeyer (2002), SMOTE: synthetic minority over-sampling
       technique.  JAIR 16.
    """

    word, said = "smote", "SMOTE"
    needs = ("imblearn",)

    def balanced(
        self, cases: Cases, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[Cases, np.ndarray]:
        """Make cases up; where there is nothing to interpolate, repeat what there is."""
        if "events" in self.views:
            raise ModelError(
                f"{type(self.model).__name__} reads events, between which nothing lies; SMOTE is "
                "for models of features.  Take +undersampled."
            )
        counts = np.bincount(y, minlength=2)
        rare, lacking = int(counts.argmin()), int(abs(counts[0] - counts[1]))
        if not lacking:
            return cases, y
        outcomes = np.concatenate([y, np.full(lacking, rare, dtype=y.dtype)])
        seed = int(rng.integers(2**31))
        if counts[rare] < 2 or not cases.features.shape[1]:
            rows = rng.choice(np.flatnonzero(y == rare), lacking)
            made = cases.features.iloc[rows]
        else:
            made = _interpolated(cases.features, y, min(_NEIGHBOURS, int(counts[rare]) - 1), seed)
        features = pd.concat([_with_floats(cases.features), _with_floats(made)], ignore_index=True)
        return Cases(features, Events.none(len(features))), outcomes


def _is_number(column: pd.Series) -> bool:
    return is_numeric_dtype(column) and not is_bool_dtype(column)


def _with_floats(features: pd.DataFrame) -> pd.DataFrame:
    return features.astype({name: float for name in features if _is_number(features[name])})


def _interpolated(
    features: pd.DataFrame, y: np.ndarray, n_neighbours: int, seed: int
) -> pd.DataFrame:
    """Give the cases that are made up, in columns of the same kinds."""
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC

    columns, back = [], []
    for name in features:
        values, restored = (_numbers if _is_number(features[name]) else _codes)(features[name])
        columns.append(values)
        back.append(restored)
    categorical = [j for j, name in enumerate(features) if not _is_number(features[name])]
    how = {"k_neighbors": n_neighbours, "random_state": seed}
    if not categorical:
        sampler = SMOTE(**how)
    elif len(categorical) == len(columns):
        sampler = SMOTEN(**how)
    else:
        sampler = SMOTENC(categorical, **how)
    made = sampler.fit_resample(np.column_stack(columns), y)[0][len(y) :]
    return pd.DataFrame(
        {
            name: restored(made[:, j])
            for j, (name, restored) in enumerate(zip(features, back, strict=True))
        }
    )


def _numbers(column: pd.Series):
    """Standardise a column, missing values being its median; and give the way back."""
    x = column.to_numpy(dtype=float, na_value=np.nan)
    known = x[np.isfinite(x)]
    middle = float(np.median(known)) if len(known) else 0.0
    x = np.where(np.isfinite(x), x, middle)
    mean, scale = float(x.mean()), float(x.std()) or 1.0
    return (x - mean) / scale, lambda made: made * scale + mean


def _codes(column: pd.Series):
    """Number the values of a column, missing ones too; and give the way back."""
    codes, _values = pd.factorize(column, use_na_sentinel=False)
    first = np.unique(codes, return_index=True)[1]
    return codes.astype(float), lambda made: column.iloc[first[made.astype(int)]].array
