from datetime import UTC, datetime

from intentbench.bench.run import run_writer
from intentbench.bench.run.run_writer import RunWriter
from intentbench.bench.store.store import Store


class Stopped(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_runs_of_one_second_have_ids_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(run_writer, "datetime", Stopped)
    store = Store(tmp_path / "results")
    store.prepare()

    def next_id(suite="smoke"):
        return RunWriter(store, suite, {}).run_id

    stem = "20260102-030405-smoke"
    assert next_id() == stem
    for name in (stem, f"{stem}-3", f"{stem}_of_mine"):
        (store.runs / name).mkdir()
    assert next_id() == f"{stem}-2"
    (store.runs / f".{stem}-2.part").mkdir()  # another one is written at this moment
    assert next_id() == f"{stem}-4"
    assert next_id("smoke_of_mine") == f"{stem}_of_mine-2"
