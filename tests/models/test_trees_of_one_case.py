import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.models._trees_of_one_case import TreesOfOneCase
from sklearn.tree import DecisionTreeClassifier

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 5)).round(1)
X[RNG.random(X.shape) < 0.1] = np.nan
Y = (np.nan_to_num(X[:, 0]) + np.nan_to_num(X[:, 1], nan=1.0) > 0.3).astype(np.int8)
MODELS = {
    "random_forest": {"n_trees": 30},
    "extra_trees": {"n_trees": 30},
    "hist_gradient_boosting": {"max_trees": 30},
}


def cases(x):
    return Cases(pd.DataFrame(x, columns=list("abcde")))


@pytest.mark.parametrize("name", MODELS)
def test_a_single_case_gets_what_it_gets_among_others_to_the_bit(name):
    model = load(Registry("model").find(name))(**MODELS[name])
    model.fit(cases(X[:300]), Y[:300], valid=(cases(X[300:]), Y[300:]))
    new = np.vstack([X[:150], [[np.nan] * 5, [1e30] * 5, [-1e30] * 5, [0.1] * 5]])
    expected = model.predict_proba(cases(new))
    assert [model.predict_proba(cases(x[None, :])).tobytes() for x in new] == [
        p[None, :].tobytes() for p in expected
    ]
    # What was made of the trees does not outlive them.
    other = model.fit(cases(X[:300]), 1 - Y[:300], valid=(cases(X[300:]), 1 - Y[300:]))
    assert other.predict_proba(cases(X[:1]))[0, 1] == other.predict_proba(cases(X[:2]))[0, 1]


def test_a_tree_may_be_a_single_leaf():
    stump = DecisionTreeClassifier(max_depth=1).fit(X, Y)
    leaf = DecisionTreeClassifier(min_samples_leaf=400).fit(X, Y)
    both = TreesOfOneCase.of_forest([leaf.tree_, stump.tree_])
    assert both.leaves(X[0]).tolist() == [0, 1 + stump.apply(X[:1])[0]]
    assert TreesOfOneCase.of_forest([leaf.tree_]).leaves(X[0]).tolist() == [0]
