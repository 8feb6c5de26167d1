from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from intentbench.bench.cases import Cases
from intentbench.bench.errors import RequestError
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.splits.known import known_moments
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import Card, Task

DAY = np.timedelta64(1, "D")
some = settings(
    max_examples=40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def task_of(target, group=None, days=None, horizon_days=0.0, known_after=None):
    time = None
    if days is not None:
        time = np.datetime64("2024-01-01", "s") + np.asarray(days) * DAY
    return Task(
        name="toy",
        cases=Cases(pd.DataFrame({"x": np.arange(len(target))})),
        target=np.asarray(target, dtype=np.int8),
        card=Card("Toy", "?", "made up", "none", "1 = yes", horizon_days=horizon_days),
        group=group,
        time=time,
        known_at=None if known_after is None else time + np.asarray(known_after) * DAY,
    )


@st.composite
def tasks(draw, grouped, timed):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n = draw(st.integers(150, 300))
    group = rng.integers(0, draw(st.integers(30, 80)), n) if grouped else None
    if grouped and draw(st.booleans()):
        group = np.array([f"Kundin {number}" for number in group])
    days = rng.integers(0, draw(st.integers(12, 30)), n) * 7 if timed else None
    horizon = draw(st.sampled_from([0.0, 0.5, 7.0, 20.0])) if timed else 0.0
    own = rng.geometric(0.2, n) - 1 if timed and draw(st.booleans()) else None
    return task_of(rng.random(n) < 0.5, group, days, horizon, own)


def planned(task, plan):
    """The folds of a plan; plans that the task is too small for say so and are passed over."""
    try:
        return plan.plan(task)
    except RequestError:
        assume(False)


def sides(fold):
    """Every pair of case numbers that must have nothing in common."""
    for split in fold.splits:
        yield from ((split.fit, split.valid), (split.fit, fold.test), (split.valid, fold.test))


plans = st.builds(
    Resampling,
    folds=st.integers(2, 4),
    inner=st.integers(1, 3),
    valid_share=st.sampled_from([0.1, 0.25, 0.5]),
    seed=st.integers(0, 99),
)
every_kind = pytest.mark.parametrize("grouped", [False, True], ids=["loose", "grouped"])
both_orders = pytest.mark.parametrize("timed", [False, True], ids=["untimed", "timed"])


@every_kind
@both_orders
@some
@given(st.data())
def test_no_case_and_no_group_stands_on_two_sides(grouped, timed, data):
    task = data.draw(tasks(grouped, timed))
    for fold in planned(task, replace(data.draw(plans), strangers=grouped)):
        for one, other in sides(fold):
            assert len(np.unique(one)) == len(one) and len(one)
            assert not np.intersect1d(one, other).size
            if grouped:
                assert not np.intersect1d(task.group[one], task.group[other]).size


@every_kind
@some
@given(st.data())
def test_untimed_test_folds_cover_all_cases_once(grouped, data):
    task = data.draw(tasks(grouped, timed=False))
    folds = planned(task, data.draw(plans))
    tested = np.concatenate([fold.test for fold in folds])
    assert np.array_equal(np.sort(tested), np.arange(len(task)))
    for fold in folds:
        for split in fold.splits:
            whole = np.concatenate([split.fit, split.valid, fold.test])
            assert np.array_equal(np.sort(whole), np.arange(len(task)))


@every_kind
@some
@given(st.data())
def test_untimed_inner_splits_watch_every_train_case_once(grouped, data):
    task = data.draw(tasks(grouped, timed=False))
    for fold in planned(task, replace(data.draw(plans), inner=3)):
        watched = np.concatenate([split.valid for split in fold.splits])
        train = np.setdiff1d(np.arange(len(task)), fold.test)
        assert np.array_equal(np.sort(watched), train)


@every_kind
@some
@given(st.data())
def test_in_time_every_outcome_was_known_before_the_next_side_begins(grouped, data):
    task = data.draw(tasks(grouped, timed=True))
    decided = known_moments(task)
    for fold in planned(task, data.draw(plans)):
        first_test = task.time[fold.test].min()
        for split in fold.splits:
            assert decided[split.fit].max() <= task.time[split.valid].min()
            assert decided[split.fit].max() <= first_test
            assert decided[split.valid].max() <= first_test
            assert task.time[split.fit].max() < task.time[split.valid].min()
            assert task.time[split.valid].max() < first_test


@some
@given(st.data())
def test_in_time_known_people_change_nothing_of_the_plan(data):
    task = data.draw(tasks(grouped=True, timed=True))
    plan = data.draw(plans)
    folds = planned(task, plan)
    alone = plan.plan(replace(task, group=None))
    assert [fold.fingerprint() for fold in folds] == [fold.fingerprint() for fold in alone]


@some
@given(st.data())
def test_among_strangers_at_least_half_of_the_later_cases_are_tested(data):
    task = data.draw(tasks(grouped=True, timed=True))
    plan = data.draw(plans)
    later = np.concatenate([fold.test for fold in planned(task, plan)])
    tested = np.concatenate([fold.test for fold in planned(task, replace(plan, strangers=True))])
    assert len(np.unique(tested)) == len(tested) and np.isin(tested, later).all()
    assert 2 * len(tested) >= len(later)


@some
@given(st.data())
def test_in_time_later_folds_are_tested_later_and_learn_from_more(data):
    task = data.draw(tasks(grouped=False, timed=True))
    folds = planned(task, replace(data.draw(plans), inner=1))
    for earlier, later in zip(folds, folds[1:], strict=False):
        assert task.time[earlier.test].max() < task.time[later.test].min()
        assert np.isin(earlier.splits[0].fit, later.splits[0].fit).all()
    assert folds[-1].test.size and task.time[folds[-1].test].max() == task.time.max()


@every_kind
@both_orders
@some
@given(st.data())
def test_same_seed_same_splits(grouped, timed, data):
    task = data.draw(tasks(grouped, timed))
    plan = data.draw(plans)
    one, two = planned(task, plan), planned(task, plan)
    assert [fold.fingerprint() for fold in one] == [fold.fingerprint() for fold in two]


@every_kind
def test_another_seed_splits_otherwise(grouped):
    rng = np.random.default_rng(0)
    task = task_of(rng.random(200) < 0.4, rng.integers(0, 50, 200) if grouped else None)
    prints = {Resampling(seed=seed).plan(task)[0].fingerprint() for seed in range(3)}
    assert len(prints) == 3


def test_folds_are_stratified():
    task = task_of(np.arange(300) % 5 == 0)
    for fold in Resampling(folds=3, inner=2).plan(task):
        for part in (fold.test, *(p for s in fold.splits for p in (s.fit, s.valid))):
            assert task.target[part].mean() == pytest.approx(0.2, abs=0.02)


def test_hold_out_watches_the_share_that_was_asked_for():
    task = task_of(np.arange(300) % 5 == 0)
    (split,) = Resampling(folds=3, valid_share=0.3).plan(task)[0].splits
    assert len(split.valid) == 60 and len(split.fit) == 140


def test_repeats_draw_the_whole_plan_anew():
    task = task_of(np.arange(90) % 3 == 0)
    folds = Resampling(folds=3, repeats=2).plan(task)
    assert [fold.number for fold in folds] == [0, 1, 2, 3, 4, 5]
    assert not np.array_equal(folds[0].test, folds[3].test)
    for drawn in (folds[:3], folds[3:]):
        assert np.array_equal(np.sort(np.concatenate([f.test for f in drawn])), np.arange(90))


def test_one_horizon_reaching_past_the_cut_is_purged():
    days = np.repeat(np.arange(12) * 7, 10)
    y = np.arange(120) % 2
    near = Resampling(folds=2).plan(task_of(y, days=days, horizon_days=7))
    far = Resampling(folds=2).plan(task_of(y, days=days, horizon_days=7.001))
    assert np.array_equal(near[0].test, far[0].test)
    assert near[0].splits[0].valid.max() - far[0].splits[0].valid.max() == 10


def test_a_case_that_was_never_decided_costs_nobody_but_itself():
    """One crawler's visit of 14 days must not purge what others did in the meantime."""
    days = np.repeat(np.arange(24), 10)
    y = np.arange(240) % 2
    after = np.ones(240, dtype=int)
    usual = Resampling(folds=3).plan(task_of(y, days=days, known_after=after))
    after[5] = 999
    one_never = Resampling(folds=3).plan(task_of(y, days=days, known_after=after, horizon_days=999))
    for fold, other in zip(usual, one_never, strict=True):
        assert np.array_equal(fold.test, other.test)
        (split,), (without,) = fold.splits, other.splits
        assert np.array_equal(np.setdiff1d(split.fit, 5), without.fit)
        assert np.array_equal(split.valid, without.valid)


def test_the_plan_says_that_horizons_differ():
    days = np.arange(40)
    task = task_of(days % 2, days=days, known_after=np.where(days == 3, 30, 2))
    words = "outcomes known within 2 (half of the cases) to 30 days (all)"
    assert words in Resampling(folds=2).describe(task)


class TestFingerprint:
    fold = Fold(0, np.array([4, 5]), (Split(np.array([0, 1]), np.array([2, 3])),))

    @pytest.mark.parametrize(
        "other",
        [
            Fold(0, np.array([4, 6]), fold.splits),
            Fold(0, np.array([5, 4]), fold.splits),
            Fold(0, fold.test, (Split(np.array([0, 1, 2]), np.array([3])),)),
            Fold(0, fold.test, (Split(np.array([0, 2]), np.array([1, 3])),)),
            Fold(0, fold.test, fold.splits * 2),
        ],
        ids=["another case", "another order", "a case moves", "two cases swap", "a split more"],
    )
    def test_differs_when_a_case_moves(self, other):
        assert other.fingerprint() != self.fold.fingerprint()

    def test_does_not_depend_on_the_width_of_the_numbers(self):
        narrow = Fold(
            0, self.fold.test.astype(np.int32), tuple(
                Split(s.fit.astype(np.int32), s.valid.astype(np.int32)) for s in self.fold.splits
            )
        )  # fmt: skip
        assert narrow.fingerprint() == self.fold.fingerprint()


WEEKS = np.repeat(np.arange(20) * 7, 5)
HALF = np.arange(100) % 2
TOO_SMALL = {
    "one fold": (task_of(HALF), Resampling(folds=1), "folds 1"),
    "no inner split": (task_of(HALF), Resampling(inner=0), "inner 0"),
    "no repeat": (task_of(HALF), Resampling(repeats=0), "repeats 0"),
    "nothing to watch": (task_of(HALF), Resampling(valid_share=0.0), "valid_share 0.0"),
    "nothing to fit": (task_of(HALF), Resampling(valid_share=1.0), "valid_share 1.0"),
    "few positives": (task_of(np.arange(50) < 3), Resampling(folds=4), "has 3 cases of its rarer"),
    "few train positives": (
        task_of(np.arange(50) < 5), Resampling(folds=4, inner=4), "cases of its rarer outcome",
    ),
    "few groups": (
        task_of(HALF, HALF * 7), Resampling(folds=3), "has 2 groups; 3 parts need at least 3",
    ),
    "few train groups": (
        task_of(HALF, np.arange(100) % 4), Resampling(folds=3, inner=4), "groups; 4 parts",
    ),
    "few times": (task_of(HALF, days=HALF * 9), Resampling(folds=2), "has 2 distinct times"),
    "strangers to nobody": (
        task_of(HALF, days=WEEKS), Resampling(strangers=True), "needs to know whom",
    ),
    "repeats in time": (task_of(HALF, days=WEEKS), Resampling(repeats=2), "without chance"),
    "a horizon beyond all": (
        task_of(HALF, days=WEEKS, horizon_days=999), Resampling(folds=2), "(within 999 days)",
    ),
    "more inner splits than times": (
        task_of(HALF, days=WEEKS // 30 * 30), Resampling(folds=2, inner=6), "times",
    ),
    "groups that last": (
        task_of(HALF, np.zeros(100), WEEKS), Resampling(folds=2, strangers=True),
        "Ask for fewer folds",
    ),
    "one outcome to fit on": (
        task_of(WEEKS > 80, days=WEEKS), Resampling(folds=2), "do not hold both outcomes",
    ),
    "a hold-out of one case": (
        task_of(np.arange(30) % 2), Resampling(folds=2, valid_share=0.01), "valid_share",
    ),
    "a hold-out of all cases": (
        task_of(np.arange(30) % 2), Resampling(folds=2, valid_share=0.99), "valid_share",
    ),
    "a hold-out of all groups": (
        task_of(HALF, np.arange(100) // 25), Resampling(folds=2, valid_share=0.9), "valid_share",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("task", "plan", "words"), TOO_SMALL.values(), ids=TOO_SMALL)
def test_plans_that_cannot_be_made_say_why_and_what_to_do(task, plan, words):
    with pytest.raises(RequestError) as refused:
        plan.plan(task)
    said = str(refused.value)
    assert words in said
    assert any(
        mend in said for mend in ("Ask for", "needs", "is needed", "Set ", "give more data")
    ), said


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ({}, "5 stratified folds; one hold-out in each train part; seed 3"),
        ({"group": HALF}, "5 stratified folds over groups"),
        ({"days": WEEKS, "horizon_days": 7.0}, "rolling origin over time in 5 folds, outcomes"),
        (
            {"days": WEEKS, "group": HALF},
            "5 folds, groups in test may be known from train, outcomes",
        ),
    ],
)
def test_plan_is_described_in_words(roles, words):
    assert words in Resampling(seed=3).describe(task_of(HALF, **roles))


def test_the_question_that_a_plan_answers_is_said():
    known, strange = Resampling(), Resampling(strangers=True)
    both = task_of(HALF, days=WEEKS, group=HALF)
    assert "test groups never in train" in strange.describe(both)
    questions = [
        plan.describe(task).partition("Asked is: ")[2]
        for plan, task in (
            (known, task_of(HALF)),
            (known, task_of(HALF, group=HALF)),
            (known, task_of(HALF, days=WEEKS)),
            (known, both),
            (strange, both),
        )
    ]
    assert len(set(questions)) == 5 and all(question.endswith("?") for question in questions)
    assert "newcomers" in questions[3] and "has not met" in questions[4]


def test_repeats_and_inner_splits_are_described():
    told = Resampling(inner=3, repeats=2).describe(task_of(HALF))
    assert "3 inner splits" in told and "drawn 2 times" in told
