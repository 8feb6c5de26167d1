"""Gated recurrent unit: a recurrent network with two gates, lighter than an LSTM."""

from ._deep.recurrent import RecurrentModel


class GRU(RecurrentModel):
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
    transfers = True

    def last_state(self, events, present):
        """Read the events with gated recurrent units."""
        from keras import layers

        return layers.GRU(self.units)(events, mask=present)
