"""A download that breaks off goes on: tries, ranges, versions, two processes, a killed one."""

import fcntl
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from intentbench.bench.download import fetch, partial, transfer
from intentbench.bench.errors import DataError

NAME = "visits.csv"
CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
HALF = 150_000


class Scripted(ThreadingHTTPServer):
    """Answers by a script: one step a request, the last one for all that follow."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.script, self.asked, self.lock = [], [], threading.Lock()
        self.released = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/{NAME}"

    def next_step(self, headers):
        with self.lock:
            self.asked.append(headers)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.next_step(dict(self.headers))(self)

    def log_message(self, *_):
        pass


def sends(
    content=CONTENT, *, upto=None, version='"v1"', ranges=True, says=None, then_waits=False, **more
):
    """Send a file, or the range asked for if it is of this version; break off after ``upto``."""

    def step(handler):
        start = 0
        asked = handler.headers.get("Range", "")
        if ranges and asked and handler.headers.get("If-Range") == version:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(content) - start))
        if start:
            found = says or f"bytes {start}-{len(content) - 1}/{len(content)}"
            handler.send_header("Content-Range", found)
        if version is not None:
            handler.send_header("ETag" if '"' in version else "Last-Modified", version)
        for name, value in more.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content[start:upto])
        handler.wfile.flush()
        if then_waits:
            handler.server.released.wait(300)

    return step


def refuses(code, **headers):
    def step(handler):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return step


@pytest.fixture
def server():
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(transfer, "FIRST_WAIT_SECONDS", 0.0)


def bring(server, folder, sha256=SHA256, **more):
    fetch.download(server.url, {NAME: sha256}, folder, **more)
    assert (folder / NAME).read_bytes() == CONTENT
    assert os.listdir(folder) == [NAME]


def break_off(server, folder, *script):
    """Have a transfer fail after the first half, and say what is left."""
    server.script = [*(script or [sends(upto=HALF)]), refuses(404)]
    with pytest.raises(DataError, match="404"):
        fetch.download(server.url, {NAME: SHA256}, folder)
    server.asked.clear()
    return sorted(folder.rglob("*"))


def test_a_transfer_that_breaks_off_goes_on_where_it_was(server, tmp_path):
    server.script = [sends(upto=100_000), sends(upto=200_000), sends()]
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == [
        None, "bytes=100000-", "bytes=200000-"
    ]  # fmt: skip
    assert [asked.get("If-Range") for asked in server.asked] == [None, '"v1"', '"v1"']


@pytest.mark.parametrize("version", ['"v1"', "Mon, 01 Jan 2024 00:00:00 GMT"])
def test_a_later_call_goes_on_where_an_earlier_one_failed(server, tmp_path, version):
    left = break_off(server, tmp_path, sends(upto=HALF, version=version))
    assert [path.name for path in left[1:]] == ["body", "lock", "origin.json"]
    assert left[0].name.startswith(".partial-") and not (tmp_path / NAME).exists()
    server.script = [sends(version=version)]
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == [f"bytes={HALF}-"]


@pytest.mark.parametrize("version", [None, 'W/"v1"'])
def test_what_the_server_gives_no_lasting_name_is_not_kept(server, tmp_path, version):
    assert break_off(server, tmp_path, sends(upto=HALF, version=version)) == []


@pytest.mark.parametrize(
    "step",
    [
        sends(ranges=False),
        sends(version='"v2"'),
        sends(version='"v2"', ranges=False),
    ],
    ids=["no ranges", "another version", "neither"],
)
def test_starts_anew_where_the_server_does_not_go_on(server, tmp_path, step):
    break_off(server, tmp_path, sends(b"x" * 300_000, upto=HALF))
    server.script = [step]
    bring(server, tmp_path)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "says",
    ["bytes 0-149999/300000", "bytes 150000-299999/299999", "bytes 150001-300000/*", "150000", ""],
)
def test_a_part_that_does_not_fit_is_not_put_on(server, tmp_path, says):
    break_off(server, tmp_path)
    server.script = [sends(says=says or " "), sends()]
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == [f"bytes={HALF}-", None]


def test_a_part_of_another_version_is_not_put_on(server, tmp_path):
    break_off(server, tmp_path)

    def careless(handler):  # looks at no If-Range
        handler.headers.replace_header("If-Range", '"v2"')
        sends(b"y" * 300_000, version='"v2"')(handler)

    server.script = [careless, sends()]
    bring(server, tmp_path, sha256="")  # nothing but the ETag tells
    assert len(server.asked) == 2


def test_pieces_that_do_not_make_the_file_are_thrown_away_once(server, tmp_path, capsys):
    break_off(server, tmp_path, sends(b"x" * 300_000, upto=HALF))
    server.script = [sends()]  # another content under the same ETag
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == [f"bytes={HALF}-", None]
    assert "the pieces of several transfers do not make the file" in capsys.readouterr().err


def test_a_wrong_file_is_not_asked_for_twice_and_not_kept(server, tmp_path):
    server.script = [sends(b"y" * 300_000)]
    with pytest.raises(DataError, match="is not the published"):
        fetch.download(server.url, {NAME: SHA256}, tmp_path)
    assert len(server.asked) == 1 and os.listdir(tmp_path) == []


@pytest.mark.parametrize("damage", [b"", b"{", b'{"validator": 3}', b"[]", b"\xff"])
def test_a_damaged_note_of_the_version_is_no_version(server, tmp_path, damage):
    left = break_off(server, tmp_path)
    left[-1].write_bytes(damage)
    server.script = [sends()]
    bring(server, tmp_path)
    assert server.asked[0].get("Range") is None


def test_a_range_that_is_not_there_starts_anew(server, tmp_path):
    left = break_off(server, tmp_path)
    left[1].write_bytes(CONTENT + b"more than there is")
    server.script = [refuses(416, Content_Range="bytes */300000"), sends()]
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == ["bytes=300018-", None]


def test_a_body_that_had_come_whole_is_not_asked_for(server, tmp_path):
    left = break_off(server, tmp_path)
    left[1].write_bytes(CONTENT)
    bring(server, tmp_path)
    assert server.asked == []


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_server_in_trouble_is_asked_again(server, tmp_path, code, capsys):
    server.script = [refuses(code, Retry_After="0"), refuses(code), refuses(code), sends()]
    bring(server, tmp_path)
    assert len(server.asked) == transfer.TRIES
    assert f"the server answers {code}" in capsys.readouterr().err


def test_a_server_in_lasting_trouble_is_left_alone(server, tmp_path):
    server.script = [refuses(500)]
    with pytest.raises(DataError, match=f"answers 500 .* in {transfer.TRIES} tries"):
        fetch.download(server.url, {NAME: SHA256}, tmp_path)
    assert len(server.asked) == transfer.TRIES and os.listdir(tmp_path) == []


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410])
def test_a_refusal_is_not_asked_again(server, tmp_path, code):
    server.script = [refuses(code)]
    with pytest.raises(DataError, match=f"answers {code}"):
        fetch.download(server.url, {NAME: SHA256}, tmp_path)
    assert len(server.asked) == 1


def test_tries_are_counted_anew_where_one_brought_something(server, tmp_path):
    steps = [sends(upto=10_000 * (i + 1)) for i in range(2 * transfer.TRIES)]
    server.script = [*steps, sends()]
    bring(server, tmp_path)
    assert len(server.asked) == 2 * transfer.TRIES + 1


def test_waits_as_long_as_the_server_asks_and_longer_each_time(server, tmp_path, monkeypatch):
    waited = []
    monkeypatch.setattr(transfer.time, "sleep", waited.append)
    monkeypatch.setattr(transfer, "FIRST_WAIT_SECONDS", 1.0)
    server.script = [refuses(503, Retry_After="7"), refuses(503), refuses(503), sends()]
    bring(server, tmp_path)
    assert waited == [7.0, 2.0, 4.0]


@pytest.mark.parametrize("says", ["3600", "a date"])
def test_does_not_wait_for_an_hour(server, tmp_path, says):
    if says == "a date":
        says = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    server.script = [refuses(503, Retry_After=says)]
    with pytest.raises(DataError, match=r"next try would be in 3[56]\d\d seconds.  Try again then"):
        fetch.download(server.url, {NAME: SHA256}, tmp_path)
    assert len(server.asked) == 1


@pytest.mark.parametrize("says", ["soon", "-5", "Mon, 01 Jan 2024 00:00:00 GMT", "٣"])
def test_a_wait_that_says_nothing_is_none(says):
    assert transfer._retry_after({"Retry-After": says}) == 0.0


def test_a_stalled_transfer_is_taken_up_again(server, tmp_path, monkeypatch):
    opened = transfer.opened

    @contextmanager
    def impatient(url, headers, stall_seconds, deadline):
        """Open with little patience from when the first half is there, once."""
        with opened(url, headers, 300.0, deadline) as response:
            read1 = response.read1

            def read_more(n_bytes):
                if len(server.asked) == 1 and body_size(tmp_path) == HALF:
                    response.fp.raw._sock.settimeout(0.1)
                return read1(n_bytes)

            response.read1 = read_more
            yield response

    monkeypatch.setattr(transfer, "opened", impatient)
    server.script = [sends(upto=HALF, then_waits=True), sends()]
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == [None, f"bytes={HALF}-"]


def test_more_than_is_wanted_is_refused_also_in_pieces(server, tmp_path):
    server.script = [sends(upto=HALF, version='"v1"')]
    with pytest.raises(DataError, match="larger than 200000 bytes"):
        fetch.download(server.url, {NAME: SHA256}, tmp_path, most_bytes=200_000)
    assert len(server.asked) == 1 and os.listdir(tmp_path) == []


def another_process(server, folder):
    code = (
        "import sys; from pathlib import Path; from intentbench.bench.download import fetch; "
        f"fetch.download({server.url!r}, {{{NAME!r}: {SHA256!r}}}, Path(sys.argv[1]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stderr=subprocess.PIPE, text=True
    )


def until(holds):
    end = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def body_size(folder):
    return sum(path.stat().st_size for path in folder.glob(".partial-*/body"))


def test_a_process_killed_half_way_leaves_what_the_next_goes_on_from(server, tmp_path):
    server.script = [sends(upto=HALF, then_waits=True), sends()]
    process = another_process(server, tmp_path)
    until(lambda: body_size(tmp_path) == HALF)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / NAME).exists()
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == [None, f"bytes={HALF}-"]


def test_two_processes_bring_it_once(server, tmp_path):
    server.script = [sends(upto=HALF, then_waits=True), sends()]
    processes = [another_process(server, tmp_path)]
    until(lambda: body_size(tmp_path) == HALF)
    processes.append(another_process(server, tmp_path))
    assert processes[1].stderr.readline().startswith("waiting for another process")
    server.released.set()  # the first transfer breaks off, and goes on
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert len(server.asked) == 2, "the second process asked for nothing"
    bring(server, tmp_path)


def test_whoever_waits_too_long_for_another_says_so(server, tmp_path, monkeypatch):
    server.script = [sends(upto=HALF, then_waits=True)]
    process = another_process(server, tmp_path)
    until(lambda: body_size(tmp_path) == HALF)
    monkeypatch.setattr(transfer, "TOTAL_SECONDS", 0.2)
    with pytest.raises(DataError, match="another process has been downloading into .* for longer"):
        fetch.download(server.url, {NAME: SHA256}, tmp_path)
    process.kill()
    process.communicate()


def test_a_lock_whose_folder_was_removed_meanwhile_is_none(tmp_path, monkeypatch):
    held = partial.Partial(tmp_path, "https://shop.example/visits.csv")
    lock, late = fcntl.flock, [True]

    def flock(file, how):
        if late and late.pop():  # the holder removed it after we had opened it
            held.remove()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    with held.held(1.0, print):
        assert (held.place / "lock").exists()
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_is_not_left_full(tmp_path):
    held = partial.Partial(tmp_path, "https://shop.example/visits.csv")
    with held.held(1.0, print):
        held.begin('"v1"', 300_000)
        with open("/dev/full", "wb", buffering=0) as full:
            with pytest.raises(DataError, match="No space left"):
                held.write(full, b"x")
        assert not held.body.exists()


def test_an_archive_in_pieces_is_unpacked_as_one(server, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, CONTENT)
    body = packed.getvalue()
    server.url += ".zip"
    server.script = [sends(body, upto=HALF), sends(body)]
    bring(server, tmp_path)
    assert [asked.get("Range") for asked in server.asked] == [None, f"bytes={HALF}-"]


def test_the_note_of_the_version_holds_what_the_server_said(server, tmp_path):
    note = json.loads(break_off(server, tmp_path)[-1].read_text())
    assert note == {"validator": '"v1"', "announced": 300_000}
