"""A call that asks networks about a few cases: one tensor goes in, and few operations are run.

Of a single case hardly anything is computed: what takes time is to start each operation, and to
hand over each tensor.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .recipe import Arrays
from .recurrence import Recurrence, read_together


def few_cases(networks: Sequence[Any], n_cases: int) -> Callable[[Sequence[Arrays]], np.ndarray]:
    """Compile a call of networks that have learnt: later changes of their weights are not seen.

    Parameters
    ----------
    networks : sequence of keras.Model
        The first output column of each is its logit.
    n_cases : int
        Most cases that are asked about.

    Returns
    -------
    callable
        Gives the logits by each network of its own arrays, float64, shape (n_networks, n_asked).
        Whether they are those of large batches to the bit is for the caller to see.
    """
    import keras
    import tensorflow as tf

    inputs = [tensor for network in networks for tensor in network.inputs]
    variables = [variable for network in networks for variable in network.weights]
    # As an argument: weights that are constants oneDNN lays out anew, and then rounds otherwise.
    weights = tf.constant(np.concatenate([np.ravel(variable.numpy()) for variable in variables]))
    together = read_together([Recurrence.of(network) for network in networks])

    def logits(cases: Any, weights: Any) -> Any:
        parts = _parts(cases, [tensor.shape[1:] for tensor in inputs])
        batches = [
            {tensor.name: tf.cast(next(parts), tensor.dtype) for tensor in network.inputs}
            for network in networks
        ]
        values = _parts(weights, [variable.shape for variable in variables])
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            answers = (
                together(batches)
                if together is not None
                else [
                    network(batch, training=False)
                    for network, batch in zip(networks, batches, strict=True)
                ]
            )
            return tf.stack([answer[:, 0] for answer in answers])

    width = sum(int(np.prod(tensor.shape[1:])) for tensor in inputs)
    traced = tf.function(logits, autograph=False, jit_compile=False).get_concrete_function(
        tf.TensorSpec((n_cases, width)), tf.TensorSpec(weights.shape)
    )

    def asked(arrays: Sequence[Arrays]) -> np.ndarray:
        n_asked = len(next(iter(arrays[0].values())))
        # Codes of categories are whole numbers that single precision holds.
        cases, end = np.zeros((n_cases, width), np.float32), 0
        for network, each in zip(networks, arrays, strict=True):
            for tensor in network.inputs:
                part = each[tensor.name].reshape(n_asked, -1)
                cases[:n_asked, end : end + part.shape[1]] = part
                end += part.shape[1]
        return traced(tf.constant(cases), weights).numpy()[:, :n_asked].astype(np.float64)

    return asked


def _parts(packed: Any, shapes: Sequence[tuple[int, ...]]) -> Iterator[Any]:
    """Give what lies side by side along the last axis, each part in its shape."""
    import tensorflow as tf

    pieces = tf.split(packed, [int(np.prod(shape)) for shape in shapes], axis=-1)
    for piece, shape in zip(pieces, shapes, strict=True):
        yield tf.reshape(piece, (*packed.shape[:-1], *shape))
