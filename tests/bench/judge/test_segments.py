"""Segments judged on test cases: rates, lifts, what is hidden; and a run that has some."""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.judge import judge
from intentbench.bench.judge.segments import segments_of_models
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.stats.confusion_intervals import jeffreys_interval
from intentbench.bench.store.records import CellRecord, RunRecord, TaskRecord
from intentbench.bench.store.segments import CellSegments, Difference, Segment, as_text
from intentbench.bench.suite.suite import Suite
from intentbench.bench.task import Card

CARD = Card("Toy", "?", "made up", "none", "1 = yes")
SEGMENTS = (Segment(90, (Difference("a", "", 1.0, 0.0, 1.5),)), Segment(60), Segment(9))


def record(number, y, *, group=None, weight=None, noted=None):
    n = len(y)
    fold = Fold(0, np.arange(n), (Split(np.arange(n, n + 5), np.arange(n + 5, n + 9)),))
    target = np.concatenate([y, np.ones(9, dtype=int)]).astype(np.int8)
    more = {
        name: None if values is None else np.concatenate([values, np.arange(9) + 1000])
        for name, values in {"group": group, "weight": weight}.items()
    }
    task = TaskRecord("toy", CARD, "", 1, 0, False, "", target, time=None, folds=(fold,), **more)
    told = noted or CellSegments(as_text(number), SEGMENTS, "By hand.", 0.9, 10)
    cell = CellRecord("toy", "halves", 0, 0, 0, "", "done", segments=told)
    run = RunRecord("r", {}, (task,), (), (cell,), {}, lambda cell: None)
    return segments_of_models(run, task)["halves"]


def test_rates_and_lifts_are_of_test_cases_and_small_segments_are_hidden():
    number = np.repeat([0, 1, 2], [50, 40, 10])
    y = np.concatenate([np.arange(50) < 10, np.arange(40) < 30, np.ones(10)]).astype(int)
    found = record(number, y)
    assert [(one.number, one.n_cases) for one in found.outcomes] == [(2, 40), (1, 50)]
    most, least = found.outcomes
    assert (most.rate.value, least.rate.value) == (0.75, 0.2)
    assert found.rate == 0.5
    assert (most.lift, least.lift, most.share) == (1.5, 0.4, 0.4)
    assert (found.n_hidden, found.n_hidden_cases, found.is_stable) == (1, 10, True)
    # That of one case fewer: the rate was estimated from the same cases.
    assert (most.rate.low, most.rate.high) == pytest.approx(jeffreys_interval(0.75, 39))
    assert least.differences == SEGMENTS[0].differences


def test_a_group_is_one_witness_and_a_weighted_case_counts_as_many():
    y = np.repeat([1, 0, 0, 1, 0], 8)
    number = np.zeros(40, dtype=int)
    alone = record(number, y).outcomes[0].rate
    together = record(number, y, group=np.repeat(np.arange(5), 8)).outcomes[0].rate
    assert alone.value == together.value == 0.4
    assert together.high - together.low > 2 * (alone.high - alone.low)
    heavy = record(number, y, weight=np.where(y == 1, 3.0, 1.0)).outcomes[0]
    assert heavy.rate.value == pytest.approx(2 / 3)
    assert heavy.share == 1.0


def test_nobody_or_everybody_buys_and_there_are_still_intervals():
    none = record(np.zeros(30, dtype=int), np.zeros(30)).outcomes[0]
    assert none.rate.low == none.rate.value == 0.0 < none.rate.high < 0.1
    assert math.isnan(none.lift)
    everybody = record(np.zeros(30, dtype=int), np.ones(30)).outcomes[0]
    assert everybody.rate.value == everybody.lift == 1.0


@pytest.mark.parametrize(
    ("noted", "why"),
    [
        (CellSegments(missing="nobody knows"), "nobody knows"),
        (CellSegments(as_text(np.zeros(7)), SEGMENTS), "they are of other test cases"),
        (CellSegments(as_text(np.arange(40) % 3), SEGMENTS), "every segment holds too few"),
    ],
)
def test_what_cannot_be_judged_says_why(noted, why):
    found = record(None, np.zeros(40, dtype=int), noted=noted)
    assert found.missing.startswith(why)
    assert found.outcomes == ()


def test_a_run_tells_segments_of_the_last_fold_of_the_models_that_find_some(toy_run):
    models = ("kmeans_rates", "markov_mixture_rates", "naive_bayes")
    registry = Registry("model")
    run, _ = toy_run(*models, folder=registry.find("naive_bayes").path.parent)
    noted = {cell.model: cell for cell in run.cells if cell.segments is not None}
    assert set(noted) == {"kmeans_rates", "markov_mixture_rates"}
    last = run.tasks[0].folds[-1]
    assert {cell.fold for cell in noted.values()} == {last.number}
    found = judge(run, draws=50).tasks[0].segments
    for of_model in found.values():
        shown = sum(one.n_cases for one in of_model.outcomes)
        assert shown + of_model.n_hidden_cases == len(last.test)
        assert of_model.n_bootstraps == 10
    assert any(one.path for one in found["markov_mixture_rates"].outcomes)
    assert not any(one.path for one in found["kmeans_rates"].outcomes)


def test_models_that_have_to_be_named_take_no_part_where_none_are(plugins):
    suite = Suite("toy", "Toy", ("toy_shop",), resampling=Resampling(folds=2))
    datasets = Registry("dataset", [plugins / "toy_shop.py"])
    names = {plugin.name for plugin, _ in prepare(suite, Registry("model"), datasets).models}
    assert "naive_bayes" in names
    assert not names & {"kmeans_rates", "ward_rates", "pca_logistic_regression"}
    named = prepare(replace(suite, models=("ward_rates",)), Registry("model"), datasets)
    assert {plugin.name for plugin, _ in named.models} == {"ward_rates", "base_rate"}
