"""The flags that make a task of a file of one's own: a table, or a log of events."""

import argparse
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from ..bench.errors import RequestError

if TYPE_CHECKING:
    from ..bench.suite.suite import Variant

_TABLE, _LOG = "table_file", "event_log"
# Flags, as the keywords of the data set that they set; the first belong to both.
_OF_BOTH = ("target", "encoding", "date_order")
_OF_TABLE = ("positive", "negative", "group", "time", "drop", "keep", "horizon_days")
_OF_LOG = (
    "who", "when", "what", "value", "item", "event_id", "identical", "clock",
    "after_events", "session_gap", "every", "within", "active_within",
)  # fmt: skip


def own_data_flags() -> argparse.ArgumentParser:
    """Give a parser of the flags, to be the parent of commands."""
    parser = argparse.ArgumentParser(add_help=False)
    table = parser.add_argument_group("your own table, one row a case")
    _file(
        table, "--data", "CSV, TSV, JSON lines, Parquet or Feather, also .gz or .zst; or a folder"
    )
    _column(
        table, "--target",
        "the column to predict (of a log: the kind of event; may be repeated, any counts)",
        action="append",
    )  # fmt: skip
    table.add_argument("--positive", metavar="VALUE", help="the target's value that means yes")
    table.add_argument("--negative", metavar="VALUE", help="... that means no; others are left out")
    _column(table, "--group", "whom a case is about: nobody is in train and in test")
    _column(table, "--time", "the moment of prediction: tests come after training")
    table.add_argument(
        "--horizon-days", type=float, metavar="DAYS",
        help="how long after its time an outcome is known (default: 0)",
    )  # fmt: skip
    _column(table, "--drop", "leave this column out; may be repeated", action="append")
    _column(
        table, "--keep", "use it although it looks like a name; may be repeated", action="append"
    )
    text = parser.add_argument_group("how a text file of either is written")
    text.add_argument("--encoding", metavar="NAME", help="as in gb18030 (default: found out)")
    text.add_argument(
        "--date-order", choices=["dmy", "mdy", "ymd"],
        help="of dates such as 3/4/2024 where the column does not tell",
    )  # fmt: skip
    log = parser.add_argument_group("your own event log, one row an event")
    _file(log, "--events", "file (CSV, TSV, JSON, Parquet; .gz, .zst) or folder of parts")
    _column(log, "--who", "who did it")
    _column(log, "--when", "when it was done")
    _column(log, "--what", "what was done (default: every row is the target)")
    _column(log, "--value", "a price or an amount")
    _column(log, "--item", "an item or a category")
    _column(log, "--event-id", "the id of a message: those sent again are counted once")
    log.add_argument(
        "--identical", choices=["once", "keep"],
        help="rows equal in every column (default: keep where moments are whole minutes or days)",
    )  # fmt: skip
    log.add_argument(
        "--clock", choices=["seconds", "minutes", "hours", "days"],
        help="what moments count from a start that the log does not name",
    )  # fmt: skip
    log.add_argument(
        "--after-events", type=int, metavar="N", help="will a visit still buy, seen after N events?"
    )
    log.add_argument("--session-gap", metavar="TIME", help="... a visit ends after (default: 30m)")
    log.add_argument("--every", metavar="TIME", help="ask of everybody this often, as in 7d ...")
    log.add_argument("--within", metavar="TIME", help="... whether it happens within, as in 7d")
    log.add_argument(
        "--active-within", metavar="TIME", help="... only of those who did something, as in 60d"
    )
    return parser


def _file(group: argparse._ArgumentGroup, flag: str, what: str) -> None:
    group.add_argument(flag, metavar="FILE", help=what)


def _column(group: argparse._ArgumentGroup, flag: str, what: str, **more: str) -> None:
    group.add_argument(flag, metavar="COLUMN", help=what, **more)


def own_task(given: argparse.Namespace, taken: Collection[str]) -> "tuple[str, Variant] | None":
    """Make a task of the flags.

    Parameters
    ----------
    given : Namespace
        The command line.
    taken : collection of str
        Names that the task cannot have.

    Returns
    -------
    tuple of str and Variant, or None
        Its name, made of the file's; None where no flag was given.

    Raises
    ------
    RequestError
        If flags are given without their file, or with the other kind of file.
    """
    # Importing it takes a second, which --help must not.
    from ..bench.suite.suite import Variant

    if given.data is not None and given.events is not None:
        raise RequestError(
            "--data is a table with one row a case, --events a log with one row an event.  "
            "Give one of them; run twice for both."
        )
    _require_file(given, "data", _OF_TABLE, given.events)
    _require_file(given, "events", _OF_LOG, given.data)
    if given.data is None and given.events is None:
        if given.target is not None:
            raise RequestError(
                f"--target {given.target[0]}: of which file?  Name it with --data (a table) or "
                "--events (a log)."
            )
        return None
    is_table = given.data is not None
    path = given.data if is_table else given.events
    keywords = (*_OF_BOTH, *(_OF_TABLE if is_table else _OF_LOG))
    said = {name: getattr(given, name) for name in keywords}
    parameters = {name: value for name, value in said.items() if value is not None}
    parameters |= _one_target(given.target, is_table=is_table)
    variant = Variant(_TABLE if is_table else _LOG, {"path": path, **parameters})
    return task_name(path, taken), variant


def _one_target(named: list[str] | None, *, is_table: bool) -> dict[str, str | list[str]]:
    """Give a single target as itself; only a log may have several."""
    if named is None:
        return {}
    if len(named) == 1:
        return {"target": named[0]}
    if is_table:
        raise RequestError(
            f"--target is given {len(named)} times; a table has one column to predict.  Give one."
        )
    return {"target": named}


def _require_file(
    given: argparse.Namespace, kind: str, flags: tuple[str, ...], other: str | None
) -> None:
    if getattr(given, kind) is not None:
        return
    for flag in flags:
        if getattr(given, flag) is not None:
            instead = f", not to {other}" if other is not None else ""
            raise RequestError(
                f"--{flag.replace('_', '-')} belongs to a file given with --{kind}{instead}.  "
                f"Name that file, or leave the flag out."
            )


def task_name(path: str, taken: Collection[str]) -> str:
    """Make a name of a file's, which can be part of paths and of a suite file."""
    stem = Path(path).name.partition(".")[0]
    name = re.sub(r"\W+", "_", stem, flags=re.ASCII).strip("_") or "table"
    name = name if not name[0].isdigit() else f"table_{name}"
    return f"my_{name}" if name in taken else name
