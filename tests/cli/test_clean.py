import os
import shutil

import pytest
from intentbench.bench.store.at_work import run_at_work
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.cli.main import main


@pytest.fixture
def results(toy_run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    run, _ = toy_run("steady", results=tmp_path / "results")
    return Store(tmp_path / "results"), run


def test_what_nobody_needs_is_listed_and_removed_when_that_is_said(results, capsys):
    store, run = results
    (store.root / "scratch-x").mkdir()
    (store.root / "scratch-x" / "features").write_bytes(b"x" * 2_345_678)
    assert main(["clean"]) == 0
    out = capsys.readouterr().out
    assert "2 MB  results/scratch-x  (half-written by a run that was killed)" in out
    assert "1 to remove, 2 MB; `intentbench clean --yes` removes them" in out
    assert (store.root / "scratch-x").exists()
    assert main(["clean", "--yes"]) == 0
    assert "removed 1 of 1, 2 MB" in capsys.readouterr().out
    assert not (store.root / "scratch-x").exists()
    assert read_run(store).cells == run.cells
    assert main(["clean"]) == 0
    assert capsys.readouterr().out == "nothing to clean\n"


def test_cells_of_runs_that_were_removed_go(results, capsys):
    store, run = results
    shutil.rmtree(store.runs / run.run_id)
    assert main(["clean", "--yes"]) == 0
    out = capsys.readouterr().out
    assert all(cell.key in out for cell in run.cells) and "no run refers to" in out
    assert not list(store.cells.glob("*/*"))


def test_nothing_is_removed_while_a_run_is_at_work(results, capsys):
    store, _ = results
    with run_at_work(store, "toy") as run_id:
        assert main(["clean", "--yes"]) == 2
    assert f"the run {run_id} (process {os.getpid()}) is writing to" in capsys.readouterr().err


def test_damaged_run_stops_the_cleaning(results, capsys):
    store, run = results
    (store.runs / run.run_id / "cells.json").write_text("[]", encoding="utf-8")
    assert main(["clean", "--yes"]) == 2
    assert "cells.json was changed" in capsys.readouterr().err
    assert all(store.read_cell(cell.key) for cell in run.cells)


def test_folder_that_is_not_there_is_clean(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["clean", "--results", "none"]) == 0
    assert "nothing to clean" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()
