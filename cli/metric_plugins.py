"""Metrics that are plugins: those that are given, and those that a stored run was judged with."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..bench.conformance.metric_checks import check_metric
from ..bench.errors import ModelError, RequestError
from ..bench.metrics.added import added
from ..bench.metrics.metrics import METRICS
from ..bench.plugins.loading import load
from ..bench.plugins.registry import Plugin, Registry


@contextmanager
def taking_part(plugins: Iterable[Plugin]) -> Iterator[None]:
    """Let metrics take part in what is judged and printed, when each keeps its contract.

    Raises
    ------
    RequestError
        If one cannot be loaded, breaks the contract, or has the name of another.
    """
    found: dict[str, Plugin] = {}
    metrics = []
    for plugin in plugins:
        try:
            metric = load(plugin)
            check_metric(metric)
        except ModelError as error:
            where = "" if str(plugin.path) in str(error) else f"{plugin.path}: "
            raise RequestError(f"{where}{error}") from error
        if metric.name in METRICS or metric.name in found:
            other = f" in {found[metric.name].path}" if metric.name in found else " of the house"
            raise RequestError(
                f"{plugin.path}: there is a metric {metric.name!r}{other} already.  Choose another "
                "name."
            )
        found[metric.name] = plugin
        metrics.append(metric)
    with added(metrics):
        yield


def all_of(metrics: Registry) -> list[Plugin]:
    """Give the metrics that take part in a run: those of installed packages, and those given."""
    return [metrics.find(name) for name in metrics.names()]


def noted(plugins: Iterable[Plugin]) -> list[dict[str, Any]]:
    """Say for a run's manifest which metrics took part, where they are and what they were."""
    return [
        {
            "name": plugin.name,
            "path": str(plugin.path),
            "module": plugin.module,
            "sha256": _sha256(plugin.path),
        }
        for plugin in plugins
    ]


def of_runs(
    manifests: Sequence[Mapping[str, Any]], metrics: Registry, results: Sequence[Path]
) -> list[Plugin]:
    """Find the metrics that stored runs were judged with, and those that are given now.

    A file outside of the results folders, as it was when the run was judged, is found where it was.
    Nothing else that a stored run names is ever executed.

    Parameters
    ----------
    manifests : sequence of mapping
        Of the runs.
    metrics : Registry
        With the files that the command line gives.
    results : sequence of Path
        The results folders in which the runs are.

    Raises
    ------
    RequestError
        If one is gone or was changed; says how to give it.
    """
    found = {name: metrics.find(name) for name in metrics.given}
    for about in [about for manifest in manifests for about in manifest.get("metrics", ())]:
        name, path = about["name"], Path(about["path"])
        if name in found:
            continue
        if about["module"] is not None:
            if name not in metrics.names():
                raise RequestError(
                    f"the run was judged with the metric {name!r} of the package of "
                    f"{about['module']!r}, which is not installed any more.  Install it, or give "
                    "the metric's file: --plugin FILE."
                )
            found[name] = metrics.find(name)
            continue
        fault = _fault(path, about["sha256"], results)
        if fault:
            raise RequestError(
                f"the run was judged with the metric {name!r} of {path}, which {fault}.  Give the "
                f"file that is to be used: --plugin {path}"
            )
        found[name] = Plugin("metric", name, path, None)
    return list(found.values())


def _fault(path: Path, sha256: str, results: Sequence[Path]) -> str:
    if not path.is_file():
        return "is gone"
    if any(path.resolve().is_relative_to(folder.resolve()) for folder in results):
        return "lies in a results folder, where nothing is executed"
    return "" if _sha256(path) == sha256 else "has changed since"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
