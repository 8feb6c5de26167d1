"""An ensemble of models that are fitted on all cases; its rule learns from tested predictions.

A run has predicted each tested case by models that were fitted without it.  From these predictions
the rule learns how to combine; then each member that it asks is fitted on all cases [1]_.

References
----------
.. [1] van der Laan, Polley, Hubbard (2007), "Super learner", Statistical Applications in Genetics
   and Molecular Biology 6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..deploy.scorers import Blended, Combined
from ..ensembles.blending import blend, why_not
from ..ensembles.rules import RULES
from ..errors import RequestError
from ..judge.contestants import Contestant
from ..language.sentence import Text
from ..splits.fold import who
from ..store.records import TaskRecord
from ..task import Task
from .fit_on_all import Fitted

_NO_WEIGHT = 1e-6  # rounding leaves about so much of none
_BLEND = "blending"


@dataclass(frozen=True, eq=False)
class FittedEnsemble:
    """A fitted ensemble: its scorer, how each member was fitted, and their weights, by name."""

    scorer: Combined | Blended
    how: Mapping[str, Text]
    weights: Mapping[str, float]
    note: Text


def tested(record: TaskRecord) -> np.ndarray:
    """Give the case numbers of all tested predictions, fold by fold."""
    return np.concatenate([fold.test for fold in record.folds])


def predicted(contestant: Contestant) -> np.ndarray:
    """Give P(target = 1) of all tested cases, in the order of ``tested``."""
    return np.concatenate([fold.test for fold in contestant.folds])


def ensemble_on_all(
    ensemble: Contestant,
    members: list[Contestant],
    record: TaskRecord,
    task: Task,
    fit: Callable[[str], Fitted],
) -> FittedEnsemble:
    """Learn an ensemble's rule and fit the members that it asks.

    Parameters
    ----------
    ensemble : Contestant
    members : list of Contestant
        Those that take part.
    record : TaskRecord
        The task as it was judged.
    task : Task
        The same cases.
    fit : callable
        Fits a member on all cases, by its name.

    Raises
    ------
    RequestError
        If the tested cases are too few for a blend.
    """
    rows = tested(record)
    p = np.column_stack([predicted(member) for member in members])
    weight = record.weight_of(rows)
    y, group = record.target[rows], who(rows, record.group)
    names = [member.name for member in members]
    if ensemble.name.startswith(f"{_BLEND}_"):
        if why := why_not(y, group):
            raise RequestError(f"{ensemble.title} cannot be fitted on all cases: {why}.")
        learnt = blend(p, task.cases.features.iloc[rows], y, group, weight)
        fitted = {name: fit(name) for name in names}
        combined = Combined(
            tuple(fitted[name].scorer for name in names),
            tuple(range(len(names))),
            learnt.stacked,
            len(names),
        )
        return FittedEnsemble(
            Blended(combined, replace(learnt, out_of_sample=np.empty(0))),
            {name: one.how for name, one in fitted.items()},
            dict(zip(names, learnt.stacked.coefficients.tolist(), strict=True)),
            "",
        )
    # "stacking_all" is the rule "stacking", "boosted_stacking_all" another one.
    rule = max(
        (rule for rule in RULES if ensemble.name.startswith(f"{rule.name}_")),
        key=lambda rule: len(rule.name),
    )
    learnt = rule.learn(p, y, group, None if weight is None else weight / weight.mean())
    asked = [
        column
        for column, of_member in enumerate(learnt.weights)
        if of_member > _NO_WEIGHT or not rule.choosy
    ]
    fitted = {names[column]: fit(names[column]) for column in asked}
    return FittedEnsemble(
        Combined(
            tuple(one.scorer for one in fitted.values()),
            tuple(asked),
            learnt.predict,
            len(names),
        ),
        {name: one.how for name, one in fitted.items()},
        {names[column]: float(learnt.weights[column]) for column in asked},
        learnt.note,
    )
