"""Logs that say of each event which session it is of, and nothing of the person."""

from dataclasses import replace

import numpy as np

from ..bench.cases import Cases
from ..bench.task import Task

# A session's events belong together, whatever lies between them.
WHOLE = "1d"
_OF_EARLIER_VISITS = ("days_known", "days_since_visit", "days_since_target", "visit_items_known")


def one_case_a_session(task: Task) -> Task:
    """Keep the first case of a session, and what its own events say; nobody has a past here."""
    first = np.sort(np.unique(task.group, return_index=True)[1])
    cases = task.cases.take(first)
    known = [
        name
        for name in cases.features
        if not name.startswith("before") and name not in _OF_EARLIER_VISITS
    ]
    return replace(
        task,
        cases=Cases(cases.features[known], cases.events),
        target=task.target[first],
        group=None,
        time=task.time[first],
        known_at=task.known_at[first],
    )
