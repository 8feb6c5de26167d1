"""What drives a fitted model: what it predicts of test cases that were changed.

No outcome of a test case is known here, and none is needed: whoever judges compares the predictions
of cases as they are and changed with what happened.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np

from ..errors import said_in_a_line
from ..language.sentence import Sentence
from ..model import Model
from ..store.drivers import REMOVED, CellDrivers, Change, Curve
from .cell import probability_of_yes
from .changed_cases import Changed
from .direction import Stepped, local_effects, partial_dependence
from .questions import Questions, Told, drawn_of, has_curves
from .views import Views

_MOST_CURVES = 10
# Seconds of processor time: by the clock, a busy machine would have no drivers.
_MOST_SHARE, _ALWAYS_SECONDS = 0.1, 2.0


@dataclass(frozen=True)
class Took:
    """What a cell took so far: processor time, and predictions made in ``predict_seconds``."""

    fit_seconds: float
    predict_seconds: float
    n_predicted: int


def drivers_of(
    model: Model, views: Views, told: Told, p_test: np.ndarray, seed: int, took: Took
) -> CellDrivers:
    """Ask a fitted model about changed test cases, as far as that costs little.

    Parameters
    ----------
    model : Model
        As fitted in the cell; its predictions are made and kept.
    views : Views
    told : Told
        Of the task's cases.
    p_test : ndarray, shape (n_test,)
        What it predicts of the test cases as they are.
    seed : int
        The cell's, which is the same for every model: all are asked about the same cases.
    took : Took

    Returns
    -------
    CellDrivers
        With the reason where there are none: what a model does here costs no cell.
    """
    asked = told.questions(views, model.views, seed)
    if asked is None:
        return CellDrivers(missing=Sentence("it reads nothing that could be changed"))
    seconds = took.predict_seconds / took.n_predicted * len(asked.shown)
    own = took.fit_seconds + took.predict_seconds
    if seconds > max(_ALWAYS_SECONDS, _MOST_SHARE * own):
        return CellDrivers(
            missing=Sentence(
                "not computed: it would have taken about {seconds:.2g} s of processor time more, "
                "after {own:.2g} s to fit and predict",
                seconds=seconds,
                own=own,
            )
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they were noted with the predictions
        # The fence around plugin code: a model that cannot be asked again has predicted.
        try:
            answered = probability_of_yes(model, asked.copy_of_shown(), "changed test")
        except Exception as error:
            return CellDrivers(
                missing=Sentence("changed cases failed: {why}", why=said_in_a_line(error))
            )
    return _noted(asked, p_test[asked.rows], answered)


def _noted(asked: Questions, p: np.ndarray, answered: np.ndarray) -> CellDrivers:
    """Put answers where they belong, and draw the curves of what moves predictions most."""
    plan, changes, nudged = asked.plan, asked.changes, asked.nudged
    sizes = [len(made.at) for made in (*changes, *(made for _, made in nudged))]
    answers = np.split(answered, np.cumsum(sizes)[:-1])
    repeats = len(changes) // len(plan)
    changed = np.tile(p, (len(changes), 1))
    for of_change, made, answer in zip(changed, changes, answers, strict=False):
        of_change[made.at] = answer
    changed = changed.reshape(len(plan), repeats, len(p))
    moved = {
        name: (made, answer - p[made.at])
        for (name, made), answer in zip(nudged, answers[len(changes) :], strict=True)
    }
    mean, most = float(p.mean()), np.abs(changed - p).mean(axis=(1, 2))
    drawn = set(np.argsort(-most, kind="stable")[:_MOST_CURVES].tolist())
    noted = []
    for number, change in enumerate(plan):
        made = changes[number * repeats : (number + 1) * repeats]
        if change.kind == REMOVED:
            noted.append(_removed(change, made[0], p, changed[number, 0]))
        elif number in drawn and has_curves(change):
            donors = np.concatenate([one.donors for one in made])
            far = (changed[number] - p).ravel()
            curves = (
                _curve(asked.columns[name], moved.get(name), (donors, far), mean)
                for name in drawn_of(change)
            )
            noted.append(replace(change, curves=tuple(curves)))
        else:
            noted.append(change)
    return CellDrivers.of(asked.rows, p, changed, tuple(noted))


def _curve(
    stepped: Stepped,
    near: tuple[Changed, np.ndarray] | None,
    far: tuple[np.ndarray, np.ndarray],
    mean: float,
) -> Curve:
    """Draw a column's curve from near values, if there are enough of them; otherwise from all."""
    curve = None
    if near is not None:
        made, moved = near
        curve = local_effects(stepped, made.at, made.donors, moved, mean)
    return curve or partial_dependence(stepped, *far, mean)


def _removed(change: Change, made: Changed, p: np.ndarray, changed: np.ndarray) -> Change:
    at = made.at
    if not len(at):
        return replace(change, share=0.0)
    return replace(
        change,
        share=len(at) / len(p),
        p_with=float(p[at].mean()),
        p_without=float(changed[at].mean()),
    )
