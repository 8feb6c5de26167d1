"""Each leak is planted, and something that is part of the product catches it."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.conformance.model_checks import run_check
from intentbench.bench.conformance.reading_twice import changed_cases
from intentbench.bench.data_checks.check_data import findings
from intentbench.bench.data_checks.future_values import future_values
from intentbench.bench.data_checks.target_encodings import target_encodings
from intentbench.bench.errors import DataError, ModelError
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.resampling import Resampling

MOMENT = np.datetime64("2024-03-29", "s")  # the fourth of six cuts


def shop(plugins, name, **parameters):
    return load_task(Registry("dataset", [plugins / f"{name}.py"]).find(name), name, parameters)


@pytest.mark.parametrize(
    "name", ["knows_neighbours", "scales_what_it_predicts", "keeps_scaling"]
)  # fmt: skip
def test_a_scaler_fitted_on_all_cases_breaks_the_contract(plugins, name):
    model = load(Registry("model", [plugins / f"{name}.py"]).find(name))
    with pytest.raises(ModelError, match="it must depend on that case only"):
        run_check(model, "check_each_case_alone")


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"scaled": True},
        {"keeps_category": False},
        {"scaled": True, "keeps_category": False},
        {"smoothing": 10.0},
        {"smoothing": 10.0, "scaled": True},
        {"own": False},
        {"own": False, "smoothing": 10.0},
    ],
    ids=lambda parameters: ", ".join(parameters) or "plain",
)
def test_a_column_of_mean_outcomes_is_a_grave_finding(plugins, parameters):
    task = shop(plugins, "encodes_all", **parameters)
    found = {finding.check: finding for finding in findings(task, Resampling(folds=3).plan(task))}
    finding = found["columns computed from the outcome"]
    assert finding.grave and finding.found.startswith("the column 'page_rate' (the mean outcome")
    assert "minutes" not in finding.found


def test_rates_of_earlier_cases_and_of_other_outcomes_are_no_leak(plugins):
    task = shop(plugins, "encodes_all")
    page = task.cases.features["page"].cat.codes.to_numpy()
    y, rng = task.target, np.random.default_rng(0)
    before = np.array(
        [y[:i][page[:i] == page[i]].mean() if (page[:i] == page[i]).any() else 0.3
         for i in range(900)]
    )  # fmt: skip
    other = rng.permutation(y)
    rate = np.array([other[page == page[i]].mean() for i in range(900)])
    price = rng.lognormal(3, 1, 60)[page]
    features = task.cases.features.drop(columns="page_rate").assign(
        before=before, rate=rate, price=price, rank=rng.permutation(60)[page], page_number=page
    )
    honest = replace(task, cases=type(task.cases)(features))
    assert target_encodings(honest, []) == []
    assert target_encodings(task, []) != []


def test_a_column_of_mean_outcomes_changes_when_other_rows_are_left_out(plugins):
    leaks = load(Registry("dataset", [plugins / "encodes_all.py"]).find("encodes_all"))
    read = sys.modules[leaks.__module__].read_visits
    kept = np.arange(500)
    (said,) = changed_cases(read(leaks(), np.arange(900)), read(leaks(), kept), kept)
    assert said.startswith("the column 'page_rate' changes in ")
    assert said.endswith(" of 500 cases when other rows of the source change.")


class TestFutureEvents:
    def test_honest_cuts_raise_nothing(self, plugins):
        assert future_values(shop(plugins, "sees_tomorrow"), []) == []

    def test_events_after_the_prediction_are_a_grave_finding(self, plugins):
        task = shop(plugins, "sees_tomorrow", days_too_many=1.0)
        plan = Resampling(folds=2).plan(task)
        found = {finding.check: finding for finding in findings(task, plan)}
        finding = found["events after the prediction"]
        events = task.cases.events
        late = events.marks["when"] > task.time.astype(int)[events.owner] + 128
        assert finding.grave and late.sum() > 100
        assert finding.found.startswith(f"by their mark 'when', {late.sum():,} events of ")

    def test_a_column_that_holds_a_later_moment_is_a_grave_finding(self, plugins):
        (finding,) = future_values(shop(plugins, "sees_tomorrow", has_last_seen=True), [])
        assert finding.grave and finding.found.startswith("the column 'last_seen' holds a moment")

    def test_amounts_and_running_numbers_are_no_moments(self, plugins):
        task = shop(plugins, "sees_tomorrow")
        rng = np.random.default_rng(0)
        cents = rng.lognormal(9, 1, len(task))
        # Half of these would be moments to come, if they were moments.
        wide = rng.lognormal(21, 3, len(task))
        features = task.cases.features.assign(cents=cents, wide=wide, number=np.arange(len(task)))
        priced = replace(task, cases=type(task.cases)(features, task.cases.events))
        assert future_values(priced, []) == []
        counted = replace(priced, time=np.arange(len(task)).astype("datetime64[s]"))
        assert future_values(counted, []) == []

    @pytest.mark.parametrize(
        ("parameters", "said"),
        [
            ({}, ()),
            ({"days_too_many": 1.0, "marks_moments": False}, ("column 'clicks'", "number of ev")),
            ({"has_last_seen": True}, ("column 'last_seen'",)),
        ],
        ids=["honest", "events", "column"],
    )
    def test_what_looks_ahead_changes_when_later_rows_do(self, plugins, parameters, said):
        leaks = load(Registry("dataset", [plugins / "sees_tomorrow.py"]).find("sees_tomorrow"))
        module = sys.modules[leaks.__module__]
        data, clicks = leaks(**parameters), module.drawn_clicks()
        whole = data.cut(clicks)
        other = clicks[clicks["when"] < MOMENT.astype(int)]
        part = data.cut(other)
        kept = np.flatnonzero(whole.time <= MOMENT)
        found = changed_cases(whole, part, kept)
        assert len(found) == len(said)
        for sentence, words in zip(found, said, strict=True):
            assert words in sentence and f"of {len(kept):,} cases" in sentence

    def test_cases_that_vanish_are_told(self, plugins):
        task = shop(plugins, "sees_tomorrow")
        part = replace(task, cases=task.cases.take(np.arange(50)), target=task.target[:50],
                       group=task.group[:50], time=task.time[:50])  # fmt: skip
        with pytest.raises(DataError, match="only 50 are left"):
            changed_cases(task, part, np.arange(60))


def test_a_worker_that_predicts_test_cases_holds_no_outcome_of_theirs(toy_run):
    run, _ = toy_run("peeps", jobs=1)
    (task,) = run.tasks
    cells = {cell.fold: cell for cell in run.cells if cell.model == "peeps"}
    for fold in task.folds:
        found = dict(cells[fold.number].explanations[0].rows)
        assert "features.parquet" in found["files"] and "target" not in found["files"]
        (held,) = json.loads(found["targets"])
        known = np.union1d(fold.splits[0].fit, fold.splits[0].valid)
        assert np.flatnonzero(np.array(held) >= 0).tolist() == known.tolist()
        assert not np.isin(fold.test, known).any()
