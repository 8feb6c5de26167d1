import csv
import json
import math
from dataclasses import replace

import pytest
from intentbench.bench.judge.judgement import BEHIND, Judgement, Score
from intentbench.bench.metrics.key import Key
from intentbench.bench.metrics.metrics import METRICS
from intentbench.reports.tables import latex_escaped, write_tables


@pytest.fixture(scope="module")
def tables(judgement, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "tables"
    write_tables(judgement, folder)
    return folder


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_task_has_its_tables_in_four_formats(tables, judgement):
    expected = {
        f"{judged.task.name}-{kind}.{ending}"
        for judged in judgement.tasks
        for kind in ("models", "ensembles")
        for ending in ("csv", "json", "md", "tex")
    }
    expected |= {"drivers.csv", "figures.csv", "slices.csv", "splits.csv", "scores.parquet"}
    assert {path.name for path in tables.iterdir()} == expected


def test_csv_and_json_give_back_every_number_unrounded(tables, judgement):
    for judged in judgement.tasks:
        for kind, entries in (("models", judged.models), ("ensembles", judged.ensembles)):
            lines = read_csv(tables / f"{judged.task.name}-{kind}.csv")
            records = json.loads((tables / f"{judged.task.name}-{kind}.json").read_text())
            assert len(lines) == len(records) == len(entries)
            for entry, line, record in zip(entries, lines, records, strict=True):
                assert line["entry"] == record["entry"] == entry.name
                for key, score in entry.scores.items():
                    assert float(line[str(key)]) == record[str(key)] == score.value
                    assert float(line[f"{key}_high"]) == record[f"{key}_high"] == score.high
                if entry.behind:
                    assert float(line["behind_low"]) == record["behind_low"]
                    assert record["behind_high"] == entry.behind.difference.high
                    assert record["behind_established"] is (entry.standing == BEHIND)
                else:
                    assert line["behind"] == "" and record["behind_established"] is False
                if entry.gain:
                    assert record["gain"] == entry.gain.difference.value
                    assert record["gain_established"] is entry.gain.established
                    assert record["gain_over_highest"] is None and record["highest"] == ""


def test_a_failed_entry_keeps_its_line_and_its_reason(tables):
    (line,) = [
        line
        for line in read_csv(tables / "complete_journey_coupons-models.csv")
        if line["standing"] == "failed"
    ]
    assert line["entry"] == "hmm"
    assert line["roc_auc"] == ""
    assert line["failures"] == "fold 1: timed out after 120 s; fold 2: timed out after 120 s"


def test_the_long_table_holds_all_figures(tables, judgement):
    lines = read_csv(tables / "figures.csv")
    entries = [e for judged in judgement.tasks for e in (*judged.models, *judged.ensembles)]
    assert len(lines) == sum(len(entry.scores) for entry in entries)
    assert {line["metric"] for line in lines} == set(METRICS)
    thresholds = {line["threshold"] for line in lines if line["metric"] == "f1"}
    assert thresholds == {"0.5", "chosen"}
    assert {line["threshold"] for line in lines if line["metric"] == "roc_auc"} == {""}


def test_splits_are_written_with_whole_fingerprints(tables, judgement):
    lines = read_csv(tables / "splits.csv")
    folds = [fold for judged in judgement.tasks for fold in judged.task.folds]
    assert [line["fingerprint"] for line in lines] == [fold.fingerprint() for fold in folds]


def test_markdown_and_latex_lines_have_one_cell_a_column(tables):
    lines = (tables / "cdnow-models.md").read_text().splitlines()
    assert len({line.count("|") for line in lines}) == 1
    body = [
        line
        for line in (tables / "cdnow-models.tex").read_text().splitlines()
        if line.endswith(r"\\")
    ]
    assert len(body) == 1 + 19
    assert len({line.count("&") for line in body}) == 1


def spoiled(judgement, **facts):
    judged = judgement.tasks[0]
    first = judged.models[0]
    if "title" in facts:
        facts = {"contestant": replace(first.contestant, **facts)}
    first = replace(first, **facts)
    models = (first, *judged.models[1:])
    return Judgement(judgement.run, (replace(judged, models=models, ensembles=()),))


def test_titles_cannot_break_markdown_or_latex(judgement, tmp_path):
    write_tables(spoiled(judgement, title="50 % | C_1 & {<b>}\n$x$ \\"), tmp_path)
    line = (tmp_path / "complete_journey-models.md").read_text().splitlines()[2]
    assert line.startswith(r"| 50 % \| C\_1 & {\<b\>} $x$ \\ | ")
    latex = (tmp_path / "complete_journey-models.tex").read_text()
    assert r"50 \% | C\_1 \& \{<b>\}" in latex and r"\$x\$ \textbackslash{}" in latex


def test_what_is_not_available_is_empty_and_null(judgement, tmp_path):
    unknown = Score(math.nan, math.nan, math.nan)
    scores = judgement.tasks[0].models[0].scores | {Key("roc_auc"): unknown}
    write_tables(spoiled(judgement, scores=scores), tmp_path)
    assert read_csv(tmp_path / "complete_journey-models.csv")[0]["roc_auc"] == ""
    records = json.loads((tmp_path / "complete_journey-models.json").read_text())
    assert records[0]["roc_auc"] is None
    for path in set(tmp_path.iterdir()) - {tmp_path / "scores.parquet"}:
        assert "nan" not in path.read_text().lower()
    assert "not available" in (tmp_path / "complete_journey-models.md").read_text()


def test_task_names_become_safe_and_different_file_names(judgement, tmp_path):
    first, second, _ = judgement.tasks
    tasks = (
        replace(first, task=replace(first.task, name="../a b")),
        replace(second, task=replace(second.task, name="../a/b")),
    )
    write_tables(Judgement(judgement.run, tasks), tmp_path / "tables")
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert {"_a_b-models.csv", "_a_b-2-models.csv"} <= names
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]


def test_every_sign_of_the_page_has_its_latex():
    assert latex_escaped("−0.1 ≈ 5 %") == r"$-$0.1 $\approx$ 5 \%"


FORMULAS = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "a\r=1", "\r=1")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_opens_as_a_formula(judgement, tmp_path, formula):
    (judged, *others) = judgement.tasks
    first = judged.models[0]
    called = replace(first, contestant=replace(first.contestant, title=formula))
    changed = replace(
        judged, task=replace(judged.task, name=formula), models=(called, *judged.models[1:])
    )
    write_tables(replace(judgement, tasks=(changed, *others)), tmp_path / "tables")
    read = [row for path in (tmp_path / "tables").glob("*.csv") for row in read_csv(path)]
    texts = [text for row in read for text in (*row, *row.values())]
    shown = formula.replace("\r", r"\r")
    assert texts.count(shown if formula != shown else f"'{formula}") > 10
    for text in texts:
        assert "\r" not in text and text[:1] not in ("=", "+", "@", "\t")
        if text.startswith("-"):
            float(text)
    records = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "tables").glob("*.json")]
    assert any(record["title"] == formula for lines in records for record in lines)
