from types import SimpleNamespace

import pytest
from intentbench.bench.judge.findings import Gap
from intentbench.bench.judge.score import Score
from intentbench.bench.judge.search_outcome import BudgetPoint, SearchOutcome
from intentbench.reports.sections import searches

POINTS = (BudgetPoint(1, 0.7512, 0.7498), BudgetPoint(2, 0.77, 0.76), BudgetPoint(3, 0.78, 0.7611))
GAIN = Gap("roc_auc", Score(0.0113, 0.002, 0.0206), 0.01, True)


@pytest.fixture
def judged():
    one = SearchOutcome(
        "tree+tuned", "Tree, tuned", "tree", GAIN, 3, 3.0, 0.5, POINTS,
        ({}, {"depth": 3, "share": 0.12345}, None), ("ValueError: no",), 2,
    )  # fmt: skip
    folds = [SimpleNamespace(number=number) for number in range(3)]
    return SimpleNamespace(
        main_metric="roc_auc", searches=(one,), task=SimpleNamespace(folds=folds)
    )


def texts(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_nothing_is_said_where_nothing_was_searched(judged):
    judged.searches = ()
    assert searches.section(judged) is None


def test_gain_optimism_and_cost_are_told(judged):
    (row,) = searches.gains_table(judged).rows
    gain, inner, outer, optimism, own, number, cost = row.cells
    assert "established" in gain.text and gain.text.startswith("+0.011")
    assert [cell.text for cell in (inner, outer, optimism, own)] == [
        "0.7800", "0.7611", "+0.0189", "+0.0014",
    ]  # fmt: skip
    assert number.text == "3" and "2 failed, as in: ValueError: no" in number.below
    assert cost.below == "3.0 whole fits"
    assert searches.section(judged).finding.startswith("1 of 1 searched model gains")


def test_figures_by_budget_and_parameters_by_fold_are_told(judged):
    assert texts(searches.budget_table(judged)) == [["0.7498", "0.7600", "0.7611"]]
    assert texts(searches.chosen_table(judged)) == [
        ["its own", "depth = 3, share = 0.123", "none worked"]
    ]
