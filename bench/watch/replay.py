"""Replay: what watching would have said of a run's model in the months that tested it.

Nothing is fitted: a fold's model is watched through its own tested cases, period by period, from
the predictions that the run has stored.  It is compared with what it was fitted on and with its
predictions of valid cases, as a file would be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..deploy.columns import Columns
from ..deploy.manifest import Manifest, ModelFacts, TaskFacts, Threshold
from ..deploy.reference import ScoresAndOutcomes, log_loss_of, reference_of
from ..errors import RequestError
from ..judge.contestants import Contestant
from ..metrics.metrics import METRICS
from ..splits.fold import Fold
from ..splits.known import known_moments
from ..suite.decisions import Decisions, choose
from ..task import Task
from .estimated import Estimated
from .history import Roles
from .labels import Labels
from .new_cases import Coding, NewCases
from .recalibration import KEEP, choose_map, why_too_few
from .take_look import Seen, begin, take_look

_DECIDING = "chosen"
# So few periods show no course; finer ones are taken then.
_LEAST_PERIODS = 4
_MONDAY = 3  # 1970 began on a Thursday


@dataclass(frozen=True, eq=False)
class Period:
    """A period as it went.

    ``rate``, ``auc`` and ``log_loss`` are of all its cases, whether or not their outcomes were
    known by then; ``recalibrated`` is the log loss by a map learnt on the labels known when it
    began, the same where they taught none.  ``labels_found`` is the first look, if any, at which
    labels had found something by its end.
    """

    name: str
    n_cases: int
    n_labels: int
    rate: float
    auc: float
    log_loss: float
    recalibrated: float
    expected_auc: float
    expected_log_loss: float
    stability_index: float
    seen: Seen

    @property
    def drift_found(self) -> bool:
        """Whether columns or scores were found to have moved."""
        return bool(self.seen.drift.found)

    @property
    def labels_found(self) -> bool:
        """Whether labels have found something by now."""
        known = self.seen.labelled
        return known is not None and any(
            claim.found_at is not None for claim in (known.calibration, known.loss)
        )


@dataclass(frozen=True, eq=False)
class Life:
    """A fold's model through its tested cases.

    ``valid_auc`` and ``valid_log_loss`` are those of valid cases, which it was compared with.
    """

    fold: int
    until: str
    n_fitted: int
    valid_auc: float
    valid_log_loss: float
    periods: tuple[Period, ...]


def replay(
    task: Task,
    folds: Sequence[Fold],
    contestant: Contestant,
    decisions: Decisions,
    delay: np.timedelta64 | None = None,
) -> tuple[Life, ...]:
    """Watch each fold's model through the cases that tested it.

    Parameters
    ----------
    task : Task
        With times.
    folds : sequence of Fold
        As they were judged.
    contestant : Contestant
        One that worked.
    decisions : Decisions
    delay : timedelta64, optional
        How long after its time an outcome is known; by default when the task says.

    Raises
    ------
    RequestError
        If the task has no times.
    """
    if task.time is None:
        raise RequestError(
            f"task {task.name!r} has no times, so nobody can say which of its cases came later.  "
            "Name their column: --time, when the run is made."
        )
    time = task.time.astype("datetime64[s]")
    known_at = known_moments(task) if delay is None else time + delay
    return tuple(
        _life(task, fold, predicted.valid, predicted.test, known_at, decisions)
        for fold, predicted in zip(folds, contestant.folds, strict=True)
    )


def _life(
    task: Task,
    fold: Fold,
    of_valid: np.ndarray,
    of_test: np.ndarray,
    known_at: np.ndarray,
    decisions: Decisions,
) -> Life:
    time, y = task.time.astype("datetime64[s]"), task.target
    train = np.unique(np.concatenate([np.concatenate([s.fit, s.valid]) for s in fold.splits]))
    manifest = _manifest(task, fold, train, of_valid, decisions)
    p = np.full(len(task), np.nan)
    p[fold.test] = of_test
    history = begin("", Roles(id="case", group="" if task.group is None else "group"))
    given = np.zeros(len(task), dtype=bool)
    periods = []
    names = _periods(time[fold.test])
    for name in dict.fromkeys(sorted(names)):
        rows = fold.test[names == name]
        rows = rows[np.argsort(time[rows], kind="stable")]
        before = fold.test[given[fold.test]]
        recalibrated = _recalibrated(p, y, before, rows, task.group)
        watched = np.isin(np.arange(len(task)), fold.test) & (time <= time[rows].max())
        new_labels = np.flatnonzero(watched & ~given & (known_at <= time[rows].max()))
        given[new_labels] = True
        labels = Labels("labels", new_labels.astype(str).astype(object), y[new_labels])
        seen = take_look(
            manifest, history, _new(task, rows, p, manifest, name),
            labels if len(new_labels) else None,
        )  # fmt: skip
        history = seen.history
        periods.append(_period(name, rows, y, p, recalibrated, seen))
    valid = y[fold.valid]
    return Life(
        fold.number,
        str(time[train].max().astype("datetime64[D]")),
        len(train),
        METRICS["roc_auc"](valid, of_valid, None),
        float(log_loss_of(valid, of_valid).mean()),
        tuple(periods),
    )


def _manifest(
    task: Task, fold: Fold, train: np.ndarray, of_valid: np.ndarray, decisions: Decisions
) -> Manifest:
    """Say of the fold's model what its file would have said of itself."""
    features = task.cases.features.iloc[train]
    group, weight = (
        None if of is None else of[fold.valid] for of in (task.group, task.weight)
    )  # fmt: skip
    rules = decisions.rules()
    chosen = choose(rules, task.target[fold.valid], of_valid, weight)
    reference = reference_of(
        features.reset_index(drop=True),
        None if task.group is None else task.group[train],
        None if task.weight is None else task.weight[train],
        ScoresAndOutcomes(task.target[fold.valid], of_valid, group, weight),
        chosen[_DECIDING],
    )
    return Manifest(
        TaskFacts(task.name, {}, "", len(train), task.base_rate, ""),
        ModelFacts("", "", "model", (), False, "", 0),
        Columns.of(features).columns,
        None,
        tuple(Threshold(rule.name, rule.title, chosen[rule.name]) for rule in rules),
        _DECIDING,
        {
            name: float(value)
            for name, value in vars(decisions).items()
            if isinstance(value, (int, float))
        },
        "",
        None,
        "",
        {},
        {"table": task.reading} if task.reading else {},
        reference=reference,
    )


def _new(task: Task, rows: np.ndarray, p: np.ndarray, manifest: Manifest, name: str) -> NewCases:
    coding = Coding(manifest.reference, manifest.columns)
    coding.add(task.cases.features.iloc[rows].reset_index(drop=True), p[rows])
    return NewCases(
        name,
        "",
        p[rows],
        coding.codes(),
        coding.unseen(),
        rows.astype(str).astype(object),
        None if task.group is None else task.group[rows].astype(str).astype(object),
        task.time[rows].astype("datetime64[s]"),
    )


def _recalibrated(
    p: np.ndarray, y: np.ndarray, before: np.ndarray, rows: np.ndarray, group: np.ndarray | None
) -> np.ndarray:
    """Give the period's probabilities by the map that the labels known by then teach."""
    if why_too_few(y[before]):
        return p[rows]
    of_group = None
    if group is not None:
        of_group = np.unique(group[before], return_inverse=True)[1]
    found = choose_map(p[before], y[before], of_group)
    return p[rows] if found.chosen == KEEP else found.calibrate(p[rows])


def _period(
    name: str, rows: np.ndarray, y: np.ndarray, p: np.ndarray, recalibrated: np.ndarray, seen: Seen
) -> Period:
    def expected(title: str) -> Estimated:
        return next(each for each in seen.estimated if each.title == title)

    return Period(
        name,
        len(rows),
        seen.look.n_labels,
        float(y[rows].mean()),
        METRICS["roc_auc"](y[rows], p[rows], None),
        float(log_loss_of(y[rows], p[rows]).mean()),
        float(log_loss_of(y[rows], recalibrated).mean()),
        expected("ROC AUC").value,
        expected("Log loss").value,
        seen.drift.stability_index,
        seen,
    )


def _periods(time: np.ndarray) -> np.ndarray:
    """Name the period of each moment: its month, its week's Monday, or its day."""
    months = time.astype("datetime64[M]")
    if len(np.unique(months)) >= _LEAST_PERIODS:
        return months.astype(str)
    days = time.astype("datetime64[D]")
    number = days.astype(np.int64)
    mondays = (number - (number + _MONDAY) % 7).astype("datetime64[D]")
    if len(np.unique(mondays)) >= _LEAST_PERIODS:
        return mondays.astype(str)
    return days.astype(str)
