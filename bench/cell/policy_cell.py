"""One policy: a model scores visits event by event, the policy learns, and acts on test visits."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..act_or_wait.best_possible import best_stops
from ..act_or_wait.calibrated import calibrated
from ..act_or_wait.stepping import promptness, stops_of
from ..cases import Cases
from ..events import Events
from ..model import Model
from ..policy import Economics, Policy, Visits
from ..splits.fold import Split
from ..store.predictions import Predictions
from .cell import CellResult, probability_of_yes, unique_warnings
from .memory import PeakMemory
from .timing import Timer
from .transport import ShownTask
from .views import show_only


@dataclass(frozen=True, eq=False)
class Scored:
    """Valid and test visits of a split with their calibrated probabilities, and what that took."""

    valid: Visits
    test: Visits
    facts: dict[str, Any]


def score_visits(
    make: Callable[[], Model],
    task: ShownTask,
    course: Events,
    split: Split,
    test: np.ndarray,
    seed: int,
) -> Scored:
    """Fit a model on the fit cases' whole courses, and score the others event by event.

    After each event the model is shown the case as it stands by then, features as they were at
    first; no later event exists for it.  It is calibrated on the valid visits that get there.

    Parameters
    ----------
    make : callable
        Gives an unfitted model.
    task : ShownTask
    course : Events
        Of all cases; see ``Course``.
    split : Split
    test : ndarray of int
    seed : int
    """
    model = make()
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    whole = Cases(task.cases.features, course)
    known = task.cases.events.lengths
    fit, valid = (show_only(whole.take(rows), model.views) for rows in (split.fit, split.valid))
    y_valid = task.target[split.valid]
    memory = PeakMemory()
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        timer = Timer()
        model.fit(fit, task.target[split.fit].copy(), valid=(valid, y_valid.copy()))
        of_valid, of_test = (
            _visits(model, whole.take(rows), known[rows]) for rows in (split.valid, test)
        )
        truer = calibrated(of_valid.p, y_valid)
        took = timer.took()
    return Scored(
        replace(of_valid, p=truer(of_valid.p)),
        replace(of_test, p=truer(of_test.p)),
        {
            "fit_seconds": took.processor,
            "wall_seconds": took.wall,
            "peak_bytes": memory.added_bytes(),
            "warnings": unique_warnings(raised),
        },
    )


def policy_cell(
    policy: Policy, scored: Scored, y_valid: np.ndarray, economics: Economics, seed: int
) -> CellResult:
    """Let a policy learn from the valid visits and act on the test visits.

    Parameters
    ----------
    policy : Policy
    scored : Scored
    y_valid : ndarray of 0 and 1, shape (n_valid,)
    economics : Economics
    seed : int

    Raises
    ------
    ModelError
        If an answer of the policy breaks its contract.
    """
    if "random_state" in policy.get_params():
        policy.set_params(random_state=seed)
    memory = PeakMemory()
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        timer = Timer()
        policy.learn(scored.valid, y_valid.copy(), economics)
        learning, timer = timer.took(), Timer()
        stops = [stops_of(policy, visits) for visits in (scored.valid, scored.test)]
        acting = timer.took()
    facts = {
        "fit_seconds": learning.processor + scored.facts["fit_seconds"],
        "predict_seconds": acting.processor,
        "wall_seconds": learning.wall + acting.wall + scored.facts["wall_seconds"],
        "peak_bytes": max(memory.added_bytes(), scored.facts["peak_bytes"]),
        "warnings": [*scored.facts["warnings"], *unique_warnings(raised)],
    }
    return _result(*stops, facts, policy)


def best_possible_cell(
    truth: np.ndarray,
    course: Events,
    known: np.ndarray,
    split: Split,
    test: np.ndarray,
    economics: Economics,
) -> CellResult:
    """Let the best possible policy act; it learns from the train visits, and from no outcome.

    Parameters
    ----------
    truth : ndarray, shape (n_events, 1 + k)
        See ``Course``.
    course : Events
    known : ndarray of int, shape (n_cases,)
        How many events each case has before one can act for the second time.
    split : Split
    test : ndarray of int
    economics : Economics
    """
    memory, timer = PeakMemory(), Timer()
    learn, asked = (
        laid_out(truth, course, known, rows)
        for rows in (np.concatenate([split.fit, split.valid]), np.concatenate([split.valid, test]))
    )
    stops = best_stops(learn, asked, economics)
    took = timer.took()
    facts = {
        "fit_seconds": took.processor,
        "predict_seconds": 0.0,
        "wall_seconds": took.wall,
        "peak_bytes": memory.added_bytes(),
        "warnings": [],
    }
    n_valid = len(split.valid)
    return _result(stops[:n_valid], stops[n_valid:], facts, None)


def _result(valid: np.ndarray, test: np.ndarray, facts: dict[str, Any], fitted: Any) -> CellResult:
    facts |= {"derived_view": False, "n_predicted": len(valid) + len(test), "explanations": []}
    return CellResult(Predictions(promptness(valid), promptness(test)), facts, fitted)


def _visits(model: Model, whole: Cases, known: np.ndarray) -> Visits:
    """Score visits after each event that they have; ``known`` counts those before acting twice."""
    later = whole.events.lengths - known
    n_events = int(later.max(initial=0)) + 1
    p = np.full((len(whole), n_events), np.nan)
    for step in range(n_events):
        rows = np.flatnonzero(later >= step)
        cases = whole.take(rows)
        by_then = Cases(cases.features, _first(cases.events, known[rows] + step))
        p[rows, step] = probability_of_yes(model, show_only(by_then, model.views), "test")
    kind, gap = (
        laid_out(whole.events.marks[name], whole.events, known, np.arange(len(whole)))
        for name in ("kind", "gap")
    )
    return Visits(p, np.nan_to_num(kind, nan=-1).astype(np.int64), gap)


def laid_out(
    of_events: np.ndarray, course: Events, known: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """Lay values of events out by visit and event, NaN elsewhere, from the last known event on."""
    later = course.lengths - known
    n_events = int(later.max(initial=0)) + 1
    laid = np.full((len(rows), n_events, *of_events.shape[1:]), np.nan)
    for step in range(n_events):
        there = later[rows] >= step
        at = course.offsets[:-1][rows] + known[rows] - 1 + step
        there &= known[rows] + step > 0
        laid[there, step] = of_events[at[there]]
    return laid


def _first(events: Events, n: np.ndarray) -> Events:
    """Keep the earliest events of each case, ``n`` of them, which it has."""
    place = np.arange(events.n_events) - events.offsets[:-1][events.owner]
    kept = place < n[events.owner]
    marks = {name: mark[kept] for name, mark in events.marks.items()}
    return Events(np.concatenate([[0], np.cumsum(n)]), marks, events.vocabulary)
