import json
import shutil
import signal
import sys
from pathlib import Path

import pytest
from intentbench.bench.metrics.metrics import METRICS
from intentbench.cli.main import main


@pytest.fixture(autouse=True)
def own_signals_and_folder(monkeypatch, tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in sys.modules if name.startswith("intentbench_plugin_")]:
        monkeypatch.delitem(sys.modules, name)  # a file is read anew by each command
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Results of a run on the toy shop that was judged with F2, whose file lies beside them."""
    folder = tmp_path_factory.mktemp("judged")
    plugins = Path(__file__).parents[1] / "plugins"
    shutil.copy(plugins / "f2.py", folder)
    (folder / "toy.toml").write_text(
        'tasks = ["toy_shop"]\nmodels = ["steady"]\n[resampling]\nfolds = 2', encoding="utf-8"
    )
    files = [plugins / "steady.py", plugins / "toy_shop.py", folder / "f2.py"]
    words = [word for file in files for word in ("--plugin", str(file))]
    before = signal.getsignal(signal.SIGTERM)
    code = main(["run", str(folder / "toy.toml"), "--results", str(folder / "results"), *words])
    signal.signal(signal.SIGTERM, before)
    assert code == 0
    return folder / "results"


@pytest.fixture
def copy(results, tmp_path, reseal):
    """A copy of the results and of the metric, which tests may change."""
    shutil.copy(results.parent / "f2.py", tmp_path)
    shutil.copytree(results, tmp_path / "results", symlinks=True)
    manifest = tmp_path / "results" / "runs" / "latest" / "manifest.json"
    about = json.loads(manifest.read_text(encoding="utf-8"))
    about["metrics"][0]["path"] = str(tmp_path / "f2.py")
    manifest.write_text(json.dumps(about), encoding="utf-8")
    reseal(manifest.parent.resolve(), manifest.name)
    return tmp_path


def figures(folder):
    return (folder / "runs" / "latest" / "tables" / "figures.csv").read_text(encoding="utf-8")


def test_metric_stands_in_tables_and_on_the_page(results):
    lines = [line.split(",") for line in figures(results).splitlines()]
    of_f2 = [line for line in lines if line[4] == "f2"]
    assert {(line[1], line[5]) for line in of_f2} >= {("steady", "0.5"), ("steady", "chosen")}
    page = (results / "runs" / "latest" / "report.html").read_text(encoding="utf-8")
    assert "<th" in page and "F2" in page and "recall being four times as heavy" in page
    assert "f2" not in METRICS


def test_report_finds_the_metric_where_it_was(copy, capsys):
    before = figures(copy / "results")
    assert main(["report"]) == 0, capsys.readouterr().err
    assert figures(copy / "results") == before


@pytest.mark.parametrize("command", [["report"], ["compare", "latest", "latest"]])
def test_metric_that_is_gone_is_asked_for(copy, capsys, command):
    moved = (copy / "f2.py").rename(copy / "elsewhere.py")
    assert main(command) == 2
    said = capsys.readouterr().err
    assert f"metric 'f2' of {copy / 'f2.py'}, which is gone" in said
    assert f"--plugin {copy / 'f2.py'}" in said
    moved.rename(copy / "f2.py")
    assert main(command) == 0


def test_metric_that_was_changed_is_asked_for_and_then_used(copy, capsys):
    text = (copy / "f2.py").read_text(encoding="utf-8").replace('title="F2"', 'title="Our F2"')
    (copy / "f2.py").write_text(text, encoding="utf-8")
    assert main(["report"]) == 2
    assert "f2.py, which has changed since.  Give the file" in capsys.readouterr().err
    assert main(["report", "--plugin", "f2.py"]) == 0
    page = copy / "results" / "runs" / "latest" / "report.html"
    assert "Our F2" in page.read_text(encoding="utf-8")


def test_nothing_in_a_results_folder_is_executed(copy, capsys, reseal):
    inside = copy / "results" / "f2.py"
    (copy / "f2.py").rename(inside)
    manifest = copy / "results" / "runs" / "latest" / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(str(copy / "f2.py"), str(inside)), encoding="utf-8")
    reseal(manifest.parent.resolve(), manifest.name)
    assert main(["report"]) == 2
    assert "lies in a results folder, where nothing is executed" in capsys.readouterr().err


def test_gate_holds_a_metric_of_ones_own(copy, capsys):
    assert main(["compare", "latest", "latest", "--fail-if-worse", "f2@chosen:0.01"]) == 0
    assert "F2" in capsys.readouterr().out


WRONG = {
    "taken": ('name="f2"', 'name="f1"', "there is a metric 'f1' of the house already"),
    "broken": ("found, decided = sums", "found = sums[7]", "computing it failed: IndexError"),
    "two": ("F2 = Metric(", "F1 = F2 = Metric(", "exactly one Metric; found F1, F2"),
}


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_metric_that_cannot_take_part_stops_the_run_before_it_begins(copy, capsys, old, new, said):
    text = (copy / "f2.py").read_text(encoding="utf-8")
    (copy / "wrong.py").write_text(text.replace(old, new), encoding="utf-8")
    assert main(["run", "smoke", "--results", "new", "--plugin", "wrong.py"]) == 2
    err = capsys.readouterr().err
    assert said in err and "wrong.py" in err and "Traceback" not in err
    assert not (copy / "new").exists()


def test_two_metrics_of_one_name_are_named(copy, capsys):
    shutil.copy(copy / "f2.py", copy / "again.py")
    assert main(["run", "smoke", "--plugin", "f2.py", "--plugin", "again.py"]) == 2
    assert "there is a metric 'f2' in" in capsys.readouterr().err


def test_report_takes_metrics_only(copy, capsys, plugins):
    assert main(["report", "--plugin", str(plugins / "steady.py")]) == 2
    assert "steady.py holds a model, and nothing is computed here" in capsys.readouterr().err


def test_metric_of_a_package_takes_part_and_is_asked_for_when_it_is_gone(copy, capsys, reseal):
    manifest = copy / "results" / "runs" / "latest" / "manifest.json"
    about = json.loads(manifest.read_text(encoding="utf-8"))
    about["metrics"][0] |= {"module": "their_package.f2"}
    manifest.write_text(json.dumps(about), encoding="utf-8")
    reseal(manifest.parent.resolve(), manifest.name)
    assert main(["report"]) == 2
    assert "package of 'their_package.f2', which is not installed any more" in (
        capsys.readouterr().err
    )
    assert main(["report", "--plugin", "f2.py"]) == 0


def test_list_and_check_know_metrics(copy, capsys):
    assert main(["list", "--plugin", "f2.py"]) == 0
    assert "  f2  " in capsys.readouterr().out
    assert main(["check", "f2.py"]) == 0
    assert "f2: 4 of 4 checks passed" in capsys.readouterr().out
    text = (copy / "f2.py").read_text(encoding="utf-8").replace("rope=0.01", "rope=-1")
    (copy / "wrong.py").write_text(text, encoding="utf-8")
    assert main(["check", "wrong.py"]) == 1
    assert "WRONG" in capsys.readouterr().out
