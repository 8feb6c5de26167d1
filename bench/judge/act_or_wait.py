"""Act or wait: what policies' stored actions bring on test visits, by what the user states."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..act_or_wait.stepping import stops_from
from ..errors import StoreError
from ..language.sentence import Stated, Text
from ..metrics.bootstrap import Draws
from ..policy import Economics
from ..stats.intervals import percentile_interval
from ..store.records import CellRecord, PolicyRecord, RunRecord, TaskRecord
from ..suite.decisions import PER_CASES
from .score import Score
from .units import units

BEST_POSSIBLE = "policy:best_possible"
_UNKNOWN = Score(math.nan, math.nan, math.nan)
_QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class PolicyProfit:
    """A policy on one task; figures are per 1,000 visits.

    Parameters
    ----------
    name, title, summary : str
    profit : Score
        Over never acting, by the outcomes that came.
    behind : Score
        How much less than the most profitable policy it brings, visit by visit; not available of
        that itself, and of the best possible.
    regret : Score
        How much less than the best possible policy it brings in expectation, by the true
        probabilities; not available where these are not known.
    regret_share : float
        The same as a share of what the best possible policy brings; NaN where not known, or where
        that brings nothing.
    acted, given_away : Score
        Visits in which it acts, and those of them that would have ended in a sale anyway.
    when : tuple of float
        The events by which a tenth, half and nine tenths of these visits were acted upon; empty
        where it never acts.
    mean_event : float
        NaN where it never acts.
    why_not : str
        Why there are no figures; empty where there are.
    """

    name: str
    title: Stated
    summary: Stated
    profit: Score = _UNKNOWN
    behind: Score = _UNKNOWN
    regret: Score = _UNKNOWN
    regret_share: float = math.nan
    acted: Score = _UNKNOWN
    given_away: Score = _UNKNOWN
    when: tuple[float, ...] = ()
    mean_event: float = math.nan
    why_not: Text = ""


@dataclass(frozen=True, eq=False)
class Acting:
    """All policies on one task, the most profitable first, failed ones last.

    Parameters
    ----------
    policies : tuple of PolicyProfit
        The best possible one among them where the true probabilities are known.
    economics : Economics
        As stated by the user.
    scores : str
        The model whose probabilities the policies saw, as printed.
    n_moments : int
        Events after which one can act, in the longest visit.
    """

    policies: tuple[PolicyProfit, ...]
    economics: Economics
    scores: Stated
    n_moments: int


def acting_of(run: RunRecord, task: TaskRecord, n_draws: int, seed: int) -> Acting | None:
    """Say what the policies of a run bring on a task; None where nobody acts or waits.

    Intervals are percentile ones of one bootstrap over test visits (over groups where there are
    any), the same draws for all policies, so that differences are paired.

    Raises
    ------
    StoreError
        If stored actions are damaged, or are none.
    """
    if run.act_or_wait is None:
        return None
    economics = run.act_or_wait.economics
    found: list[tuple[PolicyRecord, list[_Played]]] = []
    failed = []
    for policy in run.policies:
        cells = [cell for cell in run.cells if (cell.task, cell.model) == (task.name, policy.name)]
        lost = next((cell for cell in cells if not cell.done), None)
        if lost is not None:
            failed.append(PolicyProfit(*_about(policy), why_not=lost.message or lost.status))
        elif cells:
            found.append((policy, _played(run, task, cells)))
    tallies = [_tally(task, played, economics) for _policy, played in found]
    drawn = _drawn(task, tallies, n_draws, seed) if tallies else np.zeros((0, _N, 1))
    names = [policy.name for policy, _ in found]
    made = [_profit(policy, played, drawn, at, names) for at, (policy, played) in enumerate(found)]
    made.sort(key=lambda one: -one.profit.value)
    return Acting((*made, *failed), economics, run.scores, task.n_moments)


@dataclass(frozen=True, eq=False)
class _Played:
    """What a policy did in the test visits of a fold, in each of its cells there."""

    rows: np.ndarray
    stops: np.ndarray  # (n_cells, n_test)


def _about(policy: PolicyRecord) -> tuple[str, Stated, Stated]:
    return policy.name, policy.title, policy.summary


def _played(run: RunRecord, task: TaskRecord, cells: Sequence[CellRecord]) -> list[_Played]:
    played = []
    for fold in task.folds:
        stops = []
        for cell in cells:
            if cell.fold == fold.number:
                try:
                    stops.append(stops_from(run.predictions(cell).test, task.n_moments))
                except ValueError as error:
                    raise StoreError(f"cell {cell.key} of {cell.model}: {error}.") from error
        played.append(_Played(fold.test, np.array(stops)))
    return played


# What is counted of each visit: profit, the same in expectation, acting, acting in vain.
_N = 4


def _tally(task: TaskRecord, played: Sequence[_Played], economics: Economics) -> list[np.ndarray]:
    """Count per visit, in the mean over a fold's cells; by fold, shape (n_test, _N)."""
    tally = []
    for fold in played:
        y = task.target[fold.rows].astype(float)
        acts = fold.stops > 0
        event = np.maximum(fold.stops, 1)
        p = y
        if task.truth_by_event is not None:
            p = task.truth_by_event[fold.rows[None, :], event - 1]
        of_cells = [
            np.where(acts, economics.gain(y, event), 0.0),
            np.where(acts, economics.gain(p, event), 0.0),
            acts.astype(float),
            acts * y,
        ]
        tally.append(np.stack([each.mean(axis=0) for each in of_cells], axis=1))
    return tally


def _drawn(
    task: TaskRecord, tallies: Sequence[Sequence[np.ndarray]], n_draws: int, seed: int
) -> np.ndarray:
    """Give means over folds, as tested and then in each draw: (n_policies, _N, 1 + n_draws)."""
    unit = units(task)
    n_units = int(unit.max()) + 1
    sums, counts = [], []
    for number, fold in enumerate(task.folds):
        weight = task.weight_of(fold.test)
        weight = np.ones(len(fold.test)) if weight is None else weight
        of_fold = np.concatenate([tally[number] for tally in tallies], axis=1) * weight[:, None]
        at = unit[fold.test]
        sums.append(np.stack([np.bincount(at, column, n_units) for column in of_fold.T]))
        counts.append(np.bincount(at, weight, n_units))
    means = [_means(sums, counts, np.ones((n_units, 1)))]
    for _of_draws, weights in Draws(n_units, n_draws, seed).chunks():
        means.append(_means(sums, counts, weights.astype(float)))
    return PER_CASES * np.concatenate(means, axis=1).reshape(len(tallies), _N, -1)


def _means(
    sums: Sequence[np.ndarray], counts: Sequence[np.ndarray], weights: np.ndarray
) -> np.ndarray:
    of_folds = [
        total @ weights / np.maximum(count @ weights, 1e-12)
        for total, count in zip(sums, counts, strict=True)
    ]
    return np.mean(of_folds, axis=0)


def _profit(
    policy: PolicyRecord,
    played: Sequence[_Played],
    drawn: np.ndarray,
    at: int,
    names: Sequence[str],
) -> PolicyProfit:
    profit, expected, acted, in_vain = drawn[at]
    regret, share = _UNKNOWN, math.nan
    if BEST_POSSIBLE in names:
        best = drawn[names.index(BEST_POSSIBLE), 1]
        regret = _score(best - expected)
        share = regret.value / best[0] if best[0] > 0 else math.nan
    playing = [number for number, name in enumerate(names) if name != BEST_POSSIBLE]
    first = max(playing, key=lambda number: drawn[number, 0, 0], default=at)
    behind = _score(drawn[first, 0] - profit) if at in playing and at != first else _UNKNOWN
    stops = np.concatenate([fold.stops.ravel() for fold in played])
    stops = stops[stops > 0]
    return PolicyProfit(
        *_about(policy),
        profit=_score(profit),
        behind=behind,
        regret=regret,
        regret_share=share,
        acted=_score(acted),
        given_away=_score(in_vain),
        when=tuple(map(float, np.quantile(stops, _QUANTILES, method="inverted_cdf")))
        if len(stops)
        else (),
        mean_event=float(stops.mean()) if len(stops) else math.nan,
    )


def _score(values: np.ndarray) -> Score:
    value = float(values[0])
    return Score(value, *percentile_interval(value, values[1:]))
