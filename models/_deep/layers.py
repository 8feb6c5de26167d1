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
    from keras import ops

    parts = [inputs["numbers"]]
    for mark, n in enumerate(n_codes):
        parts.append(_embedding(n)(inputs["codes"][..., mark]))
    return ops.concatenate(parts, axis=-1) * present_as_number(inputs)


def embedded_columns(inputs: dict[str, Any], n_codes: tuple[int, ...]) -> Any:
    """Give the features with their categories embedded [1]_, shape (n_cases, n_components).

    Parameters
    ----------
    inputs : dict of str to KerasTensor
        The arrays of ``ColumnVectors``.
    n_codes : tuple of int
        Number of codes of each categorical column.

    References
    ----------
    .. [1] C. Guo and F. Berkhahn, "Entity embeddings of categorical variables",
       arXiv:1604.06737, 2016.
    """
    from keras import ops

    parts = [inputs["features"]]
    for column, n in enumerate(n_codes):
        parts.append(_embedding(n)(inputs["categories"][:, column]))
    return ops.concatenate(parts, axis=-1)


def _embedding(n_codes: int) -> Any:
    from keras import initializers, layers

    n_components = int(np.clip(2 * np.sqrt(n_codes), 4, 16))
    # Keras starts so small that hundreds of steps pass before kinds of events are told apart.
    # Where there are many codes each is rare, and what it starts with is noise that stays.
    start = initializers.RandomNormal(stddev=n_codes**-0.5)
    return layers.Embedding(n_codes, n_components, embeddings_initializer=start)


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
    return pooled(patterns(events, widths, n_filters), inputs)


def patterns(events: Any, widths: tuple[int, ...], n_filters: int) -> Any:
    """Tell at each event which patterns end there, shape (n_cases, width, n_patterns)."""
    from keras import layers, ops

    # Causal: the last position sees the latest events, and nothing stands behind it.
    filters = [layers.Conv1D(n_filters, w, padding="causal", activation="relu") for w in widths]
    return ops.concatenate([convolution(events) for convolution in filters], axis=-1)


def in_pairs(events: Any, inputs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Put neighbouring events side by side: half the steps for a recurrent layer.

    Returns
    -------
    pairs : KerasTensor of shape (n_cases, half the width, 2 * n_components)
        The latest two events stand last; 0 where there is none.
    inputs : dict of str to KerasTensor
        ``present``, shape (n_cases, half the width): which pairs hold an event.
    """
    from keras import ops

    lacking = events.shape[1] % 2
    events = ops.pad(events * present_as_number(inputs), [[0, 0], [lacking, 0], [0, 0]])
    present = ops.pad(inputs["present"], [[0, 0], [lacking, 0]])
    half = events.shape[1] // 2
    pairs = ops.reshape(events, (-1, half, 2 * events.shape[2]))
    return pairs, {"present": ops.any(ops.reshape(present, (-1, half, 2)), axis=-1)}


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
