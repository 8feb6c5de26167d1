"""The answer in words: what a reader who reads nothing else should take away."""

import math
from collections.abc import Sequence

from ...bench.judge.judgement import BEHIND, FAILED, Entry, Gap, TaskJudgement
from ...bench.language.speaking import _, marked, ngettext
from ...bench.metrics.metrics import METRICS
from .. import formats
from ..blocks import Block, Bullets, Folded, Pair, Paragraph, Section, Words
from ..counted import folds
from ..lists import following, listed, parted
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
            [Folded(_("What else the comparison supports"), (Bullets(said[_N_OPEN:]),))]
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
        _("{title} failed: {reasons}.").format(
            title=entry.title, reasons=parted(entry.contestant.failures)
        )
        for entry in judged.models
        if entry.standing == FAILED
    )


def headline(judged: TaskJudgement) -> str:
    """Name the winner if there is one, or say that there is none."""
    working = _working(judged.models)
    if not judged.models:
        return _("No model took part.")
    if not working:
        return _("Every model failed; there is nothing to compare.")
    leader = working[0]
    if not score_of(leader, judged.main_metric).available:
        return _("{metric} is not available, so no order can be given.").format(
            metric=title_of(judged.main_metric)
        )
    trained = [entry for entry in working if entry.family != "baseline"]
    if not trained:
        return _("Only the base rate is left; there is nothing to compare it with.")
    if any(entry.family == "baseline" and entry.standing != BEHIND for entry in working):
        return _("No model is established to be better than the base rate.")
    return _about_the_leader(judged, leader, working)


def _about_the_leader(judged: TaskJudgement, leader: Entry, working: Sequence[Entry]) -> str:
    title = leader.title
    if len(working) == 1:
        return _("{title} is the only model that worked; there is nothing to compare.").format(
            title=title
        )
    if is_alone(judged, leader):
        return _("{title} is alone in the race: every other model is behind.").format(title=title)
    others = [e.title for e in working if e is not leader and in_the_race(judged, e)]
    if not others:
        return _(
            "{title} is probably the best: every other model is at least probably behind."
        ).format(title=title)
    return ngettext(
        "No single winner: {title} comes out highest, and {others} is in the race with it.",
        "No single winner: {title} comes out highest, and {others} are in the race with it.",
        len(others),
    ).format(title=title, others=listed(others))


def _about_the_top(judged: TaskJudgement) -> list[str]:
    working = _working(judged.models)
    if not working or not score_of(working[0], judged.main_metric).available:
        return []
    leader, *others = working
    if is_alone(judged, leader):
        return [_reaches(judged, leader, others[0])]
    near = f"{METRICS[judged.main_metric].rope:g}"
    ahead = [entry for entry in others if entry.standing != BEHIND]
    racing = [entry for entry in ahead if in_the_race(judged, entry)]
    equal = [entry for entry in racing if entry.behind and entry.behind.practically_equal]
    unclear = [entry for entry in racing if entry not in equal]
    probably = [entry for entry in ahead if entry not in racing]
    sentences = [
        following((_reaches(judged, leader), _despite_the_interval(judged, leader, ahead)))
    ]
    if equal:
        sentences.append(
            _(
                "Practically equal to it (with at least 90 % probability within {near}): {titles}."
            ).format(near=near, titles=listed([entry.title for entry in equal]))
        )
    if unclear:
        titles = listed([entry.title for entry in unclear])
        racing_still = _("In the race with these data: {titles}.").format(titles=titles)
        sentences.append(following((racing_still, _needed(unclear))))
    if probably:
        sentences.append(
            _(
                "Probably behind (with more than 90 % probability by more than {near}): {titles}."
            ).format(near=near, titles=listed([entry.title for entry in probably]))
        )
    n_behind = len(others) - len(ahead)
    if n_behind:
        sentences.append(
            ngettext(
                "The other model is behind beyond what chance explains.",
                "The other {n} models are behind beyond what chance explains.",
                n_behind,
            ).format(n=n_behind)
        )
    return sentences


def _reaches(judged: TaskJudgement, leader: Entry, second: Entry | None = None) -> str:
    """Tell a leader's figure, and how far behind it the second one is."""
    figure = score_of(leader, judged.main_metric)
    places = {
        "title": leader.title,
        "metric": title_of(judged.main_metric),
        "figure": formats.score(figure),
        "interval": formats.interval(figure),
    }
    gap = second.behind.difference if second is not None and second.behind else None
    if gap is None or not gap.available:
        return _("{title} reaches {metric} {figure} (95 % interval {interval}).").format(**places)
    return _(
        "{title} reaches {metric} {figure} (95 % interval {interval}); the next, {next}, is "
        "{distance} behind ({between})."
    ).format(
        **places,
        next=second.title,
        distance=formats.distance(gap),
        between=formats.difference_interval(gap),
    )


def _despite_the_interval(judged: TaskJudgement, leader: Entry, ahead: Sequence[Entry]) -> str:
    """Explain why an interval clear of the base rate's figure does not establish a lead."""
    base = next((entry for entry in ahead if entry.family == "baseline"), None)
    if base is None:
        return ""
    ours, theirs = (score_of(entry, judged.main_metric) for entry in (leader, base))
    if ours.low <= theirs.high and theirs.low <= ours.high:
        return ""
    return _(
        "That is clear of the base rate's {figure} on these test cases, but the comparison over "
        "{folds} does not rule out that other training data would reverse it."
    ).format(figure=formats.score(theirs), folds=folds(len(judged.task.folds)))


def _needed(unclear: Sequence[Entry]) -> str:
    """Say how many cases would settle it for the one that is furthest behind."""
    furthest = max(unclear, key=lambda entry: entry.behind.difference.value)
    needed = furthest.behind.cases_needed
    if math.isnan(needed) or needed > _MOST_CASES:
        return ""
    return _(
        "To establish a difference like that of {title} ({distance}), about {n} tested cases would "
        "be needed."
    ).format(
        title=furthest.title,
        distance=formats.distance(furthest.behind.difference),
        n=formats.about(needed),
    )


def _about_the_base_rate(judged: TaskJudgement) -> list[str]:
    rate = tested_rate(judged)
    base = base_accuracy(judged)
    guess = _("no") if rate <= 0.5 else _("yes")
    places = {"share": formats.share(rate), "guess": guess, "right": formats.percent(base)}
    trained = [entry for entry in _working(judged.models) if entry.family != "baseline"]
    if not trained or not score_of(trained[0], "accuracy").available:
        return [_(_ALWAYS).format(**places)]
    accuracy = score_of(trained[0], "accuracy")
    said = _ACCURACY_UNCLEAR
    if accuracy.low > base.value:
        said = _ACCURACY_MORE
    elif accuracy.high < base.value:
        said = _ACCURACY_LESS
    return [
        _(said).format(**places, title=trained[0].title, accuracy=formats.percent(accuracy)),
    ]


_ALWAYS = marked(
    "{share} of the tested cases are positive, so always answering “{guess}” is already right in "
    "{right} of them."
)
_ACCURACY_MORE = marked(
    "{share} of the tested cases are positive, so always answering “{guess}” is already right in "
    "{right} of them; {title}, deciding at 0.5, in {accuracy} (more than that)."
)
_ACCURACY_LESS = marked(
    "{share} of the tested cases are positive, so always answering “{guess}” is already right in "
    "{right} of them; {title}, deciding at 0.5, in {accuracy} (less than that: judge it by its "
    "ranking, not by its accuracy)."
)
_ACCURACY_UNCLEAR = marked(
    "{share} of the tested cases are positive, so always answering “{guess}” is already right in "
    "{right} of them; {title}, deciding at 0.5, in {accuracy} (no clear difference: accuracy says "
    "little here)."
)


def _about_ensembles(judged: TaskJudgement) -> list[str]:
    if not judged.ensembles:
        return []
    judged_ones = [
        entry
        for entry in judged.ensembles
        if entry.gain is not None and entry.gain.difference.available
    ]
    if not judged_ones:
        return [_("No ensemble could be measured against a single model.")]
    better = [e for e in judged_ones if e.gain.established and e.gain.difference.value > 0]
    worse = [e for e in judged_ones if e.gain.established and e.gain.difference.value < 0]
    first = judged_ones[0]
    said = _("Ensembles add nothing that is established: {how}.")
    if better:
        said = _("Ensembles help: {how}.")
    sentence = said.format(how=_how_the_highest_differs(judged, first, len(judged_ones)))
    counted = _COUNTED[bool(better), bool(worse)]
    places = {"n_better": len(better), "n_worse": len(worse), "n": len(judged_ones)}
    return [sentence, *([_(counted).format(**places)] if counted else [])]


# Whether some gain, and whether some lose.
_COUNTED = {
    (False, False): "",
    (True, False): marked("{n_better} of {n} gain something established."),
    (False, True): marked("{n_worse} of {n} are established to be worse than it."),
    (True, True): marked(
        "{n_better} of {n} gain something established; {n_worse} of {n} are established to be "
        "worse than it."
    ),
}


def _how_the_highest_differs(judged: TaskJudgement, ensemble: Entry, n: int) -> str:
    """Compare with the best single model, and with the highest one if that is another."""
    places = {
        "n": n,
        "title": ensemble.title,
        "gain": _with_verdict(ensemble.gain),
        "metric": title_of(ensemble.gain.metric),
        "rival": rival_of(judged, ensemble),
    }
    over_highest = ensemble.gain_over_highest
    if over_highest is None or not over_highest.difference.available:
        return _(
            "the highest of {n}, {title}, differs by {gain} in {metric} from {rival}, the best "
            "single model as chosen on valid cases"
        ).format(**places)
    if ensemble.highest == ensemble.rival:
        return _(
            "the highest of {n}, {title}, differs by {gain} in {metric} from {rival}, the best "
            "single model as chosen on valid cases and the highest on test cases"
        ).format(**places)
    highest = next(model.title for model in judged.models if model.name == ensemble.highest)
    return _(
        "the highest of {n}, {title}, differs by {gain} in {metric} from {rival}, the best single "
        "model as chosen on valid cases, and by {gain_over_highest} from {highest}, the highest on "
        "test cases"
    ).format(**places, gain_over_highest=_with_verdict(over_highest), highest=highest)


def _with_verdict(gain: Gap) -> str:
    said = _("{gain} ({interval}; established)")
    if not gain.established:
        said = _("{gain} ({interval}; not established)")
    return said.format(
        gain=formats.difference(gain.difference),
        interval=formats.difference_interval(gain.difference),
    )


def _working(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.standing != FAILED]
