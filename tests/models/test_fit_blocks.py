"""Models that learn from cases on disk learn what they would of the same cases in memory."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.categories import look_alike
from intentbench.bench.fit_blocks import FitBlocks
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.stored_cases import CaseWriter

N, IN_MEMORY = 2400, 500


@pytest.fixture(scope="module", params=["unweighted", "weighted"])
def drawn(request, tmp_path_factory):
    """Fit cases whole and in blocks, valid cases, and the weights of both, if they have any."""
    rng = np.random.default_rng(2)
    many = rng.integers(0, 60, N)
    amount = rng.lognormal(3, 1, N)
    since = np.where(rng.random(N) < 0.1, np.nan, rng.exponential(30, N))
    count = rng.poisson(1.5, N).astype(float)
    kind = rng.choice(["a", "b", "c"], N)
    log_odds = 0.6 * (np.log(amount) - 3) + 0.05 * (many - 30) + 0.4 * count - 1.5
    log_odds += (kind == "a") * (count > 1)
    y = (rng.random(N) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    features = pd.DataFrame(
        {"amount": amount, "since": since, "count": count, "kind": kind,
         "many": [f"m{number}" for number in many]}
    ).astype({"kind": "str", "many": "str"})  # fmt: skip
    features.loc[rng.random(N) < 0.05, "kind"] = None
    weight = None
    if request.param == "weighted":
        weight = rng.integers(1, 6, N).astype(float)
        # As of trials: some rows look alike, and have both outcomes.
        features.loc[1000:1199] = features.loc[300:499].to_numpy()
        y[1000:1200] = 1 - y[300:500]
    fit, valid = features[:2000], Cases(features[2000:].reset_index(drop=True))
    folder = tmp_path_factory.mktemp("stored")
    with CaseWriter(folder, fit, has_time=False, has_weight=weight is not None) as writer:
        for start in range(IN_MEMORY, 2000, 400):
            place = slice(start, min(start + 400, 2000))
            of_block = None if weight is None else weight[place]
            block = fit[place].reset_index(drop=True)
            writer.add(block, y[place], weight=of_block)
        stored = writer.finish()
    held = None if weight is None else weight[:IN_MEMORY]
    blocks = FitBlocks(Cases(fit[:IN_MEMORY]), y[:IN_MEMORY], stored, weight=held)
    blocks_of = blocks.bounds
    blocks.bounds = lambda size=300: blocks_of(size)
    weights = () if weight is None else (weight[:2000], weight[2000:])
    return Cases(fit), y[:2000], blocks, (valid, y[2000:]), weights


def both(name, drawn, **keywords):
    cases, y, blocks, valid, weights = drawn
    of_fit = dict(zip(("weight", "valid_weight"), weights, strict=False))
    of_blocks = {"valid_weight": weights[1]} if weights else {}
    made = load(Registry("model").find(name))
    if "random_state" in made().get_params():
        keywords["random_state"] = 0
    return (
        made(**keywords).fit(cases, y, valid=valid, **of_fit),
        made(**keywords).fit_blocks(blocks, valid=valid, **of_blocks),
    )


def test_columns_and_blocks_are_the_cases(drawn):
    cases, y, blocks, _, weights = drawn
    rows = np.array([1999, 3, 700, 0, 499, 500])
    for name, column in cases.features.items():
        given = blocks.column(name).astype(column.dtype)
        pd.testing.assert_series_equal(given, column)
        pd.testing.assert_series_equal(
            blocks.take(rows)[name].astype(column.dtype),
            column.iloc[rows].reset_index(drop=True),
        )
    whole = pd.concat([blocks.block(*bounds) for bounds in blocks.bounds()], ignore_index=True)
    pd.testing.assert_frame_equal(whole.astype(cases.features.dtypes), cases.features)
    assert np.array_equal(blocks.target, y)
    if weights:
        assert np.array_equal(blocks.weight, weights[0])
        assert np.array_equal(blocks.look_alike(), look_alike(cases.features))
    some = FitBlocks(blocks.cases, blocks.y, blocks._stored, np.arange(1, 1500, 2))
    expected = cases.features["amount"].to_numpy()[[*range(500), *range(501, 2000, 2)]]
    assert np.array_equal(some.array("amount"), expected)
    assert np.array_equal(some.array("amount", 480, 600), expected[480:600])


@pytest.mark.parametrize("name", ["base_rate", "naive_bayes", "aode", "xgboost", "lightgbm"])
def test_blocks_teach_exactly_what_cases_do(drawn, name):
    if name == "lightgbm":
        pytest.importorskip("lightgbm")
    of_cases, of_blocks = both(name, drawn)
    valid = drawn[3][0]
    assert np.array_equal(of_cases.predict_proba(valid), of_blocks.predict_proba(valid))
    if name == "naive_bayes":
        np.testing.assert_allclose(of_cases.mean_bits_, of_blocks.mean_bits_, rtol=1e-9)
    told = [model.explain() or () for model in (of_cases, of_blocks)]
    kept = [one if isinstance(one, tuple) else (one,) for one in told]
    assert len(kept[0]) == len(kept[1])
    for one, other in zip(*kept, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(one.rows), pd.DataFrame(other.rows))


def test_logistic_regression_finds_the_optimum(drawn):
    from sklearn.linear_model import LogisticRegression

    cases, y, _, (valid, _), weights = drawn
    weight = weights[0] if weights else None
    of_cases, of_blocks = both("logistic_regression", drawn)
    assert of_blocks.encoder_.names_ == of_cases.encoder_.names_
    x = of_cases.encoder().fit_transform(cases.features, y, weight)
    exact = LogisticRegression(C=of_cases.C, solver="newton-cholesky", tol=1e-12)
    exact.fit(x, y, sample_weight=weight)
    np.testing.assert_allclose(of_blocks.estimator_.coef_, exact.coef_, atol=1e-9)
    np.testing.assert_allclose(of_blocks.estimator_.intercept_, exact.intercept_, atol=1e-9)
    p = of_cases.predict_proba(valid)
    np.testing.assert_allclose(of_blocks.predict_proba(valid), p, atol=0.02)
