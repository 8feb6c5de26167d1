"""What a network learns of another task first stays, and its output starts from the right rate."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.events import Events
from intentbench.bench.keras_library import keras_on_one_thread
from intentbench.models._deep.learning_first import OUTPUT, learn_first
from intentbench.models._deep.recipe import Recipe
from intentbench.models._deep.traced_network import TracedNetwork
from intentbench.models._deep.training import Scorer
from intentbench.models.gru import GRU
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

pytest.importorskip("tensorflow")


def some(n, rng):
    """Visits of four events whose outcome is the order of a cart and a removal."""
    y = (rng.random(n) < 0.4).astype(np.int8)
    kind = np.where(y[:, None] == 1, [0, 1, 2, 0], [0, 2, 1, 0]).astype(np.int32)
    kind[rng.random(n) < 0.1] = 0
    events = Events(
        np.arange(n + 1) * 4,
        {"kind": kind.ravel(), "gap": np.ones(4 * n, np.float32)},
        {"kind": ("view", "removed", "cart")},
    )
    return Cases(pd.DataFrame(index=range(n)), events), y


def test_a_few_fit_cases_are_enough_after_another_task():
    rng = np.random.default_rng(0)
    (fit, y), valid, source = some(40, rng), some(30, rng), some(600, rng)
    y = rng.permutation(y)  # there is nothing to learn of them
    new, y_new = some(400, rng)
    scores = [
        roc_auc_score(
            y_new, GRU(random_state=1).fit(fit, y, valid=valid, **given).predict_proba(new)[:, 1]
        )
        for given in ({}, {"source": source})
    ]
    assert scores[1] > 0.75 > scores[0] + 0.1


def test_the_output_starts_from_the_base_rate_of_the_fit_cases():
    keras = keras_on_one_thread()
    inputs = {"x": keras.Input((1,), name="x")}
    layer = keras.layers.Dense(1, kernel_initializer="zeros", name=f"{OUTPUT}_0")
    network = keras.Model(inputs, layer(inputs["x"]))
    rng = np.random.default_rng(0)
    y = (rng.random(500) < 0.8).astype(np.int8)
    nothing = {"x": np.zeros((500, 1), np.float32)}
    scorer = Scorer(TracedNetwork(network))
    learn_first(scorer, (nothing, y), Recipe(rounds=4), float(logit(0.1)), rng)
    p = expit(np.asarray(network({"x": nothing["x"][:1]})))
    assert p == pytest.approx(0.1, abs=0.02)
