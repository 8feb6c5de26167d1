"""What the harness costs: processor time of a whole run against the bare fits and predictions.

``python -P benchmarks/harness_cost.py [SUITE]`` runs a suite into an empty folder (data, splits,
workers, storing, judging, report: everything), then fits and predicts the same cells bare, in one
process with one thread, and prints both and their ratio.  Nothing is asserted.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from intentbench.bench.cell.views import Views
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.threads import ONE_THREAD
from intentbench.bench.suite.reading import load_suite


def whole_run_seconds(suite: str) -> float:
    """Run the suite as a user would and give the processor time of all its processes."""
    command = [str(Path(sys.executable).with_name("intentbench")), "run", suite]
    with tempfile.TemporaryDirectory() as results:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, "--results", results], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bare_seconds(suite: str) -> tuple[float, int]:
    """Fit and predict every cell of the suite without the harness; gives seconds and cells."""
    work = prepare(load_suite(suite), Registry("model"), Registry("dataset"))
    tasks = {task.name: task for task in work.tasks}
    seconds, cells = 0.0, plan_cells(work)
    for cell in cells:
        fold = work.plans[cell.task][cell.fold]
        model_class = load(cell.plugin)
        views = Views(tasks[cell.task], fold.splits[cell.split], fold.test)
        fit, valid, test = views.parts(model_class.views)
        y_fit, y_valid = views.outcomes()
        model = model_class()
        if "random_state" in model.get_params():
            model.set_params(random_state=cell.random_state)
        started = time.process_time()
        model.fit(fit, y_fit, valid=(valid, y_valid))
        model.predict_proba(valid)
        model.predict_proba(test)
        seconds += time.process_time() - started
    return seconds, len(cells)


if __name__ == "__main__":
    if not ONE_THREAD.items() <= os.environ.items():
        # Libraries read these when they are loaded: start again with them.
        command = [sys.executable, "-P", *sys.argv]
        os.execve(sys.executable, command, os.environ | ONE_THREAD)
    chosen = sys.argv[1] if len(sys.argv) > 1 else "smoke"
    whole = whole_run_seconds(chosen)
    bare, n_cells = bare_seconds(chosen)
    print(
        f"{chosen}: {n_cells} cells; whole run {whole:.1f} s, bare {bare:.1f} s of processor time"
    )
    print(f"ratio {whole / bare:.3f}")
