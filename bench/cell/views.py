"""What models see of a split's cases: the views that they declared, and nothing else.

In the place of texts and vectors there are numbers, learnt on fit cases.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..cases import Cases
from ..embedding import Embedding
from ..encoding import ColumnTokens
from ..events import Events

if TYPE_CHECKING:
    from ..splits.fold import Split
    from ..task import Task
    from .transport import ShownTask


class Views:
    """The cases of one split as models see them; what is learnt for it is learnt once."""

    def __init__(self, task: "Task | ShownTask", split: "Split", test: np.ndarray) -> None:
        self._task = task
        self._rows = (split.fit, split.valid, test)
        self._derived: tuple[Events, ...] | None = None
        self._tokens: ColumnTokens | None = None
        self._embedding: Embedding | None = None
        self._embedded: list[pd.DataFrame] = []

    def parts(self, views: frozenset[str]) -> tuple[Cases, ...]:
        """Cut fit, valid and test cases, showing only the declared views.

        Every call cuts anew: a model that changes its input changes its own copy.
        """
        return tuple(
            show_only(Cases(cases.features, events), views)
            for cases, events in zip(*self._cut(views), strict=True)
        )

    def outcomes(self) -> tuple[np.ndarray, np.ndarray]:
        """Give the targets of the fit and the valid cases; nobody else's are given out."""
        fit, valid, _ = self._rows
        return self._task.target[fit].copy(), self._task.target[valid].copy()

    def weights(self) -> dict[str, np.ndarray]:
        """Give the weights of the fit and the valid cases as keywords of ``fit``; none without."""
        weight = self._task.weight
        if weight is None:
            return {}
        fit, valid, _ = self._rows
        return {"weight": weight[fit], "valid_weight": weight[valid]}

    def group_of_fit(self) -> np.ndarray | None:
        """Tell which fit cases are about the same person; None without groups."""
        group = self._task.group
        return None if group is None else group[self._rows[0]]

    def is_derived(self, views: frozenset[str]) -> bool:
        """Tell whether a model that reads these views gets derived events."""
        return "events" in views and not self._task.has_events

    def all_cases(self) -> Cases:
        """Give the cases of the whole task as the data set has them."""
        return self._task.cases

    def fit_cases(self) -> Cases:
        """Give the fit cases as the data set has them."""
        return self._task.cases.take(self._rows[0])

    def test_cases(self) -> Cases:
        """Give the test cases as the data set has them."""
        return self._task.cases.take(self._rows[2])

    def as_shown(self, cases: Cases, views: frozenset[str]) -> Cases:
        """Show any cases of the task's kind as a model sees them that declares these views."""
        derived = self.is_derived(views)
        if derived or self._reads_content(views):
            self._cut(views)
            cases = readied(cases, self._embedding, self._tokens if derived else None)
        return show_only(cases, views)

    def _reads_content(self, views: frozenset[str]) -> bool:
        """Tell whether a model that reads these views gets numbers of texts and vectors."""
        reads = "features" in views or self.is_derived(views)
        return reads and Embedding.is_needed(self._task.cases.features)

    def _cut(self, views: frozenset[str]) -> tuple[list[Cases], list[Events]]:
        cut = [self._task.cases.take(rows) for rows in self._rows]
        if self._reads_content(views):
            if self._embedding is None:
                self._embedding = Embedding().fit(cut[0].features)
                self._embedded = [self._embedding.transform(cases.features) for cases in cut]
            cut = [
                Cases(features.copy(), cases.events)
                for features, cases in zip(self._embedded, cut, strict=True)
            ]
        if not self.is_derived(views):
            return cut, [cases.events for cases in cut]
        if self._derived is None:
            self._tokens = ColumnTokens().fit(cut[0].features)
            self._derived = tuple(self._tokens.transform(cases.features) for cases in cut)
            for events in self._derived:
                for mark in (events.offsets, *events.marks.values()):
                    mark.setflags(write=False)  # shared by the models that come after
        return cut, list(self._derived)


def readied(cases: Cases, embedding: Embedding | None, tokens: ColumnTokens | None) -> Cases:
    """Put numbers in the place of texts and vectors, and derive events, where models need them."""
    if embedding is not None:
        cases = Cases(embedding.transform(cases.features), cases.events)
    if tokens is not None:
        cases = cases.with_events(tokens.transform(cases.features))
    return cases


def show_only(cases: Cases, views: frozenset[str]) -> Cases:
    """Hide the views that a model did not declare."""
    if "features" in views and ("events" in views or not cases.events.n_events):
        return cases  # there is nothing to hide, and nothing to check again
    features = cases.features if "features" in views else cases.features.iloc[:, :0]
    events = cases.events if "events" in views else Events.none(len(cases))
    return Cases(features, events)
