"""Whole-number noise for differential privacy, drawn exactly and from the system's randomness.

Laplace noise in floating point gives itself away by its last digits [1]_.  Here all is integer
arithmetic on bits that nobody can foresee or repeat [2]_.

References
----------
.. [1] Mironov (2012), "On significance of the least significant bits for differential privacy",
   ACM Conference on Computer and Communications Security.
.. [2] Canonne, Kamath, Steinke (2020), "The discrete Gaussian for differential privacy", Advances
   in Neural Information Processing Systems 33, algorithms 1 and 2.
"""

import secrets
from collections.abc import Callable
from fractions import Fraction

import numpy as np

# Gives a whole number from 0 up to, but not including, its argument.  Tests put another in place.
Below = Callable[[int], int]
below: Below = secrets.randbelow


def happens(chance: Fraction) -> bool:
    """Say yes with a rational probability."""
    return below(chance.denominator) < chance.numerator


def happens_exp(size: Fraction) -> bool:
    """Say yes with the probability exp(-size), for a size of 0 or more."""
    while size > 1:
        if not happens_exp(Fraction(1)):
            return False
        size -= 1
    n = 1
    while happens(size / n):
        n += 1
    return n % 2 == 1


def discrete_laplace(epsilon: Fraction) -> int:
    """Draw a whole number k with a probability in proportion to exp(-epsilon * abs(k)).

    Parameters
    ----------
    epsilon : Fraction
        Above 0.  Of a count that one case changes by 1, this noise makes epsilon-differential
        privacy.
    """
    up, down = epsilon.denominator, epsilon.numerator
    while True:
        coarse = below(up)
        if not happens_exp(Fraction(coarse, up)):
            continue
        n_whole = 0
        while happens_exp(Fraction(1)):
            n_whole += 1
        size = (coarse + up * n_whole) // down
        is_negative = happens(Fraction(1, 2))
        if not (is_negative and size == 0):
            return -size if is_negative else size


def noisy(counts: np.ndarray, epsilon: Fraction) -> np.ndarray:
    """Add noise of its own to each of some counts, of which one case changes one by 1.

    Parameters
    ----------
    counts : ndarray of int
    epsilon : Fraction

    Returns
    -------
    ndarray of int, of the same shape
        May be negative.
    """
    drawn = [discrete_laplace(epsilon) for _ in range(counts.size)]
    return counts.astype(np.int64) + np.array(drawn, dtype=np.int64).reshape(counts.shape)


def chosen(scores: list[int], epsilon: Fraction, sensitivity: int) -> int:
    """Choose one of some scores, the higher the likelier: permute and flip [1]_.

    Parameters
    ----------
    scores : list of int
        One case changes none of them by more than ``sensitivity``.
    epsilon : Fraction
    sensitivity : int

    Returns
    -------
    int
        Its number.

    References
    ----------
    .. [1] McKenna, Sheldon (2020), "Permute-and-flip: a new mechanism for differentially private
       selection", Advances in Neural Information Processing Systems 33.
    """
    left, highest = list(range(len(scores))), max(scores)
    while True:
        at = left.pop(below(len(left)))
        if happens_exp(epsilon * (highest - scores[at]) / (2 * sensitivity)):
            return at
