"""What the harness costs: processor time of a whole run against its bare fits and predictions.

``python -P benchmarks/harness_cost.py [SUITE] [--task NAME ...] [--model NAME ...]`` runs a suite
into an empty folder, as users do but for two questions of the report (how long a single case takes,
and what drives the predictions), judging and the report itself.  What that takes beyond the fits
and predictions of its own cells is the harness: reading and looking at data, processes, transport,
checks of what models return, the store.  Of the default suite this is one run: some five minutes
of two quiet cores.  The last line is the ratio.

``--questions`` runs the suite twice more, with one and with both of these questions, and prints
what they take.  ``--bare`` also fits and predicts the same cells in one process without any
harness, one after the other, and prints that ratio.  Nothing is asserted.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import fields, replace
from pathlib import Path

from intentbench.bench.cell.views import Views
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.threads import ONE_THREAD
from intentbench.bench.run.work import Work
from intentbench.bench.store.store import Store
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.variants.named import varied

_ALL, _UNTIMED, _NOTHING = "all", "no single cases", "neither"
_JOBS = 2


class _Untimed(Work):
    """A run that is asked for drivers, and for no single case."""

    def measures(self, cell):
        """Time no single case."""
        return False


class _Silent:
    """Watches a run and says nothing."""

    def __getattr__(self, name):
        return lambda *told: None


def suite_of(asked):
    """Read the suite, cut down to what is asked for."""
    suite = load_suite(asked.suite)
    chosen = {"tasks": asked.task, "models": asked.model}
    return replace(suite, **{name: tuple(names) for name, names in chosen.items() if names})


def run(asked, questions: str, folder: Path) -> None:
    """Run the suite in this process and its workers, and print what the parts of it took."""
    began, clock = time.process_time(), time.perf_counter()
    work = prepare(suite_of(asked), Registry("model"), Registry("dataset"))
    prepared = time.process_time()
    if questions == _UNTIMED:
        work = _Untimed(**{field.name: getattr(work, field.name) for field in fields(work)})
    elif questions == _NOTHING:
        work = replace(work, has_costs=False)
    record = execute_run(work, Store(folder), _JOBS, _Silent(), {})
    done = time.process_time()
    time.sleep(1.0)  # until the fork server has counted its last worker's time
    told = {
        "start": began,
        "wall": time.perf_counter() - clock,
        "prepare": prepared - began,
        "parent": done - prepared,
        "fits": sum(cell.fit_seconds + cell.predict_seconds for cell in record.cells if cell.done),
        "cells": len(record.cells),
        "failed": sum(not cell.done for cell in record.cells),
    }
    print(json.dumps(told))


def seconds_of_run(questions: str) -> dict[str, float]:
    """Run the suite in a process of its own; adds ``whole``, the time of all its processes."""
    with tempfile.TemporaryDirectory() as results:
        command = [sys.executable, "-P", *sys.argv, "--run", questions, "--folder", results]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(said.splitlines()[-1]) | {"whole": whole}


def bare_seconds(asked) -> float:
    """Fit and predict every cell of the suite's models without the harness."""
    work = prepare(suite_of(asked), Registry("model"), Registry("dataset"))
    tasks = {task.name: task for task in work.tasks}
    seconds = 0.0
    for cell in plan_cells(work):
        fold = work.plans[cell.task][cell.fold]
        views = Views(tasks[cell.task], fold.fits[cell.split], fold.test)
        model = varied(load(cell.plugin)(), cell.plugin.steps)
        fit, valid, test = views.parts(model.views)
        y_fit, y_valid = views.outcomes()
        weights = views.weights() if model.uses_weights else {}
        if "random_state" in model.get_params():
            model.set_params(random_state=cell.random_state)
        started = time.process_time()
        model.fit(fit, y_fit, valid=(valid, y_valid), **weights)
        model.predict_proba(valid)
        model.predict_proba(test)
        seconds += time.process_time() - started
    return seconds


def main(asked) -> None:
    """Print what there is to say."""
    told = {_NOTHING: seconds_of_run(_NOTHING)}
    if asked.questions:
        told |= {questions: seconds_of_run(questions) for questions in (_UNTIMED, _ALL)}
    beyond = {questions: one["whole"] - one["fits"] for questions, one in told.items()}
    run_, fits = told[_NOTHING], told[_NOTHING]["fits"]
    lines = {
        "fits and predictions": fits,
        "start and imports": run_["start"],
        "reading and looking at data, planning": run_["prepare"],
        "requests, answers, the store": run_["parent"],
        "workers beside fits": beyond[_NOTHING] - run_["start"] - run_["prepare"] - run_["parent"],
    }
    if asked.questions:
        lines |= {
            "drivers (a question of the report)": beyond[_UNTIMED] - beyond[_NOTHING],
            "single cases, timed (a question of the report)": beyond[_ALL] - beyond[_UNTIMED],
        }
    print(
        f"{run_['cells']} cells, {run_['failed']} failed, in {run_['wall']:.0f} s by the clock; "
        f"seconds of processor time, {_JOBS} jobs"
    )
    for name, seconds in lines.items():
        print(f"{seconds:9.2f}  {seconds / fits:7.2%}  {name}")
    if asked.bare:
        bare = bare_seconds(asked)
        print(f"bare, models alone, in one process: {bare:.1f} s; ratio {run_['whole'] / bare:.3f}")
    if asked.questions:
        print(f"ratio {1 + beyond[_ALL] / told[_ALL]['fits']:.3f} with the two questions")
    print(f"ratio {run_['whole'] / fits:.3f}: the whole run to its fits and predictions")


if __name__ == "__main__":
    if not ONE_THREAD.items() <= os.environ.items():
        # Libraries read these when they are loaded: start again with them.
        os.execve(sys.executable, [sys.executable, "-P", *sys.argv], os.environ | ONE_THREAD)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", nargs="?", default="default")
    parser.add_argument("--task", action="append")
    parser.add_argument("--model", action="append")
    parser.add_argument("--questions", action="store_true")
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--run", choices=(_ALL, _UNTIMED, _NOTHING), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run(given, given.run, given.folder)
    else:
        main(given)
