"""AdamW on TensorFlow, one fused kernel a weight; it leaves nothing behind."""

from collections.abc import Sequence
from typing import Any

import numpy as np

_LEAST_RATE = 0.02
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7


class AdamW:
    """Adam [1]_ with decoupled weight decay [2]_ and a rate that falls along a half cosine [3]_.

    Keras has one too.  It adds the gradients of all replicas up before it applies them, and where
    all of them are dense TensorFlow registers a new gradient function for each such sum, in a
    table that is never emptied: every network that was ever trained stays in memory.

    Parameters
    ----------
    weights : sequence of keras.Variable
        Those called ``bias`` do not decay.
    learning_rate : float
        In the first step; it falls to a fiftieth.
    weight_decay : float
        Share of a weight that is taken off a step, in units of the learning rate.
    n_steps : int
        Steps over which the rate falls.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    .. [2] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    .. [3] I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
       ICLR 2017.
    """

    def __init__(
        self, weights: Sequence[Any], learning_rate: float, weight_decay: float, n_steps: int
    ):
        import tensorflow as tf

        self._weights = [weight.value for weight in weights]
        self._decays = [weight_decay * (weight.name != "bias") for weight in weights]
        self._moments = [
            (tf.Variable(tf.zeros_like(weight)), tf.Variable(tf.zeros_like(weight)))
            for weight in self._weights
        ]
        self._learning_rate = learning_rate
        self._n_steps = n_steps
        self._done = tf.Variable(0.0)

    def apply(self, gradients: Sequence[Any]) -> None:
        """Take one step down; ``gradients`` are in the order of the weights."""
        import tensorflow as tf

        progress = tf.minimum(self._done / self._n_steps, 1.0)
        cosine = 0.5 * (1.0 + tf.cos(np.pi * progress))
        rate = self._learning_rate * (_LEAST_RATE + (1.0 - _LEAST_RATE) * cosine)
        self._done.assign_add(1.0)
        power_1, power_2 = tf.pow(_BETA_1, self._done), tf.pow(_BETA_2, self._done)
        for weight, gradient, decay, (first, second) in zip(
            self._weights, gradients, self._decays, self._moments, strict=True
        ):
            if decay:
                weight.assign_sub(weight * rate * decay)
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle,
                m=first.handle,
                v=second.handle,
                beta1_power=power_1,
                beta2_power=power_2,
                lr=rate,
                beta1=_BETA_1,
                beta2=_BETA_2,
                epsilon=_EPSILON,
                # Gradients of embeddings come as slices; a weight without a say has none.
                grad=tf.zeros_like(weight) if gradient is None else tf.convert_to_tensor(gradient),
            )
