"""The recipe by which all deep models are trained, on the smallest networks that show it."""

import gc
import pickle
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models._deep.adamw import AdamW
from intentbench.models._deep.keras_model import KerasModel, keras_on_one_thread
from intentbench.models._deep.recipe import Recipe, batch_size
from intentbench.models._deep.traced_network import TracedNetwork
from intentbench.models._deep.training import ManyScorers, Scorer, log_loss, train
from intentbench.models.cnn_rnn_fusion import CNNRNNFusion
from intentbench.models.mlp import MLP

SHORT = Recipe(rounds=2, least_steps=3)


class ShortMLP(MLP):
    recipe = SHORT


class ShortFusion(CNNRNNFusion):
    recipe = SHORT


def fitted(model, seed=1):
    parts = make_parts(seed, n_fit=90, n_valid=30).shown(model.views)
    return model.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))


def predicted(model, seed=1):
    return model.predict_proba(make_parts(seed, n_fit=90, n_valid=30).shown(model.views).new)


def linear_network(n_columns=2):
    keras = keras_on_one_thread()
    inputs = {"x": keras.Input((n_columns,), name="x")}
    return keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="zeros")(inputs["x"]))


def noise(n=200, seed=0):
    rng = np.random.default_rng(seed)
    return {"x": rng.normal(size=(n, 2)).astype(np.float32)}, (rng.random(n) < 0.3).astype(int)


def scoring(network):
    return Scorer(TracedNetwork(network))


def trained(network, fit, valid, recipe):
    return train(scoring(network), fit, valid, recipe, np.random.default_rng(0))


def test_before_the_first_step_the_output_is_the_base_rate():
    class Untrained(MLP):
        recipe = Recipe(rounds=1, learning_rate=0.0, weight_decay=0.0, least_steps=1, most_steps=1)

        def hidden(self, inputs):
            return inputs["features"] * 0.0

    parts = make_parts(1).shown(MLP.views)
    model = Untrained(random_state=1)
    model.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))
    assert np.allclose(model.predict_proba(parts.new)[:, 1], parts.y_fit.mean(), atol=1e-6)


def test_the_best_weights_are_kept_and_training_ends_when_patience_does():
    inputs, y = noise()
    fit = ({"x": inputs["x"] + 2.0 * y[:, None].astype(np.float32)}, y)
    # The valid outcomes are turned round: whatever is learnt makes them worse, from some point on.
    valid = (fit[0], 1 - y)
    network = linear_network()
    recipe = Recipe(rounds=30, learning_rate=0.05, patience=4)
    history = trained(network, fit, valid, recipe)
    losses = [entry["valid_loss"] for entry in history]
    best = int(np.argmin(losses))
    assert len(history) == best + 1 + recipe.patience < recipe.rounds
    assert log_loss(scoring(network)(valid[0]), valid[1]) == pytest.approx(min(losses), abs=1e-6)


def test_the_rounds_that_were_best_so_far_are_marked():
    inputs, y = noise()
    history = trained(linear_network(), (inputs, y), (inputs, y), Recipe(rounds=5, patience=5))
    best = np.inf
    for entry in history:
        assert entry["best"] == (entry["valid_loss"] < best - Recipe.least_progress)
        best = entry["valid_loss"] if entry["best"] else best


def test_the_steps_are_those_of_adamw_in_keras():
    keras = keras_on_one_thread()
    import tensorflow as tf

    inputs = {"codes": keras.Input((2,), dtype="int32", name="codes")}
    vectors = keras.layers.Flatten()(keras.layers.Embedding(5, 3)(inputs["codes"]))
    network = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Dense(4)(vectors)))
    twin = keras.models.clone_model(network)
    rng = np.random.default_rng(0)
    start = [rng.normal(size=weight.shape) for weight in network.weights]
    network.set_weights(start)
    twin.set_weights(start)
    ours = AdamW(network.trainable_variables, 0.01, 0.5, 8)
    rate = keras.optimizers.schedules.CosineDecay(0.01, 8, alpha=0.02)
    theirs = keras.optimizers.AdamW(rate, weight_decay=0.5)
    theirs.exclude_from_weight_decay(var_names=["bias"])
    for _ in range(10):
        batch = {"codes": tf.constant(rng.integers(0, 5, (6, 2)).astype(np.int32))}
        for each, apply in ((network, ours.apply), (twin, None)):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((each(batch) - 1.0) ** 2)
            gradients = tape.gradient(loss, each.trainable_variables)
            if apply:
                apply(gradients)
            else:
                # Given slices, Keras squares each of those of one row instead of their sum.
                dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
                theirs.apply(dense, each.trainable_variables)
    for mine, other, before in zip(network.get_weights(), twin.get_weights(), start, strict=True):
        assert mine == pytest.approx(other, abs=1e-6)
        assert np.abs(mine - before).max() > 0.01


@pytest.mark.parametrize("model_class", [ShortMLP, ShortFusion])
def test_fits_leave_nothing_behind(model_class):
    def n_objects_after_a_fit():
        fitted(model_class(random_state=1))
        gc.collect()
        return len(gc.get_objects())

    before = [n_objects_after_a_fit() for _ in range(2)][-1]
    after = [n_objects_after_a_fit() for _ in range(3)][-1]
    # A network with its two traces is some 3,000 objects and 2 MB.
    assert (after - before) / 3 < 500


def test_a_round_has_its_least_and_its_most_steps():
    inputs, y = noise(n=64)
    few = trained(linear_network(), (inputs, y), (inputs, y), Recipe(rounds=1, least_steps=10))
    assert few[0]["epoch"] == pytest.approx(10 * batch_size(64) / 64)
    inputs, y = noise(n=640)
    cut = Recipe(rounds=1, least_steps=1, most_steps=5)
    many = trained(linear_network(), (inputs, y), (inputs, y), cut)
    assert many[0]["epoch"] == pytest.approx(5 * batch_size(640) / 640)


def test_long_sequences_of_many_cases_get_fewer_rounds_and_below_four_shorter_ones():
    keras = keras_on_one_thread()
    flags = {"present": np.ones((64, 10), dtype=bool)}
    y = np.arange(64) % 2

    def rounds(most_positions, least_steps):
        seen = {"present": keras.Input((10,), dtype="bool", name="present")}
        hidden = keras.ops.cast(seen["present"], "float32")
        network = keras.Model(seen, keras.layers.Dense(1)(hidden))
        recipe = Recipe(
            rounds=9,
            patience=9,
            least_steps=least_steps,
            learning_rate=0.0,
            most_positions=most_positions,
        )
        history = trained(network, (flags, y), (flags, y), recipe)
        return len(history), history[-1]["epoch"]

    an_epoch = 2 * 32 * 10
    assert [rounds(an_epoch * k, 1) for k in (100, 6, 2)] == [(9, 9.0), (6, 6.0), (4, 2.0)]
    assert rounds(an_epoch, 2) == (4, 2.0)


@pytest.mark.parametrize(("n", "size"), [(1, 1), (22, 22), (600, 32), (8_000, 128), (10**6, 512)])
def test_batches_grow_with_the_cases(n, size):
    assert batch_size(n) == size


def test_weights_shrink_and_biases_do_not():
    network = linear_network()
    network.set_weights([np.full((2, 1), 3.0), np.full(1, 3.0)])
    silent = {"x": np.zeros((64, 2), np.float32)}
    y = np.arange(64) % 2
    # A large bias is what the fit cases want to be rid of; so look at one short step only.
    recipe = Recipe(rounds=1, least_steps=1, learning_rate=1e-3, weight_decay=100.0)
    before = log_loss(scoring(network)(silent), y)
    trained(network, (silent, y), (silent, y), recipe)
    kernel, bias = network.get_weights()
    assert (kernel < 2.9).all()
    assert bias[0] > 2.9
    assert log_loss(scoring(network)(silent), y) <= before


def test_scores_are_the_same_alone_among_others_and_past_a_batch():
    network = linear_network()
    network.set_weights([np.array([[1.0], [-2.0]]), np.array([0.5])])
    inputs, _ = noise(n=1100)
    scorer = scoring(network)
    together = scorer(inputs)
    assert together == pytest.approx(inputs["x"] @ [1.0, -2.0] + 0.5, abs=1e-5)
    for row in (0, 511, 512, 1099):
        assert scorer({"x": inputs["x"][row : row + 1]})[0] == pytest.approx(
            together[row], rel=1e-6
        )
    assert scorer({"x": inputs["x"][:0]}).shape == (0,)


def test_log_loss_of_huge_logits_is_finite():
    assert log_loss(np.array([900.0, -900.0]), np.array([1, 0])) == 0.0
    assert log_loss(np.array([900.0]), np.array([0])) == 900.0


@pytest.mark.parametrize("model_class", [ShortMLP, ShortFusion])
def test_what_was_fitted_before_does_not_matter(model_class):
    alone = predicted(fitted(model_class(random_state=7)))
    fitted(ShortFusion(random_state=3), seed=2)
    random.random()  # a generator that Keras reads moves on
    assert np.array_equal(predicted(fitted(model_class(random_state=7))), alone)
    assert not np.array_equal(predicted(fitted(model_class(random_state=8))), alone)


def test_another_process_gives_the_same_bits():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_keras_model as t; "
        "print(t.predicted(t.fitted(t.ShortFusion(random_state=7))).tobytes().hex())"
    )
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        program,
        str(Path(__file__).parent),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == predicted(fitted(ShortFusion(random_state=7))).tobytes().hex()
    assert done.stderr == ""


def test_without_a_seed_every_fit_differs():
    assert not np.array_equal(predicted(fitted(ShortMLP())), predicted(fitted(ShortMLP())))


def test_the_generators_of_others_are_left_alone():
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    wanted = random.random(), np.random.random()  # noqa: NPY002
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    fitted(ShortMLP(random_state=1))
    assert (random.random(), np.random.random()) == wanted  # noqa: NPY002


@pytest.mark.parametrize("model_class", [ShortMLP, ShortFusion])
def test_a_pickled_model_holds_arrays_and_predicts_the_same(model_class):
    model = fitted(model_class(random_state=1))
    stored = pickle.dumps(model)
    assert b"tensorflow" not in stored and b"keras.src" not in stored
    assert np.array_equal(predicted(pickle.loads(stored)), predicted(model))


def test_the_history_tells_each_round():
    model = fitted(ShortMLP(random_state=1))
    assert [sorted(entry) for entry in model.history_] == [
        ["best", "epoch", "fit_loss", "valid_loss"]
    ] * 2
    assert model.history_[1]["epoch"] == pytest.approx(2 * model.history_[0]["epoch"])


def test_networks_asked_by_one_call_say_what_each_says_alone(monkeypatch):
    models = [fitted(ShortMLP(random_state=seed)) for seed in (1, 2)]
    parts = make_parts(1, n_fit=90, n_valid=30).shown(ShortMLP.views)
    alone = [model.predict_proba(parts.new) for model in models]
    assert not np.array_equal(*alone)
    for rows in (np.arange(1), np.arange(3), np.arange(20)):  # 20 are more than a call takes
        few = parts.new.take(rows)
        said = KerasModel.readied_together(models, [few, few])()
        for whole, each in zip(alone, said, strict=True):
            np.testing.assert_array_equal(each, whole[rows])
    many = ManyScorers([model._built() for model in models])
    assert many._few is not None and models[0]._together.scorers == many.scorers
    assert not {"_scorer", "_alone", "_together"} & models[0].__getstate__().keys()
    # Where the bits of a small batch are others, each is asked alone.
    monkeypatch.setattr(Scorer, "__call__", lambda self, arrays: np.zeros(8))
    assert ManyScorers(many.scorers)._few is None
