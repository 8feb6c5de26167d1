import json
import shutil
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.store.run_reader import changed_of_run, read_run
from intentbench.bench.store.seal import SEAL, read_seal, write_seal
from intentbench.bench.store.sealed_json import NewerFormat, sealed

FIGURES_REST_ON = ("manifest.json", "cells.json", "splits.parquet", "cases.parquet")


def folder_of(store):
    return store.runs / read_run(store).run_id


def all_of(store, name="latest"):
    """Everything that figures rest on, as plain values."""
    run = read_run(store, name)
    return [
        run.manifest,
        [(cell, store_bytes(run.predictions(cell))) for cell in run.cells],
        [store_bytes(task) for task in run.tasks],
    ]


def store_bytes(holder):
    return [
        value.tobytes() if isinstance(value, np.ndarray) else repr(value)
        for value in vars(holder).values()
    ]


def test_run_is_read_back(small):
    run = read_run(small)
    assert read_run(small, run.run_id).cells == run.cells
    assert changed_of_run(small, run) == []
    seal = read_seal(small.runs / run.run_id)
    assert set(seal.files) == set(FIGURES_REST_ON)
    assert seal.cells == {cell.key: cell.sha256 for cell in run.cells}
    assert set(seal.made) == {"report.html", "tables/figures.csv"}


@pytest.mark.parametrize("name", [*FIGURES_REST_ON, SEAL])
@pytest.mark.parametrize("damage", ["a bit", "cut", "gone", "empty", "a folder", "nested"])
def test_damaged_file_is_named(small, name, damage):
    path = folder_of(small) / name
    content = bytearray(path.read_bytes())
    path.unlink()
    if damage == "a bit":
        content[len(content) // 2] ^= 4
        path.write_bytes(content)
    elif damage == "a folder":
        path.mkdir()
    elif damage != "gone":
        cut = {"cut": content[: len(content) // 2], "empty": b"", "nested": b"[" * 99_999}
        path.write_bytes(cut[damage])
    with pytest.raises(StoreError) as refused:
        read_run(small, path.parent.name)
    assert name in str(refused.value) and "Run the suite again" in str(refused.value)


@pytest.mark.parametrize("name", ["report.html", "tables/figures.csv"])
def test_changed_report_is_told_and_no_figure_rests_on_it(small, name):
    run = read_run(small)
    path = small.runs / run.run_id / name
    path.write_bytes(path.read_bytes() + b" ")
    assert changed_of_run(small, read_run(small)) == [name]
    path.unlink()
    assert changed_of_run(small, read_run(small)) == [name]


def edited(folder, name, change):
    """The bytes of a run's file after an edit of its content."""
    if name.endswith(".json"):
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        made = change(content)
        return json.dumps(content if made is None else made, indent=1).encode()
    table = pd.read_parquet(folder / name)
    buffer = BytesIO()
    made = change(table)
    (table if made is None else made).to_parquet(buffer, index=False)
    return buffer.getvalue()


def target_flipped(table):
    table.loc[3, "target"] = 1 - table.loc[3, "target"]


def drop(name):
    def change(content):
        del content[name]

    return change


EDITS = {
    "a target flipped": ("cases.parquet", target_flipped, ""),
    "rows reordered": ("cases.parquet", lambda table: table.sort_values("target"), ""),
    "a row fewer": ("cases.parquet", lambda table: table.iloc[1:], ""),
    "targets of 5": ("cases.parquet", lambda table: table.assign(target=5), "not all 0 or 1"),
    "no targets": ("cases.parquet", lambda table: table.drop(columns="target"), "KeyError"),
    "targets as text": ("cases.parquet", lambda table: table.assign(target="yes"), "not all 0"),
    "other splits": ("splits.parquet", lambda table: table.iloc[1:], "fingerprints"),
    "no folds": ("splits.parquet", lambda table: table.drop(columns="fold"), "KeyError"),
    "no cells": ("cells.json", lambda cells: [], "lists 0 cells"),
    "cells that are no list": ("cells.json", lambda cells: {"a": 1}, "stands where a Place"),
    "a cell of no model": ("cells.json", lambda cells: drop("model")(cells[0]), "lacks 'model'"),
    "a key that leads elsewhere": (
        "cells.json", lambda cells: cells[0].update(key="../../../etc"), "no key of a cell",
    ),
    "another cell's key": (
        "cells.json", lambda cells: cells[0].update(key=cells[1]["key"]), "belongs elsewhere",
    ),
    "a fold that is no number": (
        "cells.json", lambda cells: cells[0].update(fold="first"), "'fold' is 'first'",
    ),
    "no models": ("manifest.json", drop("models"), "KeyError: 'models'"),
    "models of numbers": ("manifest.json", lambda m: m.update(models=[1]), "1 stands where a M"),
    "no tasks": ("manifest.json", drop("tasks"), "KeyError: 'tasks'"),
    "a card of nothing": (
        "manifest.json", lambda m: m["tasks"][0].update(card=None), "None stands where a Card",
    ),
    "decisions of text": (
        "manifest.json", lambda m: m["suite_content"]["decisions"].update(budget="much"),
        "'budget' is 'much'",
    ),
    "a manifest of a list": ("manifest.json", lambda m: [m], "TypeError"),
    "curves of numbers": ("manifest.json", lambda m: m.update(curves=3), "TypeError"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "change", "why"), EDITS.values(), ids=EDITS)
def test_edited_file_is_refused_also_by_what_it_holds(small, reseal, name, change, why):
    folder = folder_of(small)
    content = edited(folder, name, change)
    (folder / name).write_bytes(content)
    with pytest.raises(StoreError, match=f"{name} was changed after it was written"):
        read_run(small, folder.name)
    if why:
        reseal(folder, name)
        with pytest.raises(StoreError) as refused:
            read_run(small, folder.name)
        assert why in str(refused.value) and "Run the suite again" in str(refused.value)


def test_cell_that_was_computed_again_is_not_the_runs(small):
    run = read_run(small)
    cell = run.cells[0]
    facts, predictions = small.read_cell(cell.key).facts, run.predictions(cell)
    shutil.rmtree(small.cell_folder(cell.key))
    small.write_cell(cell.key, facts | {"fit_seconds": 9.0}, predictions)
    with pytest.raises(StoreError, match=f"{cell.key} is not as it was when the run {run.run_id}"):
        read_run(small)


def test_cells_facts_are_held_to_their_types(small):
    run = read_run(small)
    path = small.cell_folder(run.cells[0].key) / "cell.json"
    facts = small.read_cell(run.cells[0].key).facts
    wrong = {
        "'fit_seconds' is 'long'": facts | {"fit_seconds": "long"},
        "'n_predicted' is \\[1\\]": facts | {"n_predicted": [1]},
        "KeyError: 'warnings'": {key: value for key, value in facts.items() if key != "warnings"},
        "TypeError: 'int' object": facts | {"costs": 3},
        "Costs has no 'bonus'": facts | {"costs": {"n_calls": 1, "bonus": 2}},
        "Explanation lacks 'reading'": facts | {"explanations": [{"kind": "table"}]},
    }
    for why, forged in wrong.items():
        path.write_bytes(sealed(forged))
        with pytest.raises(StoreError, match=why):
            read_run(small)


def test_copied_run_is_told_to_bear_its_own_name(small):
    folder = folder_of(small)
    shutil.copytree(folder, folder.with_name("kept"))
    with pytest.raises(StoreError, match=f"kept holds run {folder.name}: it was copied or renamed"):
        read_run(small, "kept")


def test_run_without_a_seal_asks_to_run_again(small):
    (folder_of(small) / SEAL).unlink()
    with pytest.raises(StoreError, match="lacks seal.json, .*Run the suite again"):
        read_run(small)


def test_run_of_a_later_format_names_the_version_that_reads_it(small, monkeypatch):
    folder = folder_of(small)
    seal = read_seal(folder)
    with monkeypatch.context() as later:
        later.setattr("intentbench.bench.store.sealed_json.FORMAT", 9)
        later.setattr("intentbench.bench.store.sealed_json._version", lambda: "7.3")
        write_seal(folder, seal)
    with pytest.raises(NewerFormat, match="format 9, which intentbench 7.3 wrote.* Use version"):
        read_run(small)


def test_flipped_bits_are_never_silent(small):
    before = all_of(small)
    rng = np.random.default_rng(5)
    files = sorted(
        path for path in small.root.rglob("*.*") if path.is_file() and path.name != ".lock"
    )
    assert len(files) > 15
    for path in sorted(files):
        content = path.read_bytes()
        for bit in rng.choice(8 * len(content), size=4, replace=False):
            flipped = bytearray(content)
            flipped[bit // 8] ^= 1 << bit % 8
            path.write_bytes(flipped)
            told = False
            try:
                told = bool(changed_of_run(small, read_run(small)))
                assert all_of(small) == before
            except StoreError:
                told = True
            assert told, (path, bit)
        path.write_bytes(content)
    assert all_of(small) == before
