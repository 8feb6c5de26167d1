"""Multilayer perceptron: the plain network over the tabular view."""

from ._deep.keras_model import KerasModel
from ._deep.recipe import Recipe


class MLP(KerasModel):
    """Two hidden layers over log-scaled, standardised, one-hot features.

    What purchase intent is most often predicted with where a visit is one row of a table [1]_.

    Parameters
    ----------
    units : tuple of int, default=(64, 64)
        Width of the hidden layers.
    dropout : float, default=0.4
        Share of hidden units left out in each training step [2]_.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] C. O. Sakar, S. O. Polat, M. Katircioglu and Y. Kastro, "Real-time prediction of online
       shoppers' purchasing intention using multilayer perceptron and LSTM recurrent neural
       networks", Neural Computing and Applications 31, 2019.
    .. [2] N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
       overfitting", JMLR 15, 2014.
    """

    title = "Multilayer perceptron"
    family = "deep"
    views = frozenset({"features"})
    requires = ("tensorflow", "keras")
    recipe = Recipe(rounds=20, learning_rate=2e-3, weight_decay=0.1, patience=5)
    space = {
        "units": ("one of", (32,), (64,), (128,), (64, 64), (128, 64), (128, 128)),
        "dropout": ("float", 0.0, 0.6),
    }

    def __init__(self, units=(64, 64), dropout=0.4, random_state=None):
        self.units = units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the hidden layers."""
        from keras import layers

        x = inputs["features"]
        for n_units in self.units:
            x = layers.Dropout(self.dropout)(layers.Dense(n_units, activation="relu")(x))
        return x
