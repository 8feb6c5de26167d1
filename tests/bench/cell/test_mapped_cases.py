"""Large tasks are mapped: what workers read is what they read of small ones, and files stay."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell import mapped_cases
from intentbench.bench.cell.mapped_cases import (
    CUT,
    MappedCases,
    is_mapped,
    map_cases,
    write_mapped,
)
from intentbench.bench.cell.transport import receive_cases, send_cases
from intentbench.bench.events import Events
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.engine import LocalEngine
from intentbench.bench.run.expected_time import ExpectedTime
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.fold import Split
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite

N = 60


@pytest.fixture(scope="module")
def cases():
    rng = np.random.default_rng(1)
    lengths = rng.integers(0, 4, N)
    n_events = int(lengths.sum())
    events = Events(
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        marks={
            "kind": rng.integers(0, 2, n_events).astype(np.int32),
            "gap": rng.random(n_events).astype(np.float32),
        },
        vocabulary={"kind": ("vue", "panier")},
    )
    some = rng.integers(0, 3, N)
    features = pd.DataFrame(
        {
            "pages": some.astype(np.int16),
            "share": np.where(some == 1, np.nan, rng.random(N)),
            "returning": some == 2,
            "age": pd.Series(np.where(some == 0, None, some), dtype="Int64"),
            "région 7": pd.Series(np.array(["nord", None, "süd"], object)[some], dtype="string"),
            "plain": np.array(["a", None, "b"], object)[some],
            "channel": pd.Categorical.from_codes(some - 1, ["tv", "mail", "ad"]),
            "size": pd.Categorical.from_codes(some, ["1", "2", "3"], ordered=True),
            "numbers": pd.Categorical.from_codes(some, [10, 2, 7]),
            "dates": pd.Categorical.from_codes(some - 1, pd.date_range("2024-01-01", periods=3)),
            "nothing": pd.Categorical.from_codes(np.full(N, -1), []),
        }
    )
    return Cases(features, events)


def same(found, expected):
    pd.testing.assert_frame_equal(found.features, expected.features)
    assert np.array_equal(found.events.offsets, expected.events.offsets)
    assert found.events.vocabulary == expected.events.vocabulary
    for name, mark in expected.events.marks.items():
        assert found.events.marks[name].dtype == mark.dtype
        assert np.array_equal(found.events.marks[name], mark)


@pytest.fixture(scope="module")
def sent(cases, tmp_path_factory):
    """What workers read of a small task."""
    folder = tmp_path_factory.mktemp("small") / "cases"
    send_cases(cases, folder)
    assert not is_mapped(folder)
    return receive_cases(folder)


@pytest.fixture(scope="module")
def folder(cases, tmp_path_factory):
    folder = tmp_path_factory.mktemp("large") / "cases"
    write_mapped(cases, folder)
    assert is_mapped(folder)
    return folder


def test_mapped_cases_are_those_that_are_sent(folder, sent):
    same(map_cases(folder), sent)


def test_parts_of_a_split_are_those_that_are_cut(folder, sent, monkeypatch):
    monkeypatch.setattr(mapped_cases, "_BLOCK", 7)
    rows = np.random.default_rng(2).permutation(N)
    split, test = Split(rows[:40], rows[40:50]), rows[50:]
    cuts = folder.parent / "split.cut"
    found = MappedCases(folder, split, test, cuts)
    for part in (split.fit, split.valid, test):
        same(found.take(part), sent.take(part))
    assert cuts.is_dir() and not list(folder.parent.glob("cut-*"))
    same(found.take(split.fit[:5]), sent.take(split.fit[:5]))
    same(found.take(np.arange(N) < 9), sent.take(np.arange(N) < 9))


def test_what_is_written_into_an_input_stays_there(folder, sent):
    rows = np.arange(N)
    split = Split(rows[:30], rows[30:40])
    found = MappedCases(folder, split, rows[40:], folder.parent / "spoilt.cut")
    spoilt = found.take(split.fit)
    spoilt.features["share"] = 0.0
    spoilt.features.iloc[:, 0] = 7
    spoilt.events.kind[:] = 1
    spoilt.features["pages"].to_numpy(copy=False)
    same(found.take(split.fit), sent.take(split.fit))
    found.events.gap[:] = 5.0
    same(map_cases(folder), sent)


def test_cuts_make_room_for_each_other(folder, sent):
    rows = np.arange(N)
    kept = []
    for k in range(5):
        split = Split(rows[:30], rows[30 : 40 + k])
        kept.append(MappedCases(folder, split, rows[50:], folder.parent / f"{k}.cut"))
        same(kept[-1].take(split.valid), sent.take(split.valid))
    assert len(list(folder.parent.glob("*.cut"))) == 3
    same(kept[0].take(rows[:30]), sent.take(rows[:30]))


def test_without_room_for_files_a_worker_cuts_for_itself(folder, sent, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mapped_cases, "write_mapped", full)
    rows = np.arange(N)
    split = Split(rows[:30], rows[30:])
    found = MappedCases(folder, split, rows[:0], folder.parent / "full.cut")
    same(found.take(split.fit), sent.take(split.fit))
    assert not list(folder.parent.glob("cut-*"))


def test_a_run_on_a_mapped_task_gives_the_same_figures(plugins, tmp_path, monkeypatch):
    models = ("logistic_regression", "markov_chain", "changes_input")
    suite = Suite("toy", "Toy", ("toy_shop",), models, resampling=Resampling(folds=2), ensembles={})
    ours = Registry("model", [plugins / "changes_input.py"])
    work = prepare(suite, ours, Registry("dataset", [plugins / "toy_shop.py"]))

    def computed(folder):
        scratch = tmp_path / folder
        scratch.mkdir()
        outcomes = LocalEngine(2).outcomes(
            work, plan_cells(work), Store(tmp_path / "results"), scratch, ExpectedTime(work)
        )
        found = {}
        for outcome in outcomes:
            assert outcome.answer.status == "done", outcome.answer.message
            assert not outcome.answer.left  # no file stays open, so that workers go on
            p = outcome.predictions()
            found[outcome.cell.key] = p.valid.tobytes() + p.test.tobytes()
        return found, {path.suffix for path in scratch.iterdir()}

    small, files = computed("small")
    assert CUT not in files
    monkeypatch.setattr(mapped_cases, "FROM_BYTES", 0)
    large, files = computed("large")
    assert CUT in files
    assert large == small and len(large) == len(plan_cells(work))
