import pytest
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models import _boosting_steps
from intentbench.models._boosting_steps import BoostingSteps, stopped
from intentbench.models.catboost import CatBoost
from intentbench.models.xgboost import XGBoost


def test_many_cases_get_half_as_many_steps_of_twice_the_length():
    given = BoostingSteps(0.05, 501, 31)
    assert given.for_cases(100_000) is given
    assert given.for_cases(100_001) == BoostingSteps(0.1, 251, 16)
    unwatched = BoostingSteps(0.05, 120, None)
    assert unwatched.for_cases(1_000_000) is unwatched


def test_what_goes_as_far_as_others_stopped_takes_the_longest_of_their_steps():
    short, long = BoostingSteps(0.05, 500, 30), BoostingSteps(0.1, 250, 15)
    assert stopped([short, short], [100, 111]) == BoostingSteps(0.05, 106, None)
    assert stopped([short, long], [100, 100]) == BoostingSteps(0.1, 75, None)
    assert stopped([short], [0]).max_trees == 1


def fit_as_on_many(model, monkeypatch):
    parts = make_parts(0)
    with monkeypatch.context() as patched:
        patched.setattr(_boosting_steps, "_MANY", len(parts.fit) - 1)
        return model.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid)), parts


def test_xgboost_takes_the_longer_steps(monkeypatch):
    given = {"random_state": 0, "max_trees": 7, "learning_rate": 0.1}
    fitted, parts = fit_as_on_many(XGBoost(**given), monkeypatch)
    few = XGBoost(**given | {"max_trees": 4, "learning_rate": 0.2})
    few.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))
    assert (fitted.predict_proba(parts.new) == few.predict_proba(parts.new)).all()


def test_catboost_takes_the_longer_steps_and_fewer_of_newtons(monkeypatch):
    fitted, _ = fit_as_on_many(CatBoost(random_state=0, max_trees=7), monkeypatch)
    told = fitted.estimator_.get_all_params()
    assert told["leaf_estimation_iterations"] == 3
    assert told["learning_rate"] == pytest.approx(0.1)
    assert fitted.estimator_.tree_count_ <= 4


@pytest.mark.parametrize("model", [XGBoost, CatBoost])
def test_a_refit_takes_the_steps_that_were_taken(model, monkeypatch):
    fitted, _ = fit_as_on_many(model(random_state=0, max_trees=4), monkeypatch)
    again = fitted.stopped_like([fitted, fitted])
    assert (again.max_trees, again.learning_rate, again.patience) == (2, 0.1, None)
