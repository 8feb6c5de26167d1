import numpy as np
import pandas as pd
import pytest
from intentbench.bench.splits.resampling import Resampling
from intentbench.datasets import _complete_journey_baskets as journey
from intentbench.datasets.complete_journey_coupons import (
    CompleteJourneyCoupons,
    household_campaigns,
)


@pytest.fixture(scope="module")
def tables():
    """The tables of every eighth household."""
    every = journey.read_tables(CompleteJourneyCoupons().locate())
    return {
        name: table[table["household_id"] % 8 == 0] if "household_id" in table else table
        for name, table in every.items()
    }


def pairs(tables):
    """The cases' campaigns and households, in the order of the cases."""
    received = tables["campaigns"].merge(tables["campaign_descriptions"], on="campaign_id")
    return received.sort_values(["campaign_id", "household_id"], ignore_index=True)


@pytest.mark.parametrize("campaign", [8, 13, 20])
def test_features_and_events_know_nothing_of_the_start_or_later(tables, campaign):
    descriptions = tables["campaign_descriptions"].set_index("campaign_id")
    start = descriptions.loc[campaign, "start_date"]
    rng = np.random.default_rng(campaign)
    known = dict(tables)
    lines = tables["transactions"].copy()
    later = (lines["clock"] >= start).to_numpy()
    lines.loc[later, "sales_value"] = rng.integers(0, 900, later.sum()) / 100
    lines.loc[later, "coupon_disc"] = 1.0
    known["transactions"] = lines[~later | (rng.random(len(lines)) < 0.5)]
    redeemed = tables["coupon_redemptions"]
    known["coupon_redemptions"] = redeemed[redeemed["redemption_date"] < start]
    begun = descriptions.index[descriptions["start_date"] < start]
    received = tables["campaigns"]
    known["campaigns"] = received[received["campaign_id"].isin([*begun, campaign])]

    ours = np.flatnonzero(pairs(tables)["campaign_id"] == campaign)
    theirs = np.flatnonzero(pairs(known)["campaign_id"] == campaign)
    cases, target, _ = household_campaigns(tables)
    other, other_target, _ = household_campaigns(known)
    cases, other = cases.take(ours), other.take(theirs)
    # Which types of campaign occur at all is not the households' doing.
    types = cases.features["campaign_type"].dtype
    other.features["campaign_type"] = other.features["campaign_type"].astype(types)
    pd.testing.assert_frame_equal(cases.features, other.features, check_exact=True)
    assert cases.events.offsets.tolist() == other.events.offsets.tolist()
    for name, mark in cases.events.marks.items():
        np.testing.assert_array_equal(mark, other.events.marks[name], err_msg=name)
    assert target[ours].any() and not other_target[theirs].any(), "nothing was taken away"


def test_features_agree_with_a_slow_reading_of_the_lines(tables):
    cases, target, _ = household_campaigns(tables)
    received = pairs(tables)
    lines, coupons = tables["transactions"], tables["coupons"]
    department = tables["products"].set_index("product_id")["department"]
    redemptions = tables["coupon_redemptions"]
    compared = 0
    for i in range(20, len(cases), 61):
        case, row = received.iloc[i], cases.features.iloc[i]
        own = lines["household_id"] == case["household_id"]
        past = lines[own & (lines["clock"] < case["start_date"])]
        offered = coupons[coupons["campaign_id"] == case["campaign_id"]]
        on_offer = past[past["product_id"].isin(offered["product_id"])]
        assert row["campaign_coupons"] == offered["coupon_upc"].nunique()
        assert row["campaign_products"] == offered["product_id"].nunique()
        assert row["campaign_days"] == (case["end_date"] - case["start_date"]).days + 1
        assert row["bought_offered_products"] == len(on_offer)
        spent = on_offer["sales_value"].sum()
        assert row["spent_on_offered_products"] == pytest.approx(spent)
        assert row["baskets_all"] == past["basket_id"].nunique()

        def named(products):
            names = products.map(department)
            return names.where(names.isin(journey.DEPARTMENTS), "OTHER")

        if (total := past["sales_value"].sum()) > 0:
            assert row["share_on_offered_products"] == pytest.approx(spent / total)
            of_departments = named(past["product_id"]).isin(named(offered["product_id"]))
            part = past.loc[of_departments, "sales_value"].sum()
            assert row["share_on_offered_departments"] == pytest.approx(part / total)
        mine = redemptions[redemptions["household_id"] == case["household_id"]]
        assert target[i] == (mine["campaign_id"] == case["campaign_id"]).any()
        compared += len(on_offer)
    assert compared > 0


def test_no_case_counts_its_own_campaign_as_received_or_active(tables):
    cases, _, _ = household_campaigns(tables)
    received = pairs(tables)
    first = received.groupby("household_id")["start_date"].transform("min")
    newcomers = cases.features[first == received["start_date"]]
    counts = newcomers[["campaigns_A", "campaigns_B", "campaigns_C", "campaigns_active"]]
    assert len(counts) and (counts == 0).all(axis=None)


def test_the_task_loads_and_is_split_by_household_alone():
    task = CompleteJourneyCoupons().load()
    assert task.time is None and not task.card.real
    assert "simulated" in task.card.caveats[0].lower()
    for fold in Resampling(folds=3, seed=0).plan(task):
        train = np.concatenate([fold.splits[0].fit, fold.splits[0].valid])
        assert not np.intersect1d(task.group[train], task.group[fold.test]).size
        assert task.target[fold.test].sum() > 200
