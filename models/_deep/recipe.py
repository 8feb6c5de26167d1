"""Recipe: how long and how fast a network learns."""

from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Recipe:
    """How long and how fast to learn.

    Training goes in rounds, each followed by a look at the valid cases.  A round is one pass over
    the fit cases, but at least ``least_steps`` gradient steps (a few hundred cases would otherwise
    be given up before anything was learnt) and at most ``most_steps``.  The learning rate follows
    ``schedule`` over the planned rounds.  After ``patience`` rounds without progress on the valid
    cases training ends early; the best weights are kept either way.

    Parameters
    ----------
    rounds : int
        Rounds planned.
    learning_rate : float
        The highest of AdamW [1]_.
    weight_decay : float
        Decoupled L2 shrinkage of all weights but biases.
    patience, least_steps, most_steps : int
        See above.
    least_progress : float
        Fall of the valid log loss that counts as progress.
    most_positions : int
        Events and padding that all rounds together may pass over: where many cases have long
        sequences this plans fewer rounds, and below four it plans shorter ones.
    side_weight : float
        Weight of the log loss of each inner part that answers by itself.
    beta_2, schedule, factors : float, str, tuple of (str, float)
        As ``AdamW`` has them.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
    """

    rounds: int = 9
    learning_rate: float = 4e-3
    weight_decay: float = 3e-2
    patience: int = 3
    least_steps: int = 25
    most_steps: int = 400
    least_progress: float = 1e-4
    most_positions: int = 7_000_000
    side_weight: float = 0.3
    beta_2: float = 0.999
    schedule: str = "cosine"
    factors: tuple[tuple[str, float], ...] = ()


def batch_size(n_cases: int) -> int:
    """Give the cases of a gradient step: a power of two from 32 to 512, at most ``n_cases``."""
    wished = 2 ** int(np.log2(max(n_cases / 32, 1)))
    return min(n_cases, int(np.clip(wished, 32, 512)))
