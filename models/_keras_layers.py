"""Layers that the deep models share: embedded events, pools and convolutions that skip padding."""

from typing import Any

import numpy as np


def embedded(inputs: dict[str, Any], n_codes: tuple[int, ...]) -> Any:
    """Give each event as one vector: its embedded codes and its scaled numbers; 0 where padded.

    Parameters
    ----------
    inputs : dict of str to KerasTensor
        The arrays of ``EventTensors``.
    n_codes : tuple of int
        Number of codes of each categorical mark.

    Returns
    -------
    KerasTensor of shape (n_cases, width, n_components)

    Notes
    -----
    There is no dropout here: what is left out of an event shifts every maximum and every state
    that comes after, and on real purchase histories it cost more than it gave.
    """
    from keras import layers, ops

    parts = [inputs["numbers"]]
    for mark, n in enumerate(n_codes):
        n_components = int(np.clip(2 * np.sqrt(n), 4, 16))
        parts.append(layers.Embedding(n, n_components)(inputs["codes"][..., mark]))
    return ops.concatenate(parts, axis=-1) * present_as_number(inputs)


def present_as_number(inputs: dict[str, Any]) -> Any:
    """Give 1 for events and 0 for padding, shape (n_cases, width, 1)."""
    from keras import ops

    return ops.expand_dims(ops.cast(inputs["present"], "float32"), -1)


def pooled(events: Any, inputs: dict[str, Any]) -> Any:
    """Give maximum, mean and last value of non-negative components over a case's events.

    Padding counts for nothing; a case without events gets zeros.
    """
    from keras import ops

    present = present_as_number(inputs)
    events = events * present
    n_events = ops.maximum(ops.sum(present, axis=1), 1.0)
    mean = ops.sum(events, axis=1) / n_events
    return ops.concatenate([ops.max(events, axis=1), mean, events[:, -1]], axis=-1)


def convolved(events: Any, inputs: dict[str, Any], widths: tuple[int, ...], n_filters: int) -> Any:
    """Look for patterns of several widths among neighbouring events, and pool each [1]_.

    References
    ----------
    .. [1] Y. Kim, "Convolutional neural networks for sentence classification", EMNLP 2014.
    """
    from keras import layers, ops

    pools = []
    for width in widths:
        # Causal: the last position sees the latest events, and nothing stands behind it.
        convolution = layers.Conv1D(n_filters, width, padding="causal", activation="relu")
        pools.append(pooled(convolution(events), inputs))
    return ops.concatenate(pools, axis=-1)


def attended(states: Any, inputs: dict[str, Any]) -> Any:
    """Give the mean of a recurrent network's states, weighed by learnt attention [1]_.

    Padding gets no weight; a case without events gets zeros.

    References
    ----------
    .. [1] Z. Yang et al., "Hierarchical attention networks for document classification",
       NAACL 2016.
    """
    from keras import layers, ops

    score = layers.Dense(1, use_bias=False)(layers.Dense(16, activation="tanh")(states))
    weight = ops.exp(score - ops.max(score, axis=1, keepdims=True)) * present_as_number(inputs)
    return ops.sum(states * weight, axis=1) / ops.maximum(ops.sum(weight, axis=1), 1e-9)
