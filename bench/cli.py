"""The front door: reads the command line, puts the parts together, prints where the results are.

Heavy imports stand inside the commands: ``--help`` and ``list`` answer at once.
"""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import EXIT_CELLS_FAILED, EXIT_DONE, EXIT_REQUEST_WRONG, IntentbenchError, RequestError

if TYPE_CHECKING:
    from rich.console import Console

    from .results import RunRecord
    from .store import Store
    from .task import Task

_INTERRUPTED = 130
_EXAMPLES = """examples:
  intentbench run                              the default suite; offline, some minutes
  intentbench run shoppers                     UCI online shoppers (downloaded once)
  intentbench run smoke --model xgboost        one task, one model beside the base rate
  intentbench run --plugin my_model.py         all models and your own
  intentbench check my_model.py                does your plugin keep the contract?
  intentbench report                           rebuild the latest report; fits nothing
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
        help="a Python file with a model of your own; may be repeated",
    )  # fmt: skip

    run = commands.add_parser(
        "run", parents=[results, plugins], help="compare models on tasks and write the report"
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
    report = commands.add_parser(
        "report", parents=[results], help="rebuild a run's report from stored results"
    )
    report.add_argument("run", nargs="?", default="latest", help="run id (default: latest)")
    commands.add_parser("list", parents=[plugins], help="list models, data sets and suites")
    show = commands.add_parser("show", help="print a task's card and how it is split")
    show.add_argument("task", help="data set name")
    check = commands.add_parser("check", help="run the conformance suite on a model plugin")
    check.add_argument("model", help="model name, or a Python file")
    new = commands.add_parser("new", help="write a working example plugin")
    new.add_argument("what", choices=["model"])
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
        "run": _run, "report": _report, "list": _list, "show": _show, "check": _check, "new": _new,
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
    from .progress import ProgressShown
    from .registry import Registry
    from .runner import carry_out, prepare
    from .store import Store
    from .suite import load_suite

    jobs = given.jobs if given.jobs is not None else _cores()
    if jobs < 1:
        raise RequestError(f"--jobs {jobs}: at least one worker is needed.")
    models = Registry("model", given.plugin)
    suite = load_suite(given.suite)
    # A plugin given by its file takes part, whatever models the suite or --model names.
    own = [path.stem for path in given.plugin] if suite.models or given.model else []
    named = [*(given.model or suite.models), *own]
    suite = suite.narrowed(given.task, list(dict.fromkeys(named)))
    store = Store(given.results)
    # A terminated run ends like an interrupted one: workers stopped, cells kept.
    signal.signal(signal.SIGTERM, _interrupt)
    console = _console()
    with ProgressShown(console, jobs) as progress:
        with console.status("loading data") if console.is_terminal else nullcontext():
            work = prepare(suite, models, Registry("dataset"))
        run = carry_out(work, store, jobs, progress, {"command": _command()})
    return _write_report(store, run, console)


def _report(given: argparse.Namespace) -> int:
    from .runs import read_run
    from .store import Store

    store = Store(given.results)
    return _write_report(store, read_run(store, given.run), _console())


def _write_report(store: "Store", run: "RunRecord", console: "Console") -> int:
    from ..reports.render import write_report
    from .judge import judge
    from .runs import path_of_run
    from .store import writing

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


def _list(given: argparse.Namespace) -> int:
    from .registry import Registry, outline
    from .suites import suite_titles

    models = Registry("model", given.plugin)
    print("models")
    for name in models.names():
        described = outline(models.find(name))
        print(f"  {name:<24} {described.family:<10} {described.summary}")
    datasets = Registry("dataset")
    print("\ndata sets")
    for name in datasets.names():
        print(f"  {name:<32} {outline(datasets.find(name)).summary}")
    print("\nsuites")
    for name, title in suite_titles().items():
        print(f"  {name:<24} {title}")
    return EXIT_DONE


def _show(given: argparse.Namespace) -> int:
    from .registry import Registry
    from .resampling import Resampling
    from .runner import load_task

    task = load_task(Registry("dataset").find(given.task))
    plan = Resampling().describe(task)
    print("\n".join(_lines_about(task, plan)))
    return EXIT_DONE


def _lines_about(task: "Task", plan: str) -> list[str]:
    card, events = task.card, task.cases.events
    seen = f"{events.n_events:,} events of {events.n_kinds} kinds" if task.has_events else "none"
    return [
        card.title,
        f"  question     {card.question}",
        f"  target       {card.target}",
        f"  data         {'real' if card.real else 'SIMULATED'}; {card.source}; {card.licence}",
        f"  cases        {len(task):,}, {task.base_rate:.2%} positive",
        f"  features     {task.cases.features.shape[1]}",
        f"  events       {seen}",
        f"  split        {plan}",
        f"  suspects     {', '.join(card.suspected_leaks) or 'none'}",
        *(f"  caveat       {caveat}" for caveat in card.caveats),
        f"  fingerprint  {task.fingerprint()}",
    ]


def _check(given: argparse.Namespace) -> int:
    from .conformance import report_on

    is_file = given.model.endswith(".py")
    return report_on(Path(given.model) if is_file else given.model)


def _new(given: argparse.Namespace) -> int:
    from .scaffold import new_model

    path = new_model(given.name)
    print(f"{path}\nnext: intentbench check {path}, then intentbench run smoke", file=sys.stderr)
    return EXIT_DONE


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
