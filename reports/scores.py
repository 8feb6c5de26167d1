"""The predictions as one table: a row a tested case, with P(target = 1) of each model."""

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..bench.judge.judgement import Judgement, TaskJudgement


def scores_table(judgement: Judgement) -> pd.DataFrame:
    """Put the tested cases of all tasks below each other, fold by fold.

    Returns
    -------
    DataFrame
        ``task``, ``case`` (its row in the task's data, from 0), ``fold``, ``outcome``, and for each
        model that worked ``p_`` and its name; NaN in a task where it did not.  A case that several
        folds test has a row for each.
    """
    parts = [part for judged in judgement.tasks for part in _parts(judged)]
    if not parts:
        return pd.DataFrame({"task": [], "case": [], "fold": [], "outcome": []})
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"task": "category"})


def scores_parquet(judgement: Judgement) -> bytes:
    """Write the table as Parquet; the same judgement gives the same bytes."""
    buffer = io.BytesIO()
    scores_table(judgement).to_parquet(buffer, index=False, compression="zstd")
    return buffer.getvalue()


def _parts(judged: TaskJudgement) -> Iterator[pd.DataFrame]:
    task = judged.task
    working = sorted(
        (entry for entry in judged.models if entry.predictions), key=lambda entry: entry.name
    )
    for number, fold in enumerate(task.folds):
        columns: dict[str, np.ndarray] = {
            "task": np.full(len(fold.test), task.name, dtype=object),
            "case": fold.test.astype(np.int64),
            "fold": np.full(len(fold.test), fold.number, dtype=np.int32),
            "outcome": task.target[fold.test].astype(np.int8),
        }
        for entry in working:
            columns[f"p_{entry.name}"] = entry.predictions[number].p
        yield pd.DataFrame(columns)
