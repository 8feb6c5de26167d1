"""`intentbench run --mlflow`: what arrives, and that a silent server loses nothing."""

import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.export import mlflow_run
from intentbench.bench.export.mlflow_run import check_address

pytest.importorskip("mlflow", reason="the extra 'mlflow' is not installed")
RUN = ["run", "quick.toml", "--data", "visits.csv", "--target", "bought", "--jobs", "1"]
SUITE = 'tasks = ["cdnow"]\nmodels = ["logistic_regression", "decision_tree"]\n'
SUITE += "[resampling]\nfolds = 2\n"
SUITE += '[ensembles]\nall = ["linear", "tree"]\n'
# In a process of its own: MLflow warns of its own types at import.
TOLD = """
import contextlib, io, json, mlflow, os, sys
from intentbench.cli.main import main

said = []
def log(uri):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*json.loads(sys.argv[2]), '--mlflow', uri])
    said.append([code, out.getvalue(), ' '.join(err.getvalue().split())])

for uri in ('file:./kept', 'file:./kept', *json.loads(sys.argv[1])):
    log(uri)
client = mlflow.MlflowClient('file:./kept')
(experiment,) = [e for e in client.search_experiments() if e.name != 'Default']
number = experiment.experiment_id
runs = client.search_runs([number], max_results=1000)
# As a server leaves them that went away before the end.
(whole,) = [r.info.run_id for r in runs if r.data.tags.get('intentbench_run')]
client.update_run(whole, 'RUNNING')
inside = client.create_run(number, tags={'mlflow.parentRunId': whole}).info.run_id
log('file:./kept')
again = client.search_runs([number], "tags.intentbench_run != ''")
print(json.dumps({
    'said': said,
    'experiment': experiment.name,
    'runs': [[r.info.run_name, r.info.status, r.data.tags, r.data.params, r.data.metrics,
              r.info.run_id, [f.path for f in client.list_artifacts(r.info.run_id)]] for r in runs],
    'half': [client.get_run(run).info.status for run in (whole, inside)],
    'again': [r.info.status for r in again if r.info.run_id != whole],
}))
"""


class Refuses(http.server.BaseHTTPRequestHandler):
    """Answers each request by the status that stands first in its path, and by a page."""

    def answered(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"<html>no</html>"
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answered

    def log_message(self, *_):
        pass


REFUSALS = {
    500: "the server's own log says what it lacks; mend it",
    401: "say yours by MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
    404: "no tracking server of MLflow: mend the address",
    200: "no tracking server of MLflow: mend the address",
}


@pytest.fixture(scope="module")
def refusing():
    """The address of a server that speaks, and is no server of MLflow."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuses) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def shop(tmp_path_factory, refusing):
    """A folder with a run that was logged, to nobody and to refusals too; what MLflow has of it."""
    folder = tmp_path_factory.mktemp("logged")
    rng = np.random.default_rng(0)
    pages = rng.poisson(4, 300)
    bought = np.where(rng.random(300) < pages / 12, "yes", "no")
    pd.DataFrame({"pages": pages, "bought": bought}).to_csv(folder / "visits.csv", index=False)
    (folder / "quick.toml").write_text(SUITE, encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        others = [f"http://127.0.0.1:{taken.getsockname()[1]}"]
        others += [f"{refusing}/{status}" for status in REFUSALS]
        done = subprocess.run(
            [sys.executable, "-P", "-c", TOLD, json.dumps(others), json.dumps(RUN)],
            cwd=folder, capture_output=True, text=True,
            env={**os.environ, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_a_run_is_logged_once_with_all_that_it_found(shop):
    folder, kept = shop
    (code, _, first), (again, _, second), *_ = kept["said"]
    assert (code, again) == (0, 0)
    assert re.search(r"MLflow has the run as \w{32} at file:./kept", first)
    assert "MLflow has run" in second and "already" in second
    assert kept["experiment"] == "intentbench: quick"
    runs = {name: rest for name, *rest in kept["runs"]}
    assert len(runs) == len(kept["runs"]) and {rest[0] for rest in runs.values()} == {"FINISHED"}
    (whole,) = [name for name in runs if re.match(r"\d{8}-", name)]
    _, tags, params, _, number, files = runs[whole]
    assert tags["intentbench_run"] == whole and params["resampling.folds"] == "2"
    assert {"report.html", "report.xlsx", "tables", "manifest.json"} <= set(files)
    _, tags, params, _, of_task, _ = runs["visits"]
    assert tags["mlflow.parentRunId"] == number and params["n_features"] == "1"
    figures = pd.read_csv(next(folder.glob("results/runs/2*")) / "tables" / "figures.csv")
    for entry in ("logistic_regression", "decision_tree", "base_rate", "stacking_all"):
        _, tags, params, metrics, _, _ = runs[entry]
        assert tags["mlflow.parentRunId"] == of_task and params["task"] == "visits"
        (line,) = figures.query(f"entry == '{entry}' and metric == 'roc_auc'").to_dict("records")
        for part, name in (("value", "roc_auc"), ("low", "roc_auc_low"), ("high", "roc_auc_high")):
            assert metrics[name] == line[part]
        assert "f1_at_chosen" in metrics
    assert runs["logistic_regression"][2]["C"] == "0.3"


def test_a_server_that_is_not_there_loses_nothing(shop):
    folder, kept = shop
    code, out, err = kept["said"][2]
    assert code == 2 and (folder / out.strip()).is_file()
    assert "did not take run" in err and "The run and its report are whole" in err
    assert "mend the address or start the server, and the same command" in err


@pytest.mark.parametrize("place", range(len(REFUSALS)))
def test_a_server_that_refuses_is_told_with_what_mends_it(shop, place):
    code, _, err = shop[1]["said"][3 + place]
    assert code == 2 and "did not take run" in err and "Traceback" not in err
    assert list(REFUSALS.values())[place] in err


def test_what_was_taken_in_part_is_marked_and_logged_as_a_whole(shop):
    kept = shop[1]
    assert kept["half"] == ["FAILED", "FAILED"] and kept["again"] == ["FINISHED"]
    assert "MLflow has the run as" in kept["said"][-1][2]


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("htp://host:5000", "Did you mean 'http'"),
        ("mlruns", "an address begins with"),
        ("sqlite:///mlflow.db", "mlflow server --backend-store-uri"),
        ("http://ann:secret@host", "MLFLOW_TRACKING_USERNAME"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_computed(uri, said):
    with pytest.raises(RequestError, match=re.escape(said)) as raised:
        check_address(uri)
    assert "secret" not in str(raised.value)


def test_mlflow_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setattr(mlflow_run, "find_spec", lambda name: None)
    with pytest.raises(RequestError, match=re.escape("intentbench[mlflow]")):
        check_address("http://127.0.0.1:5000")
