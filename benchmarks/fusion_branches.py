"""What the branches of the CNN/RNN fusion are worth: the whole beside its parts on real tasks.

For each task the fusion, its events-only part and its features-only part are fitted on every fold
of the task's honest plan, and the difference in ROC AUC between the whole and each part is printed
with its paired bootstrap interval over the tested cases (over groups where the task has them).

    OMP_NUM_THREADS=1 python benchmarks/fusion_branches.py [TASK ...]
"""

import sys
from collections.abc import Sequence

import numpy as np
from intentbench.bench.cell.views import Views
from intentbench.bench.metrics.bootstrap import Answers, FoldScores, FoldUnits, in_every_draw
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import cell_seed
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.fold import Fold
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.stats.intervals import percentile_interval
from intentbench.bench.task import Task
from intentbench.models.cnn_rnn_fusion import CNNRNNFusion

TASKS = ("online_shoppers", "complete_journey", "cdnow")
FOLDS, DRAWS = 3, 1_000
PARTS = {
    "fusion": ("convolution", "recurrent", "features"),
    "events only": ("convolution", "recurrent"),
    "features only": ("features",),
}


def predicted(task: Task, folds: Sequence[Fold], branches: tuple[str, ...]) -> list[np.ndarray]:
    """Fit on every fold and give the probabilities of its test cases."""
    answers = []
    for fold in folds:
        views = Views(task, fold.splits[0], fold.test)
        fit, valid, test = views.parts(CNNRNNFusion.views)
        y_fit, y_valid = views.outcomes()
        seed = cell_seed(0, fold.number, 0)
        model = CNNRNNFusion(branches=branches, random_state=seed)
        model.fit(fit, y_fit, valid=(valid, y_valid))
        answers.append(model.predict_proba(test)[:, 1])
    return answers


def mean_auc(task: Task, folds: Sequence[Fold], answers: list[list[np.ndarray]]) -> np.ndarray:
    """Mean ROC AUC over folds, shape (n_parts, 1 + DRAWS); column 0 is of the cases themselves."""
    names = np.arange(len(task.target)) if task.group is None else task.group
    unit = np.unique(names, return_inverse=True)[1]
    auc = Key("roc_auc")
    parts = []
    for number, fold in enumerate(folds):
        tested = FoldUnits(task.target[fold.test], unit[fold.test])
        given = [Answers(of_part[number], {}) for of_part in answers]
        parts.append((tested, [FoldScores(tested, given, [auc])]))
    once = np.mean([scores.once[auc] for _, (scores,) in parts], axis=0)
    (draws,) = in_every_draw(parts, int(unit.max()) + 1, DRAWS, 0)
    return np.column_stack([once, draws[auc]])


def main(names: Sequence[str]) -> None:
    """Fit and print."""
    for name in names:
        task = load_task(Registry("dataset").find(name))
        folds = Resampling(folds=FOLDS).plan(task)
        answers = [predicted(task, folds, branches) for branches in PARTS.values()]
        auc = mean_auc(task, folds, answers)
        print(f"{name}, {FOLDS} folds, ROC AUC")
        for part, drawn in zip(PARTS, auc, strict=True):
            gap = auc[0] - drawn
            low, high = percentile_interval(gap[0], gap[1:])
            beside = "" if part == "fusion" else f"; fusion ahead by {gap[0]:+.4f}"
            interval = "" if part == "fusion" else f" ({low:+.4f} to {high:+.4f})"
            print(f"  {part:14} {drawn[0]:.4f}{beside}{interval}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or TASKS)
