"""Which cases an attack on a model's answers is tried on: some that it learnt from, some not."""

import numpy as np

MOST_ASKED = 2000
DECIMALS = 6


def asked_of(rows: np.ndarray) -> np.ndarray:
    """Take up to ``MOST_ASKED`` case numbers, spread over all of them."""
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_ASKED)).astype(int)]


def as_noted(p: np.ndarray) -> np.ndarray:
    """Round probabilities as they are noted, so that those of both kinds are alike."""
    return np.round(p, DECIMALS)
