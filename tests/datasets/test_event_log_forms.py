"""One log in the forms in which tools export it: the same task, and what was assumed is said."""

import gzip
import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets.event_log import EventLog
from pyarrow import parquet

MONDAY = 1_717_372_800  # 2024-06-03 00:00 UTC
FLAT = {"who": "user", "when": "time", "what": "event", "value": "price"}


def shop(n_people=20, n_visits=5, seed=3):
    """Rows of visits a day, in the order of time; no two events of a person share a moment."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(n_people):
        for visit in range(n_visits):
            start = MONDAY + 86_400 * (3 * visit + person % 3) + int(rng.integers(0, 80_000))
            for step in range(int(rng.integers(1, 6))):
                kind = str(rng.choice(["view", "cart", "purchase"], p=[0.7, 0.1, 0.2]))
                price = float(rng.integers(100, 300_000)) / 100
                rows.append((f"u{person}", start + 75 * step, kind, price))
    frame = pd.DataFrame(rows, columns=["user", "time", "event", "price"])
    return frame.sort_values("time", ignore_index=True)


SHOP = shop()
MOMENTS = pd.to_datetime(SHOP["time"], unit="s")
ROWS = SHOP.to_dict("records")


def csv(frame=SHOP, **how):
    return frame.to_csv(index=False, **how)


def when(written):
    """The log with its moments as texts."""
    return csv(SHOP.assign(time=written))


def lines(records):
    return "\n".join(json.dumps(record) for record in records)


def as_parquet(**columns):
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def ga4(row):
    return {
        "event_name": row["event"], "event_timestamp": row["time"] * 1_000_000,
        "user_pseudo_id": row["user"],
        "event_params": [
            {"key": "page", "value": {"string_value": "/", "int_value": None}},
            {"key": "value", "value": {"string_value": None, "double_value": row["price"]}},
        ],
    }  # fmt: skip


def mixpanel(row):
    inside = {"time": row["time"], "distinct_id": row["user"], "$amount": {"net": row["price"]}}
    return {"event": row["event"], "properties": inside}


def sessions():
    """A person a line, with all events in a list, as OTTO publishes them."""
    return [
        {
            "session": user,
            "events": [
                {"ts": row.time * 1000, "type": row.event, "price": row.price}
                for row in own.itertuples()
            ],
        }
        for user, own in SHOP.groupby("user")
    ]


MIXPANEL = {
    "who": "properties.distinct_id", "when": "properties.time", "what": "event",
    "value": "properties.$amount.net",
}  # fmt: skip
GA4 = {
    "who": "user_pseudo_id", "when": "event_timestamp", "what": "event_name",
    "value": "event_params.value",
}  # fmt: skip
OTTO = {"who": "session", "when": "ts", "what": "type", "value": "price"}
OF_OTTO = OTTO | {"when": "events.ts", "value": "events.price"}
KOLKATA = MOMENTS.dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata")
PRICE = SHOP["price"]
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
# name: (file, content, columns and flags, words of a caveat)
FORMS = {
    "an array": ("log.json", json.dumps(ROWS), FLAT, ""),
    "an array over lines": ("log.json", json.dumps(ROWS, indent=1), FLAT, ""),
    "an array named lines": ("log.jsonl", json.dumps(ROWS), FLAT, ""),
    "objects over lines": ("log.json", "\n".join(json.dumps(r, indent=2) for r in ROWS), FLAT, ""),
    "lines named json": ("log.json", lines(ROWS), FLAT, ""),
    "a list inside an object": ("log.json", json.dumps({"n": 2, "data": ROWS}), FLAT, ""),
    "... over lines": ("log.json", json.dumps({"data": ROWS}, indent=1), FLAT, ""),
    "Mixpanel": ("log.jsonl", lines(map(mixpanel, ROWS)), MIXPANEL, ""),
    "GA4": ("log.jsonl", lines(map(ga4, ROWS)), GA4, "Unix times in microseconds"),
    "GA4 as an array": ("log.json", json.dumps([ga4(row) for row in ROWS]), GA4, ""),
    "OTTO": ("log.jsonl", lines(sessions()), OTTO, "milliseconds"),
    "OTTO with the list's name": ("log.jsonl", lines(sessions()), OF_OTTO, ""),
    "a dot in a name": (
        "log.jsonl",
        lines({"a.b": row["time"], "user": row["user"], "event": row["event"],
               "price": row["price"], "a": {"b": 1}} for row in ROWS),
        FLAT | {"when": "a.b"}, "",
    ),
    "JSON in cells": (
        "log.csv",
        csv(SHOP.assign(props=[json.dumps({"price": p, "x": None}) for p in PRICE])
            .drop(columns="price")),
        FLAT | {"value": "props.price"}, "",
    ),
    "Parquet of structures": (
        "log.parquet",
        as_parquet(event=SHOP["event"], properties=[mixpanel(r)["properties"] for r in ROWS]),
        MIXPANEL, "",
    ),
    "Parquet of lists": (
        "log.parquet",
        as_parquet(session=[s["session"] for s in sessions()],
                   events=[s["events"] for s in sessions()]),
        OTTO, "",
    ),
    "GA4 as Parquet": (
        "log.parquet",
        as_parquet(**{name: [ga4(row)[name] for row in ROWS] for name in ga4(ROWS[0])}),
        GA4, "",
    ),
    "days first": (
        "log.csv", when(MOMENTS.dt.strftime("%d.%m.%Y %H:%M:%S")), FLAT,
        "dates such as 31.12.2024, taken to be UTC",
    ),
    "months first, in halves of a day": (
        "log.csv", when(MOMENTS.dt.strftime("%m/%d/%Y %I:%M:%S %p")), FLAT, "12/31/2024",
    ),
    "days first, told by the 13th": (
        "log.csv", when(MOMENTS.dt.strftime("%d/%m/%Y %H:%M:%S")), FLAT, "31/12/2024",
    ),
    "names of months": (
        "log.csv", when(MOMENTS.dt.strftime("%d-%b-%Y %H:%M:%S")), FLAT, "31-Dec-2024",
    ),
    "Chinese": (
        "log.csv", when(MOMENTS.dt.strftime("%Y年%m月%d日 %H:%M:%S")), FLAT, "2024年12月31日",
    ),
    "digits in a row": (
        "log.csv", when(MOMENTS.dt.strftime("%Y%m%d%H%M%S")), FLAT, "20241231235959",
    ),
    "a blank before the zone": (
        "log.csv", when(KOLKATA.dt.strftime("%Y-%m-%d %H:%M:%S %z")), FLAT, "dates such as 2024",
    ),
    "decimal comma": (
        "log.csv", csv(SHOP, sep=";", decimal=","), FLAT, "written with decimal comma",
    ),
    "points and commas": (
        "log.csv",
        csv(SHOP.assign(price=[f"{p:,.2f}".translate(str.maketrans(",.", ".,")) for p in PRICE]),
            sep=";"),
        FLAT, "written with . and decimal comma",
    ),
    "dollars": (
        "log.csv", csv(SHOP.assign(price=[f"${p:,.2f}" for p in PRICE])), FLAT,
        "Numbers in 'price' are written with $ and ,",
    ),
    "a separator line": (
        "log.csv", "sep=;\n" + csv(SHOP, sep=";"), FLAT, "line 1, 'sep=;', is skipped",
    ),
    "sentences before the header": (
        "log.csv", "# Exported on Monday\n# All users\n" + csv(), FLAT, "before line 3",
    ),
    "a total and a sentence after the rows": (
        "log.csv", csv() + "\nTotal,,,1234.5\n240 rows selected.\n", FLAT,
        f"after the events, 2 lines are skipped, from line {len(SHOP) + 3} on: 'Total,,,1234.5'",
    ),
    "two exports in one file": (
        "log.csv", csv(SHOP[:50]) + csv(SHOP[50:]), FLAT,
        "1 rows say the names of the columns again; skipped",
    ),
    "Korean": (
        "log.csv",
        csv(SHOP.assign(city=(["서울", "부산", "인천광역시"] * 999)[: len(SHOP)])).encode("euc_kr"),
        FLAT, "read as EUC-KR",
    ),
    "digits of another script": (
        "log.csv",
        csv(SHOP.assign(price=[f"{p:.2f}".translate(ARABIC) for p in PRICE])), FLAT, "",
    ),
    "UTF-16": ("log.csv", csv().encode("utf-16"), FLAT, "is in UTF-16; read as such"),
    "UTF-16 lines of JSON": ("log.jsonl", lines(ROWS).encode("utf-16"), FLAT, "UTF-16"),
    "Latin-1": (
        "log.csv", csv(SHOP.assign(city="Köln")).encode("latin-1"), FLAT, "Windows-1252",
    ),
    "GB18030": (
        "log.csv", csv(SHOP.assign(city="购买电视")).encode("gb18030"), FLAT, "read as GB18030",
    ),
    "an encoding that was named": (
        "log.csv", csv(SHOP.assign(city="Київ")).encode("cp1251"), FLAT | {"encoding": "cp1251"},
        "",
    ),
}  # fmt: skip


def load(folder, name, content, columns=FLAT, **asked):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    asked = {"target": "purchase", "after_events": 2} | columns | asked
    return EventLog(path=str(path), **asked).load()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return load(tmp_path_factory.mktemp("log"), "log.csv", csv())


@pytest.mark.parametrize("name", FORMS)
def test_a_log_is_the_same_in_every_form(name, plain, tmp_path):
    file, content, columns, words = FORMS[name]
    task = load(tmp_path, file, content, columns)
    assert task.fingerprint() == plain.fingerprint()
    assert len(task) > 40
    assert any(words in caveat for caveat in task.card.caveats), task.card.caveats


def test_a_workbook_is_read_like_the_text(plain, tmp_path, workbook):
    rows = [list(SHOP), *SHOP.astype(object).to_numpy().tolist()]
    content = workbook({"Notes": [["nothing here"]], "Log": rows})
    task = load(tmp_path, "log.xlsx", content, FLAT, sheet="Log")
    assert task.fingerprint() == plain.fingerprint()
    with pytest.raises(DataError, match="no sheet 'Lag'.  It has: 'Notes', 'Log'"):
        load(tmp_path, "log.xlsx", content, FLAT, sheet="Lag")


@pytest.mark.parametrize("name", ["an array", "Mixpanel", "OTTO", "GA4 as Parquet", "Latin-1"])
def test_a_folder_named_like_a_column_changes_nothing(name, plain, tmp_path):
    file, content, columns, _ = FORMS[name]
    task = load(tmp_path, f"user=alice/event=view/{file}", content, columns)
    assert task.fingerprint() == plain.fingerprint()


def test_totals_of_a_packed_log_are_skipped_too(plain, tmp_path):
    content = gzip.compress((csv() + "Total,,,7\n").encode(), mtime=0)
    task = load(tmp_path, "log.csv.gz", content)
    assert task.fingerprint() == plain.fingerprint()
    assert any(
        f"1 lines are skipped, from line {len(SHOP) + 2} on" in caveat
        for caveat in task.card.caveats
    )


def test_totals_below_cells_of_json_are_skipped_too(plain, tmp_path):
    frame = SHOP.assign(props=[json.dumps({"price": p}) for p in PRICE]).drop(columns="price")
    task = load(tmp_path, "log.csv", csv(frame) + "Total,,,\n", FLAT | {"value": "props.price"})
    assert task.fingerprint() == plain.fingerprint()


def test_a_cell_that_ends_on_the_last_line_is_no_sentence(plain, tmp_path):
    frame = SHOP.assign(said="no more\nthan this line")
    task = load(tmp_path, "log.csv", csv(frame))
    assert task.fingerprint() == plain.fingerprint()


def test_a_person_called_total_is_one(tmp_path):
    task = load(
        tmp_path, "log.csv", csv() + "Total,2024-06-30,view,\n".replace("2024-06-30", "1719705600")
    )
    assert not any("lines are skipped" in caveat for caveat in task.card.caveats)


def test_a_value_that_is_a_dash_is_missing(tmp_path):
    empty = load(tmp_path, "a.csv", csv(SHOP.assign(price=PRICE.where(PRICE > 500))))
    dashes = SHOP.assign(price=[f"{p:.2f}" if p > 500 else "-" for p in PRICE])
    assert load(tmp_path, "b.csv", csv(dashes)).fingerprint() == empty.fingerprint()


def test_a_path_that_leads_nowhere_names_what_is_there(tmp_path):
    with pytest.raises(DataError, match="Did you mean 'properties.time'"):
        load(tmp_path, "l.jsonl", lines(map(mixpanel, ROWS)), MIXPANEL | {"when": "propertis.time"})


def rare(row):
    """GA4 as it is: only some events have a value."""
    record = ga4(row)
    if row["price"] <= 2_000:
        del record["event_params"][1]
    return record


@pytest.mark.parametrize("file", ["log.jsonl", "log.parquet"])
def test_a_name_that_only_late_records_hold_is_found(tmp_path, file):
    early = [row for row in ROWS if row["price"] <= 2_000] * 30
    rows = [dict(row, time=row["time"] + i) for i, row in enumerate(early)] + ROWS
    expected = pd.DataFrame(rows)
    expected["price"] = expected["price"].where(expected["price"] > 2_000)
    records = [rare(row) for row in rows]
    content = lines(records)
    if file == "log.parquet":
        content = as_parquet(**{name: [r[name] for r in records] for name in records[0]})
    task = load(tmp_path, file, content, GA4)
    assert task.fingerprint() == load(tmp_path, "log.csv", csv(expected)).fingerprint()
    with pytest.raises(DataError, match="no column 'event_params.worth'"):
        load(tmp_path, file, content, GA4 | {"value": "event_params.worth"})


def test_a_member_that_comes_late_is_missing_before(tmp_path, plain):
    records = [row if row["price"] > 500 else dict(row, price=None) for row in ROWS]
    expected = load(tmp_path, "l.csv", csv(SHOP.assign(price=PRICE.where(PRICE > 500))))
    assert load(tmp_path, "l.jsonl", lines(records)).fingerprint() == expected.fingerprint()
    assert expected.fingerprint() != plain.fingerprint()


@pytest.mark.parametrize("depth", [100, 10_000, 1_000_000])
@pytest.mark.parametrize("form", ["lists", "objects", "a key", "a value"])
def test_deep_or_huge_json_never_ends_the_program(form, depth, tmp_path):
    """It is read, or refused in a sentence; a crash would take the test's process with it."""
    inside = {
        "lists": "[" * depth + "]" * depth,
        "objects": '{"a":' * depth + "1" + "}" * depth,
        "a key": '{"' + "k" * depth + '":1}',
        "a value": '"' + "v" * depth + '"',
    }[form]
    odd = json.dumps(ROWS[0])[:-1] + f', "more": {inside}}}'
    try:
        task = load(tmp_path, "log.jsonl", odd + "\n" + lines(ROWS[1:]), value="")
    except DataError as error:
        assert len(str(error)) < 400
    else:
        assert len(task) > 40


def test_values_that_can_be_read_in_two_ways_are_refused_with_the_line(tmp_path):
    price = [f"{p:.2f}" if i % 2 else f"{p:.2f}".replace(".", ",") for i, p in enumerate(PRICE)]
    content = csv(SHOP.assign(price=price), sep=";")
    with pytest.raises(DataError, match="in line 2, .*some of its numbers have a comma, some a p"):
        load(tmp_path, "log.csv", content)


def test_dates_that_can_be_read_in_two_ways_ask_for_the_order(tmp_path):
    early = SHOP[MOMENTS.dt.day <= 12]
    written = MOMENTS[early.index].dt.strftime("%d/%m/%Y %H:%M:%S")
    content = csv(early.assign(time=written))
    with pytest.raises(DataError, match="may be 3 June 2024 .dmy. or 6 March 2024 .mdy.*--date-o"):
        load(tmp_path, "log.csv", content)
    days, months = (load(tmp_path, "log.csv", content, date_order=o) for o in ("dmy", "mdy"))
    assert days.fingerprint() == load(tmp_path, "early.csv", csv(early)).fingerprint()
    assert str(days.time.min())[:10] == "2024-06-03" and str(months.time.min())[:10] == "2024-03-06"
