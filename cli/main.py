"""The front door: reads the command line, hands it to the command's file, ends with its code.

Only the command that is asked for is imported: ``--help`` and ``list`` answer at once.
"""

import argparse
import errno
import gc
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ..bench.errors import EXIT_DONE, EXIT_REQUEST_WRONG, IntentbenchError
from ..bench.language.speaking import LANGUAGES, of_locale, speak
from ..bench.run.threads import limit_threads
from .deciding import decision_flags
from .ending import (
    end_by_signal,
    end_for_long_name,
    end_unforeseen,
    end_without_memory,
    signals_noted,
    stop_writing,
)
from .model_files import model_file_flags
from .output import say
from .own_data import own_data_flags
from .splitting import split_flags

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
  intentbench train --best -o shop.intent      the chosen model, fitted on all cases, as one file
  intentbench predict shop.intent visits.csv -o scored.parquet       score new cases with it
  intentbench watch shop.intent --new week46.csv --labels labels.csv --id visit_id   still true?
  intentbench recalibrate shop.intent --labels labels.csv -o shop2.intent            make it truer
  intentbench replay                           had the model been watched in the run's later months
  intentbench serve shop.intent --port 8080    answer requests over HTTP with it
  intentbench export shop.intent --format docker -o image            what an image of it is built of
  intentbench report                           rebuild the latest report; fits nothing
  intentbench report --partial                 what is there of a run that still goes on
  intentbench clean                            what in the results folder nobody needs
  intentbench compare BEFORE AFTER --fail-if-worse roc_auc:0.005     two runs, and a gate
  intentbench audit claims.toml                can published figures be true?

exit codes: 0 done, 1 cells failed (or a check, a gate, a claim), 2 the request was wrong or cannot
be carried out, 3 watching has found something, 70 a fault of intentbench, 130 stopped by Ctrl-C,
143 terminated
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
    lang = {
        "choices": list(LANGUAGES),
        "help": "language of reports and of what is said of a run (default: the locale's, or en)",
    }
    parser.add_argument("--lang", **lang, default=of_locale(os.environ))
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    results = argparse.ArgumentParser(add_help=False)
    results.add_argument(
        "--results", type=Path, default=Path("results"), metavar="DIR",
        help="folder for stored cells, runs and reports (default: results)",
    )  # fmt: skip
    stored = argparse.ArgumentParser(add_help=False, parents=[results])
    stored.add_argument(
        "--store", default="", metavar="URL",
        help="keep cells and runs in a store that machines share, s3://BUCKET/PREFIX or "
        "file:///FOLDER; DIR is this machine's copy of it",
    )  # fmt: skip
    plugins = argparse.ArgumentParser(add_help=False)
    plugins.add_argument(
        "--plugin", type=Path, action="append", default=[], metavar="FILE",
        help="a Python file with a model, a data set or a metric of your own; may be repeated",
    )  # fmt: skip

    printing = argparse.ArgumentParser(add_help=False)
    printing.add_argument(
        "--pdf", action="store_true",
        help="print the report into report.pdf beside it, with an installed Chromium or Chrome",
    )  # fmt: skip

    own, splits = own_data_flags(), split_flags()

    run = commands.add_parser(
        "run",
        parents=[
            stored,
            plugins,
            own_data_flags(with_worth=True),
            splits,
            decision_flags(),
            printing,
        ],
        help="compare models on tasks and write the report",
    )
    run.add_argument("suite", nargs="?", default="default", help="suite name or .toml file")
    run.add_argument("--task", action="append", default=[], metavar="NAME", help="only this task")
    run.add_argument(
        "--model", action="append", default=[], metavar="NAME",
        help="only this model (the base rate is always added)",
    )  # fmt: skip
    run.add_argument(
        "--slice", action="append", default=[], metavar="COLUMN",
        help="tell figures apart by this column's values, a feature or not; may be repeated",
    )  # fmt: skip
    run.add_argument(
        "--search", type=int, metavar="N",
        help="try N configurations of each model on inner splits, and judge the chosen one, too",
    )  # fmt: skip
    run.add_argument(
        "--pretrain-on", metavar="TASK",
        help="train networks of events on this task first, and say what it brings or costs",
    )  # fmt: skip
    run.add_argument(
        "--minutes", type=float, metavar="M",
        help="report after so many minutes, on the models that are whole by then: cheap ones first",
    )  # fmt: skip
    run.add_argument(
        "--canary", action="store_true",
        help="try each model on outcomes by chance, too (two more fits a fold): cheats show",
    )  # fmt: skip
    run.add_argument(
        "--jobs", type=int, default=None, metavar="N", help="worker processes (default: cores)"
    )
    run.add_argument(
        "--engine", default="local", metavar="ENGINE",
        help="who computes: local (default), dask:local:N for N Dask workers here, or "
        "dask://HOST:PORT for a Dask scheduler",
    )  # fmt: skip
    run.add_argument(
        "--mlflow", default="", metavar="URI",
        help="log figures, report and tables there, as in http://127.0.0.1:5000 or file:./mlruns",
    )  # fmt: skip
    report = commands.add_parser(
        "report",
        parents=[stored, plugins, printing],
        help="rebuild a run's report from stored results",
    )
    report.add_argument("run", nargs="?", default="latest", help="run id (default: latest)")
    report.add_argument(
        "--partial", action="store_true",
        help="report what is there of a run that goes on or was cut short, into DIR/partial",
    )  # fmt: skip
    clean = commands.add_parser(
        "clean",
        parents=[results],
        help="list what killed runs left behind and cells that no run refers to",
    )
    clean.add_argument("--yes", action="store_true", help="remove what is listed")
    commands.add_parser("list", parents=[plugins], help="list models, data sets and suites")
    show = commands.add_parser(
        "show",
        parents=[plugins, own, splits],
        help="print a task's card, its split, its columns and what is wrong with it",
    )
    show.add_argument("task", nargs="?", help="data set name; or give --data or --events")
    show.add_argument(
        "--k-anonymity", nargs="+", default=[], metavar="COLUMN",
        help="also say how many cases (or people) share the same values of these columns",
    )  # fmt: skip
    fetch = commands.add_parser(
        "fetch", parents=[plugins], help="download data sets, or say where to get them"
    )
    fetch.add_argument("name", nargs="+", metavar="NAME", help="data set name")
    compare = commands.add_parser(
        "compare", parents=[stored, plugins], help="compare two runs on the same splits"
    )
    compare.add_argument("before", metavar="RUN_A", help="run id, its folder, or latest")
    compare.add_argument("after", metavar="RUN_B", help="the run that may be better or worse")
    compare.add_argument(
        "--fail-if-worse", action="append", default=[], metavar="METRIC:AMOUNT",
        help="end with 1 if a loss of more than this is established; may be repeated",
    )  # fmt: skip
    audit = commands.add_parser("audit", help="find printed figures that cannot be true")
    audit.add_argument("file", type=Path, help="claims as TOML or CSV: see docs/audit.md")
    model_file_flags(commands, plugins, stored)
    check = commands.add_parser("check", help="does a model or a metric keep the contract?")
    check.add_argument("plugin", help="model name, or a Python file with a model or a metric")
    new = commands.add_parser("new", parents=[own], help="write a working plugin")
    new.add_argument("kind", choices=["model", "dataset"], help="a dataset is made of --data")
    new.add_argument("name", help="the plugin's name, as in my_model")
    for command in commands.choices.values():
        # Not given here, what was given before the command stands.
        command.add_argument("--debug", default=argparse.SUPPRESS, **debug)
        command.add_argument("--lang", default=argparse.SUPPRESS, **lang)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give its exit code, of those that ``--help`` names."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.version:
        from importlib.metadata import version

        say(f"intentbench {version('intentbench')}")
        return EXIT_DONE
    if given.command is None:
        parser.print_help()
        return EXIT_REQUEST_WRONG
    speak(given.lang)
    limit_threads(os.environ)  # before the command's file brings numpy
    # What is read of a run are hundreds of thousands of records, none of them in a circle.
    gc.set_threshold(50_000, 20, 20)
    with signals_noted() as stopping:
        try:
            command = import_module(f".{given.command}", __package__)
            code = getattr(command, f"{given.command}_command")(given)
            sys.stdout.flush()
            return code
        except KeyboardInterrupt:
            return end_by_signal(stopping.number or signal.SIGINT, given.command == "run")
        except Exception as error:
            if stopping.number:
                return end_by_signal(stopping.number, given.command == "run")
            return _end(error, given.debug)


def _end(error: Exception, debug: bool) -> int:
    """Say what went wrong; gives the exit code."""
    if isinstance(error, IntentbenchError):
        if debug:
            traceback.print_exc()
        say(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        # The reader has seen enough, as in `intentbench list | head`.
        stop_writing()
        return EXIT_DONE
    if isinstance(error, MemoryError):
        return end_without_memory()
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return end_for_long_name(error)
    return end_unforeseen(error, debug)


if __name__ == "__main__":
    sys.exit(main())
