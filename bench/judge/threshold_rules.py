"""Threshold rules: what thresholds chosen on valid cases by several rules bring on test cases."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..language.sentence import Sentence
from ..metrics.key import Key
from ..metrics.metrics import METRICS, Metric, confusion
from ..metrics.weighted_sums import Weighted
from ..stats.confusion_intervals import Interval
from ..stats.intervals import percentile_interval
from ..suite.decisions import PER_CASES, Decisions, ThresholdRule
from .figure_intervals import Tested
from .findings import FoldPredictions, RuleOutcome
from .score import Score
from .scoring import Scores

_SHOWN = ("precision", "recall", "f1")
# From hits, cases decided yes, and all cases.
_OfSums = Callable[[np.ndarray, np.ndarray, Weighted], np.ndarray]


def rule_metrics(decisions: Decisions) -> dict[str, Metric]:
    """Give the metrics of a rule: three of the house, the share acted on, cost and profit."""
    metrics = {
        "acted": _metric(
            "acted",
            Sentence("Acted on"),
            Sentence("Share of cases decided yes."),
            lambda hits, yes, cases: yes,
        )
    }
    metrics |= {name: METRICS[name] for name in _SHOWN}
    if decisions.costs is not None:
        wrong_yes, wrong_no = decisions.costs

        def cost(hits: np.ndarray, yes: np.ndarray, cases: Weighted) -> np.ndarray:
            return PER_CASES * (wrong_yes * (yes - hits) + wrong_no * (cases.positives - hits))

        reading = Sentence(
            "Of wrong decisions: {wrong_yes:g} a wrong yes, {wrong_no:g} a wrong no.",
            wrong_yes=wrong_yes,
            wrong_no=wrong_no,
        )
        title = Sentence("Cost of {n:,} cases", n=PER_CASES)
        metrics["cost"] = _metric("cost", title, reading, cost, minimize=True)
    if decisions.profit is not None:
        value, action = decisions.profit

        def profit(hits: np.ndarray, yes: np.ndarray, cases: Weighted) -> np.ndarray:
            return PER_CASES * (value * hits - action * yes)

        reading = Sentence(
            "{value:g} for a right yes, less {action:g} for every yes.", value=value, action=action
        )
        title = Sentence("Profit of {n:,} cases", n=PER_CASES)
        metrics["profit"] = _metric("profit", title, reading, profit)
    return metrics


def rule_outcomes(
    rules: Sequence[ThresholdRule],
    metrics: Mapping[str, Metric],
    scores: Scores,
    row: int,
    thresholds: Sequence[Mapping[str, float]],
    tested: Tested,
    folds: Sequence[FoldPredictions],
) -> tuple[RuleOutcome, ...]:
    """Say what an entry's thresholds bring on test cases.

    Parameters
    ----------
    rules : sequence of ThresholdRule
    metrics : mapping of str to Metric
        Of ``rule_metrics``.
    scores : Scores
        With the figures of each metric at each rule.
    row : int
        The entry.
    thresholds : sequence of mapping of str to float
        Of each fold, by rule.
    tested : Tested
    folds : sequence of FoldPredictions
        Of the entry.

    Returns
    -------
    tuple of RuleOutcome
        One of each rule, in their order.  Intervals are over test cases (over groups where there
        are any), percentile ones of cost and profit; the thresholds are taken as chosen.
    """
    outcomes = []
    for rule in rules:
        chosen = tuple(of_fold[rule.name] for of_fold in thresholds)
        intervals = tested.confusions(folds, chosen).intervals(("acted", *_SHOWN))
        figures = {
            name: _figure(scores, Key(name, rule.name), row, intervals.get(name))
            for name in metrics
        }
        outcomes.append(RuleOutcome(rule.name, rule.title, chosen, figures))
    return tuple(outcomes)


def _figure(scores: Scores, key: Key, row: int, ends: Interval | None) -> Score:
    value = float(scores.by_fold[key][row].mean())
    if np.isnan(value):
        return Score(value, np.nan, np.nan)
    return Score(value, *(ends or percentile_interval(value, scores.draws[key][row])))


def _metric(name: str, title: str, reading: str, sums: _OfSums, minimize: bool = False) -> Metric:
    def mean(confused: np.ndarray, cases: Weighted) -> np.ndarray:
        return sums(confused[0], confused[1], cases) / cases.total

    bounds = (0.0, 1.0) if name == "acted" else (-np.inf, np.inf)
    # Rules are not compared with each other: there is no difference to call practically none.
    return Metric(name, title, minimize, bounds, "decision", reading, np.nan, confusion, mean)
