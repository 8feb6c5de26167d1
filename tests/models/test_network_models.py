import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models.aode import AODE
from intentbench.models.categorical_nb import CategoricalNB
from intentbench.models.chow_liu_multinet import ChowLiuMultinet
from intentbench.models.hill_climbed_net import HillClimbedNet
from intentbench.models.k_dependence import KDependence
from intentbench.models.tan import TAN

ALL = [AODE, CategoricalNB, ChowLiuMultinet, HillClimbedNet, KDependence, TAN]
every_model = pytest.mark.parametrize("model_class", ALL)


def fitted(model, features, y, valid=None):
    cases = Cases(features)
    return model.fit(cases, y, valid=valid or (cases, y))


def p_of(model, features):
    p = model.predict_proba(Cases(features))[:, 1]
    assert np.isfinite(p).all() and ((p >= 0) & (p <= 1)).all()
    return p


@every_model
def test_noise_alone_gives_the_base_rate(model_class):
    rng = np.random.default_rng(3)
    # Categories: cuts of a number are chosen by the outcome and find a little in any noise.
    features = pd.DataFrame({name: rng.choice(["x", "y", "z"], 500) for name in ("a", "b")})
    y = (np.arange(500) % 5 == 0).astype(np.int8)
    p = p_of(fitted(model_class(), features, y), features)
    np.testing.assert_allclose(p, 0.2, atol=0.02)


@every_model
def test_a_value_that_was_never_missing_is_summed_over(model_class):
    parts = make_parts(0)
    model = fitted(model_class(), parts.fit.features, parts.y_fit)
    gone = parts.new.features.copy()
    gone["channel"] = pd.Series([None] * len(gone), dtype="category")
    p, known = p_of(model, gone), p_of(model, parts.new.features)
    # Between what the best and the worst channel would have made of it.
    choices = [
        p_of(model, gone.assign(channel=pd.Series([value] * len(gone), dtype="category")))
        for value in ("mail", "ad", "other")
    ]
    assert (p >= np.min(choices, axis=0) - 1e-9).all()
    assert (p <= np.max(choices, axis=0) + 1e-9).all()
    assert np.abs(p - known).max() > 0.05
    nothing = gone.astype({"weekend": "boolean"}).mask(np.ones(gone.shape, bool)).iloc[:4]
    assert np.ptp(p_of(model, nothing)) < 1e-12


@every_model
def test_a_missing_value_that_fit_cases_lack_too_may_tell(model_class):
    rng = np.random.default_rng(0)
    y = (rng.random(900) < 0.4).astype(np.int8)
    told = pd.Series(rng.choice(["a", "b"], 900)).mask(rng.random(900) < np.where(y, 0.8, 0.1))
    features = pd.DataFrame({"told": told, "other": rng.normal(size=900) + y})
    p = p_of(fitted(model_class(), features, y), features)
    assert p[told.isna()].mean() > 0.6 > 0.3 > p[told.notna()].mean()


@every_model
def test_the_prior_is_the_one_that_valid_cases_like_best(model_class):
    parts = make_parts(1)
    valid = parts.valid, parts.y_valid
    candidates = (0.1, 30.0, 1e6)

    def loss(model):
        p = np.clip(model.predict_proba(valid[0])[:, 1], 1e-15, 1 - 1e-15)
        return -np.log(np.where(valid[1] == 1, p, 1 - p)).mean()

    several = fitted(model_class(equivalent_cases=candidates), parts.fit.features, parts.y_fit,
                     valid)  # fmt: skip
    single = [
        loss(fitted(model_class(equivalent_cases=(one,)), parts.fit.features, parts.y_fit, valid))
        for one in candidates
    ]
    assert "random_state" in several.get_params() or loss(several) == min(single)
    assert several.equivalent_cases_ in candidates[:2]


@every_model
def test_too_few_valid_cases_choose_nothing(model_class):
    parts = make_parts(1)
    no = np.flatnonzero(parts.y_valid == 0)
    valid = parts.valid.take(no), parts.y_valid[no]
    model = fitted(model_class(), parts.fit.features, parts.y_fit, valid)
    assert model.equivalent_cases_ == 50.0


@every_model
def test_bad_columns_are_answered(model_class):
    rng = np.random.default_rng(0)
    y = (rng.random(400) < 0.3).astype(np.int8)
    features = pd.DataFrame(
        {
            "customer": [f"customer {i}" for i in rng.integers(0, 5000, 400)],
            "missing": np.full(400, np.nan),
            "nothing": pd.Series([None] * 400, dtype="string"),
            "constant": 7.0,
            "same as outcome": y,
            "constant in a bin": np.where(y == 1, 0.0, rng.normal(size=400)),
            "huge": rng.choice([1.7e308, -1.7e308, 1.0], 400),
        }
    )
    model = fitted(model_class(), features, y)
    p = p_of(model, features)
    assert p[y == 1].min() > p[y == 0].max()
    for name in features.columns:
        p_of(fitted(model_class(), features[[name]], y), features[[name]])
    p = p_of(fitted(model_class(), features[[]], y), features[[]])
    np.testing.assert_allclose(p, y.mean(), atol=0.01)


@pytest.mark.parametrize("model_class", [AODE, CategoricalNB, ChowLiuMultinet, KDependence, TAN])
def test_wide_tables_are_cut_down_to_the_columns_that_tell(model_class):
    rng = np.random.default_rng(0)
    y = (rng.random(400) < 0.3).astype(np.int8)
    x = rng.normal(size=(400, 60)) + y[:, None]
    features = pd.DataFrame(x, columns=[f"x{j}" for j in range(60)])
    model = fitted(model_class(), features, y)
    p = p_of(model, features)
    assert p[y == 1].mean() > p[y == 0].mean() + 0.3
    if model_class is not CategoricalNB:
        others = {node for net in model.networks_ for family in net.linked
                  for node in family.others}  # fmt: skip
        assert len(others) <= 20


def test_weights_of_a_repeated_column_add_up_to_one_column():
    rng = np.random.default_rng(2)
    y = (rng.random(2000) < 0.4).astype(np.int8)
    one = pd.DataFrame({"a": np.where(rng.random(2000) < 0.7, y, 1 - y)}).astype("string")
    five = pd.concat([one.rename(columns={"a": name}) for name in "abcde"], axis=1)
    models = [fitted(CategoricalNB(), features, y) for features in (one, five)]
    log_odds = [
        model._log_odds(Cases(features))
        for model, features in zip(models, (one, five), strict=True)
    ]
    textbook = fitted(CategoricalNB(weight_penalty=None), five, y)._log_odds(Cases(five))
    ranges = [np.ptp(values) for values in (*log_odds, textbook)]
    assert ranges[0] == pytest.approx(ranges[1], rel=0.15)
    assert ranges[2] > 4 * ranges[0]


def test_one_dependence_estimators_are_one_for_each_column():
    parts = make_parts(0)
    model = fitted(AODE(weight_penalty=None), parts.fit.features, parts.y_fit)
    shared = [
        set.intersection(*(set(f.others) for f in net.linked if f.others))
        for net in model.networks_
    ]
    inside = {node for net in model.networks_ for family in net.linked for node in family.others}
    assert len(inside) >= 3
    assert sorted(node for nodes in shared for node in nodes) == sorted(inside)


def test_k_bounds_the_columns_that_a_column_leans_on():
    parts = make_parts(0)
    for k in (0, 1, 2):
        model = fitted(KDependence(k=k), parts.fit.features, parts.y_fit)
        most = max(len(family.others) for family in model.networks_[0].linked)
        assert most == k + 1


def test_hill_climbing_pools_different_networks_and_repeats_with_its_seed():
    parts = make_parts(0)
    p = {}
    for seed in (1, 1, 2):
        model = HillClimbedNet(n_networks=4, random_state=seed)
        p.setdefault(seed, []).append(
            p_of(fitted(model, parts.fit.features, parts.y_fit), parts.new.features)
        )
    np.testing.assert_array_equal(*p[1])
    assert not np.array_equal(p[1][0], p[2][0])
    blankets = {net.linked[-1].others for net in model.networks_}
    assert 1 < len(blankets) <= len(model.networks_) <= 4
    assert fitted(HillClimbedNet(n_networks=1), parts.fit.features, parts.y_fit).networks_[0]


@every_model
def test_explanation_names_the_target_even_beside_a_column_of_that_name(model_class):
    parts = make_parts(0)
    features = parts.fit.features.rename(columns={"pages": "target"})
    network, table = fitted(model_class(), features, parts.y_fit).explain()
    assert (network.kind, table.kind) == ("network", "table")
    ends = {end for row in network.rows for end in row[:2]}
    assert {"target", "target (column)"} <= ends
    assert all(np.isfinite(row[2]) and row[2] >= 0 for row in network.rows)
    assert "target (column)" in network.reading and len(network.rows) <= 40


@every_model
def test_the_strongest_table_lines_are_true(model_class):
    parts = make_parts(0)
    features = parts.fit.features.astype({"channel": "string"})
    _, table = fitted(model_class(), features, parts.y_fit).explain()
    assert 3 <= len(table.rows) <= 20
    lines = [row for row in table.rows if row[0].startswith("channel = ")]
    alone = [row for row in lines if row[1] == ""]
    for value, _, if_no, if_yes, log_odds, n in alone:
        is_value = (features["channel"] == value.removeprefix("channel = ")).to_numpy()
        assert n == is_value.sum()
        assert if_no == pytest.approx(is_value[parts.y_fit == 0].mean(), abs=0.08)
        assert if_yes == pytest.approx(is_value[parts.y_fit == 1].mean(), abs=0.08)
        assert log_odds == pytest.approx(np.log(if_yes / if_no))
    of_target = [row for row in table.rows if row[0] == "target = yes"]
    for _, given, if_no, if_yes, log_odds, _ in of_target:
        assert " = " in given and if_no + if_yes == pytest.approx(1)
        assert log_odds == pytest.approx(np.log(if_yes / if_no))
    assert alone or of_target or lines


def test_of_too_many_edges_those_of_the_target_are_shown():
    rng = np.random.default_rng(0)
    y = (rng.random(3000) < 0.4).astype(np.int8)
    # The columns hang together far more closely than with the target.
    x = 0.5 * rng.normal(size=(3000, 20)) + rng.normal(size=(3000, 1)) + 0.3 * y[:, None]
    features = pd.DataFrame(x, columns=[f"x{j}" for j in range(20)])
    network, _ = fitted(KDependence(k=3), features, y).explain()
    assert len(network.rows) == 40
    assert sum("target" in row[:2] for row in network.rows) == 20
    assert "40 of" in network.reading and "and 10 more" in network.reading
