"""Tests by betting: evidence against a claim that may be looked at as often as one likes.

Whoever bets against a true claim does not get rich: that the wealth ever reaches 1 / a has a
probability of a at most [1]_, however often one looks and whenever one stops.  Wealth that is won
by a fixed plan of bets is an e-process; a mixture of e-processes is one, too [2]_.

References
----------
.. [1] Ville (1939), "Étude critique de la notion de collectif".
.. [2] Ramdas, Grünwald, Vovk, Shafer (2023), "Game-theoretic statistics and safe anytime-valid
   inference", Statistical Science 38.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

# A bet never stakes all of the wealth: one case could end it.
_MOST_STAKED = 0.9
_CHUNK = 20_000

# Bets on a shift of the log odds, to both sides, and how much of the first wealth each is given:
# a normal density of shifts about none.  The least one loses against shifts of half its size, which
# nobody would act upon: a model may be off by as much from the first day.
_SHIFTS = np.concatenate([-np.geomspace(2.5, 0.2, 24), np.geomspace(0.2, 2.5, 24)])
_USUAL_SHIFT = 0.4
_OF_SHIFT = np.exp(-0.5 * np.square(_SHIFTS / _USUAL_SHIFT)) * np.abs(_SHIFTS)
# Bets on a higher loss, as parts of the most that can be staked.
_STAKES = np.geomspace(0.02, 1.0, 16)


@dataclass(frozen=True, eq=False)
class Bets:
    """Bets that run side by side.

    ``log_gains(rows)`` gives the logarithms of what each bet multiplies its wealth by, shape
    (n_rows, n_bets), for some of the units; ``first`` says how the first wealth, 1, is divided.
    """

    log_gains: Callable[[np.ndarray], np.ndarray]
    first: np.ndarray


def bets_on_calibration(outcome: np.ndarray, p: np.ndarray, margin: float = 0.0) -> Bets:
    """Bet that more, or less, happens than is predicted [1]_ [2]_.

    The claim: given all that came before, the outcome of each unit is on average what was
    predicted, or no further from it than a margin.

    Parameters
    ----------
    outcome, p : ndarray, shape (n_units,)
        Outcome and P(target = 1) of a case, or the means of a group's cases.
    margin : float, default=0

    References
    ----------
    .. [1] Arnold, Henzi, Ziegel (2023), "Sequentially valid tests for forecast calibration",
       Annals of Applied Statistics 17.
    .. [2] Waudby-Smith, Ramdas (2024), "Estimating means of bounded random variables by betting",
       Journal of the Royal Statistical Society B 86.
    """

    def log_gains(rows: np.ndarray) -> np.ndarray:
        # No more than what a case without, or with, the outcome leaves above nothing.
        up, down = (_MOST_STAKED / np.maximum(end[rows] + margin, 1e-9) for end in (p, 1 - p))
        stake = np.clip(_SHIFTS, -down[:, None], up[:, None])
        return np.log1p(stake * ((outcome - p)[rows][:, None] - margin * np.sign(_SHIFTS)))

    return Bets(log_gains, _OF_SHIFT / _OF_SHIFT.sum())


def bets_on_loss(loss: np.ndarray, bound: float) -> Bets:
    """Bet that the mean loss is higher than a bound [1]_.

    The claim: given all that came before, the loss of each unit is on average the bound at most.

    Parameters
    ----------
    loss : ndarray, shape (n_units,)
        At least 0; without an upper limit.
    bound : float
        Above 0.

    References
    ----------
    .. [1] Podkopaev, Ramdas (2022), "Tracking the risk of a deployed model and detecting harmful
       distribution shifts", ICLR.
    """

    def log_gains(rows: np.ndarray) -> np.ndarray:
        return np.log1p(_MOST_STAKED * _STAKES * (loss[rows] / bound - 1)[:, None])

    return Bets(log_gains, np.full(len(_STAKES), 1 / len(_STAKES)))


@dataclass(frozen=True, eq=False)
class Evidence:
    """An e-process as it stands after each look.

    Parameters
    ----------
    log_e : ndarray, shape (n_looks,)
        Logarithm of the wealth.
    since : ndarray of int, shape (n_looks,)
        The look from which on it was won for the most part, from 0 on.
    """

    log_e: np.ndarray
    since: np.ndarray

    def reached(self, share: float) -> np.ndarray:
        """Tell after which looks the wealth is at least 1 / ``share``."""
        return self.log_e >= -np.log(share)


def evidence(bets: Bets, look: np.ndarray, group: np.ndarray | None, n_looks: int) -> Evidence:
    """Follow bets from look to look.

    A change may come at any time, so bets begin anew at each look, with a share of the first
    wealth that falls with its number and is 1 over all looks to come [1]_.  Someone who comes back
    is no new witness: from each beginning on, a group counts at the first look that tells of it.

    Parameters
    ----------
    bets : Bets
        Of units: a case, or the cases of one group at one look.
    look : ndarray of int, shape (n_units,)
        At which look the outcome came to be known, from 0 on.
    group : ndarray of int, shape (n_units,), optional
        Whom each unit is about, from 0 on.
    n_looks : int

    References
    ----------
    .. [1] Shin, Ramdas, Rinaldo (2024), "E-detectors: a nonparametric framework for sequential
       change detection", New England Journal of Statistics in Data Science 2.
    """
    won = _won(bets, look, _look_before(look, group), n_looks)
    log_e, since = np.zeros(n_looks), np.zeros(n_looks, dtype=int)
    start = np.arange(1, n_looks + 1)
    log_share = -np.log(start) - np.log(start + 1.0)
    of_bet = np.log(bets.first)
    wealth = np.zeros((n_looks, len(of_bet)))
    for number in range(n_looks):
        wealth[: number + 1] += won[number, : number + 1]
        begun = log_share[: number + 1] + logsumexp(wealth[: number + 1] + of_bet, axis=1)
        # What is kept for later beginnings: 1 / 2 after the first look, 1 / 3 after the second ...
        log_e[number] = logsumexp(np.append(begun, -np.log(number + 2.0)))
        since[number] = int(np.argmax(begun))
    return Evidence(log_e, since)


def _look_before(look: np.ndarray, group: np.ndarray | None) -> np.ndarray:
    """Give the look that last told of the same group, -1 where none did."""
    before = np.full(len(look), -1)
    if group is None:
        return before
    order = np.lexsort((look, group))
    again = np.flatnonzero(np.diff(group[order]) == 0)
    before[order[again + 1]] = look[order[again]]
    return before


def _won(bets: Bets, look: np.ndarray, before: np.ndarray, n_looks: int) -> np.ndarray:
    """Add up logarithms of gains by look and by beginning, shape (n_looks, n_looks, n_bets)."""
    sums = np.zeros((n_looks * n_looks, len(bets.first)))
    key = look * n_looks + before + 1
    order = np.argsort(key, kind="stable")
    for at in range(0, len(order), _CHUNK):
        rows = order[at : at + _CHUNK]
        keys, first = np.unique(key[rows], return_index=True)
        sums[keys] += np.add.reduceat(bets.log_gains(rows), first, axis=0)
    # A beginning counts those who were not told of since: whose look before is earlier.
    return np.cumsum(sums.reshape(n_looks, n_looks, -1), axis=1)
