"""Workbooks: the values of a sheet are read as those of a CSV file would be."""

import datetime as dt

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
