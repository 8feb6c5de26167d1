"""The flags that make a task of a file of one's own: a table, or a log of events."""

import argparse
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..bench.errors import RequestError
from ..bench.suite.task_name import task_name

if TYPE_CHECKING:
    from ..bench.suite.suite import Variant

_TABLE, _LOG = "table_file", "event_log"
# Flags, as the keywords of the data set that they set; the first belong to both.
_OF_BOTH = ("target", "date_order", "encoding", "sheet", "title", "question", "rows")
_OF_TABLE = (
    "positive", "negative", "group", "time", "split", "in_order", "weight", "trials", "today_rule",
    "drop", "keep", "category", "number", "text", "vector", "embeddings", "horizon_days",
    "out_of_core",
)  # fmt: skip
_OF_LOG = (
    "who", "when", "what", "value", "item", "event_id", "order_number", "identical", "clock",
    "after_events", "session_gap", "every", "within", "active_within",
)  # fmt: skip


def own_data_flags(*, with_worth: bool = False) -> argparse.ArgumentParser:
    """Give a parser of the flags, to be the parent of commands.

    Parameters
    ----------
    with_worth : bool, default=False
        Whether ``--value`` may also say, by a number, what a right yes is worth (``worth``).
    """
    parser = argparse.ArgumentParser(add_help=False)
    table = parser.add_argument_group("your own table, one row a case")
    _file(
        table, "--data",
        "CSV, TSV, JSON, Parquet, Feather or .xlsx, also .gz or .zst; or a folder",
    )  # fmt: skip
    table.add_argument(
        "--target", metavar="COLUMN", action="append",
        help="the column to predict (of a log: the kind of event; of several, any)",
    )  # fmt: skip
    _one(table, "--positive", "VALUE", "the target's value that means yes, or a bound as in '>0'")
    _one(table, "--negative", "VALUE", "... that means no; others are left out")
    _column(table, "--group", "whom a case is about")
    _column(table, "--time", "the moment of prediction: tests come after training")
    _column(table, "--split", "a split that came with the data: train and test, or fold numbers")
    table.add_argument(
        "--in-order", action="store_const", const=True,
        help="the rows stand in the order of time: tests come after training",
    )  # fmt: skip
    _column(table, "--weight", "how many cases a row stands for: impressions, people")
    _column(table, "--trials", "... of which the target counts the positive ones: clicks")
    _one(
        table, "--today-rule", "RULE",
        "whom you act upon today: a column of yes and no, 'COLUMN=VALUE' or 'COLUMN>=NUMBER'; "
        "compared with, and kept out of the features",
    )  # fmt: skip
    _one(
        table, "--horizon-days", "DAYS", "how long after its time an outcome is known (default: 0)",
        type=float,
    )  # fmt: skip
    table.add_argument(
        "--out-of-core", action="store_const", const=True,
        help="the table is larger than memory: --rows of it (200,000) are held and judged, and "
        "models that can learn from all others on disk, too",
    )  # fmt: skip
    for flag, what in (
        ("--drop", "leave this column out"),
        ("--keep", "use it although it looks like a name"),
        ("--category", "its values are names, whatever they look like: codes, slots, zip codes"),
        ("--number", "its values are numbers, whatever they look like"),
        ("--text", "its texts are read for what they say"),
        ("--vector", "its lists of numbers are vectors; lists of fractions are found"),
    ):
        table.add_argument(flag, metavar="COLUMN", action="append", help=f"{what}; may be repeated")
    _one(
        table, "--embeddings", "FOLDER",
        "... by these vectors of tokens: model.safetensors and tokenizer.json, as of model2vec",
    )  # fmt: skip
    both = parser.add_argument_group("your own table or log")
    _one(both, "--date-order", "ORDER", "dmy, mdy or ymd: how to read 3/4/2024 where nothing tells")
    _one(both, "--encoding", "NAME", "of a text, as in gb18030 (default: found out)")
    _one(both, "--sheet", "NAME", "of a workbook (default: the first)")
    _one(both, "--rows", "N", "a sample of so many rows, groups or people whole", type=int)
    _one(both, "--title", "TEXT", "what the report calls these data (default: the file's name)")
    _one(both, "--question", "TEXT", "... and the question that the target answers")
    log = parser.add_argument_group("your own event log, one row an event")
    _file(log, "--events", "file (CSV, TSV, JSON, Parquet, .xlsx; .gz, .zst) or folder of parts")
    _column(log, "--who", "who did it")
    _column(log, "--when", "when it was done")
    _column(log, "--what", "what was done (default: every row is the target)")
    if with_worth:
        parser.set_defaults(worth=None, value=None)
        log.add_argument(
            "--value", metavar="COLUMN", action=_ColumnOrWorth,
            help="a price or an amount; a number, also beside --data, is what a right yes is worth",
        )  # fmt: skip
    else:
        _column(log, "--value", "a price or an amount")
    _column(log, "--item", "an item or a category")
    _column(log, "--event-id", "the id of a message: those sent again are counted once")
    _column(log, "--order-number", "a person's orders, where --when is the time since the last one")
    _one(
        log, "--identical", "HOW",
        "once or keep, of rows equal in every column (default: keep if moments are whole minutes)",
    )  # fmt: skip
    _one(
        log, "--clock", "UNIT",
        "seconds, minutes, hours or days: what moments count from a start of the log's own",
    )  # fmt: skip
    _one(log, "--after-events", "N", "will a visit still buy, seen after N events?", type=int)
    _one(log, "--session-gap", "TIME", "... a visit ends after (default: 30m)")
    _one(log, "--every", "TIME", "ask of everybody this often, as in 7d ...")
    _one(log, "--within", "TIME", "... whether it happens within, as in 7d")
    _one(log, "--active-within", "TIME", "... only of those who did something, as in 60d")
    return parser


class Once(argparse.Action):
    """Keeps the value of a flag that says one thing; a second time, it is refused."""

    def __call__(self, parser, namespace, values, option_string=None):
        """Keep the value."""
        if getattr(namespace, self.dest) is not None:
            parser.error(
                f"{option_string} is given twice: {values!r} after "
                f"{getattr(namespace, self.dest)!r}.  Give it once."
            )
        setattr(namespace, self.dest, values)


class _ColumnOrWorth(Once):
    """Keeps a number as ``worth``, any other text as ``value``; each once."""

    def __call__(self, parser, namespace, values, option_string=None):
        """Keep the value under the name that it is for."""
        try:
            float(values)
        except ValueError:
            self.dest = "value"
        else:
            self.dest = "worth"
        super().__call__(parser, namespace, values, option_string)


def _one(group: argparse._ArgumentGroup, flag: str, metavar: str, what: str, **more: Any) -> None:
    group.add_argument(flag, metavar=metavar, help=what, action=Once, **more)


def _file(group: argparse._ArgumentGroup, flag: str, what: str) -> None:
    _one(group, flag, "FILE", what)


def _column(group: argparse._ArgumentGroup, flag: str, what: str) -> None:
    _one(group, flag, "COLUMN", what)


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
        If a flag is empty, or flags are given without their file or with the other kind of file.
    """
    # Importing it takes a second, which --help must not.
    from ..bench.suite.suite import Variant

    if given.data is not None and given.events is not None:
        raise RequestError(
            "--data is a table with one row a case, --events a log with one row an event.  "
            "Give one of them; run twice for both."
        )
    _require_values(given)
    _require_file(given, "data", _OF_TABLE, given.events)
    _require_file(given, "events", _OF_LOG, given.data)
    if given.data is None and given.events is None:
        for flag in _OF_BOTH:
            if value := getattr(given, flag):
                told = value[0] if flag == "target" else value
                raise RequestError(
                    f"--{flag.replace('_', '-')} {told}: of which file?  Name it with --data (a "
                    "table) or --events (a log)."
                )
        return None
    is_table = given.data is not None
    path = given.data if is_table else given.events
    keywords = (*_OF_BOTH, *(_OF_TABLE if is_table else _OF_LOG))
    said = {name: getattr(given, name) for name in keywords}
    parameters = {name: value for name, value in said.items() if value is not None}
    parameters |= _one_target(given.target, is_table=is_table)
    if is_table and (sliced := getattr(given, "slice", None)):
        parameters["aside"] = sliced
    variant = Variant(_TABLE if is_table else _LOG, {"path": path, **parameters})
    return task_name(path, taken), variant


def _one_target(named: list[str] | None, *, is_table: bool) -> dict[str, str | list[str]]:
    """Give a single target as itself; only a log may have several."""
    if named is None or (len(named) > 1 and not is_table):
        return {}
    if len(named) > 1:
        raise RequestError(
            f"--target is given {len(named)} times, of a table that has one column to predict.  "
            "Give one."
        )
    return {"target": named[0]}


def _require_values(given: argparse.Namespace) -> None:
    """Refuse a flag that says nothing, as an unset variable of a script would make it."""
    for flag in ("data", "events", *_OF_BOTH, *_OF_TABLE, *_OF_LOG):
        value = getattr(given, flag)
        for said in value if isinstance(value, list) else [value]:
            if isinstance(said, str) and not said.strip():
                raise RequestError(
                    f"--{flag.replace('_', '-')} is empty.  Is a variable not set?  Give it a "
                    "value, or leave the flag out."
                )


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
