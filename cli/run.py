"""``intentbench run SUITE``: compare models on tasks and write the report."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..bench.errors import RequestError
from ..bench.run.execute import execute_run
from ..bench.run.hidden_arguments import hide_arguments
from ..bench.run.prepare import prepare
from ..bench.run.threads import cores
from ..bench.store.store import Store
from ..bench.suite.reading import load_suite
from ..bench.task import Task
from ..reports.printing import browser
from .deciding import decisions_of
from .metric_plugins import all_of, noted, taking_part
from .own_data import own_task
from .progress import ProgressShown
from .shared import (
    busy,
    judge_and_report,
    point_to_report,
    registries,
    run_by_hand,
    standard_error,
)
from .show import number_of_cases, profile_lines
from .splitting import resampling_of

_COLUMNS_SAID = 40


def run_command(given: argparse.Namespace) -> int:
    """Compare models on tasks and write the report."""
    jobs = given.jobs if given.jobs is not None else cores()
    if jobs < 1:
        raise RequestError(f"--jobs {jobs}: at least one worker is needed.")
    printer = browser() if given.pdf else None  # before anything is computed
    models, datasets, metrics = registries(given.plugin)
    suite = load_suite(given.suite)
    # A plugin given by its file takes part, whatever models the suite or --model names.
    own = models.given if suite.models or given.model else []
    named = [*(given.model or suite.models), *own]
    suite = suite.narrowed(given.task or datasets.given, list(dict.fromkeys(named)))
    suite = replace(suite, decisions=decisions_of(given, suite.decisions))
    mine = own_task(given, [*datasets.names(), *suite.variants])
    if mine is not None:
        name, variant = mine
        tasks = (*given.task, *datasets.given, name)
        suite = replace(suite, tasks=tasks, variants={**suite.variants, name: variant})
        if tasks == (name,):  # what the suite says of its own tasks is not true of these data
            said = variant.parameters
            suite = replace(suite, title=said.get("title") or Path(said["path"]).name)
    suite = replace(suite, resampling=resampling_of(given, suite.resampling))
    if given.seed is not None:
        suite = replace(suite, seeds=(given.seed,))
    further = all_of(metrics)
    store = Store(given.results)
    console = standard_error()
    with taking_part(further):
        with ProgressShown(console, jobs) as progress:
            with busy(console, "loading data"):
                work = prepare(suite, models, datasets)
            work = replace(work, has_canaries=given.canary)
            for task in work.tasks:
                if task.profile or (mine is not None and task.name == mine[0]):
                    _say_columns(task, progress.says)
            about = {"command": _command(), "metrics": noted(further)}
            if not all(plugin.is_of_house for plugin, _ in work.models):
                hide_arguments()
            run = execute_run(work, store, jobs, progress, about, awaits_report=True)
            if run.stands:
                progress.says(f"Nothing has changed since run {run.run_id}: its report stands.")
                return point_to_report(store, run, console, printer)
        return judge_and_report(store, run, further, console, printer)


def _say_columns(task: Task, says: Callable[[str], None]) -> None:
    """Say before the run what the columns of a file are taken for."""
    says(f"{task.card.title}: cases: {number_of_cases(task)}")
    says("\n".join(profile_lines(task, most=_COLUMNS_SAID)))
    for caveat in task.card.caveats:
        says(f"note: {caveat}")


def _command() -> str:
    return " ".join(["intentbench", *sys.argv[1:]])


if __name__ == "__main__":
    run_by_hand(__file__)
