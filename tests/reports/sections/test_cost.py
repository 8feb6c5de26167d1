import math
import re
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.membership import Membership
from intentbench.bench.judge.score import Score
from intentbench.bench.metrics.key import Key
from intentbench.bench.store.records import Costs
from intentbench.reports.charts.cost_chart import cost
from intentbench.reports.sections.cost_table import cost_table, fronts

ATTACK = Membership(Score(0.631, 0.582, 0.678), 0.042)


@pytest.fixture
def priced(judgement):
    """The first task, its models' costs growing with their names' lengths."""

    def price(entry):
        if entry.standing == "failed":
            return entry
        unit = len(entry.name) / 1000
        costs = Costs(unit, 2 * unit, math.nan, 5e4 * len(entry.name), ("too few calls for a p99",))
        attack = Membership() if entry.family == "ensemble" else ATTACK
        contestant = replace(entry.contestant, costs=costs, membership=attack)
        return replace(entry, contestant=contestant)

    judged = judgement.tasks[1]
    return replace(
        judged,
        models=tuple(map(price, judged.models)),
        ensembles=tuple(map(price, judged.ensembles)),
    )


def row_of(table, name):
    return next(row for row in table.rows if row.entry == name)


def test_every_entry_has_its_costs_with_units(priced):
    table = cost_table(priced)
    assert len(table.rows) == len(priced.models) + len(priced.ensembles)
    row = row_of(table, "xgboost")
    _, fit, batches, p50, p95, p99, memory, stored, attack = [cell.text for cell in row.cells]
    assert (fit, batches) == ("1.4 s", "140\u202f000 a second")
    assert (p50, p95, p99) == ("7.0 ms", "14 ms", "not available")
    assert (memory, stored) == ("14 MB", "350 kB")
    assert row.cells[5].items == ("too few calls for a p99",)
    assert (attack, row.cells[-1].below) == ("0.63", "0.58–0.68; finds 4.2 %")
    assert row_of(table, priced.ensembles[0].name).cells[-1].text == "not available"
    assert row_of(table, "hmm").reason.startswith("failed: ")


@pytest.mark.parametrize(
    ("n_bytes", "text"), [(85, "85 B"), (5_740, "5.74 kB"), (2.5e6, "2.50 MB"), (0.0, "0 B")]
)
def test_sizes_have_a_fitting_unit(priced, n_bytes, text):
    first = priced.models[0].contestant
    first = replace(first, costs=replace(first.costs, stored_bytes=n_bytes))
    models = (replace(priced.models[0], contestant=first), *priced.models[1:])
    assert cost_table(replace(priced, models=models)).rows[0].cells[-2].text == text


def test_note_says_on_what_and_beside_what_it_was_timed(priced):
    assert (
        "with one thread, while up to 2 cells were computed at once."
        in cost_table(replace(priced, jobs=2)).note
    )
    assert "with one thread, while no other cell was computed." in cost_table(priced).note


def test_note_says_what_was_attacked_and_what_moves_the_attack_in_time(priced):
    note = cost_table(priced).note
    assert "cases of the fit from test cases" in note
    later = "Test cases are later than fit cases"
    timed = replace(priced.task, time=np.arange(len(priced.task.target)).astype("datetime64[s]"))
    untimed = replace(priced.task, time=None)
    assert later in cost_table(replace(priced, task=timed)).note
    assert later not in cost_table(replace(priced, task=untimed)).note
    silent = [
        replace(e, contestant=replace(e.contestant, membership=Membership())) for e in priced.models
    ]
    assert "Membership:" not in cost_table(replace(priced, models=tuple(silent))).note


def test_fronts_hold_what_is_not_beaten(priced):
    found = fronts(priced)
    entries = {e.name: e for e in (*priced.models, *priced.ensembles) if e.standing != "failed"}
    best = max(entries.values(), key=lambda entry: entry.scores[Key("roc_auc")].value)
    for name, cost_of in (
        ("p50", lambda entry: entry.contestant.costs.p50_seconds),
        ("stored", lambda entry: entry.contestant.costs.stored_bytes),
    ):
        assert best.name in found[name]
        for entry in entries.values():
            better = [
                other.name
                for other in entries.values()
                if other.scores[Key("roc_auc")].value >= entry.scores[Key("roc_auc")].value
                and cost_of(other) < cost_of(entry)
            ]
            assert not (better and entry.name in found[name]), (name, entry.name, better)
    assert found["p99"] == frozenset()  # nobody's is known
    # The fixture's ensembles have no fit time, and cannot be on that front.
    assert found["fit"] <= {model.name for model in priced.models}


def test_front_is_marked_in_the_cells(priced):
    table, found = cost_table(priced), fronts(priced)
    for row in table.rows:
        if not row.reason:
            marked = [cell.below == "on the front" for cell in row.cells[1:-1]]
            assert marked == [row.entry in found[name] for name in found]


def test_a_task_where_all_failed_has_no_table(priced):
    failed = tuple(replace(entry, standing="failed", scores={}) for entry in priced.models)
    assert cost_table(replace(priced, models=failed, ensembles=())) is None


def test_chart_draws_the_front_as_steps_that_never_fall(priced):
    figure = cost(priced)
    (line,) = re.findall(r'<polyline points="([^"]+)" class="reference">', str(figure.svg))
    points = [tuple(map(float, pair.split(","))) for pair in line.split()]
    assert len(points) >= 2
    for (x, y), (then_x, then_y) in zip(points, points[1:], strict=False):
        assert then_x >= x and then_y <= y  # SVG counts y downward
        assert then_x == x or then_y == y
    said = {row.title: row.cells[-1].text for row in figure.table.rows}
    shown = {model.title: model for model in priced.models if model.title in said}
    best = max(shown.values(), key=lambda model: model.scores[Key("roc_auc")].value)
    assert said[best.title] == "on it" and "behind it" in said.values()
    cheapest = min(shown.values(), key=lambda model: model.contestant.fit_seconds)
    assert said[cheapest.title] == "on it"


def test_page_shows_the_table(report, judgement):
    text = report.read_text(encoding="utf-8")
    assert text.count("<h4>The cost</h4>") == len(judgement.tasks)
    assert text.count("Cost, and the fronts of ROC AUC against each</span>") == len(judgement.tasks)
