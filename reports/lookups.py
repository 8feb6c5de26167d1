"""What a judgement says of an entry or a task: the questions that tables, charts and words ask."""

import math
from collections.abc import Sequence

from ..bench.judge.judgement import Entry, Score, TaskJudgement
from ..bench.metrics.key import AT_HALF, Key
from ..bench.metrics.metrics import METRICS

# What a table says of an entry, with a sign for readers who cannot see the colour.
STANDINGS = {
    "leads": ("▲", "leads"),
    "best": ("▲", "best figure"),
    "level": ("≈", "level with the best"),
    "behind": ("", "behind"),
    "failed": ("✕", "failed"),
}
_N_ENSEMBLES = 3
UNKNOWN = Score(math.nan, math.nan, math.nan)


def metrics_of(needs: str, entries: Sequence[Entry], rule: str = AT_HALF) -> list[str]:
    """List the metrics that some entry has, by what they are computed from: "p" or "decision"."""
    return [
        name
        for name, metric in METRICS.items()
        if metric.needs == needs and any(Key(name, rule) in entry.scores for entry in entries)
    ]


def score_of(entry: Entry, metric: str, rule: str = AT_HALF) -> Score:
    """Look a figure up; one that was not judged is not available."""
    return entry.scores.get(Key(metric, rule), UNKNOWN)


def base_accuracy(judged: TaskJudgement) -> Score:
    """Give the accuracy of answering without a look: the base-rate model's, or the larger share."""
    for entry in judged.models:
        if entry.family == "baseline" and score_of(entry, "accuracy").available:
            return score_of(entry, "accuracy")
    value = max(tested_rate(judged), 1 - tested_rate(judged))
    return Score(value, value, value)


def tested_rate(judged: TaskJudgement) -> float:
    """Give the share of positive cases among those tested, as a mean over folds."""
    task = judged.task
    return sum(task.rate_of(fold.test) for fold in task.folds) / len(task.folds)


def standing(judged: TaskJudgement, entry: Entry) -> tuple[str, str]:
    """Say where an entry stands: a sign (possibly empty) and words."""
    if entry.standing != "failed" and not score_of(entry, judged.main_metric).available:
        return "", "not ranked"
    return STANDINGS[entry.standing]


def at_the_top(judged: TaskJudgement, entry: Entry) -> bool:
    """Tell whether an entry is the best or cannot be told apart from it."""
    return standing(judged, entry) in [STANDINGS[name] for name in ("leads", "best", "level")]


def best_ensembles(judged: TaskJudgement) -> tuple[Entry, ...]:
    """Give the few ensembles that are shown beside the models: those of the best figures."""
    working = [entry for entry in judged.ensembles if entry.standing != "failed"]
    return tuple(working[:_N_ENSEMBLES])


def rival_of(judged: TaskJudgement, ensemble: Entry) -> str:
    """Name the single model that an ensemble is measured against."""
    titles = {model.name: model.title for model in judged.models}
    return titles.get(ensemble.rival, ensemble.rival)


def title_of(metric: str) -> str:
    """Give a metric's printed name."""
    return METRICS[metric].title
