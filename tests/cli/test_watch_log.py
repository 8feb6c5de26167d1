"""`intentbench watch` and `recalibrate` of a model that reads an event log."""

import contextlib
import io
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.watch.history import read_history
from intentbench.cli.main import main
from intentbench.cli.watched_files import sha256_of

START = pd.Timestamp("2024-06-03")
SUITE = """
tasks = ["visit"]
models = ["markov_chain"]
[task.visit]
data = "event_log"
path = "log.csv"
who = "user_id"
when = "at"
what = "did"
target = "buy"
after_events = 5
[resampling]
folds = 2
inner = 1
"""


def visits(first_day, n_days, *, eager=0.0, n=60):
    """A log of visits, ``n`` a day; ``eager`` raises the share that buys, which nothing shows."""
    rng = np.random.default_rng(first_day)
    rows = []
    for day in range(first_day, first_day + n_days):
        for number in range(n):
            moment = START + pd.Timedelta(days=day, minutes=int(rng.integers(0, 1300)))
            kinds = list(rng.choice(["view", "cart", "read", "search"], 6))
            bought = rng.random() < 0.05 + 0.15 * kinds[:5].count("cart") + eager
            for kind in [*kinds, "buy"] if bought else kinds:
                rows.append((f"p{day}-{number}", moment, kind))
                moment += pd.Timedelta(seconds=int(rng.integers(5, 300)))
    return pd.DataFrame(rows, columns=["user_id", "at", "did"]).sort_values("at")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a model of two weeks."""
    folder = tmp_path_factory.mktemp("shop")
    visits(0, 14).to_csv(folder / "log.csv", index=False)
    (folder / "suite.toml").write_text(SUITE, encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "suite.toml", "--jobs", "1"]) == 0
        assert main(["train", "--model", "markov_chain", "-o", "shop.intent"]) == 0
    return folder


@pytest.fixture
def here(shop, tmp_path, monkeypatch):
    shutil.copy(shop / "shop.intent", tmp_path)
    monkeypatch.chdir(tmp_path)


def watch(log, *words):
    log.to_csv("new.csv", index=False)
    return main(["watch", "shop.intent", "--new", "new.csv", *words])


def history():
    path = Path("shop.watch.parquet")
    return read_history(path, Path("shop.intent"), sha256_of("shop.intent"))


def test_a_log_that_goes_on_is_watched_once_and_tells_its_outcomes(here, capsys):
    whole = pd.concat([visits(0, 14), visits(14, 7), visits(21, 7)]).sort_values("at")
    cut = START + pd.Timedelta(days=17, hours=12)
    assert watch(whole[whole["at"] < cut]) == 0
    first, said = history(), " ".join(capsys.readouterr().err.split())
    assert "cases up to 2024-06-16" in said and "the model was fitted on them" in said
    assert first.cases.time.min() > np.datetime64("2024-06-16T20:00")
    is_open = first.cases.y < 0
    assert 150 < len(first.cases) < 250 and 0 < is_open.sum() < 30
    assert main(["predict", "shop.intent", "new.csv", "-o", "scored.parquet"]) == 0
    scored = pd.read_parquet("scored.parquet")
    by_who = dict(zip(scored["who"], scored["probability"], strict=True))
    p = [by_who[who] for who in first.cases.group]
    np.testing.assert_allclose(p, first.cases.p, rtol=1e-13)
    # The same log again brings nothing; the one that goes on tells what was open.
    assert watch(whole[whole["at"] < cut]) == 2
    assert "no case that is new" in capsys.readouterr().err
    assert watch(whole) == 0
    second = history()
    n = len(first.cases)
    np.testing.assert_array_equal(second.cases.id[:n], first.cases.id)
    np.testing.assert_array_equal(second.cases.p[:n], first.cases.p)
    assert (second.cases.y[:n] >= 0).all()
    assert len(set(second.cases.id)) == len(second.cases) >= 14 * 60
    buyers = set(whole.loc[whole["did"] == "buy", "user_id"])
    known = second.cases.y >= 0
    expected = [who in buyers for who in second.cases.group[known]]
    np.testing.assert_array_equal(second.cases.y[known], expected)
    assert "gap_last" in second.looks[1].effects and "hour" not in second.looks[1].effects
    assert watch(whole[whole["at"] < cut]) == 2
    assert "Watch logs in their order" in " ".join(capsys.readouterr().err.split())


def test_what_moves_in_a_log_is_found_and_labels_mend_it(here, capsys):
    later = visits(14, 7, eager=0.3)
    later["did"] = later["did"].where(later["did"] != "view", "swipe")
    assert watch(later) == 3
    said = " ".join(capsys.readouterr().err.split())
    assert "'visit: view'" in said and "never saw: 'swipe'" in said
    assert "The log loss is" in said
    words = ["recalibrate", "shop.intent", "--new", "new.csv", "-o", "shop2.intent"]
    assert main(words) == 0
    assert "labels of new.csv" in Predictor.load("shop2.intent").manifest.calibration
    assert main(["recalibrate", "shop.intent", "-o", "shop3.intent"]) == 2
    assert "or a log that tells outcomes" in " ".join(capsys.readouterr().err.split())


def test_labels_of_a_log_are_joined_by_person_and_moment(here, capsys):
    log = visits(14, 2)
    last = log.groupby("user_id")["at"].transform("max")
    seen = log[(log["did"] != "buy") & (last >= log["at"].max() - pd.Timedelta(minutes=30))]
    assert watch(seen) == 0
    n_open = int((history().cases.y < 0).sum())
    assert n_open > 1
    assert main(["predict", "shop.intent", "new.csv", "-o", "scored.csv"]) == 0
    scored = pd.read_csv("scored.csv").query("open")
    labels = scored[["who", "when"]].assign(bought=["yes"] + ["no"] * (len(scored) - 1))
    command = ["watch", "shop.intent", "--labels", "labels.csv"]
    labels.head(1).to_csv("labels.csv", index=False)
    assert main(command) == 0
    labels.drop(columns="when").to_csv("labels.csv", index=False)
    assert main(command) == 0
    cases = history().cases
    assert (cases.y >= 0).all() and cases.y.sum() == 1
    for made, words, said in (
        (labels.drop(columns="who"), [], "has no column 'user_id'"),
        (labels.assign(more=1), [], "name it with --label"),
        (labels, ["--id", "who"], "named by person and moment"),
        (labels, ["--drop", "who"], "that have no role are not read"),
    ):
        made.to_csv("labels.csv", index=False)
        assert main([*command, *words]) == 2
        assert said in " ".join(capsys.readouterr().err.split())
