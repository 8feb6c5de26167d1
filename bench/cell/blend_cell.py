"""One blend: fitted on a fold's valid predictions and their cases, predicting its test cases."""

import warnings
from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import pandas as pd

from ..ensembles.blending import blend
from ..model import Explanation
from ..store.predictions import Predictions
from .cell import CellResult, unique_warnings
from .memory import PeakMemory
from .timing import Timer
from .transport import BlendRows

_READING = "Trees that cross-validation within the valid cases allowed; 0: features add nothing."


def blend_cells(
    features: pd.DataFrame,
    target: np.ndarray,
    rows: BlendRows,
    members: Mapping[str, Predictions],
    weight: np.ndarray | None = None,
) -> CellResult:
    """Fit a blend and predict; the outcome of no test case is looked at.

    Parameters
    ----------
    features : DataFrame of n_cases rows
    target : ndarray of 0 and 1, shape (n_cases,)
    rows : BlendRows
    members : mapping of str to Predictions
        The fold's out-of-sample predictions of each member.
    weight : ndarray, shape (n_cases,), optional
        How many cases each stands for.
    """
    of_valid = None if weight is None else weight[rows.valid]
    p_valid = np.column_stack([predictions.valid for predictions in members.values()])
    p_test = np.column_stack([predictions.test for predictions in members.values()])
    memory = PeakMemory()
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        timer = Timer()
        fitted = blend(p_valid, features.iloc[rows.valid], target[rows.valid], rows.who, of_valid)
        fitting, timer = timer.took(), Timer()
        test = fitted.predict(p_test, features.iloc[rows.test])
        predicting = timer.took()
    learnt_of_features = Explanation("table", _READING, ("trees",), ((fitted.n_trees,),))
    facts = {
        "derived_view": False,
        "fit_seconds": fitting.processor,
        "predict_seconds": predicting.processor,
        "wall_seconds": fitting.wall + predicting.wall,
        "n_predicted": len(test),
        "peak_bytes": memory.added_bytes(),
        "warnings": unique_warnings(raised),
        "explanations": [asdict(learnt_of_features)],
        "weights": dict(zip(members, fitted.stacked.coefficients.tolist(), strict=True)),
    }
    return CellResult(Predictions(fitted.out_of_sample, test), facts, fitted)
