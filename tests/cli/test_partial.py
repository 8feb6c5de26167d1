"""``report --partial``: what is there of a run that goes on or was cut short, and nothing else."""

import json
import re

import numpy as np
import pytest
from intentbench.bench.errors import RequestError, StoreError
from intentbench.bench.judge.judge import judge
from intentbench.bench.judge.partial import judge_partial
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.lock import acquired
from intentbench.bench.store.run_reader import read_run, read_unfinished
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite, Variant
from intentbench.cli.main import main
from intentbench.reports.render import render
from intentbench.reports.summary import summarise

PLUGINS = __file__.rpartition("/cli/")[0] + "/plugins"
MODELS = ("decision_tree", "logistic_regression")


class StopsAfter:
    """A watcher that interrupts a run when so many cells are done."""

    def __init__(self, n_cells):
        self.left = n_cells

    def begins(self, work, store):
        pass

    def planned(self, work, cells, stored):
        pass

    def finished(self, cell):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt

    def says(self, text):
        pass


@pytest.fixture(scope="module")
def work():
    suite = Suite(
        "toy", "Toy", ("toy_shop", "second"), MODELS, resampling=Resampling(folds=2),
        variants={"second": Variant("known_shop", {})},
    )  # fmt: skip
    datasets = [f"{PLUGINS}/{name}.py" for name in ("toy_shop", "known_shop")]
    return prepare(suite, Registry("model"), Registry("dataset", datasets))


def interrupted(work, store, n_cells):
    with pytest.raises(KeyboardInterrupt):
        execute_run(work, store, 1, StopsAfter(n_cells), {"command": "pytest", "metrics": []})


@pytest.fixture(scope="module")
def cut_short(work, tmp_path_factory):
    """The store of a run of two tasks that ended when nine of its twelve cells were done."""
    store = Store(tmp_path_factory.mktemp("cut") / "results")
    interrupted(work, store, 9)
    return store


@pytest.fixture(scope="module")
def judgement(cut_short):
    return judge_partial(read_unfinished(cut_short), draws=100)


def test_all_planned_cells_are_known_and_those_that_are_there_are_done(work, cut_short):
    run = read_unfinished(cut_short)
    statuses = [cell.status for cell in run.cells]
    assert (statuses.count("done"), statuses.count("planned")) == (9, 3)
    assert [task.name for task in run.tasks] == ["toy_shop", "second"]
    assert {model.name: bool(model.views) for model in run.models}["base_rate"]


def test_only_whole_models_are_judged(judgement):
    for judged in judgement.tasks:
        progress = next(each for each in judgement.progress if each.task == judged.task.name)
        assert {entry.title for entry in judged.models} == set(progress.whole)
        assert all(len(entry.predictions) == 2 for entry in judged.models)
        assert not judged.ensembles
        for title, n_done, n_planned in progress.waiting:
            assert n_done < n_planned and title not in progress.whole
    assert sum(each.n_done for each in judgement.progress) == 9
    assert any(each.waiting for each in judgement.progress)


def test_figures_are_those_of_the_whole_run(work, judgement, tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("whole") / "results")
    execute_run(work, store, 1, StopsAfter(99), {"command": "pytest", "metrics": []})
    whole = {judged.task.name: judged for judged in judge(read_run(store), draws=100).tasks}
    compared = 0
    for judged in judgement.tasks:
        known = {entry.name: entry for entry in whole[judged.task.name].models}
        for entry in judged.models:
            for one, other in zip(entry.predictions, known[entry.name].predictions, strict=True):
                assert np.array_equal(one.p, other.p)
            compared += 1
    assert compared >= 3
    assert not list(store.runs.glob(".*.plan"))
    with pytest.raises(StoreError, match="none was cut short"):
        read_unfinished(store)


def test_page_says_first_that_it_is_partial_and_what_is_missing(judgement):
    page = render(summarise(judgement))
    text = re.sub(r"<[^>]*>|\s+", " ", page[page.index("<body>") :])
    assert text.index("Partial: the run is not finished. 3 of 12 cells are missing") < 400
    waiting = next(each for each in judgement.progress if each.waiting).waiting[0]
    assert f"{waiting[0]} ({waiting[1]} of 2 cells)" in text
    assert "finished not yet" not in text


def test_task_without_a_whole_model_is_told_and_not_judged(work, tmp_path):
    store = Store(tmp_path / "results")
    interrupted(work, store, 1)
    judgement = judge_partial(read_unfinished(store), draws=100)
    assert judgement.tasks == ()
    page = render(summarise(judgement))
    assert "no model is whole yet" in page and "11 of 12 cells are missing" in page


def files(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "partial" not in path.parts and path.name != ".lock"
    }


def test_command_writes_beside_the_runs_while_another_process_holds_the_lock(
    cut_short, capsys, monkeypatch
):
    before, lock = files(cut_short.root), acquired(cut_short.root / ".lock")
    assert main(["report", "--partial", "--results", str(cut_short.root)]) == 0
    lock.release()
    out, err = capsys.readouterr()
    assert out == f"{cut_short.root}/partial/report.html\n"
    assert err.strip().startswith("Partial: the run is not finished.")
    assert files(cut_short.root) == before
    summary = json.loads((cut_short.root / "partial" / "summary.json").read_text())
    assert summary["partial"][0].startswith("Partial")


def test_changed_cell_and_a_named_run_are_refused(work, tmp_path, capsys):
    store = Store(tmp_path / "results")
    interrupted(work, store, 2)
    command = ["report", "--partial", "--results", str(store.root)]
    assert main(["report", "some-run", *command[1:]]) == RequestError.exit_code
    assert "some-run is named too" in capsys.readouterr().err
    path = next(store.cells.glob("*/*/predictions.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert main(command) == 2
    assert "predictions.parquet was changed after it was written" in capsys.readouterr().err


def test_next_run_takes_the_plan_of_a_killed_one_away(work, tmp_path):
    store = Store(tmp_path / "results")
    interrupted(work, store, 1)
    (old,) = store.runs.glob(".*.plan")
    old.rename(store.runs / ".20200101-000000-toy.plan")
    interrupted(work, store, 1)
    (new,) = store.runs.glob(".*.plan")
    assert "20200101" not in new.name
