from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.conformance.metric_checks import check_metric
from intentbench.bench.errors import ModelError
from intentbench.bench.metrics.metrics import METRICS, Metric, confusion
from intentbench.bench.metrics.weighted_sums import Columns
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry


@pytest.fixture(scope="module")
def f2(request):
    file = request.config.rootpath / "tests" / "plugins" / "f2.py"
    return load(Registry("metric", [file]).find("f2"))


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_metrics_of_the_house_keep_the_contract(metric):
    if not np.isnan(metric.rope):
        check_metric(metric)


def test_example_is_what_is_written_of_f2(f2):
    check_metric(f2)
    y, decided = np.array([1, 1, 0, 0, 0]), np.array([1, 0, 1, 1, 0])
    precision, recall = 1 / 3, 1 / 2
    expected = 5 * precision * recall / (4 * precision + recall)
    assert f2(y, decided) == pytest.approx(expected)


def shares_of_rows(y, decided):
    return Columns(np.stack([y * decided, decided]) / len(y))


def needs_both(y, decided):
    return {2: confusion}[len(np.unique(y))](y, decided)


WRONG = {
    "name": ({"name": "f 2"}, "name is 'f 2'"),
    "title": ({"title": ""}, "title is ''"),
    "reading": ({"reading": None}, "reading is None"),
    "direction": ({"minimize": "no"}, "minimize is 'no'"),
    "needs": ({"needs": "rank"}, "needs is 'rank'"),
    "range": ({"range": (1.0, 0.0)}, r"range is \(1.0, 0.0\)"),
    "one bound": ({"range": 1.0}, "range is 1.0"),
    "rope": ({"rope": -0.1}, "rope is -0.1"),
    "shape": ({"function": lambda sums, cases: 0.5}, r"returned the shape \(\) for 7 draws"),
    "out of range": (
        {"function": lambda sums, cases: 2 + 0 * cases.total}, r"gave \[2\.\], which is outside"
    ),
    "not a number": (
        {"function": lambda sums, cases: np.nan * cases.total}, "gave NaN for cases of both"
    ),
    "rows counted": ({"evidence": shares_of_rows}, "at weight 2 it is"),
    "error": ({"function": lambda sums, cases: sums[9]}, "computing it failed: IndexError"),
    "error at a single outcome": ({"evidence": needs_both}, "computing it failed: KeyError"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG)
def test_metric_that_breaks_the_contract_is_told_where(f2, change, said):
    with pytest.raises(ModelError, match=said):
        check_metric(replace(f2, **change))


def test_f2_is_a_metric(f2):
    assert isinstance(f2, Metric)
