"""AdamW on TensorFlow, one fused kernel a weight; it leaves nothing behind."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_LEAST_RATE = 0.02
_BETA_1, _EPSILON = 0.9, 1e-7


class AdamW:
    """Adam [1]_ with decoupled weight decay [2]_ and a rate that rises and falls by a schedule.

    Keras has one too.  It adds the gradients of all replicas up before it applies them, and where
    all of them are dense TensorFlow registers a new gradient function for each such sum, in a
    table that is never emptied: every network that was ever trained stays in memory.

    Parameters
    ----------
    weights : sequence of keras.Variable
        Those called ``bias`` do not decay.
    learning_rate : float
        The highest.
    weight_decay : float
        Share of a weight that is taken off a step, in units of the learning rate.
    n_steps : int
        Steps that are planned.
    beta_2 : float, default=0.999
        How slowly the mean of squared gradients forgets.
    schedule : {"cosine", "four cosines"}, default="cosine"
        A half cosine from the highest rate to a fiftieth [3]_; or four whole ones from 0 to 0, each
        about twice as long as the one before [4]_.
    factors : mapping of str to float, optional
        By what the rate is multiplied for the weights of a name.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    .. [2] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    .. [3] I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
       ICLR 2017.
    .. [4] D. Holzmueller, L. Grinsztajn and I. Steinwart, "Better by default: strong pre-tuned
       MLPs and boosted trees on tabular data", NeurIPS 2024.
    """

    def __init__(
        self,
        weights: Sequence[Any],
        learning_rate: float,
        weight_decay: float,
        n_steps: int,
        beta_2: float = 0.999,
        schedule: str = "cosine",
        factors: Mapping[str, float] | None = None,
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
        self._beta_2 = beta_2
        self._schedule = _SCHEDULES[schedule]
        self._factors = [(factors or {}).get(weight.name, 1.0) for weight in weights]
        self._done = tf.Variable(0.0)

    def begin(self) -> None:
        """Forget all steps that were taken."""
        import tensorflow as tf

        for of_weight in self._moments:
            for moment in of_weight:
                moment.assign(tf.zeros_like(moment))
        self._done.assign(0.0)

    def apply(self, gradients: Sequence[Any]) -> None:
        """Take one step down; ``gradients`` are in the order of the weights."""
        import tensorflow as tf

        progress = tf.minimum(self._done / self._n_steps, 1.0)
        highest = self._learning_rate * self._schedule(progress)
        self._done.assign_add(1.0)
        power_1, power_2 = tf.pow(_BETA_1, self._done), tf.pow(self._beta_2, self._done)
        for weight, gradient, decay, factor, (first, second) in zip(
            self._weights, gradients, self._decays, self._factors, self._moments, strict=True
        ):
            rate = highest * factor
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
                beta2=self._beta_2,
                epsilon=_EPSILON,
                # Gradients of embeddings come as slices; a weight without a say has none.
                grad=tf.zeros_like(weight) if gradient is None else tf.convert_to_tensor(gradient),
            )


def _cosine(progress: Any) -> Any:
    import tensorflow as tf

    return _LEAST_RATE + (1.0 - _LEAST_RATE) * (0.5 * (1.0 + tf.cos(np.pi * progress)))


def _four_cosines(progress: Any) -> Any:
    import tensorflow as tf

    cycles = tf.math.log1p(15.0 * progress) / np.log(2.0)
    return 0.5 * (1.0 - tf.cos(2.0 * np.pi * cycles))


_SCHEDULES = {"cosine": _cosine, "four cosines": _four_cosines}
