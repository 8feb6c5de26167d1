"""The recurrent layers of several networks as one, its steps written out.

Keras runs a recurrent layer in a loop that starts some fifty operations at each event.  Of a few
cases these take all the time, so the layers of all networks and directions take each step by the
same dozen operations.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

Batch = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Recurrence:
    """A network parted at its only recurrent layer.

    Parameters
    ----------
    before : keras.Model
        From the network's inputs to the layer's sequences and mask, and to what else ``after``
        reads.
    after : keras.Model
        From that, and from what the layer gives, to the network's output.
    directions : tuple of keras.layers.Layer
        One layer, or two, the second of which reads from the end.
    n_steps : int
    """

    before: Any
    after: Any
    directions: tuple[Any, ...]
    n_steps: int

    @classmethod
    def of(cls, network: Any) -> Self | None:
        """Part a network; None where it has no recurrent layer, or another than is known here."""
        import keras

        found = [layer for layer in network.layers if _directions(layer)]
        if len(found) != 1 or len(_flat(found[0].input)) != 2:
            return None
        (layer,) = found
        read = _flat(layer.input)
        earlier = keras.Model(network.inputs, read).operations
        made = {id(tensor): tensor for each in earlier for tensor in _flat(each.output)}
        later = [each for each in network.operations if each not in earlier and each is not layer]
        wanted = {id(tensor) for each in later for tensor in _flat(each.input)}
        passed = [tensor for key, tensor in made.items() if key in wanted]
        before = keras.Model(network.inputs, [*read, *passed])
        after = keras.Model([*passed, layer.output], network.output)
        return cls(before, after, _directions(layer), read[0].shape[1])

    @property
    def form(self) -> tuple[Any, ...]:
        """What recurrences must share to be computed together."""
        first = self.directions[0]
        shapes = tuple(tuple(each.shape) for each in first.weights)
        return type(first), len(self.directions), first.return_sequences, self.n_steps, shapes


def _directions(layer: Any) -> tuple[Any, ...]:
    """Give the layers of a recurrent one, as far as it is known here; () of any other."""
    from keras import layers

    two = isinstance(layer, layers.Bidirectional) and layer.merge_mode == "concat"
    directions = (layer.forward_layer, layer.backward_layer) if two else (layer,)
    known = all(
        type(each) in (layers.GRU, layers.LSTM)
        and each.use_bias
        and (each.activation.__name__, each.recurrent_activation.__name__) == ("tanh", "sigmoid")
        and not (each.stateful or each.return_state)
        # One direction keeps the state over padding; two give 0 there.
        and each.zero_output_for_mask == (two and each.return_sequences)
        and getattr(each, "reset_after", True)
        for each in directions
    )
    backwards = [getattr(each, "go_backwards", False) for each in directions]
    return directions if known and backwards == [False, True][: len(directions)] else ()


def _flat(tensors: Any) -> list[Any]:
    return list(tensors) if isinstance(tensors, (list, tuple)) else [tensors]


def read_together(
    parted: Sequence[Recurrence | None],
) -> Callable[[Sequence[Batch]], list[Any]] | None:
    """Give what computes the outputs of parted networks, each from its own inputs.

    The values of the recurrent layers' weights are those of now.  None where they cannot be
    computed together.
    """
    import tensorflow as tf

    if None in parted or len({each.form for each in parted}) != 1:
        return None
    first = parted[0]
    steps = {"GRU": _of_gru, "LSTM": _of_lstm}[type(first.directions[0]).__name__]
    # All that read from the start, then all that read from the end.
    cells = [
        each.directions[number].cell for number in range(len(first.directions)) for each in parted
    ]
    kernel, again, bias = (
        tf.constant(np.stack([getattr(cell, name).numpy() for cell in cells]))
        for name in ("kernel", "recurrent_kernel", "bias")
    )
    units = cells[0].units

    def outputs(batches: Sequence[Batch]) -> list[Any]:
        read = [
            each.before(batch, training=False) for each, batch in zip(parted, batches, strict=True)
        ]
        sequences, present = (
            _with_reversed(tf.stack([every[part] for every in read]), len(cells)) for part in (0, 1)
        )
        n_layers, n_cases, n_steps, n_components = sequences.shape
        sequences = tf.reshape(sequences, (n_layers, n_cases * n_steps, n_components))
        told = tf.reshape(tf.matmul(sequences, kernel), (n_layers, n_cases, n_steps, -1))
        masks = tf.unstack(tf.tile(present[..., None], (1, 1, 1, units)), axis=2)
        states = steps(told, masks, again, bias)
        if first.directions[0].return_sequences:
            given = _all_states(states, masks, len(parted))
        else:
            given = _last_states(states[-1], len(parted))
        return [
            each.after([*passed, state], training=False)
            for each, (_, _, *passed), state in zip(parted, read, given, strict=True)
        ]

    return outputs


def _with_reversed(each: Any, n_layers: int) -> Any:
    """Put behind what is read from the start the same from the end, where layers read it so."""
    import tensorflow as tf

    return each if each.shape[0] == n_layers else tf.concat([each, tf.reverse(each, (2,))], axis=0)


def _last_states(state: Any, n_networks: int) -> list[Any]:
    """Give each network the state after its last step, those of both directions side by side."""
    import tensorflow as tf

    if state.shape[0] == n_networks:
        return tf.unstack(state)
    return tf.unstack(tf.concat([state[:n_networks], state[n_networks:]], axis=-1))


def _all_states(states: list[Any], masks: list[Any], n_networks: int) -> list[Any]:
    """Give each network its states at all events; with two directions 0 where there is none."""
    import tensorflow as tf

    from_start = tf.stack(states, axis=2)
    if from_start.shape[0] == n_networks:
        return tf.unstack(from_start)
    from_start = tf.where(tf.stack(masks, axis=2), from_start, 0.0)
    from_start, from_end = from_start[:n_networks], tf.reverse(from_start[n_networks:], (2,))
    return tf.unstack(tf.concat([from_start, from_end], axis=-1))


def _of_gru(told: Any, masks: list[Any], again: Any, bias: Any) -> list[Any]:
    """Take the steps of gated recurrent units, as Keras does; gives the states."""
    import tensorflow as tf

    n_layers, n_cases, _, n = told.shape
    two, one = 2 * n // 3, n // 3
    # Of full size: a product with a vector of biases is fused, and takes longer.
    own, bias = bias[:, None, :1], tf.tile(bias[:, 1:], (1, n_cases, 1))
    gates, candidates = (
        tf.unstack(part, axis=2) for part in tf.split(told + own, (two, one), axis=-1)
    )
    state, states = tf.zeros((n_layers, n_cases, one)), []
    for mask, gate, candidate in zip(masks, gates, candidates, strict=True):
        kept, tried = tf.split(tf.matmul(state, again) + bias, (two, one), axis=-1)
        update, reset = tf.split(tf.sigmoid(gate + kept), 2, axis=-1)
        new = update * state + (1 - update) * tf.tanh(candidate + reset * tried)
        state = tf.where(mask, new, state)
        states.append(state)
    return states


def _of_lstm(told: Any, masks: list[Any], again: Any, bias: Any) -> list[Any]:
    """Take the steps of long short-term memories, as Keras does; gives the states."""
    import tensorflow as tf

    n_layers, n_cases, _, n = told.shape
    two, one = n // 2, n // 4
    bias = bias[:, None]
    state = memory = tf.zeros((n_layers, n_cases, one))
    states = []
    for mask, each in zip(masks, tf.unstack(told, axis=2), strict=True):
        all_four = each + tf.matmul(state, again) + bias
        gates, candidate, out = tf.split(all_four, (two, one, one), axis=-1)
        put, keep = tf.split(tf.sigmoid(gates), 2, axis=-1)
        new = keep * memory + put * tf.tanh(candidate)
        state = tf.where(mask, tf.sigmoid(out) * tf.tanh(new), state)
        memory = tf.where(mask, new, memory)
        states.append(state)
    return states
