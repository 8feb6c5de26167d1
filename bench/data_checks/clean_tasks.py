"""Simulated tasks in which nothing is wrong: what a check says of them is a false alarm."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from ..cases import Cases
from ..events import Events
from ..task import Card, Task

_CARD = Card("Drawn", "?", "drawn at random", "none", "drawn", real=False)
_DAY = np.timedelta64(1, "D")
_KINDS = ("look", "search", "cart", "review")


def plain(rng: np.random.Generator) -> Task:
    """Draw numbers with many digits, some of which matter."""
    n = int(rng.integers(500, 3000))
    x = rng.normal(size=(n, 8))
    features = pd.DataFrame(x, columns=[f"x{i}" for i in range(8)])
    return _task(features, _outcomes(rng, -1.5 + x[:, 0] + 0.5 * x[:, 1]))


def mixed(rng: np.random.Generator) -> Task:
    """Draw amounts in cents, counts, ages, categories, and cells that are missing by chance."""
    n = int(rng.integers(800, 4000))
    amount = rng.lognormal(3, 1, n).round(2)
    visits, age = rng.poisson(3, n), rng.integers(18, 80, n)
    channel = rng.choice(["mail", "ad", "search", "other"], n)
    score = 0.4 * np.log(amount) + 0.3 * visits + 0.6 * (channel == "mail") - 0.02 * age - 2.5
    features = pd.DataFrame(
        {
            "amount": np.where(rng.random(n) < 0.1, np.nan, amount),
            "visits": visits,
            "age": np.where(rng.random(n) < 0.3, np.nan, age),
            "channel": pd.Series(channel, dtype="category"),
            "weekend": rng.random(n) < 0.3,
        }
    )
    return _task(features, _outcomes(rng, score))


def rare(rng: np.random.Generator) -> Task:
    """Draw a rare outcome, and many columns that have nothing to do with it."""
    n = int(rng.integers(3000, 6000))
    x = rng.normal(size=(n, 20)).round(2)
    features = pd.DataFrame(x, columns=[f"x{i}" for i in range(20)])
    return _task(features, _outcomes(rng, -4 + 1.2 * x[:, 0]))


def many_values(rng: np.random.Generator) -> Task:
    """Draw a category of hundreds of values, each with an effect of its own."""
    n, n_items = int(rng.integers(1500, 4000)), 300
    item = rng.integers(0, n_items, n)
    price = rng.lognormal(3, 1, n_items).round(2)[item]
    discount = rng.choice([0, 5, 10, 20], n)
    score = -1 + rng.normal(0, 0.7, n_items)[item] + 0.04 * discount - 0.2 * np.log(price)
    features = pd.DataFrame(
        {
            "item": pd.Series([f"item {i}" for i in item], dtype="category"),
            "price": price,
            "discount": discount,
            "hours": rng.exponential(10, n).round(1),
        }
    )
    return _task(features, _outcomes(rng, score))


def few_values(rng: np.random.Generator) -> Task:
    """Draw a few ratings and categories: many cases look alike, and are not the same."""
    n = int(rng.integers(800, 4000))
    stars, size = rng.integers(1, 6, n), rng.integers(1, 4, n)
    city = rng.choice(list("abcdef"), n)
    features = pd.DataFrame(
        {"stars": stars, "size": size, "city": pd.Series(city, dtype="category")}
    )
    return _task(features, _outcomes(rng, 0.5 * stars - 2.5 + 0.4 * (city == "a")))


def strong(rng: np.random.Generator) -> Task:
    """Draw an outcome that is easily told, and that is ruled out for some."""
    n = int(rng.integers(1500, 5000))
    x, carts = rng.normal(size=n), rng.poisson(1.0, n)
    score = np.where(carts == 0, -20.0, 2.0 * x + 0.5 * carts - 1.0)
    features = pd.DataFrame({"x": x, "carts": carts, "noise": rng.normal(size=n)})
    return _task(features, _outcomes(rng, score))


def groups(rng: np.random.Generator) -> Task:
    """Draw several cases of each person, of whom much is known and much is not."""
    n_people = int(rng.integers(200, 800))
    who = np.repeat(np.arange(n_people), rng.integers(1, 9, n_people))
    n = len(who)
    income, taste = rng.lognormal(8, 0.5, n_people).round(2), rng.normal(size=n_people)
    quote = rng.lognormal(3, 1, n).round(2)
    score = -1 + taste[who] + 0.5 * np.log(income[who] / 3000) - 0.2 * np.log(quote)
    features = pd.DataFrame(
        {
            "income": income[who],
            "age": rng.integers(18, 80, n_people)[who],
            "quote": quote,
            "loyalty": pd.Series(rng.choice(["gold", "none"], n_people)[who], dtype="category"),
        }
    )
    order = rng.permutation(n)
    task = _task(features.iloc[order].reset_index(drop=True), _outcomes(rng, score)[order])
    return _with(task, group=who[order])


def times(rng: np.random.Generator) -> Task:
    """Draw cases over a year, with columns that tell the time and others that do not change."""
    n = int(rng.integers(1500, 5000))
    day = np.sort(rng.integers(0, 365, n))
    time = np.datetime64("2024-01-01", "s") + day * _DAY + rng.integers(0, 86_400, n)
    when = pd.DatetimeIndex(time)
    x = rng.normal(size=(n, 4))
    features = pd.DataFrame(x, columns=list("abcd")).assign(
        month=when.month, weekday=when.day_of_week, hour=when.hour, days_since_start=day,
        amount=rng.lognormal(3, 1, n).round(2),
    )  # fmt: skip
    return _with(_task(features, _outcomes(rng, -1 + x[:, 0])), time=time)


def people_in_time(rng: np.random.Generator) -> Task:
    """Draw people who come again: how long they are known and what they did so far grows."""
    n_people = int(rng.integers(300, 900))
    who = np.repeat(np.arange(n_people), rng.integers(2, 9, n_people))
    n = len(who)
    day = rng.integers(0, 300, n)
    order = np.lexsort((rng.random(n), day, who))
    who, day = who[order], day[order]
    first = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
    start = np.repeat(first, np.diff(np.r_[first, n]))
    x = rng.normal(size=n)
    y = _outcomes(rng, -1 + rng.normal(size=n_people)[who] + 0.7 * x)
    bought = np.cumsum(y) - y
    features = pd.DataFrame(
        {
            "x": x,
            "known_for_days": day - day[start],
            "visits_before": np.arange(n) - start,
            "bought_before": bought - bought[start],
            "age": rng.integers(18, 80, n_people)[who],
        }
    )
    time = np.datetime64("2024-01-01", "s") + day * _DAY
    return _with(_task(features, y), time=time, group=who)


def visits(rng: np.random.Generator) -> Task:
    """Draw short visits, whose kinds of events matter."""
    n = int(rng.integers(800, 3000))
    lengths = rng.geometric(0.25, n)
    offsets = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    kind = rng.integers(0, len(_KINDS), offsets[-1]).astype(np.int32)
    gap = rng.exponential(30, offsets[-1]).astype(np.float32)
    gap[offsets[:-1]] = 0.0
    carts = np.add.reduceat(kind == 2, offsets[:-1])
    features = pd.DataFrame({"seconds": np.add.reduceat(gap, offsets[:-1]).astype(float)})
    log = Events(offsets, {"kind": kind, "gap": gap}, {"kind": _KINDS})
    return _task(features, _outcomes(rng, -1.5 + carts), log)


SHAPES: tuple[Callable[[np.random.Generator], Task], ...] = (
    plain, mixed, rare, many_values, few_values, strong, groups, times, people_in_time, visits,
)  # fmt: skip


def _outcomes(rng: np.random.Generator, score: np.ndarray) -> np.ndarray:
    """Draw outcomes; the base rate differs from draw to draw."""
    return (rng.random(len(score)) < expit(score + logit(rng.uniform(0.4, 0.6)))).astype(np.int8)


def _task(features: pd.DataFrame, y: np.ndarray, log: Events | None = None) -> Task:
    return Task("drawn", Cases(features, log), y, _CARD)


def _with(task: Task, *, group: np.ndarray | None = None, time: np.ndarray | None = None) -> Task:
    return Task(task.name, task.cases, task.target, task.card, group=group, time=time)
