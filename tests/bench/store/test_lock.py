import errno
import os
import subprocess
import sys
import threading
import time

import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.store.store import Store


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "results")
    made.prepare()
    return made


def test_lock_is_held_by_one_and_goes_with_the_process(store, monkeypatch):
    monkeypatch.setattr("intentbench.bench.store.store._WAIT_SECONDS", 0.1)
    code = (
        "import sys, time; from pathlib import Path\n"
        "from intentbench.bench.store.store import Store\n"
        "with Store(Path(sys.argv[1])).locked():\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen(
        [sys.executable, "-P", "-c", code, str(store.root)], stdout=subprocess.PIPE
    )
    try:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match=f"process {other.pid} has held .*--results"):
            with store.locked():
                pass
    finally:
        other.kill()
        other.communicate()
    with store.locked():
        pass


def test_lock_that_cannot_be_opened_is_explained(store):
    (store.root / ".lock").mkdir()
    with pytest.raises(StoreError, match="cannot write to the results folder"):
        with store.locked():
            pass


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_lock_that_is_a_link_is_refused_and_what_it_leads_to_is_kept(store, tmp_path, link):
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    getattr(store.root / ".lock", link)(precious)
    with pytest.raises(StoreError, match=r"\.lock is a link to another file.  Remove it"):
        with store.locked():
            pass
    assert precious.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_file_system_without_locks_is_named(store, monkeypatch, number):
    def none(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", none)
    with pytest.raises(StoreError, match="knows no locks .*Name a folder on another one with --re"):
        with store.locked():
            pass


def test_holder_that_cannot_be_read_is_unknown(store, monkeypatch):
    monkeypatch.setattr("intentbench.bench.store.store._WAIT_SECONDS", 0.1)
    with store.locked():
        (store.root / ".lock").write_bytes(b"\xff\x1b[2J")
        with pytest.raises(StoreError, match="process unknown has held"):
            with store.locked():
                pass


def test_whoever_finds_the_folder_held_waits_for_a_moment(store):
    order = []

    def hold():
        with store.locked():
            order.append("other")

    with store.locked():
        other = threading.Thread(target=hold)
        other.start()
        time.sleep(0.2)
        order.append("this")
    other.join()
    assert order == ["this", "other"]
