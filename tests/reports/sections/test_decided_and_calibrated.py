from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.judgement import Calibrated, MemberSetDiversity, RuleOutcome, Score
from intentbench.reports.render import write_report
from intentbench.reports.sections.calibration import calibration_figure, calibration_tables
from intentbench.reports.sections.ensembles import member_sets_table
from intentbench.reports.sections.threshold_rules import rule_tables, rules_table

SHARES = {name: Score(0.4, 0.3, 0.5) for name in ("acted", "precision", "recall", "f1")}
PROFIT = {"profit": Score(3_456.0, 3_100.0, 3_800.0)}


def outcome(rule, threshold):
    return RuleOutcome(rule, f"Rule {rule}", (threshold, threshold), SHARES | PROFIT)


def calibrated(entry, name, fall, established):
    scores = {key: Score(0.2, 0.19, 0.21) for key in ("log_loss", "brier", "ece")}
    return Calibrated(
        name,
        name.title(),
        tuple(np.clip(fold.p, 0.01, 0.99) for fold in entry.predictions),
        scores,
        {key: Score(fall, fall - 0.001, fall + 0.001) for key in scores},
        dict.fromkeys(scores, established),
    )


def told(judged, falls):
    """Give every working model outcomes, and calibrations with these falls of their scores."""
    outcomes = (outcome("", 0.5), outcome("chosen", 0.3), outcome("budget", 1.1))
    return replace(
        judged,
        ensembles=tuple(
            entry if entry.standing == "failed" else replace(entry, outcomes=outcomes)
            for entry in judged.ensembles
        ),
        models=tuple(
            entry
            if entry.standing == "failed"
            else replace(
                entry,
                outcomes=outcomes,
                calibrations=tuple(
                    calibrated(entry, name, fall, established)
                    for name, (fall, established) in falls.items()
                ),
            )
            for entry in judged.models
        ),
        member_sets=(
            MemberSetDiversity("all", 5, 0.123, 0.87, ("One", "Two", 0.99), ("One", "Three", 0.5)),
        ),
    )


FALLS = {
    "sigmoid": (0.02, True), "isotonic": (-0.01, True),
    "temperature": (0.001, False), "beta": (0.03, True),
}  # fmt: skip


@pytest.fixture
def judged(judgement):
    return told(judgement.tasks[0], FALLS)


def test_each_rule_has_a_line_for_the_leading_model(judged):
    table = rules_table(judged)
    assert judged.models[0].title in table.caption
    assert [row.title for row in table.rows] == ["Rule ", "Rule chosen", "Rule budget"]
    assert [column.title for column in table.columns][-1] == "Profit of 1\u202f000 cases"
    assert [cell.text for cell in table.rows[1].cells] == ["0.30", *["0.40"] * 4, "3\u202f456"]
    assert table.rows[1].cells[-1].below == "3\u202f100–3\u202f800"
    assert table.rows[2].cells[0].text == "none"  # above every probability


def test_rules_with_tables_of_their_own_are_not_told_twice(judged):
    (table,) = rule_tables(judged)
    assert table.caption.startswith("Rule budget")
    entries = (*judged.models, *judged.ensembles)
    assert [row.title for row in table.rows] == [entry.title for entry in entries]
    assert all(row.reason for row in table.rows if not row.cells)


def test_calibrations_are_marked_where_they_change_something(judged):
    tables = calibration_tables(judged)
    assert [table.caption.partition(" before")[0] for table in tables] == [
        "Log loss", "Brier score", "ECE",
    ]  # fmt: skip
    _, *cells = tables[0].rows[0].cells
    assert [cell.text[:2] for cell in cells] == ["▼ ", "▲ ", "0.", "▼ "]


@pytest.mark.parametrize(
    ("falls", "words"),
    [
        (FALLS, "Beta calibration lowers {}'s log loss by 0.030"),
        ({"beta": (-0.02, True)}, "{} is best left as it is"),
        ({"beta": (0.02, False)}, "No calibration changes {}'s log loss beyond chance"),
    ],
)
def test_the_picture_says_no_more_than_is_established(judgement, falls, words):
    judged = told(judgement.tasks[0], falls)
    figure = calibration_figure(judged)
    assert figure.title.startswith(words.format(judged.models[0].title))
    shares = [row.cells[1] for row in figure.table.rows]
    for cell in shares:
        low, high = map(float, cell.below.split("–"))
        assert 0 <= low <= float(cell.text) <= high <= 1


def test_members_that_err_alike_are_named(judged):
    (row,) = member_sets_table(judged).rows
    assert [cell.text for cell in row.cells] == [
        "5", "12.3 %", "0.87", "One and Two", "One and Three",
    ]  # fmt: skip


def test_without_models_that_worked_there_is_nothing_to_tell(judgement):
    judged = replace(judgement.tasks[0], models=(), ensembles=())
    assert rules_table(judged) is None and rule_tables(judged) == ()
    assert calibration_tables(judged) == () and calibration_figure(judged) is None
    assert member_sets_table(judged) is None


def test_the_page_holds_them(judgement, judged, tmp_path):
    page = write_report(replace(judgement, tasks=(judged,)), tmp_path)
    text = page.read_text(encoding="utf-8")
    for words in ("The decision threshold", "before and after calibration"):
        assert words in text
    assert "How differently the members err" in text and "nan" not in text.lower().split()
