"""Convolutional LSTM: the events as an image, its patterns read in order."""

from ._deep.keras_model import KerasModel
from ._deep.layers import embedded, present_as_number
from ._deep.recipe import Recipe


class ConvLSTM(KerasModel):
    """Two-dimensional convolution and pooling over embedded events, then an LSTM.

    The embedded events of a case are an image, time by components.  Filters of 3 x 3 run over it,
    the maximum of each 2 x 2 square is kept, and a long short-term memory reads the columns in
    order; its last state goes to the output unit.  Convolutions before an LSTM come from speech
    [1]_, where the second axis is the frequency.  For purchase intent the recipe 3 x 3, 2 x 2, 128
    goes round in tutorials and applied studies without a paper to call its own.  Components of an
    embedding have no order, so nothing but custom speaks for filters that span three of them.

    Parameters
    ----------
    n_filters : int, default=8
        Filters of the convolution.
    units : int, default=64
        Size of the recurrent state.
    dropout : float, default=0.2
        Share of the columns' components and of the last state left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] T. N. Sainath, O. Vinyals, A. Senior and H. Sak, "Convolutional, long short-term memory,
       fully connected deep neural networks", ICASSP 2015.
    """

    title = "Conv2D + LSTM"
    family = "deep"
    views = frozenset({"events"})
    requires = ("tensorflow", "keras")
    transfers = True
    recipe = Recipe(learning_rate=2e-3, most_positions=1_800_000)

    def __init__(self, n_filters=8, units=64, dropout=0.2, random_state=None):
        self.n_filters = n_filters
        self.units = units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the layers from the events to the last state."""
        from keras import layers, ops

        present = present_as_number(inputs)
        image = ops.expand_dims(embedded(inputs, self.events_.n_codes_), -1)
        filtered = layers.Conv2D(self.n_filters, 3, padding="same", activation="relu")(image)
        # Beside the first event a filter sees something where no event is: padding stays empty.
        maxima = layers.MaxPooling2D(2, padding="same")(filtered * ops.expand_dims(present, -1))
        columns = ops.reshape(maxima, (-1, maxima.shape[1], maxima.shape[2] * maxima.shape[3]))
        is_there = layers.MaxPooling1D(2, padding="same")(present)[..., 0] > 0
        state = layers.LSTM(self.units)(layers.Dropout(self.dropout)(columns), mask=is_there)
        return layers.Dropout(self.dropout)(ops.concatenate([state, inputs["length"]], axis=-1))
