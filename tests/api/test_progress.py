"""Where a run stands: time left counts all that is to come, figures are of whole folds."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.api import progress
from intentbench.api.preliminary import Preliminary
from intentbench.api.progress import Progress, duration
from intentbench.bench.errors import StoreError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.canary import canary_work
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord
from intentbench.bench.suite.suite import Suite
from sklearn.metrics import roc_auc_score

PLUGINS = __file__.rpartition("/api/")[0] + "/plugins"


def prepared(*models, resampling=None, inner=1, **given):
    suite = Suite(
        "toy", "Toy", ("toy_shop",), models, seeds=(0, 1),
        resampling=resampling or Resampling(folds=3, inner=inner), **given,
    )  # fmt: skip
    return prepare(suite, Registry("model"), Registry("dataset", [f"{PLUGINS}/toy_shop.py"]))


def record(cell, seconds=1.0, status="done"):
    return CellRecord(
        **cell.place(status),
        fit_seconds=0.5 * seconds,
        predict_seconds=0.25 * seconds,
        wall_seconds=seconds,
    )


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that tests turn; judging takes no time."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(progress, "_JUDGING_SECONDS", 0.0)
    return now


@pytest.fixture(scope="module")
def work():
    return prepared("logistic_regression", "decision_tree", ensembles={})


def followed(work, jobs=2):
    cells, following = plan_cells(work), Progress(jobs, has_figures=False)
    following.begins(work, store=None)
    following.planned(work, cells, [])
    return following, cells


def test_time_left_is_what_the_cells_to_come_are_expected_to_take(work):
    following, cells = followed(work)
    for cell in cells[:9]:
        following.finished(record(cell, 3.0))
    to_come = sum(following.expected.of(cell) for cell in cells[9:])
    assert following.seconds_left() == pytest.approx(to_come / 2)
    for cell in cells[9:]:
        following.finished(record(cell, 3.0))
    assert following.seconds_left() == 0
    assert (following.n_done, following.total) == (18, 18)


def test_time_left_counts_judging(work, monkeypatch):
    monkeypatch.setattr(progress, "_JUDGING_SECONDS", 1e-3)
    following, cells = followed(work)
    for cell in cells:
        following.finished(record(cell))
    tested, valid = (
        sum(len(getattr(fold, part)) for fold in work.plans["toy_shop"])
        for part in ("test", "valid")
    )
    assert following.seconds_left() == pytest.approx(1e-3 * (tested + valid / 2) * 3)


def test_time_left_counts_what_cells_take_besides_their_fits(work, clock):
    following, cells = followed(work, jobs=1)
    for cell in cells[:6]:
        clock[0] += 5.0
        following.finished(record(cell, 2.0))
    to_come = sum(following.expected.of(cell) for cell in cells[6:])
    assert following.seconds_left() == pytest.approx(2.5 * to_come)


def test_time_left_counts_blends_and_canaries_that_are_not_planned_yet(work):
    alone, _ = followed(work)
    with_canaries, _ = followed(replace(work, has_canaries=True))
    more = with_canaries.seconds_left() - alone.seconds_left()
    assert more > alone.seconds_left()  # two fits a fold, where there are two seeds
    taught = canary_work(work)
    with_canaries.planned(taught, plan_cells(taught), [])
    assert with_canaries.later == [] and with_canaries.seconds_left() > 0
    blended = prepared("logistic_regression", "decision_tree")
    assert followed(blended)[0].later and not alone.later


def test_stored_cells_teach_what_is_to_come(work):
    cells, following = plan_cells(work), Progress(1, has_figures=False)
    following.begins(work, store=None)
    following.planned(work, cells[6:], [record(cell, 100.0) for cell in cells[:6]])
    assert following.total == 12
    assert following.seconds_left() > 1000


class Kept:
    """Stands for a store: predictions by key."""

    def __init__(self, work, cells):
        rng = np.random.default_rng(0)
        n = {fold.number: len(fold.test) for fold in work.plans["toy_shop"]}
        self.of = {cell.key: rng.random(n[cell.fold]) for cell in cells}

    def read_predictions(self, key, sha256):
        if key not in self.of:
            raise StoreError("gone")
        return Predictions(np.empty(0), self.of[key])


@pytest.fixture(scope="module")
def nested():
    work = prepared("logistic_regression", inner=2, ensembles={})
    cells = [cell for cell in plan_cells(work) if cell.plugin.name == "logistic_regression"]
    return work, cells, Kept(work, cells)


def test_figure_is_the_mean_over_folds_all_of_whose_cells_are_done(nested):
    work, cells, kept = nested
    figures = Preliminary(work, kept)
    assert figures.models() == []
    by_hand = []
    for number, fold in enumerate(work.plans["toy_shop"]):
        of_fold = [cell for cell in cells if cell.fold == fold.number]
        assert len(of_fold) == 4  # two inner splits, two seeds
        for cell in of_fold[:-1]:
            figures.add(record(cell))
        assert figures.of("toy_shop", "logistic_regression").n_done == number
        figures.add(record(of_fold[-1]))
        p = np.mean([kept.of[cell.key] for cell in of_fold], axis=0)
        by_hand.append(roc_auc_score(work.tasks[0].target[fold.test], p))
        so_far = figures.of("toy_shop", "logistic_regression")
        assert so_far.figure == pytest.approx(np.mean(by_hand))
        assert (so_far.n_done, so_far.n_folds, so_far.failed) == (number + 1, 3, False)
    assert figures.models() == ["logistic_regression"]


def test_halves_are_no_part_of_a_figure():
    later = Resampling(test_after="2024-02-12")
    work = prepared("logistic_regression", resampling=later, ensembles={})
    cells = [cell for cell in plan_cells(work) if cell.plugin.name == "logistic_regression"]
    assert [cell.split for cell in cells] == [0, 0, 1, 1, 2, 2]
    figures, kept = Preliminary(work, Kept(work, cells)), Kept(work, cells)
    for cell in reversed(cells):
        figures.add(record(cell))
    p = np.mean([kept.of[cell.key] for cell in cells[:2]], axis=0)
    y = work.tasks[0].target[work.plans["toy_shop"][0].test]
    assert figures.of("toy_shop", "logistic_regression").figure == pytest.approx(
        roc_auc_score(y, p)
    )


def test_failed_and_unreadable_cells_and_canaries_give_no_figure(nested):
    work, cells, kept = nested
    figures = Preliminary(work, kept)
    figures.add(record(cells[0], status="timed out"))
    assert figures.of("toy_shop", "logistic_regression").failed
    del kept.of[cells[1].key]
    figures.add(record(cells[1]))
    taught = canary_work(work)
    figures.add(record(plan_cells(taught)[0]))
    assert figures.of("toy_shop", "logistic_regression").n_done == 0
    assert list(figures.tasks) == ["toy_shop"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89.4, "89 s"), (90, "2 min"), (3600, "60 min"), (5400, "1.5 h")],
)
def test_durations_are_said_as_people_do(seconds, words):
    assert duration(seconds) == words
