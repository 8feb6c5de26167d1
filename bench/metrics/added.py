"""Metrics besides those of the house: they take part for as long as a block runs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from .metrics import METRICS, Metric


@contextmanager
def added(metrics: Iterable[Metric]) -> Iterator[None]:
    """Let further metrics take part in all that is judged, compared and printed.

    Parameters
    ----------
    metrics : iterable of Metric
        Each has a name of its own.
    """
    before = dict(METRICS)
    METRICS.update({metric.name: metric for metric in metrics})
    try:
        yield
    finally:
        METRICS.clear()
        METRICS.update(before)
