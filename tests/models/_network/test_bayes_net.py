import numpy as np
import pytest
from intentbench.bench.errors import ModelError
from intentbench.models._network import elimination, families
from intentbench.models._network.bayes_net import (
    DiscreteNetwork,
    mutual_information,
    pooled_log_odds,
)
from intentbench.models._network.families import Family
from scipy.special import expit

N_VALUES = np.array([3, 2, 4, 3])
# The target is number 4: it has a parent, children, and a child with two parents.
PARENTS = [[], [4, 0], [4, 1], [2], [0]]


def codes_and_outcomes(n=400, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int8)
    codes = np.column_stack([rng.integers(0, r, n) for r in N_VALUES])
    codes[:, 0] = np.where(rng.random(n) < 0.6, y, codes[:, 0])
    codes[:, 1] = np.where(rng.random(n) < 0.7, codes[:, 0] > 0, codes[:, 1])
    codes[:, 2] = np.where(rng.random(n) < 0.7, codes[:, 1] + y, codes[:, 2])
    return codes.astype(np.int32), y


def every_row():
    return np.stack(np.meshgrid(*map(np.arange, N_VALUES)), axis=-1).reshape(-1, 4)


def test_target_without_neighbours_gets_the_base_rate():
    codes, y = codes_and_outcomes()
    network = DiscreteNetwork([[], [], [], [], []], N_VALUES).fit(codes, y, 1e-9)
    np.testing.assert_allclose(expit(network.log_odds(codes)), y.mean())
    nothing = np.full((3, 4), -1)
    np.testing.assert_allclose(expit(network.log_odds(nothing)), y.mean())


def test_tables_stay_bounded(monkeypatch):
    monkeypatch.setattr(families, "_MOST_CELLS", 30)
    n_values = np.append(N_VALUES, 2)
    assert Family(4, [0, 1, 2, 3], [0, 1, 2, 3], n_values).others == (0, 1)
    # Never allocated, however large: the product is taken before the table is made.
    wide = np.array([100_000, 100_000, 100_000, 2])
    monkeypatch.undo()
    assert Family(3, [0, 1, 2], [0, 1, 2], wide).others == (0,)
    assert Family(2, [0, 3], [0, 3], wide).others == (2,)


def naive_log_share(codes, y, child, parents, row, outcome, ess):
    """P(child | parents, outcome) by counting rows one at a time; the slow and obvious way."""
    q = np.prod([N_VALUES[p] for p in parents], initial=1)
    of_parents = [
        i for i in range(len(y)) if y[i] == outcome and all(codes[i, p] == row[p] for p in parents)
    ]
    n = sum(codes[i, child] == row[child] for i in of_parents)
    a = ess / (q * N_VALUES[child] * 2)
    return np.log((n + a) / (len(of_parents) + a * N_VALUES[child]))


def test_a_multinet_has_other_parents_for_each_outcome():
    codes, y = codes_and_outcomes(150)
    of_no, of_yes = [[4], [4, 0], [4, 1], [4, 2], []], [[4, 1], [4], [4, 0, 1], [4, 2], []]
    network = DiscreteNetwork(of_no, N_VALUES, of_yes).fit(codes, y, 6.0)
    asked = every_row()[::5]
    expected = np.log((y.sum() + 3.0) / ((1 - y).sum() + 3.0)) + np.zeros(len(asked))
    for i, row in enumerate(asked):
        for outcome, parents, sign in ((0, of_no, -1), (1, of_yes, 1)):
            for child in range(4):
                others = [p for p in parents[child] if p != 4]
                expected[i] += sign * naive_log_share(codes, y, child, others, row, outcome, 6.0)
    np.testing.assert_allclose(network.log_odds(asked), expected)
    # What a case lacks is summed over in each outcome's own tree.
    gap = asked.copy()
    gap[:, [0, 2]] = -1
    joint = np.zeros((len(gap), 2))
    tables = [family.log_table(6.0) for family in network.families]
    for a in range(3):
        for c in range(4):
            filled = gap.copy()
            filled[:, 0], filled[:, 2] = a, c
            joint += np.exp(
                sum(
                    table[tuple(filled[:, node] for node in family.others)]
                    for family, table in zip(network.families, tables, strict=True)
                )
            )
    np.testing.assert_allclose(network.log_odds(gap), np.log(joint[:, 1] / joint[:, 0]))


@pytest.mark.parametrize("child", range(5))
def test_left_out_evidence_is_that_of_a_fit_without_the_case(child):
    codes, y = codes_and_outcomes(40)
    network = DiscreteNetwork(PARENTS, N_VALUES).fit(codes, y, 3.0)
    families = [family.child for family in network.linked]
    if child not in families:
        assert child in (0, 3)
        return
    column = network.left_out_evidence(codes, y, 3.0)[:, families.index(child)]
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        without = DiscreteNetwork(PARENTS, N_VALUES).fit(codes[rest], y[rest], 3.0)
        others, table = without.log_odds_tables()[families.index(child)]
        assert column[i] == pytest.approx(table[tuple(codes[i, node] for node in others)])


def test_weights_multiply_the_log_odds_of_their_family():
    codes, y = codes_and_outcomes()
    network = DiscreteNetwork(PARENTS, N_VALUES).fit(codes, y, 3.0)
    tables = network.log_odds_tables()
    weights = np.array([0.5, 2.0, 0.0])
    expected = sum(
        w * table[tuple(codes[:, node] for node in others)]
        for w, (others, table) in zip(weights, tables, strict=True)
    )
    np.testing.assert_allclose(network.weigh(weights).log_odds(codes), expected)


def test_equal_weights_are_a_power_of_the_odds_also_where_values_are_missing():
    codes, y = codes_and_outcomes()
    asked = np.where(np.random.default_rng(1).random(codes.shape) < 0.4, -1, codes)
    network = DiscreteNetwork(PARENTS, N_VALUES).fit(codes, y, 3.0)
    once = network.log_odds(asked)
    np.testing.assert_allclose(network.weigh(0.3).log_odds(asked), 0.3 * once)


def test_many_cases_are_answered_as_each_alone():
    codes, y = codes_and_outcomes(40_000)
    network = DiscreteNetwork(PARENTS, N_VALUES).fit(codes, y, 3.0)
    asked = np.where(np.random.default_rng(1).random(codes.shape) < 0.1, -1, codes)
    together = network.log_odds(asked)
    for i in (0, 16_383, 16_384, 39_999):
        assert network.log_odds(asked[i : i + 1])[0] == together[i]


def test_cases_summed_in_many_steps_are_the_same(monkeypatch):
    codes, y = codes_and_outcomes()
    network = DiscreteNetwork(PARENTS, N_VALUES).fit(codes, y, 3.0)
    asked = np.where(np.random.default_rng(1).random(codes.shape) < 0.5, -1, codes)
    at_once = network.log_odds(asked)
    monkeypatch.setattr(elimination, "_MOST_CELLS", 10)
    np.testing.assert_allclose(network.log_odds(asked), at_once)


def test_a_sum_too_large_is_refused(monkeypatch):
    codes, y = codes_and_outcomes()
    network = DiscreteNetwork(PARENTS, N_VALUES).fit(codes, y, 3.0)
    monkeypatch.setattr(elimination, "_MOST_CELLS_OF_A_CASE", 3)
    with pytest.raises(ModelError, match="fewer parents a node"):
        network.log_odds(np.array([[-1, -1, 0, 1]]))


def test_more_than_64_columns_have_patterns_too():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, (300, 150))
    y = (codes[:, 0] ^ (rng.random(300) < 0.2)).astype(np.int8)
    network = DiscreteNetwork([[150]] * 150 + [[]], np.full(150, 2)).fit(codes, y, 2.0)
    asked = np.where(rng.random(codes.shape) < 0.3, -1, codes)
    # In naive Bayes what is missing drops out.
    expected = np.log((y.sum() + 1) / ((1 - y).sum() + 1)) + np.zeros(300)
    for others, table in network.log_odds_tables()[:-1]:
        code = asked[:, others[0]]
        expected += np.where(code >= 0, table[code], 0.0)
    np.testing.assert_allclose(network.log_odds(asked), expected)


def test_tables_of_a_pool_with_common_nodes_are_read_as_one():
    codes, y = codes_and_outcomes()
    parents = [[[4], [4, 0], [], [], []], [[4, 1], [4], [], [], []], [[], [], [], [], [0, 1, 2]]]
    networks = [DiscreteNetwork(of, N_VALUES).fit(codes, y, 3.0) for of in parents]
    alone = sum(network.log_odds(codes) for network in networks)
    np.testing.assert_allclose(pooled_log_odds(networks, codes), alone)


def test_mutual_information_of_known_tables():
    a = np.repeat([0, 1, 2, 3], 25)
    assert mutual_information(a, a) == pytest.approx(2.0)
    assert mutual_information(a, np.zeros(100, dtype=int)) == 0.0
    # 2 x 2 with 40, 10, 10, 40: 1 - H(0.2).
    b, c = np.repeat([0, 0, 1, 1], [40, 10, 10, 40]), np.repeat([0, 1, 0, 1], [40, 10, 10, 40])
    assert mutual_information(b, c) == pytest.approx(1 + 0.2 * np.log2(0.2) + 0.8 * np.log2(0.8))
