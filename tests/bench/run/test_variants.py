"""Tasks that a suite makes of data sets with other parameters, and the truth that they may know."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.cell.transport import send_cases
from intentbench.bench.errors import DataError, RequestError, StoreError
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import load_task, prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite, Variant


@pytest.fixture
def shops(plugins):
    return Registry("dataset", [plugins / "known_shop.py", plugins / "toy_shop.py"])


def suite(**variants):
    return Suite(
        name="known", title="Known", tasks=tuple(variants) or ("known_shop",),
        models=("decision_tree",), resampling=Resampling(folds=2),
        variants={name: Variant("known_shop", given) for name, given in variants.items()},
    )  # fmt: skip


def test_each_variant_is_a_task_of_its_own(shops):
    work = prepare(suite(small={"n_cases": 100}, other={"seed": 3}), Registry("model"), shops)
    small, other = work.tasks
    assert (small.name, len(small), other.name, len(other)) == ("small", 100, "other", 200)
    assert small.card.title == "Known shop (n_cases = 100)"
    assert small.fingerprint() != other.fingerprint()
    assert set(work.plans) == {"small", "other"}


def test_the_truth_is_stored_and_scored(shops, tmp_path):
    store = Store(tmp_path)
    work = prepare(suite(small={"n_cases": 300}), Registry("model"), shops)
    watcher = type("Silent", (), {"__getattr__": lambda self, name: lambda *given: None})()
    execute_run(work, store, 1, watcher, {})
    run = read_run(store)
    truth = run.tasks[0].truth
    assert list(truth) == ["features"]
    assert np.array_equal(truth["features"], work.tasks[0].truth["features"])
    (judged,) = judge(run, draws=50).tasks
    assert judged.ceilings[0].views == "features"
    gaps = {gap.metric: gap.difference.value for gap in judged.models[0].shortfalls}
    best = judged.ceilings[0].scores[Key("roc_auc")].value
    assert gaps["roc_auc"] == pytest.approx(best - judged.models[0].scores[Key("roc_auc")].value)


def test_no_worker_is_told_the_truth(shops, tmp_path):
    task = load_task(shops.find("known_shop"))
    send_cases(task.cases, tmp_path / "sent")
    about = json.loads((tmp_path / "sent" / "about.json").read_text(encoding="utf-8"))
    assert set(about) == {"marks", "vocabulary"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"n_case": 3}, "no parameter 'n_case'.  Did you mean 'n_cases'?  It has: n_cases, seed."),
        ({"colour": "red"}, "no parameter 'colour'.  It has: n_cases, seed."),
    ],
)
def test_unknown_parameters_are_named(shops, given, words):
    with pytest.raises(RequestError) as error:
        load_task(shops.find("known_shop"), "mine", given)
    assert words in str(error.value)


def test_a_data_set_without_parameters_says_so(shops):
    with pytest.raises(RequestError, match=r"no parameter 'after'.  It has none."):
        load_task(shops.find("toy_shop"), "mine", {"after": 3})


def test_a_value_that_the_data_set_cannot_use_is_an_error_of_the_data(shops):
    with pytest.raises(DataError, match="reading the data failed: "):
        load_task(shops.find("known_shop"), "mine", {"n_cases": "many"})


def test_a_variant_cannot_hide_a_data_set(shops):
    with pytest.raises(RequestError, match=r"\[task.toy_shop\] has the name of a data set"):
        prepare(suite(toy_shop={}), Registry("model"), shops)


def test_a_variant_of_unknown_data_is_refused(shops):
    wrong = replace(suite(mine={}), variants={"mine": Variant("known_shp", {})})
    with pytest.raises(RequestError, match="unknown dataset 'known_shp'.  Did you mean 'known_sh"):
        prepare(wrong, Registry("model"), shops)


def test_a_truth_that_is_no_probability_is_refused(shops):
    task = load_task(shops.find("known_shop"))
    for wrong in (task.truth["features"] + 0.5, task.truth["features"][1:], np.full(200, np.nan)):
        with pytest.raises(DataError, match="the truth given features must be a probability"):
            replace(task, truth={"features": wrong})


def test_cells_of_another_version_ask_to_run_again(toy_run, tmp_path):
    toy_run("steady")
    store = Store(tmp_path / "results")
    run = read_run(store)
    key = run.cells[0].key
    facts, predictions = store.read_cell(key).facts, run.predictions(run.cells[0])
    del facts["explanations"]
    shutil.rmtree(store.cell_folder(key))  # one that is whole would stay
    store.write_cell(key, facts, predictions)
    with pytest.raises(StoreError, match="KeyError: 'explanations'.*Run the suite again"):
        read_run(store)
    _, notes = toy_run("steady")
    assert notes.cells == ["steady/0"] and "damaged" in " ".join(notes.said)
