"""What the page will say: a judgement turned into frozen dataclasses of ready words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..bench.judge.judgement import Judgement, TaskJudgement
from ..bench.metrics.metrics import METRICS
from ..bench.splits.resampling import Fold
from ..bench.store.records import CellRecord, RunRecord, TaskRecord
from . import formats
from .charts import ranking
from .elements import Cell, Figure, Table, plain_table
from .sections.across_tasks import Across, across
from .sections.answer import Answer, answer
from .sections.best_possible import best_possible_table
from .sections.calibration import calibration_figure, calibration_tables
from .sections.comparison import decisions_table, ensembles_table, member_sets_table, scores_table
from .sections.cost_chart import cost
from .sections.cost_table import cost_table
from .sections.curves import CurveSection, curve_sections, page_heading
from .sections.data_checks import LOOKED_FOR, findings_table
from .sections.learnt import Learnt, learnt
from .sections.overview import overview
from .sections.threshold_rules import rule_tables, rules_table

_ADDRESS = re.compile(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:)\]])")
_SHOWN_DIGITS = 16


@dataclass(frozen=True)
class Words:
    """A piece of text, with the address it links to if it is one."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Fact:
    """A term and what is said of it."""

    term: str
    words: tuple[Words, ...]


@dataclass(frozen=True)
class TaskPage:
    """All that the page says of one task.  ``key`` is safe as an HTML id."""

    key: str
    title: str
    question: str
    simulated: bool
    answer: Answer
    overview: Figure
    card: tuple[Fact, ...]
    caveats: tuple[str, ...]
    suspected_leaks: tuple[str, ...]
    findings: Table | None
    looked_for: str
    comparison: tuple[Table, ...]
    ensembles: Table | None
    member_sets: Table | None
    ensemble_scores: tuple[Table, ...]
    thresholds: Table | None
    threshold_tables: tuple[Table, ...]
    calibration: Figure | None
    calibration_tables: tuple[Table, ...]
    best_possible: Table | None
    cost: Table | None
    has_derived_view: bool
    charts: tuple[Figure, ...]
    learnt: tuple[Learnt, ...]
    splits: Table


@dataclass(frozen=True)
class Page:
    """The whole page."""

    title: str
    subtitle: str
    run_id: str
    families: tuple[str, ...]
    tasks: tuple[TaskPage, ...]
    across: Across | None
    curves: tuple[CurveSection, ...]
    curves_heading: str
    failures: Table | None
    warnings: Table | None
    models: Table
    manifest: Table
    packages: Table | None
    metrics: tuple[Fact, ...]


def summarise(judgement: Judgement) -> Page:
    """Say everything that the page shows, in the order in which it shows it."""
    run = judgement.run
    manifest = run.manifest
    titles = {model.name: model.title for model in run.models}
    curves = curve_sections(judgement)
    return Page(
        title=str(manifest["suite_title"]),
        subtitle=_subtitle(judgement),
        run_id=run.run_id,
        families=tuple(
            dict.fromkeys(
                entry.family
                for judged in judgement.tasks
                for entry in (*judged.models, *judged.ensembles)
            )
        ),
        tasks=tuple(
            _task_page(f"task-{number}", judged, manifest["jobs"])
            for number, judged in enumerate(judgement.tasks, start=1)
        ),
        curves=curves,
        curves_heading=page_heading(curves),
        across=across(judgement),
        failures=_failures(run, titles),
        warnings=_warnings(run, titles),
        models=_models(run),
        manifest=_manifest(manifest),
        packages=_packages(manifest),
        metrics=tuple(Fact(metric.title, (Words(metric.reading),)) for metric in METRICS.values()),
    )


def split_table(task: TaskRecord, digits: int = _SHOWN_DIGITS) -> Table:
    """Tabulate the splits with sizes, base rates, periods and the first fingerprint digits."""
    lines = []
    for fold in task.folds:
        for number, split in enumerate(fold.splits):
            many = len(fold.splits) > 1
            name = f"{fold.number}, inner split {number}" if many else f"{fold.number}"
            sides = [_side(task, rows) for rows in (split.fit, split.valid, fold.test)]
            period = [_period(task, fold)] if task.time is not None else []
            lines.append((name, *sides, *period, fold.fingerprint()[:digits]))
    period = ("Test period",) if task.time is not None else ()
    return plain_table(
        "Cases of each fold, and the share of positive ones",
        ("Fold", "Fit", "Valid", "Test", *period, "Fingerprint"),
        lines,
        "Models learn from fit cases and may watch valid cases; figures are from test cases. "
        "Every model of a fold had these very cases: the fingerprint is a hash of their numbers.",
    )


def _subtitle(judgement: Judgement) -> str:
    run, manifest = judgement.run, judgement.run.manifest
    n_ensembles = max((len(judged.ensembles) for judged in judgement.tasks), default=0)
    parts = (
        formats.count(len(judgement.tasks), "task"),
        formats.count(len(run.models), "model"),
        formats.count(n_ensembles, "ensemble"),
        f"{formats.count(len(run.cells), 'cell')}, of which "
        f"{formats.count(sum(not cell.done for cell in run.cells))} failed",
        f"finished {manifest['finished']}",
    )
    return " · ".join(parts)


def _task_page(key: str, judged: TaskJudgement, jobs: int) -> TaskPage:
    task, models, ensembles = judged.task, judged.models, judged.ensembles
    return TaskPage(
        key=key,
        title=task.card.title,
        question=task.card.question,
        simulated=task.card.real is False,
        answer=answer(judged),
        overview=overview(judged),
        card=_card(task),
        caveats=task.card.caveats,
        suspected_leaks=task.card.suspected_leaks,
        findings=findings_table(task),
        looked_for=LOOKED_FOR,
        comparison=(
            scores_table(judged, models, costs=True),
            decisions_table(judged, models, chosen=False),
            decisions_table(judged, models, chosen=True),
        ),
        ensembles=ensembles_table(judged) if ensembles else None,
        member_sets=member_sets_table(judged),
        thresholds=rules_table(judged),
        threshold_tables=rule_tables(judged),
        calibration=calibration_figure(judged),
        calibration_tables=calibration_tables(judged),
        ensemble_scores=(
            scores_table(judged, ensembles, costs=False),
            decisions_table(judged, ensembles, chosen=False),
            decisions_table(judged, ensembles, chosen=True),
        ),
        best_possible=best_possible_table(judged),
        cost=cost_table(judged, jobs),
        has_derived_view=any(entry.derived_view for entry in models),
        charts=(
            ranking.roc(judged),
            ranking.precision_recall(judged),
            ranking.calibration(judged),
            cost(judged),
        ),
        learnt=learnt(models),
        splits=split_table(task),
    )


def _card(task: TaskRecord) -> tuple[Fact, ...]:
    card = task.card
    n_positive = int(task.target.sum())
    sizes = f"{formats.count(len(task.target), 'case')}, {formats.count(task.n_features)} features"
    events = f"{formats.count(task.n_events)} events" if task.has_events else (
        "no events of its own: models that read events got the table's columns as events"
    )  # fmt: skip
    facts = [
        ("Positive means", card.target),
        ("Base rate", f"{formats.share(n_positive / len(task.target))} "
                      f"({formats.count(n_positive)} of {formats.count(len(task.target))} cases)"),
        ("Size", f"{sizes}; {events}"),
        ("Split", task.plan),
        ("Data", {True: "real", False: "simulated", None: "of your own"}[card.real]),
        ("Source", card.source),
        ("Licence", card.licence),
        ("Fingerprint", task.fingerprint),
    ]  # fmt: skip
    return tuple(Fact(term, linked(text)) for term, text in facts)


def linked(text: str) -> tuple[Words, ...]:
    """Cut a text at its web addresses; nothing else becomes a link."""
    pieces = _ADDRESS.split(text)
    return tuple(
        Words(piece, piece if number % 2 else "") for number, piece in enumerate(pieces) if piece
    )


def _side(task: TaskRecord, rows: np.ndarray) -> Cell:
    rate = formats.share(float(task.target[rows].mean())) if len(rows) else formats.MISSING
    return Cell(formats.count(len(rows)), rate, str(len(rows)))


def _period(task: TaskRecord, fold: Fold) -> str:
    days = task.time[fold.test].astype("datetime64[D]")
    first, last = days.min(), days.max()
    return f"{first}" if first == last else f"{first} to {last}"


def _failures(run: RunRecord, titles: Mapping[str, str]) -> Table | None:
    lines = [
        (titles.get(cell.model, cell.model), cell.task, _place(cell), cell.status, cell.message)
        for cell in run.cells
        if not cell.done
    ]
    if not lines:
        return None
    headings = ("Model", "Task", "Cell", "What happened", "Reason")
    return plain_table("Cells that gave no predictions", headings, lines)


def _place(cell: CellRecord) -> str:
    if cell.split < 0:  # a blend
        return f"fold {cell.fold}"
    return f"fold {cell.fold}, split {cell.split}, seed {cell.seed}"


def _warnings(run: RunRecord, titles: Mapping[str, str]) -> Table | None:
    seen = Counter(
        (cell.model, cell.task, message) for cell in run.cells for message in cell.warnings
    )
    lines = [
        (titles.get(model, model), task, formats.count(number), message)
        for (model, task, message), number in seen.items()
    ]
    if not lines:
        return None
    return plain_table("What models warned of", ("Model", "Task", "Times", "Warning"), lines)


def _models(run: RunRecord) -> Table:
    lines = [
        (
            model.title,
            model.family,
            " and ".join(sorted(model.views)),
            model.summary,
            ", ".join(f"{name}={value!r}" for name, value in model.params.items()) or "none",
        )
        for model in run.models
    ]
    headings = ("Model", "Family", "Reads", "What it is", "Settings")
    return plain_table("The models as they took part", headings, lines)


def _manifest(manifest: Mapping[str, Any]) -> Table:
    told_elsewhere = ("packages", "tasks", "models", "points", "curves")
    facts = {key: value for key, value in manifest.items() if key not in told_elsewhere}
    lines = [(" · ".join(path).replace("_", " "), _plain(value)) for path, value in _leaves(facts)]
    return plain_table("Manifest", ("What", "Value"), lines)


def _leaves(facts: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple]:
    for key, value in facts.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _packages(manifest: Mapping[str, Any]) -> Table | None:
    packages = manifest.get("packages")
    if not packages:
        return None
    lines = [(name, str(version)) for name, version in sorted(packages.items())]
    return plain_table("Libraries", ("Library", "Version"), lines)


def _plain(value: Any) -> str:
    if isinstance(value, Sequence | Mapping) and not isinstance(value, str):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, float):
        return formats.three_digits(value)
    return str(value)
