"""Cases as a matrix of numbers, for the small models of the checks."""

import numpy as np
import pandas as pd

from ..content_columns import without_content
from ..encoding import Ordinal
from ..task import Task

_KINDS_LOOKED_AT = 20


def described(task: Task, rows: np.ndarray) -> pd.DataFrame:
    """Give the features of some cases but texts and vectors, and what their events come to."""
    cases = task.cases.take(rows)
    features = without_content(cases.features)
    if not task.has_events:
        return features
    events = cases.events
    counts = np.bincount(events.kind, minlength=events.n_kinds)
    columns = {"number of events": events.lengths}
    for kind in np.argsort(-counts, kind="stable")[:_KINDS_LOOKED_AT]:
        name = f"events of the kind {events.vocabulary['kind'][kind]}"
        columns[name] = np.bincount(events.owner[events.kind == kind], minlength=len(cases))
    of_events = pd.DataFrame(columns)
    return pd.concat([features, of_events[of_events.columns.difference(features.columns)]], axis=1)


def as_numbers(table: pd.DataFrame) -> np.ndarray:
    """Give a matrix without missing values, shape (n_cases, n_columns).

    Missing values are put below all others: that something is missing can tell.  A classifier
    could split on missing values, but not where a part holds no other.
    """
    x = Ordinal().fit(table).transform(table)
    lowest = np.fmin.reduce(x, axis=0, initial=0.0)
    return np.where(np.isnan(x), 2.0 * lowest - 1.0, x)
