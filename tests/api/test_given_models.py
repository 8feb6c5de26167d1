"""Models given from Python: names, groups, classes, and classifiers of scikit-learn."""

import numpy as np
import pytest
from intentbench.api.given_models import GROUPS, named_models
from intentbench.bench.conformance.model_checks import CHECKS, run_check
from intentbench.bench.errors import RequestError
from intentbench.bench.model import Model
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.models.tan import TAN
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

REGISTRY = Registry("model")


def named(models, folder):
    return named_models(models, REGISTRY, folder)


@pytest.mark.parametrize("group", GROUPS)
def test_groups_name_models_that_there_are(group, tmp_path):
    names, files = named(group, tmp_path)
    assert set(names) <= set(REGISTRY.names())
    assert names
    assert not files


def test_groups_hold_their_families(tmp_path):
    names, _ = named("bayesian", tmp_path)
    families = {outline(REGISTRY.find(name)).family for name in names}
    assert families == {"bayesian", "sequence"}
    described = {name: outline(REGISTRY.find(name)) for name in REGISTRY.names()}
    alone = {name for name, of in described.items() if of.when_named or of.stated}
    assert {"private_tan", "kmeans_rates"} <= alone  # they take part where they are named
    assert set(named("all", tmp_path)[0]) == set(REGISTRY.names()) - alone


def test_a_model_is_named_once(tmp_path):
    assert named(["xgboost", "tan", "xgboost"], tmp_path)[0] == ["xgboost", "tan"]


def test_a_class_is_the_file_it_stands_in(tmp_path):
    names, files = named(TAN, tmp_path)
    assert names == ["tan"]
    assert files[0].name == "tan.py"


def classifiers():
    numbers = make_column_selector(dtype_include="number")
    names = make_column_selector(dtype_exclude="number")
    columns = make_column_transformer(
        ("passthrough", numbers), (OneHotEncoder(handle_unknown="ignore"), names)
    )
    trees = ExtraTreesClassifier(10, min_samples_leaf=5)
    yield "classifier", trees
    yield "pipeline", make_pipeline(columns, trees)


@pytest.mark.parametrize(("kind", "estimator"), list(classifiers()))
def test_a_classifier_becomes_a_model_that_keeps_the_contract(kind, estimator, tmp_path):
    names, files = named({kind: estimator}, tmp_path)
    model = load(Registry("model", files).find(kind))
    assert names == [kind]
    # Missing numbers and unseen kinds of columns are the pipeline's own affair.
    asked = (
        CHECKS if kind == "classifier" else [check for check in CHECKS if "proba" in check.__name__]
    )
    for check in asked:
        run_check(model, check.__name__)


def test_wrapping_sets_what_makes_it_random(tmp_path):
    estimator = ExtraTreesClassifier(3)
    _, (first,) = named(estimator, tmp_path)
    text = first.read_text()
    named(estimator, tmp_path)
    assert first.read_text() == text
    assert load(Registry("model", [first]).find(first.stem))().estimator().random_state == 0
    assert estimator.random_state is None


def test_two_of_one_class_have_two_names(tmp_path):
    names, files = named([LogisticRegression(C=1), LogisticRegression(C=9)], tmp_path)
    assert names == ["logistic_regression", "logistic_regression_2"]
    assert len(set(files)) == 2


class InNoFile(Model):
    """As defined in a notebook: its file is a cell."""


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ("xgbost", "did you mean 'xgboost'"),
        ([], "models is empty"),
        (LinearRegression(), "no classifier"),
        (LinearSVC(), "CalibratedClassifierCV"),
        ([np.arange(3)], "ndarray is no classifier"),
        ({"a b": LogisticRegression()}, "cannot name a model"),
    ],
)
def test_what_is_no_model_is_refused(models, said, tmp_path):
    with pytest.raises(RequestError, match=f"(?i){said}"):
        named(models, tmp_path)


def test_a_class_of_a_notebook_is_refused_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(InNoFile, "__module__", "__main__")
    monkeypatch.setattr("sys.modules", {"__main__": type(tmp_path)})
    with pytest.raises(RequestError, match="%%writefile"):
        named(InNoFile, tmp_path)
