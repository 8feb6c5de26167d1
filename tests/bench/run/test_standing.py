import shutil

import pytest
from intentbench.bench.run import standing
from intentbench.bench.run.standing import made_with
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.seal import REPORT, close_report, open_report
from intentbench.bench.store.store import Store

from ...in_this_process import InThisProcess


def report_of(store, run, with_=None):
    """Seal what stands for a report."""
    folder = store.runs / run.run_id
    open_report(folder)
    (folder / "tables").mkdir(exist_ok=True)
    (folder / REPORT).write_text("<p>report</p>", encoding="utf-8")
    close_report(folder, with_ or made_with(()))
    return folder


def test_run_stands_where_nothing_has_changed(toy_run, tmp_path):
    store = Store(tmp_path / "results")
    first, _ = toy_run("steady", engine=InThisProcess())
    assert not first.stands
    folder = report_of(store, first)
    again, notes = toy_run("steady", engine=InThisProcess())
    assert again.stands and again.run_id == first.run_id and notes.cells == []
    assert again.cells == read_run(store).cells
    assert [path.name for path in store.runs.glob("2*")] == [first.run_id]

    (folder / REPORT).write_text("<p>rewritten</p>", encoding="utf-8")
    after_edit, _ = toy_run("steady", engine=InThisProcess())
    assert not after_edit.stands and after_edit.run_id != first.run_id


CHANGES = {
    "other sources of judging or report": lambda patch, store, run: patch.setattr(
        standing, "_sources", lambda: "others"
    ),
    "other libraries": lambda patch, store, run: patch.setattr(
        standing, "surroundings", lambda: {"packages": {"numpy": "9"}}
    ),
    "another metric": lambda patch, store, run: report_of(store, run, made_with([{"name": "f2"}])),
    "a report cut short": lambda patch, store, run: open_report(store.runs / run.run_id),
    "a file cut off": lambda patch, store, run: (
        (store.runs / run.run_id / "cases.parquet").write_bytes(b"PAR1")
    ),
    "no seal": lambda patch, store, run: (store.runs / run.run_id / "seal.json").unlink(),
    "another machine": lambda patch, store, run: patch.setattr(
        "intentbench.bench.run.environment.psutil.cpu_count", lambda: 99
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    return tmp_path_factory.mktemp("reported") / "results"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_run_is_made_anew_where_something_has_changed(
    toy_run, reported, tmp_path, monkeypatch, change
):
    if not reported.exists():
        first, _ = toy_run("steady", results=reported, engine=InThisProcess())
        report_of(Store(reported), first)
    shutil.copytree(reported, tmp_path / "results", symlinks=True)
    store = Store(tmp_path / "results")
    first = read_run(store)
    change(monkeypatch, store, first)
    again, notes = toy_run("steady", engine=InThisProcess())
    assert not again.stands and again.run_id != first.run_id and notes.cells == []


def test_other_jobs_and_other_models_are_other_runs(toy_run, tmp_path):
    store = Store(tmp_path / "results")
    first, _ = toy_run("steady", jobs=2)
    report_of(store, first)
    assert not toy_run("steady", jobs=1)[0].stands
    assert not toy_run("steady", "random_draws", jobs=2)[0].stands


def test_a_damaged_cell_is_computed_and_the_run_made_anew(toy_run, tmp_path):
    store = Store(tmp_path / "results")
    first, _ = toy_run("steady", engine=InThisProcess())
    report_of(store, first)
    shutil.rmtree(store.cell_folder(first.cells[0].key))
    again, notes = toy_run("steady", engine=InThisProcess())
    # Its predictions are the same, and it took another time.
    assert not again.stands and notes.cells == ["steady/0"]
