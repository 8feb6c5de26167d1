"""Contestants: models and ensembles with out-of-sample predictions, before they are judged."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..metrics.metrics import METRICS
from ..model import Explanation
from ..store.records import Costs, TaskRecord
from .membership import Membership


@dataclass(frozen=True, eq=False)
class OutOfSample:
    """P(target = 1) of a fold's valid cases (``Fold.valid``) and of its test cases."""

    valid: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Member:
    """A model inside an ensemble; ``weight`` is the mean over folds."""

    name: str
    title: str
    weight: float


@dataclass(frozen=True, eq=False)
class Contestant:
    """A model or an ensemble before it is judged.

    Parameters
    ----------
    name, title, family : str
        Of the model; an ensemble's family is ``"ensemble"``.
    failures : tuple of str
        ``"fold 2: timed out after 120 s"`` for each failed cell.  With failures there are no
        predictions: a mean over the folds that happened to work would not be comparable.
    not_applicable : bool
        True of an ensemble that cannot be made of what there is: nothing went wrong, and
        ``failures`` say what is too few.
    folds : tuple of OutOfSample
        Its predictions, one item for each of the task's folds; none where it failed.
    refits : tuple of ndarray
        Where the task has one fold: what each of ``Fold.refits`` predicts of its test cases; none
        where this is not known.
    derived_view : bool
        True where the model read events that were derived from the table.
    fitted_without_weights : bool
        True where the cases have weights that the model cannot use.
    fit_seconds, predict_microseconds, peak_bytes : float
        Mean processor time to fit a fold, and to predict a case, largest memory; of an ensemble the
        sums over the members that it asks.
    clock_ratio : float
        Seconds by the clock for each of processor time, over all its cells; NaN of an ensemble.
    explanations : tuple of Explanation
        Of the first fold's first inner split.
    members : tuple of Member
        Of an ensemble, heaviest first.
    left_out : tuple of str
        Members that failed, with the reason.
    views : frozenset of str
        What it reads.
    readable : bool
        Whether a person can follow by hand how its answers come about; see ``Model``.
    deterministic : bool
        Whether the same seed gives the same model.
    costs : Costs
        Of the first fold's first inner split; of an ensemble the sums, as above.
    membership : Membership
        Of the same; an ensemble is not attacked.
    """

    name: str
    title: str
    family: str
    failures: tuple[str, ...]
    folds: tuple[OutOfSample, ...]
    refits: tuple[np.ndarray, ...] = ()
    not_applicable: bool = False
    derived_view: bool = False
    fitted_without_weights: bool = False
    fit_seconds: float = math.nan
    predict_microseconds: float = math.nan
    peak_bytes: float = math.nan
    clock_ratio: float = math.nan
    explanations: tuple[Explanation, ...] = ()
    members: tuple[Member, ...] = ()
    left_out: tuple[str, ...] = ()
    views: frozenset[str] = frozenset({"features", "events"})
    readable: bool = False
    deterministic: bool = True
    costs: Costs = field(default_factory=Costs)
    membership: Membership = field(default_factory=Membership)


def best_on_valid(models: Sequence[Contestant], task: TaskRecord, metric: str) -> Contestant:
    """Choose the best single model without looking at test cases: by its mean over folds.

    Where the metric is not defined on valid cases, the lowest log loss there decides.  All models
    given must have worked.
    """

    def mean(model: Contestant, name: str) -> float:
        of_folds = [
            METRICS[name](task.target[fold.valid], predicted.valid, task.weight_of(fold.valid))
            for fold, predicted in zip(task.folds, model.folds, strict=True)
        ]
        return float(np.mean(of_folds))

    merits = [mean(model, metric) for model in models]
    merits = [-math.inf if math.isnan(merit) else merit for merit in merits]
    best = [model for model, merit in zip(models, merits, strict=True) if merit == max(merits)]
    return best[0] if len(best) == 1 else min(best, key=lambda model: mean(model, "log_loss"))
