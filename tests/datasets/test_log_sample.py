"""``rows`` of a log: people drawn by chance, each with all events; as if there were no others."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.language.sentence import said
from intentbench.datasets._event_log.database import opened
from intentbench.datasets.event_log import EventLog

COLUMNS = {"who": "user", "when": "time", "what": "event", "target": "buy", "item": "thing"}
START, DAYS, ROWS = 1_717_372_800, 56, 700
QUESTIONS = {"visit": {"after_events": 2}, "week": {"every": "7d", "within": "7d"}}


@pytest.fixture(scope="module")
def log():
    rng = np.random.default_rng(5)
    n = 4_000
    log = pd.DataFrame(
        {
            "user": np.char.add("nr ", rng.integers(0, 150, n // 4).astype(str)).repeat(4),
            "time": START + rng.integers(0, DAYS * 86_400, n // 4).repeat(4),
            "event": rng.choice(["view", "cart", "buy"], n, p=[0.7, 0.2, 0.1]),
            "thing": rng.integers(0, 9, n),
        }
    )
    log["time"] += 60 * np.tile(np.arange(4), n // 4)
    log.loc[::97, "user"] = None
    return log


@pytest.fixture(scope="module")
def paths(log, tmp_path_factory):
    """One log as a file, and in parts of two formats."""
    folder = tmp_path_factory.mktemp("logs")
    log.to_parquet(folder / "whole.parquet", index=False)
    parts = folder / "parts"
    parts.mkdir()
    log[:1_500].to_csv(parts / "a.csv", index=False)
    log[1_500:].to_csv(parts / "b.csv", index=False)
    return {"file": folder / "whole.parquet", "parts": parts}


def load(path, **keywords):
    return EventLog(path=str(path), **COLUMNS, **keywords).load()


def drawn(path):
    with opened(EventLog(path=str(path), **COLUMNS, rows=ROWS)) as raw:
        return {who for (who,) in raw.database.execute("SELECT who FROM drawn").fetchall()}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("where", ["file", "parts"])
def test_a_sample_is_the_log_of_those_drawn(question, where, log, paths, tmp_path):
    people = drawn(paths[where])
    own = log[log["user"].isin(people)]
    assert 0.8 * ROWS < len(own) <= ROWS
    own.to_parquet(tmp_path / "own.parquet", index=False)
    sample = load(paths[where], rows=ROWS, **QUESTIONS[question])
    alone = load(tmp_path / "own.parquet", **QUESTIONS[question])
    assert sample.fingerprint() == alone.fingerprint()
    assert np.ptp(sample.time).astype(int) / 86_400 > 0.7 * (DAYS - 14)
    (note,) = [said(c) for c in sample.card.caveats if "A sample" in said(c)]
    of_people = log["user"].nunique()
    assert note == (
        f"A sample: {len(own)} of 4,000 events, all those of {len(people)} of {of_people} people "
        "drawn by chance."
    )


def test_a_larger_sample_holds_the_smaller_one(paths):
    people = drawn(paths["file"])
    with opened(EventLog(path=str(paths["file"]), **COLUMNS, rows=2 * ROWS)) as raw:
        more = {who for (who,) in raw.database.execute("SELECT who FROM drawn").fetchall()}
    assert people < more and drawn(paths["parts"]) == people


def test_a_log_that_is_small_enough_is_taken_as_it_is(paths):
    whole = load(paths["file"], rows=4_000, **QUESTIONS["visit"])
    assert whole.fingerprint() == load(paths["file"], **QUESTIONS["visit"]).fingerprint()
    assert not [c for c in whole.card.caveats if "A sample" in said(c)]


def test_where_a_row_stands_is_said_of_the_file(log, paths, tmp_path):
    people = drawn(paths["file"])
    at = log.index[log["user"].isin(people)][-1]
    odd = log.astype({"time": str})
    odd.loc[at, "time"] = "noon"
    odd[:1_500].to_csv(tmp_path / "a.csv", index=False)
    odd[1_500:].to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(DataError, match=f"'noon' in line {at - 1_500 + 2} of .*b.csv"):
        load(tmp_path, rows=ROWS, **QUESTIONS["visit"])


@pytest.mark.parametrize("rows", [99, -1, 150.0, True, "many"])
def test_a_number_without_meaning_is_refused(rows):
    with pytest.raises(DataError, match="rows must be a whole number of events from 100 on"):
        load("log.csv", rows=rows, **QUESTIONS["visit"])


def test_a_person_larger_than_the_sample_is_told(log, tmp_path):
    log.assign(user="only").to_csv(tmp_path / "log.csv", index=False)
    with pytest.raises(DataError, match="holds not even one person: the first .* has 4,000"):
        load(tmp_path / "log.csv", rows=200, **QUESTIONS["visit"])
