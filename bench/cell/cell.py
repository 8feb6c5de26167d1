"""One cell: a model is fitted and predicts, and what that took is noted."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..cases import Cases
from ..errors import ModelError
from ..model import Model
from ..store.predictions import Predictions
from ..variants.selected import kept_columns
from .explanations import explained, plain
from .memory import PeakMemory
from .timing import Timer
from .views import Views

_MOST_WARNINGS = 5
_MOST_ASKED_AGAIN = 200
_SAME = 1e-4  # single precision, added up in another order


@dataclass(frozen=True)
class CellResult:
    """A carried-out cell: its predictions, what is noted of it, and what was fitted."""

    predictions: Predictions
    facts: dict[str, Any]
    fitted: Any


def fit_and_predict(
    make: Callable[[], Model], views: Views, seed: int, *, asks_again: bool = False
) -> CellResult:
    """Fit a model on the fit cases and predict the valid and the test cases.

    Parameters
    ----------
    make : callable
        Gives an unfitted model, as its class does.
    views : Views
    seed : int
    asks_again : bool, default=False
        Ask for some test cases once more, among others: a probability that hangs on who is
        predicted beside whom uses what a model must not know.

    Raises
    ------
    ModelError
        If what the model returns breaks its contract.  Other errors of the model pass through.
    """
    model = make()
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    fit, valid, test = views.parts(model.views)
    y_fit, y_valid = views.outcomes()
    weights = views.weights()
    used = weights if model.uses_weights else {}
    memory = PeakMemory()
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        timer = Timer()
        model.fit(fit, y_fit, valid=(valid, y_valid), **used)
        fitting, timer = timer.took(), Timer()
        p_valid = probability_of_yes(model, valid, "valid")
        p_test = probability_of_yes(model, test, "test")
        predicting = timer.took()
        if asks_again:
            _ask_again(model, test, p_test, seed)
    peak_bytes = memory.added_bytes()
    facts = {
        "derived_view": views.is_derived(model.views),
        "fitted_without_weights": bool(weights) and not used,
        "fit_seconds": fitting.processor,
        "predict_seconds": predicting.processor,
        "wall_seconds": fitting.wall + predicting.wall,
        "n_predicted": len(p_valid) + len(p_test),
        "peak_bytes": peak_bytes,
        "warnings": unique_warnings(raised),
        "views": sorted(model.views),
        "params": parameters_of(model),
    }
    facts |= explained(model, facts["warnings"])
    if kept := kept_columns(model):
        facts["kept"] = list(kept)
    return CellResult(Predictions(p_valid, p_test), facts, model)


def parameters_of(model: Model) -> dict[str, Any]:
    """Give a model's keywords as JSON knows them; of a model inside it, its keywords."""
    return {
        name: plain(value)
        for name, value in model.get_params().items()
        if not isinstance(value, Model)
    }


def _ask_again(model: Model, test: Cases, p_test: np.ndarray, seed: int) -> None:
    """Predict a few test cases in a company and an order that the model cannot foresee."""
    rows = np.random.default_rng(seed).permutation(len(test))
    rows = rows[: min(_MOST_ASKED_AGAIN, (len(test) + 1) // 2)]
    again = probability_of_yes(model, test.take(rows), "test")
    apart = np.abs(again - p_test[rows]).max(initial=0.0)
    if apart > _SAME:
        raise ModelError(
            f"{type(model).__name__}.predict_proba changed a test case's probability by "
            f"{apart:.3g} when it was asked for fewer cases; it must depend on that case only.  "
            "`intentbench check` says more."
        )


def probability_of_yes(
    model: Model, cases: Cases, part: str, ask: Callable[[], np.ndarray] | None = None
) -> np.ndarray:
    """Predict, and hold the model to the shape and range that its contract states.

    ``ask`` gives what ``predict_proba`` would, where that was begun already.
    """
    proba = np.asarray(model.predict_proba(cases) if ask is None else ask())
    name = type(model).__name__
    if proba.shape != (len(cases), 2):
        raise ModelError(
            f"{name}.predict_proba returned the shape {proba.shape} for {len(cases)} {part} cases; "
            f"it must be ({len(cases)}, 2): P(no) and P(yes) of every case it is given."
        )
    if not np.issubdtype(proba.dtype, np.floating):
        raise ModelError(
            f"{name}.predict_proba returned values of type {proba.dtype}; it must be probabilities."
        )
    wrong = np.flatnonzero(~np.isfinite(proba).all(axis=1))
    if len(wrong):
        raise ModelError(
            f"{name}.predict_proba returned {proba[wrong[0]].tolist()} for {part} case {wrong[0]} "
            f"({len(wrong)} of {len(cases)} cases are not finite).  Look at empty event sequences, "
            "missing values and logarithms of 0."
        )
    if (proba < -1e-6).any() or (np.abs(proba.sum(axis=1) - 1) > 1e-4).any():
        row = int(np.argmax(np.abs(proba.sum(axis=1) - 1) + (proba < -1e-6).any(axis=1)))
        raise ModelError(
            f"{name}.predict_proba returned {proba[row].tolist()} for {part} case {row}; the two "
            "must not be negative and add up to 1."
        )
    return np.clip(proba[:, 1].astype(np.float64), 0.0, 1.0)


def unique_warnings(raised: Sequence[warnings.WarningMessage]) -> list[str]:
    """Say what was warned of, each warning once and the first few only."""
    texts = [f"{item.category.__name__}: {item.message}" for item in raised]
    return list(dict.fromkeys(texts))[:_MOST_WARNINGS]
