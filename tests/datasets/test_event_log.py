"""An event log of one's own: whatever its format and order, the same task; all counted is said."""

import gzip
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.reading import load_suite
from intentbench.datasets._event_log import chunks, connection, database
from intentbench.datasets.event_log import EventLog
from pyarrow import parquet

MONDAY = 1_717_372_800  # 2024-06-03 00:00 UTC
COLUMNS = {"who": "user", "when": "time", "what": "event", "target": "purchase"}
MORE = {"value": "price", "item": "thing"}
VISIT = {"after_events": 2}
WEEK = {"every": "1d", "within": "2d"}


def shop(n_people=12, n_visits=8, seed=0):
    """A sound log: visits of one to six events a day, in the order of people."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(n_people):
        for visit in range(n_visits):
            start = MONDAY + 86_400 * visit + int(rng.integers(0, 80_000))
            for step in range(int(rng.integers(1, 7))):
                kind = rng.choice(["view", "cart", "purchase"], p=[0.7, 0.15, 0.15])
                price = round(float(rng.lognormal(3, 1)), 2)
                rows.append(
                    (f"kunde {person}", start + 60 * step, kind, price, f"t{price // 20:g}")
                )
    return pd.DataFrame(rows, columns=["user", "time", "event", "price", "thing"])


def load(path, **keywords):
    data = EventLog(path=str(path), **COLUMNS | VISIT | keywords)
    return data.load()


def saved(folder, content, name="log.csv"):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def csv_of(frame, **how):
    return frame.to_csv(index=False, **how)


def parquet_of(frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def json_of(frame):
    return frame.to_json(orient="records", lines=True, force_ascii=False)


def zstd(text):
    return pa.Codec("zstd").compress(text.encode()).to_pybytes()


def said(task, words):
    (caveat,) = [caveat for caveat in task.card.caveats if words in caveat]
    return caveat


SHOP = shop()
CSV = csv_of(SHOP)
FORMATS = {
    "log.CSV": CSV,
    "semicolons.csv": csv_of(SHOP, sep=";"),
    "crlf.csv": csv_of(SHOP, lineterminator="\r\n"),
    "bom.csv": "\ufeff" + CSV,
    "quoted.csv": csv_of(SHOP, quoting=1),
    "blank lines.csv": CSV.replace("\n", "\n\n", 3),
    "log.tsv": csv_of(SHOP, sep="\t"),
    "log.csv.gz": gzip.compress(CSV.encode()),
    "log.csv.zst": zstd(CSV),
    "log.jsonl": json_of(SHOP),
    "log.ndjson.gz": gzip.compress(json_of(SHOP).encode()),
    "log.jsonl.zst": zstd(json_of(SHOP)),
    "log.parquet": parquet_of(SHOP),
    "categories.parquet": parquet_of(SHOP.astype({"user": "category", "event": "category"})),
    "a*b[1]?'{x}.csv": CSV,
}


@pytest.fixture(scope="module", params=[VISIT, WEEK], ids=["visit", "week"])
def question(request):
    return {"after_events": 0} | request.param | MORE


@pytest.fixture(scope="module")
def expected(question, tmp_path_factory):
    return load(saved(tmp_path_factory.mktemp("log"), CSV), **question)


@pytest.mark.parametrize("name", FORMATS)
def test_the_format_does_not_matter(name, question, expected, tmp_path):
    assert load(saved(tmp_path, FORMATS[name], name), **question).fingerprint() == (
        expected.fingerprint()
    )


def test_neither_do_threads_nor_parts_nor_order_nor_memory(
    question, expected, tmp_path, monkeypatch
):
    same = expected.fingerprint()
    for start in range(0, len(SHOP), 100):
        saved(tmp_path, csv_of(SHOP[start : start + 100]), f"parts/{start // 100:03d}.csv")
    assert load(tmp_path / "parts", **question).fingerprint() == same
    shuffled = saved(tmp_path, parquet_of(SHOP.sample(frac=1, random_state=1)), "shuffled.parquet")
    assert load(shuffled, **question).fingerprint() == same  # no two events share a moment
    monkeypatch.setattr(connection, "_MOST_THREADS", 1)
    assert load(shuffled, **question).fingerprint() == same
    monkeypatch.setattr(chunks, "_ROWS", 40)
    assert load(shuffled, **question).fingerprint() == same


def times(convert):
    moments = pd.to_datetime(SHOP["time"], unit="s", utc=True)
    return SHOP.assign(time=convert(moments))


CLOCKS = {
    "milliseconds": (times(lambda t: SHOP["time"] * 1_000), "Unix times in milliseconds"),
    "microseconds": (times(lambda t: SHOP["time"] * 1_000_000), "Unix times in microseconds"),
    "nanoseconds": (times(lambda t: SHOP["time"] * 10**9), "Unix times in nanoseconds"),
    "fractions": (times(lambda t: SHOP["time"].map("{}.000".format)), "Unix times in seconds"),
    "floats": (times(lambda t: SHOP["time"].astype(float)), "Unix times in seconds"),
    "texts": (times(lambda t: t.dt.strftime("%Y-%m-%d %H:%M:%S")), "taken to be UTC"),
    "texts with T": (times(lambda t: t.dt.strftime("%Y-%m-%dT%H:%M:%S.000")), "taken to be UTC"),
    "Z": (times(lambda t: t.dt.strftime("%Y-%m-%dT%H:%M:%SZ")), "08:30:00; the log runs"),
    "UTC": (times(lambda t: t.dt.strftime("%Y-%m-%d %H:%M:%S UTC")), "08:30:00; the log runs"),
    "zones": (
        times(lambda t: t.dt.tz_convert("Asia/Kolkata").map(lambda moment: moment.isoformat())),
        "08:30:00; the log runs",
    ),
    "timestamps": (times(lambda t: t.dt.tz_localize(None)), "timestamps, taken to be UTC"),
    "zoned timestamps": (
        times(lambda t: t.dt.tz_convert("America/Lima")),
        "timestamps of a zone; the log",
    ),
}


@pytest.fixture(scope="module")
def of_unix_times(tmp_path_factory):
    return load(saved(tmp_path_factory.mktemp("log"), CSV), **MORE)


@pytest.mark.parametrize("name", CLOCKS)
def test_moments_of_all_kinds_become_utc(name, of_unix_times, tmp_path):
    frame, words = CLOCKS[name]
    is_typed = "timestamps" in name or name == "floats"
    content, ending = (parquet_of(frame), "parquet") if is_typed else (csv_of(frame), "csv")
    task = load(saved(tmp_path, content, f"times.{ending}"), **MORE)
    assert task.fingerprint() == of_unix_times.fingerprint()
    assert words in said(task, "the log runs from")


def test_no_name_or_value_is_ever_a_command(tmp_path):
    """Names and texts that would end an SQL text or identifier stay what they are."""
    nasty = "a\"b'; drop table log; --"
    frame = SHOP.rename(columns={"user": nasty, "event": "wh\\at/~'", "thing": '";'})
    frame["wh\\at/~'"] = frame["wh\\at/~'"].replace("purchase", nasty)
    frame['";'] += "'); --"
    asked = {"who": nasty, "what": "wh\\at/~'", "target": nasty, "item": '";'}
    tasks = [
        load(saved(tmp_path, content, name), **asked)
        for name, content in (
            (f"{nasty}.csv", csv_of(frame)),
            (f"{nasty}.parquet", parquet_of(frame)),
            (f"{nasty}.jsonl", json_of(frame)),
        )
    ]
    assert len({task.fingerprint() for task in tasks}) == 1
    assert nasty in tasks[0].cases.events.vocabulary["kind"]
    sound = load(saved(tmp_path, CSV), item="thing")
    assert np.array_equal(sound.target, tasks[0].target)


def test_columns_that_differ_in_case_only_stay_apart(tmp_path):
    frame = SHOP.assign(USER="nobody", Event="nothing")[["USER", "Event", *SHOP.columns]]
    same = load(saved(tmp_path, CSV)).fingerprint()
    for name, content in (
        ("l.csv", csv_of(frame)), ("l.parquet", parquet_of(frame)), ("l.jsonl", json_of(frame))
    ):  # fmt: skip
        assert load(saved(tmp_path, content, name)).fingerprint() == same


def test_what_is_left_out_is_counted(tmp_path):
    frame = SHOP.astype({"time": "string"})
    frame.loc[3, "user"] = None
    frame.loc[[5, 6], "user"] = "NULL"
    frame.loc[7, "time"] = None
    frame.loc[8, "event"] = " "
    frame = pd.concat([frame, frame.iloc[[20, 21, 20]]])
    task = load(saved(tmp_path, csv_of(frame)))
    n, n_used = len(frame), len(frame) - 8
    assert task.card.caveats[0] == (
        f"{n:,} events of 12 people, {n_used:,} of them used: 3 have no 'user'; 1 have no 'time'; "
        "1 have no 'event'; 3 equal another in every column of the file and are counted once."
    )
    without = frame.drop(index=[3, 5, 6, 7, 8]).drop_duplicates()
    again = load(saved(tmp_path, csv_of(without), "clean.csv"))
    assert again.fingerprint() == task.fingerprint()


def test_events_that_differ_in_a_column_that_is_not_read_are_no_copies(tmp_path):
    frame = pd.concat([SHOP, SHOP.assign(price=0.0)])
    assert "none is left out" in load(saved(tmp_path, csv_of(frame))).card.caveats[0]


def test_visits_and_cuts_that_are_left_out_are_counted(tmp_path):
    end = SHOP["time"].max() + 60 * np.arange(4)
    late = pd.DataFrame({"user": "late", "time": end, "event": "view", "price": 1.0, "thing": "t"})
    log = pd.concat([SHOP, late], ignore_index=True)
    path = saved(tmp_path, csv_of(log))
    visits = load(path, after_events=3)
    gap = log.groupby("user")["time"].diff()
    visit = (gap.isna() | (gap > 1_800)).cumsum()
    size, place = log.groupby(visit).size(), log.groupby(visit).cumcount()
    early = ((log["event"] == "purchase") & (place < 3)).groupby(visit).any()
    last = log.groupby(visit)["time"].last()
    is_open = (size >= 3) & ~early & (last + 1_800 >= log["time"].max())
    asked = (size >= 3) & ~early & ~is_open
    assert is_open.any()
    assert len(visits) == asked.sum()
    assert visits.card.caveats[1] == (
        f"{len(size)} visits, {asked.sum()} of them asked of; left out: {(size < 3).sum()} ended "
        f"before event 3; {((size >= 3) & early).sum()} already held the target by event 3; "
        f"{is_open.sum()} could still go on when the log ends."
    )
    weeks = load(path, after_events=0, every="1d", within="2d")
    # Eight days: cuts 1 to 7 see somebody; the windows of 7, and of 6 but for its end, lie beyond.
    assert weeks.time.max() < np.datetime64("2024-06-09")
    assert "24 have a window that reaches past the end of the log" in weeks.card.caveats[1]


def test_a_task_has_group_time_and_horizon(tmp_path):
    path = saved(tmp_path, csv_of(shop(n_people=80, n_visits=20)))
    visits, weeks = load(path), load(path, after_events=0, **WEEK)
    assert len(np.unique(visits.group)) <= 80 and len(np.unique(weeks.group)) == 80
    assert weeks.card.horizon_days == 2
    assert set(weeks.time) == {np.datetime64("2024-06-03") + day for day in range(1, 18)}
    # Five more steps of a minute at most, and half an hour in which nothing happened.
    assert 0.5 / 24 < visits.card.horizon_days <= (5 + 30) / 1440
    for task in (visits, weeks):
        assert task.cases.events.lengths.max() <= 50
        folds = Resampling(folds=2).plan(task)
        for fold in folds:
            (split,) = fold.splits
            assert task.time[split.fit].max() < task.time[fold.test].min()


def test_the_same_visits_are_asked_of_after_fewer_events(tmp_path):
    path = saved(tmp_path, csv_of(shop(n_people=40)))
    whole = load(path, after_events=3)
    tasks = [load(path, after_events=after, same_as=3) for after in (1, 2, 3)]
    for after, task in zip((1, 2, 3), tasks, strict=True):
        assert np.array_equal(task.target, whole.target)
        assert np.array_equal(task.group, whole.group)
        assert (task.time <= whole.time).all()
        every = load(path, after_events=after)
        rows = [
            np.flatnonzero((every.group == who) & (every.time == when))[0]
            for who, when in zip(task.group, task.time, strict=True)
        ]
        pd.testing.assert_frame_equal(
            task.cases.features, every.cases.take(rows).features, check_categorical=False
        )
    assert tasks[2].fingerprint() == whole.fingerprint() != tasks[1].fingerprint()
    assert "after its event 3" in tasks[0].card.target
    assert "Only visits with 3 events and no 'purchase' among them" in tasks[0].card.caveats[-1]


@pytest.mark.parametrize("same_as", [1, -1, 2.0, "3", True])
def test_a_wrong_number_to_compare_with_says_what_would_be_right(tmp_path, same_as):
    with pytest.raises(DataError, match="same_as is .* from after_events = 2 on"):
        load(saved(tmp_path, csv_of(shop())), same_as=same_as)


def test_cuts_cannot_be_compared_by_events(tmp_path):
    with pytest.raises(DataError, match="same_as is 3"):
        load(saved(tmp_path, csv_of(shop())), after_events=0, same_as=3, **WEEK)


def test_dates_without_a_time_of_day_are_noticed(tmp_path):
    days = SHOP.assign(time=pd.to_datetime(SHOP["time"], unit="s").dt.strftime("%Y-%m-%d"))
    task = load(saved(tmp_path, csv_of(days)))
    assert said(task, "dated to the day")
    # A log of days covers its last day to the end.
    weeks = load(saved(tmp_path, csv_of(days)), after_events=0, **WEEK)
    assert weeks.time.max() == np.datetime64("2024-06-09")


def test_wrong_clocks_are_noticed(tmp_path):
    frame = pd.concat([SHOP, SHOP.iloc[[0]].assign(time=MONDAY - 400 * 86_400)])
    frame = pd.concat([frame] + [SHOP.assign(user=SHOP["user"] + str(i)) for i in range(3)])
    assert "remove events of wrong clocks" in said(load(saved(tmp_path, csv_of(frame))), "wrong")
    assert not any("wrong clocks" in text for text in load(saved(tmp_path, CSV)).card.caveats)


def test_many_kinds_and_items_share_names(tmp_path):
    i = np.arange(6_000)
    frame = pd.DataFrame(
        {
            "user": i // 60,
            "time": MONDAY + i * 7 + i // 6 * 3_600,
            "event": np.where(i % 10 == 9, "purchase", np.char.add("k", (i % 37).astype(str))),
            "thing": i % 700,
        }
    )
    task = load(saved(tmp_path, parquet_of(frame), "l.parquet"), item="thing")
    marks, vocabulary = task.cases.events.marks, task.cases.events.vocabulary
    assert len(vocabulary["item"]) == 502 and (marks["item"] == 1).any()
    assert len(vocabulary["kind"]) == 38
    counted = [name for name in task.cases.features if name.startswith("before: ")]
    assert len(counted) == 24 and "before: purchase" in counted
    assert said(task, "kinds of event") and said(task, "values of 'thing'")


def test_a_suite_file_asks_both_questions(tmp_path):
    saved(tmp_path, CSV)
    columns = "\n".join(f'{key} = "{name}"' for key, name in (COLUMNS | MORE).items())
    saved(
        tmp_path,
        'tasks = ["visit", "week"]\n'
        f'[task.visit]\ndata = "event_log"\npath = "log.csv"\n{columns}\n'
        f'after_events = 2\n[task.week]\ndata = "event_log"\npath = "log.csv"\n{columns}\n'
        'every = "1d"\nwithin = "2d"\n',
        "mine.toml",
    )  # fmt: skip
    variants = load_suite(str(tmp_path / "mine.toml")).variants
    tasks = {
        name: load_task(Registry("dataset").find(variant.data), name, variant.parameters)
        for name, variant in variants.items()
    }
    assert len(tasks["visit"]) != len(tasks["week"])
    assert tasks["visit"].card.question.startswith("Will this visit still hold 'purchase'")
    assert tasks["week"].card.question == "Will this person do 'purchase' within 2d of the cut?"


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    path = saved(tmp_path, CSV)
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(room))
    load(path)
    with pytest.raises(DataError):
        load(path, target="nothing")
    assert not list(room.iterdir())
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["log.csv", "room"]


def test_a_log_larger_than_its_memory_gives_the_same_task(tmp_path, monkeypatch):
    n = 300_000
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "user": np.char.add(
                "somebody with a long name ", rng.integers(0, 9_000, n).astype(str)
            ),
            "time": MONDAY + rng.integers(0, 20 * 86_400, n),
            "event": rng.choice(["view", "cart", "purchase"], n, p=[0.8, 0.1, 0.1]),
        }
    )
    path = tmp_path / "log.parquet"
    parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    same = load(path).fingerprint()
    monkeypatch.setattr(connection, "MEMORY", "40MB")
    assert load(path).fingerprint() == same


@pytest.mark.parametrize("name", ["log.csv", "log.jsonl", "log.parquet", "named.parquet"])
def test_rows_keep_their_order_however_large_the_file(name, tmp_path):
    """The database's own promise of order does not hold where several threads read a text."""
    n = 600_000
    row = np.arange(n)
    people = pa.array([f"somebody with a long name {i}" for i in range(9_000)])
    frame = pa.table(
        {
            "user": people.take(row % 9_000),
            "time": np.full(n, MONDAY),
            "event": pa.array(["view", "purchase"]).take(row % 2),
            "file_row_number" if name.startswith("named") else "thing": row,
        }
    )
    path = tmp_path / name
    if name.endswith("parquet"):
        parquet.write_table(frame, path, row_group_size=50_000)
    elif name.endswith("csv"):
        pa.csv.write_csv(frame, path)
    else:
        path.write_bytes(
            b"".join(pc.binary_join_element_wise(
                '{"user": "', frame["user"], '", "time": ', frame["time"].cast(pa.string()),
                ', "event": "', frame["event"], '", "thing": ', frame["thing"].cast(pa.string()),
                "}\n", "",
            ).cast(pa.binary()).to_pylist())
        )  # fmt: skip
    log = EventLog(path=str(path), item=frame.column_names[3], **COLUMNS | VISIT)
    with database.opened(log) as raw:
        assert raw.one("SELECT count(*), max(row) FROM log") == (n, n - 1)
        assert raw.one("SELECT count(*) FROM log WHERE row <> item::BIGINT") == (0,)


def test_course_of_a_visit_begins_with_the_case_and_ends_before_its_target(tmp_path):
    path = saved(tmp_path, CSV)
    alone = load(path, **VISIT, **MORE)
    task = load(path, **VISIT, **MORE, course=3)
    assert alone.course is None and task.fingerprint() == alone.fingerprint()
    events, course = task.cases.events, task.course.events
    later = course.lengths - events.lengths
    assert later.min() >= 0 and 0 < later.max() <= 3
    target = course.vocabulary["kind"].index(VISIT["target"] if "target" in VISIT else "purchase")
    for case in range(len(task)):
        n_own = events.lengths[case]
        own = slice(events.offsets[case], events.offsets[case + 1])
        whole = slice(course.offsets[case], course.offsets[case + 1])
        for name, mark in events.marks.items():
            np.testing.assert_array_equal(course.marks[name][whole][:n_own], mark[own])
        assert target not in course.kind[whole][n_own:]


def test_course_has_no_meaning_at_regular_cuts(tmp_path):
    with pytest.raises(DataError, match="course = 3 has no meaning with every and within"):
        load(saved(tmp_path, CSV), after_events=0, **WEEK, **MORE, course=3)
