"""How often to count each piece of evidence, so that the odds fit the outcomes best."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit


def learn_weights(
    evidence: np.ndarray, y: np.ndarray, weight: np.ndarray | None, start: float, penalty: float
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
    weight : ndarray of shape (n_cases,), optional
        How many cases each stands for.
    start, penalty : float

    Returns
    -------
    weights : ndarray of shape (n_pieces,)
    intercept : float
    """
    n = len(y) if weight is None else float(weight.sum())

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weights, intercept = parameters[:-1], parameters[-1]
        log_odds = evidence @ weights + intercept
        error = expit(log_odds) - y
        if weight is None:
            likelihood = np.logaddexp(0, log_odds).sum() - y @ log_odds
        else:
            likelihood = weight @ (np.logaddexp(0, log_odds) - y * log_odds)
            error = weight * error
        pull = penalty * ((weights - start) ** 2).sum() / 2
        slope = evidence.T @ error + penalty * (weights - start)
        return (likelihood + pull) / n, np.append(slope, error.sum()) / n

    n_pieces = evidence.shape[1]
    first = np.append(np.full(n_pieces, start), logit(np.average(y, weights=weight)))
    bounds = [(0.0, None)] * n_pieces + [(None, None)]
    best = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds).x
    return best[:-1], float(best[-1])
