"""CNN/RNN fusion: patterns and order of events beside the features, weighed case by case."""

from ._keras import KerasModel
from ._keras_layers import attended, convolved, embedded


class CNNRNNFusion(KerasModel):
    """Convolutional, recurrent and dense branch over both views, joined by learnt gates [1]_.

    The convolutional branch looks for short patterns of events [2]_, the recurrent one (a GRU, its
    last state and what attention [3]_ picks of all its states) for their order, the dense one
    reads the features.  Each gives ``branch_units`` numbers; gates that see all three branches
    scale each number, so that a case without events is judged by its features.

    Parameters
    ----------
    widths : tuple of int, default=(2, 3, 5)
        Neighbouring events that a filter sees.
    n_filters : int, default=16
        Filters of each width.
    recurrent_units : int, default=24
        Size of the GRU's state.
    feature_units : int, default=64
        Width of the dense branch's first layer.
    branch_units : int, default=32
        Width at which the branches are joined.
    dropout : float, default=0.4
        Share of hidden units left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] J. Arevalo et al., "Gated multimodal units for information fusion", ICLR workshop 2017.
    .. [2] Y. Kim, "Convolutional neural networks for sentence classification", EMNLP 2014.
    .. [3] Z. Yang et al., "Hierarchical attention networks for document classification",
       NAACL 2016.
    """

    title = "CNN/RNN fusion"
    family = "deep"
    views = frozenset({"features", "events"})
    requires = ("tensorflow", "keras")

    def __init__(
        self,
        widths=(2, 3, 5),
        n_filters=16,
        recurrent_units=24,
        feature_units=64,
        branch_units=32,
        dropout=0.4,
        random_state=None,
    ):
        self.widths = widths
        self.n_filters = n_filters
        self.recurrent_units = recurrent_units
        self.feature_units = feature_units
        self.branch_units = branch_units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the three branches and join them."""
        from keras import layers, ops

        events = embedded(inputs, self.events_.n_codes_)
        states = layers.GRU(self.recurrent_units, return_sequences=True)(
            events, mask=inputs["present"]
        )
        views = [
            convolved(events, inputs, self.widths, self.n_filters),
            ops.concatenate([states[:, -1], attended(states, inputs), inputs["length"]], axis=-1),
            layers.Dense(self.feature_units, activation="relu")(inputs["features"]),
        ]
        branches = ops.concatenate([self._branch(view) for view in views], axis=-1)
        gates = layers.Dense(branches.shape[-1], activation="sigmoid")(branches)
        return layers.Dropout(self.dropout)(gates * branches)

    def _branch(self, view):
        from keras import layers

        dropped = layers.Dropout(self.dropout)(view)
        return layers.Dense(self.branch_units, activation="relu")(dropped)
