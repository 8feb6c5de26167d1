"""The configurations of a search, all of them drawn before the first one is tried."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from ..errors import RequestError
from .space import Configuration, Dimension

_MOST_DRAWN = 12  # 2 to this power: where so many points give no other values, there are none


def drawn(space: Sequence[Dimension], n: int) -> tuple[Configuration, ...]:
    """Give the model's own parameters first, as nothing, then points of the Sobol sequence [1]_.

    The sequence is not scrambled: the same space gives the same list everywhere.  A longer list
    begins with the shorter one.

    Parameters
    ----------
    space : sequence of Dimension
    n : int
        Configurations in all; fewer are given where the space holds no more.

    References
    ----------
    .. [1] Sobol' (1967), On the distribution of points in a cube and the approximate evaluation of
       integrals.
    """
    from scipy.stats import qmc

    found: list[Configuration] = [{}]
    if not space:
        return tuple(found)
    power = max(1, n.bit_length())
    # Its first point is the corner of all lowest values, the one that says least.
    while power <= _MOST_DRAWN:
        points = qmc.Sobol(len(space), scramble=False).random_base2(power)[1:]
        every = [
            {one.name: one.at(place) for one, place in zip(space, point, strict=True)}
            for point in points.tolist()
        ]
        found = [{}, *(one for i, one in enumerate(every) if one not in every[:i])]
        if len(found) >= n:
            break
        power += 1
    return tuple(found[:n])


def of_grid(model: str, grid: Mapping[str, Sequence[Any]], n: int) -> tuple[Configuration, ...]:
    """Give the model's own parameters first, as nothing, then all combinations of some values.

    Parameters
    ----------
    model : str
        Its name, for errors.
    grid : mapping of str to sequence
        Values by parameter.
    n : int
        The most configurations there may be: the budget that every model has.

    Raises
    ------
    RequestError
        If the grid is larger than that.
    """
    combined = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    if len(combined) + 1 > n:
        raise RequestError(
            f"the grid of {model} has {len(combined)} combinations, and each model may try {n} "
            f"configurations, its own parameters among them.  Search {len(combined) + 1}, or name "
            "fewer values."
        )
    return ({}, *combined)
