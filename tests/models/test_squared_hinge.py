import numpy as np
import pytest
from intentbench.models._squared_hinge import SquaredHinge
from sklearn.svm import LinearSVC


def cases(n=400, n_columns=6, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, n_columns))
    y = (x[:, 0] + 0.5 * x[:, 1] + rng.normal(size=n) > 0.8).astype(np.int8)
    return x, y, rng.uniform(0.2, 3.0, n)


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_border_is_that_of_liblinear(C):
    x, y, weight = cases()
    ours = SquaredHinge().fit(x, y, weight, C, tolerance=1e-12)
    theirs = LinearSVC(C=C, dual=False, tol=1e-10, max_iter=10_000).fit(x, y, weight)
    np.testing.assert_allclose(ours.slope_, theirs.coef_[0], rtol=1e-4, atol=1e-6)
    assert ours.intercept_ == pytest.approx(theirs.intercept_[0], rel=1e-4)
    np.testing.assert_allclose(ours.scores(x), theirs.decision_function(x), atol=1e-4)


def test_where_it_starts_does_not_matter():
    x, y, weight = cases(seed=1)
    first = SquaredHinge().fit(x, y, weight, 10.0)
    fresh = SquaredHinge().fit(x, y, weight, 0.1, tolerance=1e-12)
    warm = SquaredHinge().fit(x, y, weight, 0.1, start=first, tolerance=1e-12)
    np.testing.assert_allclose(warm.slope_, fresh.slope_, rtol=1e-6)


def test_a_weight_counts_as_so_many_cases():
    x, y, _ = cases(100, seed=2)
    times = np.arange(100) % 3 + 1
    rows = np.repeat(np.arange(100), times)
    whole = SquaredHinge().fit(x[rows], y[rows], np.ones(len(rows)), 1.0, tolerance=1e-12)
    weighed = SquaredHinge().fit(x, y, times.astype(float), 1.0, tolerance=1e-12)
    np.testing.assert_allclose(weighed.slope_, whole.slope_, rtol=1e-8)


def test_separated_cases_have_a_border():
    x = np.linspace(-1, 1, 50)[:, None]
    border = SquaredHinge().fit(x, (x[:, 0] > 0).astype(np.int8), np.ones(50), 1e6)
    assert np.isfinite(border.slope_).all()
    assert ((border.scores(x) > 0) == (x[:, 0] > 0)).all()
