"""Flags about splits: ``show`` and ``run`` take the same, and plan the same."""

import json

import pytest
from intentbench.bench.language.sentence import unplain
from intentbench.cli.main import main

ROWS = [f"{i % 7},{(i * i) % 11},{int(i % 3 == 0)}" for i in range(120)]


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "visits.csv").write_text("\n".join(["x,z,bought", *ROWS]) + "\n", encoding="utf-8")


OWN = ["--data", "visits.csv", "--target", "bought"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ([], "3 stratified folds; one hold-out in each train part; seed 0"),
        (
            ["--folds", "4", "--seed", "7"],
            "4 stratified folds; one hold-out in each train part; seed 7",
        ),
        (["--best"], "3 stratified folds; 5 inner splits"),
        (["--inner", "2", "--repeats", "2"], "2 inner splits in each train part; seed 0, drawn 2"),
        (["--in-order"], "rolling origin over time in 3 folds"),
    ],
)
def test_show_says_how_it_is_split(flags, words, capsys):
    assert main(["show", *OWN, *flags]) == 0
    assert words in capsys.readouterr().out


def test_run_plans_as_show_says(capsys, tmp_path):
    flags = ["--folds", "2", "--seed", "5", "--in-order"]
    assert main(["show", *OWN, *flags]) == 0
    shown = capsys.readouterr().out
    assert main(["run", "smoke", *OWN, *flags, "--model", "base_rate", "--jobs", "1"]) == 0
    content = (tmp_path / "results/runs/latest/manifest.json").read_text("utf-8")
    manifest = json.loads(content, object_hook=unplain)
    assert f"split        {manifest['tasks'][0]['plan']}" in shown
    assert manifest["suite_content"]["seeds"] == [5]


def test_show_looks_at_the_data_before_anybody_waits(capsys):
    assert main(["show", *OWN]) == 0
    assert "exact copies of train cases" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--best", "--inner", "3"], "--best means --inner 5"),
        (["--seed", "-1"], "a whole number from 0 on"),
        (["--folds", "3", "--test-after", "2024-01-01"], "Leave one of them out"),
        (["--strangers"], "does not say whom its cases are about"),
        (["--folds", "1"], "folds 1: a whole number from 2 on"),
    ],
)
@pytest.mark.parametrize("command", ["show", "run"])
def test_flags_that_contradict_are_refused(command, flags, words, capsys):
    assert main([command, *OWN, *flags]) == 2
    assert words in capsys.readouterr().err
