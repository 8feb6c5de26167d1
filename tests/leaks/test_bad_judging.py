"""Runs that say little, or nothing: each is judged and shown, without NaN and without a crash."""

import math
import re

import numpy as np
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.suite.suite import Suite
from intentbench.bench.task import Card
from intentbench.reports.render import write_report
from scipy.special import expit

CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.")
NAMES = ("good", "fair", "base_rate")
MANIFEST = {
    "run_id": "20261122-184500-bad", "suite": "bad", "suite_title": "Bad", "command": "pytest",
    "started": "2026-11-22 18:34:00 UTC", "finished": "2026-11-22 18:45:00 UTC", "seed": 0,
    "jobs": 1, "python": "3.11", "platform": "Linux", "cpu": "CPU", "cores": 2, "memory_gb": 24.0,
    "packages": {}, "git_commit": "", "intentbench": "0.1.0", "n_cells": 1, "n_reused": 0,
    "n_failed": 0, "wall_seconds": 1.0,
}  # fmt: skip


def a_task(n=240, n_folds=2, *, target=None, n_splits=1):
    rng = np.random.default_rng(100)
    part = rng.permutation(n) % n_folds
    folds = []
    for number in range(n_folds):
        train = rng.permutation(np.flatnonzero(part != number)) if n_folds > 1 else np.arange(n)
        parts = np.array_split(train, 4)
        splits = tuple(Split(np.setdiff1d(train, parts[i]), parts[i]) for i in range(n_splits))
        folds.append(Fold(number, np.flatnonzero(part == number), splits))
    drawn = (rng.random(n) < 0.4).astype(np.int8)
    target = drawn if target is None else target(drawn, folds)
    return TaskRecord(
        "visits", CARD, "2 folds", 1, 0, False, "5e", target, None, None, tuple(folds)
    )


def a_run(task, *, change=None, failed=()):
    def predictions(cell):
        fold = task.folds[cell.fold]
        rng = np.random.default_rng([7, NAMES.index(cell.model), cell.fold, cell.split])
        noise = rng.normal(size=len(task.target))
        p = {
            "good": expit(2 * task.target - 1 + noise),
            "fair": expit(task.target - 1 + noise),
            "base_rate": np.full(len(task.target), 0.4),
        }[cell.model]
        valid, test = p[fold.splits[cell.split].valid], p[fold.test]
        return Predictions(*(change(cell, valid, test) if change else (valid, test)))

    cells = tuple(
        CellRecord(task.name, name, fold.number, split, 0, f"{name}{fold.number}",
                   *(("crashed", "its process died") if name in failed else ("done",)))
        for name in NAMES
        for fold in task.folds
        for split in range(len(fold.splits))
    )  # fmt: skip
    models = tuple(
        ModelRecord(name, name.title(), "baseline" if name == "base_rate" else "linear",
                    frozenset({"features"}), "As usual.", {})
        for name in NAMES
    )  # fmt: skip
    sets = {"all": ("good", "fair")}
    return RunRecord(MANIFEST["run_id"], MANIFEST, (task,), models, cells, sets, predictions)


def shown(run, folder):
    """Judge and show a run; gives its task as judged, and the page as text."""
    judgement = judge(run, draws=50)
    page = write_report(judgement, folder).read_text(encoding="utf-8")
    return judgement.tasks[0], page


def written(page):
    """The page without scripts, styles and the data that travels in attributes."""
    return re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S)


def one_outcome_in_the_first_test_part(drawn, folds):
    drawn[folds[0].test] = 0
    return drawn


def one_positive_a_fold(drawn, folds):
    drawn[:] = 0
    for fold in folds:
        drawn[fold.test[0]] = 1
    return drawn


def constant(p):
    return lambda cell, valid, test: (np.full(len(valid), p), np.full(len(test), p))


BAD = {
    "one fold": {"n_folds": 1},
    "no positive case in a fold": {"target": one_outcome_in_the_first_test_part},
    "one positive case in each fold": {"target": one_positive_a_fold},
    "eight cases": {"n": 8, "target": lambda drawn, folds: np.tile([0, 1], 4).astype(np.int8)},
    "constant at 0": {"change": constant(0.0)},
    "constant at 0.4": {"change": constant(0.4)},
    "constant at 1": {"change": constant(1.0)},
    "ties everywhere": {"change": lambda cell, valid, test: (np.round(valid), np.round(test))},
    "all cells of a model failed": {"failed": ("good",)},
    "all cells of all models failed": {"failed": NAMES},
    "only the baseline worked": {"failed": ("good", "fair")},
    "three inner splits, no positive case": {
        "n_splits": 3, "target": one_outcome_in_the_first_test_part,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_runs_are_judged_and_shown(name, tmp_path):
    of_run = {key: BAD[name][key] for key in ("change", "failed") if key in BAD[name]}
    of_task = {key: value for key, value in BAD[name].items() if key not in of_run}
    judged, page = shown(a_run(a_task(**of_task), **of_run), tmp_path)
    assert len(judged.models) == 3
    text = written(page)
    for word in ("nan", "inf", "NaN", "None", "Infinity"):
        assert not re.search(rf"(?<![\w-]){word}(?![\w-])", text), word
    for entry in (*judged.models, *judged.ensembles):
        for key, figure in entry.scores.items():
            if figure.available:
                assert figure.low <= figure.value <= figure.high, (entry.name, key)
                assert math.isfinite(figure.low) and math.isfinite(figure.high), (entry.name, key)
        assert bool(entry.scores) == (not entry.contestant.failures)
        assert entry.title in text
    for failed in BAD[name].get("failed", ()):
        assert "its process died" in text and failed.title() in text


@pytest.mark.parametrize("side", ["valid", "test"])
def test_a_member_with_other_cases_costs_itself_and_nothing_else(side, tmp_path):
    def shorter(cell, valid, test):
        if (cell.model, cell.fold) != ("fair", 1):
            return valid, test
        return (valid[:-3], test) if side == "valid" else (valid, test[:-3])

    judged, page = shown(a_run(a_task(), change=shorter), tmp_path)
    entry = next(entry for entry in judged.models if entry.name == "fair")
    n = len(judged.task.folds[1].test if side == "test"
            else judged.task.folds[1].splits[0].valid)  # fmt: skip
    (said,) = entry.contestant.failures
    assert said == (
        f"fold 1: its stored predictions are of {n - 3} {side} cases, and the fold has {n}; "
        "delete this cell and run the suite again"
    )
    assert entry.standing == "failed" and said in page.replace("&#39;", "'")
    good = next(entry for entry in judged.models if entry.name == "good")
    assert good.scores[Key("roc_auc")].available
    assert all("only Good did" in ensemble.contestant.failures[0] for ensemble in judged.ensembles)


def test_predictions_that_are_no_numbers_cost_their_model_and_nothing_else(tmp_path):
    def spoilt(cell, valid, test):
        return valid, np.where(np.arange(len(test)) == 5, np.nan, test)

    def change(cell, valid, test):
        return spoilt(cell, valid, test) if cell.model == "fair" else (valid, test)

    judged, _ = shown(a_run(a_task(), change=change), tmp_path)
    entry = next(entry for entry in judged.models if entry.name == "fair")
    assert (
        "1 of its 120 predictions of test cases are no probabilities"
        in entry.contestant.failures[0]
    )
    assert next(e for e in judged.models if e.name == "good").scores[Key("roc_auc")].available


def test_a_temporal_plan_without_times_is_refused_before_the_first_fit(plugins):
    suite = Suite(
        name="toy", title="Toy", tasks=("wide_shop",), models=("steady",),
        resampling=Resampling(test_after="2024-06-01"),
    )  # fmt: skip
    with pytest.raises(RequestError, match="task 'wide_shop' has no times, so nothing can be te"):
        prepare(
            suite,
            Registry("model", [plugins / "steady.py"]),
            Registry("dataset", [plugins / "wide_shop.py"]),
        )
