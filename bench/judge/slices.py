"""Figures by slice: where an entry is worse, or treats cases differently, than elsewhere."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from ..language.sentence import Sentence, Text
from ..language.speaking import marked
from ..metrics.thresholds import decide
from ..stats.confusion_intervals import jeffreys_interval
from ..stats.delong import delong_influence
from ..stats.intervals import LEVEL, freedom_of, logit_interval
from ..stats.step_down import step_down
from ..store.records import TaskRecord
from .choice import entry_to_act_on
from .judgement import IN_THE_RACE, Entry, TaskJudgement
from .policies import best_rule
from .score import Score
from .slice_cases import SliceCases, slices_of_task
from .slice_outcomes import AUC, CALIBRATION, RECALL, SELECTED, Apart, SliceOutcome
from .units import units

LEAST_CASES, LEAST_OF_AN_OUTCOME = 100, 10
_MOST_BESIDE = 3  # models in the race that are looked at beside the one to act on
_N_DRAWS, _SEED = 2000, 0
_SHARES = (AUC, SELECTED, RECALL)


@dataclass(frozen=True, eq=False)
class _Figure:
    """A figure of a slice and of all other cases, and how much each unit moves them."""

    value: float
    elsewhere: float
    moved: np.ndarray
    moved_elsewhere: np.ndarray


def slices_of(judged: TaskJudgement) -> dict[str, tuple[SliceOutcome, ...]]:
    """Judge by slice the entry to act on and a few other models in the race, by name.

    Nothing where the task has no columns to slice by.
    """
    chosen = entry_to_act_on(judged)
    if chosen is None or not judged.task.slice_values:
        return {}
    racing = [
        entry
        for entry in judged.models
        if entry.standing == IN_THE_RACE and entry is not chosen and entry.family != "baseline"
    ]
    cut = slices_of_task(judged.task)
    found = {chosen.name: slices_of_entry(judged.task, chosen, cut)}
    for entry in racing[:_MOST_BESIDE]:
        found[entry.name] = slices_of_entry(judged.task, entry, cut, (AUC,))
    return found


def slices_of_entry(
    task: TaskRecord,
    entry: Entry,
    cut: Sequence[SliceCases] | None = None,
    metrics: Sequence[str] = (AUC, CALIBRATION, SELECTED, RECALL),
) -> tuple[SliceOutcome, ...]:
    """Judge an entry on each slice, and against all other test cases.

    Parameters
    ----------
    task : TaskRecord
    entry : Entry
        One that worked.
    cut : sequence of SliceCases, optional
        Those of the task.
    metrics : sequence of str

    Returns
    -------
    tuple of SliceOutcome
        The ROC AUC is a mean over folds, by the slice's cases; the other figures are of all folds
        together.  Their intervals are from how much each unit (case or group) moves them.  What is
        established is so over all slices at once, in each figure (Romano and Wolf 2005).
    """
    cut = slices_of_task(task) if cut is None else cut
    folds = _folds(task, entry)
    counts = [_counts(folds, one) for one in cut]
    reasons = [_too_few(*of_slice) for of_slice in counts]
    asked = [one for one, why in zip(cut, reasons, strict=True) if not why]
    grouped, n_units = task.group is not None, int(max(unit.max() for *_, unit in folds)) + 1
    scores: list[dict[str, Score]] = [{} for _ in asked]
    apart: list[dict[str, Apart]] = [{} for _ in asked]
    for metric in metrics:
        figures = [_figure(metric, folds, one, n_units) for one in asked]
        for number, figure in enumerate(figures):
            scores[number][metric] = _score(metric, figure, grouped)
        for number, difference in _apart(figures, grouped).items():
            apart[number][metric] = difference
    told = iter(zip(scores, apart, strict=True))
    return tuple(
        SliceOutcome(
            one.column, one.label, one.low, one.high, n_cases, n_yes, why,
            *(({}, {}) if why else next(told)),
        )
        for one, (n_cases, n_yes, *_), why in zip(cut, counts, reasons, strict=True)
    )  # fmt: skip


_Fold = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _folds(task: TaskRecord, entry: Entry) -> list[_Fold]:
    """Give outcomes, probabilities, decisions, weights and units of each fold's test cases."""
    unit, rule = units(task), best_rule(entry)
    found = []
    for fold, threshold in zip(entry.predictions, rule.thresholds, strict=True):
        weight = task.weight_of(fold.rows)
        weight = np.ones(len(fold.rows)) if weight is None else weight / weight.mean()
        decided = decide(fold.p, threshold)
        found.append((task.target[fold.rows], fold.p, decided, weight, unit[fold.rows]))
    return found


def _counts(folds: Sequence[_Fold], one: SliceCases) -> tuple[int, int, int, int]:
    """Count cases and those that happened, inside and elsewhere."""
    inside = [y[member] for (y, *_), member in zip(folds, one.member, strict=True)]
    outside = [y[~member] for (y, *_), member in zip(folds, one.member, strict=True)]
    return tuple(
        int(number)
        for part in (inside, outside)
        for number in (sum(map(len, part)), sum(y.sum() for y in part))
    )


def _too_few(n: int, yes: int, n_elsewhere: int, yes_elsewhere: int) -> Text:
    least = LEAST_OF_AN_OUTCOME
    sides = ((n, yes, _TOO_FEW), (n_elsewhere, yes_elsewhere, _TOO_FEW_ELSEWHERE))
    for cases, happened, (of_all, of_yes, of_no) in sides:
        if cases < LEAST_CASES:
            return Sentence(of_all, n=cases)
        if happened < least:
            return Sentence(of_yes, n=happened)
        if cases - happened < least:
            return Sentence(of_no, n=cases - happened)
    return ""


_TOO_FEW = (
    marked("too few: {n} cases"),
    marked("too few: {n} yes"),
    marked("too few: {n} no"),
)
_TOO_FEW_ELSEWHERE = (
    marked("too few elsewhere: {n} cases"),
    marked("too few elsewhere: {n} yes"),
    marked("too few elsewhere: {n} no"),
)


def _figure(metric: str, folds: Sequence[_Fold], one: SliceCases, n_units: int) -> _Figure:
    inside = [member for member in one.member]
    outside = [~member for member in one.member]
    if metric == AUC:
        usable = [
            is_in.sum()
            if all(min(np.bincount(y[part], minlength=2)) > 1 for part in (is_in, is_out))
            else 0
            for (y, *_), is_in, is_out in zip(folds, inside, outside, strict=True)
        ]
        if not any(usable):
            nothing = np.full(n_units, np.nan)
            return _Figure(math.nan, math.nan, nothing, nothing)
        share = np.array(usable) / sum(usable)
        parts = (_area(folds, which, share, n_units) for which in (inside, outside))
    else:
        parts = _ratios(metric, folds, np.concatenate(inside), n_units)
    (value, moved), (elsewhere, moved_elsewhere) = parts
    return _Figure(value, elsewhere, moved, moved_elsewhere)


def _area(
    folds: Sequence[_Fold], which: Sequence[np.ndarray], share: np.ndarray, n_units: int
) -> tuple[float, np.ndarray]:
    value, moved = 0.0, np.zeros(n_units)
    for (y, p, _, weight, unit), part, of_fold in zip(folds, which, share, strict=True):
        if of_fold > 0:
            even = np.ptp(weight) == 0
            auc, influence = delong_influence(y[part], p[part], None if even else weight[part])
            value += of_fold * auc
            moved += of_fold * np.bincount(unit[part], influence, n_units)
    return value, moved


def _ratios(
    metric: str, folds: Sequence[_Fold], is_in: np.ndarray, n_units: int
) -> Iterator[tuple[float, np.ndarray]]:
    """Give a mean over the cases of all folds that are in a slice, then over all others."""
    y, p, decided, weight, unit = (np.concatenate(parts) for parts in zip(*folds, strict=True))
    of = {CALIBRATION: p - y, SELECTED: decided, RECALL: decided * y}[metric]
    above, below = weight * of, weight * (y if metric == RECALL else 1.0)
    for part in (is_in, ~is_in):
        whole, n = below @ part, np.count_nonzero(below[part])
        value = float(above @ part / whole)
        moved = (above - value * below) * part * (math.sqrt(n / (n - 1)) / whole)
        yield value, np.bincount(unit, moved, n_units)


def _error(moved: np.ndarray, grouped: bool) -> tuple[float, float]:
    """Give the standard error, and its degrees of freedom."""
    touched = moved[moved != 0]
    freedom = freedom_of(touched, max(len(touched) - 1.0, 1.0))
    variance = float(touched @ touched) * (1 + 1 / freedom if grouped else 1)
    return math.sqrt(variance), freedom


def _score(metric: str, figure: _Figure, grouped: bool) -> Score:
    if math.isnan(figure.value):
        return Score(math.nan, math.nan, math.nan)
    error, freedom = _error(figure.moved, grouped)
    if metric in _SHARES:
        if figure.value in (0.0, 1.0):
            return Score(figure.value, *jeffreys_interval(figure.value, LEAST_OF_AN_OUTCOME))
        return Score(figure.value, *logit_interval(figure.value, error**2, freedom))
    reach = error * float(special.stdtrit(freedom, 0.5 + LEVEL / 2))
    return Score(figure.value, figure.value - reach, figure.value + reach)


def _apart(figures: Sequence[_Figure], grouped: bool) -> Mapping[int, Apart]:
    """Test all differences to elsewhere at once; those that are not known are left out."""
    found = {}
    known = [number for number, figure in enumerate(figures) if not math.isnan(figure.value)]
    moved = [figures[number].moved - figures[number].moved_elsewhere for number in known]
    errors = [_error(of_slice, grouped) for of_slice in moved]
    varying = [i for i, (error, _) in enumerate(errors) if error > 0]
    differences = [figures[number].value - figures[number].elsewhere for number in known]
    if varying:
        scale = np.array([errors[i] for i in varying])
        size = np.abs([differences[i] for i in varying]) / scale[:, 0]
        # On the normal scale all are comparable, whatever their degrees of freedom.
        normal = stats.norm.isf(np.maximum(stats.t.sf(size, scale[:, 1]), 1e-300))
        null = _null(np.stack([moved[i] for i in varying]))
        p_values, reach = step_down(np.maximum(normal, 0.0), null, LEVEL)
        reach = stats.t.isf(stats.norm.sf(reach), scale[:, 1]) * scale[:, 0]
        for i, p_value, far in zip(varying, p_values, reach, strict=True):
            value = differences[i]
            score = Score(value, value - float(far), value + float(far))
            found[known[i]] = Apart(score, float(p_value), bool(p_value <= 1 - LEVEL))
    return found


def _null(moved: np.ndarray) -> np.ndarray:
    """Draw sizes of the differences where there is none, shape (n_slices, n_draws)."""
    length = np.sqrt(np.square(moved).sum(axis=1))
    together = (moved @ moved.T) / np.outer(length, length)
    spread, axes = np.linalg.eigh(together)
    root = axes * np.sqrt(np.clip(spread, 0.0, None))
    draws = np.random.default_rng(_SEED).standard_normal((len(moved), _N_DRAWS))
    return np.abs(root @ draws)
