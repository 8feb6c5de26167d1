"""Cells on a scheduler and workers that are processes of their own; some of them are killed."""

import pytest
from intentbench.bench.cluster import connection
from intentbench.bench.cluster.chosen import chosen_engine
from intentbench.bench.cluster.opening import opened
from intentbench.bench.errors import EngineError
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store

pytest.importorskip("distributed", reason="the extra 'dask' is not installed")

N_CELLS = 12


@pytest.fixture(scope="module")
def hold(new_hold):
    return new_hold()


@pytest.fixture(scope="module")
def cluster(new_cluster, hold):
    return new_cluster(2, hold.environment)


def test_digests_are_those_of_this_machine(call, cluster, expected):
    run = call(cluster.engine)
    assert f"{N_CELLS} cells to compute, 4 at a time" in run.ends()
    assert run.digests() == expected and not run.left()
    assert all(cell.done for cell in read_run(Store(run.results)).cells)


def test_dask_on_this_machine(call, expected):
    run = call("dask:local:2")
    assert "2 at a time" in run.ends()
    assert run.digests() == expected and not run.left()


def test_ctrl_c_keeps_what_is_stored_and_leaves_nothing_behind(call, cluster, expected, hold):
    hold.set()
    run = call(cluster.engine).until_stored(1)
    run.interrupt()
    assert run.code != 0 and not run.left()[1:]  # the plan of the run is kept
    kept = run.digests()
    assert 1 <= len(kept) < N_CELLS
    hold.release()
    again = call(cluster.engine)
    said = again.ends()
    assert "earlier call" not in said
    assert f"{N_CELLS - len(kept)} cells to compute" in said
    assert again.digests() == expected


def test_client_that_was_killed_comes_back_to_what_went_on(call, cluster, expected, hold):
    hold.set()
    run = call(cluster.engine).until_stored(1)
    run.kill()
    kept = run.digests()
    hold.release()
    again = call(cluster.engine)
    said = again.ends()
    assert again.digests() == expected and not again.left()
    assert "batches of an earlier call" in said
    assert f"{N_CELLS - len(kept)} cells to compute" in said


def test_cells_whose_worker_is_killed_are_tried_once_more_and_told(call, cluster, expected, hold):
    hold.set()
    run = call(cluster.engine).until_stored(1)
    hold.wait_for(1)
    at_work = next(worker for worker in cluster.workers if hold.held_below(worker.pid))
    cluster.workers.remove(at_work)
    cluster.kill(at_work)
    hold.release()
    cluster.start_worker()
    said = run.ends()
    assert run.digests() == expected
    assert "a Dask worker ended.  Tried once more, each alone: " in said


def test_scheduler_that_is_killed_ends_the_run_and_costs_no_stored_cell(
    call, cluster, expected, hold
):
    hold.set()
    run = call(cluster.engine).until_stored(1)
    cluster.kill(cluster.scheduler)
    said = run.ends(code=1)
    assert "EngineError: the connection to the Dask scheduler is lost." in said
    assert "Traceback" not in said
    kept = run.digests()
    assert 1 <= len(kept) < N_CELLS
    hold.release()
    cluster.start_scheduler()
    cluster.start_worker()
    again = call(cluster.engine)
    assert f"{N_CELLS - len(kept)} cells to compute" in again.ends()
    assert again.digests() == expected


def test_worker_of_other_versions_is_refused_before_the_first_fit(call, new_cluster, tmp_path):
    other = tmp_path / "other"
    about = other / "numpy-0.0.1.dist-info" / "METADATA"
    about.parent.mkdir(parents=True)
    about.write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.0.1\n", encoding="utf-8")
    cluster = new_cluster(0)
    worker = cluster.start_worker(PYTHONPATH=str(other))
    run = call(cluster.engine)
    said = run.ends(code=1)
    assert "cells would be others" in said and "numpy 0.0.1, here " in said
    assert "tcp://127.0.0.1:" in said and not run.digests()
    assert worker.poll() is None


def test_scheduler_that_tries_again_without_a_word_is_refused(call, new_cluster):
    cluster = new_cluster(1, allowed_failures=3)
    said = call(cluster.engine).ends(code=1)
    assert "on to 3 more" in said and "ALLOWED_FAILURES=0" in said


def test_scheduler_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.0)
    with (
        pytest.raises(EngineError, match="(?s)no Dask .* answers at 127.0.0.1:1 .*dask scheduler"),
        opened(chosen_engine("dask://127.0.0.1:1"), 2, print),
    ):
        pass
