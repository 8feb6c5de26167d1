"""What copies do to the figures: each model scored with and without the test cases that are one."""

import math
from dataclasses import replace

import numpy as np

from ..data_checks.duplicates import COPIES
from ..data_checks.finding import Finding
from ..language.sentence import AFTER_A_SEMICOLON, Sentence, joined
from ..stats.delong import delong_influence
from ..store.records import TaskRecord
from .judgement import FoldPredictions, TaskJudgement

# As much ROC AUC, beyond so many standard errors, is called a gain.
_WORTH_A_WORD, _ERRORS = 0.02, 3.0


def with_copies_scored(judged: TaskJudgement) -> TaskJudgement:
    """Say in the finding of copies what they do to the leader, and to whom they help most.

    The finding stays grave only where the figures of a model are higher with the copies, beyond
    chance.  Nothing is fitted: the same predictions are scored on all test cases of each fold, and
    on those that look like no train case of it.  Where these lack an outcome, the finding stays as
    it was.
    """
    task = judged.task
    working = [entry for entry in judged.models if entry.predictions]
    if task.alike is None or not working:
        return judged
    gains = [_gain(task, entry.predictions) for entry in working]
    if any(math.isnan(with_them) or math.isnan(without) for with_them, without, _ in gains):
        return judged
    said = [_said(working[0].title, *gains[0][:2])]
    most = max(range(len(gains)), key=lambda i: gains[i][0] - gains[i][1])
    if most > 0:
        said.append(_said(working[most].title, *gains[most][:2]))
    inflated = any(a - b > _WORTH_A_WORD and a - b > _ERRORS * error for a, b, error in gains)

    def scored(finding: Finding) -> Finding:
        if finding.check != COPIES:
            return finding
        found = joined(AFTER_A_SEMICOLON, [finding.found, *said])
        return replace(finding, found=found, grave=finding.grave and inflated)

    findings = sorted(map(scored, task.findings), key=lambda finding: not finding.grave)
    return replace(judged, task=replace(task, findings=tuple(findings)))


def _gain(task: TaskRecord, predictions: tuple[FoldPredictions, ...]) -> tuple[float, float, float]:
    """Mean ROC AUC over folds with and without copies, and the standard error of their difference.

    Influences are added by what looks alike before they are squared: copies vary together.
    """
    figures = [0.0, 0.0]
    moved = np.zeros(len(task.target))
    for fold, seen in zip(task.folds, predictions, strict=True):
        known = np.zeros(int(task.alike.max()) + 1, dtype=bool)
        for split in fold.splits:
            known[task.alike[split.fit]] = known[task.alike[split.valid]] = True
        own = ~known[task.alike[seen.rows]]
        for number, kept in enumerate((np.ones(len(own), dtype=bool), own)):
            rows, p = seen.rows[kept], seen.p[kept]
            auc, influence = delong_influence(task.target[rows], p, task.weight_of(rows))
            figures[number] += auc / len(predictions)
            np.add.at(moved, rows, (1 - 2 * number) * influence / len(predictions))
    of_alike = np.bincount(task.alike, moved)
    return figures[0], figures[1], math.sqrt(float(np.square(of_alike).sum()))


def _said(title: str, with_them: float, without: float) -> Sentence:
    return Sentence(
        "{title} scores ROC AUC {with_them:.3f} with them and {without:.3f} without",
        title=title,
        with_them=with_them,
        without=without,
    )
