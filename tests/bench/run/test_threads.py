import os

import pytest
from intentbench.bench.run import threads
from intentbench.bench.run.threads import ONE_THREAD, limit_threads

ASKS_ITS_POOLS = """
import os

import numpy as np
import sklearn.ensemble
from intentbench.bench import Model
from threadpoolctl import threadpool_info


class AsksItsPools(Model):
    title, family, views = "Asks its pools", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        pools = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
        pools |= {name: int(os.environ[name]) for name in os.environ if name.startswith("TF_NUM")}
        if len(pools) < 4 or set(pools.values()) != {1}:
            raise RuntimeError(f"pools: {pools}")
        return self

    def predict_proba(self, cases):
        return np.full((len(cases), 2), 0.5)
"""


@pytest.fixture
def three_cores(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 3)


def test_every_pool_gets_the_cores_that_were_given(three_cores):
    environment = {}
    limit_threads(environment)
    assert environment == dict.fromkeys(ONE_THREAD, "3") | {"OMP_WAIT_POLICY": "PASSIVE"}


def test_what_the_user_has_set_stands(three_cores):
    environment = {"OPENBLAS_NUM_THREADS": "8", "OMP_WAIT_POLICY": "ACTIVE"}
    limit_threads(environment)
    assert environment.pop("OPENBLAS_NUM_THREADS") == "8"
    assert environment.pop("OMP_WAIT_POLICY") == "ACTIVE"
    assert set(environment.values()) == {"3"}


@pytest.mark.parametrize("said", ["2", " 2,1"])
def test_what_is_set_for_openmp_holds_for_all(three_cores, said):
    environment = {"OMP_NUM_THREADS": said}
    limit_threads(environment)
    assert environment["OMP_NUM_THREADS"] == said
    assert environment["OPENBLAS_NUM_THREADS"] == environment["TF_NUM_INTEROP_THREADS"] == "2"


def test_cores_are_those_that_may_be_used(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 3}, raising=False)
    assert threads.cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert threads.cores() == 5


def test_workers_have_one_thread_whatever_the_user_has_set(toy_run, tmp_path, monkeypatch):
    for pool in ONE_THREAD:
        monkeypatch.setenv(pool, "7")
    (tmp_path / "asks_its_pools.py").write_text(ASKS_ITS_POOLS, encoding="utf-8")
    run, _ = toy_run("asks_its_pools", folder=tmp_path)
    assert {cell.message for cell in run.cells} == {""}
