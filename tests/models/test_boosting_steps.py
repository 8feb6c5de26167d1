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


@pytest.mark.parametrize("model", [XGBoost, CatBoost])
def test_models_keep_to_the_steps_and_say_so_to_those_that_follow(model, monkeypatch):
    parts = make_parts(0)
    monkeypatch.setattr(_boosting_steps, "_MANY", len(parts.fit) - 1)
    fitted = model(random_state=0, max_trees=7, learning_rate=0.1).fit(
        parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid)
    )
    monkeypatch.undo()
    few = model(random_state=0, max_trees=4, learning_rate=0.2).fit(
        parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid)
    )
    assert (fitted.predict_proba(parts.new) == few.predict_proba(parts.new)).all()
    again = fitted.stopped_like([fitted, fitted])
    assert (again.max_trees, again.learning_rate, again.patience) == (4, 0.2, None)
