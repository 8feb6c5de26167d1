import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.store import at_work
from intentbench.bench.store.at_work import RunAtWork, run_at_work, runs_at_work
from intentbench.bench.store.leftovers import leftovers
from intentbench.bench.store.store import Store

STEM = "20260102-030405-smoke"


class Stopped(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(at_work, "datetime", Stopped)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = Store(tmp_path / "results")
    made.prepare()
    return made


def test_runs_of_one_second_have_ids_of_their_own(store):
    def next_id(suite="smoke"):
        with run_at_work(store, suite) as run_id:
            return run_id

    assert next_id() == STEM
    for name in (STEM, f"{STEM}-3", f"{STEM}_of_mine"):
        (store.runs / name).mkdir()
    assert next_id() == f"{STEM}-2"
    with run_at_work(store, "smoke") as second:
        assert (second, next_id()) == (f"{STEM}-2", f"{STEM}-4")
    assert next_id("smoke_of_mine") == f"{STEM}_of_mine-2"
    assert not list(store.runs.glob(".*"))


def test_what_a_run_writes_is_its_own_until_its_process_is_gone(store):
    code = (
        "import sys; from pathlib import Path\n"
        "from intentbench.bench.store.at_work import run_at_work\n"
        "from intentbench.bench.store.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "with run_at_work(store, 'other') as run_id, store.scratch(run_id) as folder:\n"
        "    (store.runs / f'.{run_id}.plan').mkdir()\n"
        "    print(run_id, folder.name, flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-P", "-c", code, str(store.root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        run_id, scratch = other.stdout.readline().decode().split()
        written = [store.root / scratch, store.runs / f".{run_id}.plan"]
        part = store.cells / "ab" / "ab12.99.part"
        part.mkdir(parents=True)  # whose it is to be is not told
        with run_at_work(store, "smoke") as mine:
            assert all(path.is_dir() for path in (*written, part))
            found = runs_at_work(store)
            assert set(found) == {
                RunAtWork(run_id, str(other.pid)),
                RunAtWork(mine, str(os.getpid())),
            }
    finally:
        other.kill()
        other.communicate()
    with store.locked():
        assert runs_at_work(store) == []
        assert {left.path for left in leftovers(store, ())} == {*written, part}
    with run_at_work(store, "smoke"):
        assert not any(path.exists() for path in (*written, part))


def test_name_that_another_program_holds_is_told(store):
    (store.runs / "elsewhere").touch()
    (store.runs / f".{STEM}.lock").symlink_to(store.runs / "elsewhere")
    with pytest.raises(StoreError, match="is a link to another file.  Remove it"):
        with run_at_work(store, "smoke"):
            pass
