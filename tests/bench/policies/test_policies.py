"""Policies that come with the house: what they must do, and how near the best of them come."""

import numpy as np
import pytest
from intentbench.bench.act_or_wait.best_possible import best_stops
from intentbench.bench.act_or_wait.stepping import stops_of
from intentbench.bench.cell.policy_cell import laid_out
from intentbench.bench.conformance import policy_checks
from intentbench.bench.errors import ModelError
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.policy import Economics, Policy, Visits
from intentbench.datasets.simulated import Simulated

ECONOMICS = Economics(60, 1, 20, (0.1, 0.1, 0.1, 0.1, 0.1, 0.095, 0.09, 0.085, 0.08))
NAMES = Registry("policy").names()


def policy_class(name: str) -> type[Policy]:
    return load(Registry("policy").find(name))


@pytest.fixture(scope="module")
def drawn():
    """Simulated visits with what is truly known of them: some to learn from, others to act on."""
    task = Simulated(n_cases=8000, events_share=1.0, after=1, course=11).load()
    course, known = task.course.events, task.cases.events.lengths
    rows = np.arange(len(task))
    truth = laid_out(task.course.truth["events"], course, known, rows)
    kind, gap = (laid_out(course.marks[name], course, known, rows) for name in ("kind", "gap"))
    visits = Visits(truth[..., 0], np.nan_to_num(kind, nan=-1).astype(int), gap)
    return truth, visits, task.target


def some(visits: Visits, rows: slice) -> Visits:
    return Visits(visits.p[rows], visits.kind[rows], visits.gap[rows])


def worth(p: np.ndarray, stop: np.ndarray, economics: Economics = ECONOMICS) -> float:
    """What stops bring in expectation, a visit."""
    rows = np.flatnonzero(stop)
    return float(economics.gain(p[rows, stop[rows] - 1], stop[rows]).sum() / len(stop))


def test_gain_is_what_the_user_states():
    economics = Economics(value=40, cost=1, giveaway=5, uplift=(0.5, 0.25))
    assert economics.gain(np.array([0.0, 1.0, 0.5]), 1).tolist() == [19.0, -6.0, 6.5]
    assert economics.gain(np.array([0.0, 0.0]), np.array([2, 9])).tolist() == [9.0, 9.0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("check", policy_checks.CHECKS, ids=lambda check: check.__name__)
def test_all_policies_pass_the_checks(name, check):
    check(policy_class(name))


# Shares of what the best possible policy brings, with the true probabilities: each loses what it
# cannot express, and what 3,000 visits do not teach it.
@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("fitted_q", 0.98), ("calimera", 0.95), ("tabular_q", 0.95), ("economy_gamma", 0.9),
        ("threshold", 0.9), ("sprt", 0.7), ("at_event", 0.5), ("dqn", 0.85),
    ],
)  # fmt: skip
def test_policies_come_near_the_best_possible(drawn, name, least):
    truth, visits, y = drawn
    best = worth(truth[3000:, :, 0], best_stops(truth[:3000], truth[3000:], ECONOMICS))
    policy = policy_class(name)()
    if "random_state" in policy.get_params():
        policy.set_params(random_state=0)
    policy.learn(some(visits, slice(3000)), y[:3000], ECONOMICS)
    reached = worth(visits.p[3000:], stops_of(policy, some(visits, slice(3000, None))))
    assert least < reached / best < 1.005


def test_best_possible_policy_is_exact_where_it_can_be_worked_out():
    # Two events; after the first p is .5 or .1, after the second 0 or 1.  By hand: at .5 acting
    # brings .5 * .2 * 10 - .5 * 2 = 0, waiting .5 * .15 * 10 = .75; at .1 acting brings
    # .9 * 2 - .1 * 2 = 1.6, waiting .9 * 1.5 = 1.35.
    economics = Economics(value=10, cost=0, giveaway=2, uplift=(0.2, 0.15))
    first = np.repeat([0.5, 0.1], 1000)
    second = np.concatenate([np.arange(1000) % 2, (np.arange(1000) % 10 == 0)]).astype(float)
    truth = np.stack([first, second], axis=1)[..., None]
    stops = best_stops(truth, truth, economics)
    assert (stops[1000:] == 1).all()
    assert np.array_equal(stops[:1000], np.where(second[:1000] == 0, 2, 0))


class LooksAhead(Policy):
    """Looks at the caller's arrays."""

    title = "Looks ahead"

    def learn(self, visits, y, economics):
        return self

    def act(self, seen):
        import sys

        caller = sys._getframe(1).f_locals
        goes_on = caller["visits"].goes_on[caller["rows"]]
        return goes_on.sum(axis=1) == seen.event


def test_planted_look_ahead_is_caught():
    with pytest.raises(ModelError, match="answer by event 1 is another where later events are"):
        policy_checks.check_sees_no_later_event(LooksAhead)


class Compares(LooksAhead):
    """Acts on the lower half of those asked about."""

    def act(self, seen):
        return seen.now < np.median(seen.now)


def test_answers_that_hang_on_company_are_caught():
    with pytest.raises(ModelError, match="a third of the visits"):
        policy_checks.check_each_visit_alone(Compares)
