"""The workbook as openpyxl reads it back: every number, nothing carried out, names that open."""

import io
import time
from dataclasses import replace

import openpyxl
import pytest
from intentbench.bench.judge.judgement import Judgement
from intentbench.reports.tables import figures_of, records
from intentbench.reports.workbook import workbook

CARRIED_OUT = '=cmd|" /C calc"!A1'


def read(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def written(judgement):
    return workbook(judgement)


@pytest.fixture(scope="module")
def book(written):
    return read(written)


def lines_of(sheet):
    names, *rows = sheet.values
    return [dict(zip(names, row, strict=True)) for row in rows]


def renamed(judgement, names):
    tasks = [
        replace(judged, task=replace(judged.task, name=name))
        for judged, name in zip(judgement.tasks, names, strict=False)
    ]
    return replace(judgement, tasks=tuple(tasks))


def test_each_table_has_its_sheet(book, judgement):
    expected = [
        f"{judged.task.name} {what}"[-31:] if len(judged.task.name) < 21 else None
        for judged in judgement.tasks
        for what in ("models", "ensembles")
    ]
    assert len(book.sheetnames) == len(expected) + 2
    assert book.sheetnames[-2:] == ["figures", "splits"]
    for name, found in zip(expected, book.sheetnames, strict=False):
        assert name in (None, found)


def test_numbers_come_back_as_numbers_with_all_digits_that_spreadsheets_hold(book, judgement):
    (sheet, *_), judged = book.worksheets, judgement.tasks[0]
    found, made = lines_of(sheet), records(judged, judged.models)
    assert len(found) == len(made) == len(judged.models)
    for line, record in zip(found, made, strict=True):
        for name, value in record.items():
            known = pytest.approx(value, rel=1e-15) if type(value) is float else value
            assert line[name] == (None if value == "" else known)
        assert isinstance(line["fitted_without_weights"], bool)
    known = [line["roc_auc"] for line in found if line["standing"] != "failed"]
    assert known and all(type(value) in (float, int) for value in known)


def test_long_table_has_every_line(book, judgement):
    n_figures = sum(1 for judged in judgement.tasks for _ in figures_of(judged))
    assert len(lines_of(book["figures"])) == n_figures > 100


def test_shares_are_shown_in_per_cent_and_figures_are_not(book):
    sheet = book.worksheets[0]
    forms = {cell.value: sheet.cell(2, cell.column).number_format for cell in sheet[1]}
    assert forms["accuracy"] == forms["precision@chosen_low"] == "0.0%"
    assert forms["roc_auc"] == forms["log_loss_high"] == "0.0000"
    figures = book["figures"]
    by_metric = {row[4].value: row[7].number_format for row in figures.iter_rows(min_row=2)}
    assert (by_metric["accuracy"], by_metric["brier"]) == ("0.0%", "0.0000")


def test_headings_stay_in_sight_and_columns_are_as_wide_as_what_they_hold(book):
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "B2" and book["figures"].freeze_panes == "A2"
    longest = max(len(line["title"]) for line in lines_of(sheet))
    assert longest < sheet.column_dimensions["B"].width <= longest + 3


def entitled(judgement, titles):
    """Give the first models of the first task other titles, and take the other tasks away."""
    judged = judgement.tasks[0]
    models = tuple(
        replace(entry, contestant=replace(entry.contestant, title=title))
        for entry, title in zip(judged.models, titles, strict=False)
    )
    return replace(judgement, tasks=(replace(judged, models=models, ensembles=()),))


def test_text_is_never_carried_out(judgement):
    texts = (CARRIED_OUT, "+1", "@SUM(A1)", "http://example.org/", "12", "{=A1}", "_x000D_")
    cells = read(workbook(entitled(judgement, texts))).worksheets[0]["B"][1:]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in texts]
    assert not any(cell.hyperlink for cell in cells)


def test_text_that_no_cell_can_hold_is_cut_and_shown_to_go_on(judgement):
    title = "\x00\ud800" + "\U0001f6d2" * 20_000
    kept = read(workbook(entitled(judgement, [title]))).worksheets[0]["B2"].value
    assert kept.startswith(r"\x00\ud800") and kept.endswith("\U0001f6d2…")
    assert 32_760 < len(kept.encode("utf-16-le")) / 2 <= 32_767


def test_sheets_have_names_that_spreadsheets_open(judgement):
    names = ["a[b]:c*d?e/f\\g'" * 3, "A[B]:c*d?e/f\\G'" * 3, "客户" * 20]
    book = read(workbook(renamed(judgement, names)))
    assert all(0 < len(name) <= 31 for name in book.sheetnames)
    assert not any(set(name) & set("[]:*?/\\'") for name in book.sheetnames)
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)
    assert book.sheetnames[0].endswith("models")


def test_same_judgement_gives_the_same_bytes(judgement, written, monkeypatch):
    later = time.time() + 400 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert workbook(judgement) == written


def test_run_without_tasks_has_a_workbook_that_opens(judgement):
    book = read(workbook(Judgement(judgement.run, ())))
    assert [tuple(row) for row in book.worksheets[0].values][1] == ("The run holds no task.",)
