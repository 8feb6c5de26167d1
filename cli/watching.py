"""The flags of ``watch``, ``recalibrate`` and ``replay``: what they read, and from where."""

import argparse


def watch_flags(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    plugins: argparse.ArgumentParser,
    stored: argparse.ArgumentParser,
) -> None:
    """Add the commands about a model at work."""
    watch = commands.add_parser(
        "watch",
        parents=[plugins],
        help="compare new cases and labels with what a file of a model was made of",
    )
    watch.add_argument("model", metavar="MODEL", help="as written by train")
    watch.add_argument("--new", metavar="DATA", help="new cases, a table or log as for predict")
    watch.add_argument("--labels", metavar="FILE", help="a table of ids and outcomes")
    watch.add_argument(
        "--delay", metavar="TIME",
        help="how long after its time an outcome is final, as in 7d: earlier labels wait",
    )  # fmt: skip
    watch.add_argument(
        "--as-of", metavar="MOMENT", help="what the clock says (default: the latest case)"
    )
    _columns(watch)
    recalibrate = commands.add_parser(
        "recalibrate",
        parents=[plugins],
        help="learn truer probabilities on labels, and write them as another file",
    )
    recalibrate.add_argument("model", metavar="MODEL", help="as written by train")
    recalibrate.add_argument(
        "--labels",
        metavar="FILE",
        help="ids and outcomes (default: those that a log in --new tells)",
    )
    recalibrate.add_argument(
        "--new", metavar="DATA", help="the cases of the labels (default: those that were watched)"
    )
    recalibrate.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="the file to write, as shop2.intent"
    )
    _columns(recalibrate)
    replay = commands.add_parser(
        "replay",
        parents=[stored, plugins],
        help="what would have happened had a run's model been watched in its tested months",
    )
    replay.add_argument("run", nargs="?", default="latest", help="run id (default: latest)")
    replay.add_argument("--task", metavar="NAME", help="of the run (default: its only one)")
    replay.add_argument("--model", metavar="NAME", help="this model (default: the recommended one)")
    replay.add_argument(
        "--delay", metavar="TIME", help="of labels (default: as long as the data say)"
    )
    replay.add_argument(
        "-o", "--output", default="replay.html", metavar="FILE", help="default: replay.html"
    )


def _columns(parser: argparse.ArgumentParser) -> None:
    for flag, what in (
        ("--id", "the column, of cases and of labels, that says which case it is"),
        ("--group", "the column that says whom a case is about (default: as fitted)"),
        ("--time", "the column with the moment of each case (default: as fitted)"),
        ("--label", "the column of the labels with the outcome (default: the target)"),
    ):
        parser.add_argument(flag, metavar="COLUMN", help=what)
    parser.add_argument(
        "--drop", action="append", default=[], metavar="COLUMN",
        help="a column that may be there and is not read; may be repeated",
    )  # fmt: skip
    parser.add_argument("--encoding", default="", metavar="NAME", help="of a text")
    parser.add_argument("--sheet", default="", metavar="NAME", help="of a workbook")
