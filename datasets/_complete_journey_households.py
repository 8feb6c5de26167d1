"""The Complete Journey: what is known of a household at a moment, as features and as events."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..bench.events import Events
from ._complete_journey_baskets import DEPARTMENTS, Baskets
from ._histories import Histories, Span

MOST_EVENTS = 50
HOURS = ("night", "morning", "afternoon", "evening")  # six hours each, from midnight


def household_features(
    tables: Mapping[str, pd.DataFrame], baskets: Baskets, household: np.ndarray, moment: np.ndarray
) -> pd.DataFrame:
    """Describe each household as it was known just before a moment.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As ``read_tables`` gives them.
    baskets : Baskets
        Of those tables.
    household, moment : ndarrays of shape (n_cases,)

    Returns
    -------
    DataFrame of n_cases rows
        Money in dollars, times in days.
    """
    parts = (
        _shopping(baskets, household, moment),
        _campaigns(tables, household, moment),
        _demographics(tables["demographics"], household),
    )
    return pd.concat(parts, axis=1)


def basket_events(baskets: Baskets, household: np.ndarray, moment: np.ndarray) -> Events:
    """Give each household's latest baskets before a moment, at most ``MOST_EVENTS``.

    ``kind`` is the main department; ``days_before`` the time from the basket to the moment,
    without which a sequence would not tell how long ago it ended.
    """
    history = baskets.history
    offsets, rows = history.before(household, moment).latest(MOST_EVENTS).rows()
    until = np.repeat(moment.astype("datetime64[s]"), np.diff(offsets))
    marks = {
        "kind": baskets.main_department[rows],
        "gap": history.gap[rows].astype(np.float32),
        "value": (baskets.value[rows] / 100).astype(np.float32),
        "discount": (baskets.discount[rows] / 100).astype(np.float32),
        "hour": (history.seconds[rows] % 86_400 // 21_600).astype(np.int32),
        "days_before": ((until - history.time[rows]) / np.timedelta64(1, "D")).astype(np.float32),
    }
    return Events(offsets, marks, {"kind": DEPARTMENTS, "hour": HOURS})


def _shopping(baskets: Baskets, household: np.ndarray, moment: np.ndarray) -> pd.DataFrame:
    history = baskets.history
    ever = history.before(household, moment)
    within = {days: history.before(household, moment, days=days) for days in (7, 28, 84)}
    month_before = history.before(household, moment, days=28, skip=28)
    columns = {
        "recency_days": history.days_since_last(ever, moment),
        "known_for_days": history.days_since_first(ever, moment),
    }
    for label, span in [*within.items(), ("all", ever)]:
        columns[f"baskets_{label}"] = span.n_rows
        columns[f"value_{label}"] = span.total(baskets.value) / 100
    columns["gap_mean_days"], columns["gap_sd_days"] = history.gap_moments(ever)
    # The day added keeps two baskets of the same minute from making a year of silence endless.
    columns["recency_in_gaps"] = share(columns["recency_days"], columns["gap_mean_days"] + 1)
    columns["baskets_trend_28"] = within[28].n_rows - month_before.n_rows
    columns["value_trend_28"] = columns["value_28"] - month_before.total(baskets.value) / 100
    columns["value_per_basket_84"] = share(columns["value_84"], columns["baskets_84"])
    columns |= _department_shares(baskets, within[84])
    off = within[84].total(baskets.discount) / 100
    columns["discount_share_84"] = share(off, off + columns["value_84"])
    columns["coupon_baskets_84"] = within[84].total(baskets.coupon)
    columns["coupon_baskets_all"] = ever.total(baskets.coupon)
    return pd.DataFrame(columns)


def _department_shares(baskets: Baskets, span: Span) -> dict[str, np.ndarray]:
    spent = span.total(baskets.by_department)
    # No spending is no share of any department; that there was none is said by baskets_84.
    shares = spent / np.maximum(spent.sum(axis=1, keepdims=True), 1)
    return {f"share_{name}_84": shares[:, code] for code, name in enumerate(DEPARTMENTS)}


def _campaigns(
    tables: Mapping[str, pd.DataFrame], household: np.ndarray, moment: np.ndarray
) -> pd.DataFrame:
    received = tables["campaigns"].merge(tables["campaign_descriptions"], on="campaign_id")
    columns = {}
    for letter in "ABC":
        of_type = received[received["campaign_type"] == f"Type {letter}"]
        started = _history(of_type, "start_date").before(household, moment)
        columns[f"campaigns_{letter}"] = started.n_rows
    started = _history(received, "start_date").before(household, moment).n_rows
    # A campaign runs to the end of its last day, and moments are midnights.
    ended = _history(received, "end_date").before(household, moment).n_rows
    columns["campaigns_active"] = started - ended

    redemptions = tables["coupon_redemptions"]
    redeemed = _history(redemptions, "redemption_date")
    earlier = redeemed.before(household, moment)
    columns["coupons_redeemed"] = earlier.n_rows
    columns["redeemed_days_ago"] = redeemed.days_since_last(earlier, moment)
    first = redemptions.groupby(["household_id", "campaign_id"], as_index=False).min()
    answered = _history(first, "redemption_date").before(household, moment).n_rows
    columns["campaigns_redeemed"] = answered
    columns["campaigns_redeemed_share"] = share(answered, started)
    return pd.DataFrame(columns)


def _history(frame: pd.DataFrame, time: str) -> Histories:
    frame = frame.sort_values(["household_id", time], kind="stable")
    return Histories(frame["household_id"].to_numpy(), frame[time].to_numpy())


def _demographics(demographics: pd.DataFrame, household: np.ndarray) -> pd.DataFrame:
    known = demographics.set_index("household_id").astype("category")
    return known.reindex(household).reset_index(drop=True)


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; missing where the whole is 0 or missing."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
