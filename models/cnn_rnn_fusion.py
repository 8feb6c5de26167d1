"""CNN/RNN fusion: patterns and order of events beside the features, weighed case by case."""

from ._deep.keras_model import KerasModel
from ._deep.layers import attended, embedded, embedded_columns, in_pairs, patterns, pooled
from ._deep.recipe import Recipe


class CNNRNNFusion(KerasModel):
    """Convolutional, recurrent and dense branch over both views, joined by learnt gates [1]_.

    Convolutions of several widths look for short patterns of events [2]_; the convolutional branch
    pools what they find.  The recurrent branch reads the events and the patterns, two events a
    step, in both directions, and keeps both last states and what attention [3]_ picks of all
    states.  The dense branch reads the features, on a log scale and by quantile, their categories
    embedded.  Each branch gives ``branch_units`` numbers; gates that see all branches scale each
    number, so that a case without events is judged by its features.  While it learns, each branch
    also answers by itself: none may rest on the others.

    Parameters
    ----------
    widths : tuple of int, default=(2, 3, 5)
        Neighbouring events that a filter sees.
    n_filters : int, default=16
        Filters of each width.
    recurrent_units : int, default=24
        Size of each direction's state; the layer is a GRU.
    feature_units : int, default=64
        Width of the dense branch's first layer.
    branch_units : int, default=32
        Width at which the branches are joined.
    dropout : float, default=0.4
        Share of hidden units left out in each training step.
    branches : tuple of {"convolution", "recurrent", "features"}, default=all three
        Those that are built; leaving some out shows what they are worth.
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
    recipe = Recipe(
        rounds=7,
        learning_rate=3e-3,
        weight_decay=0.1,
        patience=4,
        least_steps=15,
        most_positions=18_000_000,
    )

    def __init__(
        self,
        widths=(2, 3, 5),
        n_filters=16,
        recurrent_units=24,
        feature_units=64,
        branch_units=32,
        dropout=0.4,
        branches=("convolution", "recurrent", "features"),
        random_state=None,
    ):
        self.widths = widths
        self.n_filters = n_filters
        self.recurrent_units = recurrent_units
        self.feature_units = feature_units
        self.branch_units = branch_units
        self.dropout = dropout
        self.branches = branches
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the branches and join them."""
        from keras import layers, ops

        views = [] if self.branches == ("features",) else self._of_events(inputs)
        if "features" in self.branches:
            views.append(self._of_features(inputs))
        branches = [self._branch(view) for view in views]
        joined = ops.concatenate(branches, axis=-1)
        gates = layers.Dense(joined.shape[-1], activation="sigmoid")(joined)
        fused = layers.Dropout(self.dropout)(gates * joined)
        return fused, *(layers.Dropout(self.dropout)(branch) for branch in branches)

    def _of_events(self, inputs):
        from keras import layers, ops

        events = embedded(inputs, self.events_.n_codes_)
        found = patterns(events, self.widths, self.n_filters)
        views = [pooled(found, inputs)] if "convolution" in self.branches else []
        if "recurrent" in self.branches:
            steps, there = in_pairs(ops.concatenate([events, found], axis=-1), inputs)
            gru = layers.GRU(self.recurrent_units, return_sequences=True)
            states = layers.Bidirectional(gru)(steps, mask=there["present"])
            # Each direction has read the whole case at its own end.
            ends = [states[:, -1, : self.recurrent_units], states[:, 0, self.recurrent_units :]]
            told = [*ends, attended(states, there), inputs["length"]]
            views.append(ops.concatenate(told, axis=-1))
        return views

    def _of_features(self, inputs):
        from keras import layers

        columns = embedded_columns(inputs, self.columns_.n_codes_)
        return layers.Dense(self.feature_units, activation="relu")(columns)

    def _branch(self, view):
        from keras import layers

        dropped = layers.Dropout(self.dropout)(view)
        return layers.Dense(self.branch_units, activation="relu")(dropped)
