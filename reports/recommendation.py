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
from ..bench.language.speaking import _, marked
from ..bench.metrics.metrics import METRICS
from ..bench.suite.decisions import PER_CASES
from . import formats
from .counted import cases, models
from .lists import listed
from .lookups import rival_of, title_of


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
        reason = _(_WHY_NONE[choice.basis]).format(metric=title_of(judged.main_metric))
        return Recommendation("", "", _(_NONE[choice.basis]), reason, few=few)
    entry, also = choice.entry, tuple(other.title for other in choice.others)
    chance = math.nan if choice.basis == ONLY else entry.chance_behind
    return Recommendation(
        entry.name,
        entry.title,
        _("Use {title}.").format(title=entry.title),
        _why(judged, choice),
        also,
        chance,
        _others_sentence(also),
        _chance_sentence(judged, chance),
        few,
    )


_NONE = {
    NOTHING_BETTER: marked("Use none."),
    NO_FIGURE: marked("Use none yet."),
    NOTHING_WORKED: marked("There is nothing to use."),
}
_WHY_NONE = {
    NOTHING_BETTER: marked(
        "No model is established to be better than the base rate: with these data, "
        "scores do not tell who will from who will not."
    ),
    NO_FIGURE: marked(
        "{metric} is not available, as too few cases were tested, or all of one outcome: "
        "no order can be given."
    ),
    NOTHING_WORKED: marked("No model gave predictions."),
}


_WHY = {
    CHEAPEST: marked(
        "Of the {race} in the race, which could all have the highest {metric} on new cases, "
        "{title} takes the least processor time: {cost}."
    ),
    CHEAPEST_READABLE: marked(
        "Readable models come first, as asked, and of those in the race for the "
        "highest {metric} {title} takes the least processor time: {cost}."
    ),
    NO_READABLE: marked(
        "No readable model is in the race for the highest {metric}; of the {race} in it "
        "{title} takes the least processor time: {cost}."
    ),
    ALONE: marked(
        "{title} is alone in the race for the highest {metric}: every other model is behind."
    ),
    AHEAD: marked(
        "{title} is alone in the race for the highest {metric}: every other model is behind, or "
        "probably so."
    ),
    ONLY: marked("{title} is better than the base rate, and no other model worked."),
}


def _why(judged: TaskJudgement, choice: Choice) -> str:
    entry = choice.entry
    if entry.family == "ensemble":
        return _why_an_ensemble(judged, choice)
    return _(_WHY[choice.basis]).format(
        title=entry.title,
        metric=title_of(judged.main_metric),
        race=models(len(choice.race)),
        cost=_cost(choice),
    )


def _why_an_ensemble(judged: TaskJudgement, choice: Choice) -> str:
    entry = choice.entry
    gain, rope = entry.gain.difference, METRICS[judged.main_metric].rope
    return _(
        "{title} gains {gain} ({interval}) in {metric} over {rival}, the best single model: that "
        "is established, and probably more than the practical margin of {rope}.  It takes {cost}."
    ).format(
        title=entry.title,
        gain=formats.difference(gain),
        interval=formats.difference_interval(gain),
        metric=title_of(judged.main_metric),
        rival=rival_of(judged, entry),
        rope=f"{rope:g}",
        cost=_cost(choice),
    )


def _cost(choice: Choice) -> str:
    return _("{seconds} to fit and to answer for {cases} on one core").format(
        seconds=formats.seconds(seconds_of(choice.entry)), cases=cases(PER_CASES)
    )


def _others_sentence(also: Sequence[str]) -> str:
    if not also:
        return ""
    if len(also) == 1:
        return _("{title} is in the race, too.").format(title=also[0])
    return _("{titles} are in the race, too, the quickest first.").format(titles=listed(also))


def _chance_sentence(judged: TaskJudgement, chance: float) -> str:
    if math.isnan(chance):
        return ""
    said = _SMALL_CHANCE if chance < _SMALL else _CHANCE
    return _(said).format(
        chance=formats.chance(chance),
        rope=f"{METRICS[judged.main_metric].rope:g}",
        metric=title_of(judged.main_metric),
    )


_SMALL = 0.01
_CHANCE = marked(
    "Wrong with a chance of {chance} or less: that another one is better by more than {rope} in "
    "{metric}, the practical margin."
)
_SMALL_CHANCE = marked(
    "Wrong with a chance below 1\u00a0%: that another one is better by more than {rope} in "
    "{metric}, the practical margin."
)


def _few_sentence(judged: TaskJudgement) -> str:
    few = (one for one in judged.task.findings if one.check == FEW and not one.grave)
    return next((_("Data are few: {found}.").format(found=one.found) for one in few), "")
