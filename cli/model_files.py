"""The flags of the commands that write or use a file of a model."""

import argparse
from typing import TypeAlias

from .watching import watch_flags

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def model_file_flags(
    commands: _Commands,
    plugins: argparse.ArgumentParser,
    stored: argparse.ArgumentParser,
) -> None:
    """Add ``train`` and, in the order of a file's life, all that is done with what it wrote."""
    _train(commands, plugins, stored)
    _predict(commands, plugins)
    watch_flags(commands, plugins, stored)
    _serve(commands, plugins)
    _export(commands, plugins, stored)


def _train(
    commands: _Commands, plugins: argparse.ArgumentParser, stored: argparse.ArgumentParser
) -> None:
    train = commands.add_parser(
        "train",
        parents=[stored, plugins],
        help="fit a judged model or ensemble on all cases, and write it as one file",
    )
    train.add_argument("run", nargs="?", default="latest", help="run id (default: latest)")
    train.add_argument("--task", metavar="NAME", help="of the run (default: its only one)")
    chosen = train.add_mutually_exclusive_group()
    chosen.add_argument(
        "--best", action="store_true", help="what the report recommends (the default)"
    )
    chosen.add_argument("--model", metavar="NAME", help="this model")
    chosen.add_argument("--ensemble", metavar="NAME", help="this ensemble, as in stacking_all")
    train.add_argument(
        "-o", "--output", required=True, metavar="FILE",
        help="the file to write, as in shop.intent; its card is written beside it",
    )  # fmt: skip


def _predict(commands: _Commands, plugins: argparse.ArgumentParser) -> None:
    predict = commands.add_parser(
        "predict",
        parents=[plugins],
        help="score the cases of a table or an event log with a file that train wrote",
    )
    predict.add_argument("model", metavar="MODEL", help="as written by train")
    predict.add_argument(
        "data", metavar="DATA",
        help="CSV, TSV, Parquet (in blocks, of any size); JSON, Feather, .xlsx; or a folder; for a "
        "model of an event log, a log",
    )  # fmt: skip
    predict.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="what to write: .parquet or .csv"
    )
    for flag, what in (
        ("--keep", "copy this column of the data beside the scores"),
        ("--drop", "a column that may be there and is not read"),
    ):
        predict.add_argument(
            flag, action="append", default=[], metavar="COLUMN", help=f"{what}; may be repeated"
        )
    predict.add_argument("--encoding", default="", metavar="NAME", help="of a text")
    predict.add_argument("--sheet", default="", metavar="NAME", help="of a workbook")


def _serve(commands: _Commands, plugins: argparse.ArgumentParser) -> None:
    serve = commands.add_parser(
        "serve",
        parents=[plugins],
        help="answer requests over HTTP with a file that train wrote",
    )
    serve.add_argument("model", metavar="MODEL", help="as written by train")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen at (default: own)")
    serve.add_argument(
        "--port", type=int, default=8080, metavar="N", help="0 for a free one (default: 8080)"
    )
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    serve.add_argument(
        "--token", default="", metavar="TOKEN",
        help="what clients must bring; INTENTBENCH_TOKEN in the environment says it unseen",
    )  # fmt: skip
    serve.add_argument(
        "--most-rows", type=int, default=10_000, metavar="N", help="in a request (default: 10000)"
    )
    serve.add_argument(
        "--most-bytes", type=int, default=4 * 2**20, metavar="N",
        help="of a body (default: 4194304)",
    )  # fmt: skip
    serve.add_argument(
        "--seconds", type=float, default=10.0, metavar="S",
        help="for a body to arrive, and again for its answer (default: 10)",
    )  # fmt: skip


def _export(
    commands: _Commands, plugins: argparse.ArgumentParser, stored: argparse.ArgumentParser
) -> None:
    export = commands.add_parser(
        "export",
        parents=[stored, plugins],
        help="write a file of a model in the form of another program",
    )
    export.add_argument("model", metavar="MODEL", help="as written by train")
    export.add_argument(
        "--format",
        choices=["docker", "mlflow", "onnx"],
        required=True,
        help="docker: what an image of its service is built of; mlflow: a model made from code; "
        "onnx: a graph that takes features, proved to say the same",
    )
    export.add_argument(
        "-o", "--output", required=True, metavar="OUTPUT",
        help="a new folder to write; of onnx, a file that ends in .onnx",
    )  # fmt: skip
    export.add_argument(
        "--data", default="", metavar="DATA",
        help="of onnx: rows to prove the graph on (default: the cases of the run that judged it)",
    )  # fmt: skip
