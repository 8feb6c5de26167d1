"""Cases on disk in a run: who learns from them, who is drawn on curves, and where they are read."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cell.further_cases import asked_of_further, learning_from
from intentbench.bench.cluster.shared_cases import look_for_further
from intentbench.bench.errors import DataError, EngineError
from intentbench.bench.language.sentence import said
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.curve import LEARNING, Curve
from intentbench.bench.suite.suite import Suite, Variant
from intentbench.bench.train.fit_on_all import fit_on_all


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Prepare runs of a table of which 400 of 2,000 rows are in memory."""
    folder = tmp_path_factory.mktemp("further")
    rng = np.random.default_rng(0)
    x = rng.normal(size=2000)
    y = rng.random(2000) < 1 / (1 + np.exp(-x))
    table = pd.DataFrame({"x": x, "kind": rng.choice(["a", "b"], 2000), "y": y})
    table.to_parquet(folder / "large.parquet", index=False)
    given = {"path": str(folder / "large.parquet"), "target": "y", "rows": 400}

    def of(models, curves=(), **how):
        suite = Suite(
            "large", "large", ("large",), models,
            resampling=Resampling(folds=2),
            variants={"large": Variant("table_file", {**given, "out_of_core": True})},
            curves=curves,
        )  # fmt: skip
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
            return prepare(suite, Registry("model"), Registry("dataset"), **how)

    return of


@pytest.fixture(scope="module")
def work(prepared):
    asked = (Curve(LEARNING, "large", shares=(0.5,)),)
    return prepared(("naive_bayes", "decision_tree"), asked)


def test_card_says_who_learns_from_disk_and_limits_give_them_time(work):
    (task,) = work.tasks
    assert task.further.n_cases == 1600
    caveats = [said(caveat) for caveat in task.card.caveats]
    assert caveats[1] == "From the cases on disk learn, too: Naive Bayes, Base rate."
    assert work.suite.limits.seconds > Suite("s", "s", ()).limits.seconds


def test_learning_curve_is_of_models_that_learn_in_memory(work):
    (curve,) = work.curves
    assert set(curve.models) == {"decision_tree", "base_rate"}
    assert [point.further for point in work.points] == [None]


def test_curve_that_nobody_asked_for_is_of_models_that_learn_in_memory(prepared):
    work = prepared(("naive_bayes", "decision_tree", "decision_tree+weighted"))
    (curve,) = work.curves
    assert set(curve.models) == {"decision_tree", "decision_tree+weighted", "base_rate"}
    assert [point.task for point in curve.points] == [
        "large@0.125", "large@0.25", "large@0.5", "large"
    ]  # fmt: skip
    assert prepared(("naive_bayes",)).curves == ()
    assert prepared(("decision_tree",), is_limited=True).curves == ()


def test_cell_of_such_a_model_learns_from_both(work):
    (task,), (split,) = work.tasks, work.plans["large"][0].splits
    test = work.plans["large"][0].test
    asked = asked_of_further(task, split, test, None)
    cases, valid = task.cases.take(split.fit), task.cases.take(split.valid)
    seen = {"valid": (valid, task.target[split.valid])}
    rate = learning_from(load(Registry("model").find("base_rate")), asked)()
    rate.fit(cases, task.target[split.fit], **seen)
    outcomes = np.concatenate([task.target[split.fit], task.further.target])
    assert rate.base_rate_ == outcomes.mean()
    assert "fit" not in vars(rate)
    tree = partial(load(Registry("model").find("decision_tree")), random_state=0)
    p = [
        made().fit(cases, task.target[split.fit], **seen).predict_proba(valid)
        for made in (tree, learning_from(tree, asked))
    ]
    assert np.array_equal(*p)


def test_cell_learns_from_no_others_than_those_asked_for(work):
    (task,), (split,) = work.tasks, work.plans["large"][0].splits
    asked = asked_of_further(task, split, work.plans["large"][0].test, None)
    made = learning_from(load(Registry("model").find("base_rate")), {**asked, "sha256": "other"})()
    cases, valid = task.cases.take(split.fit), task.cases.take(split.valid)
    with pytest.raises(DataError, match="holds other cases than those that were asked for"):
        made.fit(cases, task.target[split.fit], valid=(valid, task.target[split.valid]))


class Workers:
    """Stands for a client: one worker sees this machine's disk, and maybe another one does not."""

    def __init__(self, *, elsewhere):
        self.elsewhere = elsewhere

    def run(self, function, folder, sha256, on_error):
        answers = {"tcp://here:1": function(folder, sha256)}
        if self.elsewhere:
            answers["tcp://there:1"] = function(folder + "-there", sha256)
        return answers


def test_workers_that_do_not_find_cases_on_disk_are_refused(work):
    look_for_further(Workers(elsewhere=False), work.tasks)
    with pytest.raises(EngineError, match="out-of-core.*: tcp://there:1.  Let XDG_CACHE_HOME name"):
        look_for_further(Workers(elsewhere=True), work.tasks)
    (task,) = work.tasks
    changed = replace(task, further=replace(task.further, sha256="other"))
    with pytest.raises(EngineError, match="tcp://here:1"):
        look_for_further(Workers(elsewhere=False), [changed])


def test_trained_on_all_means_on_those_on_disk_too(work):
    (task,) = work.tasks
    rate = load(Registry("model").find("base_rate"))
    fitted = fit_on_all(rate, task, work.suite.resampling, 0)
    outcomes = np.concatenate([task.target, task.further.target])
    assert fitted.scorer.model.base_rate_ == outcomes.mean()
    assert said(fitted.how) == "Fitted on all 2,000 cases."
    tree = load(Registry("model").find("decision_tree"))
    assert "400 cases" in said(fit_on_all(tree, task, work.suite.resampling, 0).how)
