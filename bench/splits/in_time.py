"""Splits in time: tests come after training, and what was not yet known is purged."""

import numpy as np

from ..errors import RequestError
from ..task import Task
from .fold import Split
from .known import horizon_words, known_moments
from .parts import group_parts

# Among strangers a valid case must be of another group *and* later than every fit case; a third of
# each leaves four ninths to fit on and a ninth to watch.
_STRANGERS_SHARE = 1 / 3


def rolling_origin(
    task: Task, n_folds: int, strangers: bool, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give train and test cases of each fold: the last blocks of distinct times are tested.

    Among strangers the groups are dealt into two halves that take turns: each block tests one and
    is trained on the other, and the half that goes first is the one with which more cases are
    tested over all blocks - so at least half of the later cases are.

    Raises
    ------
    RequestError
        If there are too few distinct times.
    """
    times = np.unique(task.time)
    width = max(1, round(0.5 * len(times) / n_folds))
    first = len(times) - width * n_folds
    if first < 2:
        raise RequestError(
            f"task {task.name!r} has {len(times)} distinct times; a plan in time with "
            f"{n_folds} folds needs at least {n_folds + 2}.  Ask for fewer folds."
        )
    starts = times[first::width][:n_folds]
    block = np.searchsorted(starts, task.time, side="right") - 1
    tested = block >= 0
    held_back = _halves_in_turn(task, block, tested, seed) if strangers else None
    folds = []
    for fold, start in enumerate(starts):
        test = block == fold
        train = known_by(task, np.arange(len(task)), start)
        if held_back is not None:
            test &= held_back == fold % 2
            train = train[held_back[train] != fold % 2]
        folds.append((train, np.flatnonzero(test)))
    return folds


def one_cut(
    task: Task, moment: np.datetime64, strangers: bool, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give the train and test cases of one fold, tested from a moment on.

    Raises
    ------
    RequestError
        If the task has no times, or one side would lack an outcome.
    """
    if task.time is None:
        raise RequestError(
            f"task {task.name!r} has no times, so nothing can be tested after {moment}.  Name the "
            "column that holds the moment of each prediction (--time visited_at), or leave "
            "test_after out."
        )
    tested = task.time >= moment
    train = known_by(task, np.arange(len(task)), moment)
    if strangers:
        held_back = _halves_in_turn(task, np.zeros(len(task), dtype=int), tested, seed) == 0
        tested &= held_back
        train = train[~held_back[train]]
    test = np.flatnonzero(tested)
    for use, rows in (("train", train), ("test", test)):
        n_negative, n_positive = np.bincount(task.target[rows], minlength=2)
        if n_negative == 0 or n_positive == 0:
            raise RequestError(
                f"task {task.name!r}: test_after {moment} leaves {n_positive:,} positive and "
                f"{n_negative:,} negative cases to {use} on; both must occur.  Times run from "
                f"{task.time.min()} to {task.time.max()}, and outcomes are known "
                f"{horizon_words(task)}; choose another moment."
            )
    return [(train, test)]


def _halves_in_turn(task: Task, block: np.ndarray, tested: np.ndarray, seed: int) -> np.ndarray:
    """Deal the groups into two halves; that tested in even blocks is called 0."""
    half = group_parts(task.group, 2, seed)
    in_turn = int((half[tested] == block[tested] % 2).sum())
    return half if 2 * in_turn >= tested.sum() else 1 - half


def inner_in_time(
    task: Task, train: np.ndarray, n_splits: int, valid_share: float, strangers: bool, seed: int
) -> list[Split]:
    """Split a train part in time: valid cases come after the fit cases.

    Raises
    ------
    RequestError
        If the train part has too few distinct times.
    """
    times = np.unique(task.time[train])
    n_needed = 1 + (1 if strangers else n_splits)
    if len(times) < n_needed:
        raise RequestError(
            f"task {task.name!r}: a train part has {len(times)} distinct times with outcomes "
            f"that were known ({horizon_words(task)}) when its test cases begin; "
            f"{n_splits} inner splits need at least {n_needed}.  Ask for fewer folds "
            "or inner splits."
        )
    if strangers:
        n_watched = max(1, round(len(times) * _STRANGERS_SHARE))
        blocks = [times[-n_watched:]] * n_splits
        part = group_parts(task.group[train], max(n_splits, round(1 / _STRANGERS_SHARE)), seed)
    else:
        n_watched = max(n_splits, round(len(times) * valid_share))
        blocks = np.array_split(times[-n_watched:], n_splits)
        part = None
    splits = []
    for number, block in enumerate(blocks):
        watched = (task.time[train] >= block[0]) & (task.time[train] <= block[-1])
        fit = known_by(task, train, block[0])
        if part is not None:
            watched &= part == number
            fit = np.setdiff1d(fit, train[part == number])
        splits.append(Split(fit, train[watched]))
    return splits


def known_by(task: Task, rows: np.ndarray, moment: np.datetime64) -> np.ndarray:
    """Keep the cases whose outcome was decided before the moment (purging the others)."""
    early = (task.time[rows] < moment) & (known_moments(task)[rows] <= moment)
    return rows[early]
