"""The finding of copies says what they do to each model's figures, from stored predictions."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.data_checks.finding import Finding
from intentbench.bench.judge.contestants import Contestant
from intentbench.bench.judge.copies import with_copies_scored
from intentbench.bench.judge.judgement import Entry, FoldPredictions, TaskJudgement
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.records import TaskRecord
from intentbench.bench.task import Card

CARD = Card("Drawn", "?", "drawn at random", "none", "drawn")
COPIES = Finding("copies", True, "200 test cases (50.0%) are copies", "Too high.", "Keep one.")
OTHER = Finding("drift", True, "they differ", "Look.", "Mend.")
N = 800


@pytest.fixture
def task():
    rng = np.random.default_rng(0)
    y = (rng.random(N) < 0.4).astype(np.int8)
    alike = np.arange(N)
    alike[600:] = np.arange(200)  # the last 200 test cases look like the first train cases
    y[600:] = y[:200]
    fold = Fold(0, np.arange(400, N), (Split(np.arange(300), np.arange(300, 400)),))
    return TaskRecord(
        "drawn", CARD, "", 0, 0, False, "", y, None, None, (fold,), findings=(COPIES, OTHER),
        alike=alike,
    )  # fmt: skip


def judged(task, *scores):
    rows = task.folds[0].test
    entries = tuple(
        Entry(
            Contestant(f"m{i}", f"Model {i}", "tree", (), ()),
            predictions=(FoldPredictions(0, rows, p, 0.5),),
        )
        for i, p in enumerate(scores)
    )
    return TaskJudgement(task, "roc_auc", entries, ())


def told(task, *scores):
    findings = with_copies_scored(judged(task, *scores)).task.findings
    return next(finding for finding in findings if finding.check == "copies"), findings


def test_both_figures_are_printed_and_remembering_is_grave(task):
    rng = np.random.default_rng(1)
    rows = task.folds[0].test
    honest = rng.random(len(rows))
    remembers = np.where(rows >= 600, 0.9 * task.target[rows] + 0.05, honest)
    found, findings = told(task, honest, remembers)
    assert found.grave and OTHER in findings
    assert found.found.startswith(f"{COPIES.found}; Model 0 scores ROC AUC 0.")
    leader, other = found.found.split("; ")[1:]
    assert other.startswith("Model 1 scores ROC AUC 0.8") and leader != other
    assert other.endswith(" without") and 0.4 < float(other.split()[-2]) < 0.65


def test_copies_that_raise_nothing_are_not_grave(task):
    rng = np.random.default_rng(1)
    rows = task.folds[0].test
    noise = rng.random(len(rows))
    lower = np.where(rows >= 600, noise, task.target[rows] + noise)
    found, findings = told(task, lower)
    assert not found.grave and findings == (OTHER, found)


def test_where_it_cannot_be_told_the_finding_stays(task):
    rows = task.folds[0].test
    p = np.random.default_rng(1).random(len(rows))
    one_outcome = np.where(np.arange(N) < 600, 0, task.target).astype(np.int8)
    assert told(replace(task, target=one_outcome), p)[0] == COPIES
    assert told(replace(task, alike=None), p)[0] == COPIES
