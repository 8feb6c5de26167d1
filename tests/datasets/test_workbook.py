"""Workbooks: the values of a sheet are read as those of a CSV file would be."""

import datetime as dt
import io
import zipfile

import numpy as np
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets.table_file import TableFile

N = 60
DAYS = [dt.date(2024, 3, 1) + dt.timedelta(days=k % 28) for k in range(N)]
ROWS = [
    ["pages", "seconds", "channel", "day", "member", "bought"],
    *(
        [1 + k * 7 % 23, 1.5 + k * 13 % 97, ("mail", "café & co", "direct")[k * 5 % 7 % 3], DAYS[k],
         k % 4 == 0, "yes" if k % 3 == 0 else "no"]
        for k in range(N)
    ),
]  # fmt: skip


def as_csv(rows):
    def cell(value):
        return str(value).lower() if isinstance(value, bool) else str(value)

    return "\n".join(",".join(map(cell, row)) for row in rows) + "\n"


def load(tmp_path, content, name="visits.xlsx", **keywords):
    (tmp_path / name).write_bytes(content)
    return TableFile(path=str(tmp_path / name), target="bought", **keywords).load()


def test_a_sheet_gives_the_same_cases_as_its_csv(tmp_path, workbook):
    task = load(tmp_path, workbook({"visits": ROWS}))
    plain = load(tmp_path, as_csv(ROWS).encode(), "visits.csv")
    assert task.fingerprint() == plain.fingerprint()
    assert len(task.card.caveats) == 1
    assert {column.name: column.kind for column in task.profile} == {
        "pages": "number", "seconds": "number", "channel": "category", "day": "date",
        "member": "category", "bought": "",
    }  # fmt: skip


def test_a_title_blank_rows_and_totals_around_the_table_are_skipped(tmp_path, workbook):
    total = ["Total", 700, "", "", "", ""]
    rows = [["Visits of spring 2024"], [], *ROWS, [], total]
    task = load(tmp_path, workbook({"visits": rows}))
    assert task.fingerprint() == load(tmp_path, workbook({"visits": ROWS}), "v.xlsx").fingerprint()
    assert any("lines 1 to 2 are skipped" in caveat for caveat in task.card.caveats)
    assert any("after the table, 1 lines are skipped" in caveat for caveat in task.card.caveats)


def test_the_sheet_can_be_named(tmp_path, workbook):
    notes = [["nothing", "here"], ["a", "b"]]
    content = workbook({"notes": notes, "visits": ROWS})
    with pytest.raises(DataError, match="no column 'bought'"):
        load(tmp_path, content)
    task = load(tmp_path, content, sheet="visits")
    assert len(task) == N
    first = load(tmp_path, workbook({"visits": ROWS, "notes": notes}))
    assert (
        "its first sheet, 'visits', is read; others are 'notes' (--sheet)"
        in (first.card.caveats[1])
    )
    with pytest.raises(DataError, match="has no sheet 'Visits'.  It has: 'notes', 'visits'"):
        load(tmp_path, content, sheet="Visits")


def test_damaged_workbooks_are_refused(tmp_path, workbook):
    content = workbook({"visits": ROWS})
    rng = np.random.default_rng(0)
    bad = [content[:600], content[:-30], b"PK\x03\x04" + bytes(200)]
    for _ in range(60):
        holes = bytearray(content)
        for at in rng.integers(4, len(content), 20):
            holes[at] = rng.integers(256)
        bad.append(bytes(holes))
    n_refused = 0
    for broken in bad:
        try:
            load(tmp_path, broken)
        except DataError:
            n_refused += 1
    assert n_refused > len(bad) // 2


def test_what_is_no_workbook_is_told(tmp_path):
    with pytest.raises(DataError, match="is no workbook, whatever its name says"):
        load(tmp_path, as_csv(ROWS).encode())


def test_sheets_and_encodings_belong_to_their_files(tmp_path, workbook):
    with pytest.raises(DataError, match="leave --sheet out"):
        load(tmp_path, as_csv(ROWS).encode(), "visits.csv", sheet="visits")
    with pytest.raises(DataError, match="leave --encoding utf-8 out"):
        load(tmp_path, workbook({"visits": ROWS}), encoding="utf-8")


def rewritten(content, change, method=zipfile.ZIP_DEFLATED):
    """Write a workbook again, its sheet changed."""
    source, body = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(body, "w", method) as archive:
        for name in source.namelist():
            inside = source.read(name)
            archive.writestr(name, change(inside) if "sheet1" in name else inside)
    return body.getvalue()


@pytest.mark.parametrize("quote", [b'"', b"'"])
def test_a_lone_cell_far_away_takes_no_memory(tmp_path, workbook, quote):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'.replace(b'"', quote)
    content = rewritten(
        workbook({"visits": ROWS}), lambda sheet: sheet.replace(b"</sheetData>", far)
    )
    with pytest.raises(DataError, match="with 17,179,869,184 cells needs more memory than the"):
        load(tmp_path, content)


def test_what_a_sheet_takes_is_held_to_the_memory_that_is_free(tmp_path, workbook, monkeypatch):
    content = workbook({"visits": ROWS})
    assert len(load(tmp_path, content)) == N
    monkeypatch.setattr("intentbench.datasets._table.workbook.free_bytes", lambda: 50_000)
    with pytest.raises(DataError, match="visits.xlsx needs more memory than the 0 MiB .* are free"):
        load(tmp_path, content)


def test_a_size_that_an_archive_states_is_not_believed(tmp_path, workbook, monkeypatch):
    monkeypatch.setattr("intentbench.datasets._table.workbook._MOST_BYTES", 1 << 20)
    content = rewritten(workbook({"visits": ROWS}), lambda sheet: sheet + b" " * (3 << 20))
    stated = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").file_size
    lies = content.replace(stated.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lies != content
    for body in (content, lies):
        with pytest.raises(DataError, match="more than 1 MiB once unpacked|damaged workbook"):
            load(tmp_path, body)


def test_a_method_that_no_workbook_is_packed_with_is_refused(tmp_path, workbook):
    content = rewritten(workbook({"visits": ROWS}), bytes, zipfile.ZIP_LZMA)
    with pytest.raises(DataError, match="packed as no workbook is"):
        load(tmp_path, content)
