from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.judgement import Ceiling, Entry, Score, Shortfall
from intentbench.bench.metrics.key import Key
from intentbench.reports.render import write_report
from intentbench.reports.sections.best_possible import best_possible_sentence, best_possible_table

BEST = {Key("roc_auc"): Score(0.91, 0.90, 0.92), Key("log_loss"): Score(0.20, 0.19, 0.21)}
LESS = {Key("roc_auc"): Score(0.80, 0.79, 0.81), Key("log_loss"): Score(0.30, 0.29, 0.31)}


def gaps(views, auc, loss):
    return tuple(
        Shortfall(views, metric, Score(value, value - 0.01, value + 0.01))
        for metric, value in (("roc_auc", auc), ("log_loss", loss))
    )


@pytest.fixture
def known(judgement):
    """A task whose truth is known; the first model reads one view, the others both."""
    judged = judgement.tasks[0]
    first, *others = judged.models
    narrow = gaps("features", 0.02, 0.03) + gaps("events+features", 0.13, 0.14)
    wide = gaps("events+features", 0.05, 0.06)
    return replace(
        judged,
        models=(
            replace(first, shortfalls=narrow),
            *(e if e.standing == "failed" else replace(e, shortfalls=wide) for e in others),
        ),
        ceilings=(Ceiling("events+features", BEST), Ceiling("features", LESS)),
    )


def test_the_truth_stands_above_the_entries_with_their_distances(known):
    table = best_possible_table(known)
    assert [row.title for row in table.rows[:2]] == [
        "The truth, given events and features",
        "The truth, given features",
    ]
    assert table.rows[0].cells[1].text == "0.910"
    first = [cell.text for cell in table.rows[2].cells]
    assert (first[0], first[2], first[3]) == ("features", "+0.020", "+0.130")
    assert (first[5], first[6]) == ("+0.030", "+0.140")
    assert table.rows[2].cells[3].below == "0.120–0.140"
    assert len(table.rows) == 2 + len(known.models) + len(known.ensembles)
    widths = {len(row.cells) for row in table.rows if not row.reason}
    assert widths == {len(table.columns)}


def test_the_answer_says_how_much_is_left_to_know(known):
    said = best_possible_sentence(known)
    assert "is 0.910;" in said and "stays +0.130 (0.120–0.140) below it." in said


def test_real_data_have_no_such_table(judgement):
    assert best_possible_table(judgement.tasks[0]) is None
    assert best_possible_sentence(judgement.tasks[0]) == ""


def test_a_task_without_a_working_model_still_shows_the_truth(known):
    failed = tuple(
        Entry(replace(entry.contestant, failures=("fold 0: broke",), folds=()))
        for entry in known.models
    )
    table = best_possible_table(replace(known, models=failed, ensembles=()))
    assert table.rows[0].cells[1].text == "0.910"
    assert best_possible_sentence(replace(known, models=failed, ensembles=())) == ""


def test_the_page_shows_it(judgement, known, tmp_path):
    page = write_report(replace(judgement, tasks=(known,)), tmp_path).read_text(encoding="utf-8")
    assert "The truth, given events and features" in page
    assert "The dotted line is the best possible" in page
    nothing = replace(known, ceilings=(Ceiling("events+features", {
        name: Score(np.nan, np.nan, np.nan) for name in BEST
    }),))  # fmt: skip
    page = write_report(replace(judgement, tasks=(nothing,)), tmp_path).read_text(encoding="utf-8")
    assert ">nan<" not in page
