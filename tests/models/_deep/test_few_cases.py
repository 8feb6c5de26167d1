"""A few cases are asked about by another call, whose answers are those of large batches."""

import numpy as np
import pytest
from intentbench.models._deep.few_cases import few_cases
from intentbench.models._deep.keras_model import keras_on_one_thread
from intentbench.models._deep.recurrence import Recurrence
from intentbench.models._deep.traced_network import TracedNetwork
from intentbench.models._deep.training import ManyScorers, Scorer

N_STEPS = 7


def network(make, n_units=8, seed=0):
    """Codes and numbers of events to a recurrent layer, and beside it to a pool; then a logit."""
    keras = keras_on_one_thread()
    layers, ops = keras.layers, keras.ops
    keras.utils.set_random_seed(seed)
    inputs = {
        "codes": keras.Input((N_STEPS,), dtype="int32", name="codes"),
        "numbers": keras.Input((N_STEPS, 2), name="numbers"),
        "present": keras.Input((N_STEPS,), dtype="bool", name="present"),
        "length": keras.Input((1,), name="length"),
    }
    told = layers.Embedding(5, 3)(inputs["codes"])
    events = ops.concatenate([inputs["numbers"], told], axis=-1)
    state = make(layers, n_units)(events, mask=inputs["present"])
    state = state if len(state.shape) == 2 else ops.max(state, axis=1)
    joined = ops.concatenate([state, ops.sum(events, axis=1), inputs["length"]], axis=-1)
    made = keras.Model(inputs, layers.Dense(1)(layers.Dense(9, activation="relu")(joined)))
    rng = np.random.default_rng(seed)  # biases start at 0, which hides what is done with them
    made.set_weights([rng.normal(size=w.shape).astype(w.dtype) for w in made.get_weights()])
    return made


def cases(n, seed=0):
    """Cases of nought to all events, padded in front."""
    rng = np.random.default_rng(seed)
    length = rng.integers(0, N_STEPS + 1, n)
    present = np.arange(N_STEPS)[::-1] < length[:, None]
    return {
        "codes": rng.integers(1, 5, (n, N_STEPS)).astype(np.int32) * present,
        "numbers": rng.normal(size=(n, N_STEPS, 2)).astype(np.float32) * present[..., None],
        "present": present,
        "length": length[:, None].astype(np.float32),
    }


LAYERS = {
    "GRU": lambda layers, n: layers.GRU(n),
    "LSTM": lambda layers, n: layers.LSTM(n),
    "all states of an LSTM": lambda layers, n: layers.LSTM(n, return_sequences=True),
    "both directions": lambda layers, n: layers.Bidirectional(layers.GRU(n)),
    "all states of both directions": lambda layers, n: layers.Bidirectional(
        layers.GRU(n, return_sequences=True)
    ),
}
UNKNOWN = {
    "another activation": lambda layers, n: layers.GRU(n, activation="relu"),
    "from the end": lambda layers, n: layers.GRU(n, go_backwards=True),
    "the sum of both directions": lambda layers, n: layers.Bidirectional(
        layers.LSTM(n), merge_mode="sum"
    ),
    "another kind": lambda layers, n: layers.SimpleRNN(n),
}


@pytest.mark.parametrize("name", [*LAYERS, *UNKNOWN])
def test_networks_say_of_a_few_cases_what_they_say_of_many(name):
    make = (LAYERS | UNKNOWN)[name]
    networks = [network(make, seed=seed) for seed in (1, 2, 3)]
    assert all((Recurrence.of(each) is not None) == (name in LAYERS) for each in networks)
    many, few = cases(40), few_cases(networks, 8)
    whole = [Scorer(TracedNetwork(each))(many) for each in networks]
    for rows in (slice(0, 1), slice(3, 6), slice(8, 16)):
        said = few([{key: array[rows] for key, array in many.items()}] * 3)
        np.testing.assert_allclose(said, [each[rows] for each in whole], rtol=1e-5, atol=1e-6)


def test_networks_of_several_forms_are_asked_by_one_call():
    makers = [(LAYERS["GRU"], 8), (LAYERS["LSTM"], 8), (LAYERS["GRU"], 5)]
    networks = [network(make, n_units) for make, n_units in makers]
    many = cases(8)
    said = few_cases(networks, 8)([many] * 3)
    whole = [Scorer(TracedNetwork(each))(many) for each in networks]
    np.testing.assert_allclose(said, whole, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_asked_of_few_cases_is_told_to_the_bit(name):
    scorers = [Scorer(TracedNetwork(network(LAYERS[name], seed=seed))) for seed in (1, 2)]
    many = cases(40)
    few = {key: array[5:8] for key, array in many.items()}
    for scorer, said in zip(scorers, ManyScorers(scorers)([few, few]), strict=True):
        np.testing.assert_array_equal(said, scorer(many)[5:8])
        np.testing.assert_array_equal(ManyScorers([scorer])([few])[0], said)
