"""What it is worth and whom to act on, in two sentences."""

from collections.abc import Mapping

from ...bench.judge.choice import entry_to_act_on
from ...bench.judge.judgement import PolicyOutcome, Score, TaskJudgement
from ...bench.judge.policies import ALL, NOBODY, TODAY
from ...bench.suite.decisions import PER_CASES
from .. import formats

_TENTH = "top 0.1"
_CASES = formats.count(PER_CASES, "case")
_INSTEAD = {NOBODY: "acting on nobody", ALL: "acting on all", TODAY: "today’s rule"}
_MONEY = {"profit": "brings", "cost": "costs"}


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
    said = f"Deciding by the rule below {_MONEY[money]} {amount} per {_CASES}."
    return (said, *rest)


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
        return "Nobody: on the valid cases no threshold was worth acting on."
    return (
        f"Those whom {entry.title} gives {formats.fixed(threshold, 2)} or more: "
        f"{_with_interval(rule.scores['acted'])} of {_CASES}."
    )


def _without_money(by_name: Mapping[str, PolicyOutcome]) -> str:
    tenth, everybody = by_name[_TENTH].scores, by_name[ALL].scores
    return (
        f"The tenth with the highest scores holds {_with_interval(tenth['found'])} of the "
        f"{formats.amount(everybody['found'])} positive ones among {_CASES}, where a tenth by lot "
        f"would hold {formats.fixed(everybody['found'].value / 10, 0)}.  Say what a right yes is "
        "worth and what acting costs (--value, --cost) to see money."
    )


def _better_of_two(by_name: Mapping[str, PolicyOutcome], money: str) -> str:
    all_, nobody = (by_name[name].scores[money].value for name in (ALL, NOBODY))
    if money == "cost":
        all_, nobody = -all_, -nobody
    return ALL if all_ > nobody else NOBODY


def _against(gain: Score, than: str) -> str:
    sign = "+" if gain.value > 0 else ""
    said = f"{sign}{formats.amount(gain)}{_interval(gain)}"
    if gain.low > 0:
        return f"Against {_INSTEAD[than]} that is a gain: {said}."
    if gain.high < 0:
        return f"Against {_INSTEAD[than]} that is a loss: {said}."
    return (
        f"Against {_INSTEAD[than]} that is {said}, which may be chance: {_INSTEAD[than]} would do."
    )


def _with_interval(score: Score) -> str:
    return f"{formats.amount(score)}{_interval(score)}"


def _interval(score: Score) -> str:
    interval = formats.amount_interval(score)
    return f" ({interval})" if interval else ""
