"""How every network is trained: AdamW, early stopping on valid log loss, best weights kept."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .few_cases import few_cases
from .gradient_step import GradientStep
from .recipe import Arrays, Recipe, batch_size
from .traced_network import TracedNetwork

_SCORED_AT_ONCE, _FEW = 512, 8


def log_loss(logits: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Give the mean log loss of logits, which may be as large as they like."""
    return float(np.average(np.logaddexp(0.0, logits) - y * logits, weights=weight))


class Scorer:
    """Logits of any number of cases from a network, always computed in batches of one size.

    The last batch is filled up: with one shape there is one trace, and the same kernels see a case
    whatever its neighbours are.

    Parameters
    ----------
    network : TracedNetwork
        Its first output column is the logit.
    """

    def __init__(self, network: TracedNetwork):
        self._network = network
        self._logits = self._traced()

    def __call__(self, arrays: Arrays) -> np.ndarray:
        """Give the logits, float64, shape (n_cases,)."""
        return _in_batches(self._logits, arrays, _SCORED_AT_ONCE)

    @property
    def network(self) -> TracedNetwork:
        """The network."""
        return self._network

    def _traced(self) -> Callable[[Arrays], Any]:
        import tensorflow as tf

        # Traced by hand: TensorFlow would take the traces of many models for one that is traced
        # again and again, and warn.
        network = self._network.network
        logits = tf.function(
            lambda batch: network(batch, training=False)[:, 0], autograph=False, jit_compile=False
        )
        return self._network.traced(
            "logits", lambda: logits.get_concrete_function(_shapes(network, _SCORED_AT_ONCE))
        )


class ManyScorers:
    """Logits from networks that have learnt; of a few cases by one call of all, which is quicker.

    Where that call gives other bits than large batches, each network is asked alone.

    Parameters
    ----------
    scorers : sequence of Scorer
        Of networks that learn no more.
    """

    def __init__(self, scorers: Sequence[Scorer]):
        self.scorers = tuple(scorers)

    def __call__(self, arrays: Sequence[Arrays]) -> list[np.ndarray]:
        """Give the logits by each network of its own arrays, float64, shape (n_cases,) each."""
        n_cases = len(next(iter(arrays[0].values())))
        if 0 < n_cases <= _FEW and self._few is not None:
            return list(self._few(arrays))
        return [scorer(each) for scorer, each in zip(self.scorers, arrays, strict=True)]

    @cached_property
    def _few(self) -> Callable[[Sequence[Arrays]], np.ndarray] | None:
        networks = [scorer.network.network for scorer in self.scorers]
        few, tried = few_cases(networks, _FEW), [_made_up(network) for network in networks]
        expected = [scorer(each) for scorer, each in zip(self.scorers, tried, strict=True)]
        return few if np.array_equal(few(tried), expected) else None


def _shapes(network: Any, n_cases: int) -> dict[str, Any]:
    import tensorflow as tf

    return {
        tensor.name: tf.TensorSpec((n_cases, *tensor.shape[1:]), tensor.dtype)
        for tensor in network.inputs
    }


def _made_up(network: Any) -> Arrays:
    """Make a few cases up, some of whose events are padding, to see which bits come of them."""
    rng = np.random.default_rng(0)
    return {
        tensor.name: (
            rng.normal(size=(_FEW, *tensor.shape[1:]))
            if tensor.dtype.startswith("float")
            else rng.integers(0, 2, size=(_FEW, *tensor.shape[1:]))
        ).astype(tensor.dtype)
        for tensor in network.inputs
    }


def _in_batches(logits_of: Callable[[Arrays], Any], arrays: Arrays, size: int) -> np.ndarray:
    import tensorflow as tf

    n_cases = len(next(iter(arrays.values())))
    logits = [np.empty(0)]
    for start in range(0, n_cases, size):
        batch = {name: a[start : start + size] for name, a in arrays.items()}
        lacking = start + size - n_cases
        if lacking > 0:
            batch = {name: _filled_up(a, lacking) for name, a in batch.items()}
        logits.append(logits_of({name: tf.constant(a) for name, a in batch.items()}))
    return np.concatenate(logits)[:n_cases].astype(np.float64)


def _filled_up(array: np.ndarray, lacking: int) -> np.ndarray:
    return np.concatenate([array, np.zeros((lacking, *array.shape[1:]), array.dtype)])


def train(
    scorer: Scorer,
    fit: tuple[Arrays, np.ndarray],
    valid: tuple[Arrays, np.ndarray],
    recipe: Recipe,
    rng: np.random.Generator,
    weight: np.ndarray | None = None,
    valid_weight: np.ndarray | None = None,
) -> list[dict[str, float]]:
    """Train a network; it is left with the weights that were best on the valid cases.

    Parameters
    ----------
    scorer : Scorer
        Of the network, which gives one logit a case, shape (n_cases, 1); further columns are logits
        of its inner parts.
    fit, valid : tuple of dict of ndarray, and ndarray of shape (n_cases,)
        The network's inputs by name, and the outcomes.
    recipe : Recipe
    rng : numpy Generator
        Draws the order of the fit cases.
    weight, valid_weight : ndarray of shape (n_cases,), optional
        How many cases each fit and each valid case stands for.  Batches are of rows, whatever they
        stand for, and their losses are weighed.

    Returns
    -------
    list of dict
        One a round: ``epoch`` (passes over the fit cases so far), ``fit_loss`` (mean over the
        round's steps, with dropout) and ``valid_loss``, both log losses; and ``best``, whether it
        was the best round so far.  The weights of the last such round are those kept.
    """
    (arrays, y), (valid_arrays, y_valid) = fit, valid
    size = batch_size(len(y))
    n_rounds, n_steps = _plan(recipe, len(y), size, arrays)
    batches = _batches(len(y), size, rng)
    network, plan = scorer.network.network, (size, weight is not None, recipe, n_rounds * n_steps)
    learning = scorer.network.traced(plan, lambda: GradientStep(network, *plan))
    step = learning.over(arrays, y, weight)
    progress = recipe.least_progress * (1.0 if weight is None else _scale_of_loss(y, weight))
    history: list[dict[str, float]] = []
    best_loss, best_weights, best_round = np.inf, network.get_weights(), 0
    for number in range(1, n_rounds + 1):
        losses = [step(next(batches)) for _ in range(n_steps)]
        valid_loss = log_loss(scorer(valid_arrays), y_valid, valid_weight)
        best = valid_loss < best_loss - progress
        history.append(
            {
                "epoch": number * n_steps * size / len(y),
                "fit_loss": float(np.mean(losses)),
                "valid_loss": valid_loss,
                "best": best,
            }
        )
        if best:
            best_loss, best_weights, best_round = valid_loss, network.get_weights(), number
        elif number - best_round >= recipe.patience:
            break
    network.set_weights(best_weights)
    return history


def _scale_of_loss(y: np.ndarray, weight: np.ndarray) -> float:
    """Give the base rate's log loss in bits: where cases are rare all losses are small."""
    rate = float(np.average(y, weights=weight))
    return -sum(share * np.log2(share) for share in (rate, 1 - rate) if share > 0)


def _plan(recipe: Recipe, n_cases: int, size: int, arrays: Arrays) -> tuple[int, int]:
    """Give the rounds to plan, and the gradient steps of each."""
    n_steps = int(np.clip(n_cases // size, recipe.least_steps, recipe.most_steps))
    if "present" not in arrays:
        return recipe.rounds, n_steps
    affordable = recipe.most_positions // (size * arrays["present"].shape[1])
    n_rounds = int(np.clip(affordable // n_steps, min(4, recipe.rounds), recipe.rounds))
    return n_rounds, int(np.clip(affordable // n_rounds, 1, n_steps))


def _batches(n_cases: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Cut shuffled case numbers into batches of one size, for ever."""
    while True:
        order = rng.permutation(n_cases).astype(np.int32)
        for start in range(0, n_cases - size + 1, size):
            yield order[start : start + size]
