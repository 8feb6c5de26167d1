import os
import shutil

import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.store.latest import clear_latest, finished_runs, named_run, point_latest
from intentbench.bench.store.run_reader import read_run


def folder_of(store):
    return store.runs / read_run(store).run_id


def runs_of(tmp_path, *names):
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()
    return tmp_path


def test_runs_are_ordered_by_when_they_were_begun(tmp_path):
    names = ("20250102-000000-b", "20250101-000000-smoke", "20250101-000000-smoke-10",
             "20250101-000000-smoke-2", "latest", ".20250103-000000-x.part")  # fmt: skip
    runs_of(tmp_path, *names)
    assert finished_runs(tmp_path) == [names[1], names[3], names[2], names[0]]


@pytest.mark.parametrize("how", ["nothing", "dangling", "empty file", "elsewhere", "strange bytes"])
def test_latest_that_leads_nowhere_is_the_newest(tmp_path, how):
    runs = runs_of(tmp_path, "20250101-000000-a", "20250102-000000-b")
    latest = runs / "latest"
    if how == "dangling":
        latest.symlink_to("20240101-000000-gone")
    elif how == "elsewhere":
        latest.symlink_to("/")
    elif how == "empty file":
        latest.touch()
    elif how == "strange bytes":
        latest.write_bytes(b"\xff\xfe")
    assert named_run(runs, "latest") == "20250102-000000-b"


def test_link_and_file_lead_to_the_run_that_they_name(tmp_path, monkeypatch):
    runs = runs_of(tmp_path, "20250101-000000-a", "20250102-000000-b")
    point_latest(runs, "20250101-000000-a")
    assert (runs / "latest").is_symlink()
    assert named_run(runs, "latest") == "20250101-000000-a"

    def none(*args, **keywords):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "symlink", none)
    (runs / "latest").unlink()
    point_latest(runs, "20250101-000000-a")
    assert (runs / "latest").is_file() and not (runs / "latest").is_symlink()
    assert named_run(runs, "latest") == "20250101-000000-a"


@pytest.mark.parametrize("name", ["..", "../results", "a/b", "", "."])
def test_what_is_no_id_is_no_run(tmp_path, name):
    with pytest.raises(StoreError, match="there is no run"):
        named_run(runs_of(tmp_path, "20250101-000000-a"), name)


def as_a_folder(store):
    """What copying without links makes of a results folder."""
    folder = folder_of(store)
    latest = store.runs / "latest"
    latest.unlink()
    shutil.copytree(folder, latest)
    return folder, latest


def test_latest_that_is_a_folder_is_read_and_then_a_link_again(small):
    folder, latest = as_a_folder(small)
    assert read_run(small).run_id == folder.name
    clear_latest(small.runs)
    assert not latest.exists()
    point_latest(small.runs, folder.name)
    assert latest.is_symlink() and read_run(small).run_id == folder.name


def test_latest_that_holds_the_only_copy_is_given_its_name(small):
    folder, _ = as_a_folder(small)
    shutil.rmtree(folder)
    with pytest.raises(StoreError, match="no run 'latest'"):
        read_run(small)
    clear_latest(small.runs)
    assert read_run(small).run_id == folder.name


@pytest.mark.parametrize("other", ["notes", "a run that differs", "the own one is damaged"])
def test_folder_that_may_hold_more_is_not_removed(small, other):
    folder, latest = as_a_folder(small)
    if other == "notes":
        shutil.rmtree(latest)
        latest.mkdir()
    elif other == "a run that differs":
        (latest / "seal.json").write_text("{}", encoding="utf-8")
    else:
        (folder / "cases.parquet").write_bytes(b"")
    with pytest.raises(StoreError, match="latest is a folder, .*Rename or remove it"):
        clear_latest(small.runs)
    assert latest.is_dir() and folder.is_dir()
