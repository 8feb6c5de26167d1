"""Search: how many configurations of each model are tried, and which where that is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import RequestError, did_you_mean

FEWEST, MOST = 2, 1000
_KEYS = ("configurations", "grid")
_USUAL = 20


@dataclass(frozen=True)
class Search:
    """What a suite searches.

    Parameters
    ----------
    configurations : int
        Of each model that declares a space, its own parameters being the first of them.
    grid : mapping of str to mapping of str to tuple
        By model and parameter the values to try in all combinations, in the place of points drawn
        from the model's space.
    """

    configurations: int = _USUAL
    grid: Mapping[str, Mapping[str, tuple[Any, ...]]] = field(default_factory=dict)


def asked_search(given: Any, where: str, planned: Search | None = None) -> Search:
    """Read what is asked of a search.

    Parameters
    ----------
    given : int or mapping
        Configurations, or a table of all that ``Search`` has.
    where : str
        Begins each message: what the door calls it.
    planned : Search, optional
        What holds where nothing else is asked.

    Raises
    ------
    RequestError
        If it has no meaning.
    """
    planned = planned or Search()
    table = given if isinstance(given, Mapping) else {"configurations": given}
    for key in table:
        if key not in _KEYS:
            raise RequestError(
                f"{where} has no {key!r}.{did_you_mean(str(key), _KEYS)}  Known keys: "
                f"{', '.join(_KEYS)}."
            )
    number = table.get("configurations", planned.configurations)
    if type(number) is not int or not FEWEST <= number <= MOST:
        raise RequestError(
            f"{where} must be a whole number of configurations, from {FEWEST} to {MOST}; found "
            f"{number!r}.  The first one is the model's own parameters."
        )
    grid = _grid(table["grid"], where) if "grid" in table else planned.grid
    return Search(number, grid)


def _grid(given: Any, where: str) -> dict[str, dict[str, tuple[Any, ...]]]:
    good = isinstance(given, Mapping) and all(isinstance(one, Mapping) for one in given.values())
    if not good:
        raise RequestError(f"{where}: grid must be a table by model, each a table by parameter.")
    read: dict[str, dict[str, tuple[Any, ...]]] = {}
    for model, table in given.items():
        for name, values in table.items():
            if not isinstance(values, (list, tuple)) or not values:
                raise RequestError(
                    f"{where}: grid.{model}.{name} must be a list of values, as in [2, 4, 8]."
                )
            kept = tuple(map(_lasting, values))
            if not all(isinstance(one, _LITERALS) for one in kept):
                raise RequestError(
                    f"{where}: grid.{model}.{name} holds what is no number, text, truth value or "
                    "list of these."
                )
            read.setdefault(str(model), {})[str(name)] = kept
    return read


_LITERALS = (str, int, float, bool, tuple, type(None))


def _lasting(value: Any) -> Any:
    return tuple(map(_lasting, value)) if isinstance(value, (list, tuple)) else value
