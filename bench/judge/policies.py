"""Policies: what acting on nobody, on all, on top shares or by a rule brings, per 1,000 cases."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..language.sentence import Sentence
from ..metrics.bootstrap import Answers
from ..metrics.key import CHOSEN, Key
from ..metrics.metrics import Metric, confusion
from ..metrics.thresholds import decide
from ..metrics.weighted_sums import Weighted
from ..stats.intervals import percentile_interval
from ..store.records import TaskRecord
from ..suite.decisions import PER_CASES, Decisions
from .gains import of_top
from .judgement import Entry, NetBenefit, PolicyOutcome, RuleOutcome, Score
from .scoring import Question, Scores, resample

NOBODY, ALL, TODAY = "nobody", "all", "today"
TOP_SHARES = (0.05, 0.1, 0.2)
_RULES = {
    "profit": Sentence("most profit"),
    "cost": Sentence("least cost"),
    CHOSEN: Sentence("highest F1"),
}
# Of the curves: the shares acted on, and thresholds by their odds over those of the base rate.
_CURVE_SHARES = (0.01, 0.02, *(round(0.05 * step, 2) for step in range(1, 21)))
_ODDS = tuple(2.0 ** (step / 2) for step in range(-6, 7))


@dataclass(frozen=True, eq=False)
class Tally:
    """Cases of 1,000, shape (1 + n_draws,): first as tested, then in each bootstrap draw."""

    acted: np.ndarray
    found: np.ndarray
    positive: np.ndarray


@dataclass(frozen=True, eq=False)
class Policies:
    """What an entry's predictions bring; see ``TaskJudgement``."""

    policies: tuple[PolicyOutcome, ...]
    by_share: tuple[PolicyOutcome, ...]
    net_benefits: tuple[NetBenefit, ...]


def policies(
    task: TaskRecord, entry: Entry, decisions: Decisions, n_draws: int, seed: int
) -> Policies:
    """Say what an entry's predictions bring on test cases, by how they are acted upon.

    Parameters
    ----------
    task : TaskRecord
    entry : Entry
        One that worked.
    decisions : Decisions
        Of the run: they say what money there is.
    n_draws, seed : int
        Of the bootstrap, which is walked once.

    Returns
    -------
    Policies
        Nobody, all, today's rule where there is one, the top shares, and the best rule; and the
        curves.  Intervals are percentile ones over test cases (over groups where there are any).
        The top shares are picked anew in each draw, and cases of equal probability at their border
        by lot; the rule's threshold is taken as chosen.
    """
    rule, thresholds = best_rule(entry), _thresholds(task)
    scores = _resampled(task, entry, rule, thresholds, n_draws, seed)
    positive = _drawn(scores, Key("found", ALL))
    everybody = np.full_like(positive, PER_CASES)

    def decided(by: str) -> Tally:
        return Tally(_drawn(scores, Key("acted", by)), _drawn(scores, Key("found", by)), positive)

    def top(share: float) -> Tally:
        return Tally(share * everybody, _drawn(scores, Key(_top(share))), positive)

    compared = {
        NOBODY: Tally(0 * everybody, 0 * everybody, positive),
        ALL: Tally(everybody, positive, positive),
        **({} if task.today is None else {TODAY: decided(TODAY)}),
    }
    titles = {
        NOBODY: Sentence("Act on nobody"),
        ALL: Sentence("Act on all"),
        TODAY: Sentence("Today’s rule: {rule}", rule=task.card.today_rule or Sentence("as it is")),
        **{_top(share): _top_title(share) for share in _CURVE_SHARES},
        rule.rule: Sentence("The rule: {rule}", rule=_RULES[rule.rule]),
    }

    def outcome(name: str, tally: Tally) -> PolicyOutcome:
        amounts = _amounts(tally, decisions)
        return PolicyOutcome(
            name,
            titles[name],
            {what: _score(values) for what, values in amounts.items()},
            _gains(tally, compared, decisions),
        )

    shown = {**compared, **{_top(share): top(share) for share in TOP_SHARES}}
    shown[rule.rule] = decided(rule.rule)
    return Policies(
        tuple(outcome(*of) for of in shown.items()),
        tuple(outcome(_top(share), top(share)) for share in _CURVE_SHARES),
        tuple(
            _net_benefit(threshold, decided(_at(threshold)), compared[ALL])
            for threshold in thresholds
        ),
    )


def best_rule(entry: Entry) -> RuleOutcome:
    """Give the rule that follows from what the suite says of money; otherwise the highest F1."""
    by_name = {outcome.rule: outcome for outcome in entry.outcomes}
    return next(by_name[name] for name in _RULES if name in by_name)


def _thresholds(task: TaskRecord) -> list[float]:
    """Choose thresholds around the base rate, from an eighth of its odds to eight times them."""
    rate = np.average(task.target, weights=task.weight)
    odds = rate / (1 - rate) * np.array(_ODDS)
    return [float(threshold) for threshold in odds / (1 + odds)]


def _resampled(
    task: TaskRecord,
    entry: Entry,
    rule: RuleOutcome,
    thresholds: Sequence[float],
    n_draws: int,
    seed: int,
) -> Scores:
    metrics = {
        "acted": _of_decisions("acted", lambda sums, cases: sums[1]),
        "found": _of_decisions("found", lambda sums, cases: sums[0]),
        **{_top(share): _of_top(share) for share in _CURVE_SHARES},
    }
    answers = [
        Answers(
            fold.p,
            {
                ALL: np.ones(len(fold.p)),
                rule.rule: decide(fold.p, threshold),
                **{_at(at): decide(fold.p, at) for at in thresholds},
                **({} if task.today is None else {TODAY: task.today[fold.rows].astype(float)}),
            },
        )
        for fold, threshold in zip(entry.predictions, rule.thresholds, strict=True)
    ]
    of_decisions = [rule.rule, *map(_at, thresholds), *([] if task.today is None else [TODAY])]
    keys = [Key("found", ALL)]
    keys += [Key(what, by) for by in of_decisions for what in ("found", "acted")]
    keys += [Key(_top(share)) for share in _CURVE_SHARES]
    (scores,) = resample(task, [Question([answers], keys, metrics)], n_draws, seed)
    return scores


def _of_decisions(name: str, count: Callable[[np.ndarray, Weighted], np.ndarray]) -> Metric:
    def function(sums: np.ndarray, cases: Weighted) -> np.ndarray:
        return PER_CASES * count(sums, cases) / cases.total

    bounds = (0.0, float(PER_CASES))
    return Metric(name, name, False, bounds, "decision", "", np.nan, confusion, function)


def _of_top(share: float) -> Metric:
    return of_top(
        _top(share), share, lambda found, cases: PER_CASES * found / cases.total, float(PER_CASES)
    )


def _top(share: float) -> str:
    return f"top {share:g}"


def _top_title(share: float) -> Sentence:
    return Sentence("The top {percent:g}\u00a0%", percent=100 * share)


def _at(threshold: float) -> str:
    return f"threshold {threshold:g}"


def _drawn(scores: Scores, key: Key) -> np.ndarray:
    return np.append(scores.by_fold[key][0].mean(), scores.draws[key][0])


def _amounts(tally: Tally, decisions: Decisions) -> dict[str, np.ndarray]:
    """Count cases and money, all of it sums of the tally's numbers."""
    missed, in_vain = tally.positive - tally.found, tally.acted - tally.found
    amounts = {
        "acted": tally.acted, "found": tally.found, "missed": missed, "false_alarms": in_vain,
        "left_alone": PER_CASES - tally.acted - missed,
        # A draw may hold no positive case: nothing is found of nothing.
        "reached": np.divide(
            tally.found, tally.positive, out=np.zeros_like(missed), where=tally.positive > 0
        ),
    }  # fmt: skip
    if decisions.profit is not None:
        value, action = decisions.profit
        amounts["profit"] = value * tally.found - action * tally.acted
    if decisions.costs is not None:
        wrong_yes, wrong_no = decisions.costs
        amounts["cost"] = wrong_yes * in_vain + wrong_no * missed
    return amounts


def _gains(tally: Tally, others: Mapping[str, Tally], decisions: Decisions) -> dict[str, Score]:
    """Compare with other policies draw by draw, so that what all share in a draw cancels."""

    def better(than: Tally) -> np.ndarray | None:
        ours, theirs = (_amounts(each, decisions) for each in (tally, than))
        if "profit" in ours:
            return ours["profit"] - theirs["profit"]
        return theirs["cost"] - ours["cost"] if "cost" in ours else None

    gains = {name: better(other) for name, other in others.items()}
    return {name: _score(values) for name, values in gains.items() if values is not None}


def _net_benefit(threshold: float, ours: Tally, all_: Tally) -> NetBenefit:
    price = threshold / (1 - threshold)
    worth = (_score(each.found - price * (each.acted - each.found)) for each in (ours, all_))
    return NetBenefit(threshold, *worth)


def _score(values: np.ndarray) -> Score:
    return Score(float(values[0]), *percentile_interval(float(values[0]), values[1:]))
