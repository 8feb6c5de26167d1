import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.errors import ModelError
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.variants.copula import Copula
from intentbench.bench.variants.gan import Gan
from intentbench.bench.variants.named import varied
from intentbench.bench.variants.nearest_rows import nearest_rows

MODELS = Registry("model")
TREE = load(MODELS.find("decision_tree"))
N = 400


@pytest.fixture(scope="module")
def visits():
    """Visits of columns of all kinds; two numbers rise and fall together, one tells who buys."""
    rng = np.random.default_rng(0)
    pages = rng.normal(size=N)
    features = pd.DataFrame(
        {
            "pages": pages,
            "minutes": np.exp(0.9 * pages + 0.4 * rng.normal(size=N)),
            "orders": rng.poisson(2.0, N),
            "age": pd.array(rng.integers(18, 80, N), dtype="Int64"),
            "hours": np.where(rng.random(N) < 0.3, np.nan, rng.exponential(5, N)),
            "kind": rng.choice(["new", "old", "lost"], N, p=[0.6, 0.3, 0.1]),
            "size": pd.Categorical(rng.choice(["s", "m"], N), ["s", "m", "xl"], ordered=True),
            "is_mobile": rng.random(N) < 0.2,
            "same": 1.0,
        }
    )
    features.loc[:20, "kind"] = None
    features.loc[50:90, "age"] = pd.NA
    return Cases(features), (pages + 0.5 * rng.normal(size=N) > 0.8).astype(np.int8)


@pytest.fixture(scope="module", params=[Copula, Gan], ids=["copula", "gan"])
def made(request, visits):
    """What each generator makes up, twice of the same seed and once of another."""
    if request.param is Gan:
        pytest.importorskip("keras")
    generator = request.param(TREE())
    return [
        generator.made(visits[0].features, visits[1], np.random.default_rng(seed))
        for seed in (1, 1, 2)
    ]


def test_made_up_rows_are_of_the_tables_kinds(made, visits):
    features, y = visits[0].features, visits[1]
    rows, outcomes = made[0]
    assert np.bincount(outcomes).tolist() == np.bincount(y).tolist()
    assert rows[list(features)].dtypes.equals(features.dtypes)
    Cases(rows)  # refuses what no model can read
    assert set(rows["orders"]) <= set(features["orders"])
    assert set(rows["age"].dropna()) <= set(features["age"].dropna())
    assert set(rows["kind"].dropna()) <= {"new", "old", "lost"}
    assert (rows["same"] == 1.0).all()
    assert rows["minutes"].between(features["minutes"].min(), features["minutes"].max()).all()


def test_the_same_seed_makes_the_same_rows_up(made):
    (first, _), (again, _), (other, _) = made
    pd.testing.assert_frame_equal(first, again)
    assert not first["pages"].equals(other["pages"])


def test_made_up_rows_are_like_the_real_ones(made, visits):
    features, y = visits[0].features, visits[1]
    rows, outcomes = made[0]
    assert 0.05 < rows["hours"].isna().mean() < 0.55
    assert 0.05 < rows["is_mobile"].mean() < 0.4
    assert rows["pages"].corr(rows["minutes"], method="spearman") > 0.6
    apart = features["pages"][y == 1].mean() - features["pages"][y == 0].mean()
    found = rows["pages"][outcomes == 1].mean() - rows["pages"][outcomes == 0].mean()
    assert found == pytest.approx(apart, rel=0.35)
    # Neither copies nor strangers.
    (distance, of_real), (_, _), (copies, _) = nearest_rows(
        features[:200], rows, features[200:], np.random.default_rng(0)
    )
    assert 0.5 * of_real < distance < 2.0 * of_real and copies == 0.0


@pytest.mark.parametrize("word, n_shown", [("copula", 2 * N), ("copula_alone", N)])
def test_made_up_rows_stand_beside_real_ones_or_alone(word, n_shown, visits):
    seen = {}

    class Spy(TREE):
        def fit(self, cases, y, *, valid):
            seen.update(rows=cases.features, y=y, valid=valid[0])
            return super().fit(cases, y, valid=valid)

    cases, y = visits
    valid = cases.take(np.arange(50)), y[:50]
    model = varied(Spy(), [word]).set_params(random_state=1).fit(cases, y, valid=valid)
    real = cases.features["pages"].isin(seen["rows"]["pages"])
    assert len(seen["rows"]) == len(seen["y"]) == n_shown
    # The lowest and the highest value can come again.
    assert real.all() if word == "copula" else real.mean() < 0.03
    assert list(seen["rows"]) == list(cases.features) and seen["valid"] is valid[0]
    told, *_ = model.explain()
    assert told.title == "the synthetic rows" and len(told.rows) == 3


def test_nothing_is_learnt_from_valid_cases(visits):
    cases, y = visits
    p = []
    for shift in (0.0, 5.0):
        features = cases.features.assign(pages=cases.features["pages"] + shift)
        model = varied(TREE(), ["copula_alone"]).set_params(random_state=1)
        p.append(model.fit(cases, y, valid=(Cases(features), 1 - y)).predict_proba(cases))
    assert np.array_equal(*p)


def test_a_single_case_of_an_outcome_is_enough(visits):
    features = visits[0].features[:30]
    y = (np.arange(30) == 7).astype(np.int8)
    rows, outcomes = Copula(TREE()).made(features, y, np.random.default_rng(0))
    (one,) = np.flatnonzero(outcomes)
    assert rows["pages"][one] == pytest.approx(features["pages"][7])


def test_copies_are_found(visits):
    features = visits[0].features
    rng = np.random.default_rng(0)
    found = nearest_rows(features[:200], features[:200], features[200:], rng)
    assert found[0, 0] == 0.0 and found[1].tolist() == [1.0, 0.05] and found[2, 0] == 1.0


def test_models_of_events_are_told(visits):
    parts = make_parts(1, n_fit=60, n_valid=20)
    chain = varied(load(MODELS.find("markov_chain"))(), ["copula"])
    with pytest.raises(ModelError, match=r"\+copula is for models of features"):
        chain.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))
