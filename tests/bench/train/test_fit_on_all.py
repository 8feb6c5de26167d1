import numpy as np
import pytest
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.deploy.scorers import Bag, OneModel
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import Card, Task
from intentbench.bench.train.fit_on_all import fit_on_all

MODELS = Registry("model")
CARD = Card("Toy", "Will they?", "made up", "none", "They do.")


@pytest.fixture(scope="module")
def task():
    parts = make_parts(3, n_fit=300, n_valid=0)
    return Task("toy", parts.fit, parts.y_fit, CARD)


def fitted(name, task, **plan):
    return fit_on_all(load(MODELS.find(name)), task, Resampling(**plan), 0)


@pytest.mark.parametrize("name", ["logistic_regression", "random_forest", "base_rate"])
def test_model_that_watches_nothing_is_fitted_on_all_cases(name, task):
    made = fitted(name, task)
    assert made.how == "Fitted on all 300 cases."
    nobody = np.arange(0)
    alone = load(MODELS.find(name))()
    if "random_state" in alone.get_params():
        alone.set_params(random_state=made.scorer.model.random_state)
    alone.fit(task.cases, task.target, valid=(task.cases.take(nobody), task.target[nobody]))
    p = made.scorer.score(task.cases)
    np.testing.assert_array_equal(p, alone.predict_proba(task.cases)[:, 1])


@pytest.mark.parametrize(
    ("name", "n_trees"),
    [
        ("xgboost", lambda model: model.booster_.num_boosted_rounds()),
        ("hist_gradient_boosting", lambda model: model.estimator_.n_iter_),
        ("lightgbm", lambda model: model.booster_.num_trees()),
    ],
)
def test_boosting_grows_as_many_trees_on_all_cases_as_on_parts(name, n_trees, task):
    made = fitted(name, task)
    assert isinstance(made.scorer, OneModel)
    model = made.scorer.model
    assert model.patience is None and n_trees(model) == model.max_trees > 3
    assert made.how == (
        "Fitted on all 300 cases, for as long as 5 fits to parts took that watched the others."
    )


def test_spline_regression_keeps_the_strength_that_parts_chose(task):
    model = fitted("spline_logistic_regression", task).scorer.model
    assert len(model.C) == 1 and model.C_ == model.C[0] in type(model)().C


def test_model_that_calibrates_on_valid_cases_is_a_bag_of_parts(task):
    made = fitted("linear_svm", task)
    assert isinstance(made.scorer, Bag) and len(made.scorer.scorers) == 5
    mean = np.mean([one.score(task.cases) for one in made.scorer.scorers], axis=0)
    np.testing.assert_array_equal(made.scorer.score(task.cases), mean)
    assert "The mean of 5 models" in made.how


def test_in_time_the_latest_cases_are_watched(task):
    days = np.datetime64("2024-01-01", "s") + np.arange(300) * np.timedelta64(86_400, "s")
    in_time = Task("toy", task.cases, task.target, CARD, time=days)
    made = fitted("linear_svm", in_time)
    assert isinstance(made.scorer, OneModel)
    assert made.how == "Fitted on 240 cases while it watched the 60 latest ones."
    assert "for as long as a fit to a part took" in fitted("xgboost", in_time).how


def test_groups_stay_together_and_few_cases_make_fewer_parts(task):
    groups = np.repeat(np.arange(3), 100)
    made = fitted("linear_svm", Task("toy", task.cases, task.target, CARD, group=groups))
    assert len(made.scorer.scorers) == 3


def test_events_of_a_table_are_derived_from_the_cases_fitted_on(task):
    plain = type(task.cases)(task.cases.features)
    made = fitted("markov_chain", Task("toy", plain, task.target, CARD))
    assert all(part.tokens is not None for part in made.scorer.scorers)
    assert len(np.unique(made.scorer.score(plain))) > 50
