"""Outcomes: what thresholds chosen on valid cases by several rules bring on test cases."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..metrics.bootstrap import Answers, FoldScores, in_every_draw
from ..metrics.metrics import METRICS, Metric, confusion
from ..metrics.thresholds import decide
from ..metrics.weighted_sums import Weighted
from ..stats.intervals import percentile_interval
from ..store.records import TaskRecord
from ..suite.decisions import PER_CASES, Decisions
from .contestants import Contestant
from .judgement import RuleOutcome, Score
from .scoring import units

_SHOWN = ("precision", "recall", "f1")
# From hits, cases decided yes, and all cases.
_OfSums = Callable[[np.ndarray, np.ndarray, Weighted], np.ndarray]


def outcome_metrics(decisions: Decisions) -> dict[str, Metric]:
    """Give the metrics of an outcome: three of the house, the share acted on, cost and profit."""
    metrics = {
        "acted": _metric(
            "acted", "Acted on", "Share of cases decided yes.", lambda hits, yes, cases: yes
        )
    }
    metrics |= {name: METRICS[name] for name in _SHOWN}
    if decisions.costs is not None:
        wrong_yes, wrong_no = decisions.costs

        def cost(hits: np.ndarray, yes: np.ndarray, cases: Weighted) -> np.ndarray:
            return PER_CASES * (wrong_yes * (yes - hits) + wrong_no * (cases.positives - hits))

        reading = f"Of wrong decisions: {wrong_yes:g} a wrong yes, {wrong_no:g} a wrong no."
        metrics["cost"] = _metric(
            "cost", f"Cost of {PER_CASES:,} cases", reading, cost, minimize=True
        )
    if decisions.profit is not None:
        value, action = decisions.profit

        def profit(hits: np.ndarray, yes: np.ndarray, cases: Weighted) -> np.ndarray:
            return PER_CASES * (value * hits - action * yes)

        reading = f"{value:g} for a right yes, less {action:g} for every yes."
        metrics["profit"] = _metric("profit", f"Profit of {PER_CASES:,} cases", reading, profit)
    return metrics


def outcomes(
    task: TaskRecord,
    contestants: Sequence[Contestant],
    decisions: Decisions,
    n_draws: int,
    seed: int,
) -> list[tuple[RuleOutcome, ...]]:
    """Choose each contestant's thresholds on valid cases, and see what they bring on test cases.

    Returns
    -------
    list of tuple of RuleOutcome
        For each contestant one of each rule, 0.5 first.  Intervals are percentile ones over test
        cases (over groups where there are any); the thresholds are taken as chosen.
    """
    rules, metrics = decisions.rules(), outcome_metrics(decisions)
    thresholds = [
        [
            [rule.choose(task.target[fold.valid], predicted.valid) for rule in rules]
            for fold, predicted in zip(task.folds, contestant.folds, strict=True)
        ]
        for contestant in contestants
    ]
    unit = units(task)
    keys = [f"{name}@{rule.name}" for name in metrics for rule in rules]
    folds = [
        FoldScores(
            task.target[fold.test],
            unit[fold.test],
            [
                Answers(
                    contestant.folds[i].test,
                    {
                        f"@{rule.name}": decide(contestant.folds[i].test, threshold)
                        for rule, threshold in zip(rules, chosen[i], strict=True)
                    },
                )
                for contestant, chosen in zip(contestants, thresholds, strict=True)
            ],
            keys,
            metrics,
        )
        for i, fold in enumerate(task.folds)
    ]
    by_fold, draws = in_every_draw(folds, int(unit.max()) + 1, n_draws, seed)
    return [
        tuple(
            RuleOutcome(
                rule.name,
                rule.title,
                tuple(of_fold[number] for of_fold in chosen),
                _scores(metrics, rule.name, row, by_fold, draws),
            )
            for number, rule in enumerate(rules)
        )
        for row, chosen in enumerate(thresholds)
    ]


def _scores(
    metrics: Mapping[str, Metric],
    rule: str,
    row: int,
    by_fold: Mapping[str, np.ndarray],
    draws: Mapping[str, np.ndarray],
) -> dict[str, Score]:
    scores = {}
    for name, metric in metrics.items():
        value = float(by_fold[f"{name}@{rule}"][row].mean())
        low = high = value
        if not np.isnan(value):
            low, high = percentile_interval(value, draws[f"{name}@{rule}"][row], metric.range)
        scores[name] = Score(value, low, high)
    return scores


def _metric(name: str, title: str, reading: str, sums: _OfSums, minimize: bool = False) -> Metric:
    def mean(confused: np.ndarray, cases: Weighted) -> np.ndarray:
        return sums(confused[0], confused[1], cases) / cases.total

    bounds = (0.0, 1.0) if name == "acted" else (-np.inf, np.inf)
    # Rules are not compared with each other: there is no difference to call practically none.
    return Metric(name, title, minimize, bounds, "decision", reading, np.nan, confusion, mean)
