"""What a judgement says of an entry or a task: the questions that tables, charts and words ask."""

import math
from collections.abc import Sequence

from ..bench.judge.judgement import (
    BEHIND,
    FAILED,
    IN_THE_RACE,
    N_ENSEMBLES_SHOWN,
    NOT_APPLICABLE,
    PROBABLY_BEHIND,
    Entry,
    Score,
    TaskJudgement,
)
from ..bench.language.speaking import _, marked
from ..bench.metrics.key import AT_HALF, CHOSEN, Key
from ..bench.metrics.metrics import METRICS
from . import formats
from .lists import listed

# What a table says of an entry, with a sign for readers who cannot see the colour.
STANDINGS = {
    IN_THE_RACE: ("≈", marked("in the race")),
    PROBABLY_BEHIND: ("", marked("probably behind")),
    BEHIND: ("", marked("behind")),
    FAILED: ("✕", marked("failed")),
    NOT_APPLICABLE: ("", marked("not applicable")),
}
# Of the models that come with the package; a plugin's is printed as it names it.
_FAMILIES = {
    "baseline": marked("baseline"),
    "bayesian": marked("bayesian"),
    "deep": marked("deep"),
    "ensemble": marked("ensemble"),
    "linear": marked("linear"),
    "other": marked("other"),
    "sequence": marked("sequence"),
    "svm": marked("svm"),
    "tree": marked("tree"),
}
_RARE = 0.1
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
    """Give the accuracy of always answering what more of the tested cases are."""
    value = max(tested_rate(judged), 1 - tested_rate(judged))
    return Score(value, value, value)


def leading_rule(judged: TaskJudgement) -> str:
    """Name the threshold by which decisions are told first: where few are positive, not 0.5.

    Below a base rate of a tenth hardly anybody reaches 0.5.
    """
    return CHOSEN if tested_rate(judged) < _RARE else AT_HALF


def tested_rate(judged: TaskJudgement) -> float:
    """Give the share of positive cases among those tested, as a mean over folds."""
    task = judged.task
    return sum(task.rate_of(fold.test) for fold in task.folds) / len(task.folds)


def standing(judged: TaskJudgement, entry: Entry) -> tuple[str, str]:
    """Say where an entry stands: a sign (possibly empty) and words."""
    if entry.scores and not score_of(entry, judged.main_metric).available:
        return "", _("not ranked")
    sign, words = STANDINGS[entry.standing]
    if entry.standing == IN_THE_RACE and entry.behind is None:
        return "▲", _("alone in the race") if is_alone(judged, entry) else _(words)
    return sign, _(words)


def standing_words(standing: str) -> str:
    """Say a standing in words."""
    return _(STANDINGS[standing][1])


def views_words(views: Sequence[str]) -> str:
    """Say what a model reads: features, events, or both."""
    said = {"features": _("features"), "events": _("events")}
    return listed([said.get(view, view) for view in views])


def family_words(family: str) -> str:
    """Say of which family a model is."""
    return _(_FAMILIES[family]) if family in _FAMILIES else family


def in_the_race(judged: TaskJudgement, entry: Entry) -> bool:
    """Tell whether an entry could be the best, and is not probably behind."""
    known = score_of(entry, judged.main_metric).available
    return known and entry.standing == IN_THE_RACE


def is_alone(judged: TaskJudgement, leader: Entry) -> bool:
    """Tell whether all other entries of a leader's table, at least one, are behind."""
    table = judged.ensembles if leader.family == "ensemble" else judged.models
    others = [entry for entry in table if entry is not leader and entry.scores]
    return bool(others) and all(entry.standing == BEHIND for entry in others)


def best_ensembles(judged: TaskJudgement) -> tuple[Entry, ...]:
    """Give the few ensembles that are shown beside the models: those of the best figures."""
    working = [entry for entry in judged.ensembles if entry.scores]
    return tuple(working[:N_ENSEMBLES_SHOWN])


def rival_of(judged: TaskJudgement, ensemble: Entry) -> str:
    """Name the single model that an ensemble is measured against."""
    return _title(judged, ensemble.rival)


def rivals_of(judged: TaskJudgement) -> tuple[str, str]:
    """Name the best single model as chosen on valid cases, and the highest one, as headings do."""
    first = next((entry for entry in judged.ensembles if entry.scores), None)
    if first is None:
        return _("the best on valid cases"), _("the highest")
    rival, highest = (_title(judged, name) for name in (first.rival, first.highest))
    said_rival, said_highest = _("the best on valid cases"), _("the highest")
    if rival:
        said_rival = _("the best on valid cases ({title})").format(title=rival)
    if highest:
        said_highest = _("the highest ({title})").format(title=highest)
    return said_rival, said_highest


def _title(judged: TaskJudgement, name: str) -> str:
    return {model.name: model.title for model in judged.models}.get(name, name)


def figure_said(title: str, figure: Score) -> str:
    """Say a figure with its interval, as pictures do under the pointer."""
    return _("{title}: {figure} ({interval})").format(
        title=title, figure=formats.score(figure), interval=formats.interval(figure)
    )


def title_of(metric: str) -> str:
    """Give a metric's printed name."""
    return _(METRICS[metric].title)


def title_at(key: Key) -> str:
    """Give a metric's printed name, with its threshold where that is not 0.5."""
    title = title_of(key.metric)
    return _("{metric} at the chosen threshold").format(metric=title) if key.rule else title
