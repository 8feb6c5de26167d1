"""The guide to own data: its suite file works, and its table names every keyword and flag."""

import inspect
import re
from pathlib import Path

from intentbench.bench.suite.reading import load_suite
from intentbench.cli.own_data import own_data_flags
from intentbench.datasets.table_file import TableFile

GUIDE = (Path(__file__).parents[2] / "docs" / "your-data.md").read_text(encoding="utf-8")


def test_the_suite_of_the_guide_is_one(tmp_path):
    (code,) = re.findall(r"```toml\n(tasks.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "mine.toml"
    path.write_text(code, encoding="utf-8")
    suite = load_suite(str(path))
    variant = suite.variants["my_visits"]
    assert variant.parameters["path"] == str(tmp_path / "visits.csv")
    assert set(variant.parameters) <= set(inspect.signature(TableFile).parameters)
    assert suite.resampling.test_after == "2024-06-01"


def test_every_keyword_and_flag_of_a_table_is_explained():
    rows = [line for line in GUIDE.splitlines() if line.startswith("|")]
    explained = "\n".join(row.split("|")[1] + row.split("|")[2] for row in rows)
    for keyword in inspect.signature(TableFile).parameters:
        assert f"`{keyword}`" in explained
    table = own_data_flags().format_help().partition("event log")[0]
    for flag in re.findall(r"^  (--[a-z-]+)", table, re.MULTILINE):
        assert re.search(rf"`{flag}[ `]", explained), flag
