"""Where nothing is wrong, nothing grave is said; benchmarks/false_alarms.py counts further."""

import numpy as np
import pytest
from intentbench.bench.data_checks.check_data import findings
from intentbench.bench.data_checks.clean_tasks import SHAPES
from intentbench.bench.splits.resampling import Resampling


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_clean_tasks_raise_no_grave_alarm(shape):
    task = shape(np.random.default_rng(1000))
    found = findings(task, Resampling(folds=3).plan(task))
    assert [finding for finding in found if finding.grave] == []
