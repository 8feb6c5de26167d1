"""How every network is trained: AdamW, early stopping on valid log loss, best weights kept."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]

_SCORED_AT_ONCE = 512


@dataclass(frozen=True)
class Recipe:
    """How long and how fast to learn.

    Training goes in rounds, each followed by a look at the valid cases.  A round is one pass over
    the fit cases, but at least ``least_steps`` gradient steps (a few hundred cases would otherwise
    be given up before anything was learnt) and at most ``most_steps``.  After ``patience`` rounds
    without progress, training goes back to the best weights and on at a third of the learning
    rate; after ``reductions`` of these, it ends.

    Parameters
    ----------
    rounds : int
        Most rounds.
    learning_rate : float
        Of AdamW [1]_ in the first rounds.
    weight_decay : float
        Decoupled L2 shrinkage of all weights but biases.
    patience, reductions, least_steps, most_steps : int
        See above.
    least_progress : float
        Fall of the valid log loss that counts as progress.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """

    rounds: int = 40
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    patience: int = 3
    reductions: int = 2
    least_steps: int = 25
    most_steps: int = 400
    least_progress: float = 1e-4


def batch_size(n_cases: int) -> int:
    """Give the cases of a gradient step: a power of two from 32 to 512, at most ``n_cases``."""
    wished = 2 ** int(np.log2(max(n_cases / 64, 1)))
    return min(n_cases, int(np.clip(wished, 32, 512)))


def log_loss(logits: np.ndarray, y: np.ndarray) -> float:
    """Give the mean log loss of logits, which may be as large as they like."""
    return float(np.mean(np.logaddexp(0.0, logits) - y * logits))


class Scorer:
    """Logits of any number of cases from a network, always computed in batches of one size.

    The last batch is filled up: with one shape there is one trace, and the same kernels see a case
    whatever its neighbours are.

    Parameters
    ----------
    network : keras.Model
        Gives one logit a case, shape (n_cases, 1).
    """

    def __init__(self, network: Any):
        import tensorflow as tf

        self._logits = tf.function(
            lambda batch: network(batch, training=False)[:, 0], jit_compile=False
        )

    def __call__(self, arrays: Arrays) -> np.ndarray:
        """Give the logits, float64, shape (n_cases,)."""
        import tensorflow as tf

        n_cases = len(next(iter(arrays.values())))
        logits = [np.empty(0)]
        for start in range(0, n_cases, _SCORED_AT_ONCE):
            batch = {name: a[start : start + _SCORED_AT_ONCE] for name, a in arrays.items()}
            lacking = start + _SCORED_AT_ONCE - n_cases
            if lacking > 0:
                batch = {name: _filled_up(a, lacking) for name, a in batch.items()}
            logits.append(self._logits({name: tf.constant(a) for name, a in batch.items()}))
        return np.concatenate(logits)[:n_cases].astype(np.float64)


def _filled_up(array: np.ndarray, lacking: int) -> np.ndarray:
    return np.concatenate([array, np.zeros((lacking, *array.shape[1:]), array.dtype)])


def train(
    network: Any,
    scorer: Scorer,
    fit: tuple[Arrays, np.ndarray],
    valid: tuple[Arrays, np.ndarray],
    recipe: Recipe,
    rng: np.random.Generator,
) -> list[dict[str, float]]:
    """Train a network; it is left with the weights that were best on the valid cases.

    Parameters
    ----------
    network : keras.Model
        Gives one logit a case, shape (n_cases, 1).
    scorer : Scorer
        Of this network.
    fit, valid : tuple of dict of ndarray, and ndarray of shape (n_cases,)
        The network's inputs by name, and the outcomes.
    recipe : Recipe
    rng : numpy Generator
        Draws the order of the fit cases.

    Returns
    -------
    list of dict
        One a round: ``epoch`` (passes over the fit cases so far), ``fit_loss`` (mean over the
        round's steps, with dropout) and ``valid_loss``, both log losses.
    """
    (arrays, y), (valid_arrays, y_valid) = fit, valid
    size = batch_size(len(y))
    n_steps = int(np.clip(len(y) // size, recipe.least_steps, recipe.most_steps))
    batches = _batches(len(y), size, rng)
    step, optimizer = _gradient_step(network, arrays, y, recipe)
    history: list[dict[str, float]] = []
    best_loss, best_weights, waited, reduced = np.inf, network.get_weights(), 0, 0
    for number in range(1, recipe.rounds + 1):
        losses = [step(next(batches)) for _ in range(n_steps)]
        valid_loss = log_loss(scorer(valid_arrays), y_valid)
        epoch = number * n_steps * size / len(y)
        fit_loss = float(np.mean(losses))
        history.append({"epoch": epoch, "fit_loss": fit_loss, "valid_loss": valid_loss})
        if valid_loss < best_loss - recipe.least_progress:
            best_loss, best_weights, waited = valid_loss, network.get_weights(), 0
            continue
        waited += 1
        if waited == recipe.patience:
            if reduced == recipe.reductions:
                break
            network.set_weights(best_weights)
            optimizer.learning_rate.assign(optimizer.learning_rate / 3.0)
            waited, reduced = 0, reduced + 1
    network.set_weights(best_weights)
    return history


def _batches(n_cases: int, size: int, rng: np.random.Generator):
    """Cut shuffled case numbers into batches of one size, for ever."""
    while True:
        order = rng.permutation(n_cases).astype(np.int32)
        for start in range(0, n_cases - size + 1, size):
            yield order[start : start + size]


def _gradient_step(network: Any, arrays: Arrays, y: np.ndarray, recipe: Recipe):
    """Build the compiled function that learns from a batch of case numbers."""
    import keras
    import tensorflow as tf

    # For networks this small, Keras's own fit loop would take longer than its gradient steps.
    optimizer = keras.optimizers.AdamW(
        recipe.learning_rate, weight_decay=recipe.weight_decay, global_clipnorm=1.0
    )
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    weights = network.trainable_variables
    optimizer.build(weights)
    inputs = {name: tf.constant(array) for name, array in arrays.items()}
    outcomes = tf.constant(y.astype(np.float32))

    @tf.function(jit_compile=False)
    def step(rows: tf.Tensor) -> tf.Tensor:
        batch = {name: tf.gather(array, rows) for name, array in inputs.items()}
        with tf.GradientTape() as tape:
            logits = network(batch, training=True)[:, 0]
            loss = tf.reduce_mean(
                tf.nn.sigmoid_cross_entropy_with_logits(tf.gather(outcomes, rows), logits)
            )
        optimizer.apply(tape.gradient(loss, weights))
        return loss

    return lambda rows: step(tf.constant(rows)), optimizer
