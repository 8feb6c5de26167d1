"""Events with a name for what was never seen, so that a fitted model can be shown it."""

from dataclasses import replace

from ..cases import Cases
from ..events import Events
from ..task import Task

UNSEEN = "(never seen)"


def with_unseen(task: Task) -> Task:
    """Give the task with one more name, the last, in the vocabulary of every categorical mark."""
    events = task.cases.events
    if not task.has_events:
        return task
    vocabulary = {name: (*names, UNSEEN) for name, names in events.vocabulary.items()}
    widened = Events(events.offsets, events.marks, vocabulary)
    return replace(task, cases=Cases(task.cases.features, widened))
