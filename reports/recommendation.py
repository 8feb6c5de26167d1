"""The recommendation in words: which model to use, why, what else would do, how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..bench.data_checks.few_positives import FEW
from ..bench.judge.choice import (
    AHEAD,
    ALONE,
    CHEAPEST,
    CHEAPEST_READABLE,
    NO_FIGURE,
    NO_READABLE,
    NOTHING_BETTER,
    NOTHING_WORKED,
    ONLY,
    Choice,
    choose_entry,
    seconds_of,
)
from ..bench.judge.judgement import TaskJudgement
from ..bench.metrics.metrics import METRICS
from ..bench.suite.decisions import PER_CASES
from . import formats
from .lookups import rival_of, title_of
from .sections.answer import listed


@dataclass(frozen=True)
class Recommendation:
    """Which model to use, and why.

    Parameters
    ----------
    name, title : str
        Of the model or ensemble; empty where none can be recommended.
    headline : str
        "Use ..." in one sentence.
    reason : str
        Why this one, or why none, in one sentence.
    also : tuple of str
        Titles of what else would do, the cheapest first.
    chance_wrong : float
        How probable it is, at most, that another one is better by more than the practical margin;
        NaN where that cannot be said.
    others, sureness, few : str
        What else would do, how sure the recommendation is, and whether data are few; each a
        sentence, or empty.
    """

    name: str
    title: str
    headline: str
    reason: str
    also: tuple[str, ...] = ()
    chance_wrong: float = math.nan
    others: str = ""
    sureness: str = ""
    few: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that there is to say after the reason."""
        return tuple(filter(None, (self.others, self.sureness, self.few)))


def recommend(judged: TaskJudgement) -> Recommendation:
    """Say which entry of a task to use; see ``choose_entry`` for the rule."""
    choice = choose_entry(judged)
    few = _few_sentence(judged)
    if choice.entry is None:
        reason = _WHY_NONE[choice.basis].format(metric=title_of(judged.main_metric))
        return Recommendation("", "", _NONE[choice.basis], reason, few=few)
    entry, also = choice.entry, tuple(other.title for other in choice.others)
    chance = math.nan if choice.basis == ONLY else entry.chance_behind
    return Recommendation(
        entry.name,
        entry.title,
        f"Use {entry.title}.",
        _why(judged, choice),
        also,
        chance,
        _others_sentence(also),
        _chance_sentence(judged, chance),
        few,
    )


_NONE = {
    NOTHING_BETTER: "Use none.",
    NO_FIGURE: "Use none yet.",
    NOTHING_WORKED: "There is nothing to use.",
}
_WHY_NONE = {
    NOTHING_BETTER: "No model is established to be better than the base rate: with these data, "
    "scores do not tell who will from who will not.",
    NO_FIGURE: "{metric} is not available, as too few cases were tested, or all of one outcome: "
    "no order can be given.",
    NOTHING_WORKED: "No model gave predictions.",
}


_WHY = {
    CHEAPEST: "Of the {race} in the race, which could all have the highest {metric} on new cases, "
    "{title} takes the least time: {cost}.",
    CHEAPEST_READABLE: "Readable models come first, as asked, and of those in the race for the "
    "highest {metric} {title} takes the least time: {cost}.",
    NO_READABLE: "No readable model is in the race for the highest {metric}; of the {race} in it "
    "{title} takes the least time: {cost}.",
    ALONE: "{title} is alone in the race for the highest {metric}: every other model is behind.",
    AHEAD: "{title} is alone in the race for the highest {metric}: every other model is behind, or "
    "probably so.",
    ONLY: "{title} is better than the base rate, and no other model worked.",
}


def _why(judged: TaskJudgement, choice: Choice) -> str:
    entry = choice.entry
    if entry.family == "ensemble":
        return _why_an_ensemble(judged, choice)
    return _WHY[choice.basis].format(
        title=entry.title,
        metric=title_of(judged.main_metric),
        race=formats.count(len(choice.race), "model"),
        cost=_cost(choice),
    )


def _why_an_ensemble(judged: TaskJudgement, choice: Choice) -> str:
    entry = choice.entry
    gain, rope = entry.gain.difference, METRICS[judged.main_metric].rope
    return (
        f"{entry.title} gains {formats.difference(gain)} ({formats.difference_interval(gain)}) in "
        f"{title_of(judged.main_metric)} over {rival_of(judged, entry)}, the best single model: "
        f"that is established, and probably more than the practical margin of {rope:g}.  It takes "
        f"{_cost(choice)}."
    )


def _cost(choice: Choice) -> str:
    cases = formats.count(PER_CASES, "case")
    return (
        f"{formats.seconds(seconds_of(choice.entry))} to fit and to answer for {cases} on one core"
    )


def _others_sentence(also: Sequence[str]) -> str:
    if not also:
        return ""
    if len(also) == 1:
        return f"{also[0]} is in the race, too."
    return f"{listed(also)} are in the race, too, the quickest first."


def _chance_sentence(judged: TaskJudgement, chance: float) -> str:
    if math.isnan(chance):
        return ""
    said = _SMALL_CHANCE if chance < _SMALL else _CHANCE
    return said.format(
        chance=formats.chance(chance),
        rope=f"{METRICS[judged.main_metric].rope:g}",
        metric=title_of(judged.main_metric),
    )


_SMALL = 0.01
_CHANCE = (
    "Wrong with a chance of {chance} or less: that another one is better by more than {rope} in "
    "{metric}, the practical margin."
)
_SMALL_CHANCE = (
    "Wrong with a chance below 1\u00a0%: that another one is better by more than {rope} in "
    "{metric}, the practical margin."
)


def _few_sentence(judged: TaskJudgement) -> str:
    few = (one for one in judged.task.findings if one.check == FEW and not one.grave)
    return next((f"Data are few: {finding.found}." for finding in few), "")
