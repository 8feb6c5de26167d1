"""A curve: tasks that ask one question of the same test cases and differ in one quantity."""

import math
from dataclasses import dataclass
from typing import Any

from ..errors import RequestError

LEARNING, EARLY = "learning", "early"
END = "end"
_KEYS = {LEARNING: "shares", EARLY: "after"}
_EXAMPLES = {LEARNING: "shares = [0.125, 0.25, 0.5]", EARLY: "after = [1, 2, 3, 5, 10]"}


@dataclass(frozen=True)
class Curve:
    """What a suite asks of one of its tasks.

    Parameters
    ----------
    kind : str
        ``"learning"``: the fit cases are thinned, to see what more of them bring.  ``"early"``: the
        same cases are predicted after fewer and after more of their events.
    task : str
        One of the suite's.
    shares : tuple of float
        Of a learning curve: shares of the fit cases, rising, all below 1; the whole is its last
        point.
    after : tuple of int or "end"
        Of an early curve: numbers of events, rising; "end" for all that a case has.
    models : tuple of str
        Model plugins; empty for all of the suite.
    weights : tuple of float
        Of an early curve, one a point: the accuracies at 0.5 are added up with these weights, too,
        as the weighted micro-F1 of cart intent is [1]_.

    References
    ----------
    .. [1] Tagliabue, Greco, Roy, Yu, Chia, Bianchi, Cassani (2021), SIGIR 2021 E-commerce workshop
       data challenge.  arXiv:2104.09423.
    """

    kind: str
    task: str
    shares: tuple[float, ...] = ()
    after: tuple[int | str, ...] = ()
    models: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class CurvePoint:
    """One point: the task that was judged there, and how much was given.

    ``size`` is the mean number of fit cases, or the number of events; of the end it is 0.
    """

    task: str
    size: float
    label: str


@dataclass(frozen=True)
class CurveRecord:
    """A curve as it was carried out, its points from little to much; ``weights`` as asked."""

    kind: str
    task: str
    points: tuple[CurvePoint, ...]
    models: tuple[str, ...]
    weights: tuple[float, ...] = ()


def read_curve(table: dict[str, Any], where: str, tasks: tuple[str, ...]) -> Curve:
    """Read a curve's table; its keys are known to be those of ``Curve``.

    Parameters
    ----------
    table : dict
    where : str
        File and number of the table, for errors.
    tasks : tuple of str
        Of the suite.

    Raises
    ------
    RequestError
        If something is missing, contradicts itself or has no meaning.
    """
    kind = table.get("kind")
    if kind not in _KEYS:
        raise RequestError(f"{where} has the kind {kind!r}; it must be 'learning' or 'early'.")
    if table.get("task") not in tasks:
        raise RequestError(
            f"{where} is about the task {table.get('task')!r}; it must be one of the suite's: "
            f"{', '.join(tasks)}."
        )
    key, other = _KEYS[kind], _KEYS[EARLY if kind == LEARNING else LEARNING]
    if other in table:
        raise RequestError(f"{where}: {other} has no meaning for a curve of the kind {kind!r}.")
    good = _are_shares if kind == LEARNING else _are_numbers_of_events
    if not good(table.get(key)):
        what = (
            "shares of the fit cases above 0 and below 1, rising"
            if kind == LEARNING
            else "at least two numbers of events from 1 on, rising, the last of which may be 'end'"
        )
        raise RequestError(
            f"{where}: {key} is {table.get(key)!r}; it must be {what}, as in {_EXAMPLES[kind]}."
        )
    models = table.get("models", [])
    texts = isinstance(models, list) and all(isinstance(name, str) for name in models)
    if not texts or len(set(models)) < len(models) or ("models" in table and not models):
        raise RequestError(
            f"{where}: models must be a list of texts, each once; leave it out for all models."
        )
    weights = tuple(table.get("weights", ()))
    if weights and not (kind == EARLY and _are_weights(weights, len(table[key]))):
        raise RequestError(
            f"{where}: weights is {table['weights']!r}; it must be numbers above 0 of an early "
            f"curve, one for each of its {len(table[key])} points, as in weights = [1.0, 0.9]."
        )
    return Curve(
        kind, table["task"], **{key: tuple(table[key])}, models=tuple(models), weights=weights
    )


def _are_shares(values: object) -> bool:
    if not isinstance(values, list) or not values:
        return False
    numbers = all(type(value) is float for value in values)
    return numbers and all(0 < value < 1 for value in values) and _rising(values)


def _are_weights(values: tuple[object, ...], n_points: int) -> bool:
    numbers = all(type(value) in (int, float) and 0 < value < math.inf for value in values)
    return numbers and len(values) == n_points


def _are_numbers_of_events(values: object) -> bool:
    if not isinstance(values, list) or len(values) < 2:
        return False
    numbers = values[:-1] if values[-1] == END else values
    return all(type(value) is int and value >= 1 for value in numbers) and _rising(numbers)


def _rising(values: list) -> bool:
    return all(before < after for before, after in zip(values, values[1:], strict=False))
