"""The front door: reads the command line, puts the parts together, prints where the results are.

Heavy imports stand inside the commands: ``--help`` and ``list`` answer at once.
"""

import argparse
import os
import re
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..bench.errors import (
    EXIT_CELLS_FAILED,
    EXIT_DONE,
    EXIT_REQUEST_WRONG,
    IntentbenchError,
    RequestError,
)
from .own_data import own_data_flags, own_task

if TYPE_CHECKING:
    from rich.console import Console

    from ..bench.plugins.registry import Registry
    from ..bench.store.records import RunRecord
    from ..bench.store.store import Store
    from ..bench.suite.suite import Variant
    from ..bench.task import Task

_INTERRUPTED = 130
_COLUMNS_SAID = 40
_EXAMPLES = """examples:
  intentbench run                              the default suite; offline, some minutes
  intentbench run shoppers                     UCI online shoppers (downloaded once)
  intentbench run smoke --model xgboost        one task, one model beside the base rate
  intentbench run --data visits.csv --target bought      your own table
  intentbench run --events log.parquet --who user_id --when at --what kind \\
      --target purchase --after-events 3                  your own event log
  intentbench run --plugin my_model.py         all models and your own
  intentbench show --data visits.csv --target bought     what its columns are taken for
  intentbench fetch online_shoppers            download its files now
  intentbench check my_model.py                does your plugin keep the contract?
  intentbench report                           rebuild the latest report; fits nothing
  intentbench compare BEFORE AFTER --fail-if-worse roc_auc:0.005     two runs, and a gate
  intentbench audit claims.toml                can published figures be true?
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="intentbench",
        description="Honest baseline comparisons for purchase-intent prediction.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    debug = {"action": "store_true", "help": "show the traceback of an error"}
    parser.add_argument("--debug", **debug)
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    results = argparse.ArgumentParser(add_help=False)
    results.add_argument(
        "--results", type=Path, default=Path("results"), metavar="DIR",
        help="folder for stored cells, runs and reports (default: results)",
    )  # fmt: skip
    plugins = argparse.ArgumentParser(add_help=False)
    plugins.add_argument(
        "--plugin", type=Path, action="append", default=[], metavar="FILE",
        help="a Python file with a model or a data set of your own; may be repeated",
    )  # fmt: skip

    own = own_data_flags()

    run = commands.add_parser(
        "run", parents=[results, plugins, own], help="compare models on tasks and write the report"
    )
    run.add_argument("suite", nargs="?", default="default", help="suite name or .toml file")
    run.add_argument("--task", action="append", default=[], metavar="NAME", help="only this task")
    run.add_argument(
        "--model", action="append", default=[], metavar="NAME",
        help="only this model (the base rate is always added)",
    )  # fmt: skip
    run.add_argument(
        "--jobs", type=int, default=None, metavar="N", help="worker processes (default: cores)"
    )
    run.add_argument(
        "--test-after", metavar="DATE",
        help="test on the cases from this moment on, train on what was known by then",
    )  # fmt: skip
    report = commands.add_parser(
        "report", parents=[results], help="rebuild a run's report from stored results"
    )
    report.add_argument("run", nargs="?", default="latest", help="run id (default: latest)")
    commands.add_parser("list", parents=[plugins], help="list models, data sets and suites")
    show = commands.add_parser(
        "show", parents=[plugins, own], help="print a task's card, its split and its columns"
    )
    show.add_argument("task", nargs="?", help="data set name; or give --data or --events")
    fetch = commands.add_parser(
        "fetch", parents=[plugins], help="download data sets, or say where to get them"
    )
    fetch.add_argument("name", nargs="+", metavar="NAME", help="data set name")
    compare = commands.add_parser(
        "compare", parents=[results], help="compare two runs on the same splits"
    )
    compare.add_argument("before", metavar="RUN_A", help="run id, its folder, or latest")
    compare.add_argument("after", metavar="RUN_B", help="the run that may be better or worse")
    compare.add_argument(
        "--fail-if-worse", action="append", default=[], metavar="METRIC:AMOUNT",
        help="end with 1 if a loss of more than this is established; may be repeated",
    )  # fmt: skip
    audit = commands.add_parser("audit", help="find printed figures that cannot be true")
    audit.add_argument("file", type=Path, help="claims as TOML or CSV: see docs/audit.md")
    check = commands.add_parser("check", help="run the conformance suite on a model plugin")
    check.add_argument("model", help="model name, or a Python file")
    new = commands.add_parser("new", parents=[own], help="write a working plugin")
    new.add_argument("kind", choices=["model", "dataset"], help="a dataset is made of --data")
    new.add_argument("name", help="the plugin's name, as in my_model")
    for command in commands.choices.values():
        # Not given here, what was given before the command stands.
        command.add_argument("--debug", default=argparse.SUPPRESS, **debug)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give 0 for done, 1 for some cells failed, 2 for a wrong request."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.version:
        from importlib.metadata import version

        print(f"intentbench {version('intentbench')}")
        return EXIT_DONE
    if given.command is None:
        parser.print_help()
        return EXIT_REQUEST_WRONG
    commands = {
        "run": _run, "report": _report, "list": _list, "show": _show, "fetch": _fetch,
        "compare": _compare, "audit": _audit, "check": _check, "new": _new,
    }  # fmt: skip
    try:
        code = commands[given.command](given)
        sys.stdout.flush()
        return code
    except IntentbenchError as error:
        if given.debug:
            traceback.print_exc()
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader has seen enough, as in `intentbench list | head`; Python itself would
        # complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE
    except KeyboardInterrupt:
        print(
            "\ninterrupted: all finished cells are stored; the same command goes on from here.",
            file=sys.stderr,
        )
        return _INTERRUPTED


def _run(given: argparse.Namespace) -> int:
    from ..bench.run.execute import execute_run
    from ..bench.run.prepare import prepare
    from ..bench.store.store import Store
    from ..bench.suite.reading import load_suite
    from .progress import ProgressShown

    jobs = given.jobs if given.jobs is not None else _cores()
    if jobs < 1:
        raise RequestError(f"--jobs {jobs}: at least one worker is needed.")
    models, datasets = _registries(given.plugin)
    suite = load_suite(given.suite)
    # A plugin given by its file takes part, whatever models the suite or --model names.
    own = models.given if suite.models or given.model else []
    named = [*(given.model or suite.models), *own]
    suite = suite.narrowed(given.task or datasets.given, list(dict.fromkeys(named)))
    mine = own_task(given, [*datasets.names(), *suite.variants])
    if mine is not None:
        name, variant = mine
        tasks = (*given.task, *datasets.given, name)
        suite = replace(suite, tasks=tasks, variants={**suite.variants, name: variant})
    if given.test_after is not None:
        suite = replace(suite, resampling=replace(suite.resampling, test_after=given.test_after))
    store = Store(given.results)
    # A terminated run ends like an interrupted one: workers stopped, cells kept.
    signal.signal(signal.SIGTERM, _interrupt)
    console = _console()
    with ProgressShown(console, jobs) as progress:
        with console.status("loading data") if console.is_terminal else nullcontext():
            work = prepare(suite, models, datasets)
        for task in work.tasks:
            if task.profile or (mine is not None and task.name == mine[0]):
                _say_columns(task, progress.says)
        run = execute_run(work, store, jobs, progress, {"command": _command()})
    return _write_report(store, run, console)


def _report(given: argparse.Namespace) -> int:
    from ..bench.store.run_reader import read_run
    from ..bench.store.store import Store

    store = Store(given.results)
    return _write_report(store, read_run(store, given.run), _console())


def _write_report(store: "Store", run: "RunRecord", console: "Console") -> int:
    from ..bench.judge.judge import judge
    from ..bench.store.run_reader import path_of_run
    from ..bench.store.store import writing
    from ..reports.render import write_report

    with console.status("judging and writing the report") if console.is_terminal else nullcontext():
        judgement = judge(run)
        with writing(store.root):
            path = write_report(judgement, path_of_run(store, run.run_id))
    failed = [cell for cell in run.cells if not cell.done]
    if failed:
        console.print(
            f"{len(failed)} of {len(run.cells)} cells failed; the report gives each one's reason.",
            highlight=False,
        )
    print(path)
    return EXIT_CELLS_FAILED if failed else EXIT_DONE


def _registries(files: Sequence[Path]) -> "tuple[Registry, Registry]":
    """Sort the plugin files given into models and data sets."""
    from ..bench.plugins.outline import kind_of_file
    from ..bench.plugins.registry import Registry

    kinds = {file: kind_of_file(file) for file in files}
    models, datasets = (
        Registry(kind, [file for file in files if kinds[file] == kind])
        for kind in ("model", "dataset")
    )
    return models, datasets


def _say_columns(task: "Task", says: Callable[[str], None]) -> None:
    """Say before the run what the columns of a file are taken for."""
    from .show import profile_lines

    says(f"{task.card.title}: {len(task):,} cases, {task.base_rate:.1%} positive")
    says("\n".join(profile_lines(task, most=_COLUMNS_SAID)))
    for caveat in task.card.caveats:
        says(f"note: {caveat}")


def _list(given: argparse.Namespace) -> int:
    from ..bench.plugins.outline import outline
    from ..bench.suite.shipped import suite_titles

    models, datasets = _registries(given.plugin)
    print("models")
    for name in models.names():
        described = outline(models.find(name))
        print(f"  {name:<28} {described.family:<10} {described.summary}")
    print("\ndata sets")
    for name in datasets.names():
        print(f"  {name:<32} {outline(datasets.find(name)).summary}")
    print("\nsuites")
    for name, title in suite_titles().items():
        print(f"  {name:<24} {title}")
    return EXIT_DONE


def _show(given: argparse.Namespace) -> int:
    from ..bench.run.prepare import load_task
    from ..bench.splits.resampling import Resampling
    from .show import card_lines, profile_lines

    _, datasets = _registries(given.plugin)
    mine = own_task(given, datasets.names())
    if (mine is None) == (given.task is None):
        raise RequestError(
            "show one thing: a data set by its name, a table (--data FILE --target COLUMN), or a "
            "log (--events FILE ...).  `intentbench list` names all data sets."
        )
    if mine is None:
        task = load_task(datasets.find(given.task))
    else:
        name, variant = mine
        task = load_task(datasets.find(variant.data), name, variant.parameters)
    plan = Resampling().describe(task)
    print("\n".join([*card_lines(task, plan), "", *profile_lines(task)]))
    return EXIT_DONE


def _fetch(given: argparse.Namespace) -> int:
    from .fetch import fetch_files

    _, datasets = _registries(given.plugin)
    paths, refused = fetch_files(given.name, datasets, lambda line: print(line, file=sys.stderr))
    for path in paths:
        print(path)
    for why in refused:
        print(f"error: {why}", file=sys.stderr)
    return EXIT_REQUEST_WRONG if refused else EXIT_DONE


def _compare(given: argparse.Namespace) -> int:
    from ..bench.judge.compare_runs import compare_runs, find_run
    from ..bench.store.store import Store, writing
    from ..reports.run_comparison import printed_lines, write_comparison
    from .gate import read_gates, verdicts

    gates = read_gates(given.fail_if_worse)
    store = Store(given.results)
    runs = [find_run(store, name) for name in (given.before, given.after)]
    console = _console()
    with console.status("comparing") if console.is_terminal else nullcontext():
        compared = compare_runs(*(run for run, _ in runs))
        judged = verdicts(compared, gates)
        folder = runs[1][1]
        with writing(folder):
            path = write_comparison(compared, judged, folder)
    print("\n".join(printed_lines(compared, judged)))
    print(path)
    return EXIT_CELLS_FAILED if any(verdict.failed for verdict in judged) else EXIT_DONE


def _audit(given: argparse.Namespace) -> int:
    from ..bench.audit.reading import read_claims
    from .audit import audit, audit_lines

    audited = audit(read_claims(given.file))
    print("\n".join(audit_lines(audited)))
    possible = all(verdict.possible for _, verdict in audited)
    return EXIT_DONE if possible else EXIT_CELLS_FAILED


def _check(given: argparse.Namespace) -> int:
    from .check import report_on

    is_file = given.model.endswith(".py")
    return report_on(Path(given.model) if is_file else given.model)


def _new(given: argparse.Namespace) -> int:
    from .new import new_dataset, new_model

    mine = own_task(given, ())
    if given.kind == "dataset":
        if given.data is None:
            raise RequestError(
                "a new data set is made of a table: add --data FILE --target COLUMN.  For other "
                "data write a plugin by hand, as docs/plugins.md shows."
            )
        path, how = new_dataset(given.name, *_examined(mine[1]))
        print(f"{path}\nnext: intentbench run {how}", file=sys.stderr)
        return EXIT_DONE
    if mine is not None:
        raise RequestError("a new model reads any data: leave the file and its flags out.")
    path = new_model(given.name)
    print(f"{path}\nnext: intentbench check {path}, then intentbench run smoke", file=sys.stderr)
    return EXIT_DONE


def _examined(variant: "Variant") -> tuple[dict[str, Any], str]:
    """Read a table, so that no plugin is written of one that cannot be; give its SHA-256 too."""
    from ..bench.plugins.registry import Registry
    from ..bench.run.prepare import load_task

    task = load_task(Registry("dataset").find(variant.data), None, variant.parameters)
    return variant.parameters, re.search(r"SHA-256 ([0-9a-f]{64})", task.card.source)[1]


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity
        return os.cpu_count() or 1


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True)


def _command() -> str:
    return " ".join(["intentbench", *sys.argv[1:]])


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
