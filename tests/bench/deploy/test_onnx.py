"""A graph of ONNX says what its model says, on any row; or it is not written, and why is told."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.columns import Columns
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.scorers import Bag, Combined, OneModel, Recalibrated
from intentbench.bench.ensembles.combiners import Mean, MeanRank, StackedOdds, WeightedMean
from intentbench.bench.errors import RequestError
from intentbench.bench.export import onnx_scorers
from intentbench.bench.export.onnx import export_onnx
from intentbench.bench.export.onnx_proof import LARGEST_DIFFERENCE, inputs_of
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry

onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")

SMALL = {
    "logistic_regression": {}, "linear_svm": {}, "decision_tree": {},
    "random_forest": {"n_trees": 9}, "extra_trees": {"n_trees": 9}, "xgboost": {"max_trees": 12},
    "lightgbm": {"max_trees": 12}, "hist_gradient_boosting": {"max_trees": 12},
}  # fmt: skip


def make(name, **words):
    return load(Registry("model").find(name))(**words)


@pytest.fixture(scope="module")
def fitted(untidy):
    """Each model that has a form in ONNX, fitted on untidy cases."""
    valid = (untidy.valid, untidy.y_valid)
    return {
        name: make(name, **words).fit(untidy.fit, untidy.y_fit, valid=valid)
        for name, words in SMALL.items()
    }


@pytest.fixture
def export(untidy, predictor, tmp_path):
    """Exports a scorer, and gives a function that asks the graph."""

    def made(scorer):
        columns = Columns.of(untidy.fit.features).columns
        made_of = Predictor(replace(predictor.manifest, columns=columns), scorer)
        (tmp_path / "toy.intent").write_bytes(b"as it was")
        place = tmp_path / "toy.onnx"
        features = untidy.valid.features
        proof = export_onnx(made_of, tmp_path / "toy.intent", place, [features])
        assert proof.n_cases == len(features) and proof.n_odd > len(features)
        assert proof.largest_difference <= LARGEST_DIFFERENCE
        session = onnxruntime.InferenceSession(str(place))

        def ask(features):
            inputs = inputs_of(features, columns)
            p, decision = session.run(["probability", "decision"], inputs)
            return p[:, 0], decision[:, 0]

        return made_of, ask, session

    return made


@pytest.mark.parametrize("name", SMALL)
def test_graph_is_the_model_on_missing_unseen_and_wild_values(name, fitted, untidy, export):
    predictor, ask, session = export(OneModel(fitted[name]))
    features = untidy.fit.features
    wild = features.assign(item="never seen", pages=1e30)
    empty = features.assign(item=pd.Series([None] * len(features), dtype="str"))
    for asked in (features, wild, empty, features[:1]):
        p, decision = ask(asked.reset_index(drop=True))
        expected = predictor.predict_proba(asked.reset_index(drop=True))[:, 1]
        assert np.abs(p - expected).max() <= LARGEST_DIFFERENCE
        np.testing.assert_array_equal(decision, p >= predictor.manifest.threshold.threshold)
    names = {given.name for given in session.get_inputs()}
    assert names == set(predictor.columns.names)
    about = session.get_modelmeta().custom_metadata_map
    assert about["threshold"] == "0.3" and len(about["made_of_sha256"]) == 64


def test_bags_and_ensembles_of_such_models_have_graphs(fitted, untidy, export):
    three = [OneModel(fitted[n]) for n in ("logistic_regression", "decision_tree", "lightgbm")]
    weights, slopes = np.array([0.2, 0.0, 0.5, 0.3]), np.array([0.4, 0.1, 0.3, 0.2])
    for scorer in (
        Bag(tuple(three)),
        Combined(tuple(three), (0, 1, 2), Mean(), 3),
        Combined(tuple(three), (0, 2, 3), WeightedMean(weights), 4),
        Combined(tuple(three), (0, 2, 3), StackedOdds(-0.2, slopes, 1e-3), 4),
    ):
        predictor, ask, _ = export(scorer)
        expected = predictor.predict_proba(untidy.fit.features)[:, 1]
        assert np.abs(ask(untidy.fit.features)[0] - expected).max() <= LARGEST_DIFFERENCE


def test_a_graph_that_is_another_model_is_refused_with_the_figure(fitted, export, monkeypatch):
    model = fitted["logistic_regression"]

    def other(graph, model):
        slopes = 1.01 * model.estimator_.coef_[0]
        return onnx_scorers._linear(
            graph, onnx_scorers.encoded(graph, model.encoder_), slopes, model.estimator_.intercept_
        )

    monkeypatch.setitem(onnx_scorers._KNOWN, "LogisticRegression", other)
    with pytest.raises(RequestError, match=r"further apart than 1e-05, by up to 0\.0"):
        export(OneModel(model))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda one: Recalibrated(one, Mean()), "what was fitted .Recalibrated"),
        (
            lambda one: Combined((one,), (0,), MeanRank(np.zeros((1, 1))), 1),
            "rule of this ensemble",
        ),
        (lambda one: OneModel(one.model, tokens=object()), "reads events"),
        (lambda one: OneModel(make("naive_bayes")), "no form in ONNX is known for Naive"),
    ],
)
def test_what_has_no_graph_is_refused_with_the_reason(wrong, said, fitted, export, tmp_path):
    model = fitted["decision_tree"]
    with pytest.raises(RequestError, match=said):
        export(wrong(OneModel(model)))
    assert not (tmp_path / "toy.onnx").exists()
