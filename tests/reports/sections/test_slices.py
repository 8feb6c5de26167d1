import csv
import math
from dataclasses import replace

import pytest
from intentbench.bench.judge.judgement import Score
from intentbench.bench.judge.slice_outcomes import (
    AUC,
    CALIBRATION,
    RECALL,
    SELECTED,
    Apart,
    SliceOutcome,
)
from intentbench.bench.store.records import SliceColumn
from intentbench.reports.sections.slices import section, worst_first
from intentbench.reports.slice_rows import SLICE_COLUMNS, slice_rows
from intentbench.reports.tables import write_tables


def outcome(label, difference, *, established=False, reason=""):
    if reason:
        return SliceOutcome("region", label, math.nan, math.nan, 12, 3, reason)
    score = Score(0.8 + difference, 0.7, 0.9)
    apart = Apart(Score(difference, difference - 0.1, difference + 0.1), 0.01, established)
    return SliceOutcome(
        "region", label, math.nan, math.nan, 400, 80, "",
        dict.fromkeys((AUC, CALIBRATION, SELECTED, RECALL), score), {AUC: apart},
    )  # fmt: skip


OUTCOMES = (
    outcome("north", 0.05),
    outcome("west", 0, reason="too few: 12 cases"),
    outcome("south", -0.2, established=True),
)


def with_slices(judged, outcomes, **columns):
    names = [entry.name for entry in judged.models if entry.scores][:2]
    task = replace(judged.task, slice_columns=tuple(columns.values()))
    return replace(judged, task=task, slices={name: outcomes for name in names})


def test_the_worst_slice_is_named_and_comes_first(judgement):
    judged = with_slices(judgement.tasks[0], OUTCOMES)
    made = section(judged)
    assert made.finding == "worse for region: “south”"
    assert made.blocks[0].words[0].text.startswith("Of 2 slices, 1 is established to be ranked")
    table = made.blocks[1]
    assert [row.title for row in table.rows] == [
        "region: “south”", "region: “north”", "region: “west”",
    ]  # fmt: skip
    assert table.rows[0].strong
    assert table.rows[-1].reason == "too few: 12 cases"
    for block in made.blocks:
        for one in getattr(block, "blocks", (block,)):
            for row in getattr(one, "rows", ()):
                assert not row.cells or len(row.cells) == len(one.columns)


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ((OUTCOMES[0],), "None of 1 slice is established to be ranked worse by"),
        ((OUTCOMES[1],), "Every slice holds too few cases."),
    ],
)
def test_where_nothing_is_worse_that_is_said(judgement, outcomes, said):
    made = section(with_slices(judgement.tasks[0], outcomes))
    assert made.blocks[0].words[0].text.startswith(said)
    assert made.finding == "none is worse"


def test_a_column_that_tells_nothing_apart_is_named(judgement):
    same = SliceColumn("same", True, "it is the same in every case")
    judged = with_slices(judgement.tasks[0], OUTCOMES, same=same)
    said = "same is not available: it is the same in every case."
    assert any(
        said == words.text
        for block in section(judged).blocks
        for words in getattr(block, "words", ())
    )
    alone = section(replace(judged, slices={}))
    assert [block.words[0].text for block in alone.blocks] == [said]


def test_without_columns_the_way_to_name_one_is_told(judgement):
    (block,) = section(replace(judgement.tasks[0], slices={})).blocks
    assert "--slice COLUMN" in block.words[0].text


def test_rows_hold_all_figures_worst_first(judgement, tmp_path):
    rows = list(slice_rows(OUTCOMES))
    assert [row["value"] for row in rows] == ["south", "north", "west"]
    assert all(tuple(row) == SLICE_COLUMNS for row in rows)
    assert rows[0]["roc_auc_established"] is True
    assert rows[2]["roc_auc"] is None
    assert [one.label for one in worst_first(OUTCOMES)] == ["south", "north", "west"]
    judged = with_slices(judgement.tasks[0], OUTCOMES)
    write_tables(replace(judgement, tasks=(judged,)), tmp_path)
    with (tmp_path / "slices.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 6
    assert lines[0]["reason"] == ""
