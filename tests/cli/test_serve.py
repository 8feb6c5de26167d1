"""``intentbench serve`` as a process: what it answers, that it ends in order, what it refuses."""

import contextlib
import http.client
import io
import json
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlparse

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.cli import serve
from intentbench.cli.main import main

JSON = {"Content-Type": "application/json"}
PATIENCE = 300  # seconds, which end a test that would never end
SUITE = 'tasks = ["cdnow"]\nmodels = ["{}"]\n[resampling]\nfolds = 2\n'


def visits(n, seed):
    rng = np.random.default_rng(seed)
    spent = rng.lognormal(3, 1, n)
    moment = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400_000, n), unit="m")
    return pd.DataFrame(
        {
            "pages": rng.poisson(4, n),
            "channel": rng.choice(["mail", "ad", "direct, web", ""], n, p=[0.3, 0.3, 0.3, 0.1]),
            "spent": [f"€ {x:,.2f}" if x > 8 else "-" for x in spent],
            "member since": moment.strftime("%d/%m/%Y"),
            "bought": np.where(rng.random(n) < 1 / (1 + np.exp(30 / spent - 1)), "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a file of a model of a table of one's own, and new rows."""
    folder = tmp_path_factory.mktemp("served")
    visits(700, 1).to_csv(folder / "visits.csv", index=False)
    visits(60, 2).drop(columns="bought").to_csv(folder / "new.csv", index=False)
    (folder / "quick.toml").write_text(SUITE.format("logistic_regression"), encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "quick.toml", "--data", "visits.csv", "--target", "bought"]) == 0
        assert main(["train", "--model", "logistic_regression", "-o", "shop.intent"]) == 0
        assert main(["predict", "shop.intent", "new.csv", "-o", "scored.parquet"]) == 0
    return folder


@contextlib.contextmanager
def process(folder, *words):
    command = [sys.executable, "-P", "-m", "intentbench", "serve", "shop.intent", "--port", "0",
               "--seconds", str(PATIENCE)]  # fmt: skip
    with subprocess.Popen(
        [*command, *words], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        try:
            running.place = urlparse(running.stdout.readline().strip())
            deadline = time.monotonic() + PATIENCE
            while not is_ready(running):
                assert running.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
            yield running
        finally:
            running.kill()


def is_ready(running):
    with contextlib.suppress(OSError, http.client.HTTPException):
        return ask(running, "GET", "/ready")[0] == 200
    return False


def ask(running, method, path, body=None, headers=None):
    client = http.client.HTTPConnection(
        running.place.hostname, running.place.port, timeout=PATIENCE
    )
    client.request(method, path, body, headers or {})
    answer = client.getresponse()
    content = answer.read()
    client.close()
    return answer.status, content


def rows_of(folder):
    """The new rows as JSON, their cells as they stand in the file."""
    cells = pd.read_csv(folder / "new.csv", keep_default_na=False)
    return cells.assign(pages=cells["pages"].astype(object)).to_dict("records")


def test_rows_get_what_predict_gives_the_same_rows_and_it_ends_in_order(shop):
    expected = pd.read_parquet(shop / "scored.parquet")
    with process(shop) as running:
        body = json.dumps({"rows": rows_of(shop)}).encode()
        status, content = ask(running, "POST", "/predict", body, JSON)
        assert status == 200, content
        answer = json.loads(content)["predictions"]
        assert [one["probability"] for one in answer] == expected["probability"].tolist()
        assert [one["decision"] for one in answer] == expected["decision"].tolist()
        # The target and columns that were left out may be there.
        target = [row | {"bought": "yes"} for row in rows_of(shop)]
        assert ask(running, "POST", "/predict", json.dumps({"rows": target}), JSON)[0] == 200
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert "answers POST /predict" in said and said.endswith("has been answered.\n")


@pytest.mark.parametrize(
    ("change", "at", "said"),
    [
        ({"pages": "many"}, "", "'pages' of the request was a number"),
        ({"member since": "soon"}, "", "was a date when the model was fitted (31/12/2024)"),
        ({"member since": 3}, "rows[0]['member since']", "must be a date or null; found 3"),
        ({"spent": True}, "rows[0]['spent']", "a number, the text of one as it stood in the data"),
        ({"chanel": "ad"}, "rows[0]['chanel']", "Did you mean 'channel'?"),
    ],
)
def test_rows_that_are_not_as_the_table_was_are_told(shop, change, at, said):
    with contextlib.chdir(shop):
        predictor = Predictor.load("shop.intent")
        scoring = serve._scoring(predictor, "shop.intent", serve_limits())
    from intentbench.bench.serve.refusals import RefusedError

    with pytest.raises(RefusedError) as raised:
        scoring.answer(json.dumps({"rows": [rows_of(shop)[0] | change]}).encode())
    assert raised.value.status == 422
    assert raised.value.faults[0].at == at and said in raised.value.faults[0].message


def test_unreadable_and_mixed_cells_are_never_taken_for_missing(shop):
    from intentbench.bench.serve.refusals import RefusedError

    scoring = serve._scoring(Predictor.load(shop / "shop.intent"), "shop.intent", serve_limits())
    rows = rows_of(shop)
    rows[3] |= {"spent": "a lot"}
    with pytest.raises(RefusedError, match="'a lot' cannot be read as it was"):
        scoring.answer(json.dumps({"rows": rows}).encode())
    with pytest.raises(RefusedError, match="texts in some rows and numbers in others"):
        scoring.answer(json.dumps({"rows": [rows[0], rows[1] | {"spent": 3.5}]}).encode())


def serve_limits():
    from intentbench.bench.serve.limits import Limits

    return Limits()


def test_several_processes_answer_and_count_together(shop):
    with process(shop, "--workers", "2", "--token", "s3cret") as running:
        token = {"Authorization": "Bearer s3cret"}
        body = json.dumps({"rows": rows_of(shop)[:2]})
        deadline = time.monotonic() + PATIENCE
        n_asked = 0
        while n_asked < 20 and time.monotonic() < deadline:
            status, content = ask(running, "POST", "/predict", body, JSON | token)
            assert status in (200, 503), content  # the second process may load as yet
            n_asked += status == 200
        assert ask(running, "POST", "/predict", body, JSON)[0] == 401
        assert (
            b"\nintentbench_cases_total 40.0\n" in ask(running, "GET", "/metrics", None, token)[1]
        )
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=PATIENCE)
    assert running.returncode == 0


def test_model_that_needs_no_tensorflow_does_not_import_it(shop):
    code = (
        "import sys\n"
        "from intentbench.cli.serve import make_app\n"
        "from intentbench.bench.serve.limits import Limits\n"
        "from intentbench.bench.deploy.predictor import Predictor\n"
        "predictor = Predictor.load('shop.intent')\n"
        "make_app('shop.intent', (), Limits(), '', predictor)\n"
        "print({'tensorflow', 'keras', 'pgmpy', 'xgboost'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=shop, capture_output=True)
    assert done.stdout == b"set()\n", done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.intent"], "there is no such file"),
        (["new.csv"], "not a whole file of a model"),
        (["shop.intent", "--port", "99999"], "--port from 0 to 65535"),
        (["shop.intent", "--workers", "0"], "--workers must be 1 or more"),
        (["shop.intent", "--host", "nowhere.invalid"], "nowhere.invalid port 8080 cannot be"),
        (["shop.intent", "--token", "two words"], "--token: a token has letters"),
    ],
)
def test_wrong_words_are_told(shop, monkeypatch, capsys, words, said):
    monkeypatch.chdir(shop)
    assert main(["serve", *words]) == 2
    assert said in capsys.readouterr().err


def test_what_is_not_installed_is_told_with_what_installs_it(shop, monkeypatch, capsys):
    monkeypatch.setattr(serve, "find_spec", lambda name: None if name == "uvicorn" else os)
    assert main(["serve", "shop.intent"]) == 2
    assert "needs uvicorn: pip install 'intentbench[serve]'" in capsys.readouterr().err
