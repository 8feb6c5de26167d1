from dataclasses import replace

import numpy as np
from intentbench.bench.judge.folds_apart import with_folds_scored
from intentbench.bench.judge.judgement import Score
from intentbench.reports.sections.folds import folds_table, section


def test_every_model_has_a_figure_and_an_interval_in_each_fold(judgement):
    judged = with_folds_scored(judgement.tasks[0])
    table = folds_table(judged)
    assert [column.title for column in table.columns] == ["ROC AUC", "Fold 0", "Fold 1", "Fold 2"]
    working = [row for row in table.rows if not row.reason]
    assert len(working) > 15 and {len(row.cells) for row in working} == {4}
    first = judged.models[0].by_fold[0]
    assert f"{first.value:.3f}".startswith(working[0].cells[1].text[:4])
    assert "–" in working[0].cells[1].below
    assert section(judged).finding.startswith(judged.models[0].title)
    assert "far apart" not in section(judged).finding


def test_folds_that_are_far_apart_are_told_in_the_finding(judgement):
    judged = with_folds_scored(judgement.tasks[0])
    scores = tuple(Score(v, v - 0.01, v + 0.01) for v in (0.851, 0.914, 0.982))
    spread = replace(
        judged, models=tuple(replace(e, by_fold=scores[: len(e.by_fold)]) for e in judged.models)
    )
    assert section(spread).finding.endswith("from 0.851 to 0.982: far apart")


def test_many_folds_are_told_by_three(make_judgement):
    judged = with_folds_scored(make_judgement(n_folds=12).tasks[0])
    table = folds_table(judged)
    assert [c.title for c in table.columns[1:]] == ["Lowest fold", "Middle fold", "Highest fold"]
    values = [float(cell.sort) for cell in table.rows[0].cells[1:]]
    assert values == sorted(values)
    assert values[0] == np.min([score.value for score in judged.models[0].by_fold])


def test_one_fold_has_no_section(judgement):
    assert section(judgement.tasks[0]) is None
