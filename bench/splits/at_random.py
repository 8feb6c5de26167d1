"""Splits by chance: stratified, and by group where a task has groups."""

import math

import numpy as np
from sklearn.model_selection import (
    GroupShuffleSplit,
    StratifiedGroupKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
)

from ..errors import RequestError
from ..task import Task
from .fold import Split


def shuffled(task: Task, n_folds: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Give train and test cases of each fold of a stratified k-fold, over groups if there are any.

    Raises
    ------
    RequestError
        If there are too few cases of the rarer outcome, or too few groups.
    """
    rows = np.arange(len(task))
    _require_enough(task, rows, n_folds)
    if task.group is None:
        folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
        return list(folds.split(rows, task.target))
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    return list(folds.split(rows, task.target, task.group))


def inner_shuffled(
    task: Task, train: np.ndarray, n_splits: int, valid_share: float, seed: int
) -> list[Split]:
    """Split a train part as the whole was split: a hold-out, or a k-fold.

    Raises
    ------
    RequestError
        If a side would be too small.
    """
    y = task.target[train]
    group = None if task.group is None else task.group[train]
    _require_enough(task, train, max(2, n_splits))
    if n_splits > 1:
        kind = StratifiedKFold if group is None else StratifiedGroupKFold
        pairs = kind(n_splits, shuffle=True, random_state=seed).split(train, y, group)
    else:
        _require_a_hold_out(task, train, valid_share)
        kind = StratifiedShuffleSplit if group is None else GroupShuffleSplit
        pairs = kind(1, test_size=valid_share, random_state=seed).split(train, y, group)
    return [Split(train[np.sort(fit)], train[np.sort(valid)]) for fit, valid in pairs]


def _require_enough(task: Task, rows: np.ndarray, parts: int) -> None:
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


def _require_a_hold_out(task: Task, train: np.ndarray, valid_share: float) -> None:
    if task.group is None:
        what, n, least = "cases", len(train), 2  # one of each outcome
    else:
        what, n, least = "groups", len(np.unique(task.group[train])), 1
    n_watched = math.ceil(valid_share * n)
    if not least <= n_watched <= n - least:
        raise RequestError(
            f"task {task.name!r}: of the {n} {what} in a train part, valid_share="
            f"{valid_share:g} watches {n_watched}; each side needs at least {least}.  "
            "Ask for another share, or for fewer folds."
        )
