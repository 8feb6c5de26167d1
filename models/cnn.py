"""Convolutional network: short patterns of events, wherever they stand, beside the features."""

from ._deep.keras_model import KerasModel
from ._deep.layers import convolved, embedded
from ._deep.recipe import Recipe


class CNN(KerasModel):
    """Convolutions over embedded events [1]_ beside the features, fused by a perceptron.

    Filters of several widths look for short patterns, each is pooled over the sequence, and what
    they found goes beside the case's own features through two dense layers, the fusion head.  This
    split into a convolutional extractor and a dense head is common practice and has no single
    source.

    Parameters
    ----------
    widths : tuple of int, default=(2, 3, 5)
        Neighbouring events that a filter sees.
    n_filters : int, default=24
        Filters of each width.
    head_units : tuple of int, default=(64, 32)
        Width of the dense layers of the fusion head.
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
    views = frozenset({"features", "events"})
    requires = ("tensorflow", "keras")
    recipe = Recipe(rounds=6)

    def __init__(
        self, widths=(2, 3, 5), n_filters=24, head_units=(64, 32), dropout=0.2, random_state=None
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
        found = [patterns, inputs["length"], inputs["features"]]
        x = layers.Dropout(self.dropout)(ops.concatenate(found, axis=-1))
        for n_units in self.head_units:
            x = layers.Dropout(self.dropout)(layers.Dense(n_units, activation="relu")(x))
        return x
