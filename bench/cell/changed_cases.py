"""Test cases with something about them changed: another case's values, or events that are gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cases import Cases
from ..events import Events


@dataclass(frozen=True, eq=False)
class Changed:
    """A change of some cases.

    Parameters
    ----------
    at : ndarray of int, shape (n_changed,)
        Which of the cases.
    columns : tuple of str
        Those that have the values of the cases ``donors``, shape (n_changed,).
    donors : ndarray of int, optional
    events : callable, optional
        Turns the events of the cases ``at`` into others.
    """

    at: np.ndarray
    columns: tuple[str, ...] = ()
    donors: np.ndarray | None = None
    events: Callable[[Events], Events] | None = None


def stacked(cases: Cases, changes: Sequence[Changed]) -> Cases:
    """Put the cases of all changes below each other, so that a model is asked once."""
    values = {}
    for name, column in cases.features.items():
        rows = [one.donors if name in one.columns else one.at for one in changes]
        values[name] = column.array.take(np.concatenate(rows))
    at = np.concatenate([one.at for one in changes])
    features = pd.DataFrame(values, index=range(len(at)))
    if cases.events.n_events == 0:
        return Cases(features, cases.events.take(at))
    parts = [cases.events.take(one.at) for one in changes]
    return Cases(
        features,
        Events.joined(
            [
                part if one.events is None else one.events(part)
                for one, part in zip(changes, parts, strict=True)
            ]
        ),
    )


def without(events: Events, kinds: np.ndarray) -> Events:
    """Remove all events of some kinds, as if they had never been seen."""
    return events.kept(~np.isin(events.kind, kinds))


def shuffled(events: Events, marks: Sequence[str], rng: np.random.Generator) -> Events:
    """Give every event the marks of another one; first events keep that they have no gap."""
    order = rng.permutation(events.n_events)
    changed = dict(events.marks)
    for name in marks:
        changed[name] = events.marks[name][order]
    if "gap" in marks:
        is_first = np.zeros(events.n_events, dtype=bool)
        is_first[events.offsets[:-1][events.lengths > 0]] = True
        later = np.flatnonzero(~is_first)
        changed["gap"] = events.gap.copy()
        changed["gap"][later] = events.gap[rng.permutation(later)]
    return Events(events.offsets, changed, events.vocabulary)
