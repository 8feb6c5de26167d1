"""How often the alarm of folds that spread too far is raised where nothing is wrong.

Run it from the checkout: python -P benchmarks/clean_folds.py [TABLES], 150 of each plan where not
given; it writes its table of docs/validity.md.
"""

import sys
import time
from itertools import islice
from pathlib import Path

from intentbench.bench.judge.folds_apart import folds_apart, with_folds_scored
from intentbench.bench.judge.judgement import IN_THE_RACE, Entry, FoldPredictions, TaskJudgement
from intentbench.bench.judge.simulated_tables import LEARNERS, Plan, simulated_tables
from intentbench.bench.metrics.thresholds import DEFAULT
from threadpoolctl import threadpool_limits

PAGE = Path(__file__).parents[1] / "docs" / "validity.md"
BEGIN, END = "<!-- folds -->", "<!-- end of folds -->"
PLANS = ((600, "3 folds"), (600, "5 folds"), (600, "in time"), (3000, "3 folds"))
N_MODELS = 8


def main() -> None:
    """Simulate, print, and write the table between the two marks of the page."""
    n_tables = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    started = time.process_time()
    lines = ["| models | cases | plan | tables with an alarm | tables |", f"|{' --- |' * 5}"]
    with threadpool_limits(limits=1):
        for learner in LEARNERS:
            for n_cases, how in PLANS:
                n_alarms = alarms(Plan(n_cases, how, N_MODELS, learner), n_tables)
                lines.append(f"| {learner} | {n_cases:,} | {how} | {n_alarms} | {n_tables} |")
                print(lines[-1], flush=True)
    print(f"\n{time.process_time() - started:.0f} s of processor time", file=sys.stderr)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(before + "\n".join([BEGIN, *lines, END]) + after, encoding="utf-8")


def alarms(plan: Plan, n_tables: int) -> int:
    """Count the tables of models whose folds are found to spread too far."""
    found = 0
    for task, models in islice(simulated_tables(plan, seed=1), n_tables):
        entries = []
        for model in models:
            folds = zip(task.folds, model.folds, strict=True)
            predictions = (FoldPredictions(f.number, f.test, of.test, DEFAULT) for f, of in folds)
            entries.append(Entry(model, IN_THE_RACE, predictions=tuple(predictions)))
        judged = with_folds_scored(TaskJudgement(task, "roc_auc", tuple(entries), ()))
        found += bool(folds_apart(judged))
    return found


if __name__ == "__main__":
    main()
