"""A folder of files in a suite: a task each, with names, keywords and errors of their own."""

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.suite.reading import load_suite
from intentbench.bench.suite.suite import Variant

FOLDER = """
[[folder]]
data = "table_file"
path = "shops"
files = "*.csv"
target = "bought"
"""


TABLES = "[[folder]]\ndata = 'table_file'\n"


@pytest.fixture
def read(tmp_path):
    """Write a suite beside folders of files, and read it."""
    for name in ("shops/b.csv", "shops/a.csv", "shops/.c.csv", "shops/notes.txt", "logs/q 1.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "shops" / "d.csv").mkdir()

    def reading(text):
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        return load_suite(str(path))

    return reading


def variant(tmp_path, path, data="table_file", **keywords):
    return Variant(data, {**keywords, "path": str(tmp_path / path)})


def test_each_file_is_a_task_in_the_order_of_names(read, tmp_path):
    suite = read(FOLDER)
    assert suite.tasks == ("a", "b")
    assert suite.variants == {
        name: variant(tmp_path, f"shops/{name}.csv", target="bought") for name in "ab"
    }


def test_what_is_said_of_one_file_goes_before_what_is_said_of_all(read, tmp_path):
    suite = read(FOLDER + '[task.a]\ntarget = "sold"\nstrangers = true\n')
    assert suite.variants["a"] == Variant(
        "table_file", {"target": "sold", "path": str(tmp_path / "shops/a.csv")}, strangers=True
    )
    assert suite.variants["b"] == variant(tmp_path, "shops/b.csv", target="bought")


def test_folders_and_named_tasks_stand_together(read, tmp_path):
    suite = read('tasks = ["cdnow", "b"]\n' + FOLDER + '[[folder]]\npath="logs"\ndata="event_log"')
    assert suite.tasks == ("cdnow", "b", "a", "q_1")
    assert suite.variants["q_1"] == variant(tmp_path, "logs/q 1.csv", "event_log")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[folder]\npath = "shops"', r"folder must be tables, as in \[\[folder\]\]"),
        ("[[folder]]\nfiles = '*'", "folder 1 must be a table with path, as in path = 'shops'"),
        (
            "[[folder]]\npath = 'shops'",
            "folder 1 must be a table with data, as in",
        ),
        (TABLES + "path = 7", "folder 1: path must be a text"),
        (TABLES + "path = 'shop'", r"folder 1: there is no folder .*shop\."),
        (TABLES + "path = 'shops'\nfiles = '*.parquet'", r"fits the pattern '\*\.parquet'"),
        (TABLES + "path = 'shops'\nfiles = ''", "files = '' is no pattern"),
        (TABLES + "path = 'shops'\nfiles = '/*'", r"files = '/\*' is no pattern"),
        (FOLDER + FOLDER, "shops/a.csv and shops/a.csv would both be the task 'a'"),
        ("", "name at least one task"),
    ],
)
def test_errors_name_the_place(read, text, error):
    with pytest.raises(RequestError, match=error):
        read(text)


def test_two_files_of_one_name_are_told(read, tmp_path):
    (tmp_path / "shops" / "a.tsv").touch()
    with pytest.raises(RequestError, match=r"shops/a\.csv and shops/a\.tsv would both be"):
        read(TABLES + 'path = "shops"\nfiles = "a.*"')
