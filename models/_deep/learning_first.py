"""Learning from another task's cases before the fit cases are seen, for networks of events."""

import numpy as np
from scipy.special import logit

from .recipe import Arrays, Recipe
from .training import Scorer, train

OUTPUT = "output"
_WATCHED = 0.2


def learn_first(
    scorer: Scorer,
    source: tuple[Arrays, np.ndarray],
    recipe: Recipe,
    output_bias: float,
    rng: np.random.Generator,
) -> None:
    """Train a network on a source task, and leave it with the output of the task it is for.

    A fifth of the source's cases, drawn by chance, is watched to stop by.

    Parameters
    ----------
    scorer : Scorer
        Of the network, whose output units are called ``OUTPUT``, an underscore and their number.
    source : tuple of dict of ndarray, and ndarray of shape (n_cases,)
        The network's inputs by name, and the outcomes, of which both occur.
    recipe : Recipe
    output_bias : float
        Where the output units start on the fit cases: the logit of their base rate.  What the
        source taught them beyond its own base rate stays.
    rng : numpy Generator
        Draws the watched cases and the order of the others.
    """
    arrays, y = source
    of_source = float(logit(np.mean(y)))
    layers = scorer.network.network.layers
    biases = [layer.bias for layer in layers if layer.name.rpartition("_")[0] == OUTPUT]
    for bias in biases:
        bias.assign(np.full(bias.shape, of_source, np.float32))
    order = rng.permutation(len(y))
    watched, taught = np.split(order, [int(_WATCHED * len(y))])
    parts = [
        ({name: array[np.sort(rows)] for name, array in arrays.items()}, y[np.sort(rows)])
        for rows in (taught, watched)
    ]
    train(scorer, *parts, recipe, rng)
    for bias in biases:
        bias.assign_add(np.full(bias.shape, output_bias - of_source, np.float32))
