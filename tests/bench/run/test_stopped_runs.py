"""Runs that are interrupted and killed, alone and beside another one in the same folder."""

import os
import time

import numpy as np
from intentbench.bench.store.latest import finished_runs
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store


def is_whole(run, expected):
    run.ends()
    return run.digests() == expected


def test_interrupted_run_goes_on_where_it_was(new_call, new_hold, tmp_path, expected):
    hold = new_hold()
    hold.set()
    cut = new_call(tmp_path, environment=hold.environment).until_stored(1)
    cut.interrupt()
    assert cut.code != 0
    kept = cut.digests()
    assert 1 <= len(kept) < len(expected)
    hold.release()
    assert is_whole(new_call(tmp_path), expected)
    assert cut.digests().items() >= kept.items()


def killed(run, rng, expected, n_stored=0):
    """Kill a run at a random moment; tells whether it was still going on."""
    run.until_stored(rng.integers(n_stored, len(expected)))
    time.sleep(rng.uniform(0, 0.2))
    return run.kill()


def test_ten_kills_at_random_moments_change_nothing(new_call, tmp_path, expected):
    rng, n_killed, n_folders = np.random.default_rng(11), 0, 0
    while n_killed < 10:
        results, n_folders = tmp_path / str(n_folders), n_folders + 1
        assert n_folders < 30
        run = new_call(results)
        n_killed += killed(run, rng, expected)
        if len(run.digests()) < len(expected):
            # The second kill meets a run that goes on where the first one left it.
            n_killed += killed(new_call(results), rng, expected, len(run.digests()))
        assert is_whole(new_call(results), expected)
        assert not run.left()


def test_two_at_once_are_right_and_lose_no_cell(new_call, tmp_path, expected):
    both = [new_call(tmp_path), new_call(tmp_path)]
    assert all(is_whole(run, expected) for run in both)
    store = Store(tmp_path)
    runs = finished_runs(store.runs)
    assert len(runs) == 2
    for run in runs:
        assert {cell.key for cell in read_run(store, run).cells if cell.done} == set(expected)
    assert os.readlink(store.runs / "latest") in runs
    assert not both[0].left()


def test_kills_of_one_leave_the_other_whole(new_call, tmp_path, expected):
    rng, n_killed, n_folders = np.random.default_rng(5), 0, 0
    while n_killed < 3:
        results, n_folders = tmp_path / str(n_folders), n_folders + 1
        assert n_folders < 20
        one, other = new_call(results), new_call(results)
        n_killed += killed(one, rng, expected, 1)
        assert is_whole(other, expected)
        assert is_whole(new_call(results), expected) and not one.left()
