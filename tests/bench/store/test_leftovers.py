import os
import shutil
import time
from dataclasses import replace

import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.store.leftovers import leftovers, remove, sweep, unused_cells
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.seal import close_report, open_report, read_seal, write_seal
from intentbench.bench.store.temporary import TEMPORARY

LONG_AGO = time.time() - 7200


def aged(path):
    for part in (*path.rglob("*"), path):
        os.utime(part, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    return path


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A temporary folder of the system's, of our own."""
    folder = tmp_path / "system"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def paths(found):
    return {left.path for left in found}


def test_nothing_is_left_by_a_run_that_ended_well(small):
    assert paths(leftovers(small, ())) == set()
    assert paths(unused_cells(small)) == set()


def test_what_only_runs_write_is_nobodys_at_once(small):
    left = [small.cells / "ab" / "ab12.99.part", small.root / "scratch-x", small.runs / ".x.part"]
    for path in left:
        path.mkdir(parents=True)
        (path / "half").write_bytes(b"12345")
    found = {one.path: one.n_bytes for one in leftovers(small, ())}
    assert set(found) == set(left) and all(size >= 5 for size in found.values())
    sweep(small, ())
    assert not any(path.exists() for path in left)


def test_what_reports_leave_is_kept_for_an_hour(small):
    folder = small.runs / read_run(small).run_id
    part = folder / "tables" / ".figures.csv.4711.part"
    part.touch()
    assert paths(leftovers(small, ())) == set()
    aged(part)
    assert paths(leftovers(small, ())) == {part}


def test_run_without_a_report_is_kept_for_an_hour_and_its_cells_for_ever(small):
    run = read_run(small)
    folder = small.runs / run.run_id
    write_seal(folder, replace(read_seal(folder), made={}, awaits_report=True))
    assert paths(leftovers(small, ())) == set()
    aged(folder)
    sweep(small, ())
    assert not folder.exists()
    assert all(small.read_cell(cell.key) for cell in run.cells)
    with pytest.raises(StoreError, match="no run 'latest'.*Run a suite first"):
        read_run(small)


def test_run_that_nobody_wanted_a_report_of_is_kept(small):
    run = read_run(small)
    folder = small.runs / run.run_id
    open_report(folder)
    (folder / "report.html").unlink()
    aged(folder)
    assert paths(leftovers(small, ())) == set()


def test_report_ends_the_waiting_for_it(small):
    folder = small.runs / read_run(small).run_id
    write_seal(folder, replace(read_seal(folder), awaits_report=True))
    close_report(folder, "these sources")
    assert not read_seal(folder).awaits_report


def test_temporary_folders_are_ours_old_and_of_nobody(small, temporary):
    names = ("1-abc", "999999999-abc", f"{os.getpid()}-abc", "check-abc", "99999999999-x")
    folders = {name: temporary / f"{TEMPORARY}{name}" for name in names}
    for folder in (*folders.values(), temporary / "others"):
        folder.mkdir()
    assert paths(leftovers(small, ())) == set()
    for folder in temporary.iterdir():
        aged(folder)
    assert paths(leftovers(small, ())) == {
        folders["999999999-abc"], folders["check-abc"], folders["99999999999-x"],
    }  # fmt: skip


def test_cells_that_no_run_refers_to(small):
    run = read_run(small)
    facts = small.read_cell(run.cells[0].key).facts
    key = "cd" + "0" * 38
    small.write_cell(key, facts, run.predictions(run.cells[0]))
    (small.cells / "cd" / "notes").write_text("no cell", encoding="utf-8")
    found = list(unused_cells(small))
    assert paths(found) == {small.cell_folder(key), small.cells / "cd" / "notes"}
    for left in found:
        remove(left.path)
    assert read_run(small).cells == run.cells
    shutil.rmtree(small.runs / run.run_id)
    assert paths(unused_cells(small)) == {small.cell_folder(cell.key) for cell in run.cells}


def test_run_that_cannot_be_read_makes_no_cell_unused(small):
    folder = small.runs / read_run(small).run_id
    (folder / "cells.json").write_text("[]", encoding="utf-8")
    with pytest.raises(StoreError, match="cells.json was changed"):
        list(unused_cells(small))
