"""Policies per 1,000 cases: counted by hand, tied, paired."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from intentbench.bench.judge.drawn_task import drawn_task
from intentbench.bench.judge.judgement import FoldPredictions, RuleOutcome
from intentbench.bench.judge.policies import ALL, NOBODY, TODAY, best_rule, policies
from intentbench.bench.suite.decisions import Decisions


def asked(y, p, n_folds=2, rules=("chosen",), threshold=0.5, group=None, today=None):
    """A task of which each fold tests a part, and an entry that answered p."""
    tests = np.array_split(np.arange(len(y)), n_folds)
    predictions = tuple(FoldPredictions(i, test, p[test], 0.5) for i, test in enumerate(tests))
    outcomes = tuple(
        RuleOutcome(rule, rule.title(), (threshold,) * n_folds, {}) for rule in ("", *rules)
    )
    task = drawn_task(y, tests, group, in_time=False)
    task = replace(task, today=today, card=replace(task.card, today_rule="called"))
    return task, SimpleNamespace(predictions=predictions, outcomes=outcomes)


@pytest.fixture
def drawn():
    rng = np.random.default_rng(3)
    y = (rng.random(400) < 0.3).astype(int)
    return y, np.clip(0.3 + 0.3 * (y - 0.3) + 0.1 * rng.normal(size=400), 0.01, 0.99)


def by_name(*arguments):
    made = policies(*arguments, n_draws=200, seed=0)
    return {found.policy: found for found in made.policies}


def test_counts_are_those_of_a_hand_made_case():
    # Each fold tests 20 cases, 4 of them positive; the model puts 3 of these first.
    y = np.tile([1, 1, 1] + [0] * 16 + [1], 2)
    p = np.tile(np.linspace(0.9, 0.1, 20), 2)
    found = by_name(*asked(y, p, threshold=0.8), Decisions(value=50.0, action=3.0))
    figures = {
        name: [score.value for score in policy.scores.values()] for name, policy in found.items()
    }
    # acted on, found, missed, false alarms, rightly left alone, share found, profit
    assert figures[NOBODY] == [0, 0, 200, 0, 800, 0, 0]
    assert figures[ALL] == [1000, 200, 0, 800, 0, 1, 50 * 200 - 3 * 1000]
    assert figures["top 0.05"] == pytest.approx([50, 50, 150, 0, 800, 0.25, 50 * 50 - 3 * 50])
    assert figures["top 0.2"] == pytest.approx([200, 150, 50, 50, 750, 0.75, 50 * 150 - 3 * 200])
    assert figures["chosen"] == pytest.approx([150, 150, 50, 0, 800, 0.75, 50 * 150 - 3 * 150])


def test_todays_rule_is_one_of_them_and_all_are_compared_with_it():
    y = np.tile([1, 1, 1] + [0] * 16 + [1], 2)
    p = np.tile(np.linspace(0.9, 0.1, 20), 2)
    today = np.tile([True] * 2 + [False] * 16 + [True] * 2, 2)  # half of whom it calls buy
    task, entry = asked(y, p, threshold=0.8, today=today)
    found = by_name(task, entry, Decisions(value=50.0, action=3.0))
    assert list(found)[:3] == [NOBODY, ALL, TODAY]
    ruled = found[TODAY]
    assert ruled.title == "Today’s rule: called"
    assert [score.value for score in ruled.scores.values()][:4] == [200, 150, 50, 50]
    assert ruled.gains[TODAY].value == ruled.gains[TODAY].high == 0
    assert found["chosen"].gains[TODAY].value == pytest.approx(3 * 50)
    assert TODAY not in by_name(*asked(y, p), Decisions())


def test_curves_end_in_acting_on_all_and_on_nobody(drawn):
    made = policies(*asked(*drawn), Decisions(value=50.0, action=3.0), n_draws=100, seed=0)
    everybody = made.policies[1]
    last = made.by_share[-1]
    assert last.scores == everybody.scores
    reached = [policy.scores["reached"].value for policy in made.by_share]
    assert reached == sorted(reached)
    lowest, *_, highest = made.net_benefits
    assert lowest.entry.value == pytest.approx(lowest.all_.value, rel=0.05)
    assert highest.all_.high < 0 <= highest.entry.high
    rate = drawn[0].mean()
    price = lowest.threshold / (1 - lowest.threshold)
    assert lowest.all_.value == pytest.approx(1000 * (rate - price * (1 - rate)))


def test_gains_are_paired_differences_in_money(drawn):
    found = by_name(*asked(*drawn), Decisions(value=50.0, action=3.0))
    assert found[NOBODY].gains[NOBODY].value == found[ALL].gains[ALL].value == 0
    assert found[ALL].gains[ALL].low == found[ALL].gains[ALL].high == 0
    for policy in found.values():
        profit, gain = policy.scores["profit"], policy.gains[NOBODY]
        # Acting on nobody brings nothing, in every draw.
        assert (gain.value, gain.low, gain.high) == (profit.value, profit.low, profit.high)
        against = policy.gains[ALL]
        assert against.value == pytest.approx(profit.value - found[ALL].scores["profit"].value)
        assert against.low <= against.value <= against.high
    top, everyone = found["top 0.2"], found[ALL].scores["profit"]
    paired = top.gains[ALL].high - top.gains[ALL].low
    apart = np.hypot(
        top.scores["profit"].high - top.scores["profit"].low, everyone.high - everyone.low
    )
    assert paired < apart, "what makes a draw rich in positive cases cancels"


def test_a_fall_of_costs_is_a_gain(drawn):
    decisions = Decisions(false_positive=1.0, false_negative=10.0)
    found = by_name(*asked(*drawn), decisions)
    rate = drawn[0].mean()
    assert found[NOBODY].scores["cost"].value == pytest.approx(10_000 * rate)
    assert found[ALL].gains[NOBODY].value == pytest.approx(10_000 * rate - 1000 * (1 - rate))


def test_without_money_only_cases_are_counted(drawn):
    found = by_name(*asked(*drawn), Decisions())
    assert all(policy.gains == {} for policy in found.values())
    assert list(found[ALL].scores) == [
        "acted", "found", "missed", "false_alarms", "left_alone", "reached",
    ]  # fmt: skip


def test_groups_are_drawn_together(drawn):
    y, p = drawn
    alone = by_name(*asked(y, p), Decisions())["top 0.2"].scores["found"]
    # Cases of a group are alike: fewer things are known.
    order = np.argsort(y, kind="stable")
    together = by_name(*asked(y[order], p[order], 1, group=np.arange(400) // 20), Decisions())
    grouped = together["top 0.2"].scores["found"]
    assert grouped.high - grouped.low > 1.5 * (alone.high - alone.low)


def test_ties_at_the_border_are_drawn_by_lot():
    y = np.array([0, 1, 0, 0, 0, 1, 0, 0, 0, 0])
    p = np.array([0.9, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
    for order in (np.arange(10), np.arange(10)[::-1]):
        found = by_name(*asked(y[order], p[order], 1), Decisions())["top 0.2"].scores["found"]
        # Room for two: the first, and one of four alike, of which one is positive.
        assert found.value == pytest.approx(1000 * 0.25 / 10)
    alike = by_name(*asked(y, np.full(10, 0.3), 1), Decisions())
    assert alike["top 0.1"].scores["found"].value == pytest.approx(1000 * 0.1 * 0.2)


def test_top_shares_are_picked_anew_in_each_draw(drawn):
    top = by_name(*asked(*drawn), Decisions())["top 0.1"].scores
    assert (top["acted"].low, top["acted"].high) == pytest.approx((100, 100))


def test_the_rule_is_that_of_the_money(drawn):
    _, entry = asked(*drawn, rules=("chosen", "cost", "profit"))
    assert best_rule(entry).rule == "profit"
    assert best_rule(asked(*drawn, rules=("chosen", "cost"))[1]).rule == "cost"
    assert best_rule(asked(*drawn)[1]).rule == "chosen"
