import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.judge.judge import judge
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run import time_budget
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.time_budget import Clock, TimeBudget, asked_minutes
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.records import CellRecord
from intentbench.bench.store.store import Store
from intentbench.bench.suite.search import Search
from intentbench.bench.suite.suite import Limits, MemberSet, Suite

PLUGINS = Path(__file__).parents[2] / "plugins"
NOW = 0.0


class Notes:
    def __init__(self):
        self.cells, self.said = [], []

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        self.cells += [cell.plugin.name for cell in cells]

    def finished(self, cell):
        pass

    def says(self, text):
        self.said.append(text)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still; gives the time that it shows."""
    monkeypatch.setattr(time_budget, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    return 1000.0


def carried_out(folder, *models, seconds=(600.0, 600.0), search=None, inner=1):
    suite = Suite(
        name="wide", title="Wide", tasks=("wide_shop",), models=models, search=search,
        resampling=Resampling(folds=2, inner=inner), limits=Limits(seconds=600, gigabytes=2),
        ensembles={"all": MemberSet(("linear", "other", "tree"))},
    )  # fmt: skip
    files = [PLUGINS / f"{name}.py" for name in models]
    work = prepare(suite, Registry("model", files), Registry("dataset", [PLUGINS / "wide_shop.py"]))
    notes, now = Notes(), time.monotonic()
    budget = TimeBudget(*(now + each for each in seconds))
    run = execute_run(
        work, Store(folder), 2, notes, {"command": "pytest"}, budget=budget
    )  # fmt: skip
    return run, notes


def test_whole_models_are_judged_and_the_others_named(tmp_path, monkeypatch):
    done = set()
    monkeypatch.setattr(Notes, "finished", lambda notes, cell: done.add((cell.model, cell.fold)))
    # On a slow machine, too, the time is up when the model that does not hang is there.
    monkeypatch.setattr(Clock, "goes_on", lambda clock: len(done) < 4)
    run, notes = carried_out(tmp_path, "hangs", "steady")
    assert {cell.model for cell in run.cells} == {"steady", "base_rate"}
    assert all(cell.done for cell in run.cells) and run.manifest["n_failed"] == 0
    assert list(run.manifest["left_out"]) == ["hangs"]
    assert any("1 model is left out" in text for text in notes.said)
    (judged,) = judge(run, draws=50).tasks
    assert {entry.name for entry in judged.models} == {"steady", "base_rate"}


def test_the_next_run_goes_on_and_predicts_the_same(tmp_path):
    whole, _notes = carried_out(tmp_path / "whole", "steady", "random_draws")
    with pytest.raises(RequestError, match="before all cells of any model"):
        carried_out(tmp_path / "parts", "steady", "random_draws", seconds=(NOW, NOW))
    run, _notes = carried_out(tmp_path / "parts", "steady", "random_draws")
    for ours, theirs in zip(whole.cells, run.cells, strict=True):
        assert ours.key == theirs.key
        assert np.array_equal(whole.predictions(ours).test, run.predictions(theirs).test)


def test_where_all_is_stored_no_time_is_needed(tmp_path):
    carried_out(tmp_path, "steady")
    run, notes = carried_out(tmp_path, "steady", seconds=(NOW, NOW))
    assert notes.cells == [] and {cell.model for cell in run.cells} == {"steady", "base_rate"}


def test_a_search_and_a_blend_without_time_are_left_out(tmp_path):
    run, notes = carried_out(
        tmp_path, "steady", "tunable", seconds=(600.0, NOW), search=Search(3), inner=3
    )
    assert run.searches == () and run.blended == ""
    assert {cell.model for cell in run.cells} == {"steady", "tunable", "base_rate"}
    assert list(run.manifest["left_out"]) == ["tunable+tuned"]
    assert any("search is left out" in text for text in notes.said)
    (judged,) = judge(run, draws=50).tasks
    assert judged.searches == () and "blending_all" not in {e.name for e in judged.ensembles}


def test_minutes_are_shared_out(clock):
    now = clock
    budget = TimeBudget.of(4.0, now - 60, 30.0)
    assert budget.all_ - now == pytest.approx(150)
    assert budget.models - now == pytest.approx(0.85 * 150)
    assert budget.judging == 30.0
    over = TimeBudget.of(0.1, now - 60, 30.0)
    assert over.models == over.all_ <= now


def test_on_a_busy_machine_judging_gets_as_much_more_time_as_cells_took(clock):
    place = ("task", "model", 0, 0, 0, "key")
    budget = Clock(judging=30.0)
    budget.until = clock + 100
    assert budget.slowdown == 1.0 and budget.goes_on()
    budget.learn(CellRecord(*place, "failed", "why", fit_seconds=1.0, wall_seconds=900.0))
    budget.learn(CellRecord(*place, "done", fit_seconds=1.5, wall_seconds=1.0))
    assert budget.slowdown == 1.0  # of two threads
    known = {"fit_seconds": 1.0, "predict_seconds": 0.5}
    budget.learn(CellRecord(*place, "done", wall_seconds=5.0, **known))
    assert budget.slowdown == 2.0 and budget.goes_on()  # 30 of the 100 seconds go
    budget.learn(CellRecord(*place, "done", wall_seconds=16.5, **known))
    assert budget.slowdown == 5.0 and not budget.goes_on()  # 120 would
    budget.until = float("inf")
    assert budget.goes_on()


@pytest.mark.parametrize("value", [0, -1, True, "4", float("inf"), float("nan")])
def test_what_is_no_number_of_minutes_is_told(value):
    with pytest.raises(RequestError, match="--minutes must be a number of minutes above 0"):
        asked_minutes(value, "--minutes")
