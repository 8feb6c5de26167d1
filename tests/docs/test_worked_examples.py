"""What CONTRIBUTING shows how to add does what it says, once its line stands in its tuple."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.data_checks import check_data
from intentbench.bench.plugins.registry import ROOT
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import Card, Task
from sklearn.metrics import recall_score

CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.")


@pytest.fixture(scope="module")
def shown(walk):
    """The names that the page's blocks define."""
    return walk(ROOT / "CONTRIBUTING.md").names


def test_the_metric_is_the_recall_of_negative_cases(shown):
    rng = np.random.default_rng(0)
    y, decision, weights = rng.integers(0, 2, 50), rng.integers(0, 2, 50), rng.integers(0, 4, 50)
    expected = recall_score(y, decision, pos_label=0, sample_weight=weights)
    assert shown["specificity"](y, decision, weights) == pytest.approx(expected)
    assert np.isnan(shown["specificity"](np.ones(3), np.ones(3)))


def test_the_ensemble_rule_is_not_moved_by_one_member(shown):
    p = np.array([[0.2, 0.3, 0.9], [0.7, 0.6, 0.0]])
    learnt = shown["median"](p, np.array([0, 1]), None)
    np.testing.assert_array_equal(learnt.valid, [0.3, 0.6])
    np.testing.assert_array_equal(learnt.predict(p[:1]), [0.3])
    assert learnt.weights.sum() == pytest.approx(1)


def test_the_data_check_finds_few_groups_and_nothing_else(shown, monkeypatch):
    parts = make_parts(0, n_fit=600, n_valid=2)
    task = Task("visits", Cases(parts.fit.features), parts.y_fit, CARD)
    monkeypatch.setattr(check_data, "CHECKS", (*check_data.CHECKS, shown["few_groups"]))

    def found(n_groups):
        asked = replace(task, group=None if n_groups is None else np.arange(600) % n_groups)
        findings = check_data.findings(asked, Resampling(folds=3).plan(asked))
        return [finding.found for finding in findings if finding.check == "few groups"]

    assert found(30) == ["a fold tests on 10 groups"]
    assert found(300) == found(None) == []


def test_the_report_section_counts_by_month(shown):
    show = shown["section"]
    time = np.array(["2024-01-31", "2024-02-01", "2024-02-29"], dtype="datetime64[s]")
    task = SimpleNamespace(time=time, target=np.array([0, 1, 0]))
    (table,) = show(SimpleNamespace(task=task)).blocks
    assert [(row.title, *(cell.text for cell in row.cells)) for row in table.rows] == [
        ("2024-01", "1", "0.0 %"),
        ("2024-02", "2", "50.0 %"),
    ]
    assert show(SimpleNamespace(task=SimpleNamespace(time=None))) is None
