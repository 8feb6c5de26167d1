import os
import re
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from intentbench.bench.dataset import Dataset
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.threads import cores
from intentbench.bench.suite.shipped import suite_titles
from intentbench.cli import new
from intentbench.cli.main import main

COMMANDS = ("run", "report", "clean", "list", "show", "fetch", "compare", "audit", "check", "new")
SCRIPT = Path(sys.executable).with_name("intentbench")
HEAVY = (
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "sklearn",
    "tensorflow",
    "keras",
    "xgboost",
    "lightgbm",
    "pgmpy",
)


@pytest.fixture(autouse=True)
def own_signals_and_folder(monkeypatch, tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(tmp_path)
    yield
    signal.signal(signal.SIGTERM, before)


WRONG = {
    "unknown task": (
        ["run", "smoke", "--task", "cdnov"], "unknown dataset 'cdnov'.  Did you mean 'cdnow'?",
    ),
    "unknown model": (
        ["run", "smoke", "--model", "base_rat"],
        "unknown model 'base_rat'.  Did you mean 'base_rate'?",
    ),
    "unknown suite": (["run", "shopers"], "unknown suite 'shopers'.  Did you mean 'shoppers'?"),
    "typo in a suite": (["run", "typo.toml"], "unknown key 'modells'.  Did you mean 'models'?"),
    "unknown task of a suite": (["run", "task.toml"], "unknown dataset 'shop'"),
    "impossible split": (["run", "folds.toml"], "folds 1: a whole number from 2 on"),
    "no workers": (["run", "--jobs", "0"], "jobs 0: at least one worker is needed"),
    "fewer than no workers": (["run", "--jobs", "-2"], "jobs -2: at least one worker is needed"),
    "no such plugin": (["run", "--plugin", "my_modle.py"], "my_modle.py: there is no Python file"),
    "plugin of a taken name": (["run", "--plugin", "base_rate.py"], "two models are called"),
    "nothing to report": (["report"], "no run 'latest' in results/runs.  Run a suite first"),
    "unknown run": (["report", "yesterday"], "there is no run 'yesterday'"),
    "unknown task to show": (["show", "cdnov"], "Did you mean 'cdnow'?"),
    "unknown model to check": (["check", "base_rat"], "Did you mean 'base_rate'?"),
    "no file to check": (["check", "my_modle.py"], "there is no Python file of that name"),
    "nothing to show": (["show"], "show one thing: a data set by its name, a table"),
    "two things to show": (
        ["show", "cdnow", "--data", "x.csv", "--target", "y"], "show one thing: a data set by its",
    ),
    "a new data set of nothing": (["new", "dataset", "mine"], "add --data FILE --target COLUMN"),
    "a new model of data": (
        ["new", "model", "mine", "--data", "x.csv"], "leave the file and its flags out",
    ),
    "bad name": (["new", "model", "2nd-try"], "'2nd-try' cannot be a plugin's name"),
    "taken name": (["new", "model", "base_rate"], "base_rate.py is there already"),
    "results in a file": (
        ["run", "smoke", "--model", "base_rate", "--results", "base_rate.py"],
        "cannot write to the results folder base_rate.py",
    ),
    "no plugin to list": (["list", "--plugin", "x.py"], "there is no Python file of that name"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_wrong_request_is_explained_on_one_screen_and_changes_nothing(
    words, said, capsys, tmp_path, monkeypatch
):
    # Nobody waits for data to be read to be told so.
    monkeypatch.setattr(Dataset, "load", lambda data: pytest.fail("data are read"))
    (tmp_path / "typo.toml").write_text('tasks = ["cdnow"]\nmodells = []', encoding="utf-8")
    (tmp_path / "task.toml").write_text('tasks = ["shop"]', encoding="utf-8")
    (tmp_path / "folds.toml").write_text(
        'tasks = ["complete_journey_coupons"]\n[resampling]\nfolds = 1', encoding="utf-8"
    )
    (tmp_path / "base_rate.py").write_text("", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err and err.startswith("error: ")
    assert "Traceback" not in err
    assert len(err.splitlines()) < 20
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "words", [["frobnicate"], ["run", "--jobs", "many"], ["new", "chart", "x"], ["new", "model"]]
)
def test_words_that_mean_nothing_are_refused_with_the_usage(words, capsys):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert "usage: intentbench" in capsys.readouterr().err


@pytest.mark.parametrize("call", [["--debug", "show", "cdnov"], ["show", "cdnov", "--debug"]])
def test_debug_shows_where_an_error_arose(capsys, call):
    assert main(call) == 2
    err = capsys.readouterr().err
    assert "Traceback" in err and "error: unknown dataset 'cdnov'" in err


def test_no_command_is_a_wrong_request_and_shows_the_help(capsys):
    assert main([]) == 2
    assert "examples:" in capsys.readouterr().out


def test_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("intentbench 0.")


def test_list_names_all_there_is(capsys, plugins):
    assert main(["list", "--plugin", str(plugins / "steady.py")]) == 0
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    for registry in (Registry("model", [plugins / "steady.py"]), Registry("dataset")):
        for name in registry.names():
            told = outline(registry.find(name))
            line = next(line for line in lines if line[:1] == [name])
            if registry.kind == "model":
                assert line[1:] == [told.family, told.summary]
            else:
                assert " ".join(line[1:]) == told.summary
    for name, title in suite_titles().items():
        assert any(line[:1] == [name] and " ".join(line[1:]) == title for line in lines)


@pytest.mark.parametrize("words", ["--help", "list", "--version"])
def test_quick_answers_import_nothing_heavy(words):
    code = (
        "import contextlib, sys\n"
        "from intentbench.cli.main import main\n"
        "with contextlib.suppress(SystemExit):\n"
        f"    main([{words!r}])\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "heavy: []", done.stderr


def test_new_model_is_written_and_the_next_step_named(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(new, "ROOT", tmp_path / "elsewhere")
    assert main(["new", "model", "my_model"]) == 0
    assert (tmp_path / "my_model.py").is_file()
    assert f"intentbench check {tmp_path / 'my_model.py'}" in capsys.readouterr().err


def test_check_gives_what_it_found_as_exit_code(plugins, capsys):
    assert main(["check", str(plugins / "steady.py")]) == 0
    assert main(["check", str(plugins / "swaps_columns.py")]) == 1


def test_show_prints_the_card_and_the_columns_of_a_data_set(capsys, plugins):
    assert main(["show", "toy_shop", "--plugin", str(plugins / "toy_shop.py")]) == 0
    said = capsys.readouterr().out
    for words in ("question ", "SIMULATED", "480, 38", "rolling origin", "fingerprint "):
        assert words in said
    assert re.search(r"^channel +category +0 +3 ", said, re.MULTILINE)


def intentbench(*words):
    return subprocess.run(
        [SCRIPT, *words], capture_output=True, text=True, timeout=600, env=os.environ
    )


def test_run_writes_a_report_and_says_where(tmp_path, plugins, capsys):
    (tmp_path / "tiny.toml").write_text(
        'title = "Tiny"\ntasks = ["toy_shop"]\nmodels = ["decision_tree"]\n[resampling]\nfolds = 2',
        encoding="utf-8",
    )
    shop = ["--plugin", str(plugins / "toy_shop.py")]
    broken = ["--plugin", str(plugins / "fails_at_predict.py")]
    done = intentbench("run", "tiny.toml", "--jobs", "2", *shop, *broken)
    assert done.returncode == 1, done.stderr
    (report,) = done.stdout.splitlines()
    assert Path(report).is_file() and Path(report).suffix == ".html"
    assert "6 cells to compute, 2 at a time" in done.stderr
    assert "2 of 6 cells failed" in done.stderr and "Traceback" not in done.stderr
    page = Path(report).read_text(encoding="utf-8")
    assert "KeyError" in page and "Decision tree" in page and "Base rate" in page

    # What follows is the same in one process, which has imported all it needs.
    assert main(["run", "tiny.toml", *shop]) == 0
    again, said = capsys.readouterr()
    assert "cells to compute" not in said

    assert main(["report"]) == 0
    rebuilt, _ = capsys.readouterr()
    assert rebuilt == again != ""
    assert Path(report).read_text(encoding="utf-8") == page


def test_a_reader_that_has_seen_enough_is_no_error():
    listing = subprocess.Popen(
        [SCRIPT, "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    listing.stdout.close()
    _, said = listing.communicate()
    assert (listing.returncode, said) == (0, "")


STARTED = {
    "the package": ["-m", "intentbench", "list"],
    "the command line": ["-m", "intentbench.cli", "list"],
    "its front door": ["-m", "intentbench.cli.main", "list"],
    "a command": ["-m", "intentbench.cli.list"],
}


@pytest.mark.parametrize("words", STARTED.values(), ids=STARTED)
def test_modules_that_look_like_the_command_are_the_command(words):
    done = subprocess.run([sys.executable, "-P", *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == intentbench("list").stdout != ""


def test_every_command_can_be_started_by_its_module():
    for command in COMMANDS:
        module = import_module(f"intentbench.cli.{command}")
        assert callable(getattr(module, f"{command}_command"))
        text = Path(module.__file__).read_text(encoding="utf-8")
        assert text.endswith('\n\nif __name__ == "__main__":\n    run_by_hand(__file__)\n')


def test_wrong_use_of_a_commands_module_is_explained(tmp_path):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "intentbench.cli.report"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: there is no run 'latest'")


def test_worker_started_by_hand_says_what_to_call():
    done = subprocess.run(
        [sys.executable, "-P", "-m", "intentbench.bench.run.worker"],
        capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert "Start one: python -m intentbench run" in done.stderr


@pytest.mark.parametrize("said", [None, "1"])
def test_pools_are_limited_before_numpy_is_imported(said):
    code = (
        "import os, sys\n"
        "from intentbench.cli.main import main\n"
        "assert 'numpy' not in sys.modules\n"
        "main(['report'])\n"
        "from threadpoolctl import threadpool_info\n"
        "print(sorted({pool['num_threads'] for pool in threadpool_info()}))"
    )
    environment = {key: value for key, value in os.environ.items() if "_THREADS" not in key}
    environment |= {"OMP_NUM_THREADS": said} if said else {}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, env=environment
    )
    assert done.stdout.strip() == f"[{said or cores()}]", done.stderr


def test_names_move_no_cursor(capsys, tmp_path):
    assert main(["show", "cd\x1b[2J\u202enov"]) == 2
    err = capsys.readouterr().err
    assert r"cd\x1b[2J\u202enov" in err and "\x1b" not in err
    (tmp_path / "v\x1b[31m.csv").write_text("a\u202eb,y\n" + "1,0\n2,1\n" * 40, encoding="utf-8")
    assert main(["show", "--data", "v\x1b[31m.csv", "--target", "y"]) == 0
    out = capsys.readouterr().out
    assert r"a\u202eb" in out and not set(out) & {"\x1b", "\u202e"}
