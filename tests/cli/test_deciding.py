"""What decisions cost and bring, told on the command line: one meaning, and errors that help."""

import json
from pathlib import Path

import numpy as np
import pytest
from intentbench.cli.main import main

RUN = ["run", "--data", "visits.csv", "--target", "bought", "--model", "decision_tree"]


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    y = x + rng.normal(size=300) > 0.5
    called = x + rng.normal(size=300) > 0.3
    rows = [
        f"{a:.3f},{int(b)},{'yes' if c else 'no'}" for a, b, c in zip(x, y, called, strict=True)
    ]
    Path("visits.csv").write_text("\n".join(["x,bought,called", *rows, ""]), encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--value 40", "--value says nothing without --cost; give both, as in --value 40 --cost 3"),
        ("--cost 2", "--cost says nothing without --value; give both, as in --value 40 --cost 2"),
        ("--false-negative 9", "give both, as in --false-positive 1 --false-negative 9."),
        ("--value nan --cost 3", "--value must be a number above 0; found nan."),
        ("--value -4 --cost 3", "--value must be a number above 0; found -4."),
        ("--value 40 --cost 0", "--cost must be a number above 0; found 0."),
        ("--value 40 --cost 3,5", "--cost must be a number above 0; found '3,5'."),
        ("--value price --cost 3", "--value must be a number above 0; found 'price'."),
        ("--budget 5", "--budget must be a share, above 0 and at most 1, as in 0.05; found 5."),
        ("--prefer fast", "--prefer must be 'readable'; found 'fast'."),
        ("--today-rule calld", "no column 'calld'.  Did you mean 'called'?"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused_with_advice_that_works(flags, said, capsys):
    assert main([*RUN, *flags.split()]) == 2
    assert said in capsys.readouterr().err
    assert not Path("results").exists()


def test_of_a_log_a_text_is_a_column_and_a_number_what_a_yes_is_worth():
    import argparse

    from intentbench.cli.deciding import decision_flags
    from intentbench.cli.own_data import own_data_flags, own_task

    parser = argparse.ArgumentParser(parents=[own_data_flags(with_worth=True), decision_flags()])
    given = parser.parse_args("--events l.csv --who u --value price --value 40 --cost 3".split())
    assert (given.value, given.worth, given.cost) == ("price", "40", "3")
    assert own_task(given, [])[1].parameters["value"] == "price"


@pytest.fixture
def decided(capsys):
    flags = "--value 40 --cost 3 --budget 0.1 --prefer readable --today-rule called"
    assert main([*RUN, "--folds", "2", "--jobs", "1", *flags.split()]) == 0
    return capsys.readouterr()


def test_decisions_and_todays_rule_reach_the_run_and_its_report(decided):
    run = Path("results/runs/latest").resolve()
    if run.is_file():
        run = run.parent / run.read_text().strip()
    manifest = json.loads((run / "manifest.json").read_text())
    said = manifest["suite_content"]["decisions"]
    assert (said["value"], said["action"], said["budget"]) == (40, 3, 0.1)
    assert said["prefer"] == "readable"
    (task,) = manifest["tasks"]
    assert task["n_features"] == 1 and task["card"]["today_rule"] == "called"
    assert "'called' holds today's rule and is no feature" in decided.err
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "Today’s rule: called" in page and "Against today’s rule" in page
    assert "Use Decision tree." in page and "Readable models come first, as asked" not in page
