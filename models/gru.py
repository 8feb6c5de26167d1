"""Gated recurrent unit: a recurrent network with two gates, lighter than an LSTM."""

from ._deep.keras_model import KerasModel
from ._deep.layers import embedded


class GRU(KerasModel):
    """Gated recurrent unit [1]_ over embedded events: its last state tells the outcome.

    Purchases of a session were predicted so from embedded clicks [2]_.

    Parameters
    ----------
    units : int, default=32
        Size of the recurrent state.
    head_units : int, default=32
        Width of the dense layer between the last state and the output.
    dropout : float, default=0.2
        Share of state and hidden units left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] K. Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical
       machine translation", EMNLP 2014.
    .. [2] H. Sheil, O. Rana and R. Reilly, "Predicting purchasing intent: automatic feature
       learning using recurrent neural networks", SIGIR Workshop on eCommerce 2018.
    """

    title = "GRU"
    family = "deep"
    views = frozenset({"events"})
    requires = ("tensorflow", "keras")

    def __init__(self, units=32, head_units=32, dropout=0.2, random_state=None):
        self.units = units
        self.head_units = head_units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the layers from the events to the head."""
        from keras import layers, ops

        events = embedded(inputs, self.events_.n_codes_)
        state = layers.GRU(self.units)(events, mask=inputs["present"])
        x = layers.Dropout(self.dropout)(ops.concatenate([state, inputs["length"]], axis=-1))
        x = layers.Dense(self.head_units, activation="relu")(x)
        return layers.Dropout(self.dropout)(x)
