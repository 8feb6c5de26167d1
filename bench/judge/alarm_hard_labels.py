"""Alarm where a model answers with labels and calls them probabilities."""

import numpy as np

from ..language.sentence import Sentence
from .judgement import Entry, TaskJudgement

# Probabilities as near to 0 and 1 as that are no longer told from labels.
_LABEL = 1e-3


def hard_labels(judged: TaskJudgement) -> tuple[str, ...]:
    """Name the models whose answers to test cases are two labels.

    Returns
    -------
    tuple of str
        A sentence for each, which says what to do.
    """
    return tuple(
        Sentence(
            "{title} gives two different answers only, 0 and 1: labels rather than probabilities.  "
            "ROC AUC, log loss and thresholds judge probabilities; let it give those that its "
            "labels were cut from.",
            title=entry.title,
        )
        for entry in judged.models
        if _gives_labels(entry)
    )


def _gives_labels(entry: Entry) -> bool:
    if not entry.predictions:
        return False
    p = np.concatenate([fold.p for fold in entry.predictions])
    yes, no = p > 1 - _LABEL, p < _LABEL
    return bool(yes.any() and no.any() and (yes | no).all())
