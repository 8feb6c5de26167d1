"""Successive halving: many configurations on few cases, the best ones on more, a few on all."""

import math
from collections.abc import Mapping, Sequence

# One in so many is kept from rung to rung, each of which has so many times the cases.
KEPT_ONE_IN = 3
MOST_RUNGS = 3
# Of the rarer outcome, to fit on: with fewer, the order of configurations is chance.
FEWEST_OF_RARER = 50


def shares(n: int, rarer: int) -> tuple[float, ...]:
    """Give the shares of the fit cases that configurations are tried on, rising to all [1]_.

    Parameters
    ----------
    n : int
        Configurations.
    rarer : int
        Fit cases of the rarer outcome, in the inner split that has fewest.

    References
    ----------
    .. [1] Jamieson, Talwalkar (2016), Non-stochastic best arm identification and hyperparameter
       optimization.
    """
    by_number = 1 + math.floor(math.log(max(n, 1), KEPT_ONE_IN) + 1e-9)
    every = [KEPT_ONE_IN**-rung for rung in range(min(MOST_RUNGS, by_number))]
    return tuple(
        share for share in reversed(every) if share == 1 or share * rarer >= FEWEST_OF_RARER
    )


def kept(merits: Mapping[int, tuple[float, ...] | None]) -> list[int]:
    """Say which configurations go on from a rung that is not the last: one in three, the best.

    The model's own parameters, configuration 0, always go on if they worked: what the others gain
    is measured against them.

    Parameters
    ----------
    merits : mapping of int to tuple of float, or None
        What each configuration reached on valid cases, more being better; None if it failed.
    """
    ranked = best_first(merits)
    others = [number for number in ranked if number != 0]
    best = others[: math.ceil((len(merits) - 1) / KEPT_ONE_IN)]
    return [number for number in sorted(merits) if number in best or number == 0 and 0 in ranked]


def best_first(merits: Mapping[int, tuple[float, ...] | None]) -> list[int]:
    """Order the configurations that worked; of equal ones the earlier comes first."""
    worked: Sequence[int] = [number for number, merit in merits.items() if merit is not None]
    return sorted(worked, key=lambda number: (*(-value for value in merits[number]), number))
