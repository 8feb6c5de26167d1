"""The plan of splits: who is trained on, watched and tested on, before any model exists."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from sklearn.model_selection import (
    GroupShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
)

from ..errors import RequestError
from ..task import Task
from .fold import Fold, Split
from .known import horizon_words, known_moments

# With groups and time together a valid case must be of another group *and* later than every fit
# case; a third of each leaves four ninths to fit on and a ninth to watch.
_GROUPED_TEMPORAL_SHARE = 1 / 3
# Of a plan with one cut: the part of the groups that is tested, and not trained on.
_GROUPS_TESTED = 1 / 3


@dataclass(frozen=True)
class Resampling:
    """How to split any task honestly: in time if it has times, by group if it has groups.

    * neither: stratified k-fold; inner splits stratified.
    * groups: stratified k-fold over groups, inside too.
    * time: rolling origin.  Fold ``f`` is tested on the ``f``-th of the last blocks of distinct
      times and trained on cases whose outcome was known before that block begins (``known_at`` of
      each case, or ``time + horizon_days``); the inner split does the same inside the train part.
    * both: rolling origin, and each fold is tested on groups of its own that its train part does
      not hold.

    With ``test_after`` there is one fold instead: tested on the cases from that moment on, trained
    on those whose outcome was known by then.  Where there are groups, a third of them, drawn by
    chance, is tested and the others are trained on: so the test cases are of strangers, but not
    only of newcomers.

    Parameters
    ----------
    folds : int, default=5
        Outer folds.
    inner : int, default=1
        Inner splits of each train part; 1 is a hold-out.
    valid_share : float, default=0.2
        Of the train part (cases, groups, or distinct times), that a hold-out watches.
    repeats : int, default=1
        Times the whole plan is drawn anew.
    seed : int, default=0
        Of the shuffles.
    test_after : str, default=""
        A day or moment, as in "2024-06-01" or "2024-06-01 12:00"; with a zone it is turned into
        UTC.  Takes the place of ``folds``.
    """

    folds: int = 5
    inner: int = 1
    valid_share: float = 0.2
    repeats: int = 1
    seed: int = 0
    test_after: str = ""

    def plan(self, task: Task) -> tuple[Fold, ...]:
        """Plan the folds of a task.

        Returns
        -------
        tuple of Fold
            ``repeats * folds`` of them, numbered from 0.

        Raises
        ------
        RequestError
            If the task has too few cases, groups or times for the plan, or repeating it would
            change nothing.
        """
        if self.folds < 2 or self.inner < 1 or self.repeats < 1 or not 0 < self.valid_share < 1:
            raise RequestError(
                f"resampling needs folds >= 2, inner >= 1, repeats >= 1 and valid_share between "
                f"0 and 1; got folds={self.folds}, inner={self.inner}, repeats={self.repeats}, "
                f"valid_share={self.valid_share}."
            )
        if task.time is not None and task.group is None and self.repeats > 1:
            raise RequestError(
                f"task {task.name!r} is split in time, without chance: {self.repeats} repeats "
                "would all be the same.  Set repeats to 1."
            )
        if self.test_after:
            outer = self._one_cut
        else:
            outer = self._temporal if task.time is not None else self._shuffled
        folds = []
        for repeat in range(self.repeats):
            for train, test in outer(task, self.seed + repeat):
                number = len(folds)
                splits = tuple(self._inner(task, train, self.seed + 1000 * (number + 1)))
                folds.append(Fold(number, test, splits))
        for fold in folds:
            _require_both_outcomes(task, fold)
        return tuple(folds)

    def describe(self, task: Task) -> str:
        """Say in words how the task is split."""
        inner = "one hold-out" if self.inner == 1 else f"{self.inner} inner splits"
        repeats = "" if self.repeats == 1 else f", drawn {self.repeats} times"
        if self.test_after:
            strangers = "" if task.group is None else ", on a third of the groups not in train"
            how = (
                f"tested from {self._cut()} on{strangers}, trained on outcomes known by then "
                f"({horizon_words(task)})"
            )
        elif task.time is not None and task.group is not None:
            how = (
                f"rolling origin over time in {self.folds} folds, test groups never in train, "
                f"outcomes known {horizon_words(task)}"
            )
        elif task.time is not None:
            how = (
                f"rolling origin over time in {self.folds} folds, "
                f"outcomes known {horizon_words(task)}"
            )
        elif task.group is not None:
            how = f"{self.folds} stratified folds over groups"
        else:
            how = f"{self.folds} stratified folds"
        return f"{how}; {inner} in each train part; seed {self.seed}{repeats}"

    def _cut(self) -> np.datetime64:
        try:
            moment = datetime.fromisoformat(self.test_after.strip())
        except ValueError as error:
            raise RequestError(
                f"test_after {self.test_after!r} is no moment: {error}.  Write it as 2024-06-01 or "
                "2024-06-01 12:00."
            ) from None
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return np.datetime64(moment, "s")

    def _one_cut(self, task: Task, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
        cut = self._cut()
        if task.time is None:
            raise RequestError(
                f"task {task.name!r} has no times, so nothing can be tested after {cut}.  Name the "
                "column that holds the moment of each prediction (--time visited_at), or leave "
                "test_after out."
            )
        tested = task.time >= cut
        train = _known_by(task, np.arange(len(task)), cut)
        if task.group is not None:
            held_back = _group_parts(task.group, round(1 / _GROUPS_TESTED), seed) == 0
            tested &= held_back
            train = train[~held_back[train]]
        test = np.flatnonzero(tested)
        for use, rows in (("train", train), ("test", test)):
            n_negative, n_positive = np.bincount(task.target[rows], minlength=2)
            if n_negative == 0 or n_positive == 0:
                raise RequestError(
                    f"task {task.name!r}: test_after {cut} leaves {n_positive:,} positive and "
                    f"{n_negative:,} negative cases to {use} on; both must occur.  Times run from "
                    f"{task.time.min()} to {task.time.max()}, and outcomes are known "
                    f"{horizon_words(task)}; choose another moment."
                )
        return [(train, test)]

    def _shuffled(self, task: Task, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
        rows = np.arange(len(task))
        self._require_enough(task, rows, self.folds)
        if task.group is None:
            folds = StratifiedKFold(self.folds, shuffle=True, random_state=seed)
            return list(folds.split(rows, task.target))
        folds = StratifiedGroupKFold(self.folds, shuffle=True, random_state=seed)
        return list(folds.split(rows, task.target, task.group))

    def _temporal(self, task: Task, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
        times = np.unique(task.time)
        width = max(1, round(0.5 * len(times) / self.folds))
        first = len(times) - width * self.folds
        if first < 2:
            raise RequestError(
                f"task {task.name!r} has {len(times)} distinct times; a plan in time with "
                f"{self.folds} folds needs at least {self.folds + 2}.  Ask for fewer folds."
            )
        part = None if task.group is None else _group_parts(task.group, self.folds, seed)
        folds = []
        for fold in range(self.folds):
            start = times[first + width * fold]
            end = times[min(first + width * (fold + 1), len(times)) - 1]
            tested = (task.time >= start) & (task.time <= end)
            train = _known_by(task, np.arange(len(task)), start)
            if part is not None:
                tested &= part == fold
                train = train[part[train] != fold]
            folds.append((train, np.flatnonzero(tested)))
        return folds

    def _inner(self, task: Task, train: np.ndarray, seed: int) -> list[Split]:
        if task.time is not None:
            return self._inner_temporal(task, train, seed)
        y = task.target[train]
        group = None if task.group is None else task.group[train]
        self._require_enough(task, train, max(2, self.inner))
        if self.inner > 1:
            kind = StratifiedKFold if group is None else StratifiedGroupKFold
            pairs = kind(self.inner, shuffle=True, random_state=seed).split(train, y, group)
        else:
            self._require_a_hold_out(task, train)
            kind = StratifiedShuffleSplit if group is None else GroupShuffleSplit
            pairs = kind(1, test_size=self.valid_share, random_state=seed).split(train, y, group)
        return [Split(train[np.sort(fit)], train[np.sort(valid)]) for fit, valid in pairs]

    def _inner_temporal(self, task: Task, train: np.ndarray, seed: int) -> list[Split]:
        times = np.unique(task.time[train])
        n_needed = 1 + (self.inner if task.group is None else 1)
        if len(times) < n_needed:
            raise RequestError(
                f"task {task.name!r}: a train part has {len(times)} distinct times with outcomes "
                f"that were known ({horizon_words(task)}) when its test cases begin; "
                f"{self.inner} inner splits need at least {n_needed}.  Ask for fewer folds "
                "or inner splits."
            )
        if task.group is None:
            n_watched = max(self.inner, round(len(times) * self.valid_share))
            blocks = np.array_split(times[-n_watched:], self.inner)
            n_parts, part = 1, np.zeros(len(train), dtype=int)
        else:
            n_watched = max(1, round(len(times) * _GROUPED_TEMPORAL_SHARE))
            blocks = [times[-n_watched:]] * self.inner
            n_parts = max(self.inner, round(1 / _GROUPED_TEMPORAL_SHARE))
            part = _group_parts(task.group[train], n_parts, seed)
        splits = []
        for number, block in enumerate(blocks):
            watched = (task.time[train] >= block[0]) & (task.time[train] <= block[-1])
            fit = _known_by(task, train, block[0])
            if n_parts > 1:
                watched &= part == number
                fit = np.setdiff1d(fit, train[part == number])
            splits.append(Split(fit, train[watched]))
        return splits

    def _require_enough(self, task: Task, rows: np.ndarray, parts: int) -> None:
        least = int(np.bincount(task.target[rows], minlength=2).min())
        if least < parts:
            raise RequestError(
                f"task {task.name!r} has {least} cases of its rarer outcome; {parts} parts need "
                f"at least {parts}.  Ask for fewer folds."
            )
        n_groups = parts if task.group is None else len(np.unique(task.group[rows]))
        if n_groups < parts:
            raise RequestError(
                f"task {task.name!r} has {n_groups} groups; {parts} parts need at least {parts}.  "
                "Ask for fewer folds."
            )

    def _require_a_hold_out(self, task: Task, train: np.ndarray) -> None:
        if task.group is None:
            what, n, least = "cases", len(train), 2  # one of each outcome
        else:
            what, n, least = "groups", len(np.unique(task.group[train])), 1
        n_watched = math.ceil(self.valid_share * n)
        if not least <= n_watched <= n - least:
            raise RequestError(
                f"task {task.name!r}: of the {n} {what} in a train part, valid_share="
                f"{self.valid_share:g} watches {n_watched}; each side needs at least {least}.  "
                "Ask for another share, or for fewer folds."
            )


def _group_parts(group: np.ndarray, n_parts: int, seed: int) -> np.ndarray:
    """Deal the groups out at random; gives each case the number of its group's part."""
    names, code = np.unique(group, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(names)) % n_parts
    return dealt[code]


def _known_by(task: Task, rows: np.ndarray, moment: np.datetime64) -> np.ndarray:
    """Keep the cases whose outcome was decided before the moment (purging the others)."""
    early = (task.time[rows] < moment) & (known_moments(task)[rows] <= moment)
    return rows[early]


def _require_both_outcomes(task: Task, fold: Fold) -> None:
    for split in fold.splits:
        if len(np.unique(task.target[split.fit])) < 2:
            raise RequestError(
                f"task {task.name!r}, fold {fold.number}: the {len(split.fit)} fit cases do not "
                "hold both outcomes.  Ask for fewer folds, or give more data."
            )
        if len(split.valid) == 0 or len(fold.test) == 0:
            raise RequestError(
                f"task {task.name!r}, fold {fold.number} has {len(split.valid)} valid and "
                f"{len(fold.test)} test cases.  Ask for fewer folds."
            )
