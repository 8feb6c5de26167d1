"""What comes of thresholds that are chosen on valid cases."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.suite.decisions import choose

from .judged_runs import PRICED, a_run, a_task, by_name, judged


def test_valid_cases_with_one_outcome_leave_a_default_and_say_so():
    task = a_task()
    target = task.target.copy()
    target[task.folds[1].splits[0].valid] = 1
    result = judged(a_run(replace(task, target=target)))
    for entry in result.models:
        assert entry.predictions[1].threshold == 0.5
        assert entry.predictions[0].threshold != 0.5
    stacked = by_name(result.ensembles)["stacking_all"]
    ((fold, instead),) = stacked.contestant.explanations[0].rows
    assert fold == "fold 1" and "averaged" in instead


def test_outcomes_are_those_of_thresholds_from_valid_cases_on_test_cases():
    task = a_task()
    run = replace(a_run(task), decisions=PRICED)
    result = judged(run)
    entry = by_name(result.models)["fair"]
    cells = [cell for cell in run.cells if cell.model == "fair"]
    by_rule = {outcome.rule: outcome for outcome in entry.outcomes}
    assert list(by_rule) == [rule.name for rule in PRICED.rules()] and list(by_rule)[0] == ""
    for rule in PRICED.rules():
        outcome = by_rule[rule.name]
        expected = {"acted": [], "recall": [], "cost": [], "profit": []}
        for fold, cell, threshold in zip(task.folds, cells, outcome.thresholds, strict=True):
            valid, test = fold.splits[0].valid, fold.test
            predicted = run.predictions(cell)
            assert threshold == choose([rule], task.target[valid], predicted.valid)[rule.name]
            yes, y = predicted.test >= threshold, task.target[test]
            expected["acted"].append(yes.mean())
            expected["recall"].append(y[yes].sum() / y.sum())
            wrong = (yes & (y == 0)).mean() + 5 * (~yes & (y == 1)).mean()
            expected["cost"].append(1000 * wrong)
            expected["profit"].append(1000 * (40 * y[yes].sum() - 3 * yes.sum()) / len(y))
        for name, values in expected.items():
            figure = outcome.scores[name]
            assert figure.value == pytest.approx(np.mean(values))
            assert figure.low <= figure.value <= figure.high
    least = min(outcome.scores["cost"].value for outcome in entry.outcomes)
    assert by_rule["cost"].scores["cost"].value < 1.1 * least
    assert by_rule["chosen"].thresholds == tuple(p.threshold for p in entry.predictions)


def test_costs_and_profit_are_not_there_where_the_suite_gives_none():
    entry = judged(a_run(a_task())).models[0]
    assert [outcome.rule for outcome in entry.outcomes] == ["", "chosen", "youden", "budget"]
    assert set(entry.outcomes[0].scores) == {"acted", "precision", "recall", "f1"}
