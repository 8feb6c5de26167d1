"""No plan that leaks gets as far as the first fit, whoever made it."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intentbench.bench.cases import Cases
from intentbench.bench.errors import RequestError, StoreError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.splits.verify import verify_plan
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite
from intentbench.bench.task import Card, Task

CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.", horizon_days=1.0)
ROWS = np.arange(60)
HONEST = Fold(3, ROWS[45:], (Split(ROWS[:30], ROWS[31:44]), Split(ROWS[:29], ROWS[32:44])))


def a_task(**roles):
    target = (ROWS % 3 == 0).astype(np.int8)
    return Task("visits", Cases(pd.DataFrame({"x": ROWS})), target, CARD, **roles)


def days(step=1):
    return np.datetime64("2024-01-01", "s") + ROWS * np.timedelta64(step * 24, "h")


def refusal(task, fold):
    with pytest.raises(RequestError) as refused:
        verify_plan(task, [HONEST, fold])
    return str(refused.value)


def test_an_honest_plan_passes():
    verify_plan(a_task(), [HONEST])
    verify_plan(a_task(time=days()), [HONEST])
    verify_plan(a_task(group=np.repeat(ROWS[:15], 4).astype(str)), [
        Fold(0, ROWS[44:], (Split(ROWS[:28], ROWS[28:44]),))
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("fold", "said"),
    [
        (Fold(7, ROWS[29:], HONEST.splits), "1 test cases are fit cases, too"),
        (Fold(7, ROWS[40:], HONEST.splits), "4 test cases are valid cases, too"),
        (Fold(7, ROWS[45:], (Split(ROWS[:33], ROWS[31:44]),)), "2 valid cases are fit cases, too"),
        (Fold(7, ROWS[45:], (Split(np.r_[ROWS[:9], 8], ROWS[31:44]),)), "1 cases stand in fit"),
        (Fold(7, ROWS[45:], (Split(ROWS[:30], ROWS[:0]),)), "there are no valid cases"),
        (Fold(7, ROWS[:0], HONEST.splits), "there are no test cases"),
        (Fold(7, np.r_[50:61], HONEST.splits), "test case 60 is not one of 60"),
        (Fold(7, np.r_[-1, 50:60], HONEST.splits), "test case -1 is not one of 60"),
        (Fold(7, ROWS[45:], (Split(ROWS[1:30:3], ROWS[31:44]),)), "all 10 fit cases have the out"),
    ],
)  # fmt: skip
def test_cases_on_two_sides_are_refused(fold, said):
    words = refusal(a_task(), fold)
    assert said in words and words.startswith("task 'visits', fold 7, inner split 0: ")
    assert words.endswith("so it is refused.  Mend what made the plan.")


def test_the_second_inner_split_is_looked_at():
    fold = Fold(0, ROWS[45:], (HONEST.splits[0], Split(ROWS[:31], ROWS[30:44])))
    assert "fold 0, inner split 1: 1 valid cases are fit cases" in refusal(a_task(), fold)


@pytest.mark.parametrize("kind", [str, int, float])
def test_groups_on_two_sides_are_refused(kind):
    group = ROWS.copy()
    verify_plan(a_task(group=group.astype(kind)), [HONEST])
    group[50] = 3
    words = "1 test cases are about a group that fit cases are about"
    with pytest.raises(RequestError, match=words):
        verify_plan(a_task(group=group.astype(kind)), [HONEST])
    group[50], group[40] = 50, 3
    with pytest.raises(RequestError, match="1 valid cases are about a group that fit cases"):
        verify_plan(a_task(group=group.astype(kind)), [HONEST])


def test_outcomes_that_were_not_known_yet_are_refused():
    early = Fold(0, np.r_[20, ROWS[45:]], (Split(ROWS[:15], ROWS[16:19]),))
    verify_plan(a_task(time=days()), [early])
    late = Fold(0, np.r_[20, ROWS[45:]], (Split(ROWS[:15], ROWS[25:44]),))
    with pytest.raises(RequestError, match="the outcomes of 19 valid cases were not known"):
        verify_plan(a_task(time=days()), [late])
    # The horizon is a day: of hourly cases a day's worth was open.
    hourly = np.datetime64("2024-01-01", "s") + ROWS * np.timedelta64(1, "h")
    with pytest.raises(RequestError, match="of 22 fit cases .* valid case .* 2024-01-02T07:00"):
        verify_plan(a_task(time=hourly), [HONEST])


def test_each_case_is_judged_by_its_own_moment():
    known_at = days() + np.timedelta64(24, "h")
    verify_plan(a_task(time=days(), known_at=known_at), [HONEST])
    known_at[12] = days()[40]
    words = "the outcomes of 1 fit cases were not known .within 1 .* to 28 days .all.. when the fi"
    with pytest.raises(RequestError, match=words):
        verify_plan(a_task(time=days(), known_at=known_at), [HONEST])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    folds=st.integers(2, 4),
    inner=st.integers(1, 3),
    seed=st.integers(0, 99),
    grouped=st.booleans(),
    timed=st.booleans(),
    test_after=st.booleans(),
    strangers=st.booleans(),
)
def test_every_plan_of_the_house_passes(folds, inner, seed, grouped, timed, test_after, strangers):
    rng = np.random.default_rng(seed)
    n = 400
    task = Task(
        "visits",
        Cases(pd.DataFrame({"x": np.arange(n)})),
        (rng.random(n) < 0.4).astype(np.int8),
        CARD,
        group=rng.integers(0, 60, n) if grouped else None,
        time=np.datetime64("2024-01-01", "s") + rng.integers(0, 30, n) * np.timedelta64(1, "D")
        if timed else None,
    )  # fmt: skip
    cut = "2024-01-20" if test_after and timed else ""
    strangers = strangers and grouped
    resampling = Resampling(
        folds=folds, inner=inner, seed=seed, test_after=cut, strangers=strangers
    )
    verify_plan(task, resampling.plan(task), strangers=strangers)


def test_people_known_from_earlier_are_a_fault_only_among_strangers():
    group = np.minimum(ROWS, 40)  # case 40 and all after it are about one person
    task = a_task(time=days(), group=group)
    verify_plan(task, [HONEST])
    with pytest.raises(RequestError, match="are about a group that"):
        verify_plan(task, [HONEST], strangers=True)
    with pytest.raises(RequestError, match="are about a group that"):
        verify_plan(a_task(group=group), [HONEST])


class Careless(Resampling):
    """Tests every third case, and trains on all."""

    def plan(self, task):
        rows = np.arange(len(task))
        return (Fold(0, rows[::3], (Split(rows[rows % 5 > 0], rows[::5]),)),)


def test_no_model_is_fitted_on_a_plan_that_leaks(plugins):
    suite = Suite(
        name="toy", title="Toy", tasks=("toy_shop",), models=("steady",), resampling=Careless()
    )
    registries = (Registry(kind, [plugins / f"{name}.py"]) for kind, name in
                  (("model", "steady"), ("dataset", "toy_shop")))  # fmt: skip
    with pytest.raises(RequestError, match="128 test cases are fit cases, too"):
        prepare(suite, *registries)


def test_a_stored_plan_that_leaks_is_not_read_back(toy_run, tmp_path, monkeypatch, reseal):
    run, _ = toy_run("steady")
    store = Store(tmp_path / "results")
    assert read_run(store).run_id == run.run_id
    folder = store.runs / run.run_id
    splits = pd.read_parquet(folder / "splits.parquet")
    tested = splits[(splits["fold"] == 0) & (splits["part"] == "test")].index[0]
    fit = splits[(splits["fold"] == 0) & (splits["part"] == "fit")].index[0]
    splits.loc[fit, "case"] = splits.loc[tested, "case"]
    splits.to_parquet(folder / "splits.parquet")
    reseal(folder, "splits.parquet")
    with pytest.raises(StoreError, match="fingerprints"):
        read_run(store)
    # Even with fingerprints to match.
    monkeypatch.setattr(Fold, "fingerprint", lambda fold: "forged")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["tasks"][0]["split_fingerprints"] = ["forged"] * 2
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    reseal(folder, "manifest.json")
    with pytest.raises(StoreError, match="1 test cases are fit cases, too"):
        read_run(store)


def test_a_stored_moment_past_the_cut_is_noticed(toy_run, tmp_path, reseal):
    run, _ = toy_run("steady")
    store = Store(tmp_path / "results")
    path = store.runs / run.run_id / "cases.parquet"
    cases = pd.read_parquet(path)
    cases["known_at"] = cases["time"] + np.timedelta64(1, "D")
    cases.to_parquet(path)
    reseal(path.parent, path.name)
    (task,) = read_run(store).tasks
    assert np.array_equal(task.known_at, cases["known_at"])
    fit = run.tasks[0].folds[0].splits[0].fit[0]
    cases.loc[fit, "known_at"] = np.datetime64("2030-01-01")
    cases.to_parquet(path)
    reseal(path.parent, path.name)
    with pytest.raises(StoreError, match="the outcomes of 1 fit cases were not known"):
        read_run(store)
