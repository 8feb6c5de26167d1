"""Gains of entries over other entries that they are made of, all of a task together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..metrics.bootstrap import Answers
from ..metrics.key import Key
from ..store.records import TaskRecord
from .findings import Gap
from .judgement import MAIN_METRIC, Entry
from .pairwise import gaps
from .refits import training_ratios
from .scoring import Question, resample

_MAIN = Key(MAIN_METRIC)


def gains_over_base(
    task: TaskRecord,
    entries: Mapping[str, Entry],
    pairs: Sequence[tuple[str, str]],
    n_draws: int,
    seed: int,
) -> dict[str, Gap]:
    """Compare the first of each pair with the second in the main metric.

    Parameters
    ----------
    task : TaskRecord
    entries : mapping of str to Entry
        By name.
    pairs : sequence of (str, str)
        Names; where one of two failed there is no gain.
    n_draws, seed : int
        Of the bootstrap.
    """
    pairs = [pair for pair in pairs if all(one in entries and entries[one].scores for one in pair)]
    if not pairs:
        return {}
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    rows = [entries[name].contestant for name in names]
    answers = [[Answers(fold.test, {}) for fold in row.folds] for row in rows]
    (scores,) = resample(task, [Question(answers, [_MAIN])], n_draws, seed)
    scores = replace(scores, training=training_ratios(task, rows))
    places = [(names.index(first), names.index(second)) for first, second in pairs]
    judged = gaps(task, scores, _MAIN, places)
    return {first: gap for (first, _second), gap in zip(pairs, judged, strict=True)}
