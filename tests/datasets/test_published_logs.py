"""Logs of web shops: files written in their published layouts, cut into visits."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import ALWAYS_TRAIN, ALWAYS_VALID
from intentbench.datasets.coveo import Coveo
from intentbench.datasets.coveo_challenge import CoveoChallenge
from intentbench.datasets.diginetica import Diginetica
from intentbench.datasets.rees46 import Rees46
from intentbench.datasets.retailrocket import Retailrocket
from intentbench.datasets.yoochoose import Yoochoose

START = pd.Timestamp("2015-05-04")
VIEW, CART, BUY = range(3)


def moments(events):
    return START + pd.to_timedelta(events["second"], unit="s")


def write_retailrocket(provide, events):
    kinds = np.array(["view", "addtocart", "transaction"])[events["kind"]]
    frame = pd.DataFrame(
        {
            "timestamp": moments(events).astype("datetime64[ms]").astype(np.int64),
            "visitorid": events["who"],
            "event": kinds,
            "itemid": events["item"],
            "transactionid": np.where(events["kind"] == BUY, "77", ""),
        }
    )
    provide("retailrocket/events.csv.gz", frame.to_csv(index=False))


def write_rees46(provide, events):
    frame = pd.DataFrame(
        {
            "event_time": moments(events).dt.strftime("%Y-%m-%d %H:%M:%S UTC"),
            "event_type": np.array(["view", "cart", "purchase"])[events["kind"]],
            "product_id": events["item"],
            "category_id": 2_053_013_552_326_770_905,
            "category_code": "",
            "brand": np.where(events["item"] % 2 == 0, "lucky, inc", ""),
            "price": events["item"] + 0.25,
            "user_id": events["who"],
            "user_session": "72d76fde-8bb3-4e00-8c23-a032dfed738c",
        }
    )
    provide("rees46/2019-Oct.csv", frame.to_csv(index=False))


def write_yoochoose(provide, events):
    told = moments(events).dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    frame = pd.DataFrame({"session": events["who"], "moment": told, "item": events["item"]})
    buys = events["kind"] == BUY
    category = events["item"].map(lambda item: ["0", "S", "7", "2053"][item % 4])
    clicks = frame.assign(category=category)[~buys]
    bought = frame.assign(price=events["item"], quantity=1)[buys]
    no_names = {"index": False, "header": False}
    provide("yoochoose/yoochoose-clicks.dat", clicks.to_csv(**no_names))
    provide("yoochoose/yoochoose-buys.dat", bought.to_csv(**no_names))


def write_diginetica(provide, events):
    told = moments(events)
    day = told.groupby(events["who"]).transform("min").dt.normalize()
    frame = pd.DataFrame(
        {
            "sessionId": events["who"],
            "userId": "NA",
            "itemId": events["item"],
            "timeframe": (told - day) // pd.Timedelta("1ms"),
            "eventdate": day.dt.strftime("%Y-%m-%d"),
            "ordernumber": 77,
        }
    )
    buys = events["kind"] == BUY
    views = ["sessionId", "userId", "itemId", "timeframe", "eventdate"]
    purchases = ["sessionId", "userId", "timeframe", "eventdate", "ordernumber", "itemId"]
    as_published = {"index": False, "sep": ";"}
    provide("diginetica/train-item-views.csv", frame[~buys][views].to_csv(**as_published))
    provide("diginetica/train-purchases.csv", frame[buys][purchases].to_csv(**as_published))


def write_coveo(
    provide, events, file="coveo/shopper_intent_prediction.csv", item="product_skus_hash"
):
    action = np.array(["detail", "add", "purchase"])[events["kind"]]
    page = (events["kind"] == VIEW) & (events["item"] % 3 == 0)
    frame = pd.DataFrame(
        {
            "session_id_hash": events["who"],
            "event_type": np.where(events["kind"] == VIEW, "pageview", "event"),
            "product_action": np.where(page, "", action),
            item: np.where(page, "", events["item"].astype(str)),
            "server_timestamp_epoch_ms": moments(events).astype("datetime64[ms]").astype(np.int64),
            "hashed_url": "9a6b7007e3272371b9263e83f267253485363b41262fc0e04ace26e53fb240fc",
        }
    )
    provide(file, frame.to_csv(index=False))


def write_challenge(provide, events):
    write_coveo(provide, events, "coveo_challenge/browsing_train.csv", "product_sku_hash")


@dataclass(frozen=True)
class Log:
    kind: type
    write: callable
    buy: str
    n_visits: int  # of a person


LOGS = {
    "retailrocket": Log(Retailrocket, write_retailrocket, "transaction", 4),
    "rees46": Log(Rees46, write_rees46, "purchase", 4),
    "yoochoose": Log(Yoochoose, write_yoochoose, "purchase", 1),
    "diginetica": Log(Diginetica, write_diginetica, "purchase", 1),
    "coveo": Log(Coveo, write_coveo, "purchase", 1),
}


@pytest.fixture(params=LOGS)
def log(request):
    return LOGS[request.param]


def table(*events):
    """A log from (person, second, kind, item), in that order."""
    return pd.DataFrame(list(events), columns=["who", "second", "kind", "item"])


def a_shop(seed, n_visits, n_people=200):
    """A made-up log in the order of time, busy at the same hours; no two events at one second."""
    rng, rows = np.random.default_rng(seed), []
    for person in range(n_people):
        for visit in range(n_visits):
            begin = int(rng.integers(0, 6)) * 86_400 + visit * 7_200 + int(rng.integers(0, 600))
            steps = np.cumsum(rng.integers(1, 400, rng.integers(1, 9)))
            for second in begin + steps:
                kind = rng.choice(3, p=[0.75, 0.12, 0.13])
                rows.append((1_000 + person, int(second), kind, int(rng.integers(1, 40))))
    rows.append((9_999, 40 * 86_400, VIEW, 1))  # long after: every visit is over by then
    events = table(*rows).drop_duplicates("second").sort_values("second", ignore_index=True)
    return events


@pytest.mark.parametrize("after", [1, 3])
def test_cases_know_nothing_of_what_follows_their_cut(log, after, provide):
    shop = a_shop(after, log.n_visits)
    log.write(provide, shop)
    task = log.kind(after=after).load()
    rng, n_flipped = np.random.default_rng(0), 0
    for share in (0.35, 0.5, 0.65):
        cut = np.sort(task.time)[int(len(task) * share)]
        later = (moments(shop).to_numpy() > cut) & (shop["who"] != 9_999).to_numpy()
        changed = shop.copy()
        changed.loc[later, "kind"] = rng.choice(3, later.sum(), p=[0.1, 0.1, 0.8])
        changed.loc[later, "item"] = rng.integers(1, 40, later.sum())
        log.write(provide, changed[~later | (rng.random(len(shop)) < 0.8)])
        other = log.kind(after=after).load()
        ours, theirs = by_then(task, cut), by_then(other, cut)
        assert len(ours) > 20 and task.time[ours].tolist() == other.time[theirs].tolist()
        one, two = task.cases.take(ours), other.cases.take(theirs)
        pd.testing.assert_frame_equal(one.features, two.features, check_exact=True)
        assert one.events.offsets.tolist() == two.events.offsets.tolist()
        for name, mark in one.events.marks.items():
            np.testing.assert_array_equal(mark, two.events.marks[name], err_msg=name)
        n_flipped += (task.target[ours] != other.target[theirs]).sum()
    assert n_flipped, "what follows decides the outcome, so the change must reach some"


def by_then(task, moment):
    """The cases predicted by a moment, in the order of time."""
    rows = np.flatnonzero(task.time <= moment)
    return rows[np.argsort(task.time[rows])]


def test_who_is_asked_about_and_what_counts(log, provide):
    def cases_of(*kinds):
        events = [(1, 60 * (i + 1), kind, 5 + i) for i, kind in enumerate(kinds)]
        # One case of each outcome stands in every log; a task needs both.
        events += [(2, 60 * i, VIEW, 3) for i in range(1, 5)]
        events += [(3, 60 * i, BUY if i == 4 else VIEW, 3) for i in range(1, 5)]
        events += [(9_999, 40 * 86_400, VIEW, 1)]
        log.write(provide, table(*events))
        task = log.kind().load()
        return len(task) - 2, int(task.target.sum()) - 1

    assert cases_of(VIEW, VIEW) == (0, 0)
    assert cases_of(VIEW, VIEW, VIEW) == (1, 0), "a visit that ends here is a case"
    assert cases_of(VIEW, VIEW, VIEW, BUY) == (1, 1)
    assert cases_of(VIEW, VIEW, VIEW, VIEW, VIEW, BUY) == (1, 1)
    assert cases_of(VIEW, BUY, VIEW, BUY) == (0, 0), "bought already"


def test_the_card_says_what_was_counted_and_left_out(log, provide):
    log.write(provide, a_shop(5, log.n_visits))
    task = log.kind().load()
    caveats = " ".join(task.card.caveats)
    assert set(log.kind.card.caveats) < set(task.card.caveats)
    assert "ended before event 3" in caveats and "not verified" in caveats
    assert task.card.horizon_days > 0 and log.kind.card.horizon_days == 0


@pytest.mark.parametrize("name", ["retailrocket", "rees46"])
def test_nobody_is_in_train_and_in_test_and_time_goes_on(name, provide):
    log = LOGS[name]
    log.write(provide, a_shop(6, log.n_visits))
    task = log.kind(after=1).load()
    for fold in Resampling(folds=2, strangers=True).plan(task):
        train = np.r_[fold.splits[0].fit, fold.splits[0].valid]
        assert not np.intersect1d(task.group[train], task.group[fold.test]).size
        assert task.time[train].max() < task.time[fold.test].min()


def test_a_visit_ends_after_thirty_minutes_without_an_event(provide):
    gone = [(1, 0, VIEW, 1), (1, 60, VIEW, 1), (1, 120, VIEW, 1), (1, 1_921, BUY, 1)]
    stays = [(2, 0, VIEW, 1), (2, 60, VIEW, 1), (2, 120, VIEW, 1), (2, 1_920, BUY, 1)]
    for name in ("retailrocket", "rees46"):
        LOGS[name].write(provide, table(*gone, *stays, (9_999, 40 * 86_400, VIEW, 1)))
        task = LOGS[name].kind().load()
        assert task.target.tolist() == [0, 1], name


class TestRees46:
    def test_users_are_drawn_whole_and_by_their_name_alone(self, provide):
        shop = a_shop(7, 3)
        write_rees46(provide, shop)
        task = Rees46(after=1, users=100).load()
        names = sorted({str(who) for who in shop["who"]}, key=md5)[:100]
        chosen = shop[shop["who"].astype(str).isin(names)]
        assert f"{len(chosen):,} events of 100 people" in " ".join(task.card.caveats)
        write_rees46(provide, chosen)
        assert Rees46(after=1).load().fingerprint() == task.fingerprint()

    def test_events_of_one_second_stand_as_the_file_has_them(self, provide):
        def target(*kinds):
            rows = [(1, 60, VIEW, 1), *((1, 61, kind, 1) for kind in kinds)]
            other = [(2, 60 + i, VIEW, 1) for i in range(2)]
            other += [(3, 60 + i, BUY if i == 2 else VIEW, 1) for i in range(3)]
            write_rees46(provide, table(*rows, *other, (9_999, 40 * 86_400, VIEW, 1)))
            return len(Rees46(after=2).load())

        # The purchase is the second event of the visit, or the third.
        assert target(CART, BUY) == target(BUY, CART) + 1

    def test_prices_and_products_are_read(self, provide):
        write_rees46(provide, table(*[(n, 60 * i, BUY if n * i == 8 else VIEW, n + i)
                                      for n in (1, 2) for i in range(1, 5)],
                                    (9_999, 40 * 86_400, VIEW, 1)))  # fmt: skip
        row = Rees46().load().cases.features.iloc[0]
        assert row["visit_value"] == pytest.approx(2.25 + 3.25 + 4.25)
        assert row["visit_items"] == 3

    def test_another_first_line_is_refused(self, provide):
        provide("rees46/2019-Oct.csv", "event_time,event_type\n2019-10-01 00:00:00 UTC,view\n")
        with pytest.raises(DataError) as caught:
            Rees46().load()
        assert "should have the names: event_time, event_type, product_id" in str(caught.value)

    def test_a_broken_line_is_named(self, provide):
        write_rees46(provide, a_shop(8, 2))
        path = Path(os.environ["INTENTBENCH_DATA"], "rees46/2019-Oct.csv")
        with path.open("a", encoding="utf-8") as file:
            file.write("2019-10-01 00:00:00 UTC,view,1\n")
        with pytest.raises(DataError, match=r"2019-Oct\.csv cannot be read to the end: .*Line"):
            Rees46().load()

    def test_a_split_by_date_leaves_out_what_goes_on_across_a_border(self, provide):
        def visit(who, moment, buys):
            first = (pd.Timestamp(moment) - START) // pd.Timedelta("1s")
            kinds = (VIEW, VIEW, VIEW, BUY if buys else VIEW)
            return [(who, first + 60 * i, kind, 1) for i, kind in enumerate(kinds)]

        begins = {
            "2019-10-21 12:00": ALWAYS_TRAIN,
            "2019-10-21 23:50": None,  # could still go on when the next day begins
            "2019-10-22 00:00": ALWAYS_VALID,
            "2019-10-26 12:00": ALWAYS_VALID,
            "2019-10-26 23:50": None,
            "2019-10-27 00:00": 0,
            "2019-10-29 12:00": 0,
        }
        shop = [
            event
            for who, moment in enumerate(begins, start=1)
            for buys in (False, True)
            for event in visit(10 * who + buys, moment, buys)
        ]
        end = (pd.Timestamp("2019-10-31 23:00") - START) // pd.Timedelta("1s")
        write_rees46(provide, table(*shop, (9_999, end, VIEW, 1)))
        task = Rees46(by_date=True).load()
        expected = [side for side in begins.values() if side is not None for _ in range(2)]
        order = np.argsort(task.time, kind="stable")
        assert task.given_split[order].tolist() == expected
        assert Rees46().load().given_split is None
        (fold,) = Resampling().plan(task)
        assert task.time[fold.splits[0].valid].max() < task.time[fold.test].min()
        assert task.known_at[fold.splits[0].fit].max() <= np.datetime64("2019-10-22")


class TestDiginetica:
    def test_times_are_of_the_day_on_which_a_session_began(self, provide):
        late = [(1, 86_395 + 10 * i, BUY if i == 3 else VIEW, i) for i in range(4)]
        other = [(2, 60 * i, VIEW, 0) for i in range(4)]
        write_diginetica(provide, table(*late, *other, (9_999, 40 * 86_400, VIEW, 1)))
        task = Diginetica().load()
        assert sorted(task.time.astype("datetime64[s]").tolist()) == [
            START.to_pydatetime() + pd.Timedelta(seconds=120),
            START.to_pydatetime() + pd.Timedelta(seconds=86_415),
        ]
        assert task.target[np.argsort(task.time)].tolist() == [0, 1]

    def test_a_file_with_commas_is_refused(self, provide):
        write_diginetica(provide, a_shop(10, 1))
        provide("diginetica/train-item-views.csv", "sessionId,userId,itemId,timeframe,eventdate\n")
        with pytest.raises(DataError, match="with a semicolon between them"):
            Diginetica().load()


class TestCoveo:
    def test_an_event_without_an_action_is_what_its_type_says(self, provide):
        events = [(1, 60 * i, CART if i == 2 else VIEW, i) for i in range(4)]
        other = [(2, 60 * i, BUY if i == 4 else VIEW, 1) for i in range(5)]
        write_coveo(provide, table(*events, *other, (9_999, 40 * 86_400, VIEW, 1)))
        task = Coveo(after=4).load()
        seen = task.cases.events.take(np.flatnonzero(task.target == 0)[:1])
        names = [seen.vocabulary["kind"][code] for code in seen.kind]
        assert names == ["pageview", "detail", "add", "pageview"]

    def test_events_can_be_counted_from_the_first_addition_to_the_cart(self, provide):
        def session(who, *kinds):
            return [(who, 60 * i, kind, 1) for i, kind in enumerate(kinds)]

        shop = [
            *session(1, VIEW, VIEW, CART, VIEW, CART, BUY),
            *session(2, CART, VIEW, VIEW),
            *session(3, VIEW, VIEW, VIEW, VIEW),  # adds nothing
            *session(4, VIEW, CART),  # ends with the addition
            *session(5, CART, BUY, VIEW),  # has bought by then
            *session(6, BUY, CART, VIEW),
        ]
        write_challenge(provide, table(*shop, (9_999, 40 * 86_400, VIEW, 1)))
        first = CoveoChallenge(after=1, from_add=True).load()
        assert first.cases.events.lengths.tolist() == [3, 1, 2, 1]
        assert first.target.tolist() == [1, 0, 0, 1]
        assert first.cases.features["visit_events"].tolist() == [3, 1, 2, 1]
        second = CoveoChallenge(after=2, from_add=True).load()
        assert second.cases.events.lengths.tolist() == [4, 2]
        # The same two sessions, seen as soon as the cart is filled.
        same = CoveoChallenge(after=1, from_add=True, same_as=2).load()
        assert same.cases.events.lengths.tolist() == [3, 1]
        assert same.target.tolist() == second.target.tolist() == [1, 0]
        said = " ".join(first.card.caveats)
        assert "hold no event of the kind" in said

    def test_a_log_without_additions_says_so(self, provide):
        other = [
            (who, 60 * i, BUY if who * i == 4 else VIEW, 1) for who in (1, 2) for i in range(5)
        ]
        write_coveo(provide, table(*other, (9_999, 40 * 86_400, VIEW, 1)))
        with pytest.raises(DataError, match="no event of the kind 'add', from which"):
            Coveo(from_add=True).load()


class TestYoochoose:
    def test_clicks_stand_before_purchases_of_the_same_moment(self, provide):
        bought = [(1, 60, VIEW, 1), (1, 120, VIEW, 1), (1, 120, BUY, 1)]
        other = [(2, 60, VIEW, 1), (2, 120, VIEW, 1)]
        write_yoochoose(provide, table(*bought, *other, (9_999, 40 * 86_400, VIEW, 1)))
        assert Yoochoose(after=2).load().target.tolist() == [1, 0]

    def test_kinds_say_what_the_category_says(self, provide):
        events = [(1, 60 * i, VIEW, i) for i in range(4)]
        other = [(2, 60 * i, BUY if i == 4 else VIEW, 0) for i in range(5)]
        write_yoochoose(provide, table(*events, *other, (9_999, 40 * 86_400, VIEW, 1)))
        seen = Yoochoose(after=4).load().cases.events.take([0])
        names = [seen.vocabulary["kind"][code] for code in seen.kind]
        assert names == ["click", "click, special offer", "click, category 7", "click, brand"]

    def test_a_session_is_one_case_and_has_no_past(self, provide):
        parts = [(1, 60 * i, VIEW, i) for i in range(3)]
        parts += [(1, 3 * 86_400 + 60 * i, VIEW, i) for i in range(3)]  # after more than a day
        other = [(2, 60 * i, BUY if i == 3 else VIEW, 0) for i in range(4)]
        write_yoochoose(provide, table(*parts, *other, (9_999, 40 * 86_400, VIEW, 1)))
        task = Yoochoose().load()
        assert len(task) == 2 and task.group is None
        past = [name for name in task.cases.features if name.startswith(("before", "days"))]
        assert not past

    def test_sessions_are_drawn_by_their_name_alone(self, provide):
        shop = a_shop(9, 1)
        write_yoochoose(provide, shop)
        task = Yoochoose(after=1, sessions=100).load()
        clicked = shop[shop["kind"] != BUY]
        names = sorted({str(who) for who in clicked["who"]}, key=md5)[:100]
        write_yoochoose(provide, shop[shop["who"].astype(str).isin(names)])
        assert Yoochoose(after=1).load().fingerprint() == task.fingerprint()

    def test_a_line_of_names_is_refused(self, provide):
        write_yoochoose(provide, a_shop(10, 1))
        provide("yoochoose/yoochoose-buys.dat", "session;moment;item;price;quantity\n1;2;3;4;5\n")
        with pytest.raises(DataError, match="5 cells and no names"):
            Yoochoose().load()


def md5(name):
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("kind", "keyword", "wrong"),
    [
        (Retailrocket, "after", 0),
        (Rees46, "after", "3"),
        (Yoochoose, "after", 51),
        (Rees46, "users", 99),
        (Yoochoose, "sessions", True),
        (Diginetica, "sessions", 99),
        (Coveo, "same_as", -1),
    ],
)
def test_a_wrong_number_says_what_would_be_right(kind, keyword, wrong):
    with pytest.raises(DataError, match=rf"{keyword} is {wrong!r}; it must be a whole number"):
        kind(**{keyword: wrong})


def test_a_missing_file_says_how_to_get_it(log, provide):
    with pytest.raises(DataError) as caught:
        log.kind().load()
    message = str(caught.value)
    assert log.kind.how_to_get in message and "INTENTBENCH_DATA" in message
    assert all(repr(name) in message for name in log.kind.files)


SAMPLES = [
    (Retailrocket, "retailrocket_sample/events_sample_1435sessions.csv.gz", "events.csv", 1),
    (Rees46, "rees46_multicategory_2019oct/events_first17434.csv.gz", "2019-Oct.csv.gz", 3),
]


@pytest.mark.parametrize(("kind", "sample", "name", "after"), SAMPLES)
def test_real_lines_where_a_sample_is_at_hand(kind, sample, name, after, provide, monkeypatch):
    folder = ORIGINAL and Path(ORIGINAL)
    if not folder or not (folder / sample).is_file():
        pytest.skip(f"needs $INTENTBENCH_DATA/{sample}")
    lines = pd.read_csv(folder / sample, dtype=str).drop(columns="session_id", errors="ignore")
    provide(f"{kind.__name__.lower()}/{name}", lines.to_csv(index=False))
    task = kind(after=after).load()
    expected = {Retailrocket: (1_439, 42), Rees46: (153, 2)}[kind]
    assert (len(task), int(task.target.sum())) == expected


# Taken before the fixture points it at a folder of the test's own.
ORIGINAL = os.environ.get("INTENTBENCH_DATA", "")
