"""What a policy must do, said in its author's terms."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.special import expit

from ..act_or_wait.stepping import stops_of
from ..policy import Economics, Policy, Visits
from .subject import need

_ECONOMICS = Economics(value=40.0, cost=1.0, giveaway=20.0, uplift=(0.12, 0.12, 0.1, 0.08))
_N_VISITS, _N_EVENTS, _N_KINDS = 400, 6, 4
_SEED = 20_240_601


@lru_cache(maxsize=1)
def _toy() -> tuple[Visits, np.ndarray]:
    """Draw visits whose probabilities wander and whose outcomes follow the last of them."""
    rng = np.random.default_rng(_SEED)
    lengths = rng.integers(1, _N_EVENTS + 1, _N_VISITS)
    lengths[0] = _N_EVENTS
    ended = np.arange(_N_EVENTS) >= lengths[:, None]
    steps = rng.normal(0, 0.8, (_N_VISITS, _N_EVENTS))
    odds = np.cumsum(steps, axis=1) - 1.5
    p = np.where(ended, np.nan, expit(odds))
    last = p[np.arange(_N_VISITS), lengths - 1]
    y = (rng.random(_N_VISITS) < last).astype(np.int8)
    kind = np.where(ended, -1, rng.integers(0, _N_KINDS, p.shape))
    gap = np.where(ended, np.nan, rng.exponential(30.0, p.shape))
    return Visits(p, kind, gap), y


@lru_cache(maxsize=4)
def _shared(policy_class: type[Policy]) -> Policy:
    """Give one that has learnt, to the checks that only ask it."""
    return _learnt(policy_class)


def _learnt(policy_class: type[Policy], economics: Economics = _ECONOMICS) -> Policy:
    policy = policy_class()
    if "random_state" in policy.get_params():
        policy.set_params(random_state=1)
    visits, y = _toy()
    copied = Visits(visits.p.copy(), visits.kind.copy(), visits.gap.copy())
    return policy.learn(copied, y.copy(), economics)


def check_declares_itself(policy_class: type[Policy]) -> None:
    """The title is a text, and ``__init__`` has a default for every keyword and only stores it."""
    title = getattr(policy_class, "title", None)
    need(isinstance(title, str) and bool(title), f"title is {title!r}; write a short text.")
    policy = policy_class()
    stored = {name for name in vars(policy) if name not in policy.get_params()}
    need(not stored, f"__init__ sets {', '.join(sorted(stored))}, which is no keyword of it.")


def check_learns_and_acts(policy_class: type[Policy]) -> None:
    """``learn`` gives the policy itself, ``act`` a bool for each visit, and inputs stay as are."""
    policy = policy_class()
    visits, y = _toy()
    copied = Visits(visits.p.copy(), visits.kind.copy(), visits.gap.copy())
    given = y.copy()
    need(policy.learn(copied, given, _ECONOMICS) is policy, "learn must return self.")
    stops_of(policy, copied)
    same = all(
        np.array_equal(getattr(copied, name), getattr(visits, name), equal_nan=name != "kind")
        for name in ("p", "kind", "gap")
    )
    need(same and np.array_equal(given, y), "learn or act changed the arrays that it was given.")


def check_sees_no_later_event(policy_class: type[Policy]) -> None:
    """What happens after an event changes no answer up to it."""
    policy = _shared(policy_class)
    visits, _ = _toy()
    stops = stops_of(policy, visits)
    for event in range(1, _N_EVENTS):
        changed = stops_of(policy, _otherwise_after(visits, event))
        wrong = np.flatnonzero(np.where(stops > event, 0, stops)
                               != np.where(changed > event, 0, changed))  # fmt: skip
        need(
            not len(wrong),
            f"in visit {wrong[:1]} the answer by event {event} is another where later events are "
            "others: act must use nothing but what it is shown.",
        )


def _otherwise_after(visits: Visits, event: int) -> Visits:
    """Let visits go on otherwise after an event: reversed sides, other kinds, another end."""
    p, kind, gap = visits.p.copy(), visits.kind.copy(), visits.gap.copy()
    there = visits.goes_on[:, event - 1]
    rng = np.random.default_rng(event)
    lengths = rng.integers(event, _N_EVENTS + 1, len(p))
    later = (np.arange(_N_EVENTS) >= event) & there[:, None]
    on = later & (np.arange(_N_EVENTS) < lengths[:, None])
    p[later] = np.nan
    p[on] = 1 - rng.beta(1, 4, int(on.sum()))
    kind[later], gap[later] = -1, np.nan
    kind[on], gap[on] = _N_KINDS - 1, 1e4
    return replace(visits, p=p, kind=kind, gap=gap)


def check_each_visit_alone(policy_class: type[Policy]) -> None:
    """An answer does not hang on which other visits are asked about, or in which order."""
    policy = _shared(policy_class)
    visits, _ = _toy()
    rows = np.random.default_rng(_SEED).permutation(_N_VISITS)[: _N_VISITS // 3]
    some = Visits(visits.p[rows], visits.kind[rows], visits.gap[rows])
    need(
        np.array_equal(stops_of(policy, some), stops_of(policy, visits)[rows]),
        "asked about a third of the visits, it acts otherwise in some of them.",
    )


def check_same_seed_same_actions(policy_class: type[Policy]) -> None:
    """Learnt twice with the same ``random_state``, it acts the same."""
    visits, _ = _toy()
    first, second = stops_of(_shared(policy_class), visits), stops_of(_learnt(policy_class), visits)
    need(
        np.array_equal(first, second),
        "it acted otherwise when it had learnt once more; draw from random_state alone.",
    )


def check_unknown_events_are_answered(policy_class: type[Policy]) -> None:
    """Longer visits than it learnt from, and kinds that it never saw, are answered."""
    policy = _shared(policy_class)
    visits, _ = _toy()
    longer = Visits(
        *(np.concatenate([each, each[:, ::-1]], axis=1)[visits.goes_on[:, -1]] for each in
          (visits.p, visits.kind + 7, visits.gap))
    )  # fmt: skip
    stops_of(policy, longer)


def check_never_pays_for_nothing(policy_class: type[Policy]) -> None:
    """Where acting saves no sale and costs money, it acts in hardly any visit."""
    hopeless = Economics(value=40.0, cost=5.0, giveaway=20.0, uplift=(0.0,))
    acted = float((stops_of(_learnt(policy_class, hopeless), _toy()[0]) > 0).mean())
    need(
        acted <= 0.02,
        f"it acts in {acted:.0%} of the visits though acting only costs; learn reads economics.",
    )


CHECKS: tuple[Callable[[type[Policy]], None], ...] = (
    check_declares_itself,
    check_learns_and_acts,
    check_sees_no_later_event,
    check_each_visit_alone,
    check_same_seed_same_actions,
    check_unknown_events_are_answered,
    check_never_pays_for_nothing,
)


def run_check(policy_class: type[Policy], name: str) -> None:
    """Run one check by name.

    Raises
    ------
    ModelError
        What is wrong.  Errors of the policy's own code pass through.
    """
    next(check for check in CHECKS if check.__name__ == name)(policy_class)
