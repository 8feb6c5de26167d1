"""Predictor: a file of a model as a scikit-learn classifier."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin

from ..cases import Cases
from ..errors import DataError, RequestError
from ..events import Events
from ..metrics.thresholds import decide
from ..model import two_columns
from ..one_case import asked_of_all
from ..plugins.loading import load
from ..plugins.registry import Registry
from .archive import read_archive, write_archive
from .columns import Columns, Counted, require_columns
from .manifest import Manifest, from_json, to_json
from .scorers import Scorer
from .stored_objects import from_bytes, to_bytes

_MANIFEST, _MODEL = "manifest.json", "model.skops"


class Predictor(ClassifierMixin, BaseEstimator):
    """A fitted model or ensemble, read from a file that ``intentbench train`` wrote.

    It is fitted: ``fit`` changes nothing, and a clone is the predictor itself.

    Parameters
    ----------
    manifest : Manifest
        What the file says of itself.
    scorer : Scorer
        What was fitted.

    Attributes
    ----------
    classes_ : ndarray of int
        0 (no) and 1 (yes).
    feature_names_in_ : ndarray of str
        The columns that ``predict_proba`` needs, in whatever order.
    n_features_in_ : int
    """

    def __init__(self, manifest: Manifest, scorer: Scorer):
        self.manifest = manifest
        self.scorer = scorer

    @classmethod
    def load(cls, path: str | Path, plugins: Sequence[str | Path] = ()) -> Self:
        """Read a file.

        Parameters
        ----------
        path : str or Path
        plugins : sequence of str or Path
            Files of models that are none of the house, as they were given to ``train``.  They are
            run; a file of a model runs nothing.

        Raises
        ------
        DataError
            If the file is not there, was changed, was written in another format, or holds anything
            that a file of a model may not.
        RequestError
            If the model is a plugin's, and the plugin is not given or is another.
        """
        path = Path(path)
        members = _members(path)
        manifest = from_json(members[_MANIFEST], path)
        modules = _load_plugins(manifest, path, [Path(file) for file in plugins])
        scorer = from_bytes(members[_MODEL], str(path), modules)
        if not hasattr(scorer, "score"):
            raise DataError(f"{path} holds no model, but {type(scorer).__name__}.")
        return cls(manifest, scorer)

    @staticmethod
    def manifest_of(path: str | Path) -> Manifest:
        """Read what a file says of itself, and nothing else.

        Raises
        ------
        DataError
            As ``load``.
        """
        return from_json(_members(Path(path))[_MANIFEST], Path(path))

    def save(self, path: str | Path) -> str:
        """Write the file, as a whole or not at all; gives its SHA-256.

        Raises
        ------
        ModelError
            If the model holds what cannot be saved.
        RequestError
            If the place cannot be written to.
        """
        modules = [plugin.module for plugin in self.manifest.model.plugins]
        content = to_bytes(self.scorer, modules)
        return write_archive(Path(path), {_MANIFEST: to_json(self.manifest), _MODEL: content})

    @property
    def columns(self) -> Columns:
        """The columns that the model reads."""
        return Columns(self.manifest.columns)

    @property
    def classes_(self) -> np.ndarray:
        """0 and 1."""
        return np.array([0, 1])

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the columns."""
        return np.array(self.columns.names, dtype=object)

    @property
    def n_features_in_(self) -> int:
        """Number of columns."""
        return len(self.manifest.columns)

    def fit(self, X: Any, y: Any = None) -> Self:
        """Change nothing: a file of a model is fitted."""
        return self

    def predict_proba(
        self,
        X: pd.DataFrame,
        events: Events | None = None,
        *,
        drop: Sequence[str] = (),
        counted: Counted | None = None,
    ) -> np.ndarray:
        """Give P(no) and P(yes) of each case.

        Parameters
        ----------
        X : DataFrame of n_cases rows
            The columns of ``feature_names_in_``, in any order.
        events : Events, optional
            Of the same cases; needed by a model that reads events of its own.
        drop : sequence of str
            Further columns that may be there; they are not read.
        counted : Counted, optional
            What is unusual about the cases is added to it.

        Returns
        -------
        ndarray of shape (n_cases, 2)

        Raises
        ------
        DataError
            If a column is missing, not known, or of another type than when the model was fitted.
        """
        cases = self._cases(X, events, drop, counted)
        if not len(cases):  # some libraries refuse to be asked for nothing
            return np.empty((0, 2))
        with asked_of_all(cases.features):
            return two_columns(self.scorer.score(cases))

    def predict(self, X: pd.DataFrame, events: Events | None = None) -> np.ndarray:
        """Decide 1 or 0 by the file's threshold, shape (n_cases,)."""
        p = self.predict_proba(X, events)[:, 1]
        return decide(p, self.manifest.threshold.threshold).astype(int)

    def _cases(
        self, X: Any, events: Events | None, drop: Sequence[str], counted: Counted | None
    ) -> Cases:
        if not isinstance(X, pd.DataFrame):
            raise DataError(
                f"expected a pandas DataFrame with the columns "
                f"{', '.join(map(repr, self.columns.names))}; found {type(X).__name__}."
            )
        require_columns(self.columns.names, list(X.columns), "the data", drop)
        features = self.columns.conform(X, "the data", counted)
        known = self.manifest.events
        if known is None:
            return Cases(features)
        if events is None:
            raise DataError(
                f"{self.manifest.model.title} reads the events of each case: give them with "
                "events=Events(...)."
            )
        return Cases(features, in_words_of(events, known.marks, known.vocabulary))

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_clone__(self) -> Self:
        return self

    def __repr__(self, N_CHAR_MAX: int = 700) -> str:
        return f"Predictor({self.manifest.model.title!r} of task {self.manifest.task.name!r})"


def _members(path: Path) -> dict[str, bytes]:
    members = read_archive(path)
    if members.keys() != {_MANIFEST, _MODEL}:
        raise DataError(
            f"{path} holds {', '.join(sorted(members))} instead of {_MANIFEST} and {_MODEL}.  "
            "Write it anew with `intentbench train`."
        )
    return members


def in_words_of(
    events: Events, marks: Sequence[str], vocabulary: "dict[str, tuple[str, ...]]"
) -> Events:
    """Give events with the codes of another vocabulary, whose last name stands for all others.

    Raises
    ------
    DataError
        If a mark is missing.
    """
    coded = {}
    for name in marks:
        if name not in events.marks:
            raise DataError(
                f"the events lack the mark {name!r}; they need {', '.join(map(repr, marks))}."
            )
        mark = events.marks[name]
        if name in vocabulary:
            code_of = {value: code for code, value in enumerate(vocabulary[name])}
            other = len(vocabulary[name]) - 1
            table = [code_of.get(value, other) for value in events.vocabulary[name]]
            mark = np.array(table, dtype=np.int32)[mark]
        coded[name] = mark
    return Events(events.offsets, coded, dict(vocabulary))


def _load_plugins(manifest: Manifest, path: Path, files: Sequence[Path]) -> list[str]:
    """Run the plugins that a file needs; gives the names of their modules."""
    if not manifest.model.plugins:
        return []
    registry = Registry("model", files)
    modules = []
    for needed in manifest.model.plugins:
        if needed.name not in registry.names():
            raise RequestError(
                f"{path} holds a model of the plugin {needed.name}.py, which is not part of "
                f"intentbench.  Give it: --plugin {needed.name}.py, or plugins=[...] in Python."
            )
        plugin = registry.find(needed.name)
        found = hashlib.sha256(plugin.path.read_bytes()).hexdigest()
        if found != needed.sha256:
            raise RequestError(
                f"{plugin.path} is not the plugin that the model was fitted with.\n"
                f"  expected SHA-256 {needed.sha256}\n  found {found}\n"
                "Bring back the former file, or train anew."
            )
        modules.append(load(plugin).__module__)
    return modules
