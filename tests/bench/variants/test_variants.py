import pickle

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.cell import parameters_of
from intentbench.bench.conformance.model_checks import ADVICE, CHECKS, run_check
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.errors import ModelError, RequestError
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.search.configurations import drawn
from intentbench.bench.search.space import read_space
from intentbench.bench.variants import boruta, model_based
from intentbench.bench.variants.named import VARIANTS, class_of, find_model, sources, varied
from intentbench.bench.variants.rebalanced import with_odds
from intentbench.bench.variants.selected import Selected

MODELS = Registry("model")
TREE = load(MODELS.find("decision_tree"))
LINEAR = load(MODELS.find("logistic_regression"))
BALANCING = ("weighted", "undersampled", "smote")
SELECTING = tuple(word for word, variant in VARIANTS.items() if issubclass(variant, Selected))


def needs(word):
    for library in VARIANTS[word].needs:
        pytest.importorskip(library, reason="the extra 'imbalance' is not installed")


@pytest.fixture(scope="module")
def visits():
    """Two thousand visits, one in ten of which buys: two columns tell of it, fifty are noise."""
    return drawn_visits(2000, 50, 0)


def drawn_visits(n, n_noise, seed):
    rng = np.random.default_rng(seed)
    pages, kind = rng.normal(size=n), rng.choice(["new", "old"], n)
    odds = 1.2 * pages + 1.5 * (kind == "old") - 3.6
    noise = {f"noise_{j}": rng.normal(size=n) for j in range(n_noise)}
    features = pd.DataFrame({"pages": pages, "kind": kind, **noise})
    return Cases(features), (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int8)


def fitted(word, cases, y, model=LINEAR):
    needs(word)
    return varied(model(), [word]).set_params(random_state=1).fit(cases, y, valid=(cases, y))


@pytest.fixture
def small_forests(monkeypatch):
    """Forests of ten trees: what is asked here does not hang on their number."""
    for module in (boruta, model_based):
        monkeypatch.setattr(module, "_TREES", 10)


# A GAN takes a second a fit, and of so few cases its rows alone teach less than a check asks for.
# Variants of models of events have a test of their own.
UNASKED = ("gan", "gan_alone", "cropped", "masked", "jittered")


@pytest.mark.parametrize("word", [word for word in VARIANTS if word not in UNASKED])
def test_every_variant_of_a_model_keeps_the_models_contract(word, small_forests):
    needs(word)
    variant = class_of(TREE, (word,))
    for check in (*CHECKS, *ADVICE):
        run_check(variant, check.__name__)


def test_variants_are_named_behind_a_plus_and_done_in_that_order():
    plugin, described = find_model(MODELS, "xgboost+boruta+smote")
    assert (plugin.name, plugin.steps) == ("xgboost+boruta+smote", ("boruta", "smote"))
    assert plugin.path == MODELS.find("xgboost").path
    assert described.title == "XGBoost, by Boruta, SMOTE" and described.family == "tree"
    assert set(described.requires) == {"xgboost", "imblearn"}
    outer = varied(TREE(), plugin.steps)
    assert (outer.word, outer.model.word) == ("boruta", "smote")
    assert isinstance(outer.model.model, TREE) and outer.title == "Decision tree, SMOTE, by Boruta"


def test_its_parameters_are_its_models_and_can_be_searched():
    _, described = find_model(MODELS, "decision_tree+smote")
    space = read_space("it", described.space)
    assert {one.name for one in space} >= {"model__max_depth"}
    model = varied(TREE(), ["smote"]).set_params(**drawn(space, 3)[2])
    assert parameters_of(model)["model__max_depth"] != TREE().max_depth
    assert "model" not in parameters_of(model)


@pytest.mark.parametrize(
    "name, words",
    [
        ("xgboost+smot", "unknown variant 'smot'.*Did you mean 'smote'"),
        ("xgbost+smote", "unknown model 'xgbost'"),
        ("xgboost+tuned", "comes with --search"),
        ("xgboost+smote+smote", "twice"),
    ],
)
def test_what_is_no_variant_is_told(name, words):
    with pytest.raises(RequestError, match=words):
        find_model(MODELS, name)


def test_sources_of_variants_decide_cells():
    (one,) = sources(("smote",))
    assert one.__name__.endswith("variants.smote") and sources(()) == ()


@pytest.mark.parametrize("word", BALANCING)
def test_probabilities_mean_what_they_say_after_balancing(word):
    cases, y = drawn_visits(6000, 0, 2)
    p = fitted(word, cases, y).predict_proba(cases)[:, 1]
    plain = LINEAR().fit(cases, y, valid=(cases, y)).predict_proba(cases)[:, 1]
    assert p.mean() == pytest.approx(y.mean(), rel=0.12)
    assert np.corrcoef(p, plain)[0, 1] > 0.99


def test_odds_are_multiplied():
    assert with_odds(np.array([0.0, 0.5, 1.0]), 0.25) == pytest.approx([0.0, 0.2, 1.0])


@pytest.mark.parametrize("word", ["undersampled", "smote"])
def test_both_outcomes_are_as_many_and_watched_cases_too(word, visits):
    seen = {}

    class Spy(TREE):
        def fit(self, cases, y, *, valid):
            seen.update(y=y, watched=valid[1], cases=cases)
            return super().fit(cases, y, valid=valid)

    fitted(word, *visits, model=Spy)
    n_positive = int(visits[1].sum())
    for outcomes in (seen["y"], seen["watched"]):
        assert outcomes.mean() == pytest.approx(0.5, abs=0.01)
    assert len(seen["y"]) == 2 * (n_positive if word == "undersampled" else 2000 - n_positive)
    assert list(seen["cases"].features) == list(visits[0].features)


def test_made_up_cases_lie_between_real_ones_of_the_rarer_outcome(visits):
    needs("smote")
    cases, y = visits
    smote = varied(TREE(), ["smote"])
    balanced, outcomes = smote.balanced(cases, y, np.random.default_rng(0))
    made = balanced.features[len(y) :]
    rare = cases.features[y == 1]
    assert (outcomes[len(y) :] == 1).all() and (outcomes[: len(y)] == y).all()
    assert made["pages"].between(rare["pages"].min(), rare["pages"].max()).all()
    assert set(made["kind"]) <= set(rare["kind"])
    pd.testing.assert_frame_equal(balanced.features[: len(y)], cases.features, check_dtype=False)


def test_missing_values_and_columns_of_one_kind_are_no_hindrance():
    needs("smote")
    cases, y = drawn_visits(300, 1, 4)
    holes = cases.features.assign(pages=cases.features["pages"].where(np.arange(300) % 3 > 0))
    holes["kind"] = holes["kind"].where(np.arange(300) % 4 > 0)
    for columns in (list(holes), ["kind"], ["pages"]):
        some = Cases(holes[columns])
        p = fitted("smote", some, y, model=TREE).predict_proba(some)
        assert np.isfinite(p).all()


def test_what_a_model_cannot_do_is_said():
    parts = make_parts(1, n_fit=120, n_valid=40)
    chain = load(MODELS.find("markov_chain"))
    needs("smote")
    with pytest.raises(ModelError, match="reads events.*undersampled"):
        varied(chain(), ["smote"]).fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))

    class NoWeights(TREE):
        uses_weights = False

    with pytest.raises(ModelError, match="uses no weights"):
        varied(NoWeights(), ["weighted"]).fit(
            parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid)
        )


@pytest.mark.parametrize("word", SELECTING)
def test_planted_noise_is_dropped_and_what_tells_is_kept(word):
    kept, n_noise = [], 0
    for seed in range(3):
        cases, y = drawn_visits(1000, 20, 10 + seed)
        columns = fitted(word, cases, y).columns_
        assert {"pages", "kind"} <= set(columns)
        kept += [name for name in columns if name.startswith("noise")]
        n_noise += 20
    assert len(kept) <= 0.05 * n_noise


@pytest.mark.parametrize("word", SELECTING)
def test_nothing_but_noise_leaves_a_model_of_something(word):
    rng = np.random.default_rng(1)
    cases = Cases(pd.DataFrame({f"noise_{j}": rng.normal(size=400) for j in range(5)}))
    y = (rng.random(400) < 0.3).astype(np.int8)
    model = fitted(word, cases, y)
    assert len(model.columns_) >= 1
    assert np.isfinite(model.predict_proba(cases)).all()


@pytest.mark.parametrize("word", SELECTING)
def test_a_selection_is_told_and_survives_pickling(word, visits, small_forests):
    model = fitted(word, *visits)
    kept, *learnt = model.explain()
    assert kept.kind == "table" and {row[0] for row in kept.rows} == set(model.columns_)
    assert learnt and "of 52" in kept.reading
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(visits[0]), model.predict_proba(visits[0]))
