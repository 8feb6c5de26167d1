import ast
import errno
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.plugins.registry import ROOT
from intentbench.bench.store.leftovers import sweep
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.sealed_json import FORMAT, NewerFormat, sealed
from intentbench.bench.store.store import Store, write_atomically, writing

KEY = "ab" + "0" * 38
FACTS = {"fit_seconds": 0.1 + 0.2, "warnings": ["Überlauf"], "params": {"C": 1.0, "x": None}}
PREDICTIONS = Predictions(valid=np.array([0.1 + 0.2, 0.0]), test=np.array([1.0, 1 / 3, 5e-324]))


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "results")
    made.prepare()
    return made


def test_cell_is_read_back_to_the_last_bit(store):
    store.write_cell(KEY, FACTS, PREDICTIONS)
    cell = store.read_cell(KEY)
    assert {name: cell.facts[name] for name in FACTS} == FACTS
    assert {"key": KEY, "n_valid": 2, "n_test": 3}.items() <= cell.facts.items()
    read = store.read_predictions(KEY)
    np.testing.assert_array_equal(read.valid, PREDICTIONS.valid)
    np.testing.assert_array_equal(read.test, PREDICTIONS.test)


@pytest.mark.parametrize("part", ["valid", "test"])
def test_cell_with_an_empty_part_is_read_back(store, part):
    empty = {"valid": np.array([0.5]), "test": np.array([0.5])} | {part: np.empty(0)}
    store.write_cell(KEY, FACTS, Predictions(**empty))
    assert len(getattr(store.read_predictions(KEY), part)) == 0


def test_cell_that_is_not_there(store):
    assert store.read_cell(KEY) is None
    with pytest.raises(StoreError, match="is gone.  Run the suite again"):
        store.read_predictions(KEY)


def test_of_two_who_write_a_cell_the_first_wins(store):
    store.write_cell(KEY, FACTS, PREDICTIONS)
    first = store.read_cell(KEY)
    store.write_cell(KEY, {"fit_seconds": 9}, Predictions(np.zeros(1), np.ones(1)))
    assert store.read_cell(KEY) == first
    assert len(store.read_predictions(KEY).test) == 3
    assert not list(store.cells.glob("*/*.part"))


@pytest.mark.parametrize("what", ["damaged", "a file", "a link to nothing"])
def test_what_is_no_cell_is_replaced_by_one(store, what):
    folder = store.cell_folder(KEY)
    if what == "damaged":
        store.write_cell(KEY, FACTS, PREDICTIONS)
        (folder / "predictions.parquet").write_bytes(b"other")
    else:
        folder.parent.mkdir(parents=True)
        folder.symlink_to("gone") if what == "a link to nothing" else folder.touch()
    store.write_cell(KEY, {"fit_seconds": 9}, PREDICTIONS)
    assert store.read_cell(KEY).facts["fit_seconds"] == 9
    assert store.read_predictions(KEY).test.tolist() == PREDICTIONS.test.tolist()


def test_cell_that_another_run_has_mended_is_not_discarded(store):
    store.write_cell(KEY, FACTS, PREDICTIONS)
    store.discard_cell(KEY)
    assert store.read_cell(KEY) is not None


@pytest.mark.parametrize("how", ["copied", "swapped", "linked"])
def test_cell_that_stands_elsewhere_is_refused(store, how):
    other = "ab" + "1" * 38
    store.write_cell(KEY, FACTS, PREDICTIONS)
    store.write_cell(other, FACTS, Predictions(np.zeros(2), np.ones(3)))
    one, two = store.cell_folder(KEY), store.cell_folder(other)
    if how == "swapped":
        one.rename(store.root / "kept")
        two.rename(one)
    elif how == "copied":
        shutil.rmtree(one)
        shutil.copytree(two, one)
    else:
        shutil.rmtree(one)
        one.symlink_to(two)
    for read in (store.read_cell, store.read_predictions):
        with pytest.raises(StoreError, match="it was put there|is a link"):
            read(KEY)
    store.discard_cell(KEY)
    assert store.read_cell(KEY) is None
    assert how == "swapped" or store.read_cell(other) is not None
    store.write_cell(KEY, FACTS, PREDICTIONS)
    assert store.read_predictions(KEY).test.tolist() == PREDICTIONS.test.tolist()


def test_cell_that_was_computed_again_is_not_the_one_that_a_run_used(store):
    store.write_cell(KEY, FACTS, PREDICTIONS)
    used = store.read_cell(KEY).sha256
    store.read_predictions(KEY, used)
    shutil.rmtree(store.cell_folder(KEY))
    store.write_cell(KEY, FACTS | {"fit_seconds": 9.0}, PREDICTIONS)
    with pytest.raises(StoreError, match="is not the one that was used.  Run the suite again"):
        store.read_predictions(KEY, used)


FORGED = {
    "a probability of 5": (
        [0.5, 5.0],
        [0.1] * 3,
        {},
        "1 of its 5 predictions are no probabilities",
    ),
    "NaN": ([0.5, 0.5], [np.nan] * 3, {}, "3 of its 5 predictions are no probabilities"),
    "fewer": ([0.5], [0.1] * 3, {"n_valid": 2}, "it holds 1 predictions of valid and 3 of test"),
}


@pytest.mark.parametrize(("valid", "test", "facts", "words"), FORGED.values(), ids=FORGED)
def test_predictions_are_looked_at_even_where_all_digests_fit(store, valid, test, facts, words):
    store.write_cell(KEY, FACTS, Predictions(np.array(valid), np.array(test)))
    path = store.cell_folder(KEY) / "cell.json"
    noted = store.read_cell(KEY).facts
    path.write_bytes(sealed(noted | facts))
    with pytest.raises(StoreError, match=words):
        store.read_predictions(KEY)


def test_cell_of_a_later_format_names_the_version_that_reads_it(store, monkeypatch):
    store.write_cell(KEY, FACTS, PREDICTIONS)
    path = store.cell_folder(KEY) / "cell.json"
    with monkeypatch.context() as later:
        later.setattr("intentbench.bench.store.sealed_json.FORMAT", FORMAT + 1)
        later.setattr("intentbench.bench.store.sealed_json._version", lambda: "7.3")
        path.write_bytes(sealed(store.read_cell(KEY).facts))
    with pytest.raises(NewerFormat, match=f"has format {FORMAT + 1}.* Use version 7.3 or a later"):
        store.read_cell(KEY)


@pytest.mark.parametrize("step", ["mkdir", "write_bytes", "replace"])
def test_failure_while_writing_leaves_no_cell(store, monkeypatch, step):
    def full(*args, **keywords):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    owner = os if step == "replace" else Path
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, full)
        with pytest.raises(StoreError) as refused:
            store.write_cell(KEY, FACTS, PREDICTIONS)
    assert "No space left on device" in str(refused.value)
    assert str(store.root) in str(refused.value) and "--results" in str(refused.value)
    assert store.read_cell(KEY) is None
    sweep(store, ())
    assert not list(store.cells.glob("*/*"))
    store.write_cell(KEY, FACTS, PREDICTIONS)
    assert store.read_cell(KEY) is not None


def edit_facts(folder, change):
    facts = json.loads((folder / "cell.json").read_text(encoding="utf-8"))
    change(facts)
    (folder / "cell.json").write_text(json.dumps(facts), encoding="utf-8")


def rewrite(folder, old, new):
    assert float(old) == float(new)
    path = folder / "cell.json"
    path.write_bytes(path.read_bytes().replace(old, new))


def append(path, content):
    path.write_bytes(path.read_bytes() + content)


DAMAGE = {
    "a byte more": (
        lambda folder: append(folder / "predictions.parquet", b"\0"),
        "predictions.parquet was changed after it was written",
    ),
    "a fact changed": (
        lambda folder: edit_facts(folder, lambda facts: facts.update(fit_seconds=0.0)),
        "cell.json was changed after it was written",
    ),
    "a fact added": (
        lambda folder: edit_facts(folder, lambda facts: facts.update(best=True)),
        "cell.json was changed",
    ),
    "written otherwise": (
        lambda folder: rewrite(folder, b"0.30000000000000004", b"0.30000000000000005"),
        "cell.json was changed",
    ),
    "nested without end": (
        lambda folder: (folder / "cell.json").write_text("[" * 99_999, encoding="utf-8"),
        "cell.json cannot be read",
    ),
    "a folder for a file": (
        lambda folder: (
            (folder / "predictions.parquet").unlink(), (folder / "predictions.parquet").mkdir(),
        ),
        "predictions.parquet cannot be read: Is a directory",
    ),
    "no digest": (
        lambda folder: edit_facts(folder, lambda facts: facts.pop("sha256")),
        "cell.json was changed",
    ),
    "another JSON value": (
        lambda folder: (folder / "cell.json").write_text("[1]", encoding="utf-8"),
        "cell.json was changed",
    ),
    "not JSON": (
        lambda folder: (folder / "cell.json").write_text("{", encoding="utf-8"),
        "cell.json cannot be read",
    ),
    "not text": (
        lambda folder: (folder / "cell.json").write_bytes(b"\xff\xfe\xff"),
        "cell.json cannot be read",
    ),
    "no notes": (lambda folder: (folder / "cell.json").unlink(), "lacks cell.json"),
    "no predictions": (
        lambda folder: (folder / "predictions.parquet").unlink(), "lacks predictions.parquet",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "words"), DAMAGE.values(), ids=DAMAGE)
def test_damaged_cell_is_named(store, damage, words):
    store.write_cell(KEY, FACTS, PREDICTIONS)
    damage(store.cell_folder(KEY))
    for read in (store.read_cell, store.read_predictions):
        with pytest.raises(StoreError) as refused:
            read(KEY)
        assert words in str(refused.value) and KEY in str(refused.value)
    store.discard_cell(KEY)
    assert store.read_cell(KEY) is None


def test_scratch_is_gone_afterwards_whatever_happens(store):
    with pytest.raises(KeyboardInterrupt), store.scratch("run") as folder:
        (folder / "task").mkdir()
        raise KeyboardInterrupt
    assert not folder.exists()


def test_nearly_full_disk_is_refused(store, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=10 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StoreError, match="10 MB left; a run needs at least 64 MB.*--results"):
        store.prepare()


def test_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = Store(tmp_path / "file" / "results")
    for refuse in (store.check_place, store.prepare):
        with pytest.raises(StoreError, match="cannot write to the results folder"):
            refuse()


def test_place_is_looked_at_without_a_trace(tmp_path, monkeypatch):
    store = Store(tmp_path / "new" / "results")
    store.check_place()
    assert not store.root.parent.exists()
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(StoreError, match="results: Permission denied"):
        store.check_place()


def test_only_the_operating_systems_errors_are_put_into_our_words(tmp_path):
    with pytest.raises(ValueError, match="^mine$"), writing(tmp_path):
        raise ValueError("mine")


def test_file_is_replaced_as_a_whole(tmp_path, monkeypatch):
    path = tmp_path / "manifest.json"
    write_atomically(path, "old")
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", lambda *args: (_ for _ in ()).throw(OSError("no")))
        with pytest.raises(OSError):
            write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    write_atomically(path, b"new")
    assert path.read_text(encoding="utf-8") == "new"


def test_nothing_stored_is_ever_unpickled():
    # The conformance suite pickles models that it has just made, and latency counts the bytes that
    # a model would take; they read and write no file.
    may_pickle = {"subject.py", "contract_checks.py", "latency.py"}
    for path in sorted(ROOT.glob("bench/**/*.py")) + sorted(ROOT.glob("reports/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {alias.name for alias in getattr(node, "names", []) if hasattr(alias, "name")}
            if isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
            if isinstance(node, ast.keyword):
                assert node.arg != "allow_pickle", path
            if isinstance(node, (ast.Import, ast.ImportFrom)) and path.name not in may_pickle:
                assert not names & {"pickle", "joblib", "dill", "cloudpickle", "shelve"}, path
            if isinstance(node, ast.Attribute):
                assert node.attr != "read_pickle", path
