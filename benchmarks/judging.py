"""Seconds and memory that judging a run takes, on made-up predictions; nothing is asserted.

20 models and their ensembles on three tasks of 12,000, 7,000 and 24,000 test cases (the last two
with groups), 12 metrics at up to two thresholds, 2,000 bootstrap draws.  With ``--growth`` one
task of 500, 5,000 and 50,000 test cases: 10,000 to 1,000,000 predictions of models.  With
``--busy`` the three tasks with four endless loops beside them, and the ratio of processor times to
those without: threads that wait for a core would show.

    python -P benchmarks/judging.py [--growth | --busy]
"""

import resource
import subprocess
import sys
import time
from collections.abc import Mapping

import numpy as np
from intentbench.bench.judge.judge import judge
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.task import Card

N_MODELS, N_FOLDS, N_DRAWS = 20, 5, 2_000
TASKS = {  # cases, groups, base rate
    "visits": (12_000, None, 0.15),
    "coupons": (7_000, 2_000, 0.12),
    "weeks": (24_000, 2_500, 0.5),
}
GROWTH = (500, 5_000, 50_000)
N_BUSY = 4


def make_task(name: str, n_cases: int, n_groups: int | None, base_rate: float) -> TaskRecord:
    """Make outcomes and folds."""
    rng = np.random.default_rng(len(name))
    group = None if n_groups is None else rng.integers(0, n_groups, n_cases)
    part = rng.integers(0, N_FOLDS, n_cases if group is None else n_groups)
    part = part if group is None else part[group]
    folds = []
    for number in range(N_FOLDS):
        train = rng.permutation(np.flatnonzero(part != number))
        fit, valid = np.split(train, [int(0.8 * len(train))])
        folds.append(Fold(number, np.flatnonzero(part == number), (Split(fit, valid),)))
    return TaskRecord(
        name=name,
        card=Card(name, "", "", "", ""),
        plan="",
        n_features=0,
        n_events=0,
        has_events=False,
        fingerprint="",
        target=(rng.random(n_cases) < base_rate).astype(np.int8),
        group=group,
        time=None,
        folds=tuple(folds),
    )


def make_run(about: Mapping[str, tuple[int, int | None, float]]) -> RunRecord:
    """Make a run whose models differ in skill."""
    tasks = {name: make_task(name, *sizes) for name, sizes in about.items()}
    names = tuple(f"model_{i}" for i in range(N_MODELS))

    def predictions(cell: CellRecord) -> Predictions:
        task, model = tasks[cell.task], names.index(cell.model)
        fold = task.folds[cell.fold]
        # The same noise for all models of a task, so that their errors correlate.
        shared = np.random.default_rng(0).normal(size=len(task.target))
        own = np.random.default_rng([model, cell.fold]).normal(size=len(task.target))
        z = 1.5 * (task.target - 0.5) + 0.8 * shared + (0.3 + 0.05 * model) * own
        p = 1 / (1 + np.exp(-z))
        return Predictions(p[fold.splits[0].valid], p[fold.test])

    cells = tuple(
        CellRecord(task, name, fold, 0, 0, "", "done", n_predicted=1)
        for task in tasks
        for name in names
        for fold in range(N_FOLDS)
    )
    models = tuple(ModelRecord(name, name, "other", frozenset(), "", {}) for name in names)
    sets = {"all": names, "first": names[:10], "last": names[10:]}
    return RunRecord("run", {}, tuple(tasks.values()), models, cells, sets, predictions)


def measure(run: RunRecord) -> float:
    """Judge a run and print what it took; gives the processor time."""
    started = time.perf_counter(), time.process_time()
    judgement = judge(run, draws=N_DRAWS)
    wall, processor = time.perf_counter() - started[0], time.process_time() - started[1]
    n_entries = sum(len(task.models) + len(task.ensembles) for task in judgement.tasks)
    n_predictions = N_MODELS * sum(len(task.target) for task in run.tasks)
    print(
        f"{n_predictions:,} predictions, {n_entries} entries on {len(run.tasks)} tasks, "
        f"{N_DRAWS:,} draws: {wall:.1f} s, processor time {processor:.1f} s, at most "
        f"{memory_gb():.2f} GB",
        flush=True,
    )
    return processor


def memory_gb() -> float:
    """Give the most memory that this process has held."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1e9 if sys.platform == "darwin" else 1e6)


def measure_busy() -> None:
    """Judge without and with busy loops beside it, and print the ratio of processor times."""
    run = make_run(TASKS)
    measure(run)  # once for what is loaded and compiled on the way
    alone = measure(run)
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(N_BUSY)]
    try:
        beside = measure(run)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    print(f"beside {N_BUSY} busy loops {beside / alone:.2f} times the processor time")


def main() -> None:
    """Judge and print."""
    if "--growth" in sys.argv[1:]:
        for n_cases in GROWTH:
            measure(make_run({"visits": (n_cases, None, 0.15)}))
    elif "--busy" in sys.argv[1:]:
        measure_busy()
    else:
        measure(make_run(TASKS))


if __name__ == "__main__":
    main()
