"""SMOTE before the split makes something of nothing; inside the fit cases it cannot."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.cell import fit_and_predict
from intentbench.bench.cell.views import Views
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import Card, Task
from intentbench.bench.variants.named import varied
from intentbench.bench.variants.smote import Smote

pytest.importorskip("imblearn", reason="the extra 'imbalance' is not installed")
FOREST = load(Registry("model").find("random_forest"))


@pytest.fixture(scope="module")
def nothing():
    """Six hundred visits, one in eight of which buys by chance."""
    rng = np.random.default_rng(3)
    features = pd.DataFrame({f"number_{j}": rng.normal(size=600) for j in range(5)})
    features["page"] = rng.choice(["home", "shop", "blog"], 600)
    card = Card("Nothing", "Will it?", "drawn at random", "none needed", "1 = bought", real=False)
    return Task("nothing", Cases(features), (np.arange(600) % 8 == 0).astype(np.int8), card)


def auc(task, make):
    found = []
    for fold in Resampling(folds=3).plan(task):
        views = Views(task, fold.splits[0], fold.test)
        p = fit_and_predict(make, views, seed=1).predictions.test
        found.append(METRICS["roc_auc"](task.target[fold.test], p))
    return float(np.mean(found))


def test_made_up_cases_on_both_sides_of_a_split_tell_each_other(nothing):
    cases, target = Smote(FOREST()).balanced(
        nothing.cases, nothing.target, np.random.default_rng(0)
    )
    before = replace(nothing, cases=cases, target=target)
    assert target.mean() == 0.5
    assert auc(before, FOREST) > 0.75  # of outcomes that nothing can tell


def test_inside_the_fit_cases_nothing_is_told(nothing):
    # 525 x 75 pairs: three standard errors are .1.
    assert abs(auc(nothing, lambda: varied(FOREST(), ["smote"])) - 0.5) < 0.1
    assert abs(auc(nothing, FOREST) - 0.5) < 0.1
