"""Layers that learn as fast whatever their width, and inputs that find their own scale.

All after [1]_: numbers beside periodic components of their own (there called PBLD), a learnt scale
of each input, weights of unit size (NTK parametrisation), a learnt mixture of identity and SELU.

References
----------
.. [1] D. Holzmueller, L. Grinsztajn and I. Steinwart, "Better by default: strong pre-tuned MLPs and
   boosted trees on tabular data", NeurIPS 2024.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

_FREQUENCIES, _PERIODIC, _SPREAD = 16, 3, 0.1

# By what the learning rate is multiplied for weights of these names.
RATE_FACTORS = (("bias", 0.1), ("scale", 6.0), ("slope", 0.1), ("embedding", 0.1))


class FreeScaleLayers(NamedTuple):
    """The layer classes; each weight has a name of ``RATE_FACTORS``, or is a ``kernel``."""

    Numbers: type
    Scale: type
    Dense: type
    Activation: type


@cache
def free_scale_layers() -> FreeScaleLayers:
    """Define the layers once Keras is there."""
    from keras import initializers, layers, ops

    def normal(size: float = 1.0) -> Any:
        return initializers.RandomNormal(stddev=size)

    class Numbers(layers.Layer):
        """From (n_cases, n_numbers) to (n_cases, 4 * n_numbers)."""

        def build(self, shape):
            one_each, n = (shape[-1], _FREQUENCIES), shape[-1]
            phases = initializers.RandomUniform(-np.pi, np.pi)
            add = self.add_weight
            self.frequencies = add(one_each, initializer=normal(_SPREAD), name="embedding")
            self.phases = add(one_each, initializer=phases, name="embedding")
            self.mixed = add((*one_each, _PERIODIC), initializer=normal(), name="embedding")
            self.bias = add((n, _PERIODIC), initializer=normal(), name="embedding")

        def call(self, x):
            x = ops.expand_dims(x, -1)
            waves = ops.cos(2 * np.pi * x * self.frequencies + self.phases)
            periodic = ops.einsum("nkf,kfo->nko", waves, self.mixed) / _FREQUENCIES**0.5
            both = ops.concatenate([x, periodic + self.bias], axis=-1)
            return ops.reshape(both, (-1, x.shape[1] * (1 + _PERIODIC)))

    class Scale(layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight((shape[-1],), initializer="ones", name="scale")

        def call(self, x):
            return x * self.scale

    class Dense(layers.Layer):
        """Where ``first`` is given it is the last layer: all zeros but for that bias."""

        def __init__(self, n_units, first=None):
            super().__init__()
            self.n_units, self.first = n_units, first

        def build(self, shape):
            last = self.first is not None
            start = "zeros" if last else normal()
            bias = initializers.Constant(self.first) if last else normal()
            self.kernel = self.add_weight(
                (shape[-1], self.n_units), initializer=start, name="kernel"
            )
            self.bias = self.add_weight((self.n_units,), initializer=bias, name="bias")

        def call(self, x):
            return ops.matmul(x, self.kernel) * self.kernel.shape[0] ** -0.5 + self.bias

    class Activation(layers.Layer):
        def build(self, shape):
            self.slope = self.add_weight((shape[-1],), initializer="ones", name="slope")

        def call(self, x):
            return x + self.slope * (ops.selu(x) - x)

    return FreeScaleLayers(Numbers, Scale, Dense, Activation)
