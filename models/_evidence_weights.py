"""How often to count each piece of evidence, so that the odds fit the outcomes best."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit


def learn_weights(
    evidence: np.ndarray, y: np.ndarray, start: float, penalty: float
) -> tuple[np.ndarray, float]:
    """Maximise the conditional likelihood over weights ``>= 0`` and an intercept.

    The penalty ``penalty * sum((w - start) ** 2) / 2`` keeps the weights near ``start`` where
    cases are few.

    Parameters
    ----------
    evidence : ndarray of shape (n_cases, n_pieces)
        Log odds.
    y : ndarray of shape (n_cases,)
        Outcomes; both occur.
    start, penalty : float

    Returns
    -------
    weights : ndarray of shape (n_pieces,)
    intercept : float
    """

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weights, intercept = parameters[:-1], parameters[-1]
        log_odds = evidence @ weights + intercept
        error = expit(log_odds) - y
        likelihood = np.logaddexp(0, log_odds).sum() - y @ log_odds
        pull = penalty * ((weights - start) ** 2).sum() / 2
        slope = evidence.T @ error + penalty * (weights - start)
        return (likelihood + pull) / len(y), np.append(slope, error.sum()) / len(y)

    n_pieces = evidence.shape[1]
    first = np.append(np.full(n_pieces, start), logit(y.mean()))
    bounds = [(0.0, None)] * n_pieces + [(None, None)]
    best = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds).x
    return best[:-1], float(best[-1])
