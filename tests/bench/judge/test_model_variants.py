from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Limits, Suite
from intentbench.reports.sections import model_variants

PLUGINS = Path(__file__).parents[2] / "plugins"
# A plugin has variants, too; one of these cannot be made, as its model uses no weights.
MODELS = ("steady", "steady+mutual_information", "steady+undersampled", "steady+weighted")


class Nobody:
    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        pass

    def finished(self, cell):
        pass

    def says(self, text):
        pass


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    suite = Suite(
        name="wide", title="Wide", tasks=("wide_shop",), models=MODELS, ensembles={},
        resampling=Resampling(folds=2), limits=Limits(seconds=600, gigabytes=2),
    )  # fmt: skip
    work = prepare(
        suite,
        Registry("model", [PLUGINS / "steady.py"]),
        Registry("dataset", [PLUGINS / "wide_shop.py"]),
    )
    store = Store(tmp_path_factory.mktemp("variants"))
    (task,) = judge(execute_run(work, store, 2, Nobody(), {"command": "pytest"}), draws=200).tasks
    return task


def test_each_variant_is_compared_with_its_model(judged):
    entries = {entry.name: entry for entry in judged.models}
    outcomes = {one.name: one for one in judged.variants}
    assert set(outcomes) == set(MODELS[1:]) and {one.base for one in judged.variants} == {"steady"}

    def auc(name):
        return np.mean([
            METRICS["roc_auc"](judged.task.target[fold.rows], fold.p)
            for fold in entries[name].predictions
        ])  # fmt: skip

    gain = outcomes["steady+undersampled"].gain.difference
    assert gain.value == pytest.approx(auc("steady+undersampled") - auc("steady"))
    assert gain.low <= gain.value <= gain.high
    assert entries["steady+undersampled"].title == "Steady, under-sampled"


def test_what_a_selection_kept_is_told_over_its_fits(judged):
    (one,) = [one for one in judged.variants if one.kept]
    assert one.name == "steady+mutual_information" and len(one.kept) == 2
    assert one.n_columns == 2 and one.always + one.never <= 2
    gains, kept = model_variants.section(judged).blocks[1:]
    assert [row.title for row in kept.rows] == ["Steady, by mutual information"]
    assert len(gains.rows) == 3


def test_one_that_cannot_be_made_fails_with_the_reason(judged):
    (one,) = [one for one in judged.variants if one.name == "steady+weighted"]
    assert one.gain is None
    entry = next(entry for entry in judged.models if entry.name == "steady+weighted")
    assert "uses no weights" in entry.contestant.failures[0]
