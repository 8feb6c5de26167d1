"""What fitted models are asked to find what drives them: test cases, changed.

All models that declare the same views are asked about the same cases, changed in the same ways.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd

from ..cases import Cases
from ..store.drivers import PERMUTED, REMOVED, SHUFFLED, SWAPPED, Change
from .changed_cases import Changed, shuffled, stacked, without
from .coarse import Coarse
from .column_groups import column_groups, cramers_v
from .direction import Stepped, nudges
from .views import Views

_MOST_ASKED = 6000  # changed cases in all: few hundred of each change
_MOST_CASES, _LEAST_CASES = 1000, 30
_MOST_REPEATS = 5
_MOST_GROUPS, _MOST_KINDS = 30, 8
_MOST_CURVES_OF_A_GROUP = 3
_SAMPLED = 4000  # cases, to see which columns share their information


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
        names = [name for name in drawn_of(change) if told.steps[name].is_ordered]
        order = rng.permutation(len(columns[names[0]].column))
        for number, name in enumerate(names):
            at, donors = nudges(columns[name], order[number :: len(names)], rng)
            yield name, Changed(at, (name,), donors)


def _shares(change: Change, told: Told) -> bool:
    """Tell whether a change is of columns that share their information, some of them numbers."""
    return (
        has_curves(change)
        and len(change.names) > 1
        and any(told.steps[name].is_ordered for name in drawn_of(change))
    )


def has_curves(change: Change) -> bool:
    """Tell whether curves can be drawn of a change: which way probabilities go with its columns."""
    return change.kind == PERMUTED and not change.others


def drawn_of(change: Change) -> tuple[str, ...]:
    """Name the columns of a change of which curves are drawn."""
    return change.names[:_MOST_CURVES_OF_A_GROUP]
