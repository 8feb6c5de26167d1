"""Transformer: every event of a case looks at every other one, wherever it stands."""

import warnings

from ._deep.keras_model import KerasModel
from ._deep.layers import attended, embedded, present_as_number


class Transformer(KerasModel):
    """Transformer encoder [1]_ over embedded events, with layer norms in front [2]_.

    An event's place is counted from the end, so that the latest event has the same place in every
    case.  Padding is never attended to, neither between events nor when the events are pooled.

    Parameters
    ----------
    n_blocks : int, default=1
        Encoder blocks: self-attention and a dense layer, each added to its input.
    n_heads : int, default=2
        Attention heads; ``width`` must be a multiple of it.
    width : int, default=32
        Components of an event inside the encoder.
    block_units : int, default=64
        Width of a block's dense layer.
    head_units : int, default=32
        Width of the dense layer between the pooled events and the output.
    dropout : float, default=0.1
        Share of what a block adds, and of the pooled components, left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] A. Vaswani et al., "Attention is all you need", NIPS 2017.
    .. [2] R. Xiong et al., "On layer normalization in the Transformer architecture", ICML 2020.
    """

    title = "Transformer"
    family = "deep"
    views = frozenset({"events"})
    requires = ("tensorflow", "keras")
    transfers = True

    def __init__(
        self,
        n_blocks=1,
        n_heads=2,
        width=32,
        block_units=64,
        head_units=32,
        dropout=0.1,
        random_state=None,
    ):
        self.n_blocks = n_blocks
        self.n_heads = n_heads
        self.width = width
        self.block_units = block_units
        self.head_units = head_units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the layers from the events to the head."""
        from keras import layers, ops

        x = layers.Dense(self.width)(embedded(inputs, self.events_.n_codes_))
        # What blocks add is of size one from the start; small first vectors would drown in it.
        x = (x + self._places(inputs)) * self.width**0.5
        for _ in range(self.n_blocks):
            x = self._block(x, inputs)
        x = layers.LayerNormalization()(x) * present_as_number(inputs)
        x = ops.concatenate([x[:, -1], attended(x, inputs), inputs["length"]], axis=-1)
        x = layers.Dense(self.head_units, activation="relu")(layers.Dropout(self.dropout)(x))
        return layers.Dropout(self.dropout)(x)

    def _places(self, inputs):
        """Learnt vector of each place, shape (1, n_places, width), 0 for the latest event."""
        from keras import layers, ops

        # From an input, though it reads none: Keras trains only what hangs on its inputs.
        column = ops.cumsum(ops.ones_like(inputs["codes"][:1, :, 0]), axis=1)
        n_places = inputs["codes"].shape[1]
        return layers.Embedding(n_places, self.width)(n_places - column)

    def _block(self, x, inputs):
        from keras import layers

        x = x + layers.SpatialDropout1D(self.dropout)(self._looked_around(x, inputs))
        normed = layers.LayerNormalization()(x)
        dense = layers.Dense(self.block_units, activation="relu")(normed)
        return x + layers.SpatialDropout1D(self.dropout)(layers.Dense(self.width)(dense))

    def _looked_around(self, x, inputs):
        """What each event finds in the others, shape (n_cases, n_places, width)."""
        from keras import layers, ops

        normed = layers.LayerNormalization()(x)
        size = self.width // self.n_heads
        # A case without events attends to all padding alike: finite, and left out at the end.
        absent = (ops.swapaxes(present_as_number(inputs), 1, 2) - 1.0) * 1e9
        found = []
        # Head by head without moving axes: on one thread twice as fast as Keras's own layer.
        for _ in range(self.n_heads):
            query, key, value = (layers.Dense(size, use_bias=False)(normed) for _ in range(3))
            score = ops.matmul(query, ops.swapaxes(key, 1, 2)) / size**0.5 + absent
            found.append(ops.matmul(_softmax(score), value))
        return layers.Dense(self.width)(ops.concatenate(found, axis=-1))


def _softmax(score):
    from keras import ops

    with warnings.catch_warnings():
        # Keras wonders why there should be a softmax over one place; cases of one event are why.
        warnings.filterwarnings("ignore", "You are using a softmax over axis", UserWarning)
        return ops.softmax(score)
