"""Columns that do not fit: in files, with the very values that they have in memory."""

import errno

import numpy as np
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets._event_log import growing
from intentbench.datasets._event_log.growing import GrowingColumns
from intentbench.datasets.event_log import EventLog

START = 1_717_372_800
PIECES = [np.arange(5, dtype=np.int32), np.zeros(0, np.int32), np.arange(9, dtype=np.int32)[::2]]
WHOLE = [0, 1, 2, 3, 4, 0, 2, 4, 6, 8]


@pytest.mark.parametrize("waiting", [0, 30, 1 << 20])
def test_a_column_is_its_pieces(waiting, monkeypatch):
    monkeypatch.setattr(growing, "WAITING", waiting)
    columns = GrowingColumns()
    for piece in PIECES:
        columns.add("a", piece)
        columns.add("nothing", np.zeros(0))
    columns.add("late", np.ones(3))
    assert list(columns) == ["a", "nothing", "late"] and "b" not in columns
    assert columns.whole("a").tolist() == WHOLE
    columns.add("a", PIECES[0])
    found = columns.take("a")
    assert found.tolist() == [*WHOLE, *PIECES[0]] and found.dtype == np.int32
    assert type(found) is np.ndarray and found.flags.writeable == (waiting > 200)
    assert "a" not in columns
    assert columns.take("nothing").dtype == float and columns.take("late").tolist() == [1, 1, 1]


def test_a_piece_of_another_type_is_refused():
    columns = GrowingColumns()
    columns.add("a", np.zeros(2))
    with pytest.raises(TypeError, match="column 'a' is of float64; got int64"):
        columns.add("a", np.zeros(2, dtype=np.int64))


def test_a_full_disk_is_told(monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(growing, "WAITING", 0)
    monkeypatch.setattr(growing.tempfile, "TemporaryFile", full)
    with pytest.raises(DataError, match="No space left on device.*TMPDIR.*--rows 1000000"):
        GrowingColumns().add("a", np.zeros(2))


@pytest.mark.parametrize(
    "question",
    [{"after_events": 2, "course": 3}, {"every": "2d", "within": "3d", "active_within": "5d"}],
    ids=["visit", "days"],
)
def test_a_log_gives_the_same_cases_from_files(question, tmp_path, monkeypatch):
    rng = np.random.default_rng(2)
    path = tmp_path / "log.csv"
    lines = ["who,when,what,item,value"]
    for visit in range(250):
        person, moment = rng.integers(0, 40), START + int(rng.integers(0, 9 * 86_400))
        for step in range(rng.integers(1, 7)):
            kind = rng.choice(["view", "cart", "buy"], p=[0.6, 0.2, 0.2])
            lines.append(f"{person},{moment + 60 * step},{kind},{rng.integers(0, 9)},{visit}.5")
    path.write_text("\n".join(lines), encoding="utf-8")
    log = EventLog(str(path), "who", "when", "what", "buy", value="value", item="item", **question)
    whole = log.load()
    monkeypatch.setattr(growing, "WAITING", 0)
    monkeypatch.setattr("intentbench.datasets._event_log.chunks._ROWS", 80)
    from_files = log.load()
    assert not from_files.cases.events.kind.flags.writeable
    assert from_files.fingerprint() == whole.fingerprint()
    assert from_files.card == whole.card
    assert from_files.cases.features.dtypes.equals(whole.cases.features.dtypes)
    if whole.course is not None:
        assert from_files.course.fingerprint() == whole.course.fingerprint()
        assert np.array_equal(from_files.known_at, whole.known_at)
