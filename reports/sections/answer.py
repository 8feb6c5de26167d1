"""The answer in words: what a reader who reads nothing else should take away."""

import math
from collections.abc import Sequence

from ...bench.judge.judgement import BEHIND, FAILED, Entry, TaskJudgement
from ...bench.metrics.metrics import METRICS
from .. import formats
from ..blocks import Block, Bullets, Folded, Pair, Paragraph, Section, Words
from ..lookups import (
    base_accuracy,
    in_the_race,
    is_alone,
    rival_of,
    score_of,
    tested_rate,
    title_of,
)
from .best_possible import best_possible_sentence
from .overview import overview

# Sentences that are not folded away.
_N_OPEN = 2
# More cases than this nobody will collect to settle a question between two models.
_MOST_CASES = 1e8


def section(judged: TaskJudgement) -> Section:
    """Say who is ahead, beside a chart of the leaders."""
    failed = failures(judged)
    words: tuple[Block, ...] = (
        Paragraph((Words(headline(judged), tag="strong"),)),
        *([Bullets(said[:_N_OPEN])] if (said := sentences(judged)) else []),
        *(
            [Folded("What else the comparison supports", (Bullets(said[_N_OPEN:]),))]
            if said[_N_OPEN:]
            else []
        ),
        *([Bullets(failed, failures=True)] if failed else []),
    )
    return Section("answer", "", (Pair(words, (overview(judged),)),), folded=False)


def sentences(judged: TaskJudgement) -> tuple[str, ...]:
    """Say what the comparison of one task supports, and nothing more."""
    said = [
        *_about_the_top(judged),
        best_possible_sentence(judged),
        *_about_the_base_rate(judged),
        *_about_ensembles(judged),
    ]
    return tuple(filter(None, said))


def failures(judged: TaskJudgement) -> tuple[str, ...]:
    """Say which models failed, and why."""
    return tuple(
        f"{entry.title} failed: {'; '.join(entry.contestant.failures)}."
        for entry in judged.models
        if entry.standing == FAILED
    )


def headline(judged: TaskJudgement) -> str:
    """Name the winner if there is one, or say that there is none."""
    working = _working(judged.models)
    if not judged.models:
        return "No model took part."
    if not working:
        return "Every model failed; there is nothing to compare."
    leader = working[0]
    if not score_of(leader, judged.main_metric).available:
        return f"{title_of(judged.main_metric)} is not available, so no order can be given."
    trained = [entry for entry in working if entry.family != "baseline"]
    if not trained:
        return "Only the base rate is left; there is nothing to compare it with."
    if any(entry.family == "baseline" and entry.standing != BEHIND for entry in working):
        return "No model is established to be better than the base rate."
    if len(working) == 1:
        return f"{leader.title} is the only model that worked; there is nothing to compare."
    if is_alone(judged, leader):
        return f"{leader.title} is alone in the race: every other model is behind."
    others = [e.title for e in working if e is not leader and in_the_race(judged, e)]
    if not others:
        return (
            f"{leader.title} is probably the best: every other model is at least probably behind."
        )
    verb = "is" if len(others) == 1 else "are"
    return (
        f"No single winner: {leader.title} comes out highest, and {listed(others)} {verb} in the "
        "race with it."
    )


def listed(titles: Sequence[str], most: int = 3) -> str:
    """Join names as a sentence does, counting those after the first few."""
    shown = list(titles)
    if len(shown) > most + 1:
        shown = [*shown[:most], f"{len(shown) - most} more"]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _about_the_top(judged: TaskJudgement) -> list[str]:
    working = _working(judged.models)
    if not working or not score_of(working[0], judged.main_metric).available:
        return []
    leader, *others = working
    figure = score_of(leader, judged.main_metric)
    metric = title_of(judged.main_metric)
    said = (
        f"{leader.title} reaches {metric} {formats.score(figure)} "
        f"(95 % interval {formats.interval(figure)})"
    )
    if is_alone(judged, leader):
        return [f"{said}{_by(others[0])}."]
    near = METRICS[judged.main_metric].rope
    ahead = [entry for entry in others if entry.standing != BEHIND]
    racing = [entry for entry in ahead if in_the_race(judged, entry)]
    equal = [entry for entry in racing if entry.behind and entry.behind.practically_equal]
    unclear = [entry for entry in racing if entry not in equal]
    probably = [entry for entry in ahead if entry not in racing]
    sentences = [f"{said}.{_despite_the_interval(judged, leader, ahead)}"]
    if equal:
        sentences.append(
            f"Practically equal to it (with at least 90 % probability within {near:g}): "
            f"{listed([entry.title for entry in equal])}."
        )
    if unclear:
        titles = listed([entry.title for entry in unclear])
        sentences.append(f"In the race with these data: {titles}.{_needed(unclear)}")
    if probably:
        sentences.append(
            f"Probably behind (with more than 90 % probability by more than {near:g}): "
            f"{listed([entry.title for entry in probably])}."
        )
    n_behind = len(others) - len(ahead)
    if n_behind:
        who = "The other model is" if n_behind == 1 else f"The other {n_behind} models are"
        sentences.append(f"{who} behind beyond what chance explains.")
    return sentences


def _despite_the_interval(judged: TaskJudgement, leader: Entry, ahead: Sequence[Entry]) -> str:
    """Explain why an interval clear of the base rate's figure does not establish a lead."""
    base = next((entry for entry in ahead if entry.family == "baseline"), None)
    if base is None:
        return ""
    ours, theirs = (score_of(entry, judged.main_metric) for entry in (leader, base))
    if ours.low <= theirs.high and theirs.low <= ours.high:
        return ""
    n_folds = formats.count(len(judged.task.folds), "fold")
    return (
        f" That is clear of the base rate's {formats.score(theirs)} on these test cases, but the "
        f"comparison over {n_folds} does not rule out that other training data would reverse it."
    )


def _needed(unclear: Sequence[Entry]) -> str:
    """Say how many cases would settle it for the one that is furthest behind."""
    furthest = max(unclear, key=lambda entry: entry.behind.difference.value)
    needed = furthest.behind.cases_needed
    if math.isnan(needed) or needed > _MOST_CASES:
        return ""
    return (
        f" To establish a difference like that of {furthest.title} "
        f"({formats.distance(furthest.behind.difference)}), about {formats.about(needed)} tested "
        "cases would be needed."
    )


def _about_the_base_rate(judged: TaskJudgement) -> list[str]:
    rate = tested_rate(judged)
    base = base_accuracy(judged)
    guess = "no" if rate <= 0.5 else "yes"
    said = (
        f"{formats.share(rate)} of the tested cases are positive, so always answering “{guess}” "
        f"is already right in {formats.percent(base)} of them"
    )
    trained = [entry for entry in _working(judged.models) if entry.family != "baseline"]
    if not trained or not score_of(trained[0], "accuracy").available:
        return [f"{said}."]
    accuracy = score_of(trained[0], "accuracy")
    if accuracy.low > base.value:
        verdict = "more than that"
    elif accuracy.high < base.value:
        verdict = "less than that: judge it by its ranking, not by its accuracy"
    else:
        verdict = "no clear difference: accuracy says little here"
    return [
        f"{said}; {trained[0].title}, deciding at 0.5, in {formats.percent(accuracy)} ({verdict})."
    ]


def _about_ensembles(judged: TaskJudgement) -> list[str]:
    if not judged.ensembles:
        return []
    judged_ones = [
        entry
        for entry in judged.ensembles
        if entry.gain is not None and entry.gain.difference.available
    ]
    if not judged_ones:
        return ["No ensemble could be measured against a single model."]
    first = judged_ones[0]
    gain = first.gain.difference
    better = [e for e in judged_ones if e.gain.established and e.gain.difference.value > 0]
    worse = [e for e in judged_ones if e.gain.established and e.gain.difference.value < 0]
    rival = rival_of(judged, first)
    verdict = "established" if first.gain.established else "not established"
    start = "Ensembles help" if better else "Ensembles add nothing that is established"
    sentence = (
        f"{start}: the highest of {len(judged_ones)}, {first.title}, differs by "
        f"{formats.difference(gain)} ({formats.difference_interval(gain)}; {verdict}) in "
        f"{title_of(first.gain.metric)} from {rival}, the best single model as chosen on valid "
        f"cases{_over_the_highest(judged, first)}."
    )
    counts = []
    if better:
        counts.append(f"{len(better)} of {len(judged_ones)} gain something established")
    if worse:
        counts.append(f"{len(worse)} of {len(judged_ones)} are established to be worse than it")
    return [sentence] + ([f"{'; '.join(counts)}."] if counts else [])


def _over_the_highest(judged: TaskJudgement, ensemble: Entry) -> str:
    """Compare with the model that came out highest, too, if that is another one."""
    gain = ensemble.gain_over_highest
    if gain is None or not gain.difference.available:
        return ""
    if ensemble.highest == ensemble.rival:
        return " and the highest on test cases"
    verdict = "established" if gain.established else "not established"
    title = next(model.title for model in judged.models if model.name == ensemble.highest)
    return (
        f", and by {formats.difference(gain.difference)} "
        f"({formats.difference_interval(gain.difference)}; {verdict}) from {title}, the highest on "
        "test cases"
    )


def _working(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.standing != FAILED]


def _by(second: Entry) -> str:
    if second.behind is None or not second.behind.difference.available:
        return ""
    figure = second.behind.difference
    return (
        f"; the next, {second.title}, is {formats.distance(figure)} behind "
        f"({formats.difference_interval(figure)})"
    )
