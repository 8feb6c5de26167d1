"""What another task, learnt first, brings or costs a network at each point of a learning curve."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..metrics.key import Key
from ..store.records import RunRecord, TaskRecord
from ..suite.curve import LEARNING, CurveRecord
from .contestants import Contestant
from .pairwise import gaps
from .refits import training_ratios
from .scoring import Scores
from .transfer_outcome import TransferOutcome


def transfers_of(
    run: RunRecord,
    curve: CurveRecord,
    tasks: Sequence[TaskRecord],
    models: Sequence[Sequence[Contestant]],
    scores: Scores,
    key: Key,
    row: np.ndarray,
) -> tuple[TransferOutcome, ...]:
    """Compare each network that learnt another task first with itself from scratch.

    Parameters
    ----------
    run : RunRecord
    curve : CurveRecord
    tasks : sequence of TaskRecord
        Of its points.
    models : sequence of sequence of Contestant
        Of each point, in one order.
    scores : Scores
        Of all points and models.
    key : Key
    row : ndarray of int, shape (n_points, n_models)
        Where each is in ``scores``.
    """
    if run.transfer is None or curve.kind != LEARNING:
        return ()
    names = [model.name for model in models[0]]
    pairs = [
        (names.index(entry), names.index(base))
        for entry, base in run.transfer.bases.items()
        if entry in names and base in names
    ]
    training = np.zeros((len(scores.by_fold[key]),) * 2)
    for point, task in enumerate(tasks):
        there = [m for m in sorted({m for pair in pairs for m in pair}) if models[point][m].folds]
        if there:
            rows = row[point, there]
            ratios = training_ratios(task, [models[point][m] for m in there])
            training[np.ix_(rows, rows)] = ratios
    asked = [(row[point, one], row[point, two]) for one, two in pairs for point in range(len(row))]
    found = gaps(tasks[-1], replace(scores, training=training), key, asked)
    return tuple(
        TransferOutcome(
            names[one],
            models[0][one].title,
            models[0][two].title,
            run.transfer.source,
            tuple(found[number * len(row) : (number + 1) * len(row)]),
        )
        for number, (one, two) in enumerate(pairs)
    )
