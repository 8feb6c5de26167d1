"""What drives a fitted model: what it predicts of test cases that were changed.

No outcome of a test case is known here, and none is needed: whoever judges compares the predictions
of cases as they are and changed with what happened.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd

from ..cases import Cases
from ..errors import said_in_a_line
from ..language.sentence import Sentence
from ..model import Model
from ..store.drivers import PERMUTED, REMOVED, SHUFFLED, SWAPPED, CellDrivers, Change, Curve
from .cell import probability_of_yes
from .changed_cases import Changed, shuffled, stacked, without
from .coarse import Coarse
from .column_groups import column_groups, cramers_v
from .direction import Stepped, local_effects, nudges, partial_dependence
from .views import Views

_MOST_ASKED = 6000  # changed cases in all: few hundred of each change
_MOST_CASES, _LEAST_CASES = 1000, 30
_MOST_REPEATS = 5
_MOST_GROUPS, _MOST_KINDS = 30, 8
_MOST_CURVES, _MOST_CURVES_OF_A_GROUP = 10, 3
_SAMPLED = 4000  # cases, to see which columns share their information
# Seconds by the clock, which a busy machine makes several times as many.
_MOST_SHARE, _ALWAYS_SECONDS = 0.1, 2.0


@dataclass(frozen=True)
class Took:
    """What a cell took so far: seconds, and predictions made in ``predict_seconds``."""

    fit_seconds: float
    predict_seconds: float
    n_predicted: int


@dataclass(frozen=True, eq=False)
class Questions:
    """What all models of a split are asked that declare the same views.

    Parameters
    ----------
    rows : ndarray of int, shape (n_cases,)
        Of the test cases, those that are changed.
    plan : list of Change
    columns : dict of str to Stepped
        Of these cases.
    changes : list of Changed
        Those of the plan, each as often as it is repeated.
    nudged : list of (str, Changed)
        Columns that share their information, with near values.
    shown : Cases
        The cases of all these, as a model sees them.
    """

    rows: np.ndarray
    plan: list[Change]
    columns: dict[str, Stepped]
    changes: list[Changed]
    nudged: list[tuple[str, Changed]]
    shown: Cases

    @classmethod
    def of(
        cls, views: Views, told: "Told", declared: frozenset[str], seed: int
    ) -> "Questions | None":
        """Draw them; None where the views hold nothing that could be changed."""
        rng = np.random.default_rng([seed, 13])
        plan = _planned(declared, views, told)
        if not plan:
            return None
        test = views.test_cases()
        n_shared = sum(_shares(change, told) for change in plan)
        n = int(np.clip(_MOST_ASKED // (len(plan) + n_shared), _LEAST_CASES, _MOST_CASES))
        rows = np.sort(rng.permutation(len(test))[:n])
        left = _MOST_ASKED // len(rows) - n_shared
        repeats = int(np.clip(left // len(plan), 1, _MOST_REPEATS))
        cases = test.take(rows)
        changes = [
            made for change in plan for _ in range(repeats) for made in [_made(change, cases, rng)]
        ]
        columns = {
            name: Stepped(name, cases.features[name], steps) for name, steps in told.steps.items()
        }
        nudged = list(_nudged(plan, told, columns, rng))
        asked = [*changes, *(made for _, made in nudged)]
        shown = views.as_shown(stacked(cases, asked), declared)
        for mark in (shown.events.offsets, *shown.events.marks.values()):
            mark.setflags(write=False)  # shared by the models that come after
        return cls(rows, plan, columns, changes, nudged, shown)

    def copy_of_shown(self) -> Cases:
        """Give a model a table of its own: one that changes its input changes nobody else's."""
        return Cases(self.shown.features.copy(), self.shown.events)


@dataclass(frozen=True, eq=False)
class Told:
    """What is known of a task's columns and events before a model is asked.

    ``steps`` are those of its columns; ``groups`` of columns and ``mark_groups`` share their
    information; ``kinds`` are the codes of the kinds of events, the most frequent first.
    """

    steps: Mapping[str, Coarse]
    groups: tuple[tuple[str, ...], ...]
    kinds: tuple[int, ...]
    mark_groups: tuple[tuple[str, ...], ...]
    _questions: dict[tuple[frozenset[str], int], Questions | None] = field(default_factory=dict)

    def questions(self, views: Views, declared: frozenset[str], seed: int) -> Questions | None:
        """Give what models that declare these views are asked; drawn once for all of them."""
        key = declared, seed
        if key not in self._questions:
            self._questions[key] = Questions.of(views, self, declared, seed)
        return self._questions[key]

    @classmethod
    def of(cls, views: Views) -> "Told":
        """Look at the cases of a task; where columns are many, at the outcomes of fit cases."""
        cases = views.all_cases()
        features = cases.features.iloc[_some(len(cases))]
        steps = {name: Coarse.of(column) for name, column in features.items()}
        groups = column_groups(features, steps)
        if len(groups) > _MOST_GROUPS:
            groups = _by_strength(groups, views, steps)
        events, found = cases.events, np.bincount(cases.events.kind, minlength=1)
        kinds = np.argsort(-found, kind="stable")[: np.count_nonzero(found)]
        marks = {name: mark for name, mark in events.marks.items() if name != "kind"}
        some = pd.DataFrame(marks).iloc[_some(events.n_events)]
        of_marks = {name: Coarse.of(column) for name, column in some.items()}
        return cls(
            steps,
            tuple(groups),
            tuple(kinds.tolist()),
            tuple(column_groups(some, of_marks)) if events.n_events else (),
        )


def _by_strength(
    groups: Sequence[tuple[str, ...]], views: Views, steps: Mapping[str, Coarse]
) -> list[tuple[str, ...]]:
    """Sort groups by how much they say of the outcome among fit cases, the most first."""
    fit, y = views.fit_cases(), views.outcomes()[0]
    at = _some(len(y))

    def merit(group: tuple[str, ...]) -> float:
        codes = (steps[name].codes(fit.features[name].iloc[at]) for name in group)
        return max(cramers_v([of_column, y[at]])[0, 1] for of_column in codes)

    return sorted(groups, key=merit, reverse=True)


def _some(n: int) -> np.ndarray:
    return np.sort(np.random.default_rng(n).permutation(n)[:_SAMPLED])


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
                "not computed: it would have taken about {seconds:.2g} s more, after {own:.2g} s "
                "to fit and predict",
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


def _planned(declared: frozenset[str], views: Views, told: Told) -> list[Change]:
    """List what is changed, for a model that declares these views."""
    plan = []
    if "features" in declared or views.is_derived(declared):
        apart = _MOST_GROUPS - (len(told.groups) > _MOST_GROUPS)
        plan += [Change(PERMUTED, names) for names in told.groups[:apart]]
        if others := tuple(chain.from_iterable(told.groups[apart:])):
            plan.append(Change(PERMUTED, others, others=True))
    if "events" in declared and not views.is_derived(declared):
        events = views.test_cases().events
        names = events.vocabulary["kind"]
        plan += [Change(REMOVED, (names[kind],)) for kind in told.kinds[:_MOST_KINDS]]
        if rest := tuple(names[kind] for kind in told.kinds[_MOST_KINDS:]):
            plan.append(Change(REMOVED, rest, others=True))
        plan += [Change(SHUFFLED, marks) for marks in told.mark_groups]
        plan.append(Change(SWAPPED, ()))
    return plan


def _made(change: Change, cases: Cases, rng: np.random.Generator) -> Changed:
    """Say how test cases are changed."""
    at = np.arange(len(cases))
    if change.kind == PERMUTED:
        return Changed(at, change.names, rng.permutation(len(cases)))
    events = cases.events
    if change.kind == REMOVED:
        kinds = np.flatnonzero(np.isin(events.vocabulary["kind"], change.names))
        holders = np.unique(events.owner[np.isin(events.kind, kinds)])
        return Changed(holders, events=partial(without, kinds=kinds))
    if change.kind == SHUFFLED:
        return Changed(at, events=partial(shuffled, marks=change.names, rng=rng))
    donors = rng.permutation(len(cases))
    return Changed(at, events=lambda _: events.take(donors))


def _nudged(
    plan: Sequence[Change],
    told: Told,
    columns: Mapping[str, Stepped],
    rng: np.random.Generator,
) -> Iterator[tuple[str, Changed]]:
    """Say for columns that share their information which cases are asked with near values."""
    for change in plan:
        if not _shares(change, told):
            continue
        names = [name for name in _drawn_of(change) if told.steps[name].is_ordered]
        order = rng.permutation(len(columns[names[0]].column))
        for number, name in enumerate(names):
            at, donors = nudges(columns[name], order[number :: len(names)], rng)
            yield name, Changed(at, (name,), donors)


def _shares(change: Change, told: Told) -> bool:
    """Tell whether a change is of columns that share their information, some of them numbers."""
    return (
        _has_curves(change)
        and len(change.names) > 1
        and any(told.steps[name].is_ordered for name in _drawn_of(change))
    )


def _has_curves(change: Change) -> bool:
    return change.kind == PERMUTED and not change.others


def _drawn_of(change: Change) -> tuple[str, ...]:
    return change.names[:_MOST_CURVES_OF_A_GROUP]


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
        elif number in drawn and _has_curves(change):
            donors = np.concatenate([one.donors for one in made])
            far = (changed[number] - p).ravel()
            curves = (
                _curve(asked.columns[name], moved.get(name), (donors, far), mean)
                for name in _drawn_of(change)
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
