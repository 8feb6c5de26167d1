import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.suite.search import Search, asked_search


def test_a_number_or_a_table_is_a_search():
    assert asked_search(20, "search") == Search(20, {})
    grid = {"tree": {"depth": [2, 4], "units": [[64, 64], [8]]}}
    read = asked_search({"configurations": 5, "grid": grid}, "search")
    assert read == Search(5, {"tree": {"depth": (2, 4), "units": ((64, 64), (8,))}})
    assert asked_search(7, "--search", read) == Search(7, read.grid)


@pytest.mark.parametrize(
    "given, words",
    [
        (1, "--search must be a whole number of configurations, from 2 to 1000; found 1"),
        (True, "whole number"),
        (2.5, "whole number"),
        ({"configuration": 5}, "no 'configuration'.  Did you mean 'configurations'"),
        ({"grid": [1]}, "grid must be a table by model"),
        ({"grid": {"tree": {"depth": 3}}}, "grid.tree.depth must be a list of values"),
        ({"grid": {"tree": {"depth": [object()]}}}, "no number, text, truth value"),
    ],
)
def test_what_has_no_meaning_is_told(given, words):
    with pytest.raises(RequestError, match=words):
        asked_search(given, "--search")


def test_a_suite_asks_for_one(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("tasks = ['cdnow']\n[search]\nconfigurations = 8\n", encoding="utf-8")
    assert load_suite(str(path)).search == Search(8, {})
    path.write_text("tasks = ['cdnow']\n[search]\nconfigurations = 0\n", encoding="utf-8")
    with pytest.raises(RequestError, match="mine.toml: search must be"):
        load_suite(str(path))
    path.write_text("tasks = ['cdnow']\n", encoding="utf-8")
    assert load_suite(str(path)).search is None
