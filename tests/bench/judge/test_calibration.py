"""Calibrators that are learnt on valid cases."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.metrics.key import Key
from intentbench.bench.metrics.metrics import METRICS
from scipy.special import expit

from .judged_runs import a_run, a_task, judged


def test_calibration_mends_on_test_cases_what_valid_cases_show():
    bent = a_run(a_task(n=3000), change=lambda name, p: expit(3 * np.log(p / (1 - p)) + 1))
    for entry in judged(bent).models:
        by_way = {calibrated.name: calibrated for calibrated in entry.calibrations}
        assert set(by_way) == {"sigmoid", "isotonic", "temperature", "beta"}
        for name in ("log_loss", "brier", "ece"):
            mended = by_way["sigmoid"]
            fall = entry.scores[Key(name)].value - mended.scores[name].value
            assert mended.falls[name].value == pytest.approx(fall)
            assert fall > 0 and mended.established[name] and mended.falls[name].low > 0
        y = [bent.tasks[0].target[fold.rows] for fold in entry.predictions]
        losses = [METRICS["brier"](a, p) for a, p in zip(y, by_way["beta"].p, strict=True)]
        assert by_way["beta"].scores["brier"].value == pytest.approx(np.mean(losses))


def test_calibration_of_what_is_true_changes_nothing_beyond_chance():
    rng = np.random.default_rng(0)
    task = a_task(n=3000)
    truth = expit(rng.normal(-1, 1.5, 3000))
    task = replace(task, target=(rng.random(3000) < truth).astype(np.int8))
    entry = judged(a_run(task, {"right": 0.0, "wrong": 9.0}, change=lambda name, p: truth)).models[
        0
    ]
    falls = {made.name: made.falls["log_loss"].value for made in entry.calibrations}
    assert not any(
        made.established["log_loss"] and falls[made.name] > 0 for made in entry.calibrations
    )
    assert max(falls.values()) < 0.005


def test_nothing_is_calibrated_on_one_outcome():
    task = a_task(n=90)
    target = task.target.copy()
    target[task.folds[0].splits[0].valid] = 0
    assert judged(a_run(replace(task, target=target))).models[0].calibrations == ()
