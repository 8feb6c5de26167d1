"""Bad files and bad calls: each ends in one message that says what, where and how to mend it."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from intentbench.cli.main import main
from intentbench.datasets._files import parts as parts_of_tables
from pyarrow import feather, parquet

CHANNELS = ("mail", "search", "direct")
BAD = {}


def rows(n=60):
    """Cells of a sound table: header and rows."""
    made = [
        [str(1 + i * 7 % 23), f"{1.5 + i * 13 % 97}", CHANNELS[i * 5 % 7 % 3], f"c{i * 3 % 11}",
         f"2024-03-{1 + i % 28:02d}", "yes" if i % 3 == 0 else "no"]
        for i in range(n)
    ]  # fmt: skip
    return [["pages", "seconds", "channel", "customer", "day", "bought"], *made]


def as_csv(cells, separator=",", end="\n"):
    return end.join(separator.join(row) for row in cells) + end


def changed(row, column, value):
    cells = rows()
    cells[row][cells[0].index(column)] = value
    return as_csv(cells)


def column_as(column, values):
    """A table whose column holds the values, over and over."""
    cells = rows()
    at = cells[0].index(column)
    for number, row in enumerate(cells[1:]):
        row[at] = values[number % len(values)]
    return as_csv(cells)


def frame():
    cells = rows()
    table = dict(zip(cells[0], zip(*cells[1:], strict=True), strict=True))
    table["pages"] = np.array(table["pages"], dtype=float)
    return pa.table({name: list(values) for name, values in table.items()})


def packed_parquet(table=None):
    buffer = io.BytesIO()
    parquet.write_table(frame() if table is None else table, buffer)
    return buffer.getvalue()


def packed_feather():
    buffer = io.BytesIO()
    feather.write_feather(frame(), buffer)
    return buffer.getvalue()


def bad(name, content, *words, file="visits.csv", target="bought"):
    """Declare a file that cannot be read, and the words of the call beside it."""

    def make():
        content() if callable(content) else write(file, content)
        return ["--data", file, "--target", target, *words]

    BAD[name] = make


def call(name, *words):
    """Declare a call that makes no sense, with a sound file beside it."""

    def make():
        write("visits.csv", as_csv(rows()))
        return list(words)

    BAD[name] = make


def write(file, content):
    path = Path(file)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("visits.csv", as_csv(rows()))
    return buffer.getvalue()


TEXT = as_csv(rows())
bad("empty file", "")
bad("blank lines only", "\n\n \n".replace(" ", ""))
bad("header only", as_csv(rows()[:1]))
bad("one row", as_csv(rows()[:2]))
bad("three rows", as_csv(rows()[:4]))
bad("one class", column_as("bought", ["no"]))
bad("three classes", changed(7, "bought", "maybe"))
bad("a target of many values", TEXT, target="seconds")
bad("two values that nobody explained", column_as("bought", ["basket", "order"]))
bad("target missing in every row", column_as("bought", [""]))
bad("no such column", TEXT, target="bougth")
bad("no such column but for its case", TEXT, target="BOUGHT")
bad("no such column at all", TEXT, target="zzz")
bad("duplicate column names", TEXT.replace("seconds,channel", "pages,channel"))
bad("duplicate column names but for blanks", TEXT.replace("seconds,channel", " pages,channel"))
bad("unknown delimiter", as_csv(rows(), "^"))
bad("commas in a tsv", TEXT, file="visits.tsv")
bad("a single column", "bought\nyes\nno\n")
bad("a quote that never closes", changed(9, "channel", '"mail'))
bad("a quote that never closes, CRLF", changed(9, "channel", '"mail').replace("\n", "\r\n"))
bad("a quote that never closes in the last column", changed(9, "bought", '"no'))
bad("a cell too many", changed(12, "channel", "mail,again"))
bad("a cell too few", TEXT.replace("mail,", "", 1))
bad("cut in the middle of a row", TEXT[: len(TEXT) // 2].rpartition(",")[0])
bad("NUL bytes", TEXT.replace("mail", "ma\0l", 1))
bad("UTF-16 cut in half", TEXT.encode("utf-16")[:1001])
bad("ten thousand columns", as_csv([[f"c{i}" for i in range(10_000)], ["1"] * 10_000]))
bad("an infinite number", changed(5, "seconds", "inf"))
bad("a number too large", changed(6, "seconds", "1e400"))
bad(
    "an infinite number in Parquet",
    packed_parquet(frame().append_column("rate", pa.array([np.inf, *[1.0] * 59]))),
    file="visits.parquet",
)
bad("no header", as_csv([["1", "2", "0"], ["2", "3", "1"]]))
bad(
    "nothing left to learn from",
    as_csv([["id", "bought"], *([str(i), "yes" if i % 3 else "no"] for i in range(60))]),
)
bad(
    "numbers with two kinds of comma",
    as_csv(
        [["a", "bought"], *([["1,234", "5,678"][i % 2], "yn"[i % 3 == 0]] for i in range(60))], ";"
    ),
)
bad("a date of the name of a column", TEXT.replace("pages", "day: weekday"))

bad("Parquet cut in half", packed_parquet()[:700], file="visits.parquet")
bad(
    "Parquet with a hole",
    packed_parquet()[:-100] + bytes(92) + packed_parquet()[-8:],
    file="visits.parquet",
)
bad("Parquet named .csv", packed_parquet())
bad("zip named .csv", zipped())
bad("old Excel named .csv", b"\xd0\xcf\x11\xe0" + bytes(100))
bad("CSV named .parquet", TEXT, file="visits.parquet")
bad("CSV named .feather", TEXT, file="visits.feather")
bad("Feather cut in half", packed_feather()[:600], file="visits.feather")
bad("gzip cut in half", gzip.compress(TEXT.encode())[:200], file="visits.csv.gz")
bad("gzip of nothing", gzip.compress(b""), file="visits.csv.gz")
bad("CSV named .gz", TEXT, file="visits.csv.gz")
bad("gzip named .csv", gzip.compress(TEXT.encode()))
bad(
    "zstd cut in half",
    pa.Codec("zstd").compress(TEXT.encode() * 20).to_pybytes()[:90],
    file="visits.csv.zst",
)
bad("an ending that says nothing", TEXT, file="visits.xls")
bad("no ending", TEXT, file="visits")
bad("JSON that is no lines", "[]", file="visits.json")

bad("JSON cut off", '{"a": 1, "bought": "yes"}\n{"a": 2, "bou', file="visits.jsonl")
bad("JSON of lists", '{"a": 1, "bought": "yes"}\n[2, "no"]\n', file="visits.jsonl")
bad("JSON with a key twice", '{"a": 1, "a": 2, "bought": "yes"}\n', file="visits.jsonl")
bad(
    "JSON of two types",
    '{"a": 1, "bought": "yes"}\n\n{"a": "x", "bought": "no"}\n',
    file="visits.jsonl",
)
bad("JSON nested for ever", '{"a": ' + "[" * 100_000, file="visits.jsonl")
bad("JSON without lines", "\n", file="visits.jsonl")
bad("JSON with a target of lists", '{"a": 1, "bought": [1]}\n', file="visits.jsonl")


def parts(**files):
    return lambda: [write(f"visits/{name}", content) for name, content in files.items()]


bad("folder without parts", lambda: Path("visits").mkdir(), file="visits")
bad("folder of hidden files", parts(**{"_SUCCESS": "", ".part.csv": TEXT}), file="visits")
bad(
    "parts with other columns",
    parts(**{"1.csv": TEXT, "2.csv": TEXT.replace("pages", "clicks")}),
    file="visits",
)
bad("parts of two formats", parts(**{"1.csv": TEXT, "2.parquet": packed_parquet()}), file="visits")
bad("parts beside something else", parts(**{"1.csv": TEXT, "README.txt": "Hello"}), file="visits")
bad("folder in a folder", parts(**{"1.csv": TEXT, "more/2.csv": TEXT}), file="visits")
bad("parts of two types", parts(**{
    "1.parquet": packed_parquet(),
    "2.parquet": packed_parquet(frame().set_column(0, "pages", pa.array([[1]] * 60)))}),
    file="visits")  # fmt: skip
bad(
    "a bad cell in the second part",
    parts(**{"1.csv": TEXT, "2.csv": changed(3, "seconds", "inf")}),
    file="visits",
)

bad("a file that is not there", lambda: write("visits_2024.csv", TEXT))
bad("a symlink to itself", lambda: os.symlink("visits.csv", "visits.csv"))
bad("a symlink to nothing", lambda: os.symlink("gone.csv", "visits.csv"))
bad("a pipe", lambda: os.mkfifo("visits.csv"))
bad("a device", lambda: os.symlink("/dev/zero", "visits.csv"))
bad("a name too long for the system", lambda: None, file=f"{'v' * 300}.csv")

bad("three values and only the positive named", changed(7, "bought", "maybe"), "--positive", "yes")
bad("positive not among the values", TEXT, "--positive", "Yess")
bad("negative not among the values", TEXT, "--positive", "yes", "--negative", "non")
bad("positive and negative the same", TEXT, "--positive", "yes", "--negative", "YES")
bad("group of an unknown column", TEXT, "--group", "custmer")
bad("time of an unknown column", TEXT, "--time", "dya")
bad("drop of an unknown column", TEXT, "--drop", "page")
bad("keep of an unknown column", TEXT, "--keep", "seconds_")
bad("target also dropped", TEXT, "--drop", "bought")
bad("dropped and kept", TEXT, "--drop", "pages", "--keep", "pages")
bad("target also the group", TEXT, "--group", "bought")
bad("time also the group", TEXT, "--time", "day", "--group", "day")
bad("horizon without a time", TEXT, "--horizon-days", "3")
bad("horizon before the start", TEXT, "--time", "day", "--horizon-days", "-3")
bad("missing group", changed(8, "customer", ""), "--group", "customer")
bad("missing time", changed(8, "day", ""), "--time", "day")
bad("an impossible day", changed(8, "day", "2024-02-31"), "--time", "day")
bad("a time of texts", TEXT, "--time", "channel")
bad("a time of small numbers", TEXT, "--time", "pages")
bad(
    "times written in three ways",
    column_as("day", ["2024-03-01", "2.3.2024", "3/13/2024"]),
    "--time",
    "day",
)
bad(
    "times with and without a zone",
    column_as("day", ["2024-03-01T10:00", "2024-03-02T10:00Z"]),
    "--time",
    "day",
)
bad("day or month first", column_as("day", ["3/4/2024", "5/6/2024", "7/8/2024"]), "--time", "day")
bad("test after without a time", TEXT, "--test-after", "2024-03-20")
bad("test after no date", TEXT, "--time", "day", "--test-after", "20. March")
bad("test after the last case", TEXT, "--time", "day", "--test-after", "2025-01-01")
bad("test after before the first case", TEXT, "--time", "day", "--test-after", "2024-01-01")
bad("a horizon longer than the table", TEXT, "--time", "day", "--horizon-days", "100")

call("a table and a log", "--data", "visits.csv", "--events", "visits.csv", "--target", "bought")
call("a target of nothing", "--target", "bought")
call("a table without target", "--data", "visits.csv")
call("a group of nothing", "--group", "customer")
call("who of a table", "--data", "visits.csv", "--target", "bought", "--who", "customer")
call("positive of a log", "--events", "visits.csv", "--target", "bought", "--positive", "yes")
call("a table without name", "--data", "", "--target", "bought")


def said(capsys, *words):
    code = main(list(words))
    out, err = capsys.readouterr()
    assert (code, out) == (2, ""), err
    assert err.startswith("error: ") and "Traceback" not in err
    assert len(err.splitlines()) < 12 and max(map(len, err.splitlines())) < 600
    return err.removeprefix("error: ").rstrip("\n")


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_where_and_how_to_mend_it(
    name, tmp_path, monkeypatch, capsys, golden
):
    monkeypatch.chdir(tmp_path)
    words = BAD[name]()
    before = sorted(tmp_path.rglob("*"))
    golden("bad_files.txt", name, said(capsys, "run", "--model", "base_rate", *words))
    assert sorted(tmp_path.rglob("*")) == before, "the results folder must stay as it was"


SUITES = {
    "a path that is a number": 'data = "table_file"\npath = 3',
    "drop that is a text": 'data = "table_file"\npath = "v.csv"\ntarget = "b"\ndrop = "pages"',
    "an unknown key": 'data = "table_file"\npath = "v.csv"\ntraget = "b"',
    "a horizon in words": 'data = "table_file"\npath = "v.csv"\ntarget = "b"\nhorizon_days = "3"',
    "another content": 'data = "table_file"\npath = "v.csv"\ntarget = "b"\nsha256 = "0"',
    "a path with NUL": 'data = "table_file"\npath = "v\\u0000.csv"\ntarget = "b"',
}


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_file_is_told_the_same_way(name, tmp_path, monkeypatch, capsys, golden):
    monkeypatch.chdir(tmp_path)
    write("v.csv", as_csv([["a", "b"], *([str(i % 7), str(i % 2)] for i in range(60))]))
    write("mine.toml", f'tasks = ["mine"]\n[task.mine]\n{SUITES[name]}')
    words = ("run", "mine.toml", "--model", "base_rate")
    golden("bad_files.txt", f"suite: {name}", said(capsys, *words))


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch, capsys, golden):
    monkeypatch.chdir(tmp_path)
    write("visits.csv", TEXT)

    def refuse(path, *how, **more):  # tests may run as a user who may read everything
        if path.name == "visits.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *how, **more)

    opened = Path.open
    monkeypatch.setattr(Path, "open", refuse)
    err = said(capsys, "run", "--data", "visits.csv", "--target", "bought")
    golden("bad_files.txt", "no permission", err)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, capsys, golden):
    monkeypatch.chdir(tmp_path)
    write("visits.csv", TEXT)
    sha256_of = parts_of_tables.sha256_of

    def digest_and_append(part):
        found = sha256_of(part)
        with part.path.open("ab") as file:
            file.write(b"1,2,mail,c1,2024-03-01,no\n")
        return found

    monkeypatch.setattr(parts_of_tables, "sha256_of", digest_and_append)
    err = said(capsys, "run", "--data", "visits.csv", "--target", "bought")
    golden("bad_files.txt", "changes while it is read", err)


def test_a_small_archive_of_a_huge_table_is_refused(tmp_path, monkeypatch, capsys, golden):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("intentbench.datasets._files.parts._MOST_BYTES", 1 << 20)
    write("visits.csv.gz", gzip.compress(bytes(1 << 24)))
    err = said(capsys, "run", "--data", "visits.csv.gz", "--target", "bought")
    golden("bad_files.txt", "an archive that swells", err.replace("0 GiB", "n GiB"))


def test_every_message_kept_is_still_tested():
    kept = (Path(__file__).parents[1] / "golden" / "bad_files.txt").read_text("utf-8")
    names = {line[3:] for line in kept.splitlines() if line.startswith("== ")}
    others = {"no permission", "changes while it is read", "an archive that swells"}
    assert names == {*BAD, *(f"suite: {name}" for name in SUITES), *others}
    assert len(names) > 100
