"""What it is worth and whom to act on, in two sentences."""

from collections.abc import Mapping

from ...bench.judge.choice import entry_to_act_on
from ...bench.judge.judgement import PolicyOutcome, Score, TaskJudgement
from ...bench.judge.policies import ALL, NOBODY, TODAY
from ...bench.language.speaking import _, marked
from ...bench.suite.decisions import PER_CASES
from .. import formats
from ..counted import cases

_TENTH = "top 0.1"
_INSTEAD = {
    NOBODY: marked("acting on nobody"),
    ALL: marked("acting on all"),
    TODAY: marked("today’s rule"),
}
_MONEY = {
    "profit": marked("Deciding by the rule below brings {amount} per {cases}."),
    "cost": marked("Deciding by the rule below costs {amount} per {cases}."),
}


def worth_sentences(judged: TaskJudgement) -> tuple[str, ...]:
    """Say what acting by the best rule is worth beside acting on all, on nobody, and as today."""
    by_name = {policy.policy: policy for policy in judged.policies}
    if not by_name:
        return ()
    rule = judged.policies[-1]
    money = next((name for name in _MONEY if name in rule.scores), None)
    if money is None:
        return (_without_money(by_name),)
    simple = _better_of_two(by_name, money)
    amount = _with_interval(rule.scores[money])
    rest = [_against(rule.gains[name], name) for name in (simple, TODAY) if name in rule.gains]
    return (_(_MONEY[money]).format(amount=amount, cases=cases(PER_CASES)), *rest)


def whom_sentence(judged: TaskJudgement) -> str:
    """Say from which score on to act, and how many that are; empty where no model worked."""
    entry = entry_to_act_on(judged)
    if entry is None or not judged.policies:
        return ""
    rule = judged.policies[-1]
    outcome = next((one for one in entry.outcomes if one.rule == rule.policy), None)
    if outcome is None:
        return ""
    threshold = sum(outcome.thresholds) / len(outcome.thresholds)
    if min(outcome.thresholds) > 1:
        return _("Nobody: on the valid cases no threshold was worth acting on.")
    return _("Those whom {title} gives {threshold} or more: {n} of {cases}.").format(
        title=entry.title,
        threshold=formats.fixed(threshold, 2),
        n=_with_interval(rule.scores["acted"]),
        cases=cases(PER_CASES),
    )


def _without_money(by_name: Mapping[str, PolicyOutcome]) -> str:
    tenth, everybody = by_name[_TENTH].scores, by_name[ALL].scores
    return _(
        "The tenth with the highest scores holds {found} of the {positive} positive ones among "
        "{cases}, where a tenth by lot would hold {by_lot}.  Say what a right yes is worth and "
        "what acting costs (--value, --cost) to see money."
    ).format(
        found=_with_interval(tenth["found"]),
        positive=formats.amount(everybody["found"]),
        cases=cases(PER_CASES),
        by_lot=formats.fixed(everybody["found"].value / 10, 0),
    )


def _better_of_two(by_name: Mapping[str, PolicyOutcome], money: str) -> str:
    all_, nobody = (by_name[name].scores[money].value for name in (ALL, NOBODY))
    if money == "cost":
        all_, nobody = -all_, -nobody
    return ALL if all_ > nobody else NOBODY


def _against(gain: Score, than: str) -> str:
    sign = "+" if gain.value > 0 else ""
    said = _("Against {instead} that is {gain}, which may be chance: {instead} would do.")
    if gain.low > 0:
        said = _("Against {instead} that is a gain: {gain}.")
    if gain.high < 0:
        said = _("Against {instead} that is a loss: {gain}.")
    return said.format(instead=_(_INSTEAD[than]), gain=f"{sign}{_with_interval(gain)}")


def _with_interval(score: Score) -> str:
    amount, interval = formats.amount(score), formats.amount_interval(score)
    if not interval:
        return amount
    return _("{figure} ({interval})").format(figure=amount, interval=interval)
