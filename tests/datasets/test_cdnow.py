import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.datasets.cdnow import (
    CUTS,
    HORIZON_DAYS,
    KINDS,
    MOST_EVENTS,
    Cdnow,
    customer_quarters,
)


@pytest.fixture(scope="module")
def purchases():
    """The log of every tenth customer, as the plugin reads it."""
    path = Cdnow().locate()["CDNOW_master.txt"]
    names = ["customer", "date", "cds", "dollars"]
    log = pd.read_csv(path, sep=r"\s+", skiprows=1, names=names)
    return log[log["customer"] % 10 == 0]


def as_time(date):
    return pd.to_datetime(date.astype(str)).to_numpy()


@pytest.mark.parametrize("number", [0, 3, 6])
def test_features_and_events_know_nothing_of_the_cut_or_later(purchases, number):
    cut, rng = CUTS[number], np.random.default_rng(number)
    later = as_time(purchases["date"]) >= cut
    scrambled = purchases.copy()
    scrambled.loc[later, "cds"] = rng.integers(1, 9, later.sum())
    scrambled.loc[later, "dollars"] = rng.integers(0, 9_000, later.sum()) / 100
    scrambled = scrambled[~later | (rng.random(len(purchases)) < 0.3)]
    cases, target, _, when = customer_quarters(purchases)
    other, other_target, _, other_when = customer_quarters(scrambled)
    ours = cases.take(np.flatnonzero(when <= cut))
    theirs = other.take(np.flatnonzero(other_when <= cut))
    pd.testing.assert_frame_equal(ours.features, theirs.features, check_exact=True)
    assert ours.events.offsets.tolist() == theirs.events.offsets.tolist()
    for name, mark in ours.events.marks.items():
        np.testing.assert_array_equal(mark, theirs.events.marks[name], err_msg=name)
    assert target[when == cut].sum() > other_target[other_when == cut].sum()


def test_cases_agree_with_a_slow_reading_of_the_log(purchases):
    cases, target, customer, cut = customer_quarters(purchases)
    log = purchases.assign(time=as_time(purchases["date"]))
    for i in range(0, len(cases), 211):
        own = log[log["customer"] == customer[i]]
        past = own[own["time"] < cut[i]]
        end = cut[i] + np.timedelta64(HORIZON_DAYS, "D")
        assert target[i] == ((own["time"] >= cut[i]) & (own["time"] < end)).any()
        row = cases.features.iloc[i]
        days = (cut[i] - past["time"]) / np.timedelta64(1, "D")
        recent, earlier = days <= 60, (days > 60) & (days <= 120)
        gaps = past["time"].diff().dropna() / pd.Timedelta(days=1)
        assert row["recency_days"] == days.min()
        assert row["known_for_days"] == days.max()
        assert row["purchases"] == len(past)
        assert row["purchase_days"] == past["time"].nunique()
        assert row["value"] == pytest.approx(past["dollars"].sum())
        assert row["value_last"] == past["dollars"].iloc[-1]
        assert row["cds"] == past["cds"].sum()
        assert row["gap_mean_days"] == pytest.approx(gaps.mean(), nan_ok=True)
        assert row["gap_sd_days"] == pytest.approx(gaps.std(), nan_ok=True)
        assert row["purchases_60"] == recent.sum()
        assert row["purchases_trend_60"] == recent.sum() - earlier.sum()


def test_events_are_the_latest_purchases_in_the_order_of_the_file():
    log = pd.DataFrame(
        {
            "customer": [2, 2, 2, 1],
            "date": [19970112, 19970112, 19970301, 19970401],
            "cds": [1, 5, 2, 1],
            "dollars": [12.0, 77.0, 28.0, 9.0],
        }
    )
    cases, target, customer, cut = customer_quarters(log)
    first = np.flatnonzero(cut == CUTS[0])
    assert customer[first].tolist() == [2], "customer 1 first buys on the day of the cut"
    assert target[first].tolist() == [0]
    events = cases.events.take(first)
    assert [KINDS[code] for code in events.kind] == [
        "1 CD, under $14 each",
        "4 or more CDs, $14 or more each",
        "2-3 CDs, $14 or more each",
    ]
    assert events.gap.tolist() == [0.0, 0.0, 48 * 86_400.0]
    assert events.marks["value"].tolist() == [12.0, 77.0, 28.0]
    assert events.marks["days_before"].tolist() == [79.0, 79.0, 31.0]


def test_at_most_the_latest_events_are_kept(purchases):
    lengths = customer_quarters(purchases)[0].events.lengths
    assert lengths.min() == 1 and lengths.max() == MOST_EVENTS


def test_every_label_window_lies_inside_the_log(purchases):
    end = as_time(purchases["date"]).max() + np.timedelta64(1, "D")
    assert CUTS[-1] + np.timedelta64(HORIZON_DAYS, "D") <= end


def test_the_task_loads_and_can_be_split_in_time_by_customer():
    task = Cdnow().load()
    assert task.card.real and task.card.horizon_days == HORIZON_DAYS
    # Cut at the end of September 1997, 17.72 % of customers are known to buy within 90 days.
    assert task.target[task.time == CUTS[3]].mean() == pytest.approx(0.1772, abs=5e-4)
    horizon = np.timedelta64(HORIZON_DAYS, "D")
    for fold in Resampling(folds=3, seed=0, strangers=True).plan(task):
        fit, valid = fold.splits[0].fit, fold.splits[0].valid
        assert task.time[np.r_[fit, valid]].max() + horizon <= task.time[fold.test].min()
        assert task.time[fit].max() + horizon <= task.time[valid].min()
        assert not np.intersect1d(task.group[np.r_[fit, valid]], task.group[fold.test]).size


def test_thinning_keeps_whole_histories_of_so_many_customers():
    whole, half = Cdnow().load(), Cdnow(every=2).load()
    assert len(half) * 2 == len(whole) and "one in 2" in half.card.caveats[-1]
    kept = np.flatnonzero(whole.group % 2 == 0)
    np.testing.assert_array_equal(half.group, whole.group[kept])
    np.testing.assert_array_equal(half.target, whole.target[kept])
    pd.testing.assert_frame_equal(half.cases.features, whole.cases.take(kept).features)


@pytest.mark.parametrize("every", [0, 21, 2.0, True, "2"])
def test_customers_are_thinned_by_whole_numbers(every):
    with pytest.raises(DataError, match="every is .* whole number, 1 to 20"):
        Cdnow(every=every)
