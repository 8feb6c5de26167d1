"""Bad logs and bad questions: each ends in one message that says what, where and how to mend it."""

import gzip
import io
import json
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.errors import DataError
from intentbench.datasets._event_log import connection, files
from intentbench.datasets.event_log import EventLog
from pyarrow import parquet

CALL = {
    "path": "log.csv", "who": "user", "when": "time", "what": "event", "target": "purchase",
    "after_events": 2,
}  # fmt: skip
WEEKS = {"after_events": 0, "every": "1d", "within": "1d"}
BAD = {}


def rows(n=300):
    """Cells of a sound log of visits, every third of which ends with a purchase."""
    made = []
    for i in range(n):
        visit, step = divmod(i, 3)
        kind = "purchase" if step == 2 and visit % 3 == 0 else "view"
        time = 1_717_372_800 + visit * 7_200 + step * 60
        made.append([f"u{visit % 9}", str(time), kind, f"{step}.5", f"item {visit % 5}"])
    return [["user", "time", "event", "price", "item"], *made]


def as_csv(cells, separator=","):
    return "\n".join(separator.join(row) for row in cells) + "\n"


def changed(column, *values, first=10):
    """The sound log with other values in some rows from one on."""
    cells = rows()
    for number, value in enumerate(values):
        cells[first + number][cells[0].index(column)] = value
    return as_csv(cells)


def column_as(column, values, n=300):
    """The sound log with a column that holds the values, over and over."""
    cells = rows(n)
    at = cells[0].index(column)
    for number, row in enumerate(cells[1:]):
        row[at] = values[number % len(values)]
    return as_csv(cells)


def texts(form):
    """The sound log with its moments as texts; ``form`` makes them of day, hour and minute."""
    cells = rows()
    for number, row in enumerate(cells[1:]):
        visit, step = divmod(number, 3)
        row[1] = form(1 + visit // 24, visit % 24, step)
    return cells


def as_parquet(times=None):
    cells = rows()
    table = {
        name: list(values)
        for name, values in zip(cells[0], zip(*cells[1:], strict=True), strict=True)
    }
    table["time"] = times or [int(time) for time in table["time"]]
    buffer = io.BytesIO()
    parquet.write_table(pa.table(table), buffer)
    return buffer.getvalue()


def json_lines(*more):
    lines = [
        f'{{"user": "u{i % 9}", "time": {1_717_372_800 + i * 600}, "event": "view"}}'
        for i in range(30)
    ]
    return "\n".join([*lines, *more]) + "\n"


def bad(name, content=None, file="log.csv", **keywords):
    BAD[name] = content, file, keywords


def write(file, content):
    path = Path(file)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def iso(day, hour, minute):
    return f"2024-06-{day:02d} {hour:02d}:{minute:02d}:00"


LOG = as_csv(rows())
SHORT = as_csv(rows(30))

# ---- calls
bad("no file", path="")
bad("no such file", path="nowhere.csv")
bad("no column who", who="")
bad("no column when", when="")
bad("no target", target="")
bad("neither question", after_events=0)
bad("both questions", every="7d", within="7d")
bad("every without within", after_events=0, every="7d")
bad("within without every", after_events=0, within="7d")
bad("a negative number of events", after_events=-1)
bad("a number of events in words", after_events="three")
bad("half an event", after_events=2.5)
bad("an answer for a number of events", after_events=True)
bad("a duration in weeks", after_events=0, every="7 weeks?", within="7d")
bad("a duration without a unit", session_gap="30")
bad("a duration of nothing", after_events=0, every="0d", within="7d")
bad("a negative duration", after_events=0, every="7d", within="-7d")
bad("a duration of ages", session_gap="4000d")
bad("a duration that is empty", session_gap="")
bad("a duration that is a number", session_gap=30)
bad("a session gap of no use", session_gap="20m", **WEEKS)
bad("a column of two roles", value="time")
bad("a target that is a number", target=3)
bad("no target among several", target=[])
bad("a target twice", target=["purchase", "purchase"])
bad("two targets and no kinds", what="", target=["purchase", "order"])
bad("a second target that is none", LOG, target=["purchase", "order"])
bad("equal rows twice", identical="twice")
bad("a clock of weeks", clock="weeks")
bad("an order of month and year", date_order="my")
bad("active people of a visit", active_within="60d")
bad("active within nothing", active_within="0d", **WEEKS)
bad("an encoding that nobody knows", encoding="klingon")
bad("an id missing in every row", column_as("item", [""]), event_id="item")
bad("an id of people", LOG, event_id="item")
bad(
    "only returns",
    LOG.replace("price", "quantity")
    .replace(",0.5", ",-1")
    .replace(",1.5", ",-1")
    .replace(",2.5", ",-1"),
    what="",
    target="buy",
)
bad("no such column", LOG, who="usr")
bad("no such column but for its case", LOG, when="Time")
bad("no such column for value", LOG, value="prize")
bad("no such column for item", LOG, item="'; DROP TABLE log; --")
bad("no such target", LOG, target="purchased")
bad("no such target but for its case", LOG, target="Purchase")
bad("no such target at all", LOG, target="zzz")

# ---- files
bad("empty file", "")
bad("header only", as_csv(rows()[:1]))
bad("another ending", LOG, file="log.xls", path="log.xls")
bad("a workbook that is none", LOG, file="log.xlsx", path="log.xlsx")
bad("Feather", LOG, file="log.feather", path="log.feather")
bad("packed Parquet", LOG, file="log.parquet.gz", path="log.parquet.gz")
bad("a Parquet file cut in half", as_parquet()[:900], file="log.parquet", path="log.parquet")
bad("a Parquet file named csv", as_parquet())
bad("UTF-16 cut in half", LOG.encode("utf-16")[:-1])
bad("another encoding than asked", changed("event", "caf\xe9").encode("latin-1"), encoding="utf-16")
bad(
    "a gzip file cut in half",
    gzip.compress(LOG.encode(), mtime=0)[:500],
    "log.csv.gz",
    path="log.csv.gz",
)
bad("a gzip file that is none", LOG, "log.csv.gz", path="log.csv.gz")
bad("a folder without parts", "nothing", "log/.keep", path="log")
bad("a cell too many", changed("event", "view,again"))
bad("a cell too few", LOG.replace(",view", "", 1))
bad("a quote that never closes", changed("item", '"item'))
bad("two columns of one name", LOG.replace("price", "user", 1))
bad("JSON that is none", json_lines('{"user": "u1", "time": 1717372800'), "l.jsonl", path="l.jsonl")
bad("JSON lines of lists", "[1, 2]\n[3, 4]\n", "l.jsonl", path="l.jsonl")
bad(
    "JSON of two lists",
    '{"a": [{"who": 1}], "b": [{"when": 2}]}',
    "l.json",
    path="l.json",
    who="who",
    when="when",
)
bad("JSON nested without end", '{"user": ' * 100_000, "l.jsonl", path="l.jsonl")
bad(
    "JSON with a key of megabytes",
    json_lines('{"' + "k" * 10**7 + '": 1}'),
    "l.jsonl",
    path="l.jsonl",
    what="kind",
)
bad("JSON lines without the column", json_lines(), "l.jsonl", path="l.jsonl", item="thing")

# ---- moments
bad("moments missing in every row", column_as("time", [""]))
bad("a moment that cannot be read", changed("time", "soon"))
bad("a text among Unix times", changed("time", "2024-06-03 10:00:00"))
bad("milliseconds among seconds", changed("time", "1717372800123"))
bad("days since nobody knows when", column_as("time", ["0", "1", "2.5"]))
bad("a clock at zero", changed("time", "0"))
bad("moments of the day only", column_as("time", ["08:30:00"]))
bad("day or month first", column_as("time", ["03/06/2024 08:30", "03/07/2024 08:30"]))
bad("dates in two ways", column_as("time", ["03.06.2024 08:30", "2024/06/03 08:30", "1 June 2024"]))
bad("a month that is none", as_csv([*texts(iso), ["u1", "2024-13-01 00:00:00", "view", "1", ""]]))
bad("a year that is none", as_csv([*texts(iso), ["u1", "0001-01-01 00:00:00", "view", "1", ""]]))
bad(
    "zones in some rows",
    as_csv([*texts(iso), ["u1", "2024-06-03T10:00:00+02:00", "view", "1", ""]]),
)
bad("true and false as moments", as_parquet([True, False] * 150), "log.parquet", path="log.parquet")
bad(
    "an infinite moment",
    as_parquet([float("inf"), *(1_717_372_800.0 + 60 * i for i in range(299))]),
    "log.parquet",
    path="log.parquet",
)

# ---- values, names, cases
bad("a value that is no number", changed("price", "a dozen"), value="price")
bad("a value with a comma", changed("price", '"12,50"'), value="price")
bad("an infinite value", changed("price", "inf"), value="price")
bad("a value too large", changed("price", "1e400"), value="price")
bad("values missing in every row", column_as("price", [""]), value="price")
bad("items missing in every row", column_as("item", ["", "NULL"]), item="item")
bad("nobody", column_as("user", ["", "null"]))
bad("nothing done", column_as("event", [""]))
bad(
    "too many kinds",
    column_as("event", [f"page {i}" for i in range(1_100)], 1_200),
    target="page 1",
)
bad(
    "a line in a quoted cell",
    changed("item", '"two\nlines"').replace("1.5", "one", 1),
    value="price",
)
bad("too few cases", SHORT)
bad("no case at all", LOG, after_events=50)
bad("no positive case", LOG.replace("purchase", "view").replace("view", "purchase", 1))
bad(
    "only positive cases", LOG.replace("view", "purchase"), after_events=0, every="2h", within="20h"
)
bad("a window longer than the log", LOG, after_events=0, every="1d", within="30d")


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_told_in_one_message(name, tmp_path, monkeypatch, golden):
    monkeypatch.chdir(tmp_path)
    content, file, keywords = BAD[name]
    if content is not None:
        write(file, content)
    with pytest.raises(DataError) as error:
        EventLog(**CALL | keywords).load()
    golden("event_log_errors.txt", name, str(error.value))


def test_parts_written_in_two_ways_are_refused(tmp_path, monkeypatch, golden):
    monkeypatch.chdir(tmp_path)
    stamps = [f"2024-06-03 {i % 24:02d}:00:00" for i in range(300)]
    write("log/a.parquet", as_parquet())
    write("log/b.parquet", as_parquet(stamps))
    with pytest.raises(DataError) as error:
        EventLog(**CALL | {"path": "log"}).load()
    golden("event_log_errors.txt", "two ways", str(error.value))


def test_the_part_and_its_line_are_named(tmp_path, monkeypatch, golden):
    monkeypatch.chdir(tmp_path)
    write("log/a.csv", LOG)
    write("log/b.csv", changed("time", "soon"))
    with pytest.raises(DataError) as error:
        EventLog(**CALL | {"path": "log"}).load()
    golden("event_log_errors.txt", "the second part", str(error.value))


def test_a_log_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, golden):
    monkeypatch.chdir(tmp_path)
    write("log.csv", LOG)
    digest = files.digest

    def digest_and_append(*arguments):
        found = digest(*arguments)
        with open("log.csv", "a", encoding="utf-8") as file:
            file.write("u1,1717372800,view,1,\n")
        return found

    monkeypatch.setattr(files, "digest", digest_and_append)
    with pytest.raises(DataError) as error:
        EventLog(**CALL).load()
    golden("event_log_errors.txt", "changes while it is read", str(error.value))


def test_a_log_that_needs_more_room_than_there_is_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("log.csv", as_csv(rows(30_000)))
    monkeypatch.setattr(connection, "MEMORY", "1MB")
    with pytest.raises(DataError, match="needs more room than there is"):
        EventLog(**CALL).load()


def test_so_does_one_that_runs_out_of_it_later(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("log.csv", LOG)

    def run_out(raw, asked, known):
        raise duckdb.OutOfMemoryException("failed to offload")

    monkeypatch.setattr("intentbench.datasets._event_log.cut_log.examine", run_out)
    with pytest.raises(DataError, match="needs more room than there is: failed to offload"):
        EventLog(**CALL).load()


SOUND = {
    "log.csv": LOG.encode(),
    "log.csv.gz": gzip.compress(LOG.encode(), mtime=0),
    "log.parquet": as_parquet(),
    "log.jsonl": "\n".join(
        json.dumps(dict(zip(rows()[0], cells, strict=True))) for cells in rows()[1:]
    ).encode(),
}


@pytest.mark.parametrize("file", SOUND)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_mangled_log_gives_a_task_or_one_message(file, data):
    content = bytearray(SOUND[file])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[place] = data.draw(st.integers(0, 255))
        else:
            del content[place : place + data.draw(st.integers(1, len(content)))]
            content = content or bytearray(b"\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        path.write_bytes(content)
        try:
            task = EventLog(**CALL | {"path": str(path)}).load()
        except DataError as error:
            assert len(str(error).splitlines()) < 5 and len(str(error)) < 900
        else:
            assert len(task) >= 20 and task.card.caveats


def test_too_many_cases_are_refused_before_memory_is_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("log.csv", LOG)
    monkeypatch.setattr("intentbench.datasets._event_log.cases.MOST_CASES", 50)
    with pytest.raises(
        DataError, match="more than 50 cases .* sample of its people: --rows [1-9][0-9]0?$"
    ):
        EventLog(**CALL).load()


def test_every_message_kept_is_still_tested():
    kept = (Path(__file__).parents[1] / "golden" / "event_log_errors.txt").read_text("utf-8")
    names = {line[3:] for line in kept.splitlines() if line.startswith("== ")}
    assert names == {*BAD, "two ways", "the second part", "changes while it is read"}
