"""GAN: rows of a small generator network that learns to deceive a second network."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from ..keras_library import keras_on_one_thread, seeded
from .column_scores import Levels, Numbers, looked_at
from .synthetic import Synthetic

_NOISE, _UNITS = 32, 128
_RATE, _MOMENTUM = 1e-3, 0.5
_PASSES, _LEAST_STEPS, _MOST_STEPS = 60, 600, 2000
_LEAST_BATCH, _MOST_BATCH = 32, 256
_MOST_LEVELS, _SHARPNESS = 20, 5.0


class Gan(Synthetic):
    """Synthetic rows of a small generative adversarial network are added to the fit cases [1]_.

    Two hidden layers of 128 units each way, both told the outcome [2]_.  The generator gives normal
    scores of numbers, and of categories and missing values soft choices [3]_ among the 20 most
    common; a rarer one is drawn by its share where their common choice is taken.

    References
    ----------
    .. [1] Goodfellow et al. (2014), Generative adversarial nets.  NIPS.
    .. [2] Mirza, Osindero (2014), Conditional generative adversarial nets.
    .. [3] Jang, Gu, Poole (2017), Categorical reparameterization with Gumbel-softmax.  ICLR.
    """

    word, said = "gan", "with rows of a GAN"
    needs = ("tensorflow", "keras")

    def made(
        self, features: pd.DataFrame, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[pd.DataFrame, np.ndarray]:
        """Let both networks compete, and have the generator make up a row for each outcome."""
        keras = keras_on_one_thread()
        keras.utils.clear_session()
        columns = looked_at(features)
        real = _Blocks(columns)
        with seeded(int(rng.integers(2**31))):
            generator = _network(keras, _NOISE + 1, real.width)
            _compete(generator, _network(keras, real.width + 1, 1), real, y, rng)
        drawn = np.concatenate([
            np.asarray(generator(real.noise(outcomes, rng), training=False))
            for outcomes in np.split(y, range(_MOST_BATCH, len(y), _MOST_BATCH))
        ])  # fmt: skip
        return real.table(drawn, rng), y.copy()


class GanAlone(Gan):
    """Synthetic rows of a small generative adversarial network take the place of the fit cases."""

    word, said = "gan_alone", "of a GAN's rows alone"
    alone = True


class _Blocks:
    """A table as what the networks see: scores, and of each column of levels one-hot codes.

    Parameters
    ----------
    columns : dict of str to Numbers or Levels
    """

    def __init__(self, columns: dict[str, Numbers | Levels]) -> None:
        self.columns = columns
        of_numbers = [one for one in columns.values() if isinstance(one, Numbers)]
        self.scores = np.column_stack(
            [np.empty((self._n_cases(), 0)), *(one.scores() for one in of_numbers)]
        )
        self.levels = [
            part for one in columns.values() if (part := one if isinstance(one, Levels)
            else one.missing) is not None
        ]  # fmt: skip
        self.sizes = [min(len(one.shares), _MOST_LEVELS) for one in self.levels]
        self.width = self.scores.shape[1] + sum(self.sizes)
        hot = [
            np.eye(size)[np.minimum(one.codes, size - 1)]
            for one, size in zip(self.levels, self.sizes, strict=True)
        ]
        self.rows = np.hstack([self.scores, *hot]).astype(np.float32)

    def _n_cases(self) -> int:
        one = next(iter(self.columns.values()))
        return len(one.codes if isinstance(one, Levels) else one.column)

    def noise(self, outcomes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw what the generator starts from, float32, shape (n_cases, n_noise + 1)."""
        noise = rng.normal(size=(len(outcomes), _NOISE))
        return np.column_stack([noise, outcomes]).astype(np.float32)

    def gumbel(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Draw what makes soft choices of levels, float32; 0 beside scores."""
        n_scores = self.scores.shape[1]
        drawn = rng.gumbel(size=(n, self.width - n_scores))
        return np.hstack([np.zeros((n, n_scores)), drawn]).astype(np.float32)

    def softened(self, given: Any, gumbel: Any) -> Any:
        """Turn what the generator gives into scores and soft choices, as tensors."""
        import tensorflow as tf

        scores, *blocks = tf.split(given + gumbel, [self.scores.shape[1], *self.sizes], axis=1)
        return tf.concat([scores, *(tf.nn.softmax(_SHARPNESS * one) for one in blocks)], axis=1)

    def table(self, given: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
        """Turn what the generator gives into columns."""
        n, n_scores = len(given), self.scores.shape[1]
        given = given + self.gumbel(n, rng)
        u = iter(stats.norm.cdf(given[:, :n_scores]).T)
        codes = self._codes(given[:, n_scores:], rng)
        made = {}
        for name, column in self.columns.items():
            if isinstance(column, Levels):
                made[name] = column.values(next(codes))
            else:
                is_missing = np.zeros(n, dtype=bool)
                if column.missing is not None:
                    is_missing = column.missing.values(next(codes)).to_numpy(dtype=bool)
                made[name] = column.values(next(u), is_missing)
        return pd.DataFrame(made)

    def _codes(self, given: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
        """Give the codes that were chosen; of the last one all rarer levels stand, too."""
        blocks = np.split(given, np.cumsum(self.sizes)[:-1], axis=1) if self.sizes else []
        for one, size, block in zip(self.levels, self.sizes, blocks, strict=True):
            chosen = block.argmax(axis=1)
            rare = one.shares[size - 1 :]
            drawn = size - 1 + rng.choice(len(rare), len(chosen), p=rare / rare.sum())
            yield np.where(chosen == size - 1, drawn, chosen)


def _network(keras: Any, n_inputs: int, n_outputs: int) -> Any:
    layers = keras.layers
    return keras.Sequential([
        keras.Input((n_inputs,)),
        layers.Dense(_UNITS), layers.LeakyReLU(0.2),
        layers.Dense(_UNITS), layers.LeakyReLU(0.2),
        layers.Dense(n_outputs),
    ])  # fmt: skip


def _compete(
    generator: Any, critic: Any, real: _Blocks, y: np.ndarray, rng: np.random.Generator
) -> None:
    """Train both networks in turn, on batches of the same outcomes."""
    import keras
    import tensorflow as tf

    size = int(np.clip(len(y) // 8, _LEAST_BATCH, _MOST_BATCH))
    n_steps = int(np.clip(_PASSES * len(y) // size, _LEAST_STEPS, _MOST_STEPS))
    makes, judges = (keras.optimizers.Adam(_RATE, beta_1=_MOMENTUM) for _ in range(2))
    makes.build(generator.trainable_variables)
    judges.build(critic.trainable_variables)

    def surprise(wanted: float, logits: tf.Tensor) -> tf.Tensor:
        each = tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), wanted), logits)
        return tf.reduce_mean(each)

    @tf.function(autograph=False, jit_compile=False)
    def step(shown: tf.Tensor, noise: tf.Tensor, gumbel: tf.Tensor) -> None:
        outcomes = noise[:, -1:]
        with tf.GradientTape() as of_critic, tf.GradientTape() as of_generator:
            made = tf.concat([real.softened(generator(noise), gumbel), outcomes], axis=1)
            on_made = critic(made)
            on_real = critic(tf.concat([shown, outcomes], axis=1))
            # Not quite sure of what is real: a critic without doubt teaches nothing.
            loss = surprise(0.0, on_made) + surprise(0.9, on_real)
            deceived = surprise(1.0, on_made)
        judges.apply(of_critic.gradient(loss, critic.trainable_variables))
        makes.apply(of_generator.gradient(deceived, generator.trainable_variables))

    for _ in range(n_steps):
        rows = rng.integers(len(y), size=size)
        noise = real.noise(y[rows], rng)
        step(tf.constant(real.rows[rows]), tf.constant(noise), tf.constant(real.gumbel(size, rng)))
