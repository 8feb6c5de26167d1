"""Policies in a run: computed as cells, judged from what is stored, told on the page."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.judge.act_or_wait import BEST_POSSIBLE
from intentbench.bench.judge.judge import judge
from intentbench.bench.language.sentence import spoken
from intentbench.bench.language.speaking import speaking
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.policy import Economics
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.policy_plan import PlannedPolicy
from intentbench.bench.run.prepare import load_task, prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.suite.act_or_wait import ActOrWait
from intentbench.bench.suite.suite import Limits, Suite, Variant
from intentbench.reports.render import write_report
from intentbench.reports.task_page import task_page

PLUGINS = Path(__file__).parents[2] / "plugins"
ECONOMICS = Economics(60.0, 1.0, 20.0, (0.1, 0.09))
SUITE = Suite(
    name="waiting", title="Waiting", tasks=("visits",), models=("base_rate", "markov_chain"),
    resampling=Resampling(folds=2), limits=Limits(seconds=600, gigabytes=2), ensembles={},
    variants={
        "visits": Variant(
            "simulated", {"n_cases": 900, "events_share": 1.0, "after": 1, "course": 4}
        )
    },
    act_or_wait=ActOrWait(ECONOMICS),
)  # fmt: skip


class Few(Registry):
    """A few quick policies."""

    def names(self):
        kept = ("at_event", "broken_policy", "fitted_q", "never")
        return [name for name in super().names() if name in kept]


class Notes:
    """Keeps which policies were computed."""

    def __init__(self):
        self.cells = []

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        self.cells += [cell for cell in cells if isinstance(cell, PlannedPolicy)]

    def finished(self, cell):
        pass

    def says(self, text):
        pass


def work_of(suite, files=()):
    return prepare(suite, Registry("model"), Registry("dataset"), Few("policy", files))


def executed(suite, results, files=()):
    notes = Notes()
    run = execute_run(work_of(suite, files), Store(results), 1, notes, {"command": "pytest"})
    return run, notes.cells


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return tmp_path_factory.mktemp("policies")


@pytest.fixture(scope="module")
def first(results):
    return executed(SUITE, results, [PLUGINS / "broken_policy.py"])


@pytest.fixture(scope="module")
def acting(first):
    return judge(first[0], draws=200).tasks[0].acting


def test_each_policy_is_a_cell_of_each_split(first):
    run, computed = first
    names = {cell.plugin.name for cell in computed}
    assert names == {
        "policy:at_event", "policy:broken_policy", "policy:fitted_q", "policy:never", BEST_POSSIBLE,
    }  # fmt: skip
    assert len(computed) == 2 * len(names)


def test_profit_is_that_of_the_stored_actions(first, acting):
    run, _ = first
    task = load_task(
        Registry("dataset").find("simulated"), "visits", SUITE.variants["visits"].parameters
    )  # noqa: E501
    shown = {one.name: one for one in acting.policies}
    assert shown["policy:never"].profit.value == shown["policy:never"].acted.value == 0
    of_folds = []
    for fold in run.tasks[0].folds:
        (cell,) = (c for c in run.cells if (c.model, c.fold) == ("policy:at_event", fold.number))
        prompt = run.predictions(cell).test
        stop = np.where(prompt > 0, np.rint(1 / np.maximum(prompt, 1e-9)), 0).astype(int)
        gains = ECONOMICS.gain(task.target[fold.test], np.maximum(stop, 1)) * (stop > 0)
        of_folds.append(1000 * gains.mean())
    assert shown["policy:at_event"].profit.value == pytest.approx(np.mean(of_folds))


def test_best_possible_policy_has_no_regret_and_others_have(acting):
    shown = {one.name: one for one in acting.policies}
    assert shown[BEST_POSSIBLE].regret.value == 0
    assert 0 < shown["policy:fitted_q"].regret.value < shown["policy:never"].regret.value
    assert shown["policy:never"].regret_share == pytest.approx(1)


def test_broken_policy_is_a_row_with_its_reason(acting):
    assert acting.policies[-1].name == "policy:broken_policy"
    assert "must be bool" in str(acting.policies[-1].why_not)


def test_judging_again_computes_nothing_and_finds_the_same(first, results, acting):
    again = judge(read_run(Store(results)), draws=200).tasks[0].acting
    assert [one.profit for one in again.policies] == [one.profit for one in acting.policies]


def test_other_economics_are_other_cells_and_the_same_ones_are_not_computed_anew(results, first):
    economics = replace(ECONOMICS, giveaway=0.0)
    _, computed = executed(replace(SUITE, act_or_wait=ActOrWait(economics)), results)
    assert len(computed) == 8
    _, computed = executed(SUITE, results, [PLUGINS / "broken_policy.py"])
    assert {cell.plugin.name for cell in computed} <= {"policy:broken_policy"}  # it failed


@pytest.mark.parametrize(("language", "words"), [("en", "Act or wait"), ("zh", "行动还是等待")])
def test_page_tells_of_it_in_the_language_that_is_spoken(first, tmp_path, language, words):
    with speaking(language):
        judged = spoken(judge(first[0], draws=50))
        titles = [section.title for section in task_page("t", "t", judged.tasks[0]).sections]
        write_report(judged, tmp_path)
    assert words in titles
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    told = {"en": "not learnt: a log without offers", "zh": "没有随机给出优惠的日志"}[language]
    assert told in re.sub(r"\s+", " ", page)


def test_run_without_it_shows_nothing_of_it(first):
    run = replace(first[0], act_or_wait=None)
    judged = judge(run, draws=50)
    assert judged.tasks[0].acting is None
    assert "Act or wait" not in [one.title for one in task_page("t", "t", judged.tasks[0]).sections]


@pytest.mark.parametrize(
    ("variant", "why"),
    [
        (Variant("german_credit", {}), "mine has no events"),
        (Variant("simulated", {"n_cases": 300}), "mine says nothing of the events that follow"),
    ],
)
def test_tasks_without_a_course_are_refused(variant, why, monkeypatch):
    if variant.data == "german_credit":
        variant = Variant("simulated", {"n_cases": 300})
        task = load_task(Registry("dataset").find("simulated"), "mine", variant.parameters)
        without = replace(task, cases=replace(task.cases, events=task.cases.events.first(0)))
        monkeypatch.setattr("intentbench.bench.run.prepare.load_task", lambda *given: without)
    suite = replace(SUITE, tasks=("mine",), variants={"mine": variant})
    with pytest.raises(RequestError, match=f"{why}.  Run the suite act_or_wait, or name"):
        work_of(suite)


def test_scores_need_a_model_that_reads_sequences():
    with pytest.raises(RequestError, match="none takes part.  Name one: --scores MODEL"):
        work_of(replace(SUITE, models=("base_rate",)))
