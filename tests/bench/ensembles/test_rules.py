import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.ensembles import stacking as stacking_file
from intentbench.bench.ensembles.greedy import greedy_weights
from intentbench.bench.ensembles.linear_pool import pool_weights
from intentbench.bench.ensembles.rules import RULES
from intentbench.bench.ensembles.stacking import log_odds, n_parts, stack
from intentbench.bench.metrics.metrics import METRICS
from scipy.optimize import minimize
from scipy.special import expit, logit

LEARN = {rule.name: rule.learn for rule in RULES}
LOG_LOSS = METRICS["log_loss"]


def members(seed, n=400, noise=(0.5, 1.0, 2.0)):
    """Give members of different skill whose errors correlate, and the outcomes."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-1, 1.5, n)
    y = (rng.random(n) < expit(z)).astype(np.int8)
    shared = 0.3 * rng.normal(size=n)
    return expit(np.column_stack([z + shared + s * rng.normal(size=n) for s in noise])), y


def test_hard_voting_counts_decisions():
    p = np.array([[0.9, 0.6, 0.1], [0.4, 0.4, 0.4], [0.5, 0.1, 0.1]])
    voted = LEARN["hard_voting"](p, np.array([1, 0, 0]), None)
    assert voted.predict(p) == pytest.approx([2 / 3, 0, 1 / 3])
    assert voted.weights == pytest.approx([1 / 3] * 3)


def test_soft_voting_is_the_mean():
    p, y = members(1)
    assert LEARN["soft_voting"](p, y, None).predict(p) == pytest.approx(p.mean(axis=1))


@pytest.mark.parametrize("name", ["soft_voting", "weighted"])
def test_members_that_agree_give_their_answer(name):
    p, y = members(2, noise=(1.0,))
    p = np.repeat(p, 4, axis=1)
    assert LEARN[name](p, y, None).predict(p) == pytest.approx(p[:, 0])
    votes = LEARN["hard_voting"](p, y, None).predict(p)
    assert np.array_equal(votes, (p[:, 0] >= 0.5).astype(float))


@pytest.mark.parametrize("seed", range(4))
def test_pool_weights_agree_with_a_general_optimiser(seed):
    p, y = members(seed, noise=np.linspace(0.4, 3, 5))
    found = minimize(
        lambda w: LOG_LOSS(y, np.clip(p @ w, 1e-9, 1 - 1e-9)),
        np.full(5, 0.2),
        method="SLSQP",
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-12, "maxiter": 500},
    )
    weights = pool_weights(p, y)
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1)
    assert LOG_LOSS(y, p @ weights) <= found.fun + 1e-7
    assert weights == pytest.approx(found.x, abs=2e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(2, 40), st.booleans())
def test_weights_are_never_worse_than_equal_ones_on_valid_cases(seed, n_members, n, certain):
    rng = np.random.default_rng(seed)
    p = rng.random((n, n_members))
    p = np.round(p) if certain else p
    y = rng.integers(0, 2, n)
    weights = pool_weights(p, y)
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1)
    assert LOG_LOSS(y, p @ weights) <= LOG_LOSS(y, p.mean(axis=1)) + 1e-9


def test_pool_leaves_a_useless_member_out():
    p, y = members(5, noise=(0.3, 0.3))
    p = np.column_stack([p, np.random.default_rng(6).random(len(y))])
    assert pool_weights(p, y)[2] < 0.02


def test_stacking_minimises_what_it_states():
    p, y = members(7)
    p = expit(logit(p) - 2)  # too low, so that the intercept has work to do
    stacked = stack(p, y, None)
    x = log_odds(p)

    def objective(beta):
        z = beta[0] + x @ beta[1:]
        penalty = stacked.penalty * np.square(beta[1:] - 1 / 3).sum() + 1e-3 * beta[0] ** 2
        return np.logaddexp(0, z).sum() - y @ z + penalty / 2

    found = minimize(objective, np.zeros(4), method="BFGS", options={"gtol": 1e-4})
    assert [stacked.odds.intercept, *stacked.coefficients] == pytest.approx(found.x, abs=1e-4)
    assert stacked.odds(p) == pytest.approx(expit(found.x[0] + x @ found.x[1:]), abs=1e-4)


def test_stacking_with_few_cases_is_near_the_mean_of_log_odds():
    p, y = members(8, n=12)
    y[:3] = 1, 0, 1
    stacked = stack(p, y, None)
    assert np.abs(stacked.coefficients - 1 / 3).max() < 0.5


def test_stacking_outdoes_its_members_where_they_complement_each_other():
    rng = np.random.default_rng(9)
    z = rng.normal(size=(6000, 2)) * 1.5
    y = (rng.random(6000) < expit(z.sum(axis=1))).astype(np.int8)
    p = expit(z)
    stacked = stack(p[:2000], y[:2000], None)
    combined = LOG_LOSS(y[2000:], stacked.odds(p[2000:]))
    assert combined < min(LOG_LOSS(y[2000:], p[2000:, i]) for i in range(2)) - 0.05
    assert stacked.coefficients == pytest.approx([1, 1], abs=0.2)


def test_threshold_predictions_of_stacking_are_out_of_sample():
    # With as many members as noise columns, a fit to its own cases flatters itself.
    rng = np.random.default_rng(10)
    p, y = rng.random((60, 30)), np.tile([0, 1], 30)
    learnt = LEARN["stacking"](p, y, None)
    assert METRICS["roc_auc"](y, learnt.valid) < METRICS["roc_auc"](y, learnt.predict(p)) - 0.1


def test_cross_validation_inside_keeps_groups_together():
    rng = np.random.default_rng(11)
    group = rng.integers(0, 40, 300)
    y = rng.integers(0, 2, 300)
    seen = []
    for fit, rest in stacking_file.parts(y, group):
        assert not set(group[fit]) & set(group[rest])
        assert len(fit) + len(rest) == 300
        seen.append(rest)
    assert len(seen) == 5 and np.array_equal(np.sort(np.concatenate(seen)), np.arange(300))


def test_cross_validation_inside_spreads_the_positive_cases():
    y = np.array([1] * 10 + [0] * 90)
    assert [y[rest].sum() for _, rest in stacking_file.parts(y, None)] == [2] * 5


@pytest.mark.parametrize(
    ("y", "group"),
    [([0] * 6, None), ([1] * 6, None), ([1, 0, 0, 0, 0, 0], None), ([0, 1] * 3, [7] * 6)],
)
def test_stacking_that_cannot_learn_votes_and_says_so(y, group):
    p, _ = members(12, n=6)
    y = np.array(y)
    group = None if group is None else np.array(group)
    assert n_parts(y, group) < 2
    learnt = LEARN["stacking"](p, y, group)
    assert "6 valid cases" in learnt.note and f"{y.sum()} positive" in learnt.note
    assert learnt.predict(p) == pytest.approx(p.mean(axis=1))


@pytest.mark.parametrize("name", LEARN)
@pytest.mark.parametrize("y", [[0, 1, 0, 1], [1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]])
@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_rules_survive_constant_and_certain_members(name, y, p):
    cases = np.full((4, 3), p)
    learnt = LEARN[name](cases, np.array(y), None)
    predicted = learnt.predict(cases)
    assert ((predicted >= 0) & (predicted <= 1)).all() and np.isfinite(learnt.weights).all()
    assert ((learnt.valid >= 0) & (learnt.valid <= 1)).all()


@pytest.mark.parametrize("name", LEARN)
def test_groups_with_one_outcome_each_do_not_break_a_rule(name):
    p, _ = members(13, n=40)
    group = np.repeat([0, 1, 2], [20, 10, 10])
    learnt = LEARN[name](p, (group == 0).astype(np.int8), group)
    assert np.isfinite(learnt.predict(p)).all() and np.isfinite(learnt.weights).all()


def test_log_odds_are_bounded():
    assert log_odds(np.array([0.0, 1.0])) == pytest.approx([logit(1e-3), logit(1 - 1e-3)])


ALL = pytest.mark.parametrize("name", LEARN)


@ALL
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 60), st.booleans())
def test_every_rule_gives_probabilities_whatever_the_members_say(name, seed, n_members, n, ties):
    rng = np.random.default_rng(seed)
    p = rng.random((n, n_members))
    p = np.round(p, 1) if ties else p
    y = rng.integers(0, 2, n)
    learnt = LEARN[name](p, y, None)
    fresh = np.vstack([rng.random((5, n_members)), np.zeros(n_members), np.ones(n_members)])
    for given_out in (learnt.valid, learnt.predict(fresh)):
        assert np.isfinite(given_out).all() and given_out.min() >= 0 and given_out.max() <= 1
    assert learnt.weights.shape == (n_members,) and np.isfinite(learnt.weights).all()


@ALL
def test_a_prediction_does_not_hang_on_the_cases_predicted_with_it(name):
    p, y = members(11)
    learnt = LEARN[name](p, y, None)
    fresh, _ = members(12, n=50)
    alone = [learnt.predict(row[None])[0] for row in fresh]
    assert learnt.predict(fresh) == pytest.approx(alone, abs=1e-12)


@pytest.mark.parametrize("name", ["greedy", "boosted_stacking", "weighted", "stacking"])
def test_learning_rules_prefer_the_member_that_knows(name):
    p, y = members(3, n=1500, noise=(0.2, 3.0, 3.0, 3.0))
    learnt = LEARN[name](p, y, None)
    assert np.argmax(learnt.weights) == 0
    fresh, outcomes = members(4, n=4000, noise=(0.2, 3.0, 3.0, 3.0))
    equal = LOG_LOSS(outcomes, fresh.mean(axis=1))
    assert LOG_LOSS(outcomes, learnt.predict(fresh)) < equal - 0.02


def test_greedy_selection_is_near_the_best_weights():
    p, y = members(7, n=2000, noise=(0.5, 0.7, 0.9, 1.5))
    greedy = LOG_LOSS(y, p @ greedy_weights(p, y))
    assert LOG_LOSS(y, p @ pool_weights(p, y)) <= greedy < LOG_LOSS(y, p.mean(axis=1))


def test_greedy_selection_takes_a_member_again():
    y = np.array([1, 0] * 50)
    good, bad = np.where(y == 1, 0.8, 0.2), np.where(y == 1, 0.2, 0.8)
    assert greedy_weights(np.column_stack([good, bad]), y) == pytest.approx([1, 0])


def test_boosted_stacking_finds_what_no_weighting_can():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 3000))
    y = (rng.random(3000) < expit(3 * np.sign(first * second))).astype(np.int8)
    p = expit(np.column_stack([first, second]))
    half = slice(0, 1500), slice(1500, None)
    boosted, linear = (
        METRICS["roc_auc"](
            y[half[1]], LEARN[name](p[half[0]], y[half[0]], None).predict(p[half[1]])
        )
        for name in ("boosted_stacking", "stacking")
    )
    assert linear < 0.6 and boosted > 0.9


def test_boosted_stacking_judges_valid_cases_out_of_sample():
    rng = np.random.default_rng(1)
    p, y = rng.random((600, 8)), rng.integers(0, 2, 600)
    assert METRICS["roc_auc"](y, LEARN["boosted_stacking"](p, y, None).valid) < 0.56


def test_ranks_count_how_many_valid_cases_lie_below():
    p = np.array([[0.1, 0.9], [0.2, 0.2], [0.3, 0.1]])
    learnt = LEARN["rank_averaging"](p, np.zeros(3, dtype=int), None)
    assert learnt.note
    assert learnt.predict(np.array([[0.25, 0.95]]))[0] == pytest.approx(((2 + 3) / 2 + 0.5) / 4)


def test_rank_averaging_does_not_care_how_a_member_is_scaled():
    p, y = members(9)
    scaled = np.column_stack([p[:, 0], expit(0.1 * logit(p[:, 1])), p[:, 2] ** 3])
    ours, theirs = (LEARN["rank_averaging"](q, y, None) for q in (p, scaled))
    assert ours.predict(p) == pytest.approx(theirs.predict(scaled))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rules_learn_from_weighted_cases_as_from_so_many(rule):
    p, y = members(8, n=900)
    # Where it counts, the first member errs at random; elsewhere it is nearly always right.
    rng = np.random.default_rng(3)
    k = np.where(rng.random(900) < 0.3, 8, 1)
    p[:, 0] = np.where(k > 1, rng.random(900), np.clip(y, 0.1, 0.9))
    asked = p[:200]
    weighted = rule.learn(p, y, None, k / k.mean()).predict(asked)
    repeated = rule.learn(np.repeat(p, k, axis=0), np.repeat(y, k), None, None).predict(asked)
    plain = rule.learn(p, y, None, None).predict(asked)
    if np.array_equal(plain, repeated):
        assert np.array_equal(weighted, plain)
    else:
        # Parts of a cross-validation hold other cases, and penalties count the rows.
        assert np.abs(weighted - repeated).mean() < 0.6 * np.abs(plain - repeated).mean()


def test_stacks_believe_small_probabilities_of_weighted_rare_cases():
    rng = np.random.default_rng(0)
    rate = 2e-4 * np.exp(rng.normal(0, 0.5, 400))
    p = np.repeat(rate, 2)[:, None] * np.array([1.0, 3.0])
    y, weight = np.tile([1, 0], 400), np.column_stack([rate, 1 - rate]).ravel() * 1e6
    group = np.repeat(np.arange(400), 2)
    stacked = stack(p, y, group, weight / weight.mean())
    assert np.ptp(np.log(stacked.odds(p))) > 1
    assert stacked.odds(p).mean() == pytest.approx(rate.mean(), rel=0.1)
