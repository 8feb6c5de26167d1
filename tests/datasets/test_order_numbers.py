"""Numbered orders with the time since the one before: when does the next one come."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets._event_log.read_again import LogReading
from intentbench.datasets._event_log.to_score import log_to_score
from intentbench.datasets.event_log import EventLog


def orders(n_people=30, seed=0):
    """Orders of people who order every few days, the first without a time."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(n_people):
        usual = rng.uniform(3, 20)
        for number in range(1, int(rng.integers(4, 12))):
            gap = np.nan if number == 1 else float(rng.poisson(usual) + 1)
            rows.append((f"u{person}", number, gap))
    return pd.DataFrame(rows, columns=["user_id", "order_number", "days_since_prior_order"])


def load(folder, frame, **asked):
    path = folder / "orders.csv"
    frame.to_csv(path, index=False)
    asked = {
        "who": "user_id", "when": "days_since_prior_order", "order_number": "order_number",
        "clock": "days", "target": "order", "within": "7d",
    } | asked  # fmt: skip
    return EventLog(path=str(path), **asked).load()


def test_a_case_is_every_order_that_another_followed(tmp_path):
    frame = orders()
    task = load(tmp_path, frame)
    ordered = frame.sort_values(["user_id", "order_number"])
    gaps = ordered["days_since_prior_order"]
    following = gaps.groupby(ordered["user_id"]).shift(-1).dropna()
    assert task.target.tolist() == (following <= 7).astype(int).tolist()
    assert len(task) == len(frame) - frame["user_id"].nunique()
    before = gaps[following.index]
    np.testing.assert_allclose(task.cases.features["gap_last_days"], before, rtol=1e-6)
    known = gaps.fillna(0).groupby(ordered["user_id"]).cumsum()[following.index]
    np.testing.assert_allclose(task.cases.features["days_known"], known, atol=1e-4)


def test_people_are_parted_and_times_are_not(tmp_path):
    task = load(tmp_path, orders())
    assert task.time is None and len(np.unique(task.group)) == 30
    said = " ".join(task.card.caveats)
    assert "Each person's clock begins with their first order" in said
    assert "30 are of a person's last order" in said


def test_lines_of_one_order_count_its_time_once(tmp_path):
    frame = orders()
    lines = frame.loc[frame.index.repeat(3)]
    once, thrice = load(tmp_path, frame), load(tmp_path, lines)
    assert once.target.tolist() == thrice.target.tolist()
    for name in ("days_known", "gap_last_days", "active_days"):
        assert once.cases.features[name].equals(thrice.cases.features[name])


def test_what_comes_later_changes_nothing_before(tmp_path):
    frame = orders()
    longer = frame.copy()
    last = frame.groupby("user_id")["order_number"].idxmax()
    more = frame.loc[last].assign(
        order_number=lambda rows: rows["order_number"] + 1, days_since_prior_order=2.0
    )
    longer = pd.concat([frame, more])
    short, long = load(tmp_path, frame), load(tmp_path, longer)
    known = long.cases.features["events"].to_numpy()
    n_orders = frame.groupby("user_id")["order_number"].max().sort_index().to_numpy()
    seen_before = known < n_orders[long.group]
    pd.testing.assert_frame_equal(
        long.cases.features[seen_before].reset_index(drop=True), short.cases.features
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(index=3), "an order whose order before is not there, in line 5"),
        (lambda f: f.assign(days_since_prior_order=-1.0), "below nothing"),
        (lambda f: f.assign(days_since_prior_order=f["days_since_prior_order"].where(f.index != 2)),
         "no 'days_since_prior_order' since the order before, in line 4"),
        (lambda f: f.assign(order_number=f["order_number"] + 0.5), "no whole number"),
        (lambda f: pd.concat([f, f.tail(1).assign(days_since_prior_order=99.0)]),
         "two 'days_since_prior_order' of one order"),
        (lambda f: f.assign(days_since_prior_order="soon"), "holds 'soon' in line 2"),
    ],
)  # fmt: skip
def test_orders_whose_time_cannot_be_known_are_refused(tmp_path, change, words):
    with pytest.raises(DataError) as error:
        load(tmp_path, change(orders()))
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"clock": ""}, "--clock days"), ({"within": ""}, "--within 7d"),
        ({"every": "7d"}, "every has no meaning"), ({"after_events": 3}, "no meaning"),
        ({"what": "user"}, "leave what = 'user' out"), ({"order_number": "no"}, "no column 'no'"),
    ],
)  # fmt: skip
def test_questions_without_a_common_time_are_refused(tmp_path, asked, words):
    with pytest.raises(DataError) as error:
        load(tmp_path, orders(), **asked)
    assert words in str(error.value)


def test_to_score_is_every_order_the_last_ones_too(tmp_path):
    frame = orders()
    task = load(tmp_path, frame)
    log = EventLog(
        path=str(tmp_path / "orders.csv"), who="user_id", when="days_since_prior_order",
        order_number="order_number", clock="days", target="order", within="7d",
    )  # fmt: skip
    reading = LogReading.from_json(task.reading)
    with log_to_score(log, partial(log.question_of, open_too=True), reading) as opened:
        (part,) = opened.parts()
    assert len(part.who) == len(frame)
    assert part.is_open.sum() == frame["user_id"].nunique()
    known = part.cases.features[~part.is_open].reset_index(drop=True)
    assert known.equals(task.cases.features)
    days = frame["days_since_prior_order"].fillna(0).groupby(frame["user_id"]).cumsum()
    expected = sorted(zip(frame["user_id"], days, strict=True))
    assert list(zip(part.who, part.when.tolist(), strict=True)) == expected
