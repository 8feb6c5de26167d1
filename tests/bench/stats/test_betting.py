import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.stats.betting import bets_on_calibration, bets_on_loss, evidence


def log_e(bets, look, group=None):
    return evidence(bets, look, group, int(look.max()) + 1).log_e


def slow_e(outcome, p, look, group, first, shifts):
    """The same, written down bet by bet and beginning by beginning."""
    n_looks = int(look.max()) + 1
    made = []
    for now in range(n_looks):
        total = 1 / (now + 2)
        for start in range(now + 1):
            wealth = np.zeros(len(shifts))
            for number, (shift, of_first) in enumerate(zip(shifts, first, strict=True)):
                told, won = set(), 1.0
                for at in range(start, now + 1):
                    here = [i for i in range(len(look)) if look[i] == at]
                    for i in here:
                        if group[i] in told:
                            continue
                        stake = np.clip(shift, -0.9 / (1 - p[i]), 0.9 / p[i])
                        won *= 1 + stake * (outcome[i] - p[i])
                    told |= {group[i] for i in here}
                wealth[number] = of_first * won
            total += wealth.sum() / ((start + 1) * (start + 2))
        made.append(math.log(total))
    return made


def test_wealth_is_that_of_a_slow_second_way():
    from intentbench.bench.stats import betting

    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.5, 14)
    y = (rng.random(14) < 0.7).astype(float)
    look = np.sort(rng.integers(0, 3, 14))
    look[-1] = 2
    group = rng.integers(0, 30, 14)
    _, first = np.unique(look * 100 + group, return_index=True)
    group = np.where(np.isin(np.arange(14), first), group, group + 1000)  # one unit a look
    bets = bets_on_calibration(y, p)
    expected = slow_e(y, p, look, group, bets.first, betting._SHIFTS)
    coded = np.unique(group, return_inverse=True)[1]
    np.testing.assert_allclose(log_e(bets, look, coded), expected, rtol=1e-10)


def test_bet_on_one_shift_is_the_likelihood_ratio_of_it():
    from intentbench.bench.stats import betting

    p, q = 0.2, 0.3
    shift = (q - p) / (p * (1 - p))
    y = np.array([1.0, 0.0, 0.0, 1.0])
    gains = bets_on_calibration(y, np.full(4, p)).log_gains(np.arange(4))
    ratio = np.where(y == 1, q / p, (1 - q) / (1 - p))
    near = int(np.argmin(np.abs(betting._SHIFTS - shift)))
    exact = np.log1p(betting._SHIFTS[near] * (y - p))
    np.testing.assert_allclose(gains[:, near], exact)
    np.testing.assert_allclose(np.log1p(shift * (y - p)), np.log(ratio))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.floats(0.02, 0.98))
def test_of_a_true_claim_the_wealth_is_1_on_average(n, p):
    """All outcomes there can be, by their probabilities: an e-process, exactly."""
    outcomes = np.array(np.meshgrid(*[[0.0, 1.0]] * n)).reshape(n, -1).T
    chance = np.prod(np.where(outcomes == 1, p, 1 - p), axis=1)
    look = np.arange(n) // 2
    wealth = [math.exp(log_e(bets_on_calibration(y, np.full(n, p)), look)[-1]) for y in outcomes]
    assert chance @ wealth == pytest.approx(1.0, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.floats(0.05, 0.95), st.floats(0.2, 3.0))
def test_of_a_loss_at_its_bound_the_wealth_is_1_on_average_and_less_below(n, share, high):
    outcomes = np.array(np.meshgrid(*[[0.0, high]] * n)).reshape(n, -1).T
    chance = np.prod(np.where(outcomes > 0, share, 1 - share), axis=1)
    look = np.arange(n)

    def mean(bound):
        return chance @ [math.exp(log_e(bets_on_loss(y, bound), look)[-1]) for y in outcomes]

    assert mean(share * high) == pytest.approx(1.0, rel=1e-9)
    assert mean(1.2 * share * high) < 1.0


def test_wealth_is_never_nothing_and_never_wrong_at_the_ends():
    y, p = np.array([1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0])
    assert np.isfinite(log_e(bets_on_calibration(y, p), np.arange(3))).all()
    assert np.isfinite(log_e(bets_on_loss(np.array([0.0, 13.8]), 0.01), np.arange(2))).all()


def test_someone_who_returns_is_no_new_witness():
    y, p = np.ones(40), np.full(40, 0.2)
    look = np.repeat(np.arange(4), 10)
    ten_people = np.tile(np.arange(10), 4)
    forty = log_e(bets_on_calibration(y, p), look)
    ten = log_e(bets_on_calibration(y, p), look, ten_people)
    assert ten[0] == pytest.approx(forty[0])
    assert ten[-1] < forty[1]  # other beginnings see them, too, and win no more


def test_groups_that_never_return_are_as_cases():
    rng = np.random.default_rng(1)
    y, p = (rng.random(60) < 0.4).astype(float), np.full(60, 0.3)
    look = np.repeat(np.arange(3), 20)
    np.testing.assert_allclose(
        log_e(bets_on_calibration(y, p), look, rng.permutation(60)),
        log_e(bets_on_calibration(y, p), look),
    )


def test_what_begins_late_is_dated_late():
    rng = np.random.default_rng(2)
    look = np.repeat(np.arange(20), 100)
    p = np.full(2000, 0.15)
    y = (rng.random(2000) < np.where(look < 12, 0.15, 0.4)).astype(float)
    found = evidence(bets_on_calibration(y, p), look, None, 20)
    assert not found.reached(0.05)[:12].any() and found.reached(0.05)[13:].all()
    assert 9 <= found.since[-1] <= 13


def test_true_claims_are_contradicted_as_seldom_as_was_said():
    rng = np.random.default_rng(3)
    look = np.repeat(np.arange(30), 20)
    p = rng.uniform(0.05, 0.4, 600)
    times = sum(
        evidence(bets_on_calibration((rng.random(600) < p).astype(float), p), look, None, 30)
        .reached(0.1)
        .any()
        for _ in range(200)
    )
    assert times <= 30  # 20 are to be expected at most; 31 or more have a chance of 1 %
