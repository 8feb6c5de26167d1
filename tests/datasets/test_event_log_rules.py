"""What counts as an event, a person, a target: each rule is said, and each choice can be made."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.splits.verify import verify_plan
from intentbench.datasets.event_log import EventLog

MONDAY = 1_717_372_800  # 2024-06-03 00:00 UTC
DAY = 86_400
VISITS = {"who": "user", "when": "time", "what": "event", "target": "purchase", "after_events": 2}
WEEKS = VISITS | {"after_events": 0, "every": "7d", "within": "7d"}


def shop(n_people=40, n_visits=6, seed=5):
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(n_people):
        for visit in range(n_visits):
            start = MONDAY + DAY * (4 * visit + person % 4) + int(rng.integers(0, 80_000))
            for step in range(int(rng.integers(2, 6))):
                kind = str(rng.choice(["view", "cart", "purchase"], p=[0.7, 0.15, 0.15]))
                rows.append((f"u{person}", start + 71 * step, kind, len(rows)))
    return pd.DataFrame(rows, columns=["user", "time", "event", "id"])


SHOP = shop()


def load(folder, frame, **asked):
    path = folder / "log.csv"
    frame.to_csv(path, index=False)
    return EventLog(path=str(path), **VISITS | asked).load()


def said(task, words):
    found = [caveat for caveat in task.card.caveats if words in caveat]
    assert len(found) == 1, task.card.caveats
    return found[0]


def silent(task, *words):
    return not any(word in caveat for caveat in task.card.caveats for word in words)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return load(tmp_path_factory.mktemp("log"), SHOP)


def test_a_sound_log_gives_no_warning(plain):
    assert silent(
        plain, "repeat", "no person", "One person", "ends only", "spelt", "written like", "newest",
        "--",
    )  # fmt: skip


class TestMessagesSentAgain:
    again = pd.concat([SHOP, SHOP[::3].assign(sent=1)]).sort_values("time", kind="stable")

    def test_each_id_counts_once(self, tmp_path, plain):
        task = load(tmp_path, self.again, event_id="id")
        assert task.fingerprint() == plain.fingerprint()
        assert f"{len(SHOP[::3])} have the 'id' of an earlier row" in task.card.caveats[0]

    def test_without_their_id_they_are_counted_and_it_is_asked_for(self, tmp_path, plain):
        task = load(tmp_path, self.again)
        assert len(task) > len(plain)
        told = said(task, "repeat person, moment and kind")
        assert told.startswith(f"{len(SHOP[::3])} events") and told.endswith("--event-id COLUMN")

    def test_ids_that_name_other_events_too_are_counted(self, tmp_path):
        mixed = self.again.copy()
        mixed.iloc[3, mixed.columns.get_loc("id")] = mixed["id"].iloc[-1]
        assert "the first row of each was kept" in said(load(tmp_path, mixed, event_id="id"), "1 v")

    def test_rows_without_an_id_all_count(self, tmp_path, plain):
        nameless = SHOP.assign(id=SHOP["id"].where(SHOP["id"] % 2 == 0).astype("Int64"))
        assert load(tmp_path, nameless, event_id="id").fingerprint() == plain.fingerprint()


class TestEqualRows:
    def twice(self, seconds):
        frame = SHOP.assign(time=SHOP["time"] // seconds * seconds)[["user", "time", "event"]]
        return pd.concat([frame, frame[frame["event"] == "view"]])

    @pytest.mark.parametrize("seconds", [1, 60])
    def test_the_choice_is_the_users_and_the_default_is_the_clocks(self, tmp_path, seconds):
        frame = self.twice(seconds)
        tasks = {how: load(tmp_path, frame, identical=how) for how in ("", "once", "keep")}
        assert tasks["once"].fingerprint() != tasks["keep"].fingerprint()
        same = "once" if seconds == 1 else "keep"
        assert tasks[""].fingerprint() == tasks[same].fingerprint()

    def test_what_was_chosen_is_said(self, tmp_path):
        told = said(load(tmp_path, self.twice(60)), "each is counted")
        assert "moments are whole minutes" in told and "--identical once" in told
        assert "as asked" in said(load(tmp_path, self.twice(60), identical="keep"), "each is count")
        assert "--identical keep" in said(load(tmp_path, self.twice(1)), "taken for copies")
        assert "may all have happened" in said(
            load(tmp_path, self.twice(60), identical="once"), "Moments are whole minutes"
        )


class TestTargets:
    mixed = SHOP.assign(
        event=[
            ["purchase", "Purchase", "PUR CHASE"][i % 3] if kind == "purchase" else kind
            for i, kind in enumerate(SHOP["event"])
        ]
    )

    def test_kinds_of_one_word_are_named_with_the_flags_that_join_them(self, tmp_path, plain):
        task = load(tmp_path, self.mixed)
        assert task.base_rate < plain.base_rate
        told = said(task, "written like the target")
        n = (self.mixed["event"] == "Purchase").sum()
        assert f"'Purchase' ({n} events)" in told
        assert "--target purchase" in told and "--target 'PUR CHASE'" in told

    def test_several_targets_are_one_outcome(self, tmp_path, plain):
        names = ["purchase", "Purchase", "PUR CHASE"]
        task = load(tmp_path, self.mixed, target=names)
        assert np.array_equal(task.target, plain.target)
        assert np.array_equal(task.time, plain.time)
        assert silent(task, "written like the target")
        assert "'purchase' or 'Purchase' or 'PUR CHASE'" in task.card.question
        assert not any(f"visit: {name}" in task.cases.features for name in names)
        before = sum(task.cases.features[f"before: {name}"] for name in names)
        assert np.array_equal(before, plain.cases.features["before: purchase"])
        same = ("days_since_target", "before_visits", "gap_max")
        pd.testing.assert_frame_equal(task.cases.features[[*same]], plain.cases.features[[*same]])


class TestOrderOfTies:
    coarse = SHOP.assign(time=SHOP["time"] // 600 * 600, user=SHOP["user"])

    def test_a_file_sorted_newest_first_is_read_from_its_end(self, tmp_path):
        oldest = self.coarse.sort_values("time", kind="stable")
        expected = load(tmp_path, oldest, identical="keep")
        task = load(tmp_path, oldest[::-1], identical="keep")
        assert task.fingerprint() == expected.fingerprint()
        assert "newest first (the file is)" in said(task, "newest first")
        assert silent(expected, "newest first")

    def test_so_is_one_sorted_by_person(self, tmp_path):
        expected = load(tmp_path, self.coarse, identical="keep")
        turned = self.coarse[::-1].sort_values("user", kind="stable")
        assert load(tmp_path, turned, identical="keep").fingerprint() == expected.fingerprint()

    def test_only_the_parts_that_are(self, tmp_path):
        parts = [self.coarse[self.coarse["user"] < "u2"], self.coarse[self.coarse["user"] >= "u2"]]
        expected = load(tmp_path, pd.concat(parts), identical="keep")
        (tmp_path / "log").mkdir()
        parts[0][::-1].to_csv(tmp_path / "log" / "a.csv", index=False)
        parts[1].to_csv(tmp_path / "log" / "b.csv", index=False)
        task = EventLog(path=str(tmp_path / "log"), identical="keep", **VISITS).load()
        assert task.fingerprint() == expected.fingerprint()
        assert "(1 of 2 files are)" in said(task, "newest first")

    def test_a_shuffled_file_keeps_its_order(self, tmp_path):
        assert silent(load(tmp_path, SHOP.sample(frac=1, random_state=0)), "newest first")


class TestPeople:
    @pytest.mark.parametrize(
        "name", ["(not set)", "00000000-0000-0000-0000-000000000000", "-1", "Anonymous"]
    )
    def test_a_name_of_nobody_is_named_with_what_it_does(self, tmp_path, name):
        frame = SHOP.assign(user=SHOP["user"].where(SHOP["user"] != "u7", name))
        task = load(tmp_path, frame)
        told = said(task, f"{name!r} is no person")
        n_events = (SHOP["user"] == "u7").sum()
        assert f"with {n_events} events ({n_events / len(SHOP):.1%})" in told
        assert f"of {len(task)} cases in all {task.base_rate:.2%} are" in told
        assert "rows without a person are left out" in told

    def test_one_person_with_a_large_part_of_all_events_is_named(self, tmp_path):
        busy = SHOP.assign(user="till", time=SHOP["time"] + 20 * np.arange(len(SHOP)))
        crowd = [SHOP.assign(user=SHOP["user"] + str(i)) for i in range(12)]
        told = said(load(tmp_path, pd.concat([busy, *crowd])), "One person")
        assert "'till'" in told and "(7.7%)" in told and "remove its rows" in told

    def test_in_a_small_log_everybody_has_a_twentieth(self, tmp_path):
        few = SHOP[SHOP["user"].isin(["u1", "u2", "u3", "u4", "u5", "u6"])]
        assert silent(load(tmp_path, few), "One person")


class TestOwnHorizons:
    def crawled(self):
        moments = MONDAY + 20 * np.arange(20 * DAY // 20)
        crawler = pd.DataFrame({"user": "crawler", "time": moments, "event": "view"})
        return pd.concat([SHOP, crawler])

    def test_one_endless_visit_costs_itself_alone(self, tmp_path, plain):
        task = load(tmp_path, self.crawled())
        assert len(task) - len(plain) in (0, 1)
        assert task.card.horizon_days > 19
        told = said(task, "ends only")
        assert "'crawler'" in told and "20.0 days after its cut" in told
        plan = Resampling(folds=2)
        assert "(half of the cases) to 20" in plan.describe(task)
        folds = plan.plan(task)
        verify_plan(task, folds)
        assert all(len(split.fit) > 10 for fold in folds for split in fold.splits)
        as_one = load(tmp_path, self.crawled())
        object.__setattr__(as_one, "known_at", None)
        with pytest.raises(Exception, match="Ask for fewer folds"):
            plan.plan(as_one)

    def test_a_visit_is_known_when_its_end_is(self, plain):
        last = SHOP.assign(visit=SHOP.groupby("user")["time"].diff().gt(1_800).cumsum())
        last["visit"] += last["user"].str[1:].astype(int) * 1_000
        ends = last.groupby("visit")["time"].transform("max") + 1_800
        ends = dict(zip(zip(SHOP["user"], SHOP["time"], strict=True), ends, strict=True))
        names = np.sort(SHOP["user"].unique())
        for who, moment, known in zip(plain.group, plain.time, plain.known_at, strict=True):
            assert ends[names[who], moment.astype(int)] == known.astype(int)


class TestActivePeople:
    def test_only_those_are_asked_of(self, tmp_path):
        stays = SHOP[(SHOP["user"] < "u2") | (SHOP["time"] < MONDAY + 7 * DAY)]
        everybody = load(tmp_path, stays, **WEEKS)
        active = load(tmp_path, stays, active_within="7d", **WEEKS)
        recent = everybody.cases.features["days_since_event"] <= 7
        assert 0 < recent.sum() < len(everybody)
        kept = everybody.cases.take(np.flatnonzero(recent))
        pd.testing.assert_frame_equal(active.cases.features, kept.features)
        assert np.array_equal(active.target, everybody.target[recent])
        assert "everybody who did something in the 7d before a cut" in active.card.target
        n = len(everybody) - len(active)
        assert f"{n} are of people who had done nothing for longer" in active.card.caveats[1]


class TestLogsWithoutKinds:
    orders = SHOP[["user", "time"]].assign(
        StockCode=SHOP["id"] % 9, Quantity=np.where(SHOP["id"] % 11 == 0, -2, 3)
    )
    asked = WEEKS | {"what": "", "target": "buy", "every": "1d", "within": "1d"}

    def test_every_row_is_the_event_but_for_returns(self, tmp_path):
        kinds = np.where(self.orders["Quantity"] < 0, "buy, returned", "buy")
        expected = load(tmp_path, self.orders.assign(kind=kinds), **self.asked | {"what": "kind"})
        task = load(tmp_path, self.orders, **self.asked)
        assert task.fingerprint() == expected.fingerprint()
        n = (self.orders["Quantity"] < 0).sum()
        assert f"every row is 'buy', but for {n} with a negative 'Quantity'" in said(task, "No col")

    def test_the_value_decides_where_one_is_named(self, tmp_path):
        frame = self.orders.rename(columns={"Quantity": "net"})
        assert silent(load(tmp_path, frame, **self.asked), "negative")
        said(load(tmp_path, frame, value="net", **self.asked), "with a negative 'net'")

    def test_a_log_with_kinds_takes_negative_values_as_they_are(self, tmp_path, plain):
        task = load(tmp_path, SHOP.assign(price=np.where(SHOP["id"] % 5, 3, -3)), value="price")
        assert np.array_equal(task.target, plain.target)


class TestClocksOfTheirOwn:
    @pytest.mark.parametrize(("unit", "seconds"), [("hours", 3_600), ("days", 86_400)])
    def test_hours_and_days_since_a_start(self, tmp_path, unit, seconds):
        start = int(np.datetime64("2001-01-01", "s").astype(int))
        frame = SHOP.assign(time=(SHOP["time"] - MONDAY) / seconds)
        shifted = SHOP.assign(time=SHOP["time"] - MONDAY + start)
        task = load(tmp_path, frame, clock=unit)
        expected = load(tmp_path, shifted)
        assert np.array_equal(task.target, expected.target)
        assert np.abs(task.time - expected.time).max() <= np.timedelta64(1, "s")
        assert f"{unit} since a start that the log does not name" in said(task, "2001-01-01")

    def test_a_number_that_is_no_unix_time_asks_for_the_clock(self, tmp_path):
        frame = SHOP.assign(time=(SHOP["time"] - MONDAY) / 3_600)
        with pytest.raises(DataError, match="--clock hours"):
            load(tmp_path, frame)


def test_title_and_question_are_the_users(tmp_path):
    task = load(tmp_path, SHOP, title="Our shop", question="Will they buy?")
    assert (task.card.title, task.card.question) == ("Our shop", "Will they buy?")
    assert task.card.real is None
