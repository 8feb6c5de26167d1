import json
import shutil

import numpy as np
import pytest
from intentbench.bench.errors import RequestError, StoreError
from intentbench.bench.judge.stored_models import models_of
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Limits

from ...in_this_process import InThisProcess

BROKEN = {
    "fails_at_import": ("failed", "no_such_library"),
    "fails_at_fit": ("failed", "ValueError: the moon is in the wrong house (fails_at_fit.py, line"),
    "fails_at_predict": ("failed", "KeyError"),
    "returns_nan": ("failed", "not finite"),
    "wrong_shape": ("failed", "must be ("),
    "leaves": ("failed", "SystemExit: 0"),
    "changes_input": ("done", ""),
    "hangs": ("timed out", "limit of 0.5 s"),
    "eats_memory": ("out of memory", "limit of 1 GB"),
    "kills_itself": ("crashed", "SIGKILL"),
}


def predictions_of(run, model=None):
    return {
        (cell.model, cell.fold): run.predictions(cell)
        for cell in run.cells
        if cell.done and model in (None, cell.model)
    }


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, predictions in ours.items():
        np.testing.assert_array_equal(predictions.valid, theirs[name].valid)
        np.testing.assert_array_equal(predictions.test, theirs[name].test)


def test_broken_plugins_cost_only_their_own_cells(toy_run, tmp_path, hanging_is_short):
    alone, _ = toy_run("steady", results=tmp_path / "alone")
    limits = Limits(seconds=600, gigabytes=1)
    run, _ = toy_run(*BROKEN, "steady", limits=limits)
    for model, (status, words) in BROKEN.items():
        cells = [cell for cell in run.cells if cell.model == model]
        assert [cell.status for cell in cells] == [status] * 2, cells
        assert all(words in cell.message for cell in cells), cells[0].message
    assert_same(predictions_of(run, "steady"), predictions_of(alone, "steady"))
    assert run.manifest["n_failed"] == 2 * (len(BROKEN) - 1)
    assert not list((tmp_path / "results").glob("scratch-*"))


def test_the_base_rate_is_always_there(toy_run):
    run, _ = toy_run("steady")
    assert "base_rate" in {cell.model for cell in run.cells if cell.done}


def test_second_run_computes_nothing_and_predicts_the_same(toy_run):
    first, notes = toy_run("steady", "random_draws", engine=InThisProcess())
    assert len(notes.cells) == 6
    again, notes = toy_run("steady", "random_draws", engine=InThisProcess())
    assert notes.cells == []
    assert again.manifest["n_reused"] == 6
    assert again.run_id != first.run_id
    assert_same(predictions_of(first), predictions_of(again))


def test_adding_a_plugin_runs_its_cells_only(toy_run):
    toy_run("steady", engine=InThisProcess())
    _, notes = toy_run("steady", "random_draws", engine=InThisProcess())
    assert notes.cells == ["random_draws/0", "random_draws/1"]


def test_editing_a_plugin_refits_it_alone(toy_run, plugins, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("steady", "random_draws"):
        shutil.copy(plugins / f"{name}.py", folder)
    toy_run("steady", "random_draws", folder=folder)
    text = (folder / "steady.py").read_text(encoding="utf-8")
    (folder / "steady.py").write_text(text.replace("C=1.0", "C=0.5"), encoding="utf-8")
    _, notes = toy_run("steady", "random_draws", folder=folder)
    assert notes.cells == ["steady/0", "steady/1"]


def test_number_of_workers_changes_no_prediction(toy_run, tmp_path):
    one, _ = toy_run("steady", "random_draws", jobs=1, results=tmp_path / "one")
    two, _ = toy_run("steady", "random_draws", jobs=2, results=tmp_path / "two")
    assert_same(predictions_of(one), predictions_of(two))


def test_seeds_give_cells_of_their_own(toy_run):
    run, _ = toy_run("random_draws", seeds=(0, 1), engine=InThisProcess())
    test = [run.predictions(c).test for c in run.cells if c.model == "random_draws" and c.fold == 0]
    assert len(test) == 2
    assert not np.array_equal(*test)


def test_an_only_fold_is_fitted_on_halves_too(toy_run, tmp_path):
    run, _ = toy_run(
        "steady", resampling=Resampling(test_after="2024-02-12"), engine=InThisProcess()
    )
    (task,) = run.tasks
    (fold,) = task.folds
    assert [len(fold.splits), len(fold.halves)] == [1, 2]
    assert [cell.split for cell in run.cells if cell.model == "steady" and cell.done] == [0, 1, 2]
    predicted = [run.predictions(cell).test for cell in run.cells if cell.model == "steady"]
    model = next(model for model in models_of(run, task) if model.name == "steady")
    assert np.array_equal(model.folds[0].test, predicted[0])
    for refit, of_half in zip(model.refits, predicted[1:], strict=True):
        assert np.array_equal(refit, of_half) and not np.array_equal(refit, predicted[0])
    # As they were planned, so are they read back.
    again = read_run(Store(tmp_path / "results"), run.run_id).tasks[0].folds[0]
    for one, other in zip(again.halves, fold.halves, strict=True):
        assert np.array_equal(one.fit, other.fit) and np.array_equal(one.valid, other.valid)


def damage_truncate(folder):
    path = folder / "predictions.parquet"
    path.write_bytes(path.read_bytes()[:100])
    return "predictions.parquet"


def damage_edit(folder):
    facts = json.loads((folder / "cell.json").read_text(encoding="utf-8"))
    facts["fit_seconds"] = 0.001
    (folder / "cell.json").write_text(json.dumps(facts), encoding="utf-8")
    return "cell.json was changed"


def damage_half_json(folder):
    path = folder / "cell.json"
    path.write_text(path.read_text(encoding="utf-8")[:50], encoding="utf-8")
    return "cell.json cannot be read"


def damage_remove(folder):
    (folder / "predictions.parquet").unlink()
    return "lacks predictions.parquet"


@pytest.mark.parametrize("damage", [damage_truncate, damage_edit, damage_half_json, damage_remove])
def test_damaged_cell_is_named_and_computed_again(toy_run, tmp_path, damage):
    first, _ = toy_run("steady", engine=InThisProcess())
    cell = next(cell for cell in first.cells if cell.model == "steady" and cell.fold == 1)
    before = predictions_of(first)
    words = damage(Store(tmp_path / "results").cell_folder(cell.key))
    again, notes = toy_run("steady", engine=InThisProcess())
    assert notes.cells == ["steady/1"]
    assert words in " ".join(notes.said) and "steady on toy_shop, fold 1" in " ".join(notes.said)
    assert_same(before, predictions_of(again))


def test_results_folder_that_is_a_file(toy_run, tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot write to the results folder .*--results"):
        toy_run("steady", results=tmp_path / "taken")


def test_full_disk_is_said_before_the_first_fit(toy_run, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StoreError, match="MB left"):
        toy_run("steady")


def test_store_that_breaks_during_the_run_stops_it(toy_run, tmp_path):
    results = tmp_path / "results"
    (results / "cells").mkdir(parents=True)
    # Every two-letter folder is taken by a file: no cell can be written.
    for number in range(256):
        (results / "cells" / f"{number:02x}").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot write to the results folder"):
        toy_run("steady")


def test_unknown_model_stops_the_run_before_it_starts(toy_run, tmp_path):
    with pytest.raises(RequestError, match="no Python file"):
        toy_run("no_such_file")
    assert not (tmp_path / "results").exists()


_LEAVES_LATER = '''"""A model that leaves the process when it is asked about changed cases."""

import os

import numpy as np
from intentbench.bench import Model


class LeavesLater(Model):
    """A model that leaves the process when it is asked about changed cases."""

    title, family, views = "Leaves later", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_, self.n_asked_ = float(y.mean()), 0
        return self

    def predict_proba(self, cases):
        """Give the base rate, a few times."""
        self.n_asked_ += len(cases)
        if self.n_asked_ > 1000:
            os._exit(3)
        p = np.full(len(cases), self.rate_)
        return np.column_stack([1 - p, p])
'''


def test_a_model_that_cannot_be_asked_again_has_predicted_all_the_same(toy_run, tmp_path):
    (tmp_path / "leaves_later.py").write_text(_LEAVES_LATER, encoding="utf-8")
    run, _ = toy_run("leaves_later", folder=tmp_path)
    cells = [cell for cell in run.cells if cell.model == "leaves_later"]
    assert [cell.status for cell in cells] == ["done", "done"]
    assert {cell.drivers.missing for cell in cells} == {
        "its process failed, or was stopped, while it was asked again"
    }
    others = [cell for cell in run.cells if cell.model == "base_rate"]
    assert {cell.drivers.missing for cell in others} == {""}


def test_drivers_are_those_of_a_folds_first_fit(toy_run):
    run, _ = toy_run("steady", seeds=(0, 1))
    noted = {
        (cell.seed, bool(cell.drivers.changes)) for cell in run.cells if cell.model == "steady"
    }
    assert noted == {(0, True), (1, False)}
