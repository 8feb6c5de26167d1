"""Alarms where somebody has seen the outcomes."""

from dataclasses import replace

import numpy as np

from .judged_runs import a_run, a_task, judged


def test_figures_too_good_to_be_believed_raise_an_alarm():
    def leaking(name, p):
        return 0.98 * target + 0.01 if name == "good" else p

    task = a_task()
    target = task.target
    noise = {"good": 1.0, "fair": 2.0}
    alarms = judged(a_run(task, noise, change=leaking)).alarms
    assert alarms[0].startswith("Good ranks almost without an error (ROC AUC 1.0000)")
    assert not any(alarm.startswith("Fair") for alarm in alarms)
    assert judged(a_run(task, noise)).alarms == ()


def test_a_stacker_on_predictions_for_fit_cases_raises_an_alarm():
    task = a_task(n=3000)

    def overfitted(name, p):
        # Knows the valid cases, which it was fitted on, and nothing else.
        return np.where(seen, 0.9 * task.target + 0.05, 0.5 + 0.001 * p) if name == "poor" else p

    task = replace(task, folds=task.folds[:1])
    seen = np.zeros(len(task.target), dtype=bool)
    seen[task.folds[0].splits[0].valid] = True
    noise = {"poor": 3.0, "fair": 2.0}
    alarms = " ".join(judged(a_run(task, noise, change=overfitted)).alarms)
    assert "Poor has ROC AUC of 1.0000 on valid cases and" in alarms
    assert "Stacking, all has ROC AUC of" in alarms
