"""Pre-trained GRU: first learns what event comes next, then what the events say of the outcome."""

from ._deep.pretraining import NextEvents, Pretraining, pretrain, pretraining_curves
from ._deep.recurrent import RecurrentModel
from ._deep.traced_network import TracedNetwork


class PretrainedGRU(RecurrentModel):
    """The network of ``gru``, pre-trained to foresee each next event of the fit cases [1]_, [2]_.

    The embeddings and the recurrent layer first learn to foresee kind and gap of the event that
    comes next, from the fit cases' sequences without their outcomes.  All weights are then trained
    on the outcomes by the recipe of all deep models.

    Parameters
    ----------
    units : int, default=32
        Size of the recurrent state.
    head_units : int, default=32
        Width of the dense layer between the last state and the output.
    dropout : float, default=0.2
        Share of state and hidden units left out in each training step.
    pretraining_rounds : int, default=3
        Rounds of pre-training; with 0 it is the plain network.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    Notes
    -----
    Pre-training reads the same cases as the fine-tuning, and that is where it brings little: on
    groceries, music orders and the first clicks of shop visits, with 500 fit cases or with all, no
    interval of the difference in ROC AUC to the plain network lies above zero, and on short visits
    some lie below (``benchmarks/pretraining.py``).  It is here so that this can be measured on
    other data.

    References
    ----------
    .. [1] A. M. Dai and Q. V. Le, "Semi-supervised sequence learning", NIPS 2015.
    .. [2] B. Hidasi et al., "Session-based recommendations with recurrent neural networks",
       ICLR 2016 (a GRU that foresees the next event of a visit).
    """

    title = "Pre-trained GRU"
    family = "deep"
    views = frozenset({"events"})
    requires = ("tensorflow", "keras")
    transfers = True

    def __init__(
        self, units=32, head_units=32, dropout=0.2, pretraining_rounds=3, random_state=None
    ):
        super().__init__(units, head_units, dropout, random_state)
        self.pretraining_rounds = pretraining_rounds

    def last_state(self, events, present):
        """Read the events with gated recurrent units whose states can be asked for."""
        from keras import layers

        gru = layers.GRU(self.units, return_sequences=True, name="states")
        return gru(events, mask=present)[:, -1]

    def explain(self):
        """Tell how well the next event was foreseen, and the training that came after."""
        return (*super().explain(), *pretraining_curves(self.next_event_history_))

    def _prepare(self, lent, arrays, valid_arrays, rng):
        self.next_event_history_ = pretrain(
            lent.traced("encoder", lambda: _encoder(lent.network)),
            NextEvents(self.events_, arrays),
            arrays,
            valid_arrays,
            Pretraining(rounds=self.pretraining_rounds),
            rng,
        )


def _encoder(network):
    """Give the part of the network that reads the events, with the state after each."""
    import keras

    inputs = {tensor.name: tensor for tensor in network.inputs}
    return TracedNetwork(keras.Model(inputs, network.get_layer("states").output))
