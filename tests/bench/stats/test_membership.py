import math

import numpy as np
import pytest
from intentbench.bench.stats.membership import loss_attack
from sklearn.metrics import roc_auc_score, roc_curve


def test_the_attack_is_a_roc_curve_of_members_against_others():
    rng = np.random.default_rng(0)
    members, others = rng.beta(4, 2, 700).round(2), rng.beta(3, 2, 900).round(2)
    attack = loss_attack(members, others)
    y, p = np.repeat([1, 0], [700, 900]), np.concatenate([members, others])
    assert attack.auc == pytest.approx(roc_auc_score(y, p))
    assert attack.low < attack.auc < attack.high
    false, true, _ = roc_curve(y, p, drop_intermediate=False)
    assert attack.found == pytest.approx(true[false <= 0.01].max())


def test_an_attack_on_what_is_alike_finds_nothing_and_its_interval_says_so():
    held = 0
    for seed in range(200):
        p = np.random.default_rng(seed).random(400)
        attack = loss_attack(p[:200], p[200:])
        held += attack.low <= 0.5 <= attack.high
    assert 0.9 <= held / 200 <= 0.99


def test_cases_of_one_person_are_one_witness():
    rng = np.random.default_rng(1)
    p = np.repeat(rng.random(40), 10)
    unit = np.repeat(np.arange(40), 10)
    alone, together = loss_attack(p[:200], p[200:]), loss_attack(p[:200], p[200:], unit)
    assert together.auc == alone.auc
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_too_few_others_allow_no_share_at_one_per_cent():
    assert math.isnan(loss_attack(np.ones(200), np.zeros(99)).found)
    assert loss_attack(np.ones(200), np.zeros(100)).found == 1
