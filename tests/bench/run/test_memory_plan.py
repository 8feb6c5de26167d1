"""How many cells fit side by side: reckoned, with no memory needed for it."""

from types import SimpleNamespace

import pytest
from intentbench.bench.cell.mapped_cases import size_of
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run import fence as fences
from intentbench.bench.run import memory_plan
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.expected_time import ExpectedTime
from intentbench.bench.run.fence import Fence
from intentbench.bench.run.memory_plan import MemoryPlan, free_bytes
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.records import CellRecord
from intentbench.bench.suite.suite import Limits, Suite

GB = 2**30


def cell(name, gigabytes):
    return SimpleNamespace(
        plugin=SimpleNamespace(name=name), task="shop", bytes=int(gigabytes * GB)
    )


def plan(free, most=100.0, shared=0.0):
    return MemoryPlan(
        int(free * GB), int(most * GB), lambda cell: cell.bytes, lambda task: int(shared * GB)
    )


SMALL, LARGE, HUGE = cell("tree", 0.5), cell("svm", 2.0), cell("net", 20.0)


def test_a_cell_is_started_where_it_fits_beside_the_others():
    assert plan(4.5).fits(LARGE, [LARGE, SMALL])
    assert not plan(4.4).fits(LARGE, [LARGE, SMALL])
    assert plan(4.4).fits(SMALL, [LARGE, SMALL])


def test_one_that_never_fits_is_started_alone():
    assert plan(4.0).fits(HUGE, [])
    assert not plan(4.0).fits(HUGE, [SMALL])
    assert not plan(4.0).fits(SMALL, [HUGE])


def test_a_cell_counts_for_no_more_than_it_may_take():
    assert plan(6.0, most=5.0).fits(HUGE, [SMALL])


def test_what_cells_of_a_task_have_in_common_counts_once():
    other = SimpleNamespace(plugin=LARGE.plugin, task="bank", bytes=LARGE.bytes)
    assert plan(7.0, shared=3.0).fits(LARGE, [LARGE])
    assert not plan(7.0, shared=3.0).fits(other, [LARGE])
    assert plan(7.0, shared=3.0).at_a_time([LARGE] * 4, 4) == 2


@pytest.mark.parametrize(
    ("free", "cells", "jobs", "n"),
    [
        (4.5, [SMALL] * 9, 8, 8),
        (4.5, [LARGE] * 9, 8, 2),
        (4.5, [SMALL, LARGE, SMALL, LARGE, SMALL], 8, 3),
        (4.5, [LARGE, SMALL], 8, 2),
        (0.1, [LARGE, SMALL], 8, 1),
        (0.1, [SMALL], 8, 1),
    ],
)
def test_so_many_fit_whichever_they_are(free, cells, jobs, n):
    assert plan(free).at_a_time(cells, jobs) == n


def test_what_memory_holds_back_is_said_at_the_start():
    assert plan(9.0).told([SMALL, LARGE] * 2, 4) == []
    assert plan(3.0).told([SMALL, LARGE] * 2, 4) == [
        "1 cell at a time: memory (svm on shop is likely to take 2.0 GB, 3.0 GB are free)."
    ]
    assert plan(4.5).told([LARGE] * 9, 4)[0].startswith("2 cells at a time: memory (svm on shop")


def test_a_cell_larger_than_the_machine_is_said_at_the_start():
    at_a_time, too_large = plan(4.0).told([SMALL, HUGE], 2)
    assert at_a_time.startswith("1 cell at a time")
    assert too_large == (
        "May not fit into this machine: net; a cell on shop may need 20.0 GB, and 4.0 are free.  "
        "--rows takes a sample, --model leaves models out."
    )
    (stopped,) = plan(9.0, most=2.5).told([SMALL, HUGE], 2)
    assert stopped.startswith("May be stopped for want of memory: net; a cell on shop may need 20")


def test_what_is_free_heeds_the_limit_of_a_container(tmp_path, monkeypatch):
    machine = SimpleNamespace(available=10 * GB)
    monkeypatch.setattr(memory_plan.psutil, "virtual_memory", lambda: machine)
    monkeypatch.setattr(memory_plan, "_OF_CONTAINER", tmp_path)
    assert free_bytes() == 9 * GB
    (tmp_path / "memory.current").write_text(f"{3 * GB}\n")
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {GB}\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert free_bytes() == 9 * GB
    (tmp_path / "memory.max").write_text(f"{4 * GB}\n")
    assert free_bytes() == int(0.9 * 2 * GB)


@pytest.fixture(scope="module")
def work():
    plugins = __file__.rpartition("/bench/run/")[0] + "/plugins"
    models = ("mlp", "decision_tree")
    suite = Suite("toy", "Toy", ("toy_shop",), models, resampling=Resampling(folds=2), ensembles={})
    return prepare(suite, Registry("model"), Registry("dataset", [f"{plugins}/toy_shop.py"]))


def test_memory_is_guessed_by_family_until_it_is_known(work):
    expected = ExpectedTime(work)
    cells = {cell.plugin.name: cell for cell in plan_cells(work)}
    tree, deep = cells["decision_tree"], cells["mlp"]
    size = size_of(work.tasks[0].cases)
    events = work.tasks[0].cases.events
    assert size > events.kind.nbytes + events.gap.nbytes
    guessed = expected.memory.of(tree)
    assert guessed < expected.memory.of(deep)
    assert expected.memory.shared(tree.task) == 0
    expected.learn(CellRecord(**tree.place(), peak_bytes=3 * GB, wall_seconds=1.0))
    assert expected.memory.of(tree) - (guessed - (20 << 20)) == 3 * GB
    expected.learn(CellRecord(**tree.place(), peak_bytes=GB, wall_seconds=1.0))
    assert expected.memory.of(tree) > 3 * GB
    before = expected.memory.of(deep)
    expected.learn(CellRecord(**deep.place("failed"), peak_bytes=GB))
    assert expected.memory.of(deep) == before


def test_of_a_large_task_a_cell_needs_what_it_has_for_itself(work, monkeypatch):
    monkeypatch.setattr("intentbench.bench.run.expected_memory.FROM_BYTES", 0)
    memory = ExpectedTime(work).memory
    tree = next(cell for cell in plan_cells(work) if cell.plugin.name == "decision_tree")
    size = size_of(work.tasks[0].cases)
    assert memory.shared(tree.task) == 2 * size
    memory.learn(CellRecord(**tree.place(), peak_bytes=3 * GB, wall_seconds=1.0))
    assert memory.of(tree) == (150 << 20) + 3 * GB - size


def test_a_request_waits_until_it_fits(monkeypatch):
    """Two places, and a request that must be alone: it waits, and what comes after it, too."""
    taken, beside = [], []

    class Place:
        worker = None

        def take(self, request):
            taken.append(request["key"])
            self.worker = SimpleNamespace(request=request)

        def look(self, limits):
            beside.append({place.worker.request["key"] for place in places if place.worker})
            answer, self.worker = SimpleNamespace(request=self.worker.request), None
            return answer

        def stop(self):
            self.worker = None

    places = []

    def place():
        places.append(Place())
        return places[-1]

    monkeypatch.setattr(fences, "_Place", place)
    monkeypatch.setattr(fences, "_wait_for_any", lambda busy: None)
    alone = {"c"}

    def admits(request, in_hand):
        return not alone & {request["key"], *(other["key"] for other in in_hand)}

    requests = [{"key": key} for key in "abcdef"]
    answers = Fence(2, Limits(), admits=admits).answers(requests)
    assert [answer.request["key"] for answer in answers] == list("abcdef")
    assert taken == list("abcdef")
    assert {"a", "b"} in beside and {"c"} in beside
    assert all(seen == {"c"} for seen in beside if "c" in seen)
