"""What each deep model must see, beyond what the conformance suite asks of all models."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.views import show_only
from intentbench.bench.encoding import ColumnTokens
from intentbench.bench.events import Events
from intentbench.models._deep.recipe import Recipe
from intentbench.models.cnn import CNN
from intentbench.models.cnn_rnn_fusion import CNNRNNFusion
from intentbench.models.conv_lstm import ConvLSTM
from intentbench.models.gru import GRU
from intentbench.models.lstm import LSTM
from intentbench.models.mlp import MLP
from sklearn.metrics import roc_auc_score

KINDS = ("view", "search", "cart", "remove")
READERS_OF_EVENTS = [CNN, LSTM, GRU, ConvLSTM, CNNRNNFusion]
READERS_OF_FEATURES = [MLP, CNN, CNNRNNFusion]
ON_MIXED_CASES = pytest.mark.parametrize("model_class", READERS_OF_EVENTS)


def events_of(sequences):
    flat = np.concatenate([np.asarray(s, dtype=np.int32) for s in sequences]).astype(np.int32)
    offsets = np.cumsum([0, *map(len, sequences)]).astype(np.int64)
    marks = {"kind": flat, "gap": np.ones(len(flat), np.float32)}
    return Events(offsets, marks, {"kind": KINDS})


def ordered_sequences(buys, rng):
    """Both a cart and a removal in every case; who comes later decides."""
    sequences = []
    for buy in buys:
        sequence = rng.integers(0, 2, rng.integers(4, 10))
        early, late = np.sort(rng.choice(len(sequence), 2, replace=False))
        sequence[early], sequence[late] = (3, 2) if buy else (2, 3)
        sequences.append(sequence)
    return sequences


def fit_and_score(model, cases, y, n_fit, n_valid):
    shown = show_only(cases, model.views)
    fit, valid = np.arange(n_fit), np.arange(n_fit, n_fit + n_valid)
    new = np.arange(n_fit + n_valid, len(y))
    model.fit(shown.take(fit), y[fit], valid=(shown.take(valid), y[valid]))
    return roc_auc_score(y[new], model.predict_proba(shown.take(new))[:, 1])


@pytest.mark.parametrize("model_class", READERS_OF_EVENTS)
def test_the_order_of_events_is_learnt(model_class):
    rng = np.random.default_rng(3)
    y = (rng.random(1100) < 0.5).astype(np.int8)
    cases = Cases(pd.DataFrame(index=range(len(y))), events_of(ordered_sequences(y, rng)))
    assert fit_and_score(model_class(random_state=1), cases, y, 600, 200) > 0.85


def test_fusion_beats_its_branches_where_each_view_knows_half():
    rng = np.random.default_rng(4)
    n = 2000
    from_events, from_features = rng.random(n) < 0.5, rng.normal(size=n)
    log_odds = 3.0 * (from_events - 0.5) + 1.8 * from_features
    y = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    features = pd.DataFrame({"x": from_features, "noise": rng.normal(size=n)})
    cases = Cases(features, events_of(ordered_sequences(from_events, rng)))
    auc = {
        model_class: fit_and_score(model_class(random_state=1), cases, y, 1000, 300)
        for model_class in (CNNRNNFusion, GRU, MLP)
    }
    assert auc[CNNRNNFusion] > max(auc[GRU], auc[MLP]) + 0.03


@pytest.fixture(scope="module")
def mixed():
    """Fitted models by class, on cases of which some have no events."""
    rng = np.random.default_rng(5)
    y = (rng.random(200) < 0.5).astype(np.int8)
    sequences = ordered_sequences(y, rng)
    sequences[:40] = [np.zeros(0, np.int32)] * 40
    cases = Cases(pd.DataFrame({"x": rng.normal(size=200)}), events_of(sequences))

    @cache
    def fitted(model_class):
        shown = show_only(cases, model_class.views)
        return model_class(random_state=1).fit(shown, y, valid=(shown, y)), shown

    return fitted


@ON_MIXED_CASES
def test_a_case_does_not_depend_on_the_padding_or_length_of_others(model_class, mixed):
    model, cases = mixed(model_class)
    together = model.predict_proba(cases)
    for row in (0, 39, 40, 199):
        alone = model.predict_proba(cases.take(np.array([row])))
        assert alone == pytest.approx(together[row : row + 1], rel=1e-6)
    endless = np.concatenate([np.zeros(500, np.int32), cases.events.take([60]).kind])
    sequences = [cases.events.take([row]).kind for row in range(60)]
    beside = Cases(cases.features.iloc[:61], events_of([*sequences, endless]))
    assert model.predict_proba(beside)[:60] == pytest.approx(together[:60], rel=1e-6)


@ON_MIXED_CASES
def test_cases_without_events_share_one_answer_given_their_features(model_class, mixed):
    model, cases = mixed(model_class)
    same = cases.features.assign(x=0.5) if "x" in cases.features else cases.features
    p = model.predict_proba(Cases(same, cases.events))[:, 1]
    assert np.ptp(p[:40]) < 1e-6
    assert np.ptp(p[40:]) > 1e-3


def test_fusion_without_events_is_as_good_as_its_features():
    rng = np.random.default_rng(6)
    y = (rng.random(900) < 0.4).astype(np.int8)
    cases = Cases(pd.DataFrame({"x": rng.normal(size=900) + 2.0 * y}))
    assert fit_and_score(CNNRNNFusion(random_state=1), cases, y, 500, 150) > 0.85


@pytest.mark.parametrize("model_class", READERS_OF_EVENTS)
def test_the_derived_view_is_enough(model_class):
    rng = np.random.default_rng(7)
    y = (rng.random(900) < 0.4).astype(np.int8)
    features = pd.DataFrame({f"x{j}": rng.normal(size=900) + y * (j < 3) for j in range(6)})
    cases = Cases(features, ColumnTokens().fit(features).transform(features))
    assert fit_and_score(model_class(random_state=1), cases, y, 500, 150) > 0.8


@pytest.mark.parametrize("model_class", READERS_OF_FEATURES)
def test_the_column_that_matters_is_ranked_first(model_class):
    rng = np.random.default_rng(8)
    y = (rng.random(600) < 0.4).astype(np.int8)
    features = pd.DataFrame({f"noise {j}": rng.normal(size=600) for j in range(4)})
    features["spent"] = rng.normal(size=600) + 2.0 * y
    model = model_class(random_state=1)
    fit_and_score(model, Cases(features), y, 300, 150)
    importances = model.explain()[0]
    assert importances.rows[0][0] == "spent"
    assert importances.rows[0][1] > 0.05


@ON_MIXED_CASES
def test_every_model_shows_its_training_and_those_of_features_rank_them(model_class, mixed):
    model, _ = mixed(model_class)
    *ranked, curves = model.explain()
    assert [said.kind for said in ranked] == ["importances"] * ("features" in model_class.views)
    assert curves.kind == "curves"
    assert [row[2] for row in curves.rows] == [entry["valid_loss"] for entry in model.history_]


@pytest.mark.parametrize(("n_shops", "ranked"), [(28, "shop"), (60, "shop: log odds of its value")])
def test_a_category_is_ranked_by_all_that_is_made_of_its_code_or_by_its_rates(n_shops, ranked):
    rng = np.random.default_rng(9)
    shop = rng.integers(0, n_shops, 1200)
    # Its code is read as one-hot components and as an embedding; many values are rated, too.
    y = (rng.random(1200) < np.where(shop % 2, 0.9, 0.1)).astype(np.int8)
    features = pd.DataFrame({"noise": rng.normal(size=1200)})
    features["shop"] = pd.Series([f"shop {number}" for number in shop], dtype="category")
    model = CNNRNNFusion(branches=("features",), random_state=1)
    assert fit_and_score(model, Cases(features), y, 800, 200) > 0.85
    importances = model.explain()[0]
    assert importances.rows[0][0] == ranked


def test_branches_left_out_read_nothing():
    class Short(CNNRNNFusion):
        recipe = Recipe(rounds=2, least_steps=5)

    rng = np.random.default_rng(10)
    y = (rng.random(120) < 0.5).astype(np.int8)
    cases = Cases(pd.DataFrame({"x": rng.normal(size=120)}), events_of(ordered_sequences(y, rng)))
    other_events = Cases(cases.features, cases.events.take(rng.permutation(120)))
    other_features = Cases(cases.features[::-1].reset_index(drop=True), cases.events)
    for branches, ignored in (
        (("features",), other_events),
        (("convolution", "recurrent"), other_features),
        (("convolution",), other_features),
        (("recurrent",), other_features),
    ):
        model = Short(branches=branches, random_state=1).fit(cases, y, valid=(cases, y))
        told = model.predict_proba(cases)
        assert np.ptp(told[:, 1]) > 1e-3
        assert np.array_equal(model.predict_proba(ignored), told)


def unkind_cases(rng, n, n_categories):
    """One kind of event, a sequence of 10,000 events, empty ones, a column without a value."""
    lengths = np.where(np.arange(n) % 3 == 0, 0, 5)
    lengths[1] = 10_000
    features = pd.DataFrame({"missing": np.full(n, np.nan), "constant": np.ones(n)})
    codes = np.arange(n) % n_categories
    features["category"] = pd.Series([f"value {code}" for code in codes], dtype="category")
    sequences = [np.zeros(length, np.int32) for length in lengths]
    return Cases(features, events_of(sequences))


@pytest.mark.parametrize("model_class", [MLP, *READERS_OF_EVENTS])
def test_unkind_cases_get_an_answer_near_the_base_rate(model_class):
    rng = np.random.default_rng(11)
    cases = show_only(unkind_cases(rng, 300, 250), model_class.views)
    y = (rng.random(300) < 0.3).astype(np.int8)
    no_buyer = np.flatnonzero(y == 0)[:30]
    model = model_class(random_state=1)
    model.fit(cases, y, valid=(cases.take(no_buyer), y[no_buyer]))
    p = model.predict_proba(cases)[:, 1]
    assert np.isfinite(p).all()
    assert 0.0 <= p.min() and p.max() < 0.9


@pytest.mark.parametrize("model_class", READERS_OF_FEATURES)
def test_five_thousand_categories_do_not_blow_a_network_up(model_class):
    class Short(model_class):
        recipe = Recipe(rounds=1, most_steps=5)

    rng = np.random.default_rng(12)
    n = 12_000
    features = pd.DataFrame({"item": [f"item {code}" for code in rng.integers(0, 5_000, n)]})
    cases = Cases(features.astype("string"))
    y = (rng.random(n) < 0.3).astype(np.int8)
    model = Short(random_state=1).fit(cases, y, valid=(cases, y))
    assert sum(weight.size for weight in model.weights_) < 60_000
    assert np.isfinite(model.predict_proba(cases)).all()
