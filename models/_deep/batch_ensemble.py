"""Layers that carry many networks at once, which share their weights but for rank-one adapters."""

from functools import cache
from typing import Any


def shared_dense(x: Any, n_members: int, n_units: int, *, signed: bool = False) -> Any:
    """Apply one dense layer for all members, between adapters of each member's own [1]_.

    Parameters
    ----------
    x : KerasTensor of shape (n_cases, n_members or 1, n_components)
    n_members, n_units : int
    signed : bool, default=False
        Start the adapters of the inputs at random signs, which makes the members differ; else at 1.

    Returns
    -------
    KerasTensor of shape (n_cases, n_members, n_units)

    References
    ----------
    .. [1] Y. Wen, D. Tran and J. Ba, "BatchEnsemble: an alternative approach to efficient ensemble
       and lifelong learning", ICLR 2020.
    """
    shared, _ = _layers()
    return shared(n_members, n_units, signed)(x)


def own_logits(x: Any, n_members: int, bias: float) -> Any:
    """Give one logit a member, from weights of its own, shape (n_cases, n_members)."""
    _, own = _layers()
    return own(n_members, bias)(x)


@cache
def _layers() -> tuple[type, type]:
    """Define the layers once Keras is there."""
    from keras import initializers, layers, ops

    class SharedDense(layers.Layer):
        def __init__(self, n_members, n_units, signed):
            super().__init__()
            self.n_members, self.n_units, self.signed = n_members, n_units, signed

        def build(self, shape):
            signs = _RandomSigns() if self.signed else "ones"
            inputs, outputs = (self.n_members, shape[-1]), (self.n_members, self.n_units)
            self.kernel = self.add_weight((shape[-1], self.n_units), name="kernel")
            # Under this name they do not decay: at 0 a member would be without its inputs.
            self.before = self.add_weight(inputs, initializer=signs, name="bias")
            self.after = self.add_weight(outputs, initializer="ones", name="bias")
            self.bias = self.add_weight(outputs, initializer="zeros", name="bias")

        def call(self, x):
            return ops.matmul(x * self.before, self.kernel) * self.after + self.bias

    class OwnLogits(layers.Layer):
        def __init__(self, n_members, bias):
            super().__init__()
            self.n_members, self.at_first = n_members, bias

        def build(self, shape):
            start = initializers.RandomNormal(stddev=shape[-1] ** -0.5)
            at_first = initializers.Constant(self.at_first)
            self.kernel = self.add_weight(
                (self.n_members, shape[-1]), initializer=start, name="kernel"
            )
            self.bias = self.add_weight((self.n_members,), initializer=at_first, name="bias")

        def call(self, x):
            return ops.sum(x * self.kernel, axis=-1) + self.bias

    class _RandomSigns(initializers.RandomUniform):
        def __init__(self):
            super().__init__(-1.0, 1.0)

        def __call__(self, shape, dtype=None):
            return ops.where(super().__call__(shape, dtype=dtype) < 0, -1.0, 1.0)

    return SharedDense, OwnLogits
