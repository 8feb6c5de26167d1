"""KerasModel: a Keras network as a model plugin."""

import os
from abc import abstractmethod
from contextlib import suppress
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import expit, logit

from ..bench.cases import Cases
from ..bench.encoding import ScaledOneHot
from ..bench.model import Model, two_columns
from ._event_tensors import EventTensors
from ._keras_training import Arrays, Recipe, Scorer, train


@cache
def keras_on_one_thread() -> Any:
    """Import Keras on TensorFlow, quiet, on one processor thread, with repeatable operations.

    Results depend on the number of threads; the harness runs one process a core instead.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import tensorflow as tf

    # Too late where TensorFlow was used before in this process: then its owner has chosen.
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.set_visible_devices([], "GPU")
    tf.config.experimental.enable_op_determinism()
    import keras

    return keras


class KerasModel(Model):
    """Encodes the declared views, builds a network over them and trains it by one recipe.

    A subclass says in ``hidden`` what lies between the inputs and the output unit, and may have a
    ``recipe`` of its own.  What is kept of a fit is arrays: the network is built again from
    ``weights_`` where it is needed, so that a fitted model can be pickled.
    """

    recipe: ClassVar[Recipe] = Recipe()

    @abstractmethod
    def hidden(self, inputs: dict[str, Any]) -> Any:
        """Build the layers up to the last hidden one.

        Parameters
        ----------
        inputs : dict of str to KerasTensor
            ``features``, shape (n_cases, n_columns), where the model declares that view; and the
            arrays of ``EventTensors`` where it declares events.

        Returns
        -------
        KerasTensor of shape (n_cases, n_units)
        """

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn the encodings and the weights from the fit cases; stop by the valid cases."""
        keras = keras_on_one_thread()
        entropy = np.random.SeedSequence(getattr(self, "random_state", None))
        keras.utils.clear_session()
        keras.utils.set_random_seed(int(entropy.generate_state(1)[0]))
        self._learn_encodings(cases)
        arrays = self._arrays(cases)
        self.input_shapes_ = {name: (a.shape[1:], a.dtype.name) for name, a in arrays.items()}
        network = self._network(output_bias=float(logit(np.mean(y))))
        self._scorer = Scorer(network)
        self.history_ = train(
            network,
            self._scorer,
            (arrays, y),
            (self._arrays(valid[0]), valid[1]),
            self.recipe,
            np.random.default_rng(entropy),
        )
        self.weights_ = network.get_weights()
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        if not hasattr(self, "_scorer"):
            keras_on_one_thread()
            network = self._network()
            network.set_weights(self.weights_)
            self._scorer = Scorer(network)
        return two_columns(expit(self._scorer(self._arrays(cases))))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_scorer"}

    def _learn_encodings(self, cases: Cases) -> None:
        if "features" in self.views:
            self.columns_ = ScaledOneHot(clip=5.0).fit(cases.features)
        if "events" in self.views:
            self.events_ = EventTensors().fit(cases.events)

    def _arrays(self, cases: Cases) -> Arrays:
        arrays = {}
        if "features" in self.views:
            arrays["features"] = self.columns_.transform(cases.features).astype(np.float32)
        if "events" in self.views:
            arrays |= self.events_.transform(cases.events)
        return arrays

    def _network(self, output_bias: float = 0.0) -> Any:
        import keras

        inputs = {
            name: keras.Input(shape, dtype=dtype, name=name)
            for name, (shape, dtype) in self.input_shapes_.items()
        }
        output = keras.layers.Dense(
            1, bias_initializer=keras.initializers.Constant(output_bias), name="logit"
        )
        return keras.Model(inputs, output(self.hidden(inputs)))


def embedded(model: KerasModel, inputs: dict[str, Any]) -> Any:
    """Give each event as one vector: embedded codes and scaled numbers, zero where padded.

    Returns
    -------
    KerasTensor of shape (n_cases, width, n_units)
    """
    import keras

    parts = [inputs["numbers"]]
    for name, n_codes in model.events_.n_codes_.items():
        n_units = int(np.clip(2 * np.sqrt(n_codes), 4, 16))
        parts.append(keras.layers.Embedding(n_codes, n_units)(inputs[name]))
    events = keras.layers.SpatialDropout1D(0.1)(keras.ops.concatenate(parts, axis=-1))
    return events * keras.ops.cast(inputs["present"], "float32")[..., None]
