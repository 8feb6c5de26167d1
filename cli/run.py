"""``intentbench run SUITE``: compare models on tasks and write the report."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..api.running import run_suite, workers
from ..bench.cluster.chosen import chosen_engine
from ..bench.cluster.opening import opened
from ..bench.errors import RequestError
from ..bench.export.mlflow_run import check_address, log_run
from ..bench.language.sentence import said
from ..bench.language.speaking import _
from ..bench.run.hidden_arguments import hide_arguments
from ..bench.run.time_budget import asked_minutes
from ..bench.run.work import Work
from ..bench.store.run_reader import path_of_run
from ..bench.store.store import Store
from ..bench.suite.reading import load_suite
from ..bench.suite.search import asked_search
from ..bench.task import Task
from ..reports.printing import browser
from .best import members_of_best
from .deciding import act_or_wait_of, decisions_of, with_course
from .metric_plugins import all_of, noted, taking_part
from .own_data import own_task
from .progress import ProgressShown, tell
from .shared import (
    busy,
    judge_and_report,
    point_to_report,
    registries,
    run_by_hand,
    standard_error,
    store_of,
)
from .show import number_of_cases, profile_lines
from .splitting import resampling_of

if TYPE_CHECKING:
    from rich.console import Console

_COLUMNS_SAID = 40


def run_command(given: argparse.Namespace) -> int:
    """Compare models on tasks and write the report."""
    chosen = chosen_engine(given.engine)
    if chosen.is_dask and given.jobs is not None:
        raise RequestError(
            f"--engine {given.engine} says who computes, and --jobs {given.jobs} is for worker "
            "processes of this machine.  Leave --jobs out."
        )
    if chosen.is_dask and given.minutes is not None:
        raise RequestError(
            f"--minutes {given.minutes:g} is for worker processes of this machine, and --engine "
            f"{given.engine} names others.  Leave one of them out."
        )
    if given.mlflow:
        check_address(given.mlflow)
    jobs = workers(given.jobs)
    minutes = None if given.minutes is None else asked_minutes(given.minutes, "--minutes")
    printer = browser() if given.pdf else None  # before anything is computed
    models, datasets, metrics, policies = registries(given.plugin)
    suite = load_suite(given.suite)
    # A plugin given by its file takes part, whatever models the suite or --model names.
    own = models.given if suite.models or given.model else []
    named = [*(given.model or suite.models), *own]
    if given.best and not named:
        named = members_of_best(models, suite.parameters)
    suite = suite.narrowed(given.task or datasets.given, list(dict.fromkeys(named)))
    suite = replace(
        suite,
        act_or_wait=act_or_wait_of(given, suite.act_or_wait),
        decisions=decisions_of(given, suite),
    )
    if given.slice:
        suite = replace(suite, slices=tuple(dict.fromkeys(given.slice)))
    if given.search is not None:
        suite = replace(suite, search=asked_search(given.search, "--search", suite.search))
    if given.pretrain_on is not None:
        suite = replace(suite, pretrain_on=given.pretrain_on)
    mine = own_task(given, [*datasets.names(), *suite.variants])
    if mine is not None:
        name, variant = mine
        if suite.act_or_wait is not None:
            variant = with_course(variant)
        tasks = (*given.task, *datasets.given, name)
        suite = replace(suite, tasks=tasks, variants={**suite.variants, name: variant})
        if tasks == (name,):  # what the suite says of its own tasks is not true of these data
            told = variant.parameters
            suite = replace(suite, title=told.get("title") or Path(told["path"]).name)
    suite = replace(suite, resampling=resampling_of(given, suite.resampling))
    if given.seed is not None:
        suite = replace(suite, seeds=(given.seed,))
    further = all_of(metrics)
    store = store_of(given)
    console = standard_error()
    about = {"command": _command(), "metrics": noted(further)}
    own_name = mine[0] if mine is not None else ""
    with taking_part(further):
        with (
            opened(chosen, jobs, partial(tell, console)) as engine,
            ProgressShown(console, engine.jobs) as progress,
        ):
            run = run_suite(
                suite, models, datasets, store, progress, about, jobs=engine.jobs, engine=engine,
                has_canaries=given.canary, awaits_report=True, minutes=minutes,
                policies=policies,
                loading=busy(console, _("loading data")),
                looks=lambda work: _look(work, own_name, progress.says),
            )  # fmt: skip
            if run.stands:
                stands = _("Nothing has changed since run {run}: its report stands.")
                progress.says(stands.format(run=run.run_id))
        if run.stands:
            code = point_to_report(store, run, console, printer)
        else:
            code = judge_and_report(store, run, further, console, printer)
    _publish(store, run.run_id, console)
    if given.mlflow:
        _log(given.mlflow, store, run.run_id, console)
    return code


def _publish(store: Store, run: str, console: "Console") -> None:
    """Write the run to the store that machines share, if there is one, once its report stands."""
    with busy(console, _("writing the run to the store")):
        place = store.publish(run)
    if place:
        told = _("Run {run} is in {store}.").format(run=run, store=place)
        console.print(told, markup=False, highlight=False, soft_wrap=True)


def _log(uri: str, store: Store, run: str, console: "Console") -> None:
    """Log a run to MLflow, once its report stands: what goes wrong there loses nothing."""
    with busy(console, _("logging to MLflow")):
        told = log_run(path_of_run(store, run), uri)
    console.print(told, markup=False, highlight=False, soft_wrap=True)


def _look(work: Work, own_name: str, says: Callable[[str], None]) -> None:
    """Say what own data are taken for, and hide from plugins where they lie."""
    for task in work.tasks:
        if task.profile or task.name == own_name:
            _say_columns(task, says)
    if not all(plugin.is_of_house for plugin, _outline in work.models):
        hide_arguments()


def _say_columns(task: Task, says: Callable[[str], None]) -> None:
    """Say before the run what the columns of a file are taken for."""
    says(
        _("{title}: cases: {number}").format(
            title=said(task.card.title), number=number_of_cases(task)
        )
    )
    says("\n".join(profile_lines(task, most=_COLUMNS_SAID)))
    for caveat in task.card.caveats:
        says(_("note: {note}").format(note=said(caveat)))


def _command() -> str:
    return " ".join(["intentbench", *sys.argv[1:]])


if __name__ == "__main__":
    run_by_hand(__file__)
