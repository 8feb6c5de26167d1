"""A table of one's own: whatever its format, the same numbers; whatever is assumed, is said."""

import gzip
import hashlib
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from intentbench.bench.cases import is_numeric
from intentbench.bench.errors import DataError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.suite.reading import load_suite
from intentbench.datasets.table_file import TableFile
from pyarrow import feather, parquet

N = 90


def visits(n=N):
    """A sound table: numbers, a category with an accent, a date, a customer, an outcome."""
    i = np.arange(n)
    start = np.datetime64("2024-03-01T08:30:00") + (i * 977 % 60_000) * np.timedelta64(60, "s")
    return pd.DataFrame(
        {
            "pages": 1 + i * 7 % 23,
            "seconds": 1.5 + i * 13 % 97,
            "channel": np.array(["mail", "café", "direct"])[i * 5 % 7 % 3],
            "start": pd.Series(start).dt.strftime("%Y-%m-%d %H:%M"),
            "customer": np.char.add("c", (i * 3 % 11).astype(str)),
            "bought": np.where(i % 3 == 0, "yes", "no"),
        }
    )


def dated(form):
    """The sound table with its moments written otherwise."""
    frame = visits()
    return frame.assign(start=pd.to_datetime(frame["start"]).dt.strftime(form))


def csv_of(frame, **how):
    return frame.to_csv(index=False, **how)


def load(tmp_path, content, name="visits.csv", **keywords):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return TableFile(path=str(path), **{"target": "bought"} | keywords).load()


def by_column(task):
    return {column.name: column for column in task.profile}


def parquet_of(frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def feather_of(frame):
    buffer = io.BytesIO()
    feather.write_feather(pa.Table.from_pandas(frame, preserve_index=False), buffer)
    return buffer.getvalue()


def json_of(frame):
    return frame.to_json(orient="records", lines=True).encode()


def zstd(content):
    return pa.Codec("zstd").compress(content).to_pybytes()


CSV = csv_of(visits()).encode()
CRLF = csv_of(visits(), lineterminator="\r\n")
ALIKE = {
    "visits.csv": CSV,
    "visits.CSV": CSV,
    "visits.tsv": csv_of(visits(), sep="\t").encode(),
    "visits.jsonl": json_of(visits()),
    "visits.ndjson": json_of(visits()),
    "visits.parquet": parquet_of(visits()),
    "visits.feather": feather_of(visits()),
    **{
        f"visits.{name}.{ending}": pack(content)
        for ending, pack in {"gz": gzip.compress, "zst": zstd}.items()
        for name, content in {
            "csv": CSV,
            "tsv": csv_of(visits(), sep="\t").encode(),
            "jsonl": json_of(visits()),
            "parquet": parquet_of(visits()),
            "feather": feather_of(visits()),
        }.items()
    },
}


@pytest.mark.parametrize("name", ALIKE)
def test_every_format_gives_the_same_cases(tmp_path, name):
    task = load(tmp_path, ALIKE[name], name)
    assert task.fingerprint() == load(tmp_path, CSV, "plain.csv").fingerprint()
    assert len(task.card.caveats) == 1  # nothing had to be assumed


def test_what_is_in_the_cells_is_what_the_models_see(tmp_path):
    task = load(tmp_path, CSV)
    features = task.cases.features
    assert list(features) == [
        "pages", "seconds", "channel", "start: month", "start: weekday", "start: hour",
        "start: days since the first", "customer",
    ]  # fmt: skip
    frame = visits()
    assert features["pages"].tolist() == frame["pages"].tolist()
    assert features["seconds"].tolist() == frame["seconds"].tolist()
    assert features["channel"].tolist() == frame["channel"].tolist()
    moments = pd.to_datetime(frame["start"])
    assert features["start: weekday"].tolist() == moments.dt.strftime("%a").tolist()
    assert features["start: hour"].tolist() == moments.dt.hour.tolist()
    days = (moments - moments.min()).dt.total_seconds() / 86_400
    assert np.allclose(features["start: days since the first"], days)
    assert task.target.tolist() == (frame["bought"] == "yes").astype(int).tolist()


# What can be read sensibly is read, the same as the sound file, and what was assumed is a caveat.
READ = {
    "byte order mark": (b"\xef\xbb\xbf" + CSV, None),
    "UTF-16": (CSV.decode().encode("utf-16"), "visits.csv is in UTF-16; read as such."),
    "UTF-16 without a mark": (
        CSV.decode().encode("utf-16-le"), "visits.csv is in UTF-16-LE; read as such.",
    ),
    "UTF-32": (CSV.decode().encode("utf-32"), "visits.csv is in UTF-32; read as such."),
    "Latin-1": (
        CSV.decode().encode("latin-1"), "is not UTF-8 (first in line 5); read as Windows-1252",
    ),
    "CRLF": (CRLF, None),
    "old Macintosh line ends": (csv_of(visits(), lineterminator="\r"), None),
    "semicolons": (csv_of(visits(), sep=";"), "cells are separated by semicolons."),
    "bars": (csv_of(visits(), sep="|"), "cells are separated by bars."),
    "decimal commas": (
        csv_of(visits(), sep=";", decimal=","),
        "Read as numbers written with decimal comma: 'seconds'.",
    ),
    "everything quoted": (csv_of(visits(), quoting=1), None),
    "blank lines": (
        CSV.replace(b"\n", b"\n\n"), "blank lines are skipped, the first of them line 2.",
    ),
    "blanks around the cells": (CSV.replace(b",", b" , "), None),
    "no last line end": (CSV.rstrip(b"\n"), None),
    "days first": (
        csv_of(dated("%d.%m.%Y %H:%M")),
        "Read as dates written as 31.12.2024: 'start'.",
    ),
    "months first": (
        csv_of(dated("%m/%d/%Y %H:%M")),
        "Read as dates written as 12/31/2024: 'start'.",
    ),
    "zones": (
        csv_of(visits().assign(start=visits()["start"].str.replace(" ", "T") + "+00:00")),
        "'start': times with zones are read as UTC.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), READ.values(), ids=READ)
def test_what_can_be_read_is_read_right_and_what_was_assumed_is_said(tmp_path, content, said):
    task = load(tmp_path, content)
    assert task.fingerprint() == load(tmp_path, CSV, "plain.csv").fingerprint()
    caveats = task.card.caveats[1:]
    assert (said is None and not caveats) or any(said in caveat for caveat in caveats)


def test_a_folder_of_parts_is_one_table_in_the_order_of_names(tmp_path):
    frame = visits()
    for name, part in {"b.csv": frame[50:], "a.csv": frame[:50]}.items():
        load(tmp_path, csv_of(part), f"parts/{name}")
    (tmp_path / "parts" / "_SUCCESS").touch()
    task = TableFile(path=str(tmp_path / "parts"), target="bought").load()
    assert task.fingerprint() == load(tmp_path, CSV, "plain.csv").fingerprint()


def test_parts_may_have_their_columns_in_another_order(tmp_path):
    frame = visits()
    load(tmp_path, csv_of(frame[:50]), "parts/1.csv")
    load(tmp_path, csv_of(frame[50:][list(frame)[::-1]]), "parts/2.csv")
    task = TableFile(path=str(tmp_path / "parts"), target="bought").load()
    assert task.fingerprint() == load(tmp_path, CSV, "plain.csv").fingerprint()


def test_line_breaks_and_separators_in_quoted_cells_belong_to_the_cell(tmp_path):
    frame = visits()
    frame["channel"] = frame["channel"].replace({"mail": 'a,"b"\r\nc'})
    task = load(tmp_path, csv_of(frame, lineterminator="\r\n"))
    assert set(task.cases.features["channel"]) == {'a,"b"\r\nc', "café", "direct"}
    n_mail = (visits()["channel"] == "mail").sum()
    assert (
        f"{n_mail} cells of 'channel' go over several lines, first in line 2"
        in (task.card.caveats[1])
    )


def test_rows_swallowed_by_two_stray_quotes_are_said(tmp_path):
    frame = visits()[["bought", "pages", "channel"]]
    frame["channel"] = frame["channel"].str.replace("é", "e")
    lines = csv_of(frame).splitlines()
    lines[5] = (
        lines[5].replace("mail", '"mail').replace("direct", '"direct').replace("cafe", '"cafe')
    )
    lines[9] += '"'
    task = load(tmp_path, "\n".join(lines))
    assert len(task) == N - 4
    assert "1 cells of 'channel' go over several lines, first in line 6" in task.card.caveats[1]


KINDS = {
    "number": ["1.5", "2", "", "-3e2"],
    "category": ["a", "b", "NA", "c"],
    "id-like": [f"u{i}" for i in range(N)],
    "text-like": [f"this visit was number {i}" for i in range(N)],
    "constant": ["7"],
    "empty": ["", "n/a", "NULL"],
    "date": ["2024-01-01", "", "2024-05-06"],
    "unclear": ["1.5", "2,5"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_types_are_inferred_and_shown(tmp_path, kind):
    frame = visits().assign(new=[KINDS[kind][i % len(KINDS[kind])] for i in range(N)])
    task = load(tmp_path, csv_of(frame))
    column = by_column(task)["new"]
    assert column.kind == kind
    used = [name for name in task.cases.features if name.startswith("new")]
    told = [caveat for caveat in task.card.caveats if "'new'" in caveat]
    if kind in ("number", "category", "date"):
        assert used and not told and column.use.startswith("feature")
    else:
        assert not used and len(told) == 1 and column.use.startswith(f"left out: {kind}")


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("code", ["01", "07", "13"], "category"),  # 07 is no seven
        ("number", list(range(N, 0, -1)), "id-like"),
        ("amount", [i * 7919 % 100_003 for i in range(N)], "number"),
        ("rate", [i * 0.37 for i in range(N)], "number"),
        ("visitor_id", [i * 31 % 61 for i in range(N)], "id-like"),
        ("visitorID", [f"v{i * 31 % 61}" for i in range(N)], "id-like"),
        ("paid", [i * 31 % 61 for i in range(N)], "number"),
        ("huge", [2**60 + 3 * (i * 37 % N) for i in range(N)], "id-like"),
        ("flag", [True, False], "category"),
    ],
)
def test_names_and_codes_are_told_from_numbers(tmp_path, name, values, kind):
    frame = visits().assign(**{name: [values[i % len(values)] for i in range(N)]})
    assert by_column(load(tmp_path, csv_of(frame)))[name].kind == kind


def test_keep_uses_what_looks_like_a_name(tmp_path):
    frame = visits().assign(number=range(N))
    task = load(tmp_path, csv_of(frame), keep=["number"])
    assert task.cases.features["number"].tolist() == list(range(N))


def test_drop_leaves_out_and_says_so(tmp_path):
    task = load(tmp_path, CSV, drop=["seconds", "start"])
    assert list(task.cases.features) == ["pages", "channel", "customer"]
    assert "Left out (as asked): 'seconds', 'start'." not in task.card.caveats[0]
    assert by_column(task)["start"].use == "left out: as asked"


@pytest.mark.parametrize(
    ("n_wrong", "where"), [(1, "line 12"), (2, "lines 12 and 13"), (5, "lines 12, 13 and 14")]
)
def test_unreadable_cells_become_missing_and_are_counted(tmp_path, n_wrong, where):
    frame = visits().astype({"seconds": "str"})
    frame.loc[10 : 9 + n_wrong, "seconds"] = "soon"
    task = load(tmp_path, csv_of(frame))
    assert task.cases.features["seconds"].isna().sum() == n_wrong
    (said,) = task.card.caveats[1:]
    assert said == (
        f"'seconds': {n_wrong} cells are no numbers and count as missing, first 'soon' ({where})."
    )


def test_numbers_mixed_with_many_texts_are_categories_and_said_to_be_mixed(tmp_path):
    frame = visits().astype({"pages": "str"})
    frame.loc[::3, "pages"] = "many"
    task = load(tmp_path, csv_of(frame))
    assert not is_numeric(task.cases.features["pages"])
    assert "'pages' mixes 60 numbers with 30 texts such as 'many'" in task.card.caveats[1]


TARGETS = {
    "1 and 0": ("1", "0", {}),
    "1.0 and 0.0": ("1.0", "0.0", {}),
    "TRUE and FALSE": ("TRUE", "FALSE", {}),
    "Yes and No": ("Yes", "No", {}),
    "y and n": ("y", "n", {}),
    "named": ("order", "basket", {"positive": "order"}),
    "named in another case": ("order", "basket", {"positive": "Order"}),
    "the other one named": ("order", "basket", {"negative": "basket"}),
    "named by a number": ("2", "1", {"positive": "2.0"}),
    "turned round": ("0", "1", {"positive": "0"}),
}


@pytest.mark.parametrize(("yes", "no", "keywords"), TARGETS.values(), ids=TARGETS)
def test_two_values_are_an_outcome(tmp_path, yes, no, keywords):
    frame = visits()
    expected = (frame["bought"] == "yes").to_numpy().astype(int)
    frame["bought"] = np.where(expected, yes, no)
    task = load(tmp_path, csv_of(frame), **keywords)
    assert task.target.tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", [bool, int, float, "category"])
def test_typed_targets_are_read_alike(tmp_path, dtype):
    frame = visits()
    expected = (frame["bought"] == "yes").astype(int)
    frame["bought"] = expected.astype(str) if dtype == "category" else expected
    frame = frame.astype({"bought": dtype})
    assert load(tmp_path, parquet_of(frame), "v.parquet").target.tolist() == expected.tolist()


def test_rows_without_an_outcome_are_left_out_and_counted(tmp_path):
    frame = visits()
    frame.loc[[4, 7], "bought"] = ""
    task = load(tmp_path, csv_of(frame), group="customer", time="start")
    assert len(task) == len(task.group) == len(task.time) == N - 2
    assert np.array_equal(task.time[4:6], frame["start"][5:7].to_numpy().astype("M8[s]"))
    assert task.cases.features["pages"].tolist() == frame["pages"].drop([4, 7]).tolist()
    assert "2 of 90 rows are left out: their target is missing" in task.card.caveats[1]
    assert task.card.caveats[1].endswith("(line 6).")


def test_rows_of_a_third_value_are_left_out_where_both_others_are_named(tmp_path):
    frame = visits()
    frame.loc[[4, 7], "bought"] = "maybe"
    task = load(tmp_path, csv_of(frame), positive="yes", negative="no")
    assert len(task) == N - 2


def test_group_and_time_are_roles(tmp_path):
    frame = visits().astype({"start": "datetime64[s]"})
    task = load(tmp_path, CSV, group="customer", time="start", horizon_days=1)
    assert list(task.cases.features) == [
        "pages", "seconds", "channel", "start: month", "start: weekday", "start: hour",
    ]  # fmt: skip
    assert (
        task.time.astype(str).tolist()
        == frame["start"].to_numpy().astype("M8[s]").astype(str).tolist()
    )
    pairs = set(zip(task.group.tolist(), frame["customer"], strict=True))
    assert len(pairs) == frame["customer"].nunique() == len(set(task.group))
    assert task.card.horizon_days == 1


@pytest.mark.parametrize("factor", [1, 1000])
def test_a_time_may_count_from_1970(tmp_path, factor):
    frame = visits()
    seconds = frame["start"].astype("datetime64[s]").astype("int64")
    task = load(tmp_path, csv_of(frame.assign(start=seconds * factor)), time="start")
    assert (task.time.astype("int64") == seconds).all()
    assert "since 1970, UTC" in task.card.caveats[1]


def test_dates_are_told_by_their_distance_to_the_prediction(tmp_path):
    frame = visits()
    frame["signed_up"] = "2024-02-28"
    frame.loc[::2, "signed_up"] = "2024-02-20"
    task = load(tmp_path, csv_of(frame), time="start")
    moments = frame["start"].astype("datetime64[s]") - frame["signed_up"].astype("datetime64[s]")
    days = moments.dt.total_seconds() / 86_400
    assert np.allclose(task.cases.features["signed_up: days before"], days)


def test_a_date_after_the_prediction_is_left_out_as_telling_the_future(tmp_path):
    frame = visits()
    frame["delivered"] = frame["start"]
    frame.loc[5, "delivered"] = "2031-01-01"
    task = load(tmp_path, csv_of(frame), time="start")
    assert not any(name.startswith("delivered") for name in task.cases.features)
    assert by_column(task)["delivered"].use == (
        "left out: later than the prediction in 1 cases: it tells the future"
    )


def test_nothing_after_the_prediction_decides_what_is_seen_of_others(tmp_path):
    """Later rows may come, go and change: the calendar of earlier ones stays as it is."""
    frame = visits()
    task = load(tmp_path, csv_of(frame), time="start")
    early = np.flatnonzero(task.time < np.sort(task.time)[60])
    changed = frame.copy()
    late = np.setdiff1d(np.arange(N), early)
    changed.loc[late, ["pages", "seconds"]] = 99
    changed.loc[late, "channel"] = "unheard of"
    other = load(tmp_path, csv_of(changed), time="start")
    one, two = (t.cases.take(early).features for t in (task, other))
    for name in one:
        assert one[name].astype(str).tolist() == two[name].astype(str).tolist()


def test_the_card_is_made_of_the_file(tmp_path):
    card = load(tmp_path, CSV).card
    assert card.title == "visits.csv"
    assert card.question == "Is bought 'yes'?"
    assert card.source == f"visits.csv, SHA-256 {hashlib.sha256(CSV).hexdigest()}"
    assert card.real is None  # nobody has said so


def test_another_content_is_refused_where_the_sha256_is_given(tmp_path):
    right = hashlib.sha256(CSV).hexdigest()
    load(tmp_path, CSV, sha256=right)
    with pytest.raises(DataError, match="visits.csv is not the file that was meant"):
        load(tmp_path, CSV.replace(b"mail", b"male"), sha256=right)


def test_typed_columns_keep_their_types(tmp_path):
    frame = visits()
    table = pa.table(
        {
            "whole": pa.array(frame["pages"], pa.int16()),
            "money": pa.array([round(x, 2) for x in frame["seconds"]]).cast(pa.decimal128(10, 2)),
            "flag": pa.array([i % 4 == 0 for i in range(N)]),
            "gone": pa.nulls(N),
            "label": pa.array(frame["channel"]).dictionary_encode(),
            "day": frame["start"].astype("datetime64[s]").dt.date,
            "zoned": pa.array(frame["start"].astype("datetime64[s]"), pa.timestamp("us", "UTC")),
            "clock": pa.array([i % 50 * 60 for i in range(N)], pa.time32("s")),
            "took": pa.array([i % 50 for i in range(N)], pa.duration("s")),
            "tags": pa.array([["a"]] * N),
            "bytes": pa.array([b"a"] * N),
            "bought": frame["bought"],
        }
    )
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    kinds = {name: column.kind for name, column in by_column(
        load(tmp_path, buffer.getvalue(), "v.parquet")).items()}  # fmt: skip
    assert kinds == {
        "whole": "number", "money": "number", "flag": "number", "gone": "empty",
        "label": "category", "day": "date", "zoned": "date", "clock": "number", "took": "number",
        "tags": "unclear", "bytes": "unclear", "bought": "",
    }  # fmt: skip


def test_a_cell_of_ten_million_letters_costs_its_column_only(tmp_path):
    frame = visits()
    frame.loc[3, "channel"] = "x" * 10_000_000
    task = load(tmp_path, csv_of(frame))
    assert by_column(task)["channel"].use == "left out: text-like: a cell of 10,000,000 letters"
    assert max(map(len, by_column(task)["channel"].examples)) < 30


def test_a_suite_names_a_file_as_seen_from_itself(tmp_path, monkeypatch):
    (tmp_path / "suites").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "visits.csv").write_bytes(CSV)
    (tmp_path / "suites" / "mine.toml").write_text(
        'tasks = ["mine"]\n[task.mine]\ndata = "table_file"\npath = "../data/visits.csv"\n'
        'target = "bought"\ndrop = ["customer"]\n'
    )
    monkeypatch.chdir("/")
    suite = load_suite(str(tmp_path / "suites" / "mine.toml"))
    chosen = suite.variants["mine"]
    task = load_task(Registry("dataset").find(chosen.data), "mine", chosen.parameters)
    assert (task.name, len(task)) == ("mine", N)


def test_integers_as_column_names_and_foreign_letters_are_names(tmp_path):
    frame = visits().rename(columns={"pages": "2024", "seconds": "Länge in 秒", "channel": "c h"})
    assert list(load(tmp_path, csv_of(frame)).cases.features)[:3] == ["2024", "Länge in 秒", "c h"]


def test_a_column_without_a_name_gets_one(tmp_path):
    task = load(tmp_path, csv_of(visits().rename(columns={"pages": ""})))
    assert "column 1" in task.cases.features
    assert "column 1 has no name" in task.card.caveats[1]


@pytest.mark.parametrize(
    ("filled", "kind"),
    [
        (["0.29", "-1.07"], "number"),
        (["$1,200", "$3"], "number"),
        (["04-29-2024", "05-01-2024"], "date"),
    ],
)
def test_a_column_that_begins_late_is_read_as_what_it_holds(tmp_path, filled, kind):
    cells = [""] * 6000 + filled * 100
    rows = "\n".join(
        f"{i % 7},{'' if not c else chr(34) + c + chr(34)},{i % 2}" for i, c in enumerate(cells)
    )
    path = tmp_path / "visits.csv"
    path.write_text(f"x,late,bought\n{rows}\n", encoding="utf-8")
    task = TableFile(path=str(path), target="bought").load()
    (late,) = (column for column in task.profile if column.name == "late")
    assert late.kind.startswith(kind) and late.n_missing == 6000 and len(late.examples) == 2
