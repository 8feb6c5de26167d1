"""Visits to Taobao, cut after some events: what is known by then, and what comes later."""

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.events import Events
from ._histories import Histories, Span
from ._taobao_log import BUY, CART, FAVOURITE, VIEW, VISIT_GAP_SECONDS, WINDOW, Log

MOST_EVENTS = 30
KINDS = (
    "view, new category",
    "view, known category",
    "view, known item",
    "favourite",
    "cart",
    "buy",
)
PLACES = ("an earlier visit", "this visit")
_DAY_PARTS = ("night", "morning", "noon", "afternoon", "evening")
_DAY_PART_STARTS = (6, 11, 14, 18)  # hours; the night ends at 6
# Of all events in the published log 2 % are purchases; rates of few events are drawn there.
_BUY_SHARE, _PRIOR_EVENTS = 0.02, 50.0


def cut_visits(
    log: Log, after: int, same_as: int = 0, *, ended: bool = False
) -> tuple[Cases, np.ndarray, np.ndarray, np.ndarray]:
    """Build the cases, and for each its target, user and moment, by user and time.

    A case is a visit with more than ``after`` events, none of the first ``after`` a purchase, that
    does not begin in the last 30 minutes of the log.  The moment is that of event ``after``.  With
    ``same_as`` the cases are those that there are after so many events, and no others; with
    ``ended``, visits that end with them are cases, too.
    """
    so_far, stop = _asked(log, after, same_as, ended=ended)
    first = so_far.first
    target = Span(so_far.stop, stop).total(log.behaviour == BUY) > 0
    cases = Cases(_features(log, so_far), _events(log, _shown(log, so_far), first))
    return cases, target, log.user[first], log.time[so_far.stop - 1]


def courses(log: Log, after: int, same_as: int, most: int) -> Events:
    """Give the events of the same cases, ended ones too, and those that follow, at most so many.

    They end before the visit's purchase, or with the visit.
    """
    so_far, stop = _asked(log, after, same_as, ended=True)
    purchases = np.append(np.flatnonzero(log.behaviour == BUY), len(log))
    until = np.minimum(stop, purchases[np.searchsorted(purchases, so_far.stop)])
    until = np.minimum(until, so_far.stop + most)
    return _events(log, Span(_shown(log, so_far).first, until), so_far.first)


def _asked(log: Log, after: int, same_as: int, *, ended: bool) -> tuple[Span, np.ndarray]:
    """Find the visits that are cases: what is seen of each, and where it ends."""
    asked = max(after, same_as)
    first = np.flatnonzero(log.begins_visit)
    stop = np.append(first[1:], len(log))
    last_start = WINDOW[1] - np.timedelta64(VISIT_GAP_SECONDS, "s")
    eligible = (stop - first + ended > asked) & (log.time[first] < last_start)
    first, stop = first[eligible], stop[eligible]
    eligible = Span(first, first + asked).total(log.behaviour == BUY) == 0
    first, stop = first[eligible], stop[eligible]
    return Span(first, first + after), stop


def _shown(log: Log, so_far: Span) -> Span:
    return Span(log.user_start[so_far.first], so_far.stop).latest(MOST_EVENTS)


def _features(log: Log, so_far: Span) -> pd.DataFrame:
    moment = log.time[so_far.stop - 1]
    columns = {**_visit_so_far(log, so_far), **_clock(moment), **_past(log, so_far, moment)}
    return pd.DataFrame({**columns, **_popularity(log, so_far, moment)})


def _visit_so_far(log: Log, visit: Span) -> dict[str, object]:
    last = visit.stop - 1
    after = int(visit.n_rows[0]) if len(last) else 1
    rows = visit.first[:, None] + np.arange(after)
    item_had_cart, item_had_favourite = log.item_had(CART) > 0, log.item_had(FAVOURITE) > 0
    item_had_buy = log.item_had(BUY) > 0
    seconds = log.by_user.seconds
    columns = {
        f"{name}_in_visit": visit.total(log.behaviour == code)
        for name, code in (("views", VIEW), ("favourites", FAVOURITE), ("carts", CART))
    }
    return columns | {
        "last_kind": pd.Categorical.from_codes(_kinds(log)[last], KINDS),
        "items_in_visit": _distinct(log.item[rows]),
        "categories_in_visit": _distinct(log.category[rows]),
        "seconds_in_visit": seconds[last] - seconds[visit.first],
        "seconds_of_last_step": np.where(visit.n_rows > 1, log.by_user.gap[last], 0),
        "views_of_known_items": visit.total(log.item_seen > 0),
        "views_in_known_categories": visit.total(log.category_seen > 0),
        "items_carted_before": visit.total(item_had_cart),
        "items_favoured_before": visit.total(item_had_favourite),
        "items_bought_before": visit.total(item_had_buy),
        "last_item_seen": log.item_seen[last],
        "last_category_seen": log.category_seen[last],
        "last_category_carts": log.category_had(CART)[last],
        "last_category_buys": log.category_had(BUY)[last],
    }


def _clock(moment: np.ndarray) -> dict[str, object]:
    when = pd.DatetimeIndex(moment)
    part = np.digitize(when.hour, _DAY_PART_STARTS)
    part[when.hour >= 23] = 0
    return {
        "hour": when.hour.to_numpy(),
        "day_part": pd.Categorical.from_codes(part, _DAY_PARTS),
        "weekend": when.day_of_week.to_numpy() >= 5,
    }


def _past(log: Log, visit: Span, moment: np.ndarray) -> dict[str, np.ndarray]:
    """Look at the user's earlier visits."""
    past = Span(log.user_start[visit.first], visit.first)
    bought = log.behaviour == BUY
    visits, buys = past.total(log.begins_visit), past.total(bought)
    last_day = log.by_user.before(log.user[visit.first], log.time[visit.first], days=1)
    begins = np.append(np.flatnonzero(log.begins_visit), len(log))
    number = np.searchsorted(begins, visit.first)
    last_visit = Span(begins[np.maximum(number - 1, 0)], visit.first)
    last_visit = Span(np.maximum(last_visit.first, past.first), visit.first)
    return {
        "visits_before": visits,
        "events_before": past.n_rows,
        "buys_before": buys,
        "carts_before": past.total(log.behaviour == CART),
        "favourites_before": past.total(log.behaviour == FAVOURITE),
        "buy_rate_before": _rate(buys, past.n_rows),
        "known_for_days": log.by_user.days_since_first(past, moment),
        "days_since_last_visit": log.by_user.days_since_last(past, moment),
        "days_since_last_buy": _days_since(log, bought, past, moment),
        "days_since_last_cart": _days_since(log, log.behaviour == CART, past, moment),
        "events_last_day": last_day.n_rows,
        "buys_last_day": last_day.total(bought),
        "carts_last_day": last_day.total(log.behaviour == CART),
        "events_of_last_visit": last_visit.n_rows,
        "buys_of_last_visit": last_visit.total(bought),
    }


def _popularity(log: Log, visit: Span, moment: np.ndarray) -> dict[str, np.ndarray]:
    """Look at what all users did, before the moment, in the last event's category and item."""
    columns = {}
    for name, thing in (("category", log.category), ("item", log.item)):
        # Codes, because ids may outgrow what histories can hold.  Their order decides nothing.
        code = np.unique(thing, return_inverse=True)[1]
        order = np.lexsort((log.time, code))
        histories = Histories(code[order], log.time[order])
        span = histories.before(code[visit.stop - 1], moment)
        buys = span.total((log.behaviour == BUY)[order])
        columns[f"{name}_events_of_all"] = span.n_rows
        columns[f"{name}_buy_rate_of_all"] = _rate(buys, span.n_rows)
    return columns


def _events(log: Log, span: Span, first: np.ndarray) -> Events:
    """Give the events of spans; ``first`` are the rows with which the visits themselves begin."""
    offsets, rows = span.rows()
    gap = log.by_user.gap[rows].astype(np.float32)
    here = rows >= np.repeat(first, span.n_rows)
    gap[offsets[:-1]] = 0.0
    marks = {
        "kind": _kinds(log)[rows].astype(np.int32),
        "gap": gap,
        "place": here.astype(np.int32),
        "item_seen": np.log1p(log.item_seen[rows]).astype(np.float32),
        "category_seen": np.log1p(log.category_seen[rows]).astype(np.float32),
    }
    return Events(offsets, marks, {"kind": KINDS, "place": PLACES})


def _kinds(log: Log) -> np.ndarray:
    """Give codes into ``KINDS``: views by what they repeat, all else by what was done."""
    view = np.where(log.item_seen > 0, 2, np.where(log.category_seen > 0, 1, 0))
    return np.where(log.behaviour == VIEW, view, 2 + log.behaviour)


def _distinct(things: np.ndarray) -> np.ndarray:
    """Count the different values of each row."""
    ordered = np.sort(things, axis=1)
    return 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)


def _rate(buys: np.ndarray, events: np.ndarray) -> np.ndarray:
    return (buys + _PRIOR_EVENTS * _BUY_SHARE) / (events + _PRIOR_EVENTS)


def _days_since(log: Log, which: np.ndarray, past: Span, moment: np.ndarray) -> np.ndarray:
    """Give the days since the last such event of each span; missing where there is none."""
    last = np.maximum.accumulate(np.where(which, np.arange(len(log)), -1))
    row = np.where(past.n_rows > 0, last[past.stop - 1], -1)
    days = (moment - log.time[row]) / np.timedelta64(1, "D")
    return np.where(row >= past.first, days, np.nan)
