"""When the outcome of each case was known: no model may learn from it earlier (purging)."""

from typing import Protocol

import numpy as np

from ..language.sentence import Sentence
from ..task import Card


class Timed(Protocol):
    """What is asked of a task, or of its record, that has times."""

    card: Card
    time: np.ndarray | None
    known_at: np.ndarray | None


def known_moments(task: Timed) -> np.ndarray:
    """Give the moment when each case's outcome was known, datetime64[s], shape (n_cases,).

    That is the case's own where the task tells it (``known_at``), and ``horizon_days`` of its card
    after its time elsewhere.
    """
    if task.known_at is not None:
        return task.known_at.astype("datetime64[s]")
    horizon = np.timedelta64(round(task.card.horizon_days * 86_400), "s")
    return task.time.astype("datetime64[s]") + horizon


def horizon_words(task: Timed) -> Sentence:
    """Say how long after their time outcomes are known, as in "within 7 days"."""
    if task.known_at is None:
        return Sentence("within {days:g} days", days=task.card.horizon_days)
    days = (known_moments(task) - task.time.astype("datetime64[s]")).astype(float) / 86_400
    return Sentence(
        "within {half:.2g} (half of the cases) to {all:.3g} days (all)",
        half=np.median(days),
        all=days.max(),
    )
