"""Figures by slice, asked for on the command line."""

import csv
from pathlib import Path

import numpy as np
import pytest
from intentbench.cli.main import main

RUN = ["run", "--data", "visits.csv", "--target", "bought", "--model", "decision_tree"]


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x = rng.normal(size=600)
    y = x + rng.normal(size=600) > 0.5
    lines = ["x,region,visitor,day,bought"]
    for number, (a, b) in enumerate(zip(x, y, strict=True)):
        region = ("north", "south", "")[number % 3]
        day = f"2024-{1 + number % 3:02d}-11"
        lines.append(f"{a:.3f},{region},v{number * 7919 % 100_003}x{number},{day},{int(b)}")
    Path("visits.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def slices_written():
    with Path("results/runs/latest/tables/slices.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_column_that_no_task_has_is_refused_before_anything_is_computed(capsys):
    assert main([*RUN, "--slice", "regoin"]) == 2
    said = capsys.readouterr().err
    assert "no task has a column 'regoin'.  Did you mean 'region'?" in said
    assert not Path("results").exists()


def test_columns_are_sliced_by_whether_they_are_features_or_not(capsys):
    flags = ["--slice", "region", "--slice", "day", "--slice", "visitor", "--drop", "region"]
    assert main([*RUN, *flags, "--drop", "day"]) == 0
    rows = slices_written()
    assert {(row["column"], row["value"]) for row in rows} == {
        ("region", "north"), ("region", "south"), ("region", "missing"),
        ("day", "2024-01"), ("day", "2024-02"), ("day", "2024-03"),
    }  # fmt: skip
    assert sum(int(row["n_cases"]) for row in rows if row["column"] == "region") == 600
    page = Path("results/runs/latest/report.html").read_text(encoding="utf-8")
    assert "visitor is not available: it has 600 different values" in page
    assert main(["report"]) == 0
    assert slices_written() == rows
