"""Long short-term memory: a recurrent network with a memory that gates open and close."""

from ._deep.recipe import Recipe
from ._deep.recurrent import RecurrentModel


class LSTM(RecurrentModel):
    """Long short-term memory [1]_ over embedded events: its last state tells the outcome.

    The usual network for purchase intent in a clickstream [2]_, [3]_.

    Parameters
    ----------
    units : int, default=64
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
    transfers = True
    recipe = Recipe(learning_rate=2e-3, most_positions=1_800_000)

    def __init__(self, units=64, head_units=32, dropout=0.2, random_state=None):
        super().__init__(units, head_units, dropout, random_state)

    def last_state(self, events, present):
        """Read the events with long short-term memories."""
        from keras import layers

        return layers.LSTM(self.units)(events, mask=present)
