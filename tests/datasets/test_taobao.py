import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.reading import load_suite
from intentbench.datasets._taobao_log import BEHAVIOURS, WINDOW, as_log, read_log
from intentbench.datasets._taobao_visits import KINDS, MOST_EVENTS, courses, cut_visits
from intentbench.datasets.taobao import FILE, Taobao

START = WINDOW[0].astype("int64") - 8 * 3600  # of the log, in its own clock
COLUMNS = ["user_id", "item_id", "category_id", "behavior_type", "timestamp"]


def log_of(*events):
    """A log from (user, item, category, behaviour, seconds after the start)."""
    frame = pd.DataFrame(list(events), columns=COLUMNS)
    return as_log(frame.assign(timestamp=frame["timestamp"] + START))


def shop_of(seed, n_users=12, n_visits=14):
    """A made-up log with every behaviour, many repeats and a few events of one second."""
    rng, rows = np.random.default_rng(seed), []
    for user in range(1, n_users + 1):
        for begin in np.sort(rng.integers(0, 8 * 86_400, n_visits)):
            n_events = rng.integers(1, 9)
            steps = rng.integers(0, 600, n_events) * (rng.random(n_events) < 0.9)
            for second in begin + np.cumsum(steps):
                item = int(rng.integers(1, 40))
                kind = rng.choice(BEHAVIOURS, p=[0.7, 0.08, 0.12, 0.1])
                rows.append((user, item, item % 7, kind, int(second)))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(timestamp=frame["timestamp"] + START)


def assert_same(ours, theirs):
    pd.testing.assert_frame_equal(ours.features, theirs.features, check_exact=True)
    assert ours.events.offsets.tolist() == theirs.events.offsets.tolist()
    for name, mark in ours.events.marks.items():
        np.testing.assert_array_equal(mark, theirs.events.marks[name], err_msg=name)


@pytest.mark.parametrize("after", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_cases_know_nothing_of_what_follows_their_cut(seed, after):
    shop = shop_of(seed)
    cases, target, user, moment = cut_visits(as_log(shop), after)
    rng, n_flipped = np.random.default_rng(seed), 0
    clock = (shop["timestamp"].to_numpy() + 8 * 3600).astype("datetime64[s]")
    for case in rng.choice(len(cases), 12, replace=False):
        # What the user does in the second of the cut may come before or after event k in the
        # file; the first k events of that visit are the case's own.
        later = clock > moment[case]
        changed = shop.copy()
        changed.loc[later, "behavior_type"] = rng.choice(BEHAVIOURS, later.sum())
        changed.loc[later, "item_id"] = rng.integers(1, 500, later.sum())
        changed.loc[later, "category_id"] = rng.integers(-5, 60, later.sum())
        kept = changed[~later | (rng.random(len(shop)) < 0.3)]
        # Without a further event the visit would not be a case at all.
        next_event = pd.DataFrame(
            [(user[case], 1, 1, "pv", int(moment[case].astype("int64")) - 8 * 3600 + 1)],
            columns=COLUMNS,
        )
        other, other_target, other_user, other_moment = cut_visits(
            as_log(pd.concat([kept, next_event])), after
        )
        (twin,) = np.flatnonzero((other_user == user[case]) & (other_moment == moment[case]))
        assert_same(cases.take([case]), other.take([twin]))
        n_flipped += target[case] != other_target[twin]
    assert n_flipped, "what follows decides the outcome, so the change must reach some"


def test_other_users_are_seen_strictly_before_the_cut():
    def category_events(second):
        log = log_of((1, 10, 5, "pv", 1_000), (1, 11, 5, "pv", 1_010), (2, 12, 5, "buy", second))
        (row,) = cut_visits(log, 1)[0].features.to_dict("records")
        return row["category_events_of_all"], row["category_buy_rate_of_all"]

    assert category_events(999) == (1, pytest.approx(2 / 51))
    assert category_events(1_000) == category_events(1_001) == (0, pytest.approx(0.02))


def test_visits_end_after_thirty_minutes_without_an_event():
    log = log_of(
        (1, 1, 1, "pv", 0),
        (1, 1, 1, "pv", 1_800),
        (1, 2, 1, "buy", 3_601),  # 1,801 seconds later: another visit
        (1, 2, 1, "pv", 3_700),
        (2, 1, 1, "pv", 3_700),
    )
    cases, target, user, moment = cut_visits(log, 1)
    # The second visit begins with a purchase, the third has one event only.
    assert user.tolist() == [1] and target.tolist() == [False]
    assert moment.tolist() == [WINDOW[0].astype(object)]


def test_who_is_asked_about_and_what_counts():
    def cases_of(*behaviours, start=0):
        log = log_of(*((1, i, 1, what, start + 60 * i) for i, what in enumerate(behaviours)))
        return cut_visits(log, 3)[1].tolist()

    assert cases_of("pv", "pv", "pv") == []
    assert cases_of("pv", "pv", "pv", "pv") == [False]
    assert cases_of("pv", "cart", "pv", "buy") == [True]
    assert cases_of("pv", "pv", "buy", "buy") == []
    assert cases_of("pv", "pv", "pv", "pv", "buy") == [True]
    end = 9 * 86_400
    assert cases_of("pv", "pv", "pv", "pv", start=end - 1_801) == [False]
    assert cases_of("pv", "pv", "pv", "pv", start=end - 1_800) == []
    assert cases_of("pv", "pv", "pv", "pv", start=-61) == [], "clock errors are no events"


def test_features_and_events_of_a_visit_told_by_hand():
    log = log_of(
        (1, 10, 5, "pv", 0),
        (1, 10, 5, "cart", 60),
        (1, 11, 6, "buy", 100),
        (1, 10, 5, "pv", 86_400),
        (1, 12, 5, "pv", 86_430),
        (1, 13, 7, "fav", 86_500),
        (1, 10, 5, "buy", 86_600),
    )
    cases, target, _, _ = cut_visits(log, 3)
    (row,) = cases.features.to_dict("records")
    assert target.tolist() == [True]
    expected = {
        "views_in_visit": 2, "favourites_in_visit": 1, "carts_in_visit": 0,
        "last_kind": "favourite", "items_in_visit": 3, "categories_in_visit": 2,
        "seconds_in_visit": 100, "seconds_of_last_step": 70,
        "views_of_known_items": 1, "views_in_known_categories": 2,
        "items_carted_before": 1, "items_bought_before": 0, "last_item_seen": 0,
        "hour": 0, "day_part": "night", "weekend": True,
        "visits_before": 1, "events_before": 3, "buys_before": 1, "carts_before": 1,
        "buy_rate_before": 2 / 53, "events_last_day": 3, "buys_last_day": 1,
        "events_of_last_visit": 3, "buys_of_last_visit": 1,
        "known_for_days": 86_500 / 86_400, "days_since_last_visit": 86_400 / 86_400,
        "days_since_last_buy": 1.0, "days_since_last_cart": 86_440 / 86_400,
        "category_events_of_all": 0, "item_events_of_all": 0,
    }  # fmt: skip
    assert {name: row[name] for name in expected} == pytest.approx(expected)
    events = cases.events
    assert [KINDS[code] for code in events.kind] == [
        "view, new category",
        "cart",
        "buy",
        "view, known item",
        "view, known category",
        "favourite",
    ]
    assert events.gap.tolist() == [0, 60, 40, 86_300, 30, 70]
    assert events.marks["place"].tolist() == [0, 0, 0, 1, 1, 1]
    np.testing.assert_allclose(np.expm1(events.marks["item_seen"]), [0, 1, 0, 2, 0, 0], atol=1e-6)


def test_at_most_the_latest_events_are_kept_and_never_another_users():
    shop = shop_of(5, n_users=4, n_visits=40)
    cases = cut_visits(as_log(shop), 2)[0]
    assert cases.events.lengths.max() == MOST_EVENTS and cases.events.lengths.min() >= 2
    assert (cases.events.gap[cases.events.offsets[:-1]] == 0).all()
    alone = shop[shop["user_id"] == 3]
    own = cut_visits(as_log(alone), 2)[0]
    rows = np.flatnonzero(cut_visits(as_log(shop), 2)[2] == 3)
    for name, mark in own.events.marks.items():
        np.testing.assert_array_equal(mark, cases.events.take(rows).marks[name])


@pytest.mark.parametrize("after", [0, -1, 51, 2.0, "3", True, None])
def test_a_wrong_number_of_events_says_what_would_be_right(after):
    with pytest.raises(DataError, match=r"after is .* 1 to 50"):
        Taobao(after=after)


@pytest.mark.parametrize("same_as", [2, 51, -1, 3.0, "3", True])
def test_a_wrong_number_to_compare_with_says_what_would_be_right(same_as):
    with pytest.raises(DataError, match=r"same_as is .* from after = 3 to 50, or 0"):
        Taobao(after=3, same_as=same_as)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_visits_are_asked_of_after_fewer_events(seed):
    log = as_log(shop_of(seed))
    whole, target, user, moment = cut_visits(log, 4)
    assert len(whole) > 20
    for after in (1, 2, 3, 4):
        cases, same_target, same_user, earlier = cut_visits(log, after, same_as=4)
        assert np.array_equal(target, same_target) and np.array_equal(user, same_user)
        assert (earlier <= moment).all()
        seen = cases.features[[f"{kind}_in_visit" for kind in ("views", "favourites", "carts")]]
        assert (seen.sum(axis=1) == after).all()
    assert_same(cases, whole)


@pytest.mark.parametrize("after", [1, 2])
def test_what_is_known_of_a_visit_does_not_hang_on_why_it_was_chosen(after):
    # The same case stands among all cases after so many events, and looks the same there.
    log = as_log(shop_of(4))
    few, _, user, moment = cut_visits(log, after, same_as=4)
    every, _, all_users, all_moments = cut_visits(log, after)
    rows = [
        np.flatnonzero((all_users == u) & (all_moments == m))[0]
        for u, m in zip(user, moment, strict=True)
    ]
    assert len(rows) < len(every)
    assert_same(few, every.take(rows))


def test_the_card_of_the_same_visits_says_so():
    card = Taobao(after=1, same_as=10).card
    assert card.title == "Taobao visits (after = 1, same_as = 10)"
    assert "after event 10 of the same visit" in card.target
    assert "nobody can know that of a visit by then" in card.caveats[0]
    assert Taobao(after=1).card is Taobao.card


def test_a_missing_file_says_how_to_cut_it(monkeypatch, tmp_path):
    monkeypatch.delenv("INTENTBENCH_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(DataError) as caught:
        Taobao().locate()
    message = str(caught.value)
    assert FILE in message and "head -n 94159 UserBehavior.csv" in message
    assert "INTENTBENCH_DATA" in message and "Tianchi" in message


def test_the_suite_offers_four_cuts_and_strangers():
    suite = load_suite("taobao")
    found = {name: variant.parameters for name, variant in suite.variants.items()}
    assert {variant.data for variant in suite.variants.values()} == {"taobao"}
    assert [found[f"taobao_{k}"]["after"] for k in (1, 5, 10)] == [1, 5, 10]
    assert found["taobao_strangers"] == {}
    assert suite.resampling_of("taobao_strangers").strangers
    assert not suite.resampling_of("taobao").strangers
    for parameters in found.values():
        Taobao(**parameters)


HAS_FILE = any(
    (Path(os.environ.get("INTENTBENCH_DATA", "")) / "taobao_userbehavior" / name).is_file()
    for name in (FILE, f"{FILE}.gz")
)
needs_file = pytest.mark.skipif(
    not HAS_FILE, reason="needs $INTENTBENCH_DATA/taobao_userbehavior: not free to ship"
)


@needs_file
@pytest.mark.parametrize("after", [1, 3, 5, 10])
def test_the_published_file_gives_the_counts_declared(after):
    data = Taobao(after=after)
    task = data.load()
    assert data.n_cases == len(task)
    assert (task.cases.events.lengths >= after).all()
    assert task.card.real and len(np.unique(task.group)) > 500


@needs_file
def test_outcomes_are_decided_within_the_horizon():
    log = as_log(read_log(Taobao().locate()[FILE]))
    assert len(log) == 94_119, "40 clock errors are left out"
    first = np.flatnonzero(log.begins_visit)
    assert len(first) == 15_743
    last = np.append(first[1:], len(log)) - 1
    longest = (log.time[last] - log.time[first]).max() / np.timedelta64(1, "D")
    assert longest <= Taobao.card.horizon_days


@needs_file
def test_the_task_can_be_split_in_time_and_also_by_user():
    task = Taobao().load()
    for fold in Resampling(folds=3).plan(task):
        train = np.r_[fold.splits[0].fit, fold.splits[0].valid]
        assert task.time[train].max() < task.time[fold.test].min()
    for fold in Resampling(folds=3, strangers=True).plan(task):
        train = np.r_[fold.splits[0].fit, fold.splits[0].valid]
        assert not np.intersect1d(task.group[train], task.group[fold.test]).size


def test_course_begins_with_the_case_and_ends_before_its_purchase():
    log = as_log(shop_of(0))
    cases, target, user, moment = cut_visits(log, 1, ended=True)
    course = courses(log, 1, 0, 6)
    assert len(course) == len(cases) >= len(cut_visits(log, 1)[0])
    later = course.lengths - cases.events.lengths
    assert later.min() == 0 and 0 < later.max() <= 6
    for case in range(len(cases)):
        own = slice(cases.events.offsets[case], cases.events.offsets[case + 1])
        whole = slice(course.offsets[case], course.offsets[case + 1])
        n_own = own.stop - own.start
        for name, mark in cases.events.marks.items():
            np.testing.assert_array_equal(course.marks[name][whole][:n_own], mark[own])
        here = course.marks["place"][whole][n_own:]
        assert (here == 1).all()
        assert KINDS.index("buy") not in course.kind[whole][n_own:]
