"""F2: precision and recall in one number, recall being four times as heavy."""

import numpy as np
from intentbench.bench.metrics import Metric, confusion


def f2(sums, cases):
    found, decided = sums
    score = 5 * found / (decided + 4 * cases.positives)
    return np.where(cases.positives > 0, score, np.nan)


F2 = Metric(
    name="f2",
    title="F2",
    minimize=False,
    range=(0.0, 1.0),
    needs="decision",
    reading="Precision and recall in one number, recall being four times as heavy.",
    rope=0.01,
    evidence=confusion,
    function=f2,
)
