"""`intentbench run --mlflow`: what arrives, and that a silent server loses nothing."""

import json
import os
import re
import socket
import subprocess
import sys

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
for uri in ('file:./kept', 'file:./kept', sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*json.loads(sys.argv[2]), '--mlflow', uri])
    said.append([code, out.getvalue(), ' '.join(err.getvalue().split())])
client = mlflow.MlflowClient('file:./kept')
(experiment,) = [e for e in client.search_experiments() if e.name != 'Default']
runs = client.search_runs([experiment.experiment_id], max_results=1000)
print(json.dumps({
    'said': said,
    'experiment': experiment.name,
    'runs': [[r.info.run_name, r.info.status, r.data.tags, r.data.params, r.data.metrics,
              r.info.run_id, [f.path for f in client.list_artifacts(r.info.run_id)]] for r in runs],
}))
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a run that was logged twice, and once to nobody; and what MLflow has of it."""
    folder = tmp_path_factory.mktemp("logged")
    rng = np.random.default_rng(0)
    pages = rng.poisson(4, 300)
    bought = np.where(rng.random(300) < pages / 12, "yes", "no")
    pd.DataFrame({"pages": pages, "bought": bought}).to_csv(folder / "visits.csv", index=False)
    (folder / "quick.toml").write_text(SUITE, encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-P", "-c", TOLD, nobody, json.dumps(RUN)],
            cwd=folder, capture_output=True, text=True,
            env={**os.environ, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_a_run_is_logged_once_with_all_that_it_found(shop):
    folder, kept = shop
    (code, _, first), (again, _, second), _ = kept["said"]
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
