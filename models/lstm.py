"""Long short-term memory: a recurrent network with a memory that gates open and close."""

from ._deep.keras_model import KerasModel
from ._deep.layers import embedded
from ._deep.training import Recipe


class LSTM(KerasModel):
    """Long short-term memory [1]_ over embedded events: its last state tells the outcome.

    The usual network for purchase intent in a clickstream [2]_, [3]_.

    Parameters
    ----------
    units : int, default=128
        Size of the recurrent state.
    head_units : int, default=32
        Width of the dense layer between the last state and the output.
    dropout : float, default=0.2
        Share of state and hidden units left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997.
    .. [2] C. O. Sakar, S. O. Polat, M. Katircioglu and Y. Kastro, "Real-time prediction of online
       shoppers' purchasing intention using multilayer perceptron and LSTM recurrent neural
       networks", Neural Computing and Applications 31, 2019.
    .. [3] K. Diamantaras, M. Salampasis, A. Katsalis and K. Christantonis, "Predicting shopping
       intent of e-commerce users using LSTM recurrent neural networks", DATA 2021.
    """

    title = "LSTM"
    family = "deep"
    views = frozenset({"events"})
    requires = ("tensorflow", "keras")
    recipe = Recipe(learning_rate=2e-3, most_positions=1_800_000)

    def __init__(self, units=128, head_units=32, dropout=0.2, random_state=None):
        self.units = units
        self.head_units = head_units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the layers from the events to the head."""
        from keras import layers, ops

        events = embedded(inputs, self.events_.n_codes_)
        state = layers.LSTM(self.units)(events, mask=inputs["present"])
        x = layers.Dropout(self.dropout)(ops.concatenate([state, inputs["length"]], axis=-1))
        x = layers.Dense(self.head_units, activation="relu")(x)
        return layers.Dropout(self.dropout)(x)
