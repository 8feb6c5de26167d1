"""The process behind simulated visits: three states of mind, and how a buyer's differ."""

import numpy as np

from .hidden_markov import HiddenMarkov

KINDS = ("home", "search", "category", "product", "reviews", "cart", "delivery", "help")

# Rows: browsing, comparing, deciding.
_START = np.array([0.70, 0.25, 0.05])
_TRANSITION = np.array([[0.78, 0.17, 0.05], [0.20, 0.68, 0.12], [0.10, 0.22, 0.68]])
_EMISSION = np.array(
    [
        [0.26, 0.28, 0.27, 0.12, 0.01, 0.01, 0.01, 0.04],
        [0.01, 0.06, 0.10, 0.47, 0.30, 0.03, 0.01, 0.02],
        [0.01, 0.01, 0.02, 0.12, 0.07, 0.43, 0.29, 0.05],
    ]
)
_GAP_MEAN = np.log([12.0, 60.0, 25.0])
_GAP_SD = np.array([0.8, 0.7, 0.9])
# A buyer comes to comparing and deciding more often, and stays longer: both how often each kind
# comes and what comes after what tell something.
_START_LEANS = np.array([-0.2, 0.1, 0.5])
_TRANSITION_LEANS = np.array([[0.4, 0.2, 0.6], [-0.7, 0.4, 0.7], [-0.9, -0.5, 1.0]])
_EMISSION_LEANS = np.array(
    [
        [0.0, 0.1, -0.1, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, -0.1, 0.0, 0.1, 0.1, 0.1, 0.0],
        [-0.1, 0.0, -0.1, 0.0, 0.0, 0.1, 0.1, -0.2],
    ]
)


def visit_process(lean: float, noise: float) -> HiddenMarkov:
    """Make the process of those who lean towards buying, or away from it.

    Parameters
    ----------
    lean : float
        0 for neither; the processes of two outcomes differ by the difference of their leans.
    noise : float
        0 to 1: share of events whose kind is drawn from all kinds alike, and by how much the
        states' gaps have become the same.
    """
    emission = _leaning(_EMISSION, _EMISSION_LEANS, lean)
    middle = _GAP_MEAN.mean()
    return HiddenMarkov(
        start=_leaning(_START, _START_LEANS, lean),
        transition=_leaning(_TRANSITION, _TRANSITION_LEANS, lean),
        emission=(1.0 - noise) * emission + noise / len(KINDS),
        gap_mean=middle + (1.0 - noise) * (_GAP_MEAN - middle),
        gap_sd=(1.0 - noise) * _GAP_SD + noise * _GAP_SD.mean(),
    )


def _leaning(shares: np.ndarray, leans: np.ndarray, lean: float) -> np.ndarray:
    weights = shares * np.exp(lean * leans)
    return weights / weights.sum(axis=-1, keepdims=True)
