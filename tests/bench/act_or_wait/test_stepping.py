"""Stepping: visits event by event, and how stops are stored."""

import numpy as np
import pytest
from intentbench.bench.act_or_wait.calibrated import calibrated
from intentbench.bench.act_or_wait.stepping import promptness, stops_from, stops_of
from intentbench.bench.errors import ModelError
from intentbench.bench.policy import Policy, Visits

NAN = np.nan
VISITS = Visits(
    np.array([[0.1, 0.2, NAN], [0.3, 0.1, 0.1], [0.5, NAN, NAN]]),
    np.array([[0, 1, -1], [1, 0, 2], [2, -1, -1]]),
    np.array([[0.0, 5.0, NAN], [0.0, 1.0, 2.0], [0.0, NAN, NAN]]),
)


class Noting(Policy):
    """Acts where the probability is at most .15, and notes what it was shown."""

    title = "Noting"

    def learn(self, visits, y, economics):
        return self

    def act(self, seen):
        self.shown = [*getattr(self, "shown", []), seen]
        return seen.now <= 0.15


def test_policy_is_shown_nothing_later_and_asked_no_more_once_it_acted():
    policy = Noting()
    assert stops_of(policy, VISITS).tolist() == [1, 2, 0]
    assert [seen.p.tolist() for seen in policy.shown] == [[[0.1], [0.3], [0.5]], [[0.3, 0.1]]]
    assert all(array.base is None for seen in policy.shown for array in (seen.p, seen.kind))


@pytest.mark.parametrize("answer", [np.array([1, 0, 1]), np.array([True]), None])
def test_answers_that_break_the_contract_are_told(answer):
    policy = Noting()
    policy.act = lambda seen: answer
    with pytest.raises(ModelError, match=r"must be bool of the shape \(3,\)"):
        stops_of(policy, VISITS)


def test_stops_are_stored_as_shares_and_read_back():
    stops = np.array([0, 1, 2, 3, 49, 50, 999])
    assert stops_from(promptness(stops), 999).tolist() == stops.tolist()


@pytest.mark.parametrize("prompt", [0.4, 1 / 4, 1e-12])
def test_what_is_no_event_of_the_visit_is_refused(prompt):
    with pytest.raises(ValueError, match="none of the visit's events"):
        stops_from(np.array([prompt, 0.0]), 3)


def test_probabilities_are_calibrated_by_those_who_get_there():
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, (4000, 2))
    y = (rng.random(4000) < p[:, 0] ** 2).astype(np.int8)
    p[y == 0, 1] = NAN  # only those with the outcome get to the second event
    p[:30, 1] = 0.5
    truer = calibrated(p, y)(p)
    assert abs(truer[:, 0].mean() - y.mean()) < 0.01
    assert np.isnan(truer[:, 1]).sum() == np.isnan(p[:, 1]).sum()
    few = calibrated(p[:10], y[:10])(p[:10])
    np.testing.assert_array_equal(few, p[:10])
