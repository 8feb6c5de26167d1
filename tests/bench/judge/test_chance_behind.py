"""The chance that the best is further ahead than the margin, against simulations with a truth."""

import numpy as np
import pytest
from intentbench.bench.judge.chance_behind import chances_behind
from intentbench.bench.judge.scoring import Scores
from intentbench.bench.metrics.key import Key

KEY, MARGIN = Key("roc_auc"), 0.01


def scores(values, draws, training=0.0):
    n = len(values)
    return Scores(
        {KEY: np.asarray(values, float)[:, None]}, {KEY: draws}, np.full((n, n), float(training))
    )


def test_what_is_the_same_in_every_draw_leaves_no_doubt():
    draws = np.repeat([[0.8], [0.795], [0.7], [np.nan]], 10, axis=1)
    found = chances_behind(scores([0.8, 0.795, 0.7, np.nan], draws), KEY, [0, 1, 2, 3])
    assert found == {0: 0.0, 1: 0.0, 2: 1.0}
    assert chances_behind(scores([0.8, 0.7], draws[:2]), KEY, [1]) == {1: 0.0}


def test_what_all_share_in_a_draw_cancels_and_training_widens():
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 0.1, 4000)
    own = 0.01 * rng.normal(size=(2, 4000))
    draws = np.array([[0.8], [0.8]]) + shared + own
    chance = chances_behind(scores([0.8, 0.8], draws), KEY, [0, 1])[1]
    # A normal difference of standard deviation 0.0141 is above 0.01 in 24 %.
    assert chance == pytest.approx(0.24, abs=0.03)
    wider = chances_behind(scores([0.8, 0.8], draws, training=3.0), KEY, [0, 1])[1]
    assert wider == pytest.approx(0.362, abs=0.03)


@pytest.mark.parametrize("spread", [0.003, 0.01, 0.03])
def test_it_is_hardly_ever_too_small(spread):
    rng, error, n_models = np.random.default_rng(1), 0.01, 8
    said, wrong = [], []
    for _ in range(150):
        truth = rng.normal(0.8, spread, n_models)
        values = truth + rng.normal(0, error, n_models)
        draws = values[:, None] + rng.normal(0, error, (n_models, 400))
        chosen = int(rng.integers(n_models))
        said.append(chances_behind(scores(values, draws), KEY, range(n_models))[chosen])
        wrong.append(truth.max() - truth[chosen] > MARGIN)
    noise = np.std(np.array(said) - wrong) / np.sqrt(len(said))
    assert np.mean(said) > np.mean(wrong) - 2 * noise
