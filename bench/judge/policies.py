"""Policies: what acting on nobody, on all, on top shares or by a rule brings, per 1,000 cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..metrics.bootstrap import Answers
from ..metrics.key import CHOSEN, Key
from ..metrics.metrics import Metric, confusion
from ..metrics.thresholds import decide
from ..metrics.weighted_sums import Weighted
from ..stats.intervals import percentile_interval
from ..store.records import TaskRecord
from ..suite.decisions import PER_CASES, Decisions
from .gains import of_top
from .judgement import Entry, PolicyOutcome, RuleOutcome, Score
from .scoring import Question, Scores, resample

NOBODY, ALL = "nobody", "all"
TOP_SHARES = (0.05, 0.1, 0.2)


@dataclass(frozen=True, eq=False)
class Tally:
    """Cases of 1,000, shape (1 + n_draws,): first as tested, then in each bootstrap draw."""

    acted: np.ndarray
    found: np.ndarray
    positive: np.ndarray


def policies(
    task: TaskRecord, entry: Entry, decisions: Decisions, n_draws: int, seed: int
) -> tuple[PolicyOutcome, ...]:
    """Say what an entry's predictions bring on test cases, by how they are acted upon.

    Parameters
    ----------
    task : TaskRecord
    entry : Entry
        One that worked.
    decisions : Decisions
        Of the run: they say what money there is.
    n_draws, seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of PolicyOutcome
        Nobody, all, the top shares, and the best rule.  Intervals are percentile ones over test
        cases (over groups where there are any).  The top shares are picked anew in each draw, and
        cases of equal probability at their border by lot; the rule's threshold is taken as chosen.
    """
    rule = best_rule(entry)
    scores = _resampled(task, entry, rule, n_draws, seed)
    positive = _drawn(scores, Key("found", ALL))
    everybody = np.full_like(positive, PER_CASES)
    tallies = {
        (NOBODY, "Act on nobody"): Tally(0 * everybody, 0 * everybody, positive),
        (ALL, "Act on all"): Tally(everybody, positive, positive),
        **{
            (_top(share), f"The top {100 * share:g} %"): Tally(
                share * everybody, _drawn(scores, Key(_top(share))), positive
            )
            for share in TOP_SHARES
        },
        (rule.rule, rule.title): Tally(
            _drawn(scores, Key("acted", rule.rule)),
            _drawn(scores, Key("found", rule.rule)),
            positive,
        ),
    }
    nobody, all_, *_ = tallies.values()
    return tuple(
        PolicyOutcome(
            name,
            title,
            {what: _score(values) for what, values in _amounts(tally, decisions).items()},
            _gains(tally, {NOBODY: nobody, ALL: all_}, decisions),
        )
        for (name, title), tally in tallies.items()
    )


def best_rule(entry: Entry) -> RuleOutcome:
    """Give the rule that follows from what the suite says of money; otherwise the highest F1."""
    by_name = {outcome.rule: outcome for outcome in entry.outcomes}
    return next(by_name[name] for name in ("profit", "cost", CHOSEN) if name in by_name)


def _resampled(
    task: TaskRecord, entry: Entry, rule: RuleOutcome, n_draws: int, seed: int
) -> Scores:
    metrics = {
        "acted": _of_decisions("acted", lambda sums, cases: sums[1]),
        "found": _of_decisions("found", lambda sums, cases: sums[0]),
        **{_top(share): _of_top(share) for share in TOP_SHARES},
    }
    answers = [
        Answers(fold.p, {ALL: np.ones(len(fold.p)), rule.rule: decide(fold.p, threshold)})
        for fold, threshold in zip(entry.predictions, rule.thresholds, strict=True)
    ]
    keys = [Key("found", ALL), Key("found", rule.rule), Key("acted", rule.rule)]
    keys += [Key(_top(share)) for share in TOP_SHARES]
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


def _drawn(scores: Scores, key: Key) -> np.ndarray:
    return np.append(scores.by_fold[key][0].mean(), scores.draws[key][0])


def _amounts(tally: Tally, decisions: Decisions) -> dict[str, np.ndarray]:
    """Count cases and money, all of it sums of the tally's numbers."""
    missed, in_vain = tally.positive - tally.found, tally.acted - tally.found
    amounts = {
        "acted": tally.acted, "found": tally.found, "missed": missed, "false_alarms": in_vain,
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


def _score(values: np.ndarray) -> Score:
    return Score(float(values[0]), *percentile_interval(float(values[0]), values[1:]))
