"""What changed between two runs, in words and tables that are ready to print."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..bench.judge.judgement import Gap
from ..bench.judge.two_runs import GateVerdict, TaskChanges, TwoRuns
from ..bench.metrics.key import AT_HALF, CHOSEN, Key
from ..bench.metrics.metrics import METRICS
from ..bench.store.records import RunRecord
from . import formats
from .cells import difference_cell, figure_cell
from .elements import Cell, Column, Row, Table, plain_table
from .sections.answer import listed

MAIN = Key("roc_auc")
# Of a manifest, what no two runs share, what is a consequence, and what is told elsewhere.
_NOT_COMPARED = (
    "run_id", "started", "finished", "command", "wall_seconds", "n_cells", "n_reused", "n_failed",
    "tasks", "points", "curves", "models", "ensembles",
)  # fmt: skip
_READING = (
    "A difference is positive where the second run is better, also in figures of which less is "
    "better; below it stands its 95 % interval. Both runs answered for the same test cases and "
    "are drawn together, so what makes a case easy cancels. ▲ better and ▼ worse are said where a "
    "difference of zero is rejected at 5 %, over all entries of the task together."
)
VERDICTS = {"▲": "better", "▼": "worse", "": "not established", "=": "the same"}


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
    alone = [
        f"Only the {which} run has the {'task' if len(names) == 1 else 'tasks'} {listed(names)}."
        for which, names in (("first", compared.only_before), ("second", compared.only_after))
        if names
    ]
    return TwoRunsPage(
        title=f"{after.run_id} beside {before.run_id}",
        subtitle=f"first run: {before.run_id} · second run: {after.run_id} · "
        f"{formats.count(len(compared.tasks), 'task')} in both",
        gates=tuple(gate_sentence(verdict) for verdict in verdicts),
        sentences=tuple(alone),
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
        reading=_READING,
        settings=_settings(before, after),
    )


def headline(changed: TaskChanges) -> str:
    """Count what is established to have changed in the main metric."""
    main = METRICS[MAIN.metric].title
    working = [change for change in changed.changes if change.gaps]
    if not changed.changes:
        return "No model is in both runs."
    if not working:
        return "No model worked in both runs."
    gaps = [change.gaps[MAIN] for change in working]
    if not any(gap.difference.available for gap in gaps):
        return f"{main} is not available."
    found = Counter(verdict_sign(gap) for gap in gaps if gap.difference.available)
    if found["="] == len(gaps):
        return f"{main} is the same in both runs, to the last digit."
    said = [f"{found[sign]} of {len(gaps)} {VERDICTS[sign]}" for sign in "▲▼" if found[sign]]
    if not said:
        return f"No change in {main} is established."
    return f"{main}: {listed(said)}."


def gate_sentence(verdict: GateVerdict) -> str:
    """Say what a gate found."""
    gate = f"Loss of more than {verdict.amount:g} in {key_title(verdict.key)}"
    if verdict.losses:
        return f"{gate}: established. {'; '.join(verdict.losses)}."
    if not verdict.n_compared:
        return f"{gate}: nothing to look at, as no entry has the figure in both runs."
    entries = formats.count(verdict.n_compared, "comparison")
    return f"{gate}: not established in any of {entries}."


def verdict_sign(gap: Gap) -> str:
    """Give the sign of what a gap establishes; a key of ``VERDICTS``."""
    if gap.established:
        return "▲" if gap.difference.value > 0 else "▼"
    found = gap.difference
    return "=" if found.value == found.low == found.high == 0 else ""


def key_title(key: Key) -> str:
    """Name a figure, with its threshold where that is not 0.5."""
    title = METRICS[key.metric].title
    return f"{title} at the chosen threshold" if key.rule else title


def _sentences(changed: TaskChanges) -> Iterator[str]:
    for which, titles in (("first", changed.only_before), ("second", changed.only_after)):
        if titles:
            yield f"Only in the {which} run: {'; '.join(titles)}."
    failed = [change.title for change in changed.changes if change.failures]
    if failed:
        yield f"Failed in a run, so without a difference: {'; '.join(failed)}."
    for note in changed.notes:
        yield f"{note[0].upper()}{note[1:]}."


def _tables(changed: TaskChanges) -> Iterator[Table]:
    """Give a table of what ranks and of probabilities, and two of decisions."""
    if not changed.changes:
        return
    of_p, of_decisions = (
        [name for name, metric in METRICS.items() if metric.needs == needs and name != MAIN.metric]
        for needs in ("p", "decision")
    )
    ranking = [MAIN, *map(Key, of_p)]
    main = METRICS[MAIN.metric].title
    columns = (
        Column(f"{main}, first run", weight="quiet"),
        Column(f"{main}, second run", weight="quiet"),
        *_columns(ranking),
    )
    yield Table(
        "Differences in ranking and probabilities",
        "Model",
        columns,
        _rows(changed, ranking, with_figures=True),
    )
    for rule, where in ((AT_HALF, "at 0.5"), (CHOSEN, "at the thresholds chosen on valid cases")):
        keys = [Key(name, rule) for name in of_decisions]
        yield Table(
            f"Differences in decisions {where}", "Model", _columns(keys), _rows(changed, keys)
        )


def _columns(keys: Sequence[Key]) -> tuple[Column, ...]:
    return tuple(
        Column(
            f"{METRICS[key.metric].title}, difference".replace(" %", "\u00a0%"),
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
        reason = f"failed: {'; '.join(change.failures)}" if change.failures else ""
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
    return Cell("the same", sort="0.0") if sign == "=" else difference_cell(gap.difference, sign)


def _settings(before: RunRecord, after: RunRecord) -> Table | None:
    """Tabulate what of the manifests and of the models' settings is not the same."""
    sides = [dict(_facts(run)) for run in (before, after)]
    lines = [
        (name, *(str(side.get(name, "none")) for side in sides))
        for name in dict.fromkeys((*sides[0], *sides[1]))
        if sides[0].get(name) != sides[1].get(name)
    ]
    if not lines:
        return None
    return plain_table("What differs", ("What", "First run", "Second run"), lines, style="words")


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
