"""Figures of models whose cells are still being computed: nothing of them is a verdict."""

import math
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from ..bench.errors import StoreError
from ..bench.judge.judgement import MAIN_METRIC
from ..bench.language.speaking import _
from ..bench.metrics.metrics import METRICS
from ..bench.run.work import Work
from ..bench.splits.fold import Fold
from ..bench.store.records import CellRecord
from ..bench.store.store import Store


@dataclass(frozen=True)
class SoFar:
    """A model on a task: its mean figure over the folds that are done, and how many these are.

    The figure is NaN where it is not defined or no fold is done.
    """

    figure: float
    n_done: int
    n_folds: int
    failed: bool

    @property
    def text(self) -> str:
        """Write the figure, with the folds that it is of where these are not all."""
        if self.failed:
            return _("failed")
        if not self.n_done:
            return ""
        figure = _("none") if math.isnan(self.figure) else f"{self.figure:.3f}"
        whole = self.n_done == self.n_folds
        if whole:
            return figure
        return _("{figure} ({done} of {folds})").format(
            figure=figure, done=self.n_done, folds=self.n_folds
        )


def so_far() -> str:
    """Say what the figures are."""
    return _("{metric} so far: preliminary, of the folds that are done").format(
        metric=_(METRICS[MAIN_METRIC].title)
    )


class Preliminary:
    """Scores the test cases of each fold as soon as all cells of a model in it are done.

    Parameters
    ----------
    work : Work
        Its tasks alone: points of curves, blends and canaries are left out.
    store : Store
        Holds the predictions.
    """

    def __init__(self, work: Work, store: Store) -> None:
        self.work, self.store = work, store
        self.tasks = {task.name: task for task in work.tasks}
        self.titles = {plugin.name: described.title for plugin, described in work.models}
        self._cells: dict[tuple[str, str, int], list[np.ndarray]] = defaultdict(list)
        self._folds: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._failed: set[tuple[str, str]] = set()
        self._order: dict[str, None] = {}

    def add(self, record: CellRecord) -> None:
        """Take note of a cell that is done or failed."""
        if record.task not in self.tasks or record.model not in self.titles:
            return
        fold = next(of for of in self.work.plans[record.task] if of.number == record.fold)
        if record.split >= len(fold.splits):  # a half: nothing of it is judged
            return
        self._order[record.model] = None
        if not record.done:
            self._failed.add((record.task, record.model))
            return
        with suppress(StoreError):  # the run itself says what is wrong with a cell
            predicted = self.store.read_predictions(record.key, record.sha256)
            cells = self._cells[record.task, record.model, record.fold]
            cells.append(predicted.test)
            if len(cells) == len(fold.splits) * len(self.work.suite.seeds):
                self._score(record, fold, np.mean(cells, axis=0))

    def models(self) -> list[str]:
        """Name the models of which any cell is done or failed, in the order of their first."""
        return list(self._order)

    def of(self, task: str, model: str) -> SoFar:
        """Say how a model does on a task so far."""
        figures = self._folds[task, model]
        return SoFar(
            float(np.mean(figures)) if figures else np.nan,
            len(figures),
            len(self.work.plans[task]),
            (task, model) in self._failed,
        )

    def _score(self, record: CellRecord, fold: Fold, p: np.ndarray) -> None:
        task = self.tasks[record.task]
        weight = None if task.weight is None else task.weight[fold.test]
        figure = METRICS[MAIN_METRIC](task.target[fold.test], p, weight)
        self._folds[record.task, record.model].append(figure)
