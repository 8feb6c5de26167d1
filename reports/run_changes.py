"""What changed between two runs, in words and tables that are ready to print."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..bench.judge.judgement import Gap
from ..bench.judge.two_runs import GateVerdict, TaskChanges, TwoRuns
from ..bench.language.speaking import _, marked, ngettext
from ..bench.metrics.key import AT_HALF, CHOSEN, Key
from ..bench.metrics.metrics import METRICS
from ..bench.store.records import RunRecord
from . import formats
from .cells import difference_cell, figure_cell
from .counted import tasks
from .elements import Cell, Column, Row, Table, plain_table
from .lists import listed, parted
from .lookups import title_at, title_of

MAIN = Key("roc_auc")
# Of a manifest, what no two runs share, what is a consequence, and what is told elsewhere.
_NOT_COMPARED = (
    "run_id", "started", "finished", "command", "wall_seconds", "n_cells", "n_reused", "n_failed",
    "tasks", "points", "curves", "models", "ensembles",
)  # fmt: skip
_READING = marked(
    "A difference is positive where the second run is better, also in figures of which less is "
    "better; below it stands its 95 % interval. Both runs answered for the same test cases and "
    "are drawn together, so what makes a case easy cancels. ▲ better and ▼ worse are said where a "
    "difference of zero is rejected at 5 %, over all entries of the task together."
)
VERDICTS = {
    "▲": marked("better"),
    "▼": marked("worse"),
    "": marked("not established"),
    "=": marked("the same"),
}


@dataclass(frozen=True)
class TaskSection:
    """What the page says of a task."""

    key: str
    title: str
    headline: str
    sentences: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class TwoRunsPage:
    """The whole page."""

    title: str
    subtitle: str
    gates: tuple[str, ...]
    sentences: tuple[str, ...]
    tasks: tuple[TaskSection, ...]
    reading: str
    settings: Table | None


def summarise_comparison(compared: TwoRuns, verdicts: Sequence[GateVerdict]) -> TwoRunsPage:
    """Say everything that the page shows."""
    before, after = compared.before, compared.after
    return TwoRunsPage(
        title=_("{after} beside {before}").format(after=after.run_id, before=before.run_id),
        subtitle=_("first run: {before} · second run: {after} · {tasks} in both").format(
            before=before.run_id, after=after.run_id, tasks=tasks(len(compared.tasks))
        ),
        gates=tuple(gate_sentence(verdict) for verdict in verdicts),
        sentences=tuple(_alone(compared)),
        tasks=tuple(
            TaskSection(
                f"task-{number}",
                changed.task.card.title,
                headline(changed),
                tuple(_sentences(changed)),
                tuple(_tables(changed)),
            )
            for number, changed in enumerate(compared.tasks, start=1)
        ),
        reading=_(_READING),
        settings=_settings(before, after),
    )


def _alone(compared: TwoRuns) -> Iterator[str]:
    """Name the tasks that are in one run only."""
    if names := compared.only_before:
        yield ngettext(
            "Only the first run has the task {names}.",
            "Only the first run has the tasks {names}.",
            len(names),
        ).format(names=listed(names))
    if names := compared.only_after:
        yield ngettext(
            "Only the second run has the task {names}.",
            "Only the second run has the tasks {names}.",
            len(names),
        ).format(names=listed(names))


def headline(changed: TaskChanges) -> str:
    """Count what is established to have changed in the main metric."""
    main = title_of(MAIN.metric)
    working = [change for change in changed.changes if change.gaps]
    if not changed.changes:
        return _("No model is in both runs.")
    if not working:
        return _("No model worked in both runs.")
    gaps = [change.gaps[MAIN] for change in working]
    if not any(gap.difference.available for gap in gaps):
        return _("{metric} is not available.").format(metric=main)
    found = Counter(verdict_sign(gap) for gap in gaps if gap.difference.available)
    if found["="] == len(gaps):
        return _("{metric} is the same in both runs, to the last digit.").format(metric=main)
    if not (found["▲"] or found["▼"]):
        return _("No change in {metric} is established.").format(metric=main)
    if not found["▼"]:
        said = _("{metric}: {n_better} of {n} better.")
    elif not found["▲"]:
        said = _("{metric}: {n_worse} of {n} worse.")
    else:
        said = _("{metric}: {n_better} of {n} better and {n_worse} of {n} worse.")
    return said.format(metric=main, n_better=found["▲"], n_worse=found["▼"], n=len(gaps))


def gate_sentence(verdict: GateVerdict) -> str:
    """Say what a gate found."""
    amount, metric = f"{verdict.amount:g}", title_at(verdict.key)
    if verdict.losses:
        return _("Loss of more than {amount} in {metric}: established. {losses}.").format(
            amount=amount, metric=metric, losses=parted(verdict.losses)
        )
    if not verdict.n_compared:
        return _(
            "Loss of more than {amount} in {metric}: nothing to look at, as no entry has the "
            "figure in both runs."
        ).format(amount=amount, metric=metric)
    return ngettext(
        "Loss of more than {amount} in {metric}: not established in any of {n} comparison.",
        "Loss of more than {amount} in {metric}: not established in any of {n} comparisons.",
        verdict.n_compared,
    ).format(amount=amount, metric=metric, n=formats.count(verdict.n_compared))


def verdict_sign(gap: Gap) -> str:
    """Give the sign of what a gap establishes; a key of ``VERDICTS``."""
    if gap.established:
        return "▲" if gap.difference.value > 0 else "▼"
    found = gap.difference
    return "=" if found.value == found.low == found.high == 0 else ""


def _sentences(changed: TaskChanges) -> Iterator[str]:
    if titles := changed.only_before:
        yield _("Only in the first run: {titles}.").format(titles=parted(titles))
    if titles := changed.only_after:
        yield _("Only in the second run: {titles}.").format(titles=parted(titles))
    failed = [change.title for change in changed.changes if change.failures]
    if failed:
        yield _("Failed in a run, so without a difference: {titles}.").format(titles=parted(failed))
    for note in changed.notes:
        yield _("{sentence}.").format(sentence=note[0].upper() + note[1:])


def _tables(changed: TaskChanges) -> Iterator[Table]:
    """Give a table of what ranks and of probabilities, and two of decisions."""
    if not changed.changes:
        return
    of_p, of_decisions = (
        [name for name, metric in METRICS.items() if metric.needs == needs and name != MAIN.metric]
        for needs in ("p", "decision")
    )
    ranking = [MAIN, *map(Key, of_p)]
    main = title_of(MAIN.metric)
    columns = (
        Column(_("{metric}, first run").format(metric=main), weight="quiet"),
        Column(_("{metric}, second run").format(metric=main), weight="quiet"),
        *_columns(ranking),
    )
    yield Table(
        _("Differences in ranking and probabilities"),
        _("Model"),
        columns,
        _rows(changed, ranking, with_figures=True),
    )
    for rule, caption in (
        (AT_HALF, _("Differences in decisions at 0.5")),
        (CHOSEN, _("Differences in decisions at the thresholds chosen on valid cases")),
    ):
        keys = [Key(name, rule) for name in of_decisions]
        yield Table(caption, _("Model"), _columns(keys), _rows(changed, keys))


def _columns(keys: Sequence[Key]) -> tuple[Column, ...]:
    return tuple(
        Column(
            _("{metric}, difference").format(metric=title_of(key.metric)).replace(" %", "\u00a0%"),
            "higher",
            "main" if key == MAIN else "",
        )
        for key in keys
    )


def _rows(
    changed: TaskChanges, keys: Sequence[Key], *, with_figures: bool = False
) -> tuple[Row, ...]:
    rows = []
    for change in changed.changes:
        reason = failed_because(change.failures) if change.failures else ""
        cells: list[Cell] = []
        if not reason:
            sides = (change.before, change.after) if with_figures else ()
            cells = [figure_cell(side[MAIN]) for side in sides]
            cells += [_gap_cell(change.gaps[key]) for key in keys]
        strong = bool(change.gaps) and change.gaps[MAIN].established
        rows.append(
            Row(
                change.title, tuple(cells), change.name, change.family, reason=reason, strong=strong
            )
        )
    return tuple(rows)


def _gap_cell(gap: Gap) -> Cell:
    sign = verdict_sign(gap)
    if sign == "=":
        return Cell(_(VERDICTS[sign]), sort="0.0")
    return difference_cell(gap.difference, sign)


def failed_because(failures: Sequence[str]) -> str:
    """Say that a model failed, and why."""
    return _("failed: {reasons}").format(reasons=parted(failures))


def _settings(before: RunRecord, after: RunRecord) -> Table | None:
    """Tabulate what of the manifests and of the models' settings is not the same."""
    sides = [dict(_facts(run)) for run in (before, after)]
    lines = [
        (name, *(str(side.get(name, _("none"))) for side in sides))
        for name in dict.fromkeys((*sides[0], *sides[1]))
        if sides[0].get(name) != sides[1].get(name)
    ]
    if not lines:
        return None
    headings = (_("What"), _("First run"), _("Second run"))
    return plain_table(_("What differs"), headings, lines, style="words")


def _facts(run: RunRecord) -> Iterator[tuple[str, Any]]:
    kept = {name: fact for name, fact in run.manifest.items() if name not in _NOT_COMPARED}
    yield from _leaves(kept, "")
    for model in run.models:
        yield from _leaves(model.params, f"{model.title} · ")


def _leaves(facts: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for name, fact in facts.items():
        if isinstance(fact, Mapping):
            yield from _leaves(fact, f"{path}{name} · ")
        else:
            yield path + name.replace("_", " "), fact
