"""Runs of simulated predictions, judged: what tests of judging share."""

from dataclasses import replace

import numpy as np
from intentbench.bench.judge.judge import judge
from intentbench.bench.model import Explanation
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.suite.decisions import Decisions
from intentbench.bench.task import Card
from scipy.special import expit

CARD = Card("Visits", "Bought?", "https://shop.example", "CC0", "A purchase.")

NOISE = {"good": 0.4, "fair": 1.0, "poor": 2.5}


def a_task(*, n=600, n_folds=3, n_splits=1, repeats=1, grouped=False, timed=False, seed=0):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, n // 6, n) if grouped else None
    folds = []
    for _ in range(repeats):
        part = rng.permutation(n) % n_folds if group is None else group % n_folds
        for number in range(n_folds):
            train = rng.permutation(np.flatnonzero(part != number))
            parts = np.array_split(train, 4)
            splits = tuple(
                Split(np.setdiff1d(train, parts[i]), np.sort(parts[i])) for i in range(n_splits)
            )
            folds.append(Fold(len(folds), np.flatnonzero(part == number), splits))
    return TaskRecord(
        name="visits", card=CARD, plan="", n_features=1, n_events=0, has_events=False,
        fingerprint="", target=(rng.random(n) < 0.35).astype(np.int8), group=group,
        time=np.arange(n).astype("datetime64[s]") if timed else None, folds=tuple(folds),
    )  # fmt: skip


def a_run(task, noise=NOISE, *, failed=(), seeds=(0,), sets=None, target=None, change=None):
    """Make a run whose models know ``target`` (by default the task's) up to some noise."""
    target = task.target if target is None else target
    names = list(noise)

    def predictions(cell):
        fold = task.folds[cell.fold]
        rng = np.random.default_rng([names.index(cell.model), cell.fold, cell.split, cell.seed])
        p = expit(2 * target - 1.3 + noise[cell.model] * rng.normal(size=len(target)))
        p = p if change is None else change(cell.model, p)
        return Predictions(p[fold.fits[cell.split].valid], p[fold.test])

    cells = tuple(
        CellRecord(
            task.name, name, fold.number, split, seed, "", *_ending(name, fold.number, failed),
            derived_view=name == "poor", fit_seconds=2.0, predict_seconds=0.003, n_predicted=1000,
            peak_bytes=10 * (fold.number + 1),
            explanations=(Explanation("table", f"{name} {fold.number}", ("a",), (("b",),)),),
        )
        for name in names
        for fold in task.folds
        for split in range(len(fold.fits))
        for seed in seeds
    )  # fmt: skip
    models = tuple(ModelRecord(name, name.title(), "linear", frozenset(), "", {}) for name in names)
    sets = {"all": tuple(names)} if sets is None else sets
    return RunRecord("run", {}, (task,), models, cells, sets, predictions)


def _ending(name, fold, failed):
    return failed[name, fold] if (name, fold) in failed else ("done",)


def judged(run, draws=300):
    (task,) = judge(run, draws=draws).tasks
    return task


def by_name(entries):
    return {entry.name: entry for entry in entries}


def in_one_fold():
    task = a_task(n=1500)
    fold, (split,) = task.folds[0], task.folds[0].splits
    halves = tuple(Split(split.fit[start::2], split.valid) for start in (0, 1))
    return replace(task, folds=(replace(fold, halves=halves),))


def truths(task, seed=0):
    """Draw probabilities that fit the targets: sharp ones given both views, dull given one."""
    rng = np.random.default_rng(seed)
    both = expit(np.where(task.target == 1, 1.0, -1.5) + rng.normal(size=len(task.target)))
    return {"events+features": both, "features": expit(0.5 * (both - 0.4))}


PRICED = Decisions(
    false_positive=1, false_negative=5, value=40, action=3, precision=0.6, recall=0.7
)
