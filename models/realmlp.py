"""RealMLP: a perceptron whose parts were chosen over many data sets."""

from typing import Any

from ._deep.free_scale_layers import RATE_FACTORS, free_scale_layers
from ._deep.keras_model import KerasModel
from ._deep.recipe import Recipe
from ._deep.robust_columns import RobustColumns


class RealMLP(KerasModel):
    """A perceptron with robust inputs, embedded numbers and scales that are learnt fast [1]_.

    Numbers are centred at medians, scaled by quartiles and bent so that no wild one decides; each
    stands beside periodic components of its own, and every input is multiplied by a learnt number.
    The learning rate rises and falls four times.  Other than in [1]_ a number's bin is an input,
    too, outcomes are not smoothed (probabilities are judged here), and training is shorter.

    Parameters
    ----------
    units : tuple of int, default=(256, 256, 256)
        Width of the hidden layers.
    dropout : float, default=0.15
        Share of hidden units left out in each training step.
    random_state : int, optional
        Seed of weights, dropout and the order of the cases.

    References
    ----------
    .. [1] D. Holzmueller, L. Grinsztajn and I. Steinwart, "Better by default: strong pre-tuned
       MLPs and boosted trees on tabular data", NeurIPS 2024.
    """

    title = "RealMLP"
    family = "deep"
    views = frozenset({"features"})
    requires = ("tensorflow", "keras")
    when_named = True  # level with the plain perceptron, at four times its cost
    space = {
        "units": ("one of", (128, 128), (256, 256), (256, 256, 256), (384, 384, 384)),
        "dropout": ("float", 0.0, 0.4),
    }
    recipe = Recipe(
        rounds=24,
        learning_rate=1e-2,
        weight_decay=2e-2,
        patience=24,  # a cycle's worst comes before its best
        most_steps=200,
        beta_2=0.95,
        schedule="four cosines",
        factors=RATE_FACTORS,
    )

    def __init__(self, units=(256, 256, 256), dropout=0.15, random_state=None):
        self.units = units
        self.dropout = dropout
        self.random_state = random_state

    def hidden(self, inputs):
        """Build the hidden layers."""
        from keras import layers, ops

        ours, x = free_scale_layers(), inputs["features"]
        n_numbers = self.columns_.n_numbers_
        if n_numbers:
            x = ops.concatenate([ours.Numbers()(x[:, :n_numbers]), x[:, n_numbers:]], axis=-1)
        x = ours.Scale()(x)
        for n_units in self.units:
            x = layers.Dropout(self.dropout)(ours.Activation()(ours.Dense(n_units)(x)))
        return x

    def _learn_encodings(self, cases):
        self.columns_ = RobustColumns().fit(cases.features)

    def _logits(self, hidden: Any, output_bias: float) -> Any:
        return free_scale_layers().Dense(1, output_bias)(hidden)
