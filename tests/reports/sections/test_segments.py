"""Who buys: the section, its sentences, and the table behind it."""

import csv
import math
from dataclasses import replace

import pytest
from intentbench.bench.judge.judgement import Score
from intentbench.bench.judge.segments import ModelSegments, SegmentOutcome
from intentbench.bench.language.speaking import speaking
from intentbench.bench.store.segments import Difference
from intentbench.reports.sections.segments import section
from intentbench.reports.tables import write_tables

DIFFERENCES = (
    Difference("pages", "", 31.4, 12.05, 1.234),
    Difference("channel", "mail", 0.8, 0.25, -0.5),
)


def outcome(number, rate, *, path=(), differences=DIFFERENCES):
    score = Score(rate, rate - 0.05, rate + 0.05)
    return SegmentOutcome(number, 400, 0.4, score, rate / 0.2, differences, path)


FOUND = ModelSegments(
    outcomes=(outcome(2, 0.5, path=("view", "cart")), outcome(1, 0.1, differences=())),
    n_hidden=1, n_hidden_cases=7, fold=2, n_folds=3, rate=0.2,
    chosen="Their number was given.", stability=0.55, n_bootstraps=10,
)  # fmt: skip


def with_segments(judged, *found):
    names = [entry.name for entry in judged.models if entry.scores]
    return replace(judged, segments=dict(zip(names, found, strict=False)))


def texts(blocks):
    """Gather all that is said in some blocks."""
    for block in blocks:
        for word in getattr(block, "words", ()):
            yield word.text
        for fact in getattr(block, "facts", ()):
            yield f"{fact.term}: " + "".join(word.text for word in fact.words)
        yield from texts(getattr(block, "blocks", ()))


def test_without_a_model_that_finds_some_there_is_no_section(judgement):
    assert section(judgement.tasks[0]) is None


def test_the_segment_that_buys_most_comes_first_with_what_marks_it(judgement):
    made = section(with_segments(judgement.tasks[0], FOUND))
    assert (made.key, made.title) == ("segments", "Who buys")
    assert made.finding == "Segment 2 buys most: 50 % of its cases"
    told = list(texts(made.blocks))
    assert "not stable" in told[0]
    assert "0.55 only, below 0.8" in told[0]
    assert "the last of 3 folds" in told[0]
    assert any("1 segment of fewer than 20 test cases is hidden" in one for one in told)
    marks = next(one for one in told if one.startswith("Segment 2: "))
    assert "pages is 31.4 on average, elsewhere 12.1 (+1.2 standard deviations)." in marks
    assert "channel is “mail” in 80.0 % of its cases and in 25.0 % of the others" in marks
    assert marks.endswith("Its typical path: view → cart.")
    table = made.blocks[1]
    assert [row.title for row in table.rows] == ["Segment 2", "Segment 1"]
    assert all(len(row.cells) == len(table.columns) for row in table.rows)
    assert table.rows[0].cells[3].text == "2.50"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stability": 0.81}, "The segments are stable: found anew in 10 bootstrap draws"),
        (
            {"stability": math.nan, "unmeasured": "there was no time"},
            "Whether the segments are stable was not measured: there was no time.",
        ),
        ({"n_folds": 1}, "that it was not fitted on."),
    ],
)
def test_how_stable_segments_are_is_said(judgement, changes, said):
    made = section(with_segments(judgement.tasks[0], replace(FOUND, **changes)))
    assert said in next(texts(made.blocks))


def test_a_model_without_segments_says_why_and_stands_behind_others(judgement):
    missing = ModelSegments(missing="all cases are in one segment")
    alone = section(with_segments(judgement.tasks[0], missing))
    assert alone.finding == "not available"
    assert next(texts(alone.blocks)).endswith("are not available: all cases are in one segment.")
    both = section(with_segments(judgement.tasks[0], missing, FOUND))
    assert both.finding.startswith("Segment 2 buys most")
    assert both.blocks[-1].entry == next(iter(with_segments(judgement.tasks[0], missing).segments))


def test_the_section_is_said_in_chinese(judgement):
    with speaking("zh"):
        made = section(with_segments(judgement.tasks[0], FOUND))
        told = list(texts(made.blocks))
    assert made.title == "谁在购买"
    assert "群体不稳定" in told[0]
    assert any("pages 平均为 31.4" in one for one in told)


def test_the_table_has_a_line_a_segment(judgement, tmp_path):
    judged = with_segments(judgement.tasks[0], FOUND, ModelSegments(missing="nobody knows"))
    write_tables(replace(judgement, tasks=(judged,)), tmp_path)
    with (tmp_path / "segments.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["segment"] for line in lines] == ["2", "1", ""]
    assert lines[0]["difference_2_value"] == "mail"
    assert lines[0]["path"] == "view; cart"
    assert lines[2]["missing"] == "nobody knows"
    write_tables(judgement, tmp_path / "without")
    assert not (tmp_path / "without" / "segments.csv").exists()
