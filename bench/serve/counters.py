"""What a service counts, in the text form that Prometheus reads."""

import os
from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

from .scoring import Scored

# Where the processes of one service put their counts together; the library reads it at import.
FOLDER_OF_ALL = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
disable_created_metrics()  # a line more for each count, which says when it began
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_SCORES = tuple(step / 20 for step in range(1, 21))


class Counters:
    """Requests, their seconds, scores, missing and unseen values.

    Parameters
    ----------
    name, title : str
        Of the model.
    columns : sequence of str
        Its columns; each has counts from the first on, so that a share can be told at once.
    """

    def __init__(self, name: str, title: str, columns: Sequence[str]):
        own = self._registry = CollectorRegistry()
        model = Gauge(
            "intentbench_model", "Is 1; its labels name the model.", ("name", "title"),
            registry=own, multiprocess_mode="max",
        )  # fmt: skip
        model.labels(name, title).set(1)
        self._requests = Counter(
            "intentbench_requests", "Requests answered.", ("path", "status"), registry=own
        )
        self._seconds = Histogram(
            "intentbench_request_seconds", "From a request's first byte to its answer.", ("path",),
            registry=own, buckets=_SECONDS,
        )  # fmt: skip
        self._cases = Counter("intentbench_cases", "Cases scored.", registry=own)
        self._scores = Histogram(
            "intentbench_score", "Probability of yes of each case.", registry=own, buckets=_SCORES
        )
        self._odd = {
            what: Counter(f"intentbench_{what}_values", said, ("column",), registry=own)
            for what, said in (
                ("missing", "Cases that lack a column."),
                ("unseen", "Cases with a category that no fitted case had."),
                ("beyond", "Cases with a number beyond those fitted."),
            )
        }
        for counter in self._odd.values():
            for column in columns:
                counter.labels(column)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count a request; ``path`` is that of a route, not what a client may make up."""
        self._requests.labels(path, status).inc()
        self._seconds.labels(path).observe(seconds)

    def scored(self, scored: Scored) -> None:
        """Count the cases of an answer."""
        self._cases.inc(len(scored.probability))
        for p in scored.probability.tolist():
            self._scores.observe(p)
        for what, counter in self._odd.items():
            for column, count in getattr(scored.counted, what).items():
                counter.labels(column).inc(count)

    def text(self) -> bytes:
        """Give the counts of all processes of the service."""
        registry = self._registry
        if os.environ.get(FOLDER_OF_ALL):
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry)
