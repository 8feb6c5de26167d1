import numpy as np
import pandas as pd
import pytest
from intentbench.bench.splits.resampling import Resampling
from intentbench.datasets import _complete_journey_baskets as journey
from intentbench.datasets import _complete_journey_households as households
from intentbench.datasets.complete_journey import CUTS, CompleteJourney, household_weeks


@pytest.fixture(scope="module")
def every_table():
    return journey.read_tables(CompleteJourney().locate())


@pytest.fixture(scope="module")
def tables(every_table):
    """The tables of every twelfth household."""
    return {
        name: table[table["household_id"] % 12 == 0] if "household_id" in table else table
        for name, table in every_table.items()
    }


def assert_same_cases(ours, theirs):
    pd.testing.assert_frame_equal(ours.features, theirs.features, check_exact=True)
    assert ours.events.offsets.tolist() == theirs.events.offsets.tolist()
    for name, mark in ours.events.marks.items():
        np.testing.assert_array_equal(mark, theirs.events.marks[name], err_msg=name)


def without_the_future(tables, cut, rng):
    """Scramble what is recorded from the cut on: other days, other money, or not at all."""
    known = dict(tables)
    lines = tables["transactions"].copy()
    later = (lines["clock"] >= cut).to_numpy()
    moved = pd.to_timedelta(rng.integers(0, 20, later.sum()), unit="D")
    lines.loc[later, "clock"] = cut + moved
    lines.loc[later, "sales_value"] = rng.integers(0, 900, later.sum()) / 100
    lines.loc[later, "coupon_disc"] = 1.0
    known["transactions"] = lines[~later | (rng.random(len(lines)) < 0.5)]
    ids = tables["campaign_descriptions"]
    begun = ids.loc[ids["start_date"] < cut, "campaign_id"]
    known["campaigns"] = tables["campaigns"][tables["campaigns"]["campaign_id"].isin(begun)]
    redeemed = tables["coupon_redemptions"]
    known["coupon_redemptions"] = redeemed[redeemed["redemption_date"] < cut]
    return known


@pytest.mark.parametrize("number", [0, 5, 10])
def test_features_and_events_know_nothing_of_the_cut_or_later(tables, number):
    cut = CUTS[number]
    cases, target, _, when = household_weeks(tables)
    scrambled = without_the_future(tables, cut, np.random.default_rng(number))
    other, other_target, _, other_when = household_weeks(scrambled)
    ours, theirs = np.flatnonzero(when <= cut), np.flatnonzero(other_when <= cut)
    assert_same_cases(cases.take(ours), other.take(theirs))
    assert (target[when == cut] != other_target[other_when == cut]).any(), "nothing was scrambled"


def test_targets_are_baskets_from_the_cut_to_seven_days_later(tables):
    _, target, household, cut = household_weeks(tables)
    lines = tables["transactions"]
    for i in range(0, len(target), 97):
        clock = lines.loc[lines["household_id"] == household[i], "clock"]
        inside = (clock >= cut[i]) & (clock < cut[i] + np.timedelta64(7, "D"))
        assert target[i] == inside.any()


def test_features_agree_with_a_slow_reading_of_the_lines(tables):
    cases, _, household, cut = household_weeks(tables)
    department = tables["products"].set_index("product_id")["department"]
    lines = tables["transactions"].assign(
        department=tables["transactions"]["product_id"].map(department)
    )
    for i in range(50, len(cases), 331):
        row = cases.features.iloc[i]
        past = lines[(lines["household_id"] == household[i]) & (lines["clock"] < cut[i])]
        baskets = past.groupby("basket_id").agg(clock=("clock", "first")).sort_values("clock")
        gaps = baskets["clock"].diff().dropna() / pd.Timedelta(days=1)
        recent = past[past["clock"] >= cut[i] - np.timedelta64(84, "D")]
        paid = recent["sales_value"].sum()
        assert row["baskets_all"] == len(baskets)
        assert row["baskets_84"] == recent["basket_id"].nunique()
        assert row["value_84"] == pytest.approx(paid)
        days = (cut[i] - baskets["clock"].max()) / pd.Timedelta(days=1)
        assert row["recency_days"] == pytest.approx(days)
        assert row["gap_mean_days"] == pytest.approx(gaps.mean(), abs=1e-3, nan_ok=True)
        assert row["gap_sd_days"] == pytest.approx(gaps.std(), abs=1e-2, nan_ok=True)
        if paid > 0:
            meat = recent.loc[recent["department"] == "MEAT", "sales_value"].sum()
            assert row["share_MEAT_84"] == pytest.approx(meat / paid)
        off = recent[["retail_disc", "coupon_disc", "coupon_match_disc"]].to_numpy().sum()
        if off + paid > 0:
            assert row["discount_share_84"] == pytest.approx(off / (off + paid))


def test_campaign_features_agree_with_a_slow_reading(tables):
    cases, _, household, cut = household_weeks(tables)
    received = tables["campaigns"].merge(tables["campaign_descriptions"])
    redemptions = tables["coupon_redemptions"]
    compared = 0
    for i in range(0, len(cases), 7):
        own = received[(received["household_id"] == household[i])]
        begun = own[own["start_date"] < cut[i]]
        mine = redemptions[redemptions["household_id"] == household[i]]
        earlier = mine[mine["redemption_date"] < cut[i]]
        row = cases.features.iloc[i]
        assert row["campaigns_A"] == (begun["campaign_type"] == "Type A").sum()
        assert row["campaigns_active"] == (begun["end_date"] >= cut[i]).sum()
        assert row["coupons_redeemed"] == len(earlier)
        assert row["campaigns_redeemed"] == earlier["campaign_id"].nunique()
        compared += len(earlier)
    assert compared > 0


def test_events_are_the_latest_baskets_in_order(tables):
    cases, _, household, cut = household_weeks(tables)
    lines, events = tables["transactions"], cases.events
    assert events.lengths.max() == households.MOST_EVENTS
    assert events.lengths.min() >= 1
    for i in range(3, len(cases), 401):
        past = lines[(lines["household_id"] == household[i]) & (lines["clock"] < cut[i])]
        baskets = past.groupby("basket_id").agg(
            clock=("clock", "first"), value=("sales_value", "sum")
        )
        baskets = baskets.sort_values("clock").iloc[-households.MOST_EVENTS :]
        mine = slice(events.offsets[i], events.offsets[i + 1])
        np.testing.assert_allclose(events.marks["value"][mine], baskets["value"], rtol=1e-5)
        gaps = baskets["clock"].diff().dt.total_seconds().to_numpy()[1:]
        np.testing.assert_allclose(events.gap[mine][1:], gaps, rtol=1e-6)
        hours = baskets["clock"].dt.hour // 6
        assert events.marks["hour"][mine].tolist() == hours.tolist()
        days = (cut[i] - baskets["clock"].to_numpy()) / np.timedelta64(1, "D")
        np.testing.assert_allclose(events.marks["days_before"][mine], days, rtol=1e-4)


def test_a_baskets_kind_is_the_department_that_took_most_money():
    lines = pd.DataFrame(
        {
            "household_id": 7,
            "basket_id": [1, 1, 1, 2, 3],
            "product_id": [10, 11, 11, 12, 13],
            "sales_value": [3.0, 2.0, 2.0, 0.0, 5.0],
            "retail_disc": 0.0,
            "coupon_disc": 0.0,
            "coupon_match_disc": 0.0,
            "clock": pd.to_datetime(["2017-02-01"] * 3 + ["2017-02-02", "2017-02-03"]),
        }
    )
    products = pd.DataFrame(
        {"product_id": [10, 11, 12], "department": ["GROCERY", "DELI", "GROCERY"]}
    )
    baskets = journey.baskets_of({"transactions": lines, "products": products})
    kinds = [journey.DEPARTMENTS[code] for code in baskets.main_department]
    assert kinds == ["DELI", "OTHER", "OTHER"], "a basket worth nothing, and an unknown product"
    assert baskets.value.tolist() == [700, 0, 500]


def test_the_clock_agrees_with_the_weeks_of_the_data(every_table):
    path = CompleteJourney().locate()["transactions.parquet"]
    week = pd.read_parquet(path, columns=["week"])["week"]
    clock = every_table["transactions"]["clock"]
    first_monday = pd.Timestamp("2016-12-26")
    assert ((clock - first_monday).dt.days // 7 + 1 == week).all()


def test_cuts_are_every_fourth_monday_and_leave_a_whole_week(every_table):
    assert len(CUTS) == 11
    assert all(pd.Timestamp(cut).day_of_week == 0 for cut in CUTS)
    assert set(np.diff(CUTS) / np.timedelta64(1, "D")) == {28}
    last_day = every_table["transactions"]["clock"].max().normalize()
    assert last_day >= pd.Timestamp(CUTS[-1]) + pd.Timedelta(days=6)


def test_the_task_loads_and_can_be_split_in_time_by_household():
    task = CompleteJourney().load()
    assert not task.card.real and "simulated" in task.card.caveats[0].lower()
    assert task.card.horizon_days == 7
    for fold in Resampling(folds=3, seed=0, strangers=True).plan(task):
        train = np.concatenate([fold.splits[0].fit, fold.splits[0].valid])
        week = np.timedelta64(7, "D")
        assert task.time[train].max() + week <= task.time[fold.test].min()
        assert not np.intersect1d(task.group[train], task.group[fold.test]).size
