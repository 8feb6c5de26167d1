"""``intentbench show TASK``: its card, and its columns with their types, examples and use."""

import argparse
from collections.abc import Sequence

import pandas as pd

from ..bench.cases import is_numeric, texts
from ..bench.data_checks.check_data import findings
from ..bench.data_checks.finding import Finding
from ..bench.errors import EXIT_DONE, RequestError
from ..bench.run.prepare import load_task
from ..bench.splits.verify import verify_plan
from ..bench.suite.reading import load_suite
from ..bench.task import ColumnProfile, Task
from ..reports.aligned import columns, cut
from ..reports.escape import escaped
from .output import say
from .own_data import own_task
from .shared import registries, run_by_hand
from .splitting import resampling_of

_HEADINGS = ("column", "type", "missing", "different", "for example", "use")
_WIDEST = 32
_ORIGIN = {True: "real", False: "SIMULATED", None: "of your own"}


def show_command(given: argparse.Namespace) -> int:
    """Print a task's card, its split, its columns and what is wrong with it; fits nothing."""
    datasets = registries(given.plugin).datasets
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
    resampling = resampling_of(given, load_suite("default").resampling)
    say("\n".join([*card_lines(task, resampling.describe(task)), "", *profile_lines(task)]))
    folds = resampling.plan(task)
    verify_plan(task, folds, strangers=resampling.strangers)
    say("\n".join(["", *finding_lines(findings(task, folds))]))
    return EXIT_DONE


def card_lines(task: Task, plan: str) -> list[str]:
    """Lay the card out as lines of text; ``plan`` says how the task is split."""
    card, events = task.card, task.cases.events
    seen = f"{events.n_events:,} events of {events.n_kinds} kinds" if task.has_events else "none"
    return [
        card.title,
        f"  question     {card.question}",
        f"  target       {card.target}",
        f"  data         {_ORIGIN[card.real]}; {card.source}; {card.licence}",
        f"  cases        {number_of_cases(task)}",
        f"  features     {task.cases.features.shape[1]}",
        f"  events       {seen}",
        f"  split        {plan}",
        f"  suspects     {', '.join(card.suspected_leaks) or 'none'}",
        *(f"  caveat       {caveat}" for caveat in card.caveats),
        f"  fingerprint  {task.fingerprint()}",
    ]


def number_of_cases(task: Task) -> str:
    """Say how many cases there are, for how many they stand, and how many of them are positive."""
    rate = task.base_rate
    positive = f"{rate:.2%} positive" if rate >= 0.001 else f"{100 * rate:.2g}% positive"
    if task.weight is None:
        return f"{len(task):,}, {positive}"
    return f"{len(task):,} weighted ones for {task.weight.sum():,.10g}, {positive}"


def finding_lines(found: Sequence[Finding]) -> list[str]:
    """Lay out what a run would find wrong with the data before any model is fitted."""
    if not found:
        return ["looked at    nothing that weakens the numbers was found"]
    return [
        line
        for finding in found
        for line in (
            f"{'GRAVE' if finding.grave else 'note '}  {finding.check}: {finding.found}.",
            f"       {finding.means}  {finding.advice}",
        )
    ]


def profile_lines(task: Task, most: int | None = None) -> list[str]:
    """Lay the columns out as lines of text.

    Parameters
    ----------
    task : Task
    most : int, optional
        Columns shown, those left out for a reason first; all by default.
    """
    profile = task.profile or tuple(
        _of_feature(name, column) for name, column in task.cases.features.items()
    )
    shown, n_more = profile, 0
    if most is not None and len(profile) > most:
        ranked = sorted(profile, key=lambda column: column.use == "feature")
        chosen = {column.name for column in ranked[:most]}
        shown = tuple(column for column in profile if column.name in chosen)
        n_more = len(profile) - len(shown)
    lines = columns([_HEADINGS, *(_cells(column) for column in shown)], right=(2, 3))
    if n_more:
        lines.append(f"and {n_more:,} more features")
    return lines


def _cells(column: ColumnProfile) -> tuple[str, ...]:
    return (
        _cut(column.name),
        column.kind,
        f"{column.n_missing:,}",
        f"{column.n_distinct:,}",
        _cut(", ".join(column.examples)),
        column.use,
    )


def _cut(text: str) -> str:
    return cut(" ".join(escaped(text).splitlines()).replace("\t", " "), _WIDEST)


def _of_feature(name: str, column: pd.Series) -> ColumnProfile:
    kind = "number" if is_numeric(column) else "category"
    known = column.dropna()
    examples = known.head(1000).unique()[:3]
    told = [f"{value:g}" for value in examples] if kind == "number" else list(texts(known).unique())
    return ColumnProfile(
        name, kind, int(column.isna().sum()), int(known.nunique()), tuple(told[:3]), "feature"
    )


if __name__ == "__main__":
    run_by_hand(__file__)
