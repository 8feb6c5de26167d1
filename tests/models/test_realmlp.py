"""RealMLP: its inputs whatever the numbers are, its layers at their start, what it learns."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.keras_library import keras_on_one_thread
from intentbench.models._deep.adamw import AdamW
from intentbench.models._deep.free_scale_layers import free_scale_layers
from intentbench.models._deep.robust_columns import RobustColumns
from intentbench.models.realmlp import RealMLP
from sklearn.metrics import roc_auc_score

FEATURES = pd.DataFrame(
    {
        "kind": pd.Categorical(["a", "b", "a", "b", "a", "b"]),
        "money": [0.0, 0.0, 0.0, 0.0, 0.0, 8.0],
        "age": [20.0, 30.0, np.nan, 40.0, 50.0, 60.0],
        "same": [7.0] * 6,
    }
)


def test_it_learns():
    parts = make_parts(0)
    model = RealMLP(random_state=0)
    model.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))
    assert roc_auc_score(parts.y_new, model.predict_proba(parts.new)[:, 1]) > 0.85


def test_numbers_come_first_and_know_their_columns():
    columns = RobustColumns().fit(FEATURES)
    vectors = columns.transform(FEATURES)
    assert columns.n_numbers_ == 3 and vectors.shape == (6, len(columns.owner_))
    assert [columns.names_[i] for i in columns.owner_[:3]] == ["money", "age", "same"]
    money, age, same = vectors[:, :3].T
    # Its quartiles are one value, so half of its range is the unit.
    assert not money[:5].any() and money[5] == pytest.approx(2 / np.hypot(1, 2 / 3))
    assert age[2] == 0 and not same.any()
    shuffled = FEATURES.assign(age=FEATURES["age"].to_numpy()[::-1])
    changed = (columns.transform(shuffled) != vectors).any(axis=0)
    assert changed.any() and (columns.owner_[changed] == columns.names_.index("age")).all()


@given(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=20))
def test_numbers_keep_their_order_and_stay_within_three(numbers):
    features = pd.DataFrame({"x": numbers})
    x = RobustColumns().fit(features).transform(features)[:, 0]
    assert np.isfinite(x).all() and (np.abs(x) <= 3).all()
    assert (np.diff(x[np.argsort(numbers)]) >= 0).all()


def test_layers_start_at_one_size_whatever_their_width():
    keras = keras_on_one_thread()
    keras.utils.set_random_seed(0)
    ours = free_scale_layers()
    x = np.random.default_rng(0).normal(size=(200, 900)).astype("float32")
    assert ours.Dense(50)(x).numpy().std() == pytest.approx(2**0.5, rel=0.1)  # and a bias of size 1
    assert (ours.Dense(1, -1.5)(x).numpy() == -1.5).all()
    assert np.array_equal(ours.Scale()(x).numpy(), x)
    np.testing.assert_allclose(ours.Activation()(x).numpy(), keras.ops.selu(x).numpy(), atol=1e-6)
    embedded = ours.Numbers()(x[:, :5]).numpy()
    assert embedded.shape == (200, 20) and np.array_equal(embedded[:, ::4], x[:, :5])


def test_rate_has_four_cycles_and_differs_by_name():
    keras_on_one_thread()
    import keras

    fast, slow = (keras.Variable(np.zeros(1, "float32"), name=name) for name in ("scale", "bias"))
    factors = {"scale": 6.0, "bias": 0.5}
    adamw = AdamW([fast, slow], 1.0, 0.0, 64, schedule="four cosines", factors=factors)
    places = [(0.0, 0.0)]
    for _ in range(64):
        adamw.apply([np.ones(1, "float32"), np.ones(1, "float32")])
        places.append((float(fast.numpy()[0]), float(slow.numpy()[0])))
    steps = -np.diff(np.array(places), axis=0)
    np.testing.assert_allclose(steps[:, 0], 12 * steps[:, 1], rtol=1e-4, atol=1e-4)
    assert steps[0, 0] == pytest.approx(0, abs=1e-6)
    rising = np.diff(steps[:, 0]) > 0
    assert (np.diff(rising.astype(int)) == -1).sum() == 4
