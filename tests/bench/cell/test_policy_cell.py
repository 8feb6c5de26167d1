"""Scores of visits, event by event: nothing later is seen, and no test outcome."""

import numpy as np
import pytest
from intentbench.bench.cell.policy_cell import laid_out, score_visits
from intentbench.bench.cell.transport import ShownTask
from intentbench.bench.events import Events
from intentbench.bench.model import Model, two_columns
from intentbench.bench.splits.fold import Split
from intentbench.datasets.simulated import Simulated


class LastKind(Model):
    """Says how many events it sees and which was the last."""

    title, family, views = "Last kind", "sequence", frozenset({"events"})

    def fit(self, cases, y, *, valid):
        """Learn nothing."""
        return self

    def predict_proba(self, cases):
        """Give a number that tells what is seen."""
        last = cases.events.kind[cases.events.offsets[1:] - 1]
        return two_columns((cases.events.lengths * 10 + last) / 1000)


@pytest.fixture(scope="module")
def task():
    return Simulated(n_cases=300, events_share=1.0, after=2, course=5).load()


def scored(task, course, y=None):
    target = task.target.copy() if y is None else y
    rows = np.arange(len(task))
    split = Split(rows[:100], rows[100:200])
    return score_visits(LastKind, ShownTask(task.cases, target), course, split, rows[200:], 0)


def test_a_model_sees_one_event_more_at_a_time(task, monkeypatch):
    monkeypatch.setattr(
        "intentbench.bench.cell.policy_cell.calibrated", lambda p, y: lambda raw: raw
    )
    found, course = scored(task, task.course.events).test, task.course.events
    for row, case in enumerate(range(200, len(task))):
        kinds = course.kind[course.offsets[case] : course.offsets[case + 1]]
        expected = [(n * 10 + kinds[n - 1]) / 1000 for n in range(2, len(kinds) + 1)]
        np.testing.assert_allclose(found.p[row][found.goes_on[row]], expected)
        assert found.kind[row][found.goes_on[row]].tolist() == kinds[1:].tolist()


def test_later_events_and_test_outcomes_change_no_earlier_score(task):
    course = task.course.events
    place = np.arange(course.n_events) - course.offsets[:-1][course.owner]
    later = (place >= 4) & (course.owner >= 200)
    kind = np.where(later, (course.kind + 3) % course.n_kinds, course.kind).astype(np.int32)
    changed = Events(course.offsets, {**course.marks, "kind": kind}, course.vocabulary)
    y = task.target.copy()
    y[200:] = -1
    before, after = scored(task, course).test, scored(task, changed, y).test
    np.testing.assert_array_equal(before.p[:, :3], after.p[:, :3])
    assert (before.p[:, 3:] != after.p[:, 3:])[before.goes_on[:, 3:]].any()


def test_values_are_laid_out_from_the_last_known_event_on(task):
    course, known = task.course.events, task.cases.events.lengths
    laid = laid_out(np.arange(course.n_events), course, known, np.array([7, 3]))
    for row, case in zip(laid, (7, 3), strict=True):
        there = np.arange(course.offsets[case] + 1, course.offsets[case + 1])
        np.testing.assert_array_equal(row[: len(there)], there)
        assert np.isnan(row[len(there) :]).all()
