"""Comparing two runs: pairs what rests on the same cases and splits, and refuses the rest."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from ..errors import RequestError
from ..language.sentence import AFTER_A_SEMICOLON, Sentence, joined
from ..language.speaking import marked
from ..metrics.key import Key, keys_of
from ..store.records import RunRecord, TaskRecord
from ..store.run_reader import path_of_run, read_run
from ..store.store import Store
from .contestants import Contestant
from .ensembling import ensembles_of
from .figure_intervals import with_intervals
from .findings import FoldPredictions, Gap
from .pairwise import gaps
from .refits import training_ratios
from .score import Score
from .scoring import Scores, fold_predictions, score
from .stored_models import models_of
from .two_runs import Change, TaskChanges, TwoRuns

_SHOWN_DIGITS = 16


def find_run(store: Store, name: str) -> tuple[RunRecord, Path]:
    """Read a run by its id, by ``latest``, or from its folder in any results folder.

    Returns
    -------
    RunRecord, Path
        The run and its folder.

    Raises
    ------
    StoreError
        If there is no such run, or its files are damaged.
    """
    folder = Path(name)
    is_id = folder.name == name and (store.runs / name).is_dir()
    if not is_id and (folder / "manifest.json").is_file():
        # Its cells lie in the results folder that it came from.
        folder = folder.resolve()
        store, name = Store(folder.parent.parent), folder.name
    run = read_run(store, name)
    return run, path_of_run(store, run.run_id)


def compare_runs(
    before: RunRecord, after: RunRecord, *, draws: int = 2000, seed: int = 0
) -> TwoRuns:
    """Compare the models and ensembles that two runs share, case by case.

    Both are scored on the same test cases, in the same bootstrap draws, so that what makes a case
    or a fold easy cancels in the difference.

    Parameters
    ----------
    before, after : RunRecord
    draws : int, default=2000
        Bootstrap draws.
    seed : int, default=0
        Of the draws.

    Raises
    ------
    RequestError
        If the runs share no task, or a shared one has other cases or splits in each; says what
        differs.
    StoreError
        If stored predictions are damaged.
    """
    theirs = {task.name: task for task in before.tasks}
    ours = {task.name: task for task in after.tasks}
    shared = [name for name in ours if name in theirs]
    if not shared:
        raise RequestError(
            f"run {before.run_id} has the tasks {', '.join(theirs)}, run {after.run_id} has "
            f"{', '.join(ours)}: there is none to compare.  Runs are compared task by task."
        )
    wrong = [found for name in shared for found in _differences(theirs[name], ours[name])]
    if wrong:
        raise RequestError(
            f"runs {before.run_id} and {after.run_id} cannot be compared: {'; '.join(wrong)}.  "
            "Figures on other cases say nothing about each other.  Run both with the same data, "
            "resampling and seed."
        )
    with threadpool_limits(limits=1):
        tasks = tuple(
            _compare_task(before, after, theirs[name], ours[name], draws, seed) for name in shared
        )
    return TwoRuns(
        before,
        after,
        tasks,
        tuple(name for name in theirs if name not in ours),
        tuple(name for name in ours if name not in theirs),
    )


def _differences(before: TaskRecord, after: TaskRecord) -> list[str]:
    """Say what of a task's cases and splits is not the same in both runs, the root of it first."""
    name = after.name
    if len(before.target) != len(after.target):
        return [f"{name} has {len(before.target)} cases in the first, {len(after.target)} in the "
                "second"]  # fmt: skip
    n_other = int(np.count_nonzero(before.target != after.target))
    if n_other:
        return [f"{n_other} of {len(after.target)} targets of {name} differ"]
    for role in ("group", "time", "weight"):
        one, other = getattr(before, role), getattr(after, role)
        if (one is None) != (other is None) or (one is not None and not np.array_equal(one, other)):
            return [f"the {role}s of the cases of {name} differ"]
    if len(before.folds) != len(after.folds):
        return [f"{name} has {len(before.folds)} folds in the first ({before.plan}), "
                f"{len(after.folds)} in the second ({after.plan})"]  # fmt: skip
    for one, other in zip(before.folds, after.folds, strict=True):
        prints = [fold.fingerprint()[:_SHOWN_DIGITS] for fold in (one, other)]
        if one.number != other.number or prints[0] != prints[1]:
            tested = np.array_equal(one.test, other.test)
            what = "fit or valid cases" if tested else "test cases"
            return [f"fold {other.number} of {name} has other {what} in each (split fingerprints "
                    f"{prints[0]} and {prints[1]})"]  # fmt: skip
    return []


def _compare_task(
    run_before: RunRecord,
    run_after: RunRecord,
    before: TaskRecord,
    after: TaskRecord,
    draws: int,
    seed: int,
) -> TaskChanges:
    sides = []
    for run, task in ((run_before, before), (run_after, after)):
        models = models_of(run, task)
        sides.append({it.name: it for it in (*models, *ensembles_of(run, task, models))})
    theirs, ours = sides
    pairs = [(theirs[name], ours[name]) for name in ours if name in theirs]
    working = [pair for pair in pairs if all(side.folds for side in pair)]
    return TaskChanges(
        after,
        (
            *_changes(after, working, draws, seed),
            *(_failed(pair, run_before, run_after) for pair in pairs if pair not in working),
        ),
        tuple(it.title for name, it in theirs.items() if name not in ours),
        tuple(it.title for name, it in ours.items() if name not in theirs),
        _notes(before, after, working),
    )


def _changes(
    task: TaskRecord, pairs: Sequence[tuple[Contestant, Contestant]], draws: int, seed: int
) -> list[Change]:
    if not pairs:
        return []
    sides = [*(before for before, _ in pairs), *(after for _, after in pairs)]
    predictions = [fold_predictions(side, task) for side in sides]
    scores = replace(score(task, predictions, draws, seed), training=training_ratios(task, sides))
    figures = with_intervals(scores, task, predictions)
    n = len(pairs)
    # Models that answered the same are no comparison: they would only blur those that changed.
    other = [row for row in range(n) if not _same_answers(predictions[row], predictions[n + row])]
    keys = keys_of()
    found = {key: _gaps(task, scores, key, n, other) for key in keys}
    return [
        Change(
            after.name,
            after.title,
            after.family,
            figures[row],
            figures[n + row],
            {key: found[key][row] for key in keys},
        )
        for row, (_, after) in enumerate(pairs)
    ]


def _same_answers(before: Sequence[FoldPredictions], after: Sequence[FoldPredictions]) -> bool:
    return all(
        np.array_equal(one.p, other.p) and one.threshold == other.threshold
        for one, other in zip(before, after, strict=True)
    )


def _gaps(task: TaskRecord, scores: Scores, key: Key, n: int, rows: Sequence[int]) -> list[Gap]:
    """Compare n entries with their own later selves in a figure.

    Parameters
    ----------
    task : TaskRecord
    scores : Scores
        Of the entries before, and then of the same entries after.
    key : Key
    n : int
    rows : sequence of int
        Those of the entries that answer differently; all others differ by nothing.
    """
    # 0 where the figure is defined, NaN where it is not.
    nothing = scores.by_fold[key][:n].mean(axis=1) * 0.0
    found = [Gap(key.metric, Score(*(float(value),) * 3), 1.0, False) for value in nothing]
    compared = gaps(task, scores, key, [(n + row, row) for row in rows])
    for row, gap in zip(rows, compared, strict=True):
        found[row] = gap
    return found


_OF_FIRST, _OF_SECOND = marked("first run: {why}"), marked("second run: {why}")


def _failed(pair: tuple[Contestant, Contestant], before: RunRecord, after: RunRecord) -> Change:
    failures = tuple(
        Sentence(_OF_FIRST if run is before else _OF_SECOND, why=why)
        for run, side in zip((before, after), pair, strict=True)
        for why in side.failures
    )
    return Change(pair[1].name, pair[1].title, pair[1].family, {}, {}, {}, failures)


def _notes(
    before: TaskRecord, after: TaskRecord, pairs: Sequence[tuple[Contestant, Contestant]]
) -> tuple[str, ...]:
    notes = []
    if before.fingerprint != after.fingerprint:
        notes.append(
            Sentence(
                "the same cases, outcomes and splits, but other features or events: differences "
                "are of data and models together"
            )
        )
    regrouped = [
        new.title
        for old, new in pairs
        if {member.name for member in old.members} != {member.name for member in new.members}
    ]
    if regrouped:
        told = joined(AFTER_A_SEMICOLON, regrouped)
        notes.append(Sentence("other members in each run: {titles}", titles=told))
    return tuple(notes)
