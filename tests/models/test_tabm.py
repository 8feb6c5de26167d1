import numpy as np
import pytest
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models._deep.batch_ensemble import own_logits, shared_dense
from intentbench.models._deep.keras_model import keras_on_one_thread
from intentbench.models.tabm import TabM
from scipy.special import expit
from sklearn.metrics import roc_auc_score


@pytest.fixture(scope="module")
def fitted():
    parts = make_parts(0)
    return TabM(random_state=0).fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))


def test_answer_is_the_mean_probability_of_members_that_differ(fitted):
    parts = make_parts(0)
    network = fitted._network()
    network.set_weights(fitted.weights_)
    outputs = network(fitted._arrays(fitted.rated_.transform(parts.new))).numpy()
    members = expit(outputs[:, 1:].astype(float))
    p = fitted.predict_proba(parts.new)[:, 1]
    np.testing.assert_allclose(p, members.mean(axis=1), atol=1e-5)
    assert members.shape[1] == 16 and members.std(axis=1).mean() > 0.001
    assert roc_auc_score(parts.y_new, p) > 0.85


def test_each_member_learns_by_itself():
    keras = keras_on_one_thread()
    import tensorflow as tf

    inputs = {"features": keras.Input((3,), name="features")}
    model = TabM(units=(4,), dropout=0.0)
    network = keras.Model(inputs, model._logits(model.hidden(inputs), 0.5))
    x = tf.constant(np.random.default_rng(0).normal(size=(5, 3)).astype("float32"))
    with tf.GradientTape() as tape:
        answer = tf.reduce_sum(network({"features": x})[:, 0])
    of_answer = tape.gradient(answer, network.trainable_variables)
    assert all(g is None or not g.numpy().any() for g in of_answer)
    with tf.GradientTape() as tape:
        first = tf.reduce_sum(network({"features": x})[:, 1])
    gradients = tape.gradient(first, network.trainable_variables)
    own = [g.numpy() for g in gradients if g is not None and g.shape[0] == 16]
    assert len(own) == 5 and all(not g[1:].any() for g in own)


def test_members_start_apart_by_the_signs_of_their_inputs():
    keras = keras_on_one_thread()
    keras.utils.set_random_seed(0)
    x = keras.Input((1, 6))
    network = keras.Model(x, own_logits(shared_dense(x, 5, 4, signed=True), 5, 0.0))
    before = network.get_weights()[1]
    assert before.shape == (5, 6) and set(np.unique(before)) == {-1.0, 1.0}
    assert network.output_shape == (None, 5)
