"""compare and what it gives, on a small table whose outcome hangs on two of its columns."""

import html
import subprocess
import sys
from xml.etree import ElementTree

import intentbench as ib
import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError, RequestError, StoreError
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.neighbors import KNeighborsClassifier


def frame(n=600):
    rng = np.random.default_rng(0)
    spend, channel = rng.gamma(2.0, 30.0, n), rng.choice(["web", "app", "shop"], n)
    odds = 0.03 * (spend - 60) + (channel == "app") - 0.8
    return pd.DataFrame(
        {
            "spend": spend,
            "channel": pd.Categorical(channel),
            "noise": rng.normal(size=n),
            "bought": np.where(rng.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no"),
        },
        index=rng.permutation(n),
    )


def compared(results):
    return ib.compare(
        frame(),
        target="bought",
        models=["logistic_regression", ExtraTreesClassifier(20, min_samples_leaf=5)],
        folds=3,
        value=40,
        cost=3,
        jobs=1,
        results=results,
        progress=False,
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def result(results):
    return compared(results)


def test_the_table_holds_every_model_and_the_base_rate(result):
    table = result.table()
    assert {"logistic_regression", "extra_trees_classifier", "base_rate"} <= set(table.index)
    assert table.loc["logistic_regression", "figure"] > 0.7
    assert (table["low"] <= table["figure"]).where(table["figure"].notna(), True).all()
    loss = result.table("log_loss")
    assert loss.loc["logistic_regression", "figure"] < loss.loc["base_rate", "figure"]


def test_the_quickest_of_those_in_the_race_is_recommended(result):
    recommended = result.recommended
    table = result.table()
    assert recommended.name in table.index
    assert recommended.title in recommended.reason
    assert recommended.name != "base_rate"


def test_drivers_are_those_of_the_columns_that_decide(result):
    drivers = result.drivers("logistic_regression")
    assert set(drivers["driver"][:2]) == {"spend", "channel"}
    spend = drivers.set_index("driver").loc["spend"]
    assert spend["roc_auc_lost_low"] > 0
    assert spend["direction"] == "rises"
    assert spend["p_from"] < spend["p_to"]
    assert result.drivers()["driver"].notna().all()
    with pytest.raises(RequestError, match="logistic_regresion"):
        result.drivers("logistic_regresion")


def test_figures_are_told_apart_by_a_column_that_is_no_feature(tmp_path):
    n = 900
    shop = np.where(np.arange(n) % 3 == 0, "small", "large")
    table = frame(n).assign(shop=shop).reset_index(drop=True)
    asked = {"models": "logistic_regression", "folds": 2, "jobs": 1, "progress": False}
    said = {"target": "bought", "drop": ["shop"], "slices": ["shop", "spend"]}
    made = ib.compare(table, results=tmp_path, **said, **asked)
    again = ib.load(results=tmp_path)
    for result in (made, again):
        slices = result.slices()
        assert set(slices["column"]) == {"shop", "spend"}
        assert slices.groupby("column")["n_cases"].sum().to_dict() == {"shop": n, "spend": n}
        sizes = slices.set_index("value")["n_cases"]
        assert sizes["small"] == n // 3
    assert "shop" not in set(made.drivers()["names"])
    with pytest.raises(RequestError, match="no task has a column 'shopp'.*'shop'"):
        ib.compare(table, target="bought", slices="shopp", **asked)
    with pytest.raises(RequestError, match="names of columns"):
        ib.compare(table, target="bought", slices=3, **asked)


def test_noise_recommends_nothing():
    noise = frame(300).assign(bought=np.random.default_rng(1).permutation(frame(300)["bought"]))
    result = ib.compare(
        noise, target="bought", models="decision_tree", folds=2, jobs=1, progress=False
    )
    assert result.recommended.name == ""
    assert "base rate" in result.recommended.reason


def test_gains_are_what_the_predictions_say(result):
    gains = result.gains([0.1, 0.5, 1.0], model="logistic_regression")
    assert gains.loc[1.0, "found"] == pytest.approx(1)
    assert gains.loc[1.0, "lift"] == pytest.approx(1)
    by_hand = []
    for _, fold in result.predictions().groupby("fold"):
        ordered = fold.sort_values("logistic_regression", ascending=False)["outcome"].to_numpy()
        top = 0.1 * len(fold)
        whole = int(top)
        found = ordered[:whole].sum() + (top - whole) * ordered[whole]
        by_hand.append(found / ordered.sum())
    assert gains.loc[0.1, "found"] == pytest.approx(np.mean(by_hand), abs=1e-6)
    assert (gains["found_low"] <= gains["found"]).all()


def test_predictions_hold_each_tested_case_once(result):
    predictions = result.predictions()
    assert sorted(predictions["case"]) == list(range(600))
    outcome = (frame()["bought"] == "yes").to_numpy()
    assert (predictions["outcome"].to_numpy() == outcome[predictions["case"]]).all()


def test_money_reaches_the_decisions(result):
    assert result.judgement.run.decisions.profit == (40, 3)


def test_the_page_can_be_saved_and_shown(result, tmp_path):
    page = result.save(tmp_path / "report.html").read_text()
    assert "Logistic regression" in page
    shown = html.unescape(result._repr_html_().partition('srcdoc="')[2])
    assert result.recommended.headline in shown and "Whom to act on" in shown
    assert len(shown) < 100_000 and "<script" not in shown
    assert result.recommended.headline in repr(result)
    with pytest.raises(RequestError, match=r"\.html"):
        result.save(tmp_path / "report.pdf")


def test_charts_of_the_decision_stand_alone(result):
    for what, title in (("gains", "Acting on a tenth"), ("profit", "Highest profit")):
        picture = result.plot(what)
        assert picture.title.startswith(title)
        root = ElementTree.fromstring(picture._repr_svg_())
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert picture._repr_html_().startswith('<img alt="')
    with pytest.raises(RequestError, match="Did you mean 'profit'"):
        result.plot("profits")


def test_a_second_call_computes_nothing_and_a_stored_run_is_read(result, results):
    cells = sorted((results / "cells").rglob("*.json"))
    again = compared(results)
    assert sorted((results / "cells").rglob("*.json")) == cells
    assert len(cells) > 0
    pd.testing.assert_frame_equal(again.table(), result.table())
    loaded = ib.load(result.run_id, results=results)
    pd.testing.assert_frame_equal(loaded.predictions(), result.predictions())
    with pytest.raises(StoreError, match="no run"):
        ib.load("none", results=results)


def test_a_result_without_a_folder_leaves_none(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = ib.compare(
        frame(200), target="bought", models="decision_tree", folds=2, jobs=1, progress=False
    )
    assert any(tmp_path.iterdir())
    del result
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"targt": "bought"}, "did you mean 'target'"),
        ({"target": "bought", "value": 40}, "value says nothing without cost"),
        (
            {"target": "bought", "cost": 3},
            r"cost says nothing without value; give both, as in value=40, cost=3",
        ),
        ({"target": "bought", "value": "x", "cost": 3}, "above 0"),
        ({"target": "bought", "budget": 2}, "share"),
        ({"target": "bought", "folds": 1}, "folds 1: a whole number from 2 on"),
        ({"target": "bought", "folds": "3"}, "folds 3: a whole number from 2 on"),
        ({"target": "bought", "inner": 1.5}, "inner 1.5: a whole number from 1 on"),
        ({"target": "bought", "seed": -1}, "seed -1: a whole number from 0 on"),
        ({"target": "bougt"}, "bought"),
    ],
)
def test_what_has_no_meaning_is_refused(said, told):
    with pytest.raises((RequestError, DataError), match=f"(?i){told}"):
        ib.compare(frame(60), models="decision_tree", jobs=1, progress=False, **said)


@pytest.mark.parametrize("jobs", [0, -1, 1.5, "two"])
def test_workers_are_a_whole_number(jobs):
    with pytest.raises(RequestError, match=f"jobs {jobs}: at least one worker"):
        ib.compare(frame(60), target="bought", models="decision_tree", jobs=jobs, progress=False)


@pytest.mark.parametrize("named", [True, False])
def test_comparison_that_is_stopped_says_what_is_kept(named, monkeypatch, tmp_path):
    def stopped(suite, models, datasets, store, *others, **given):
        store.prepare()
        raise KeyboardInterrupt

    monkeypatch.setattr("intentbench.api.compare.run_suite", stopped)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    results = tmp_path / "mine" if named else None
    said = "finished cells are in .*mine" if named else "nothing is kept"
    with pytest.raises(KeyboardInterrupt, match=said):
        ib.compare(frame(60), target="bought", models="decision_tree", results=results)
    assert [path.name for path in tmp_path.iterdir()] == (["mine"] if named else [])


def test_cells_in_a_store_are_those_of_every_machine(tmp_path):
    shared = (tmp_path / "shared").as_uri()
    asked = {"target": "bought", "models": "decision_tree", "folds": 2, "jobs": 1}
    one = ib.compare(frame(200), results=tmp_path / "one", store=shared, progress=False, **asked)
    brought = ib.load(results=tmp_path / "two", store=shared)
    assert brought.run_id == one.run_id
    assert brought.table().equals(one.table())
    again = ib.compare(frame(200), store=shared, progress=False, **asked)
    assert again.table().equals(one.table())
    manifest = again.judgement.run.manifest
    assert manifest["n_reused"] == manifest["n_cells"]


def test_comparison_that_is_stopped_keeps_its_cells_in_the_store(monkeypatch, tmp_path):
    def stopped(*others, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr("intentbench.api.compare.run_suite", stopped)
    shared = (tmp_path / "shared").as_uri()
    with pytest.raises(KeyboardInterrupt, match=f"finished cells are in {shared}"):
        ib.compare(frame(60), target="bought", models="decision_tree", store=shared)


def test_store_that_is_none_is_refused():
    with pytest.raises(RequestError, match="store 'shared': there is no such store.*file:///"):
        ib.compare(frame(60), target="bought", store="shared", progress=False)


def test_data_that_are_none_are_refused():
    with pytest.raises(RequestError, match="Did you mean 'cdnow'"):
        ib.compare("cdnw", progress=False)
    with pytest.raises(RequestError, match="target is said of data of your own"):
        ib.compare("cdnow", target="x", progress=False)
    with pytest.raises(RequestError, match="data is a list"):
        ib.compare([1, 2], target="x", progress=False)


def test_importing_the_package_loads_nothing_else():
    code = "import sys, intentbench; print([m for m in ('numpy', 'pandas') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert told.stdout.strip() == "[]"
    assert {"compare", "load"} <= set(dir(ib))
    with pytest.raises(AttributeError, match="no attribute 'compar'"):
        _ = ib.compar


def test_rows_may_stand_for_many_cases():
    rng = np.random.default_rng(1)
    shown, young = rng.integers(2_000, 90_000, 150), rng.random(150) < 0.4
    ads = pd.DataFrame(
        {
            "age": np.where(young, "18-24", "25-34"),
            "shown": shown,
            "clicks": rng.binomial(shown, np.where(young, 0.02, 0.005)),
        }
    )
    result = ib.compare(
        ads, target="clicks", trials="shown", jobs=1, progress=False,
        models=[ExtraTreesClassifier(5), KNeighborsClassifier(10)],
    )  # fmt: skip
    predictions = result.predictions()
    assert predictions["weight"].sum() == shown.sum()
    (judged,) = result.judgement.tasks
    without = {entry.name: entry.contestant.fitted_without_weights for entry in judged.models}
    assert without == {
        "extra_trees_classifier": False, "kneighbors_classifier": True, "base_rate": False,
    }  # fmt: skip
    rates = [
        np.average(of_outcome["extra_trees_classifier"], weights=of_outcome["weight"])
        for _, of_outcome in predictions.groupby("outcome")
    ]
    assert 0.003 < rates[0] < rates[1] < 0.03
