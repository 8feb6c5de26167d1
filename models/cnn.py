"""Convolutional network: short patterns of events, wherever they stand."""

from ._keras import KerasModel
from ._keras_layers import convolved, embedded


class CNN(KerasModel):
    """Convolutions of several widths over embedded events, pooled over the sequence [1]_.

    Parameters
    ----------
    widths : tuple of int, default=(2, 3, 5)
        Neighbouring events that a filter sees.
    n_filters : int, default=24
        Filters of each width.
    head_units : int, default=32
        Width of the dense layer between the pools and the output.
    dropout : float, default=0.2
        Share of pools and hidden units left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] Y. Kim, "Convolutional neural networks for sentence classification", EMNLP 2014.
    """

    title = "CNN"
    family = "deep"
    views = frozenset({"events"})
    requires = ("tensorflow", "keras")

    def __init__(
        self, widths=(2, 3, 5), n_filters=24, head_units=32, dropout=0.2, random_state=None
    ):
        self.widths = widths
        self.n_filters = n_filters
        self.head_units = head_units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the layers from the events to the head."""
        from keras import layers, ops

        events = embedded(inputs, self.events_.n_codes_)
        patterns = convolved(events, inputs, self.widths, self.n_filters)
        x = layers.Dropout(self.dropout)(ops.concatenate([patterns, inputs["length"]], axis=-1))
        x = layers.Dense(self.head_units, activation="relu")(x)
        return layers.Dropout(self.dropout)(x)
