"""``intentbench show TASK``: its card, and its columns with their types, examples and use."""

import argparse
from collections.abc import Sequence

import pandas as pd

from ..bench.cases import is_numeric, texts
from ..bench.content_columns import content_kind
from ..bench.data_checks.check_data import findings
from ..bench.data_checks.finding import Finding
from ..bench.data_checks.k_anonymity import FEW, columns_of, k_anonymity
from ..bench.errors import EXIT_DONE, RequestError, did_you_mean
from ..bench.language.sentence import Sentence, said
from ..bench.language.speaking import _, marked
from ..bench.run.prepare import load_task
from ..bench.splits.verify import verify_plan
from ..bench.suite.reading import load_suite
from ..bench.task import ColumnProfile, Task
from ..reports.aligned import columns, cut, padded
from ..reports.escape import escaped
from .output import say
from .own_data import own_task
from .shared import registries, run_by_hand
from .splitting import resampling_of

_HEADINGS = (
    marked("column"), marked("type"), marked("missing"), marked("different"),
    marked("for example"), marked("use"),
)  # fmt: skip
_WIDEST = 32
_ORIGIN = {True: marked("real"), False: marked("SIMULATED"), None: marked("of your own")}
_PLACES, _SIGN = 13, 7  # of what a line is about


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
    alike = alike_lines(task, given.k_anonymity)
    resampling = resampling_of(given, load_suite("default").resampling)
    say("\n".join([*card_lines(task, resampling.describe(task)), "", *profile_lines(task)]))
    if alike:
        say("\n".join(["", *alike]))
    folds = resampling.plan(task)
    verify_plan(task, folds, strangers=resampling.strangers)
    say("\n".join(["", *finding_lines(findings(task, folds))]))
    return EXIT_DONE


def card_lines(task: Task, plan: str) -> list[str]:
    """Lay the card out as lines of text; ``plan`` says how the task is split."""
    card, events = task.card, task.cases.events
    seen = _("none")
    if task.has_events:
        seen = _("{n:,} events of {kinds} kinds").format(n=events.n_events, kinds=events.n_kinds)
    origin = _("{origin}; {source}; {licence}").format(
        origin=_(_ORIGIN[card.real]), source=said(card.source), licence=said(card.licence)
    )
    lines = [
        (_("question"), said(card.question)),
        (_("target"), said(card.target)),
        (_("data"), origin),
        (_("cases"), number_of_cases(task)),
        (_("features"), str(task.cases.features.shape[1])),
        (_("events"), seen),
        (_("split"), said(plan)),
        (_("suspects"), ", ".join(card.suspected_leaks) or _("none")),
        *((_("caveat"), said(caveat)) for caveat in card.caveats),
        (_("fingerprint"), task.fingerprint()),
    ]
    return [said(card.title), *(f"  {padded(about, _PLACES)}{text}" for about, text in lines)]


def number_of_cases(task: Task) -> str:
    """Say how many cases there are, for how many they stand, and how many of them are positive."""
    rate = task.base_rate
    share = f"{rate:.2%}" if rate >= 0.001 else f"{100 * rate:.2g}%"
    if task.weight is None:
        return _("{n:,}, {share} positive").format(n=len(task), share=share)
    return _("{n:,} weighted ones for {weight:,.10g}, {share} positive").format(
        n=len(task), weight=task.weight.sum(), share=share
    )


def finding_lines(found: Sequence[Finding]) -> list[str]:
    """Lay out what a run would find wrong with the data before any model is fitted."""
    if not found:
        nothing = _("nothing that weakens the numbers was found")
        return [f"{padded(_('looked at'), _PLACES)}{nothing}"]
    lines = []
    for finding in found:
        sign = padded(_("GRAVE") if finding.grave else _("note"), _SIGN)
        what = _("{check}: {found}.").format(check=_(finding.check), found=said(finding.found))
        todo = _("{means}  {advice}").format(means=said(finding.means), advice=said(finding.advice))
        lines += [f"{sign}{what}", f"{' ' * _SIGN}{todo}"]
    return lines


def alike_lines(task: Task, names: Sequence[str]) -> list[str]:
    """Say how many cases, or groups, share the same values of some columns.

    Raises
    ------
    RequestError
        If a column is not there.
    """
    if not names:
        return []
    columns = columns_of(task)
    for name in names:
        if name not in columns:
            raise RequestError(
                f"--k-anonymity: the task has no column {name!r}.{did_you_mean(name, columns)}  It "
                f"has {', '.join(map(repr, list(columns)[:_MOST_NAMED]))}."
            )
    found = k_anonymity(task, names)
    shares = {
        part: f"{n:,} ({n / found.n_units:.1%})"
        for part, n in (("alone", found.alone), ("few", found.few))
    }
    said_of = _OF_CASES if task.group is None else _OF_PEOPLE
    text = _(said_of).format(k=found.k, n=f"{found.n_units:,}", least=FEW, **shares)
    heading = _("k-anonymity")
    return [f"{padded(heading, _PLACES)}{text}"]


_OF_CASES = marked(
    "k = {k} in these columns; of {n} cases {alone} are like no other, and {few} are in groups of "
    "fewer than {least}."
)
_OF_PEOPLE = marked(
    "k = {k} in these columns; of {n} people {alone} are like no other, and {few} are in groups of "
    "fewer than {least}."
)
_MOST_NAMED = 12


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
    lines = columns([tuple(map(_, _HEADINGS)), *(_cells(column) for column in shown)], right=(2, 3))
    if n_more:
        lines.append(_("and {n:,} more features").format(n=n_more))
    return lines


def _cells(column: ColumnProfile) -> tuple[str, ...]:
    return (
        _cut(column.name),
        said(column.kind),
        f"{column.n_missing:,}",
        f"{column.n_distinct:,}",
        _cut(", ".join(column.examples)),
        said(column.use),
    )


def _cut(text: str) -> str:
    return cut(" ".join(escaped(text).splitlines()).replace("\t", " "), _WIDEST)


def _of_feature(name: str, column: pd.Series) -> ColumnProfile:
    kind = content_kind(column) or ("number" if is_numeric(column) else "category")
    if content_kind(column):  # nobody's words are shown
        n_distinct, n_missing = int(texts(column).nunique()), int(column.isna().sum())
        return ColumnProfile(name, Sentence(kind), n_missing, n_distinct, (), Sentence("feature"))
    known = column.dropna()
    examples = known.head(1000).unique()[:3]
    told = [f"{value:g}" for value in examples] if kind == "number" else list(texts(known).unique())
    return ColumnProfile(
        name,
        Sentence(kind),
        int(column.isna().sum()),
        int(known.nunique()),
        tuple(told[:3]),
        Sentence("feature"),
    )


if __name__ == "__main__":
    run_by_hand(__file__)
