"""Which networks learn another task first, what of it, and what is refused."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.errors import DataError, RequestError
from intentbench.bench.events import Events
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run import carry_out
from intentbench.bench.run.canary import canary_work
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.sender import Sender
from intentbench.bench.run.transfer_plan import MOST_CASES, plan_transfer
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.store.transfer import TransferRecord
from intentbench.bench.suite.curve import Curve
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.suite.suite import Suite, Variant
from intentbench.bench.task import Card, Task
from intentbench.bench.train.named_model import named_model

CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.")


def simulated(seed, **given):
    return Variant("simulated", {"n_cases": 300, "length": 4, "base_rate": 0.4, "seed": seed})


def a_suite(**given):
    asked = {
        "tasks": ("visits",),
        "models": ("base_rate", "gru", "markov_chain"),
        "variants": {"visits": simulated(1), "others": simulated(2), "again": simulated(1)},
        "pretrain_on": "others",
    }
    return Suite("transfer", "Transfer", resampling=Resampling(folds=2), ensembles={},
                 **(asked | given))  # fmt: skip


def prepared(**given):
    return prepare(a_suite(**given), Registry("model"), Registry("dataset"))


@pytest.fixture(scope="module")
def work():
    return prepared()


def test_networks_of_events_are_judged_with_and_without_on_a_learning_curve(work):
    names = ["base_rate", "gru", "markov_chain", "gru+transferred"]
    assert [plugin.name for plugin, _ in work.models] == names
    assert work.models[-1][1].title == "GRU, pre-trained on others"
    (curve,) = work.curves
    assert [point.task for point in curve.points] == ["visits@0.125", "visits@0.25", "visits"]
    assert set(curve.models) == {"base_rate", "gru", "gru+transferred"}
    assert "gru+transferred" not in {plugin.name for plugin, _ in canary_work(work).models}


def test_the_fingerprint_of_the_source_is_part_of_the_key(work):
    keys = {
        name: {(c.task, c.fold, c.plugin.name): c.key for c in plan_cells(made)}
        for name, made in (("work", work), ("other", prepared(variants={
            "visits": simulated(1), "others": simulated(3),
        })))
    }  # fmt: skip
    for place, key in keys["work"].items():
        same = place[2] != "gru+transferred"
        assert (keys["other"][place] == key) == same, place
    assert len(set(keys["work"].values())) == len(keys["work"])


def test_parameters_of_a_network_are_those_of_its_entry_too():
    made = prepared(parameters={"gru": {"units": 4}})
    params = {c.plugin.name: dict(c.params) for c in plan_cells(made)}
    assert params["gru+transferred"] == {"units": 4} and params["markov_chain"] == {}


def test_a_curve_of_the_suite_s_own_is_drawn_with_and_without():
    made = prepared(curves=(Curve("learning", "visits", (0.5,), models=("gru",)),))
    (curve,) = made.curves
    assert [point.task for point in curve.points] == ["visits@0.5", "visits"]
    assert set(curve.models) == {"base_rate", "gru", "gru+transferred"}


def test_a_cell_is_sent_the_source_and_no_outcome_of_a_test_case(work, tmp_path):
    store = Store(tmp_path / "results")
    store.prepare()
    cell = next(c for c in plan_cells(work) if c.plugin.name == "gru+transferred")
    with store.scratch("run") as scratch:
        sender = Sender(work, store, scratch)
        request = sender.request(replace(cell, params={"units": 4}))
        source = carry_out.receive_source(carry_out.Path(request["source"]))
        np.testing.assert_array_equal(source.target, cell.source.target)
        said = carry_out.answer(request | {"measure": False, "drivers": False}, lambda told: None)
        assert said["says"] == "done", said
        predicted = sender.predictions(cell, request)
    assert len(predicted.test) == sender.n_predicted(cell)[1]
    told = said["facts"]["explanations"][0]
    assert "300 cases of" in told["reading"] and told["rows"][0][0] == "home"
    assert said["facts"]["params"]["source"].startswith("300 cases of Simulated visits")


def test_suites_and_refusals_name_it(tmp_path):
    file = tmp_path / "suite.toml"
    file.write_text('tasks = ["taobao"]\npretrain_on = "rees46"\n', encoding="utf-8")
    assert load_suite(str(file)).pretrain_on == "rees46"
    file.write_text('tasks = ["taobao"]\npretrain_on = 3\n', encoding="utf-8")
    with pytest.raises(RequestError, match="pretrain_on must be a text"):
        load_suite(str(file))
    with pytest.raises(RequestError, match=r"gru\+transferred comes with --pretrain-on TASK"):
        prepared(models=("gru+transferred",))


def test_no_model_file_is_made_of_it():
    transfer = TransferRecord("others", {"gru+transferred": "gru"}, {}, {})
    with pytest.raises(RequestError, match="learnt the task 'others' first.*--model gru"):
        named_model(SimpleNamespace(transfer=transfer), "visits", "gru+transferred", None)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pretrain_on": "visits"}, "is a task of this run"),
        ({"pretrain_on": "again"}, "has the very cases of the task 'visits'"),
        ({"pretrain_on": "nowhere"}, "nowhere"),
        ({"models": ("markov_chain",)}, "none of the models .* gru, lstm"),
        ({"models": ("gru+cropped",)}, "none of the models"),
        (
            {"variants": {"others": simulated(2),
                          "visits": Variant("simulated", {"n_cases": 100, "base_rate": 0.05})}},
            r"too few to see.*shares = \[0.5\]",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(given, words):
    with pytest.raises(RequestError, match=words):
        prepared(**given)


def test_a_source_that_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("INTENTBENCH_DATA", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(DataError, match="rees46"):
        prepared(pretrain_on="rees46")


GRU = [(Registry("model").find("gru"), outline(Registry("model").find("gru")))]


def a_task(name, *, kinds=("view", "buy"), group=None, n=40, events=True, seed=0):
    rng = np.random.default_rng(seed)
    marks = {"kind": rng.integers(0, 2, n).astype(np.int32), "gap": np.zeros(n, np.float32)}
    seen = Events(np.arange(n + 1), marks, {"kind": kinds}) if events else Events.none(n)
    y = (np.arange(n) % 2).astype(np.int8)
    return Task(name, Cases(pd.DataFrame(index=range(n)), seen), y, CARD, group=group)


def planned(source, task, data=("shop", "another")):
    return plan_transfer(source, data[0], [(task, data[1])], GRU)


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ({"events": False}, {}, "'source' is a table"),
        ({}, {"events": False}, "'target' is a table"),
        ({"kinds": ("GROCERY", "FUEL")}, {}, "no kind of event in common: GROCERY, FUEL; and view"),
        ({"n": 18}, {}, "9 positive and 9 negative cases; 10 of each"),
    ],
)
def test_tasks_between_which_nothing_can_go_over_are_refused(source, target, words):
    with pytest.raises(RequestError, match=words):
        planned(a_task("source", **{"seed": 1, **source}), a_task("target", **target))


def test_people_of_the_task_are_left_out_where_they_may_be_the_same():
    people = np.arange(40)
    task = a_task("target", group=people)
    source = a_task("source", group=people + 10, seed=1)
    own = replace(CARD, sha256="f")
    for pair, data in (
        ((source, task), ("shop", "shop")),
        ((replace(source, card=own), replace(task, card=own)), ("a", "b")),
    ):
        with pytest.raises(RequestError, match="30 about people of the task were left out"):
            planned(*pair, data)
    assert len(planned(source, task, ("a", "b")).sources["target"]) == 40
    apart = planned(a_task("source", group=people + 20, n=40, seed=1), task, ("shop", "shop"))
    assert apart.record()["n_cases"] == {"target": 20}
    with pytest.raises(RequestError, match="may share cases"):
        planned(a_task("source", seed=1), task, ("shop", "shop"))


def test_of_a_large_source_a_draw_is_learnt():
    given = planned(a_task("source", n=MOST_CASES + 50, seed=1), a_task("target"))
    assert len(given.source_of("target@0.25")) == MOST_CASES
