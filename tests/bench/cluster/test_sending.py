"""Cells sent to Dask workers that are threads of this process: they see what is patched here."""

import hashlib
import json
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from intentbench.bench.cluster import carry_out_batch, parcels
from intentbench.bench.errors import EngineError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.policy import Economics
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.policy_plan import plan_policies
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.sender import Sender
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.folder_objects import FolderObjects
from intentbench.bench.store.shared_store import opened_store
from intentbench.bench.store.store import Store
from intentbench.bench.suite.act_or_wait import ActOrWait
from intentbench.bench.suite.suite import Limits, Suite, Variant

distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")

from intentbench.bench.cluster.dask_engine import DaskEngine  # noqa: E402
from intentbench.bench.cluster.packing import Packer  # noqa: E402

PLUGINS = carry_out_batch.ROOT / "tests" / "plugins"


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            1, threads_per_worker=2, processes=False, dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as connected,
    ):
        yield connected


class Told:
    """What a watcher was told."""

    def __init__(self, finished=lambda cell: None):
        self.lines, self.told = [], finished

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        pass

    def finished(self, cell):
        self.told(cell)

    def says(self, text):
        self.lines.append(text)


@pytest.fixture
def run(client, tmp_path):
    """Run test plugins on the toy shop by this cluster, or without."""

    def start(*models, watcher=None, on_dask=True, results="results", objects=None):
        files = [PLUGINS / f"{name}.py" for name in models if (PLUGINS / f"{name}.py").exists()]
        suite = Suite(
            name="toy", title="Toy", tasks=("toy_shop",), models=models,
            resampling=Resampling(folds=2), limits=Limits(seconds=600, gigabytes=2),
        )  # fmt: skip
        watcher = watcher or Told()
        datasets = Registry("dataset", [PLUGINS / "toy_shop.py"])
        work = prepare(suite, Registry("model", files), datasets)
        engine = DaskEngine(client, watcher.says) if on_dask else None
        store = opened_store(tmp_path / results, objects)
        return execute_run(work, store, 2, watcher, {}, engine=engine)

    return start


class Few(Registry):
    """A few quick policies."""

    def names(self):
        return ["at_event", "fitted_q", "never"]


@pytest.fixture
def work():
    """Visits on which policies act, and for which a network learns others first."""
    given = {"n_cases": 400, "length": 4, "events_share": 1.0, "base_rate": 0.4, "after": 1}
    suite = Suite(
        name="waiting", title="Waiting", tasks=("visits",), models=("base_rate", "markov_chain"),
        resampling=Resampling(folds=2), limits=Limits(seconds=600, gigabytes=2), ensembles={},
        variants={
            "visits": Variant("simulated", given | {"course": 3}),
            "others": Variant("simulated", given | {"seed": 2}),
        },
        act_or_wait=ActOrWait(Economics(60.0, 1.0, 20.0, (0.1, 0.09))),
    )  # fmt: skip
    registries = Registry("model"), Registry("dataset"), Few("policy")
    return lambda **more: prepare(replace(suite, **more), *registries)


def test_policies_do_the_same_on_dask(work, client, tmp_path):
    digests = []
    for engine in (None, DaskEngine(client, lambda text: None)):
        store = Store(tmp_path / str(len(digests)))
        record = execute_run(work(), store, 2, Told(), {}, engine=engine)
        assert all(cell.done for cell in record.cells)
        digests.append({cell.key: read_digest(store, cell) for cell in record.cells})
    assert digests[0] == digests[1]
    assert sum(cell.model.startswith("policy:") for cell in record.cells) == 8


def read_digest(store, cell):
    return store.read_predictions(cell.key, cell.sha256).test.tobytes()


def test_no_path_of_this_machine_goes_along(work, client, tmp_path):
    planned = work(models=("gru",), pretrain_on="others", act_or_wait=None)
    acting = work()
    store = Store(tmp_path)
    store.prepare()
    with store.scratch("run") as scratch:
        (tmp_path / "acting").mkdir()
        asked = [
            Packer(client, Sender(of, store, folder)).asked(cell)
            for of, folder, cells in (
                (planned, scratch, plan_cells(planned)),
                (acting, tmp_path / "acting", plan_policies(acting)),
            )
            for cell in cells
        ]
    assert all(str(Path.home()) not in json.dumps(one.request) for one in asked)
    assert all(str(carry_out_batch.ROOT) not in json.dumps(one.request) for one in asked)
    assert all(str(tmp_path) not in json.dumps(one.request) for one in asked)
    packed = [set(one.parcels) for one in asked]
    assert {"task", "split", "source"} in packed and {"task", "split", "course"} in packed


def became(record):
    return {(cell.model, cell.fold): (cell.status, cell.message) for cell in record.cells}


def test_a_cell_that_breaks_its_process_breaks_no_dask_worker(run, client, hanging_is_short):
    models = ("kills_itself", "hangs", "fails_at_fit", "leaves", "steady", "decision_tree")
    workers = client.nthreads()
    found = became(run(*models))
    assert found == became(run(*models, on_dask=False, results="local"))
    assert {status for status, _ in found.values()} == {"crashed", "timed out", "failed", "done"}
    assert client.nthreads() == workers
    assert not client.list_datasets()


def forget_parcels(dask_worker):
    for folder in Path(dask_worker.local_directory).glob("intentbench-parcels"):
        shutil.rmtree(folder)


def test_workers_that_do_not_see_the_folder_are_sent_the_files(run, monkeypatch, client):
    client.run(forget_parcels)

    def blind(path):
        raise parcels.NotHere(str(path))

    monkeypatch.setattr(parcels, "_at_home", blind)
    told = Told()
    record = run("steady", "logistic_regression", watcher=told)
    assert all(cell.done for cell in record.cells)
    assert any("does not see the results folder; files are sent" in line for line in told.lines)


def test_workers_fetch_files_from_the_store_by_their_content(run, monkeypatch, client, tmp_path):
    client.run(forget_parcels)
    objects, at_home, asked = FolderObjects(tmp_path / "shared"), parcels._at_home, []

    def blind(place):
        asked.append(place)
        if not place.startswith(objects.url):
            raise parcels.NotHere(place)
        return at_home(place)

    monkeypatch.setattr(parcels, "_at_home", blind)
    monkeypatch.setattr(Packer, "contents", None)  # nothing is sent
    record = run("steady", "logistic_regression", objects=objects)
    assert all(cell.done for cell in record.cells)
    files = objects.list("files")
    for name in files:
        assert hashlib.sha256(objects.get(f"files/{name}")).hexdigest() == name
    fetched = {place for place in asked if "://" in place}
    assert files and fetched == {f"{objects.url}/files/{name}" for name in files}


def test_workers_that_do_not_reach_the_store_are_sent_the_files(run, monkeypatch, client, tmp_path):
    client.run(forget_parcels)

    def blind(place):
        raise parcels.NotHere(f"{place}: no credentials")

    monkeypatch.setattr(parcels, "_at_home", blind)
    told = Told()
    record = run("steady", watcher=told, objects=FolderObjects(tmp_path / "shared"))
    assert all(cell.done for cell in record.cells)
    assert any("does not reach the store; files are sent (file://" in line for line in told.lines)


def test_worker_that_joined_later_and_differs_ends_the_run(run, monkeypatch, client):
    monkeypatch.setattr(carry_out_batch, "differences", lambda *args: ["numpy 0.0.1, here 9"])
    with pytest.raises(EngineError, match="(?s)would be others.*inproc.*numpy 0.0.1, here 9"):
        run("steady")
    assert not client.list_datasets()


def test_ctrl_c_stops_what_is_running(run, client):
    def stop(cell):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run("decision_tree", "hangs", watcher=Told(stop))
    assert not client.list_datasets()

    def working():
        found = []
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):  # it is gone
                found += [process] if "fork_server" in " ".join(process.cmdline()) else []
        return found[1:]  # the server itself waits

    until = time.monotonic() + 300
    while working() and time.monotonic() < until:
        time.sleep(0.05)
    assert not working()
