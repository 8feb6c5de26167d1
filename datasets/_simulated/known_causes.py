"""Columns that cause an outcome by known weights, columns that do not, and exact averages."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

# The normal distribution on a grid: for the smooth functions averaged here the trapezoidal rule
# on it is exact to the last digits of a double.
_GRID = np.linspace(-9.0, 9.0, 145)
_DENSITY = np.exp(-(_GRID**2) / 2) / np.exp(-(_GRID**2) / 2).sum()

CHANNELS = ("search", "mail", "advert", "direct")
_CHANNEL_SHARES = np.array([0.40, 0.15, 0.30, 0.15])
_CHANNEL_ADDS = np.array([0.0, 0.7, -0.6, 0.3])
_RETURNING_SHARE = 0.4
# What a number adds depends on whether the visitor returns: a product of two columns.
_PRICE_SLOPES = np.array([-1.0, 0.3])
_RECENCY_SLOPE = -0.8
_BASKETS = np.arange(5)
_BASKET_SHARES = np.array([0.5, 0.2, 0.15, 0.1, 0.05])
_BASKET_ADDS = np.array([0.0, 0.5, 0.8, 0.9, 0.9])


@dataclass(frozen=True, eq=False)
class Causes:
    """What is drawn for each case, before any outcome.

    Parameters
    ----------
    features : DataFrame
        As models see it; three columns cause nothing.
    score : ndarray of shape (n_cases,)
        What the causes add to the log odds, at full strength.
    """

    features: pd.DataFrame
    score: np.ndarray


def draw_causes(n_cases: int, rng: np.random.Generator) -> Causes:
    """Draw independent cases."""
    channel = rng.choice(len(CHANNELS), n_cases, p=_CHANNEL_SHARES)
    returning = (rng.random(n_cases) < _RETURNING_SHARE).astype(np.int64)
    baskets = rng.choice(len(_BASKETS), n_cases, p=_BASKET_SHARES)
    # Single precision, read back: a last digit that another processor rounds differently must
    # neither change the data nor hide behind the truth.
    price, recency, noise = rng.standard_normal((3, n_cases)).astype(np.float32).astype(float)
    score = _CHANNEL_ADDS[channel] + _BASKET_ADDS[baskets] + _PRICE_SLOPES[returning] * price
    score += _RECENCY_SLOPE * recency
    features = pd.DataFrame(
        {
            "recency_days": np.exp(2.0 + recency).astype(np.float32),
            "price_level": price,
            "returning": returning.astype(bool),
            "earlier_baskets": _BASKETS[baskets],
            "channel": pd.Categorical.from_codes(channel, CHANNELS),
            "noise_number": noise,
            "noise_skewed": rng.standard_exponential(n_cases).astype(np.float32),
            "noise_category": pd.Categorical.from_codes(
                rng.integers(0, 6, n_cases), [f"group {letter}" for letter in "ABCDEF"]
            ),
        }
    )
    return Causes(features, score)


def share_of_yes(intercept: float, strength: float) -> float:
    """Average P(yes) = expit(intercept + strength * score) over all cases there could be.

    Exact: a sum over the columns of few values; given these the score is normal, and an integral
    over it is left.
    """
    total = 0.0
    for channel, channel_share in zip(_CHANNEL_ADDS, _CHANNEL_SHARES, strict=True):
        for baskets, baskets_share in zip(_BASKET_ADDS, _BASKET_SHARES, strict=True):
            for price, returning_share in zip(
                _PRICE_SLOPES, (1.0 - _RETURNING_SHARE, _RETURNING_SHARE), strict=True
            ):
                score = channel + baskets + np.hypot(price, _RECENCY_SLOPE) * _GRID
                p = (_DENSITY * expit(intercept + strength * score)).sum()
                total += channel_share * baskets_share * returning_share * p
    return float(total)


def intercept_for(base_rate: float, strength: float) -> float:
    """Find the intercept at which a share ``base_rate`` of all cases is positive."""
    return brentq(
        lambda intercept: share_of_yes(intercept, strength) - base_rate, -60.0, 60.0, xtol=1e-13
    )
