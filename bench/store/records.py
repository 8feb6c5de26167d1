"""What a run left behind, as readers of it see it: tasks, models, cells and their predictions."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..data_checks.finding import Finding
from ..language.sentence import Sentence, Stated, Text
from ..model import Explanation
from ..splits.fold import Fold
from ..suite.act_or_wait import ActOrWait
from ..suite.curve import CurveRecord
from ..suite.decisions import Decisions
from ..task import Card
from .drivers import CellDrivers
from .predictions import Predictions
from .searches import SearchRecord, TrialCell
from .segments import CellSegments
from .transfer import TransferRecord


@dataclass(frozen=True)
class Canary:
    """What a model knew of a fold's test cases when it was taught outcomes by chance.

    It was taught twice, chance and its opposite.  ``auc_dealt`` is its ROC AUC against what was
    dealt out, of both times the one further from 0.5; ``auc_true`` the lower one against the true
    outcomes.  ``p_dealt``, the smaller of two, and ``p_true``, the larger, say how probable as
    extreme ones are by chance.
    """

    model: str
    fold: int
    auc_dealt: float
    p_dealt: float
    auc_true: float
    p_true: float


@dataclass(frozen=True)
class SliceColumn:
    """A column by whose values figures are told apart.

    ``asked`` says that the user named it; ``missing`` why it cannot be used, empty where it can.
    """

    name: str
    asked: bool
    missing: Text = ""


@dataclass(frozen=True, eq=False)
class TaskRecord:
    """A task as it was judged.

    ``group``, ``time``, ``known_at``, ``weight``, ``today`` and ``truth`` are as in ``Task``, group
    as int; ``truth`` is empty where it is not known; ``strangers`` is as in ``Resampling``.
    ``findings`` are what was found before any model ran; where these are copies, ``alike`` numbers
    the cases by what models see of them.  ``canaries`` are there where the run was asked for them.
    ``slice_values`` are those of ``slice_columns`` by case, numbers or texts with None.
    ``n_moments`` counts the events after which policies can act, 0 where there are none;
    ``truth_by_event``, shape (n_cases, n_moments), is what is truly known by then, NaN after a
    case's end.
    """

    name: str
    card: Card
    plan: Text
    n_features: int
    n_events: int
    has_events: bool
    fingerprint: str
    target: np.ndarray
    group: np.ndarray | None
    time: np.ndarray | None
    folds: tuple[Fold, ...]
    truth: Mapping[str, np.ndarray] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    known_at: np.ndarray | None = None
    alike: np.ndarray | None = None
    strangers: bool = False
    canaries: tuple[Canary, ...] = ()
    weight: np.ndarray | None = None
    today: np.ndarray | None = None
    slice_columns: tuple[SliceColumn, ...] = ()
    slice_values: Mapping[str, np.ndarray] = field(default_factory=dict)
    n_moments: int = 0
    truth_by_event: np.ndarray | None = None

    def weight_of(self, rows: np.ndarray) -> np.ndarray | None:
        """Give how many cases each of some stands for; None where all stand for themselves."""
        return None if self.weight is None else self.weight[rows]

    def rate_of(self, rows: np.ndarray) -> float:
        """Give the share of positive cases among some, by weight."""
        return float(np.average(self.target[rows], weights=self.weight_of(rows)))


@dataclass(frozen=True)
class ModelRecord:
    """A model as it took part; ``readable`` and ``deterministic`` are as in ``Model``."""

    name: str
    title: Stated
    family: str
    views: frozenset[str]
    summary: Stated
    params: Mapping[str, Any]
    readable: bool = False
    deterministic: bool = True


@dataclass(frozen=True)
class PolicyRecord:
    """A policy as it took part; its cells have its name."""

    name: str
    title: Stated
    summary: Stated


@dataclass(frozen=True)
class Costs:
    """What a fitted model takes to answer for a single case, and to be kept.

    Seconds are processor time of a call, at three quantiles; bytes are of the model, pickled.  NaN
    where one is not available; ``missing`` says why.
    """

    p50_seconds: float = math.nan
    p95_seconds: float = math.nan
    p99_seconds: float = math.nan
    stored_bytes: float = math.nan
    missing: tuple[Text, ...] = (Sentence("they were not measured"),)


@dataclass(frozen=True)
class CellRecord:
    """One cell: done with its costs, or failed with its reason.

    ``status`` is ``"done"``, ``"failed"`` (the model's code erred), ``"crashed"`` (its process
    died), ``"timed out"`` or ``"out of memory"``; ``message`` gives the reason in a sentence.
    ``fit_seconds`` and ``predict_seconds`` are processor time, of all threads and processes;
    ``wall_seconds`` is what both took by the clock, 0 where it was not noted.
    ``peak_bytes`` is the most resident memory that the cell added to its process.  A blend is a
    cell of a whole fold, with ``split`` -1 and the run's first seed; ``weights`` are those of its
    members.  ``sha256`` is that of its stored notes; ``n_valid`` and ``n_test`` count its
    predictions.  ``fitted_without_weights`` says that the task's cases have weights which the model
    cannot use.  ``kept`` names the columns that a selection kept.  ``segments`` are there of a
    model that finds some, in one cell of each task.  ``p_fit`` is what the model says of the fit
    cases that ``asked_of`` takes; none where it was not asked.
    """

    task: str
    model: str
    fold: int
    split: int
    seed: int
    key: str
    status: str
    message: Text = ""
    derived_view: bool = False
    fitted_without_weights: bool = False
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0
    wall_seconds: float = 0.0
    n_predicted: int = 0
    peak_bytes: int = 0
    warnings: tuple[str, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    costs: Costs = field(default_factory=Costs)
    drivers: CellDrivers = field(default_factory=CellDrivers)
    segments: CellSegments | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    sha256: str = ""
    n_valid: int = 0
    n_test: int = 0
    kept: tuple[str, ...] = ()
    p_fit: tuple[float, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the cell gave predictions."""
        return self.status == "done"


@dataclass(frozen=True, eq=False)
class RunRecord:
    """A stored run.

    ``most_ms_per_1000`` limits the members of some ensembles by the time that they take to predict
    1,000 cases.  ``points`` are the tasks that were made for ``curves``.
    ``blended`` names the member set that was blended with features, or is empty.
    ``predictions`` reads those of a done cell, checked against their digest.  ``stands`` says that
    the run was not made anew: nothing has changed since, and its report is whole.
    ``searches`` are what was tried for each model, task and fold.  ``policies`` act or wait, as
    ``act_or_wait`` says; their cells hold 1 / event, 0 for never.  ``scores`` is the title of the
    model whose probabilities they saw.  ``transfer`` says which entries learnt another task first.
    """

    run_id: str
    manifest: Mapping[str, Any]
    tasks: tuple[TaskRecord, ...]
    models: tuple[ModelRecord, ...]
    cells: tuple[CellRecord, ...]
    ensembles: Mapping[str, tuple[str, ...]]
    predictions: Callable[[CellRecord | TrialCell], Predictions] = field(repr=False)
    most_ms_per_1000: Mapping[str, float] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=Decisions)
    points: tuple[TaskRecord, ...] = ()
    curves: tuple[CurveRecord, ...] = ()
    blended: str = ""
    stands: bool = False
    searches: tuple[SearchRecord, ...] = ()
    policies: tuple[PolicyRecord, ...] = ()
    act_or_wait: ActOrWait | None = None
    scores: Stated = ""
    transfer: TransferRecord | None = None
