"""What a file of a model says of itself: the task, the columns, the decision, what was judged."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import DataError, StoreError
from ..language.sentence import Text, plain, unplain
from ..store.typed import typed, understood
from .columns import FeatureColumn
from .reference import Reference


@dataclass(frozen=True)
class TaskFacts:
    """The task and the cases that the model was fitted on.

    ``card`` is as in ``Card``; ``fingerprint`` that of the content; ``positive`` says what a
    positive case is; ``until`` when the latest case was, empty where there are no times.
    """

    name: str
    card: Mapping[str, Any]
    fingerprint: str
    n_cases: int
    base_rate: float
    positive: Text
    until: str = ""


@dataclass(frozen=True)
class PluginFacts:
    """A model that is none of the house: its name, its module, and the SHA-256 of its file."""

    name: str
    module: str
    sha256: str


@dataclass(frozen=True)
class ModelFacts:
    """What was fitted.

    ``kind`` is ``"model"`` or ``"ensemble"``; ``fitted`` says in a sentence on which cases and for
    how long.  ``plugin_sha256`` is that of the plugin's file where the model is none of the house;
    ``left_out`` names members that take no part, with the reason.
    """

    name: str
    title: Text
    kind: str
    views: tuple[str, ...]
    derived_view: bool
    fitted: Text
    seed: int
    params: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, float] = field(default_factory=dict)
    left_out: tuple[Text, ...] = ()
    plugins: tuple[PluginFacts, ...] = ()


@dataclass(frozen=True)
class EventFacts:
    """Marks of the event view, and the names behind the codes of categorical ones."""

    marks: tuple[str, ...]
    vocabulary: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Threshold:
    """A decision threshold, by the rule that chose it on cases the model was not fitted on."""

    rule: str
    title: Text
    threshold: float


@dataclass(frozen=True)
class JudgedFigure:
    """A judged figure with its 95 % interval."""

    metric: str
    title: Text
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Judged:
    """What a run found of the method; the file itself was not judged.

    The main figure comes first.  ``n_fitted`` is the most cases that one of its fits learnt from.
    """

    run: str
    suite: str
    figures: tuple[JudgedFigure, ...]
    split_fingerprints: tuple[str, ...]
    n_fitted: int


@dataclass(frozen=True)
class Manifest:
    """All of it.

    ``thresholds`` are those of each rule, ``decides_by`` names the one that ``predict`` uses;
    ``costs`` are what the suite says that decisions cost or bring.  ``reading`` says how a file of
    the user's own was read: the data set's name, its keywords and what it found out of each
    column; empty for other data.  ``notes`` are what the reader must know.  ``reference`` is what
    new cases are compared with; None in files of versions that kept none.
    """

    task: TaskFacts
    model: ModelFacts
    columns: tuple[FeatureColumn, ...]
    events: EventFacts | None
    thresholds: tuple[Threshold, ...]
    decides_by: str
    costs: Mapping[str, float]
    calibration: Text
    judged: Judged | None
    made_at: str
    made_with: Mapping[str, str]
    reading: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    reference: Reference | None = None

    @property
    def threshold(self) -> Threshold:
        """The threshold that ``predict`` uses."""
        return next(one for one in self.thresholds if one.rule == self.decides_by)


def to_json(manifest: Manifest) -> bytes:
    """Write it."""
    return json.dumps(plain(asdict(manifest)), indent=1, allow_nan=False).encode()


def from_json(content: bytes, path: Path) -> Manifest:
    """Read it; errors name ``path``.

    Raises
    ------
    DataError
        If it is not what this version writes.
    """
    try:
        with understood(path):
            manifest = typed(Manifest, json.loads(content, object_hook=unplain))
            assert manifest.threshold
            return manifest
    except (StoreError, StopIteration) as error:
        raise DataError(f"{error}  Use the version that wrote it, or train anew.") from None
