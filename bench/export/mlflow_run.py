"""A judged run, logged to a server of MLflow: figures with intervals, parameters, the report."""

import csv
import json
import logging
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import RequestError, did_you_mean

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

_SCHEMES = ("http", "https", "file")
# MLflow tries a silent server for minutes on end; what the user has set stands.
_PATIENCE = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
_FILES_ALLOWED = "MLFLOW_ALLOW_FILE_STORE"
_RUN, _PARENT = "intentbench_run", "mlflow.parentRunId"
_MADE = ("report.html", "report.xlsx", "report.pdf", "summary.json", "manifest.json")
_ABOUT = ("suite", "command", "started", "n_cells", "n_failed", "intentbench", "git_commit",
          "python", "platform")  # fmt: skip
_AT_ONCE, _LONGEST, _MOST_SAID = 500, 500, 160


def check_address(uri: str) -> None:
    """Refuse an address that cannot be one, before anything is computed.

    Raises
    ------
    RequestError
    """
    if find_spec("mlflow") is None:
        raise RequestError("--mlflow needs MLflow: pip install 'intentbench[mlflow]'")
    parts = urlsplit(uri)
    if parts.scheme not in _SCHEMES or not (parts.netloc or parts.path):
        raise RequestError(
            f"--mlflow {uri}: an address begins with http://, https:// or file:, as in "
            f"http://127.0.0.1:5000 or file:./mlruns.{did_you_mean(parts.scheme, _SCHEMES)}  A "
            "database has a server before it: mlflow server --backend-store-uri sqlite:///mlflow.db"
        )
    if parts.username or parts.password:
        raise RequestError(
            "--mlflow: the address holds a name or a password, and a run keeps its command.  Say "
            "them in the environment: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
        )


def log_run(folder: Path, uri: str) -> str:
    """Log a run whose report is written; gives where it is, in a sentence.

    A run of MLflow holds the report and the tables; inside it stands one for each task, and inside
    that one for each model and ensemble: its parameters and its figures, each with the ends of its
    interval.  A run that was logged there already is not logged again.

    Parameters
    ----------
    folder : Path
        Of the run, with its report.
    uri : str
        As of ``check_address``.

    Raises
    ------
    RequestError
        If the server takes it not, or not as a whole.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    name = manifest["run_id"]
    with _told(uri, name), _client(uri) as client:
        experiment = _experiment(client, f"intentbench: {manifest['suite']}")
        known = client.search_runs([experiment], f"tags.`{_RUN}` = '{name}'")
        for run in known:
            if run.info.status == "FINISHED":
                return f"MLflow has run {name} already: {run.info.run_id} at {uri}"
        for run in known:
            _give_up(client, experiment, run)
        whole = _begun(client, experiment, name, {_RUN: name})
        begun = [whole]
        try:
            _put(client, whole, params=_of_run(manifest))
            for file in _MADE:
                if (folder / file).is_file():
                    client.log_artifact(whole, str(folder / file))
            client.log_artifacts(whole, str(folder / "tables"), "tables")
            _log_tasks(client, experiment, whole, manifest, folder, begun)
        except BaseException:
            for run in begun:
                client.set_terminated(run, "FAILED")
            raise
        client.set_terminated(whole)
    return f"MLflow has the run as {whole} at {uri}"


def _log_tasks(
    client: "MlflowClient", experiment: str, whole: str, manifest: Mapping[str, Any],
    folder: Path, begun: list[str],
) -> None:  # fmt: skip
    params = {model["name"]: model["params"] for model in manifest["models"]}
    advised = {
        task["task"]: task["recommended"]
        for task in json.loads((folder / "summary.json").read_text(encoding="utf-8"))["tasks"]
    }
    with (folder / "tables" / "figures.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for task in manifest["tasks"]:
        of_task = [line for line in lines if line["task"] == task["name"]]
        begun.append(_begun(client, experiment, task["name"], {_RUN: ""}, inside=whole))
        about = {"recommended": advised.get(task["name"]) or "none", "plan": task["plan"]}
        _put(client, begun[-1], params={**about, "n_features": task["n_features"]})
        for entry in dict.fromkeys(line["entry"] for line in of_task):
            of_entry = [line for line in of_task if line["entry"] == entry]
            tags = {_RUN: "", **{key: of_entry[0][key] for key in ("title", "family", "standing")}}
            begun.append(_begun(client, experiment, entry, tags, inside=begun[-1]))
            known = params.get(entry, {})
            _put(client, begun[-1], params={"task": task["name"], **known}, figures=of_entry)
            client.set_terminated(begun.pop())
        client.set_terminated(begun.pop())


def _of_run(manifest: Mapping[str, Any]) -> dict[str, Any]:
    suite = manifest["suite_content"]
    return {
        **{key: manifest[key] for key in _ABOUT if manifest.get(key) is not None},
        "seeds": suite["seeds"],
        **{f"resampling.{key}": value for key, value in suite["resampling"].items()},
    }


def _figures(lines: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, float]]:
    """Give the figures of an entry and the ends of their intervals."""
    for line in lines:
        if line["calibration"]:
            continue
        at = f"_at_{line['threshold']}" if line["threshold"] else ""
        name = re.sub(r"[^\w.:/ -]", "_", line["metric"] + at, flags=re.ASCII)
        for part, ending in (("value", ""), ("low", "_low"), ("high", "_high")):
            if line[part]:
                yield name + ending, float(line[part])


def _put(
    client: "MlflowClient",
    run: str,
    params: Mapping[str, Any],
    figures: Iterable[Mapping[str, str]] = (),
) -> None:
    from mlflow.entities import Metric, Param

    client.log_batch(run, params=[Param(k, str(v)[:_LONGEST]) for k, v in params.items()])
    metrics = [Metric(name, value, 0, 0) for name, value in _figures(figures)]
    for first in range(0, len(metrics), _AT_ONCE):
        client.log_batch(run, metrics=metrics[first : first + _AT_ONCE])


def _begun(
    client: "MlflowClient", experiment: str, name: str, tags: Mapping[str, str], inside: str = ""
) -> str:
    parent = {_PARENT: inside} if inside else {}
    return client.create_run(experiment, tags={**tags, **parent}, run_name=name).info.run_id


def _give_up(client: "MlflowClient", experiment: str, run: "Run") -> None:
    """Mark what a server that went away took in part, and could not be told of, as failed."""
    if run.info.status != "RUNNING":
        return
    inside = f"tags.`{_PARENT}` = '{run.info.run_id}'"
    for each in client.search_runs([experiment], inside):
        _give_up(client, experiment, each)
    client.set_terminated(run.info.run_id, "FAILED")


def _experiment(client: "MlflowClient", name: str) -> str:
    found = client.get_experiment_by_name(name)
    return found.experiment_id if found is not None else client.create_experiment(name)


@contextmanager
def _client(uri: str) -> Iterator["MlflowClient"]:
    settings = dict(_PATIENCE)
    if urlsplit(uri).scheme == "file":
        settings[_FILES_ALLOWED] = "true"  # asked for by name; MLflow itself prefers a database
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own types
        from mlflow import MlflowClient

        logging.getLogger("mlflow").setLevel(logging.ERROR)
        yield MlflowClient(tracking_uri=uri)


@contextmanager
def _told(uri: str, name: str) -> Iterator[None]:
    """Turn whatever a server or a network does into one sentence."""
    try:
        yield
    except (RequestError, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        said = _why(error)
        raise RequestError(
            f"MLflow at {uri} did not take run {name} ({said}).  The run and its report are whole; "
            f"{_mended_by(said)}, and the same command logs it without computing anything again."
        ) from error


def _why(error: Exception) -> str:
    """Give what a library says, from where it names the cause: addresses and retries come first."""
    said = " ".join(str(error).split())
    *_before, said = re.split(r"Caused by |failed with (?=exception|error)", said)
    said = re.sub(r"^(\w+)\(<[^>]*>, ", r"\1(", said)  # an object's place in memory
    return said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]} ..."


def _mended_by(said: str) -> str:
    if re.search(r"error code 40[13]", said):
        return (
            "the server knows names: say yours by MLFLOW_TRACKING_USERNAME and "
            "MLFLOW_TRACKING_PASSWORD, or let it take requests for this address"
        )
    if re.search(r"\b5\d\d error|error code 5|INTERNAL_ERROR", said):
        return "the server's own log says what it lacks; mend it"
    if re.search(r"error code 404|valid JSON", said):
        return "what answers there is no tracking server of MLflow: mend the address"
    return "mend the address or start the server"
