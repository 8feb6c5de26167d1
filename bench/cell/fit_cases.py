"""What a fitted model says of cases that it learnt from."""

import warnings

import numpy as np

from ..cases import Cases
from ..model import Model
from ..store.asked_again import as_noted, asked_of
from .cell import probability_of_yes


def asked_about_fit_cases(model: Model, fit: Cases) -> list[float] | None:
    """Predict some fit cases; None of a model that cannot, as it has predicted all the same.

    Parameters
    ----------
    model : Model
        Fitted on them.
    fit : Cases
        As it saw them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they were noted with the predictions
        # The fence around plugin code.
        try:
            cases = fit.take(asked_of(np.arange(len(fit))))
            return as_noted(probability_of_yes(model, cases, "fit")).tolist()
        except Exception:
            return None
