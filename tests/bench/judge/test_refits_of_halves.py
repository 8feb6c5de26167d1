"""Fits on halves of the train cases: they tell of training, and cost nothing."""

from dataclasses import replace

import numpy as np
from intentbench.bench.judge.ensembling import ensembles_of
from intentbench.bench.judge.stored_models import models_of

from .judged_runs import a_run, by_name, in_one_fold, judged


def test_what_halves_are_fitted_for_costs_nothing_and_ensembles_know_it():
    entry = by_name(judged(a_run(in_one_fold())).models)["good"]
    assert entry.contestant.fit_seconds == 2.0 and len(entry.contestant.refits) == 2
    run = a_run(in_one_fold())
    (task,) = run.tasks
    models = models_of(run, task)
    mean = next(one for one in ensembles_of(run, task, models) if one.name == "soft_voting_all")
    expected = np.mean([model.refits for model in models], axis=0)
    np.testing.assert_allclose(mean.refits, expected)


def test_a_half_that_failed_costs_only_what_it_tells():
    run = a_run(in_one_fold())
    cells = tuple(
        replace(cell, status="failed") if (cell.model, cell.split) == ("good", 2) else cell
        for cell in run.cells
    )
    models = by_name(judged(replace(run, cells=cells)).models)
    assert models["good"].contestant.refits == () and models["good"].scores
    assert len(models["fair"].contestant.refits) == 2
