"""Whether pre-training helps: one network with and without it, by the number of fit cases.

    OMP_NUM_THREADS=1 python -P benchmarks/pretraining.py [TASK ...]

On the latest of three folds of each task, with fit and valid cases drawn at several sizes and
seeds, it prints a Markdown table: ROC AUC and log loss of the plain network on the test cases, and
the differences that pre-training makes, as means over seeds with 95 % intervals from a paired
bootstrap of test groups and seeds.  Both networks see the same cases; pre-training reads the
sequences of those fit cases only.  Nothing is asserted.
"""

import sys

import numpy as np
from intentbench.bench.cases import Cases
from intentbench.bench.cell.views import Views
from intentbench.bench.metrics.bootstrap import Answers, Draws, FoldScores, FoldUnits
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.stats.intervals import percentile_interval
from intentbench.bench.task import Task
from intentbench.models.pretrained_gru import PretrainedGRU

TASKS = ("complete_journey", "cdnow", "taobao")
SIZES = (500, 2_000, None)
N_SEEDS, N_DRAWS = 5, 1_000
KEYS = (Key("roc_auc"), Key("log_loss"))


def compare(task: Task) -> None:
    """Print the rows of one task, a size each."""
    fold = Resampling(folds=3).plan(task)[-1]
    views = Views(task, fold.splits[0], fold.test)
    fit, valid, test = views.parts(PretrainedGRU.views)
    y_fit, y_valid = views.outcomes()
    unit = np.arange(len(task)) if task.group is None else task.group
    unit = np.unique(unit[fold.test], return_inverse=True)[1]
    for size in SIZES:
        if size is not None and size >= len(fit):
            continue
        share = 1.0 if size is None else size / len(fit)
        answers = []
        for rounds in (0, PretrainedGRU().pretraining_rounds):
            for seed in range(N_SEEDS):
                rng = np.random.default_rng(seed)
                some, few = drawn(fit, y_fit, share, rng), drawn(valid, y_valid, share, rng)
                model = PretrainedGRU(pretraining_rounds=rounds, random_state=seed)
                p = model.fit(*some, valid=few).predict_proba(test)[:, 1]
                answers.append(Answers(p, {}))
        tested = FoldUnits(task.target[fold.test], unit)
        print_row(task.name, len(some[0]), tested, FoldScores(tested, answers, KEYS))


def drawn(
    cases: Cases, y: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[Cases, np.ndarray]:
    """Draw a share of the cases."""
    rows = np.sort(rng.permutation(len(y))[: round(share * len(y))])
    return cases.take(rows), y[rows]


def print_row(name: str, n_fit: int, tested: FoldUnits, scores: FoldScores) -> None:
    """Print the plain network's figures and what pre-training adds to them."""
    drawn = Draws(len(tested.units), N_DRAWS, seed=0).chunks()
    chunks = [scores.under(tested.under(weights)) for _, weights in drawn]
    cells = [name, f"{n_fit:,}"]
    for key in KEYS:
        plain, trained = np.split(scores.once[key], 2)
        draws = np.concatenate([chunk[key] for chunk in chunks], axis=1)
        rises = draws[N_SEEDS:] - draws[:N_SEEDS]
        # Other seeds are other fit cases and first weights: they vary more than the test cases do.
        seeds = np.random.default_rng(0).integers(0, N_SEEDS, rises.shape)
        rises = np.take_along_axis(rises, seeds, axis=0).mean(axis=0)
        rise = float(np.mean(trained - plain))
        low, high = percentile_interval(rise, rises)
        cells += [
            f"{plain.mean():.4f}",
            f"{rise:+.4f} ({low:+.4f} to {high:+.4f})",
        ]
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Compare on the tasks that were named, or on all."""
    print(
        "| task | fit cases | ROC AUC, plain | by pre-training | log loss, plain "
        "| by pre-training |"
    )
    print("|" + " --- |" * 6)
    for name in sys.argv[1:] or TASKS:
        compare(load_task(Registry("dataset").find(name)))


if __name__ == "__main__":
    main()
