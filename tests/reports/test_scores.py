from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from intentbench.reports.scores import scores_parquet, scores_table
from intentbench.reports.tables import write_tables
from sklearn.metrics import roc_auc_score


def test_every_tested_case_has_a_row_and_every_model_a_column(judgement):
    table = scores_table(judgement)
    assert list(table.columns[:4]) == ["task", "case", "fold", "outcome"]
    n_tested = sum(len(fold.test) for judged in judgement.tasks for fold in judged.task.folds)
    assert len(table) == n_tested
    for judged in judgement.tasks:
        rows = table[table["task"] == judged.task.name]
        assert np.array_equal(rows["outcome"], judged.task.target[rows["case"]])
        for entry in judged.models:
            if not entry.predictions:
                assert rows.get(f"p_{entry.name}", pd.Series(dtype=float)).isna().all()
                continue
            by_fold = [
                roc_auc_score(part["outcome"], part[f"p_{entry.name}"])
                for _, part in rows.groupby("fold")
            ]
            assert np.mean(by_fold) == pytest.approx(
                np.mean([
                    roc_auc_score(judged.task.target[fold.rows], fold.p)
                    for fold in entry.predictions
                ])
            )  # fmt: skip


def test_it_is_written_with_the_tables_and_reads_back(judgement, tmp_path):
    write_tables(judgement, tmp_path)
    content = (tmp_path / "scores.parquet").read_bytes()
    assert content == scores_parquet(judgement)
    pd.testing.assert_frame_equal(pd.read_parquet(BytesIO(content)), scores_table(judgement))


def test_a_run_in_which_nothing_worked_has_a_table_all_the_same(judgement):
    empty = replace(judgement, tasks=())
    assert len(scores_table(empty)) == 0 and scores_parquet(empty)
    failed = replace(judgement.tasks[0], models=(), ensembles=())
    table = scores_table(replace(judgement, tasks=(failed,)))
    assert list(table.columns) == ["task", "case", "fold", "outcome"] and len(table) > 0
