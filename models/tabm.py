"""TabM: many perceptrons in one, which share weights, err differently and are averaged."""

from typing import Any

from ._deep.batch_ensemble import own_logits, shared_dense
from ._deep.keras_model import KerasModel
from ._deep.piecewise_columns import PiecewiseColumns
from ._deep.recipe import Recipe

_MEMBERS = 16


class TabM(KerasModel):
    """An ensemble of perceptrons with shared weights and small adapters of their own [1]_.

    All members go through the same dense layers; before and after each of them a member scales the
    components by numbers of its own.  Every member learns by itself, from the same batches; the
    answer is the mean of their probabilities, and it alone is watched.  Numbers are read piecewise
    linear between their quantiles.

    Parameters
    ----------
    units : tuple of int, default=(128, 128)
        Width of the shared layers.
    dropout : float, default=0.2
        Share of hidden units left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] Y. Gorishniy, A. Kotelnikov and A. Babenko, "TabM: advancing tabular deep learning with
       parameter-efficient ensembling", ICLR 2025.
    """

    title = "TabM"
    family = "deep"
    views = frozenset({"features"})
    requires = ("tensorflow", "keras")
    space = {
        "units": ("one of", (64,), (128,), (64, 64), (128, 128), (256, 128)),
        "dropout": ("float", 0.0, 0.5),
    }
    recipe = Recipe(
        rounds=20,
        learning_rate=2e-3,
        weight_decay=0.1,
        patience=5,
        most_steps=60,
        side_weight=1 / _MEMBERS,
    )

    def __init__(self, units=(128, 128), dropout=0.2, random_state=None):
        self.units = units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the shared layers, shape (n_cases, members, units)."""
        from keras import layers, ops

        x = ops.expand_dims(inputs["features"], 1)
        for number, n_units in enumerate(self.units):
            x = shared_dense(x, _MEMBERS, n_units, signed=number == 0)
            x = layers.Dropout(self.dropout)(ops.relu(x))
        return x

    def _learn_encodings(self, cases):
        self.columns_ = PiecewiseColumns().fit(cases.features)

    def _logits(self, hidden: Any, output_bias: float) -> Any:
        """Give the logit of the members' mean probability, and theirs, which alone are taught."""
        from keras import ops

        of_members = own_logits(hidden, _MEMBERS, output_bias)
        told = ops.stop_gradient(of_members)
        yes, no = (ops.logsumexp(ops.log_sigmoid(sign * told), axis=1) for sign in (1.0, -1.0))
        return ops.concatenate([ops.expand_dims(yes - no, 1), of_members], axis=-1)
