"""Predictions of the discrete networks against pgmpy's own inference."""

import warnings

import numpy as np
import pandas as pd
import pytest
from intentbench.models._network.bayes_net import DiscreteNetwork, pooled_log_odds
from intentbench.models._network.structure import climbed_parents, naive_parents, tree_parents
from scipy.special import expit

GONE = -1


def random_network(rng, n_columns, most_parents=3):
    """Parents of a random DAG, the target (the last number) standing anywhere in its order."""
    order = rng.permutation(n_columns + 1)
    parents = [[] for _ in order]
    for place, node in enumerate(order):
        n = rng.integers(0, min(place, most_parents) + 1)
        parents[node] = sorted(int(p) for p in rng.choice(order[:place], n, replace=False))
    return parents


def random_cases(rng, n_values, n=300):
    y = (rng.random(n) < 0.4).astype(np.int8)
    codes = np.column_stack([rng.integers(0, r, n) for r in n_values])
    for j, size in enumerate(n_values):
        follow = codes[:, j - 1] + y if j else y
        codes[:, j] = np.where(rng.random(n) < 0.6, follow % size, codes[:, j])
    return codes.astype(np.int32), y


def pgmpy_model(parents, n_values, codes, y, equivalent_cases):
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
    return model


def pgmpy_p(model, asked):
    """P(target = 1) of each row by variable elimination; what is negative was not observed."""
    from pgmpy.inference import VariableElimination

    inference, p = VariableElimination(model), []
    for row in asked:
        evidence = {f"x{j}": int(code) for j, code in enumerate(row) if code != GONE}
        p.append(inference.query(["y"], evidence=evidence, show_progress=False).values[1])
    return np.array(p)


@pytest.fixture(autouse=True)
def pgmpy_may_warn():
    """It announces moves of names, and what it thinks of states that no case holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_with_anything_missing_answer_as_pgmpy_does(seed):
    rng = np.random.default_rng(seed)
    n_values = rng.integers(2, 5, rng.integers(2, 8))
    parents = random_network(rng, len(n_values))
    codes, y = random_cases(rng, n_values)
    network = DiscreteNetwork(parents, n_values).fit(codes, y, 7.0)
    asked = random_cases(rng, n_values, 25)[0]
    asked[rng.random(asked.shape) < rng.choice([0.2, 0.5, 0.8])] = GONE
    asked[0], asked[1] = GONE, np.abs(asked[1])
    theirs = pgmpy_p(pgmpy_model(parents, n_values, codes, y, 7.0), asked)
    np.testing.assert_allclose(expit(network.log_odds(asked)), theirs, atol=1e-9)


@pytest.mark.parametrize(
    "parents",
    [
        # The target has a parent, two children, and a child with a second parent.
        [[], [4, 0], [4, 1], [2], [0]],
        # Its parents depend on each other and on columns farther away.
        [[], [0], [0, 1], [], [1, 2]],
        # It stands in a chain; observed ends and middles block it.
        [[], [0], [4], [2], [1]],
    ],
)
def test_every_pattern_of_missing_values_is_answered_as_pgmpy_does(parents):
    rng = np.random.default_rng(1)
    n_values = np.array([3, 2, 4, 3])
    codes, y = random_cases(rng, n_values)
    network = DiscreteNetwork(parents, n_values).fit(codes, y, 10.0)
    patterns = np.stack(np.meshgrid(*[[False, True]] * 4), axis=-1).reshape(-1, 4)
    asked = np.where(patterns, GONE, codes[: len(patterns)])
    theirs = pgmpy_p(pgmpy_model(parents, n_values, codes, y, 10.0), asked)
    np.testing.assert_allclose(expit(network.log_odds(asked)), theirs, atol=1e-9)


def learnt_parents():
    inside = np.arange(4)
    return {
        "naive": lambda codes, y: naive_parents(4, inside),
        "tree": lambda codes, y: tree_parents(codes, y, inside),
        "climbed": lambda codes, y: climbed_parents(codes, y, inside, 3, "bdeu"),
    }


@pytest.mark.parametrize("kind", learnt_parents())
def test_learnt_networks_predict_as_predict_probability_does(kind):
    rng = np.random.default_rng(2)
    n_values = np.array([3, 2, 4, 3])
    codes, y = random_cases(rng, n_values, 600)
    parents = learnt_parents()[kind](codes, y)
    network = DiscreteNetwork(parents, n_values).fit(codes, y, 5.0)
    assert any(4 in of or child == 4 and of for child, of in enumerate(parents))
    model = pgmpy_model(parents, n_values, codes, y, 5.0)
    for asked in (codes[:60], codes[:60, :2]):
        questions = pd.DataFrame(asked, columns=[f"x{j}" for j in range(asked.shape[1])])
        theirs = model.predict_probability(questions)["y_1"].to_numpy()
        ours = np.full((len(asked), 4), GONE)
        ours[:, : asked.shape[1]] = asked
        np.testing.assert_allclose(expit(network.log_odds(ours)), theirs, atol=1e-9)


def test_a_pool_adds_the_log_odds_of_its_networks():
    rng = np.random.default_rng(3)
    n_values = np.array([3, 2, 4, 3, 2])
    codes, y = random_cases(rng, n_values)
    asked = random_cases(rng, n_values, 30)[0]
    asked[10:][rng.random((20, 5)) < 0.4] = GONE
    all_parents = [random_network(np.random.default_rng(seed), 5) for seed in (5, 6, 7)]
    weights = [0.2, 1.3, 0.5]
    networks = [
        DiscreteNetwork(parents, n_values).fit(codes, y, 3.0).weigh(weight)
        for parents, weight in zip(all_parents, weights, strict=True)
    ]
    expected = np.zeros(30)
    for parents, weight in zip(all_parents, weights, strict=True):
        p = pgmpy_p(pgmpy_model(parents, n_values, codes, y, 3.0), asked)
        expected += weight * np.log(p / (1 - p))
    np.testing.assert_allclose(pooled_log_odds(networks, asked), expected, atol=1e-8)
