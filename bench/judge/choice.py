"""Choice: which of a task's entries to use, by a rule that the report states beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..metrics.key import Key
from ..suite.decisions import PER_CASES, READABLE
from .judgement import BEHIND, IN_THE_RACE, PROBABLE, Entry, Gap, TaskJudgement

# Why an entry was chosen, or why none.
ALONE, AHEAD, ONLY, CHEAPEST, CHEAPEST_READABLE, NO_READABLE = (
    "alone", "ahead", "only", "cheapest", "cheapest readable", "no readable",
)  # fmt: skip
NOTHING_BETTER, NO_FIGURE, NOTHING_WORKED = "nothing better", "no figure", "nothing worked"
_CHANCE = 0.5  # ROC AUC of who knows nothing


@dataclass(frozen=True, eq=False)
class Choice:
    """The entry to use.

    Parameters
    ----------
    entry : Entry or None
        None where nothing can be recommended.
    basis : str
        Why this one, or why none: one of the constants of this module.
    race : tuple of Entry
        All that could be the best, the chosen one among them, the cheapest first.
    """

    entry: Entry | None
    basis: str
    race: tuple[Entry, ...] = ()

    @property
    def others(self) -> tuple[Entry, ...]:
        """What else would do, the cheapest first."""
        return tuple(entry for entry in self.race if entry is not self.entry)


def choose_entry(judged: TaskJudgement) -> Choice:
    """Choose the cheapest of the entries in the race.

    In the race are the models of that standing whose own interval is better than chance.  An
    ensemble takes part only where its gain over the best single model is established, and probably
    of more than the practical margin: then the race is among such ensembles.  Where readable models
    are preferred, the cheapest of those in the race is chosen, if there is one.

    Nothing is recommended where no model is established to be better than the base rate, or none
    has a figure.
    """
    working = [entry for entry in judged.models if entry.scores]
    if not working:
        return Choice(None, NOTHING_WORKED)
    leader = working[0]
    trained = [entry for entry in working if entry.family != "baseline"]
    if not _has_figure(judged, leader):
        return Choice(None, NO_FIGURE)
    baselines = [entry for entry in working if entry.family == "baseline"]
    beaten = all(entry.standing == BEHIND for entry in baselines)
    if not trained or not beaten or not _beats_chance(judged, leader):
        return Choice(None, NOTHING_BETTER)
    race = [
        entry
        for entry in trained
        if entry.standing == IN_THE_RACE
        and (entry is leader or (_has_figure(judged, entry) and _beats_chance(judged, entry)))
    ]
    ensembles = [
        entry for entry in judged.ensembles if entry.standing == IN_THE_RACE and is_worth_it(entry)
    ]
    race = tuple(sorted(ensembles or race, key=lambda entry: _cost_order(judged, entry)))
    if judged.decisions.prefer == READABLE and len(race) > 1:
        readable = next((entry for entry in race if entry.contestant.readable), None)
        return Choice(readable or race[0], CHEAPEST_READABLE if readable else NO_READABLE, race)
    return Choice(race[0], _basis(race, trained), race)


def entry_to_act_on(judged: TaskJudgement) -> Entry | None:
    """Give the entry whose probabilities are acted on: the one to use, otherwise the leading one.

    None where no model worked.
    """
    leader = next((entry for entry in judged.models if entry.scores), None)
    return choose_entry(judged).entry or leader


def seconds_of(entry: Entry) -> float:
    """Give what an entry costs: seconds to fit once, and to answer for 1,000 cases."""
    contestant = entry.contestant
    return contestant.fit_seconds + PER_CASES * contestant.predict_microseconds / 1e6


def is_worth_it(ensemble: Entry) -> bool:
    """Tell whether an ensemble is established to gain more than the practical margin.

    Over the best single model as chosen on valid cases, and over the highest on test cases.
    """
    return _is_large(ensemble.gain) and _is_large(ensemble.gain_over_highest)


def _is_large(gain: Gap | None) -> bool:
    return (
        gain is not None
        and gain.established
        and gain.difference.value > 0
        and gain.odds is not None
        and gain.odds.better > PROBABLE
    )


def _basis(race: Sequence[Entry], trained: Sequence[Entry]) -> str:
    if len(race) > 1:
        return CHEAPEST
    others = [entry for entry in trained if entry is not race[0]]
    if not others:
        return ONLY
    return ALONE if all(entry.standing == BEHIND for entry in others) else AHEAD


def _has_figure(judged: TaskJudgement, entry: Entry) -> bool:
    score = entry.scores.get(Key(judged.main_metric))
    return score is not None and score.available


def _beats_chance(judged: TaskJudgement, entry: Entry) -> bool:
    return entry.scores[Key(judged.main_metric)].low > _CHANCE


def _cost_order(judged: TaskJudgement, entry: Entry) -> tuple[bool, float, float]:
    """Order by cost to two digits, beyond which it is chance; then the higher figure first."""
    seconds = seconds_of(entry)
    unknown = math.isnan(seconds)
    score = entry.scores[Key(judged.main_metric)].value
    return unknown, 0.0 if unknown else float(f"{seconds:.1e}"), -score
