"""`intentbench predict` on event logs: who is scored, and that nothing after the cut is seen."""

import contextlib
import io
import os

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.train.source import chosen_task, load_again
from intentbench.cli.main import main
from intentbench.datasets._event_log import chunks

ROLES = 'data = "event_log"\nwho = "user_id"\nwhen = "at"\nwhat = "did"\ntarget = "buy"\n'
SUITE = f"""
tasks = ["visit", "week"]
models = ["logistic_regression", "markov_chain"]
[task.visit]
{ROLES}path = "log.csv"
value = "price"
item = "thing"
after_events = 2
same_as = 3
[task.week]
{ROLES}path = "log.csv"
every = "1d"
within = "2d"
[resampling]
folds = 2
inner = 1
"""
START = pd.Timestamp("2024-06-03")
MODELS = [("visit", "logistic_regression"), ("visit", "markov_chain"), ("week", "markov_chain")]


def a_log(n_people=160, seed=0, days=12):
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(n_people):
        eager = rng.random()
        for _ in range(rng.integers(1, 4)):
            moment = START + pd.Timedelta(minutes=int(rng.integers(0, days * 1440)))
            for _ in range(rng.integers(1, 6)):
                kind = rng.choice(["view", "cart", "buy"], p=[0.7 - 0.4 * eager, 0.3, 0.4 * eager])
                price = round(float(rng.lognormal(2)), 2)
                rows.append((f"p{person:03}", moment, kind, price, rng.choice(list("abcdef"))))
                moment += pd.Timedelta(seconds=int(rng.integers(5, 400)))
    last = START + pd.Timedelta(days=days)
    rows += [("late", last + pd.Timedelta(seconds=s), "view", 2.0, "a") for s in (0, 9, 30)]
    log = pd.DataFrame(rows, columns=["user_id", "at", "did", "price", "thing"])
    return log.sort_values("at", ignore_index=True)


@contextlib.contextmanager
def inside(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    a_log().to_csv(folder / "log.csv", index=False)
    (folder / "suite.toml").write_text(SUITE, encoding="utf-8")
    with inside(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "suite.toml", "--jobs", "1"]) == 0
        for task, model in MODELS:
            words = ["--task", task, "--model", model, "-o", f"{task}_{model}.intent"]
            assert main(["train", *words]) == 0
    return folder


@pytest.fixture(autouse=True)
def here(shop, monkeypatch):
    monkeypatch.chdir(shop)


def scored(model, log, out="scored.parquet", *words):
    log.to_csv("new.csv", index=False)
    assert main(["predict", model, "new.csv", "-o", out, *words]) == 0
    return pd.read_parquet(out) if out.endswith("parquet") else pd.read_csv(out)


def refused(capsys, model, log, *words):
    log.to_csv("new.csv", index=False)
    assert main(["predict", model, "new.csv", "-o", "never.csv", *words]) == 2
    assert not os.path.exists("never.csv")
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return " ".join(said.split())


@pytest.mark.parametrize(("task", "model"), MODELS)
def test_visits_whose_outcome_is_known_get_what_the_model_gives_the_task(task, model):
    run = read_run(Store("results"))
    cases = load_again(run, chosen_task(run, task), Registry("dataset"))
    predictor = Predictor.load(f"{task}_{model}.intent")
    features = cases.cases.features[predictor.columns.names]
    p = predictor.predict_proba(features, cases.cases.events)[:, 1]
    found = scored(f"{task}_{model}.intent", a_log())
    assert found.columns.tolist() == ["row", "who", "when", "open", "probability", "decision"]
    assert found["row"].tolist() == list(range(1, len(found) + 1))
    by_case = {
        (who, when): each
        for who, when, each in zip(
            found["who"], found["when"].dt.tz_localize(None), found["probability"], strict=True
        )
    }
    people = sorted(set(a_log()["user_id"]))
    asked = [(people[g], pd.Timestamp(t)) for g, t in zip(cases.group, cases.time, strict=True)]
    # Among other neighbours: where they stand in a block, BLAS may round a linear model's last bit.
    np.testing.assert_allclose([by_case[case] for case in asked], p, rtol=1e-13)
    # Visits that only same_as had left out, and those that are open, are scored as well.
    assert len(found) > len(asked)
    known = found[~found["open"]]
    assert {*asked} <= {*zip(known["who"], known["when"].dt.tz_localize(None), strict=True)}
    assert found["open"].any()
    threshold = predictor.manifest.threshold.threshold
    np.testing.assert_array_equal(found["decision"], found["probability"] >= threshold)


@pytest.mark.parametrize(("task", "model"), MODELS)
def test_what_comes_after_the_cut_changes_no_score(task, model):
    log, middle = a_log(seed=1), START + pd.Timedelta(days=6)
    before = scored(f"{task}_{model}.intent", log[log["at"] < middle])
    # New kinds, items, prices, people, half seconds and copies; the target at once.
    later = log[log["at"] >= middle]
    planted = later.assign(
        did="buy", price=9e5, thing="new", at=later["at"] + pd.Timedelta(milliseconds=500)
    )
    odd = later.assign(user_id="A" + later["user_id"], did="unheard of")
    after = scored(f"{task}_{model}.intent", pd.concat([log, planted, odd, odd]))
    joined = before.merge(after, on=["who", "when"], suffixes=("", "_after"), how="left")
    assert len(joined) == len(before) > 50
    np.testing.assert_allclose(joined["probability_after"], joined["probability"], rtol=1e-13)
    assert before["open"].sum() > joined["open_after"].sum()


def test_visits_on_their_way_are_scored_and_others_are_counted(capsys):
    moment = START + pd.Timedelta(days=30)
    log = pd.DataFrame(
        [
            ("new", moment, "view", 3.0, "a"), ("new", moment, "swipe", 3.0, "z"),
            ("one", moment, "view", 1.0, "a"), ("done", moment, "buy", 1.0, "a"),
            ("done", moment, "view", 1.0, "a"),
        ],
        columns=["user_id", "at", "did", "price", "thing"],
    )  # fmt: skip
    found = scored("visit_logistic_regression.intent", log, "scored.csv")
    assert found["who"].tolist() == ["new"] and found["open"].tolist() == [True]
    assert found["when"].tolist() == ["2024-07-03 00:00:00.000000Z"]
    said = " ".join(capsys.readouterr().err.split())
    assert "1 cases scored by" in said
    assert "5 events of 3 people" in said
    assert "not scored: 1 did not reach event 2, or not yet, 1 already held the target" in said
    assert "1 events are of 1 kind that the model never saw: 'swipe'" in said
    assert "'last_kind': 1 of 1 cases hold a value that was never seen, such as 'swipe'" in said


def test_a_log_in_which_nobody_reached_the_cut_gives_an_empty_file(capsys):
    log = a_log()[:1]
    assert len(scored("visit_markov_chain.intent", log)) == 0
    assert "1 did not reach event 2, or not yet" in " ".join(capsys.readouterr().err.split())
    assert len(scored("week_markov_chain.intent", log)) == 0
    assert "1 are of people first seen after the last cut" in capsys.readouterr().err


def test_a_person_gets_the_same_score_in_a_log_of_few():
    whole = scored("visit_markov_chain.intent", a_log())
    few = a_log().query("user_id in ['p003', 'p004', 'p007', 'late']")
    found = scored("visit_markov_chain.intent", few)
    joined = found.merge(whole, on=["who", "when"], suffixes=("", "_whole"), how="left")
    assert len(found) > 3 and found["open"].any()
    np.testing.assert_array_equal(joined["probability_whole"], joined["probability"])


def test_parts_of_a_large_log_come_one_after_the_other(monkeypatch):
    whole = scored("visit_markov_chain.intent", a_log())
    monkeypatch.setattr(chunks, "_ROWS", 100)
    pd.testing.assert_frame_equal(scored("visit_markov_chain.intent", a_log()), whole)


def test_order_of_columns_further_ones_and_kind_of_file_change_nothing():
    whole = scored("visit_markov_chain.intent", a_log())
    other = a_log().assign(page="x")[["thing", "page", "did", "at", "price", "user_id"]]
    other.to_parquet("new.parquet")
    words = ["visit_markov_chain.intent", "new.parquet", "-o", "other.parquet"]
    assert main(["predict", *words]) == 0
    pd.testing.assert_frame_equal(pd.read_parquet("other.parquet"), whole)


def test_what_a_log_lacks_is_an_error_that_says_what_was_meant(capsys):
    model, log = "visit_markov_chain.intent", a_log()
    said = refused(capsys, model, log.rename(columns={"user_id": "userid"}))
    assert "who: new.csv has no column 'user_id'. Did you mean 'userid'?" in said
    said = refused(capsys, model, log.drop(columns="price"))
    assert "value: new.csv has no column 'price'" in said
    said = refused(capsys, model, log.assign(did=log["did"].str.title()))
    assert "no kind of event that the model was fitted on" in said and "Did you mean" in said
    assert "which no" not in refused(capsys, model, log, "--keep", "price")
    assert "--drop thing" in refused(capsys, model, log, "--drop", "thing")


def test_dates_and_numbers_are_read_as_those_of_the_fitted_log(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log = a_log()
    written = log.assign(
        at=log["at"].dt.strftime("%d/%m/%Y %H:%M:%S"),
        price=log["price"].map(lambda x: f"{1000 * x:_.2f}".replace(".", ",").replace("_", ".")),
    )
    written.to_csv("log.csv", index=False)
    suite = SUITE.replace(', "week"', "").replace('"logistic_regression", ', "")
    suite = suite.partition("[task.week]")[0] + "[resampling]" + suite.partition("[resampling]")[2]
    (tmp_path / "suite.toml").write_text(suite, encoding="utf-8")
    assert main(["run", "suite.toml", "--jobs", "1"]) == 0
    assert main(["train", "--model", "markov_chain", "-o", "m.intent"]) == 0
    # Neither the day nor what the point means can be told from these rows alone.
    few = written[written["user_id"] == "p000"].assign(price="1.234")
    few = few.assign(at="04/06/2024 10:00:00")
    found = scored("m.intent", few)
    assert found["when"].dt.month.tolist() == [6]
