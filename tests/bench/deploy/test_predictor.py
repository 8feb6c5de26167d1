import pickle

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.conformance.subject import Subject
from intentbench.bench.deploy.archive import write_archive
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.scorers import Bag, Combined, OneModel
from intentbench.bench.deploy.stored_objects import to_bytes
from intentbench.bench.ensembles.combiners import WeightedMean
from intentbench.bench.errors import DataError, RequestError
from intentbench.bench.events import Events
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import cross_val_score
from sklearn.utils.validation import check_is_fitted

from .conftest import manifest_of


def fitted(name, parts, files=()):
    return Subject(load(Registry("model", files).find(name))).fit(parts)


def test_predictor_is_a_classifier_of_scikit_learn(saved, parts):
    read = Predictor.load(saved)
    features = parts.new.features
    assert is_classifier(read)
    check_is_fitted(read)
    assert read.classes_.tolist() == [0, 1]
    assert list(read.feature_names_in_) == list(features.columns)
    assert read.n_features_in_ == features.shape[1]
    p = read.predict_proba(features)
    assert p.shape == (len(features), 2) and np.allclose(p.sum(axis=1), 1)
    # The file's own threshold decides.
    np.testing.assert_array_equal(read.predict(features), p[:, 1] >= 0.3)
    assert read.score(features, parts.y_new) > 0.7
    assert clone(read) is read
    before = read.predict_proba(features)
    read.fit(features, 1 - parts.y_new)
    np.testing.assert_array_equal(read.predict_proba(features), before)
    assert "Logistic regression" in repr(read)
    copy = pickle.loads(pickle.dumps(read))
    np.testing.assert_array_equal(copy.predict_proba(features), before)


def test_predictor_serves_where_scikit_learn_takes_a_classifier(saved, parts):
    read = Predictor.load(saved)
    features, y = parts.new.features, parts.y_new
    aucs = cross_val_score(read, features, y, scoring="roc_auc", cv=3)
    assert len(aucs) == 3 and min(aucs) > 0.7
    calibrated = CalibratedClassifierCV(read, cv=2).fit(features, y)
    assert calibrated.predict_proba(features).shape == (len(features), 2)


def test_order_of_cases_and_columns_is_free(saved, parts):
    read = Predictor.load(saved)
    features = parts.new.features
    p = read.predict_proba(features)
    order = np.random.default_rng(0).permutation(len(features))
    mixed = features.iloc[order, ::-1].set_index(pd.Index(order * 7))
    np.testing.assert_allclose(read.predict_proba(mixed), p[order], rtol=1e-12)
    assert read.predict_proba(features.iloc[:0]).shape == (0, 2)
    assert read.predict_proba(features.iloc[[3]])[0, 1] == pytest.approx(p[3, 1], rel=1e-12)


def test_wrong_data_are_told(saved, parts):
    read = Predictor.load(saved)
    with pytest.raises(DataError, match="expected a pandas DataFrame .* found ndarray"):
        read.predict_proba(parts.new.features.to_numpy())
    with pytest.raises(DataError, match="the data lacks the column 'pages'"):
        read.predict_proba(parts.new.features.drop(columns="pages"))
    more = parts.new.features.assign(visit=1)
    with pytest.raises(DataError, match="has a column 'visit'"):
        read.predict_proba(more)
    np.testing.assert_array_equal(
        read.predict_proba(more, drop=["visit"]), read.predict_proba(parts.new.features)
    )


def test_model_of_events_reads_them_in_its_own_words(parts, tmp_path):
    model = fitted("markov_chain", parts)
    Predictor(manifest_of(parts, model), OneModel(model)).save(tmp_path / "toy.intent")
    read = Predictor.load(tmp_path / "toy.intent")
    events, nothing = parts.new.events, parts.new.features.iloc[:, :0]
    p = read.predict_proba(nothing, events)
    # The same kinds under other codes, and one that the model never saw.
    backward = tuple(reversed(events.vocabulary["kind"]))
    marks = dict(events.marks) | {"kind": (len(backward) - 1 - events.kind).astype(np.int32)}
    vocabulary = dict(events.vocabulary) | {"kind": (*backward, "refund")}
    other = Events(events.offsets, marks, vocabulary)
    np.testing.assert_array_equal(read.predict_proba(nothing, other), p)
    with pytest.raises(DataError, match="reads the events of each case"):
        read.predict_proba(nothing)
    del marks["price"]
    with pytest.raises(DataError, match="the events lack the mark 'price'"):
        read.predict_proba(nothing, Events(events.offsets, marks, vocabulary))


def test_ensemble_of_bags_comes_back_and_asks_whom_it_needs(parts, tmp_path):
    one = fitted("logistic_regression", parts)
    other = fitted("naive_bayes", parts)
    third = fitted("decision_tree", parts)
    weights = np.array([0.25, 0.0, 0.75])
    bag = Bag((OneModel(one), OneModel(third)))
    scorer = Combined((bag, OneModel(other)), (0, 2), WeightedMean(weights), 3)
    Predictor(manifest_of(parts, one), scorer).save(tmp_path / "toy.intent")
    read = Predictor.load(tmp_path / "toy.intent")
    p_one, p_other, p_third = (m.predict_proba(parts.new)[:, 1] for m in (one, other, third))
    expected = 0.25 * (p_one + p_third) / 2 + 0.75 * p_other
    found = read.predict_proba(parts.new.features)[:, 1]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_model_of_a_plugin_needs_the_very_plugin(parts, plugins, tmp_path):
    from hashlib import sha256

    file = tmp_path / "steady.py"
    file.write_bytes((plugins / "steady.py").read_bytes())
    model = fitted("steady", parts, [file])
    facts = ("steady", type(model).__module__, sha256(file.read_bytes()).hexdigest())
    before = Predictor(manifest_of(parts, model, [facts]), OneModel(model))
    before.save(tmp_path / "toy.intent")
    with pytest.raises(RequestError, match="Give it: --plugin steady.py"):
        Predictor.load(tmp_path / "toy.intent")
    read = Predictor.load(tmp_path / "toy.intent", [file])
    features = parts.new.features
    np.testing.assert_array_equal(read.predict_proba(features), before.predict_proba(features))
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(RequestError, match="is not the plugin that the model was fitted with"):
        Predictor.load(tmp_path / "toy.intent", [file])


def test_file_with_something_else_in_it_is_told(predictor, tmp_path):
    from intentbench.bench.deploy.manifest import to_json

    path, manifest = tmp_path / "toy.intent", to_json(predictor.manifest)
    write_archive(path, {"manifest.json": manifest})
    with pytest.raises(DataError, match="holds manifest.json instead of"):
        Predictor.load(path)
    write_archive(path, {"manifest.json": manifest, "model.skops": to_bytes({"a": 1})})
    with pytest.raises(DataError, match="holds no model, but dict"):
        Predictor.load(path)
    for wrong in (
        b"{}",
        b"[]",
        manifest.replace(b'"columns"', b'"colums"'),
        b"\xff",
        manifest[:-9],
    ):
        write_archive(path, {"manifest.json": wrong, "model.skops": to_bytes({"a": 1})})
        with pytest.raises(DataError, match="toy.intent does not hold what it should"):
            Predictor.load(path)
