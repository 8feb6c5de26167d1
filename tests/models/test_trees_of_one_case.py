import numpy as np
import pytest
from intentbench.models._trees_of_one_case import TreesOfOneCase
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 5)).round(1)
X[RNG.random(X.shape) < 0.1] = np.nan
Y = (np.nan_to_num(X[:, 0]) + np.nan_to_num(X[:, 1], nan=1.0) > 0.3).astype(int)


@pytest.mark.parametrize("forest", [RandomForestClassifier, ExtraTreesClassifier])
def test_answers_are_those_of_scikit_learn_to_the_bit(forest):
    grown = forest(40, bootstrap=True, min_samples_leaf=2, random_state=0).fit(X, Y)
    trees = TreesOfOneCase([tree.tree_ for tree in grown.estimators_])
    new = np.vstack([X[:150], [[np.nan] * 5, [1e30] * 5, [-1e30] * 5, [0.1] * 5]])
    expected = grown.predict_proba(new)
    assert [trees(x).tobytes() for x in new] == [p[None, :].tobytes() for p in expected]


def test_a_tree_may_be_a_single_leaf():
    stump = DecisionTreeClassifier(max_depth=1).fit(X, Y)
    leaf = DecisionTreeClassifier(min_samples_leaf=400).fit(X, Y)
    both = TreesOfOneCase([leaf.tree_, stump.tree_])
    expected = (leaf.predict_proba(X[:1]) + stump.predict_proba(X[:1])) / 2
    np.testing.assert_array_equal(both(X[0]), expected)
    np.testing.assert_array_equal(TreesOfOneCase([leaf.tree_])(X[0]), leaf.predict_proba(X[:1]))
