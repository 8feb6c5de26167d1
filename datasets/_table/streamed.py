"""A task of a table that memory does not hold: what it can be asked, and what its card says."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ...bench.content_columns import content_kind
from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from ...bench.task import Task
from .card import Request
from .further_rows import FurtherRows
from .hashed_rows import SampledTable
from .read_again import TableReading

if TYPE_CHECKING:
    from .out_of_core import LargeTable

# What gives a row its role by its place, or makes several cases of it.
_NOT_STREAMED = (
    "in_order", "trials", "today_rule", "sheet", "text", "vector", "embeddings",
)  # fmt: skip


def check_out_of_core(asked: Request) -> None:
    """Refuse what cannot be done block by block.

    Raises
    ------
    DataError
    """
    for key in _NOT_STREAMED:
        if getattr(asked, key):
            flag = key.replace("_", "-")
            raise DataError(
                f"a table that is read block by block (--out-of-core) has no --{flag}.  Leave one "
                "of them out; --rows 1000000 without --out-of-core takes a sample."
            )


def further_rows(asked: Request, sample: SampledTable, task: Task) -> FurtherRows:
    """Say how the rows that are not in the sample are read: as the sample was.

    Raises
    ------
    DataError
        If a column holds texts or vectors, whose numbers are learnt from cases in memory.
    """
    for name, column in task.cases.features.items():
        if content_kind(column):
            raise DataError(
                f"a table that is read block by block (--out-of-core) has no columns of texts or "
                f"vectors, and {name!r} is one.  Leave it out: --drop {name!r}; or --out-of-core: "
                "--rows 1000000 without it takes a sample."
            )
    return FurtherRows(
        sample, TableReading.from_json(task.reading), asked.target, asked.positive,
        asked.negative, asked.group, asked.time, asked.split, asked.weight,
        asked.date_order,
    )  # fmt: skip


def with_further(task: Task, large: "LargeTable", rows: FurtherRows) -> Task:
    """Add the rows that are on disk, and say on the card what is where."""
    stored, told = large.further(rows, task)
    said = [
        Sentence(
            "Out of core: {n:,} of {all:,} rows, drawn by chance, are held in memory, and every "
            "figure is of cases among them.  {further:,} further cases are on disk; models that "
            "can learn from there learn from them, too, all others from fit cases in memory.",
            n=len(rows.sample.numbers),
            all=rows.sample.n_all,
            further=stored.n_cases,
        )
    ]
    if told["without"]:
        said.append(
            Sentence(
                "{n:,} rows on disk are left out: their target is missing or neither of the two "
                "values named.",
                n=told["without"],
            )
        )
    if told["without_weight"]:
        said.append(
            Sentence(
                "{n:,} rows on disk are left out: {column!r} is missing or 0.",
                n=told["without_weight"],
                column=rows.weight,
            )
        )
    said += [
        Sentence(
            "{column!r}: {n:,} cells of all rows could not be read and count as missing.",
            column=column,
            n=n,
        )
        for column, n in told["unread"].items()
    ]
    card = replace(task.card, caveats=(*said, *task.card.caveats))
    return replace(task, card=card, further=stored)
