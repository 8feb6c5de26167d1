"""A model that gives labels is named; one that is sure, or gives one answer, is not."""

from types import SimpleNamespace

import numpy as np
import pytest
from intentbench.bench.judge.alarm_hard_labels import hard_labels

ANSWERS = {
    "labels": ([[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]], True),
    "labels, clipped": ([[1e-6, 1 - 1e-6], [1e-6, 1e-6]], True),
    "a stump": ([[0.2, 0.7, 0.7], [0.2, 0.2, 0.7]], False),
    "sure of most": ([[0.0, 1.0, 0.4], [0.0, 0.0, 1.0]], False),
    "always no": ([[0.0, 0.0], [0.0, 0.0]], False),
    "failed": ([], False),
}


@pytest.mark.parametrize(("folds", "named"), ANSWERS.values(), ids=ANSWERS)
def test_labels_are_told_from_probabilities(folds, named):
    predictions = tuple(SimpleNamespace(p=np.array(p)) for p in folds)
    model = SimpleNamespace(title="Mine", predictions=predictions)
    told = hard_labels(SimpleNamespace(models=(model,)))
    assert len(told) == named
    assert not named or told[0].startswith("Mine gives two different answers only, 0 and 1")
