import warnings

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.trial import make_parts
from intentbench.models import _bayes_net
from intentbench.models._bayes_net import DiscreteNetwork, mutual_information
from intentbench.models._structure import climbed_parents, informative, tree_parents
from intentbench.models.hill_climbed_net import HillClimbedNet
from intentbench.models.tan import TAN
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


def pgmpy_network(parents, n_values, codes, y, equivalent_cases):
    from pgmpy.models import DiscreteBayesianNetwork
    from pgmpy.parameter_estimator import DiscreteBayesianEstimator

    names = [*(f"x{j}" for j in range(codes.shape[1])), "y"]
    model = DiscreteBayesianNetwork()
    model.add_nodes_from(names)
    model.add_edges_from(
        (names[parent], names[child]) for child, of in enumerate(parents) for parent in of
    )
    table = pd.DataFrame(np.column_stack([codes, y]), columns=names)
    states = dict(zip(names, (list(range(r)) for r in [*n_values, 2]), strict=True))
    estimator = DiscreteBayesianEstimator(
        prior_type="BDeu", equivalent_sample_size=equivalent_cases, state_names=states
    )
    estimator.fit(model, table)
    model.add_cpds(*estimator.parameters_)
    return model, table.drop(columns="y")


def pgmpy_p(parents, n_values, codes, y, asked, equivalent_cases):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, table = pgmpy_network(parents, n_values, codes, y, equivalent_cases)
        questions = pd.DataFrame(asked, columns=table.columns)
        return model.predict_probability(questions)["y_1"].to_numpy()


def test_prediction_is_that_of_pgmpy():
    codes, y = codes_and_outcomes()
    asked = np.stack(np.meshgrid(*map(np.arange, N_VALUES)), axis=-1).reshape(-1, 4)
    network = DiscreteNetwork(PARENTS, N_VALUES, 10.0).fit(codes, y)
    theirs = pgmpy_p(PARENTS, N_VALUES, codes, y, asked, 10.0)
    np.testing.assert_allclose(expit(network.log_odds(asked)), theirs, atol=1e-9)


@pytest.mark.parametrize("learn", [tree_parents, lambda c, y, m: climbed_parents(c, y, m, 3)])
def test_learnt_networks_predict_as_pgmpy_does(learn):
    codes, y = codes_and_outcomes(600)
    parents = learn(codes, y, 10)
    network = DiscreteNetwork(parents, N_VALUES, 5.0).fit(codes, y)
    assert any(4 in of or child == 4 and of for child, of in enumerate(parents))
    theirs = pgmpy_p(parents, N_VALUES, codes, y, codes[:60], 5.0)
    np.testing.assert_allclose(expit(network.log_odds(codes[:60])), theirs, atol=1e-9)


def test_target_without_neighbours_gets_the_base_rate():
    codes, y = codes_and_outcomes()
    network = DiscreteNetwork([[], [], [], [], []], N_VALUES, 1e-9).fit(codes, y)
    np.testing.assert_allclose(expit(network.log_odds(codes)), y.mean())


def test_tables_stay_bounded(monkeypatch):
    monkeypatch.setattr(_bayes_net, "_MOST_CELLS", 30)
    network = DiscreteNetwork([[], [], [], [], [0, 1, 2, 3]], N_VALUES, 1.0)
    assert network.parents[4] == [0, 1]


def test_mutual_information_of_known_tables():
    a = np.repeat([0, 1, 2, 3], 25)
    assert mutual_information(a, a) == pytest.approx(2.0)
    assert mutual_information(a, np.zeros(100, dtype=int)) == 0.0
    # 2 x 2 with 40, 10, 10, 40: 1 - H(0.2).
    b, c = np.repeat([0, 0, 1, 1], [40, 10, 10, 40]), np.repeat([0, 1, 0, 1], [40, 10, 10, 40])
    assert mutual_information(b, c) == pytest.approx(1 + 0.2 * np.log2(0.2) + 0.8 * np.log2(0.8))


def test_columns_of_noise_stay_outside():
    codes, y = codes_and_outcomes(2000)
    assert list(informative(codes, y, 9)) == [0, 1, 2]
    assert len(informative(codes, y, 2)) == 2
    parents = tree_parents(codes, y, 9)
    assert parents[3] == [] and all(3 not in of for of in parents)


def test_tree_gives_each_column_the_target_and_at_most_one_other():
    codes, y = codes_and_outcomes(2000)
    parents = tree_parents(codes, y, 9)
    assert parents[4] == []
    assert all(4 in parents[j] and len(parents[j]) <= 2 for j in (0, 1, 2))
    # Three columns on a tree: two edges.
    assert sum(len(parents[j]) - 1 for j in (0, 1, 2)) == 2


def test_no_arrow_leaves_the_target_of_a_climbed_network():
    codes, y = codes_and_outcomes(2000)
    parents = climbed_parents(codes, y, 9, 2)
    assert all(4 not in of for of in parents) and parents[4]
    assert all(len(of) <= 2 for of in parents)


@pytest.mark.parametrize("model_class", [TAN, HillClimbedNet])
def test_explanation_names_the_target_even_beside_a_column_of_that_name(model_class):
    parts = make_parts(0)
    features = parts.fit.features.rename(columns={"pages": "target"})
    model = model_class().fit(Cases(features), parts.y_fit, valid=(Cases(features), parts.y_fit))
    ends = {end for row in model.explain().rows for end in row[:2]}
    assert {"target", "target (column)"} <= ends
    assert all(np.isfinite(row[2]) and row[2] >= 0 for row in model.explain().rows)


@pytest.mark.parametrize("model_class", [TAN, HillClimbedNet])
def test_noise_alone_gives_the_base_rate(model_class):
    rng = np.random.default_rng(3)
    # Categories: cuts of a number are chosen by the outcome and find a little in any noise.
    drawn = {name: rng.choice(["x", "y", "z"], 500) for name in ("a", "b")}
    cases = Cases(pd.DataFrame(drawn))
    y = (np.arange(500) % 5 == 0).astype(np.int8)
    p = model_class().fit(cases, y, valid=(cases, y)).predict_proba(cases)[:, 1]
    np.testing.assert_allclose(p, 0.2, atol=0.01)
    assert np.ptp(p) < 1e-9
