from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.fit_cases import asked_about_fit_cases
from intentbench.bench.judge.membership import attacked
from intentbench.bench.store.asked_again import MOST_ASKED, asked_of
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord


class Recalls:
    """Knows the outcomes of the cases that it was shown, and nothing of others."""

    def __init__(self, known):
        self.known = known

    def predict_proba(self, cases):
        p = np.array([self.known.get(row, 0.5) for row in cases.features["row"]])
        return np.column_stack([1 - p, p])


def task_and_fold(n_fit, n_test):
    rng = np.random.default_rng(0)
    fit, test = np.arange(n_fit), np.arange(n_fit, n_fit + n_test)
    fold = SimpleNamespace(number=0, fits=(SimpleNamespace(fit=fit),), test=test)
    target = rng.integers(0, 2, n_fit + n_test)
    return SimpleNamespace(folds=(fold,), target=target, group=None), fold


@pytest.mark.parametrize("sure", [0.5, 0.9])
def test_a_model_that_recalls_its_fit_cases_is_found_out(sure):
    task, fold = task_and_fold(5000, 3000)
    known = {row: sure if task.target[row] else 1 - sure for row in fold.fits[0].fit}
    cases = Cases(pd.DataFrame({"row": np.arange(8000)}))
    p_fit = asked_about_fit_cases(Recalls(known), cases.take(fold.fits[0].fit))
    assert len(p_fit) == MOST_ASKED
    cell = CellRecord("task", "recalls", 0, 0, 0, "key", "done", p_fit=tuple(p_fit))
    predicted = Predictions(np.empty(0), np.full(3000, 0.5))
    found = attacked(task, cell, predicted)
    assert found.auc.value == (1.0 if sure == 0.9 else 0.5)
    assert found.found == (1.0 if sure == 0.9 else 0.0)
    # What was noted of other cases than today's, or not at all, says nothing.
    for p in ((), tuple(p_fit[:-1])):
        assert not attacked(task, replace(cell, p_fit=p), predicted).auc.available


def test_cases_asked_are_spread_over_all():
    rows = np.arange(100, 10_100)
    asked = asked_of(rows)
    assert len(set(asked)) == MOST_ASKED and asked[0] == 100 and asked[-1] == 10_099
    assert np.diff(asked).max() <= 6
    assert asked_of(rows[:7]).tolist() == rows[:7].tolist()


def test_a_model_that_cannot_be_asked_is_not_noted():
    class Refuses:
        def predict_proba(self, cases):
            raise ValueError("no fit cases, please")

    assert asked_about_fit_cases(Refuses(), Cases(pd.DataFrame({"row": [1, 2]}))) is None
