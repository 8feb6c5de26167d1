"""Results folders that are copies of a store: as on machines that share it."""

import json
import shutil

import numpy as np
import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.store.at_work import run_at_work
from intentbench.bench.store.folder_objects import FolderObjects
from intentbench.bench.store.latest import LATEST, finished_runs
from intentbench.bench.store.packed import packed, unpacked
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.run_reader import changed_of_run, read_run
from intentbench.bench.store.shared_store import SharedStore
from intentbench.bench.store.store import Store

from .s3_server import BUCKET, TAKES_ALL, Wrong, wrong_server

KEY = "ab" + "0" * 38
FACTS = {"fit_seconds": 0.25}
PREDICTIONS = Predictions(np.array([0.5]), np.array([0.25, 1.0]))


@pytest.fixture
def objects(tmp_path):
    return FolderObjects(tmp_path / "store")


@pytest.fixture
def machine(tmp_path, objects):
    """Give the results folder of a machine by its name."""

    def of(name):
        store = SharedStore(tmp_path / name, objects)
        store.prepare()
        return store

    return of


def files_of(store, key=KEY):
    return {path.name: path.read_bytes() for path in store.cell_folder(key).iterdir()}


def test_cell_of_one_machine_is_there_for_the_other(machine):
    one, other = machine("one"), machine("other")
    other.fetch([KEY])
    assert other.read_cell(KEY) is None
    one.write_cell(KEY, FACTS, PREDICTIONS)
    third = machine("third")
    third.fetch([KEY, "cd" + "0" * 38])
    assert files_of(third) == files_of(one)
    assert third.read_predictions(KEY).test.tolist() == [0.25, 1.0]


def test_of_two_machines_who_compute_a_cell_the_first_wins(machine):
    one, other = machine("one"), machine("other")
    one.write_cell(KEY, FACTS, PREDICTIONS)
    other.write_cell(KEY, {"fit_seconds": 9.0}, PREDICTIONS)
    assert files_of(one) == files_of(other)
    assert other.read_cell(KEY).facts["fit_seconds"] == 0.25


def test_cell_that_is_damaged_here_comes_from_the_store(machine, objects):
    one = machine("one")
    one.write_cell(KEY, FACTS, PREDICTIONS)
    whole = files_of(one)
    (one.cell_folder(KEY) / "predictions.parquet").write_bytes(b"other")
    one.discard_cell(KEY)
    assert files_of(one) == whole and objects.list("cells/ab") == [f"{KEY}.zip"]


@pytest.mark.parametrize("what", ["no archive", "another's", "a file elsewhere", "cut short"])
def test_cell_that_is_damaged_in_the_store_is_told_and_replaced(machine, objects, what):
    one, other, name = machine("one"), machine("other"), f"cells/ab/{KEY}.zip"
    one.write_cell(KEY, FACTS, PREDICTIONS)
    files, content = files_of(one), objects.get(name)
    wrong = {
        "no archive": b"nothing",
        "another's": packed({**files, "cell.json": b"{}"}),
        "a file elsewhere": packed({"../../cell.json": b"{}"}),
        "cut short": content[: len(content) // 2],
    }[what]
    objects.remove(name)
    objects.put_if_absent(name, wrong)
    other.fetch([KEY])
    with pytest.raises(StoreError, match=KEY):
        other.read_cell(KEY)
    other.discard_cell(KEY)
    assert other.read_cell(KEY) is None and objects.get(name) is None
    other.write_cell(KEY, {"fit_seconds": 9.0}, PREDICTIONS)
    assert machine("third").write_cell(KEY, FACTS, PREDICTIONS) is None
    assert unpacked(objects.get(name)) == files_of(other)


def test_run_is_brought_with_its_cells_as_it_was_sealed(machine, objects, small_results):
    one = machine("one")
    for folder in ("cells", "runs"):
        shutil.copytree(
            small_results / folder, one.root / folder, symlinks=True, dirs_exist_ok=True
        )
    (name,) = finished_runs(one.runs)
    assert one.publish(name) == objects.url
    other = SharedStore(one.root.with_name("other"), objects)
    other.bring(LATEST)
    run = read_run(other)
    assert run.run_id == name and not changed_of_run(other, run)
    assert [cell.sha256 for cell in run.cells] == [cell.sha256 for cell in read_run(one).cells]
    assert all(len(run.predictions(cell).test) for cell in run.cells)
    third = machine("third")  # who begins a run has the latest, and fetches cells as it needs them
    assert finished_runs(third.runs) == [name] and not any(third.cells.glob("*/*"))

    damaged = objects.get(f"runs/{name}.zip")
    objects.remove(f"runs/{name}.zip")
    objects.put_if_absent(f"runs/{name}.zip", damaged.replace(b"seal.json", b"sael.json"))
    with pytest.raises(StoreError, match=f"runs/{name}.zip is not as it was written.  Remove it"):
        machine("fourth")
    assert not any((one.root.with_name("fourth") / "runs").glob("2*"))


def test_name_of_a_run_is_given_to_one_machine(machine, monkeypatch):
    class Clock:
        @staticmethod
        def now(zone):
            from datetime import datetime

            return datetime(2024, 1, 1, tzinfo=zone)

    monkeypatch.setattr("intentbench.bench.store.at_work.datetime", Clock)
    with (
        run_at_work(machine("one"), "toy") as first,
        run_at_work(machine("other"), "toy") as second,
    ):
        assert (first, second) == ("20240101-000000-toy", "20240101-000000-toy-2")


def test_folder_is_the_copy_of_one_store(machine, objects, tmp_path):
    one = machine("one")
    other = FolderObjects(tmp_path / "another store")
    with pytest.raises(StoreError, match="is the copy of file://.*another store.*--results"):
        SharedStore(one.root, other).prepare()
    with pytest.raises(StoreError, match=r"Add --store file://.*store, or name another folder"):
        Store(one.root).prepare()
    own = Store(tmp_path / "own")
    own.prepare()
    own.write_cell(KEY, FACTS, PREDICTIONS)
    with pytest.raises(StoreError, match="holds results of its own.*--results"):
        SharedStore(own.root, objects).prepare()
    (objects.root / "store.json").write_text("[]", encoding="utf-8")
    with pytest.raises(StoreError, match="store.json that is none of intentbench"):
        machine("third")


def test_store_without_a_run_is_told(tmp_path, objects):
    with pytest.raises(StoreError, match="no run in file://.*Run a suite first"):
        SharedStore(tmp_path / "one", objects).bring(LATEST)


def test_server_that_heeds_no_condition_is_refused(tmp_path, monkeypatch):
    module = pytest.importorskip(
        "intentbench.bench.store.bucket_objects", reason="the extra 's3' is not installed"
    )
    with wrong_server(Wrong(TAKES_ALL)) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(StoreError, match="lets a second writer overwrite the first.*If-None"):
            SharedStore(tmp_path / "one", module.BucketObjects(BUCKET, "prefix")).prepare()


def test_same_files_make_the_same_bytes():
    assert packed({"b": b"2", "a": b"1"}) == packed({"a": b"1", "b": b"2"})
    assert unpacked(packed({"tables/a.csv": b"1"})) == {"tables/a.csv": b"1"}
    assert json.loads(unpacked(packed({"a": b"{}"}))["a"]) == {}
