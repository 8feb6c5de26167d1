"""Alarms over a judged task: figures that contradict its decisions, or are too good to be true."""

import math
from collections.abc import Iterator

import numpy as np

from ..language.sentence import Sentence, Text
from ..metrics.key import AT_HALF, CHOSEN, Key
from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from .judgement import Entry, Score, TaskJudgement

# People's next action is not known that well: beyond these the cause is almost always a column
# that knows the outcome, or test cases among the train cases.
TOO_GOOD_ROC_AUC = 0.995
TOO_LITTLE_LOSS = 0.05  # of the log loss of the base rate
# By how much a model may seem better than the true probabilities.
ROOM = 0.005
_EXACT = 1e-9
_VIEWS = {
    "events": Sentence("events"),
    "features": Sentence("features"),
    "events+features": Sentence("events and features"),
}


def check_confusion(judged: TaskJudgement) -> tuple[str, ...]:
    """Count every confusion matrix again, case by case, and compare the figures of it.

    All figures of decisions are looked at: those of each entry at 0.5 and at the threshold chosen
    on valid cases, and those of every other rule.  Each is the mean of its folds' figures.

    Returns
    -------
    tuple of str
        A sentence for each figure that its decisions do not give.
    """
    return tuple(
        Sentence(
            "{title} on {task}: {metric} at {where} is given as {given}, but the decisions on test "
            "cases make it {counted}.",
            title=entry.title,
            task=judged.task.name,
            metric=Sentence(METRICS[name].title),
            where=where,
            given=_written(figure.value),
            counted=_written(counted),
        )
        for entry in (*judged.models, *judged.ensembles)
        for name, where, figure, counted in _counted(judged, entry)
        if not _same(figure.value, counted)
    )


def implausible(judged: TaskJudgement) -> tuple[str, ...]:
    """Name the figures of a task that are too good to be believed.

    Returns
    -------
    tuple of str
        A sentence for each alarm, which says what to look for.  None of these is a proof.
    """
    working = [entry for entry in (*judged.models, *judged.ensembles) if entry.scores]
    return tuple(alarm for entry in working for alarm in _too_good(judged, entry))


def _counted(judged: TaskJudgement, entry: Entry) -> Iterator[tuple[str, Text, Score, float]]:
    """Give the name, the threshold in words, the figure and what is counted."""
    task, folds = judged.task, entry.predictions
    if not folds:
        return
    chosen = tuple(fold.threshold for fold in folds)
    own = [
        {key.metric: score for key, score in entry.scores.items() if key.rule == rule}
        for rule in (AT_HALF, CHOSEN)
    ]
    rules = [
        ("0.5", (DEFAULT,) * len(folds), own[0]),
        (Sentence("the chosen threshold"), chosen, own[1]),
    ]
    rules += [
        (
            Sentence("the threshold of {rule!r}", rule=outcome.title),
            outcome.thresholds,
            outcome.scores,
        )
        for outcome in entry.outcomes
        if outcome.rule
    ]
    for where, thresholds, scores in rules:
        by_fold = [
            _figures(task.target[fold.rows], decide(fold.p, threshold), task.weight_of(fold.rows))
            for fold, threshold in zip(folds, thresholds, strict=True)
        ]
        for name in by_fold[0]:
            if name in scores:
                mean = sum(figures[name] for figures in by_fold) / len(by_fold)
                yield name, where, scores[name], mean


def _figures(y: np.ndarray, decision: np.ndarray, weight: np.ndarray | None) -> dict[str, float]:
    """Compute all figures of one confusion matrix from its four counts; NaN where not defined."""
    cells = [(y == outcome) & (decision == said) for outcome in (1, 0) for said in (1, 0)]
    if weight is None:
        tp, fn, fp, tn = (int(np.count_nonzero(cell)) for cell in cells)
    else:
        tp, fn, fp, tn = (float(weight[cell].sum()) for cell in cells)
    both = tp + fn > 0 and tn + fp > 0
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return {
        "accuracy": _share(tp + tn, tp + fp + fn + tn),
        "balanced_accuracy": (_share(tp, tp + fn) + _share(tn, tn + fp)) / 2,
        "precision": _share(tp, tp + fp),
        "recall": _share(tp, tp + fn),
        "f1": _share(2 * tp, 2 * tp + fp + fn) if tp + fn else math.nan,
        "mcc": ((tp * tn - fp * fn) / math.sqrt(product) if product else 0.0) if both else math.nan,
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _same(given: float, counted: float) -> bool:
    if math.isnan(given) or math.isnan(counted):
        return math.isnan(given) and math.isnan(counted)
    return abs(given - counted) <= _EXACT


def _written(value: float) -> Text:
    return Sentence("not available") if math.isnan(value) else f"{value:.4f}"


def _too_good(judged: TaskJudgement, entry: Entry) -> Iterator[str]:
    """Give alarms over an entry's own figures."""
    scores = entry.scores
    auc, loss = (scores.get(Key(name)) for name in ("roc_auc", "log_loss"))
    if auc and auc.value >= TOO_GOOD_ROC_AUC:
        yield Sentence(
            "{title} ranks almost without an error (ROC AUC {auc:.4f}): look for a column that "
            "knows the outcome, and for test cases among the train cases.",
            title=entry.title,
            auc=auc.value,
        )
    least = TOO_LITTLE_LOSS * _entropy(judged)
    if loss and loss.value < least:
        yield Sentence(
            "{title} is hardly ever surprised (log loss {loss:.4f}, under {share:.0%} of the base "
            "rate's): the outcome is as good as written in the data.",
            title=entry.title,
            loss=loss.value,
            share=TOO_LITTLE_LOSS,
        )
    for rule, where in ((AT_HALF, "0.5"), (CHOSEN, Sentence("the chosen threshold"))):
        f1 = scores.get(Key("f1", rule))
        if f1 and f1.value >= 1.0:
            yield Sentence(
                "{title} makes no wrong decision at {where} (F1 1.0): no model is so good.",
                title=entry.title,
                where=where,
            )
    for shortfall in entry.shortfalls:
        if shortfall.metric == "roc_auc" and shortfall.difference.high < -ROOM:
            yield Sentence(
                "{title} ranks better than the true probabilities given {views} do (by {by:.4f} in "
                "ROC AUC), which nothing honest can: it saw more than it was to see.",
                title=entry.title,
                views=_VIEWS[shortfall.views],
                by=-shortfall.difference.value,
            )


def _entropy(judged: TaskJudgement) -> float:
    """Give the log loss of knowing the share of positive test cases and nothing else."""
    tested = np.concatenate([fold.test for fold in judged.task.folds])
    rate = judged.task.rate_of(tested)
    return -sum(share * math.log(share) for share in (rate, 1 - rate) if share > 0)
