"""Pre-training: what is foreseen, how well, and that no outcome is read."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.events import Events
from intentbench.models._deep.event_tensors import EventTensors
from intentbench.models._deep.keras_model import keras_on_one_thread
from intentbench.models._deep.layers import embedded
from intentbench.models._deep.pretraining import (
    NextEvents,
    Pretraining,
    pretrain,
    pretraining_curves,
)
from intentbench.models._deep.recipe import Recipe
from intentbench.models._deep.traced_network import TracedNetwork
from intentbench.models.gru import GRU
from intentbench.models.pretrained_gru import PretrainedGRU


class Short(PretrainedGRU):
    recipe = Recipe(rounds=1, least_steps=2)


STEPS = np.array([[0.05, 0.90, 0.05], [0.05, 0.05, 0.90], [0.90, 0.05, 0.05]])


def cases_of(sequences, gaps=None, n_kinds=3):
    flat = np.concatenate([np.asarray(s, dtype=np.int32) for s in sequences])
    offsets = np.cumsum([0, *map(len, sequences)]).astype(np.int64)
    gap = np.ones(len(flat)) if gaps is None else np.concatenate(gaps)
    marks = {"kind": flat, "gap": gap.astype(np.float32)}
    vocabulary = {"kind": tuple(f"kind {k}" for k in range(n_kinds))}
    return Cases(pd.DataFrame(index=range(len(sequences))), Events(offsets, marks, vocabulary))


def chains(steps, rng, n=600, length=10):
    kinds = np.zeros((n, length), np.int32)
    kinds[:, 0] = rng.integers(0, 3, n)
    for place in range(1, length):
        draws = rng.random((n, 1))
        kinds[:, place] = (draws > np.cumsum(steps[kinds[:, place - 1]], axis=1)).sum(axis=1)
    return cases_of(kinds)


def fitted(cases, y=None, **keywords):
    y = (np.arange(len(cases)) % 3 == 0).astype(np.int8) if y is None else y
    half = len(cases) // 2
    fit, valid = np.arange(half), np.arange(half, len(cases))
    model = Short(random_state=1, **keywords)
    return model.fit(cases.take(fit), y[fit], valid=(cases.take(valid), y[valid]))


def next_events(cases):
    tensors = EventTensors(share=1.0, rare_below=1).fit(cases.events)
    arrays = tensors.transform(cases.events)
    return NextEvents(tensors, arrays), arrays


def test_the_next_event_is_that_of_the_same_case():
    cases = cases_of([[0, 0, 1], [], [2], [0, 1]], [[0, 5, 900], [], [0], [0, 5]])
    target, arrays = next_events(cases)
    assert target.known(arrays).tolist() == [[True, True], [False] * 2, [False] * 2, [False, True]]
    # Codes by how common a kind is: 0, then 1, then 2, after padding and other kinds.
    kind, gap = np.moveaxis(target.classes(arrays)[target.known(arrays)], -1, 0)
    assert kind.tolist() == [2, 3, 3]
    assert gap[0] == gap[2] < gap[1] < target.n_classes[1]


def test_thousands_of_kinds_are_foreseen_as_a_hundred_classes():
    rng = np.random.default_rng(1)
    kinds = np.minimum(rng.zipf(1.2, (400, 12)) - 1, 4_999)
    target, arrays = next_events(cases_of(kinds, n_kinds=5_000))
    assert target.n_classes == (100, 2)
    classes = target.classes(arrays)[..., 0]
    assert classes.max() == 99
    assert (classes[arrays["codes"][:, 1:, 0] >= 100] == 1).all()


def test_what_can_be_foreseen_of_a_markov_chain_is():
    history = fitted(chains(STEPS, np.random.default_rng(2)), pretraining_rounds=8)
    history = history.next_event_history_
    entropy = -np.sum(STEPS[0] * np.log(STEPS[0]))
    assert history[-1]["shares_loss"] == pytest.approx(np.log(3), abs=0.01)
    assert history[-1]["valid_loss"] == pytest.approx(entropy, abs=0.06)
    assert history[-1]["fit_loss"] == pytest.approx(entropy, abs=0.06)


def test_what_is_drawn_by_chance_cannot_be_foreseen():
    model = fitted(chains(np.full((3, 3), 1 / 3), np.random.default_rng(3)))
    losses = [entry["valid_loss"] for entry in model.next_event_history_]
    # A network that saw the event it is asked for would be far below.
    assert min(losses) > np.log(3) - 0.03


def test_no_outcome_is_read_before_the_fine_tuning():
    cases = chains(STEPS, np.random.default_rng(4), n=120)
    y = (np.arange(120) % 3 == 0).astype(np.int8)
    histories = [fitted(cases, outcomes).next_event_history_ for outcomes in (y, 1 - y)]
    assert histories[0] == histories[1]


def test_the_weights_best_on_valid_cases_are_kept():
    rng = np.random.default_rng(5)
    fit = chains(STEPS, rng, n=150)
    # The valid chains run the other way: the more is learnt, the worse they are foreseen.
    valid = chains(STEPS.T, rng, n=150)
    tensors = EventTensors().fit(fit.events)
    arrays, valid_arrays = tensors.transform(fit.events), tensors.transform(valid.events)
    keras = keras_on_one_thread()
    inputs = {
        name: keras.Input(array.shape[1:], dtype=array.dtype.name, name=name)
        for name, array in arrays.items()
    }
    gru = keras.layers.GRU(8, return_sequences=True)
    encoder = keras.Model(inputs, gru(embedded(inputs, tensors.n_codes_), mask=inputs["present"]))
    plan, kept = Pretraining(rounds=6), []
    encoder.get_weights = lambda: kept.append(keras.Model.get_weights(encoder)) or kept[-1]
    history = pretrain(
        TracedNetwork(encoder), NextEvents(tensors, arrays), arrays, valid_arrays, plan, rng
    )
    losses = [entry["valid_loss"] for entry in history]
    assert int(np.argmin(losses)) < 5
    weights = keras.Model.get_weights(encoder)
    assert len(kept) == 1 + sum(loss == min(losses[: n + 1]) for n, loss in enumerate(losses))
    assert all(np.array_equal(a, b) for a, b in zip(weights, kept[-1], strict=True))


def test_without_pretraining_it_is_the_gru_to_the_bit():
    cases = chains(STEPS, np.random.default_rng(6), n=200)
    y = (np.arange(200) % 3 == 0).astype(np.int8)
    plain = GRU(random_state=1)
    plain.recipe = Short.recipe
    plain.fit(cases.take(np.arange(100)), y[:100], valid=(cases.take(np.arange(100, 200)), y[100:]))
    model = fitted(cases, y, pretraining_rounds=0)
    assert np.array_equal(model.predict_proba(cases), plain.predict_proba(cases))
    assert len(model.explain()) == 1


@pytest.mark.parametrize("length", [0, 1])
def test_where_there_is_nothing_to_foresee_nothing_is_pretrained(length):
    cases = cases_of([np.zeros(length, np.int32)] * 60)
    model = fitted(cases)
    assert model.next_event_history_ == []
    assert np.isfinite(model.predict_proba(cases)).all()
    assert len(model.explain()) == 1


def test_one_kind_and_one_gap_are_foreseen_without_loss():
    model = fitted(cases_of([np.zeros(6, np.int32)] * 60))
    assert model.next_event_history_[-1]["shares_loss"] == 0.0
    assert model.next_event_history_[-1]["valid_loss"] < 0.2


def test_valid_cases_may_have_nothing_to_foresee():
    sequences = [*np.random.default_rng(7).integers(0, 3, (60, 5)), *[np.zeros(1, np.int32)] * 60]
    history = fitted(cases_of(sequences)).next_event_history_
    assert np.isfinite([entry["valid_loss"] for entry in history]).all()


def test_the_curve_shows_each_round():
    entry = {"epoch": 1.0, "fit_loss": 2.0, "valid_loss": 3.0, "shares_loss": 4.0}
    (explanation,) = pretraining_curves([entry, entry | {"epoch": 2.0}])
    assert explanation.kind == "curves"
    assert explanation.rows == ((1.0, 2.0, 3.0, 4.0), (2.0, 2.0, 3.0, 4.0))
    assert pretraining_curves([]) == ()
