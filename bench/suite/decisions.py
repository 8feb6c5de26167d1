"""Decisions: what a suite says that a decision costs or brings, and the rules that follow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..language.sentence import Sentence, Text
from ..metrics.thresholds import (
    DEFAULT,
    Merit,
    best_thresholds,
    f1,
    least_cost,
    least_precision,
    least_recall,
    most_profit,
    within_budget,
    youden,
)

PER_CASES = 1000
# Which models are recommended first.
READABLE = "readable"


@dataclass(frozen=True)
class Decisions:
    """What follows a decision, each None where the suite does not say.

    Parameters
    ----------
    false_positive, false_negative : float or None
        Cost of a wrong yes and of a wrong no; both or neither.
    value, action : float or None
        What a right yes brings, and what acting on any yes costs; both or neither.
    budget : float, default=0.05
        Share of cases that can be acted on.
    precision, recall : float or None
        The least that is asked for.
    prefer : str, default=""
        ``"readable"`` to recommend such models first; see ``Model``.
    """

    false_positive: float | None = None
    false_negative: float | None = None
    value: float | None = None
    action: float | None = None
    budget: float = 0.05
    precision: float | None = None
    recall: float | None = None
    prefer: str = ""

    def rules(self) -> tuple["ThresholdRule", ...]:
        """List the rules by which a threshold is chosen, 0.5 first."""
        rules = [
            ThresholdRule("", Sentence("At 0.5"), None),
            ThresholdRule("chosen", Sentence("Highest F1"), f1),
            ThresholdRule("youden", Sentence("Highest Youden index"), youden),
            ThresholdRule(
                "budget",
                Sentence("At most {percent:g} % of cases", percent=100 * self.budget),
                within_budget(self.budget),
            ),
        ]
        if self.costs is not None:
            wrong_yes, wrong_no = self.costs
            title = Sentence(
                "Least cost ({wrong_yes:g} a wrong yes, {wrong_no:g} a wrong no)",
                wrong_yes=wrong_yes,
                wrong_no=wrong_no,
            )
            rules.append(ThresholdRule("cost", title, least_cost(wrong_yes, wrong_no)))
        if self.profit is not None:
            value, action = self.profit
            title = Sentence(
                "Most profit ({value:g} a right yes, less {action:g} a yes)",
                value=value,
                action=action,
            )
            rules.append(ThresholdRule("profit", title, most_profit(value, action)))
        if self.precision is not None:
            title = Sentence("Precision of {least:g}", least=self.precision)
            rules.append(ThresholdRule("precision", title, least_precision(self.precision)))
        if self.recall is not None:
            title = Sentence("Recall of {least:g}", least=self.recall)
            rules.append(ThresholdRule("recall", title, least_recall(self.recall)))
        return tuple(rules)

    @property
    def costs(self) -> tuple[float, float] | None:
        """Cost of a wrong yes and of a wrong no."""
        if self.false_positive is None or self.false_negative is None:
            return None
        return self.false_positive, self.false_negative

    @property
    def profit(self) -> tuple[float, float] | None:
        """Value of a right yes, and cost of any yes."""
        if self.value is None or self.action is None:
            return None
        return self.value, self.action


@dataclass(frozen=True)
class ThresholdRule:
    """A rule: 0.5 where it has no merit, otherwise the threshold of greatest merit."""

    name: str
    title: Text
    merit: Merit | None


def choose(
    rules: Sequence[ThresholdRule],
    y: np.ndarray,
    p: np.ndarray,
    weight: np.ndarray | None = None,
) -> dict[str, float]:
    """Choose the threshold of each rule on valid cases.

    Parameters
    ----------
    rules : sequence of ThresholdRule
    y : ndarray of 0 and 1, shape (n_valid,)
    p : ndarray, shape (n_valid,)
        P(target = 1).
    weight : ndarray, shape (n_valid,), optional
        How many cases each stands for.

    Returns
    -------
    dict of str to float
        By the rule's name.
    """
    learnt = {rule.name: rule.merit for rule in rules if rule.merit is not None}
    best = best_thresholds(y, p, list(learnt.values()), weight)
    chosen = dict(zip(learnt, best, strict=True))
    return {rule.name: chosen.get(rule.name, DEFAULT) for rule in rules}
