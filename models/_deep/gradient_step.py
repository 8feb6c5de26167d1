"""One gradient step of a network on a batch of its fit cases, compiled."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .adamw import AdamW
from .recipe import Arrays, Recipe


class GradientStep:
    """What learns from a batch; the cases are given to it anew for each fit.

    Parameters
    ----------
    network : keras.Model
        Gives one logit a case, shape (n_cases, 1); further columns are logits of its inner parts.
    size : int
        Cases of a batch.
    is_weighted : bool
        Whether cases stand for more or fewer than one.
    recipe : Recipe
    n_steps : int
        Steps that are planned.
    """

    def __init__(
        self, network: Any, size: int, is_weighted: bool, recipe: Recipe, n_steps: int
    ) -> None:
        import tensorflow as tf

        # For networks this small, Keras's own fit loop would take longer than its gradient steps.
        weights = network.trainable_variables
        self._adamw = adamw = AdamW(
            weights, recipe.learning_rate, recipe.weight_decay, n_steps, recipe.beta_2,
            recipe.schedule, dict(recipe.factors),
        )  # fmt: skip
        self._names = [tensor.name for tensor in network.inputs]

        @tf.function(autograph=False, jit_compile=False)  # nothing in it hangs on values
        def step(rows: Any, outcomes: Any, counted: Any, inputs: dict[str, Any]) -> Any:
            batch = {name: tf.gather(array, rows) for name, array in inputs.items()}
            with tf.GradientTape() as tape:
                logits = network(batch, training=True)
                wanted = tf.repeat(tf.gather(outcomes, rows)[:, None], logits.shape[1], axis=1)
                surprise = tf.nn.sigmoid_cross_entropy_with_logits(wanted, logits)
                if is_weighted:
                    surprise *= tf.gather(counted, rows)[:, None]
                losses = tf.reduce_mean(surprise, axis=0)
                loss = losses[0] + recipe.side_weight * tf.reduce_sum(losses[1:])
            adamw.apply(tape.gradient(loss, weights))
            return losses[0]

        numbers = tf.TensorSpec((None,), tf.float32)
        self._step = step.get_concrete_function(
            tf.TensorSpec((size,), tf.int32),
            numbers,
            numbers if is_weighted else None,
            {
                tensor.name: tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype)
                for tensor in network.inputs
            },
        )

    def over(
        self, arrays: Arrays, y: np.ndarray, weight: np.ndarray | None
    ) -> Callable[[np.ndarray], Any]:
        """Begin a fit; gives the function that learns from a batch of case numbers.

        Parameters
        ----------
        arrays : dict of str to ndarray
            The network's inputs by name, of all fit cases.
        y : ndarray of shape (n_cases,)
            The outcomes.
        weight : ndarray of shape (n_cases,), optional
            How many cases each stands for.
        """
        import tensorflow as tf

        self._adamw.begin()
        # tf.constant and tf.convert_to_tensor copy the array before they copy it into the tensor.
        inputs = {name: tf.raw_ops.Identity(input=arrays[name]) for name in self._names}
        outcomes = tf.constant(y.astype(np.float32))
        counted = None
        if weight is not None:
            counted = tf.constant((weight / weight.mean()).astype(np.float32))
        return lambda rows: self._step(tf.constant(rows), outcomes, counted, inputs)
