"""The same figures for machines and manuscripts: CSV, JSON, Markdown and LaTeX."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..bench.judge.judgement import CurveJudgement, Entry, Gap, Judgement, Score, TaskJudgement
from ..bench.language.speaking import ENGLISH, _, speaking
from ..bench.metrics.key import AT_HALF, CHOSEN, Key
from ..bench.metrics.metrics import METRICS
from ..bench.store.store import write_atomically
from . import formats
from .driver_rows import DRIVER_COLUMNS, driver_rows
from .escape import escaped
from .lookups import (
    UNKNOWN,
    base_accuracy,
    family_words,
    leading_rule,
    rival_of,
    score_of,
    standing,
    title_at,
)
from .scores import scores_parquet
from .sections.slices import entry_named
from .segment_rows import SEGMENT_COLUMNS, segment_rows
from .slice_rows import SLICE_COLUMNS, slice_rows
from .transfer_rows import TRANSFER_COLUMNS, transfer_rows

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "−": "$-$", "≈": r"$\approx$", "▲": r"$\blacktriangle$", "✕": r"$\times$", "µ": r"$\mu$",
    "–": "--", "\u202f": r"\,", "“": "``", "”": "''",
}  # fmt: skip
_FORMULAS = ("=", "+", "-", "@", "\t")  # begin what spreadsheets carry out
_CURVE_COLUMNS = (
    "task", "curve", "entry", "title", "metric", "point", "size", "value", "low", "high",
    "step", "step_low", "step_high", "step_established", "weighted", "weighted_low",
    "weighted_high",
)  # fmt: skip
_FIGURE_COLUMNS = (
    "task", "entry", "title", "family", "metric", "threshold", "calibration", "value", "low",
    "high", "standing",
)  # fmt: skip


def write_tables(judgement: Judgement, folder: Path) -> None:
    """Write each task's tables, and all figures, drivers, curves, splits and scores.

    ``figures.csv`` is long: one line an entry, metric and threshold.  CSV and JSON hold numbers
    unrounded, under names in English in every language; what is not available is empty there, and
    null.  No cell opens as a formula.
    """
    folder.mkdir(exist_ok=True)
    taken: set[str] = set()
    for judged in judgement.tasks:
        stem = _file_stem(judged.task.name, taken)
        _write(folder / f"{stem}-models", judged, judged.models)
        if judged.ensembles:
            _write(folder / f"{stem}-ensembles", judged, judged.ensembles)
    with speaking(ENGLISH):
        _write_long_tables(judgement, folder)
    write_atomically(folder / "scores.parquet", scores_parquet(judgement))


def _write_long_tables(judgement: Judgement, folder: Path) -> None:
    figures = [line for judged in judgement.tasks for line in figures_of(judged)]
    _put(folder / "figures.csv", _csv(_FIGURE_COLUMNS, figures))
    drivers = [line for judged in judgement.tasks for line in drivers_of(judged)]
    slices = [line for judged in judgement.tasks for line in slices_of(judged)]
    _put(folder / "slices.csv", _csv(("task", "entry", "title", *SLICE_COLUMNS), slices))
    _put(folder / "drivers.csv", _csv(("task", "entry", "title", *DRIVER_COLUMNS), drivers))
    if judgement.curves:
        points = [line for judged in judgement.curves for line in points_of(judged)]
        _put(folder / "curves.csv", _csv(_CURVE_COLUMNS, points))
    if transfers := [line for judged in judgement.curves for line in transfer_rows(judged)]:
        _put(folder / "transfers.csv", _csv(TRANSFER_COLUMNS, transfers))
    if segments := [line for judged in judgement.tasks for line in segments_of(judged)]:
        _put(folder / "segments.csv", _csv(("task", "entry", "title", *SEGMENT_COLUMNS), segments))
    splits = [line for judged in judgement.tasks for line in splits_of(judged)]
    columns = tuple(splits[0]) if splits else ("task",)
    _put(folder / "splits.csv", _csv(columns, splits))


def records(judged: TaskJudgement, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Give one flat record an entry; missing numbers are None."""
    keys = list(dict.fromkeys(key for entry in entries for key in entry.scores))
    return [_record(judged, entry, keys) for entry in entries]


def latex_escaped(text: str) -> str:
    """Make a text safe inside a LaTeX table."""
    return "".join(_LATEX.get(character, character) for character in text)


def _record(judged: TaskJudgement, entry: Entry, keys: Sequence[Key]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "entry": entry.name,
        "title": entry.title,
        "family": entry.family,
        "standing": entry.standing,
        **_difference("behind", entry.behind),
        "derived_view": entry.contestant.derived_view,
        "fitted_without_weights": entry.contestant.fitted_without_weights,
        "base_rate_accuracy": _known(base_accuracy(judged).value),
    }
    for key in keys:
        score = score_of(entry, key.metric, key.rule)
        for part in ("value", "low", "high"):
            name = str(key) if part == "value" else f"{key}_{part}"
            record[name] = _known(getattr(score, part))
    if entry.family == "ensemble":
        record |= {"rival": entry.rival, **_difference("gain", entry.gain)}
        record |= {"highest": entry.highest}
        record |= _difference("gain_over_highest", entry.gain_over_highest)
        record |= {
            "members": "; ".join(f"{m.name}={float(m.weight)!r}" for m in entry.contestant.members),
            "left_out": "; ".join(entry.contestant.left_out),
        }
    attack = entry.contestant.membership
    record |= {
        "fit_seconds": _known(entry.contestant.fit_seconds),
        "predict_microseconds": _known(entry.contestant.predict_microseconds),
        "p50_seconds": _known(entry.contestant.costs.p50_seconds),
        "p95_seconds": _known(entry.contestant.costs.p95_seconds),
        "p99_seconds": _known(entry.contestant.costs.p99_seconds),
        "peak_bytes": _known(entry.contestant.peak_bytes),
        "stored_bytes": _known(entry.contestant.costs.stored_bytes),
        "membership_auc": _known(attack.auc.value),
        "membership_auc_low": _known(attack.auc.low),
        "membership_auc_high": _known(attack.auc.high),
        "membership_found": _known(attack.found),
    }
    return record | {"failures": "; ".join(entry.contestant.failures)}


def _difference(name: str, gap: Gap | None) -> dict[str, float | bool | None]:
    figure = gap.difference if gap else UNKNOWN
    return {
        name: _known(figure.value),
        f"{name}_low": _known(figure.low),
        f"{name}_high": _known(figure.high),
        f"{name}_established": bool(gap and gap.established),
    }


def _write(stem: Path, judged: TaskJudgement, entries: Sequence[Entry]) -> None:
    with speaking(ENGLISH):
        made = records(judged, entries)
    headings, lines = _printed(judged, entries)
    for ending, content in (
        ("csv", _csv(tuple(made[0]) if made else (), made)),
        ("json", json.dumps(made, indent=1, ensure_ascii=False, allow_nan=False) + "\n"),
        ("md", escaped(markdown(headings, lines))),
        ("tex", _latex([escaped(text) for text in headings], [map(escaped, row) for row in lines])),
    ):
        _put(stem.with_name(f"{stem.name}.{ending}"), content)


def _put(path: Path, content: str) -> None:
    # A library's message can hold half a character; a question mark is better than no table.
    write_atomically(path, content.encode("utf-8", "replace"))


def _printed(judged: TaskJudgement, entries: Sequence[Entry]) -> tuple[list[str], list[list[str]]]:
    """Round for print: figures with intervals, of decisions those that the page leads with."""
    rule = leading_rule(judged)
    keys = [
        Key(name, rule if metric.needs == "decision" else AT_HALF)
        for name, metric in METRICS.items()
    ]
    keys = [key for key in keys if any(key in entry.scores for entry in entries)]
    ensembles = bool(entries) and entries[0].family == "ensemble"
    headings = [_("Entry"), _("Family"), _("Standing"), *map(title_at, keys)]
    headings += [_("Base rate accuracy")]
    headings += [_("Gain"), _("Over")] if ensembles else [_("Fit")]
    lines = []
    for entry in entries:
        where = " ".join(standing(judged, entry)).strip()
        line = [entry.title, family_words(entry.family), where]
        line += [_with_interval(score_of(entry, key.metric, key.rule)) for key in keys]
        line.append(formats.score(base_accuracy(judged)))
        if ensembles:
            line += [_gain(entry), rival_of(judged, entry)]
        else:
            line.append(formats.seconds(entry.contestant.fit_seconds))
        lines.append(line)
    return headings, lines


def _with_interval(score: Score) -> str:
    if not score.available:
        return formats.missing()
    return _("{figure} ({interval})").format(
        figure=formats.score(score), interval=formats.interval(score)
    )


def _gain(entry: Entry) -> str:
    if entry.gain is None or not entry.gain.difference.available:
        return formats.missing()
    gain = entry.gain.difference
    said = _("{gain} ({interval}), not established")
    if entry.gain.established:
        said = _("{gain} ({interval}), established")
    return said.format(gain=formats.difference(gain), interval=formats.difference_interval(gain))


def figures_of(judged: TaskJudgement) -> Iterator[dict[str, Any]]:
    """Give one flat record an entry, metric and threshold."""
    for entry in (*judged.models, *judged.ensembles):
        for key, score in entry.scores.items():
            at_half = "0.5" if METRICS[key.metric].needs == "decision" else ""
            yield _line(judged, entry, key.metric, key.rule or at_half, score)
        for outcome in entry.outcomes:
            # At 0.5 and at the highest F1 the entry's own scores say all but these.
            told = () if outcome.rule not in (AT_HALF, CHOSEN) else ("precision", "recall", "f1")
            for metric, score in outcome.scores.items():
                if metric not in told:
                    yield _line(judged, entry, metric, outcome.rule or "0.5", score)
        for calibrated in entry.calibrations:
            for metric, score in calibrated.scores.items():
                yield _line(judged, entry, metric, "", score, calibrated.name)


def _line(
    judged: TaskJudgement,
    entry: Entry,
    metric: str,
    threshold: str,
    score: Score,
    calibration: str = "",
) -> dict[str, Any]:
    return {
        "task": judged.task.name,
        "entry": entry.name,
        "title": entry.title,
        "family": entry.family,
        "metric": metric,
        "threshold": threshold,
        "calibration": calibration,
        "value": _known(score.value),
        "low": _known(score.low),
        "high": _known(score.high),
        "standing": entry.standing,
    }


def drivers_of(judged: TaskJudgement) -> Iterator[dict[str, Any]]:
    """Give one flat record a model and driver."""
    for entry in judged.models:
        about = {"task": judged.task.name, "entry": entry.name, "title": entry.title}
        yield from (about | row for row in driver_rows(judged, entry))


def slices_of(judged: TaskJudgement) -> Iterator[dict[str, Any]]:
    """Give one flat record an entry and slice."""
    for name, outcomes in judged.slices.items():
        about = {"task": judged.task.name, "entry": name, "title": entry_named(judged, name).title}
        yield from (about | row for row in slice_rows(outcomes))


def segments_of(judged: TaskJudgement) -> Iterator[dict[str, Any]]:
    """Give one flat record a model and segment, of the models that find some."""
    for entry in judged.models:
        if entry.name in judged.segments:
            about = {"task": judged.task.name, "entry": entry.name, "title": entry.title}
            yield from (about | row for row in segment_rows(judged.segments[entry.name]))


def points_of(judged: CurveJudgement) -> Iterator[dict[str, Any]]:
    """Give one flat record a model and point of a curve."""
    for entry in judged.entries:
        steps = (None, *entry.steps)
        for point, score, step in zip(judged.record.points, entry.scores, steps, strict=True):
            brought = step.difference if step else UNKNOWN
            yield {
                "task": judged.record.task,
                "curve": judged.record.kind,
                "entry": entry.name,
                "title": entry.title,
                "metric": judged.metric,
                "point": point.label,
                "size": point.size or None,
                "value": _known(score.value),
                "low": _known(score.low),
                "high": _known(score.high),
                "step": _known(brought.value),
                "step_low": _known(brought.low),
                "step_high": _known(brought.high),
                "step_established": step.established if step else None,
                "weighted": _known(entry.weighted.value),
                "weighted_low": _known(entry.weighted.low),
                "weighted_high": _known(entry.weighted.high),
            }


def splits_of(judged: TaskJudgement) -> Iterator[dict[str, Any]]:
    """Give one flat record an inner split: its sizes, and its fold's fingerprint."""
    for fold in judged.task.folds:
        for number, split in enumerate(fold.splits):
            yield {
                "task": judged.task.name,
                "fold": fold.number,
                "split": number,
                "n_fit": len(split.fit),
                "n_valid": len(split.valid),
                "n_test": len(fold.test),
                "fingerprint": fold.fingerprint(),
            }


def _csv(columns: tuple[str, ...], lines: Sequence[dict[str, Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writerow({name: _in_a_cell(name) for name in columns})
    writer.writerows({name: _in_a_cell(value) for name, value in line.items()} for line in lines)
    return buffer.getvalue()


def _in_a_cell(value: Any) -> Any:
    """Put an apostrophe before a text that spreadsheets would carry out; numbers are no texts."""
    if not isinstance(value, str):
        return value
    text = escaped(value)  # to some readers, a carriage return ends a row
    return f"'{text}" if text.startswith(_FORMULAS) else text


def markdown(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Write a Markdown table; what would be markup in a cell is not."""
    rows = [headings, ["---"] * len(headings), *lines]
    return "".join("| " + " | ".join(map(markdown_escaped, row)) + " |\n" for row in rows)


def markdown_escaped(text: str) -> str:
    """Make a text safe inside a Markdown table."""
    return re.sub(r"([\\|<>*_`\[\]])", r"\\\1", " ".join(text.splitlines()))


def _latex(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    head = f"\\begin{{tabular}}{{l{'l' * (len(headings) - 1)}}}\n\\hline\n"
    body = [" & ".join(map(latex_escaped, row)) + r" \\" + "\n" for row in (headings, *lines)]
    return head + body[0] + "\\hline\n" + "".join(body[1:]) + "\\hline\n\\end{tabular}\n"


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _file_stem(name: str, taken: set[str]) -> str:
    """Make a task's name safe as a file name, and different from those before it."""
    safe = stem = re.sub(r"[^\w.-]+", "_", name).lstrip(".") or "task"
    number = 2
    while stem in taken:
        stem = f"{safe}-{number}"
        number += 1
    taken.add(stem)
    return stem
