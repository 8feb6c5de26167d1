import gzip
import hashlib
import io
import itertools
import os
import socket
import struct
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.request import Request

import pytest
from intentbench.bench.download import connection, fetch, transfer
from intentbench.bench.errors import DataError

NAME = "visits.csv"
CONTENT = b"visit,bought\n" + b"".join(b"%d,%d\n" % (i, i % 7 == 0) for i in range(5_000))
SHA256 = hashlib.sha256(CONTENT).hexdigest()
CACHES = "home/Library/Caches" if sys.platform == "darwin" else "home/.cache"


def archive(members):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return body.getvalue()


GOOD = archive({"readme.txt": b"hello", NAME: CONTENT})
LYING_SIZE = bytearray(archive({NAME: b"0" * 300_000}))
# The sizes in the member's own header and in the directory: both now say 10 bytes.
for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
    struct.pack_into("<I", LYING_SIZE, LYING_SIZE.index(signature) + at, 10)

CUT_OFF = []  # addresses whose trickle the client ended
ANSWERS = {
    "/good.zip": GOOD,
    "/visits.csv": CONTENT,
    "/wrong.zip": archive({NAME: CONTENT.replace(b"1", b"2")}),
    "/deep.zip": archive({"export/2024\\" + NAME: CONTENT}),
    "/visits.csv.gz": gzip.compress(CONTENT),
    "/escaping.zip": archive({"../../outside/" + NAME: CONTENT}),
    "/page": b"\n<!DOCTYPE html><title>Log in</title>",
    "/other.zip": archive({"my_visits.csv": CONTENT}),
    "/broken.zip": GOOD[:200] + bytes(40) + GOOD[240:],
    "/huge.zip": archive({NAME: b"0" * 300_000}),
    "/lying.zip": bytes(LYING_SIZE),
    "/huge.csv": b"0" * 300_000,
}


@pytest.fixture(scope="module")
def server():
    released = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/good.zip")
                self.end_headers()
            elif self.path in ("/circle", "/ftp"):
                self.send_response(302)
                to = {"/circle": "/circle", "/ftp": "ftp://127.0.0.1/visits.csv"}[self.path]
                self.send_header("Location", to)
                self.end_headers()
            elif self.path == "/headers":
                self.trickle(b"HTTP/1.1 200 OK\r\nX: ")
            elif self.path in ANSWERS:
                self.answer(ANSWERS[self.path])
            elif self.path == "/truncated.zip":
                self.answer(GOOD, sent=GOOD[:-100])
            elif self.path == "/stall.zip":
                self.answer(GOOD, sent=GOOD[:1000])
                self.wfile.flush()
                released.wait(300)
            elif self.path == "/trickle.csv":
                self.answer(CONTENT, sent=b"")
                self.trickle(b"")
            else:
                self.send_error(404)

        def answer(self, body, sent=None):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if sent is None else sent)

        def trickle(self, content):  # without end
            for byte in itertools.chain(content, itertools.repeat(0)):
                if released.wait(0.02):
                    break
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    CUT_OFF.append(self.path)
                    break

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(transfer, "FIRST_WAIT_SECONDS", 0.0)


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "path", ["/good.zip", "/visits.csv", "/visits.csv.gz", "/moved", "/deep.zip"]
)
def test_brings_the_file_and_nothing_else(server, tmp_path, path):
    folder = tmp_path / "new" / "folder"
    fetch.download(server + path, {NAME: SHA256}, folder)
    assert (folder / NAME).read_bytes() == CONTENT
    assert left_in(tmp_path) == ["folder", "new", NAME]


def test_brings_several_files_of_one_archive(server, tmp_path):
    wanted = {NAME: SHA256, "readme.txt": hashlib.sha256(b"hello").hexdigest()}
    fetch.download(server + "/good.zip", wanted, tmp_path)
    assert left_in(tmp_path) == ["readme.txt", NAME]


def test_one_wrong_file_of_several_leaves_none(server, tmp_path):
    wanted = {NAME: SHA256, "readme.txt": SHA256}
    with pytest.raises(DataError, match=r"'readme\.txt'"):
        fetch.download(server + "/good.zip", wanted, tmp_path)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/wrong.zip", f"SHA-256 is [0-9a-f]{{64}}, expected {SHA256}"),
        ("/absent.zip", "404"),
        ("/truncated.zip", "ended after|IncompleteRead"),
        ("/stall.zip", "timed out"),
        ("/trickle.csv", "longer than 0.3 seconds"),
        ("/circle", "in a circle, or more often than 5 times"),
        ("/ftp", "redirects from http to ftp://.* could read and change"),
        ("/page", "SHA-256 is .*  It is a web page: a log-in, or an error"),
        ("/escaping.zip", "'../../outside/visits.csv', which leads out of its folder"),
        ("/other.zip", r"does not hold 'visits\.csv'; it holds my_visits\.csv"),
        ("/broken.zip", "CRC|decompress"),
        ("/huge.zip", "content is larger than 200000 bytes"),
        ("/lying.zip", "larger than|CRC|SHA-256"),
        ("/huge.csv", "answer is larger than 200000 bytes"),
    ],
)
def test_says_why_it_failed_and_leaves_the_folder_as_it_was(
    server, tmp_path, monkeypatch, path, reason
):
    monkeypatch.setattr(transfer, "STALL_SECONDS", 0.2 if "stall" in path else 300.0)
    monkeypatch.setattr(transfer, "TOTAL_SECONDS", 0.3 if "trickle" in path else 3600.0)
    (tmp_path / NAME).write_bytes(b"the damaged file of before")
    with pytest.raises(DataError, match=reason):
        fetch.download(server + path, {NAME: SHA256}, tmp_path, most_bytes=200_000)
    assert left_in(tmp_path) == [NAME]
    assert (tmp_path / NAME).read_bytes() == b"the damaged file of before"


def test_headers_that_trickle_are_cut_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "TOTAL_SECONDS", 0.2)
    monkeypatch.setattr(transfer, "STALL_SECONDS", 300.0)
    CUT_OFF.clear()
    with pytest.raises(DataError, match="longer than 0.2 seconds"):
        fetch.download(server + "/headers", {NAME: SHA256}, tmp_path)
    while not CUT_OFF:  # the server writes, and sees it
        time.sleep(0.01)
    assert CUT_OFF == ["/headers"]


def test_content_that_nobody_vouches_for_is_taken_and_its_hash_said(server, tmp_path, capsys):
    fetch.download(server + "/good.zip", {NAME: ""}, tmp_path)
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert f"{NAME}: nobody published a SHA-256 of it; what came has {SHA256}" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("path", "wanted", "reason"),
    [
        ("/page", {NAME: ""}, "is not 'visits.csv'.  It is a web page"),
        ("/huge.csv", {NAME: "", "more.csv": ""}, r"one file came where 2 were wanted \(visits"),
    ],
)
def test_what_nobody_vouches_for_is_still_looked_at(server, tmp_path, path, wanted, reason):
    with pytest.raises(DataError, match=reason):
        fetch.download(server + path, wanted, tmp_path)
    assert left_in(tmp_path) == []


def test_an_archive_asked_for_by_its_own_name_is_not_unpacked(server, tmp_path):
    wanted = {"good.zip": hashlib.sha256(GOOD).hexdigest()}
    fetch.download(server + "/good.zip", wanted, tmp_path)
    assert (tmp_path / "good.zip").read_bytes() == GOOD
    assert left_in(tmp_path) == ["good.zip"]


def test_what_is_there_is_not_asked_for(tmp_path):
    (tmp_path / NAME).write_bytes(CONTENT)
    fetch.download("http://127.0.0.1:1/good.zip", {NAME: SHA256}, tmp_path)
    assert left_in(tmp_path) == [NAME]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_is_seen_before_and_while_writing(server, tmp_path, monkeypatch):
    with monkeypatch.context() as little:
        usage = SimpleNamespace(free=1000)
        little.setattr(transfer.shutil, "disk_usage", lambda path: usage)
        with pytest.raises(DataError, match=r"to come, and the disk of .* has 1,000 left"):
            fetch.download(server + "/good.zip", {NAME: SHA256}, tmp_path)
    monkeypatch.setattr(fetch.Partial, "begin", lambda self, *_: self.body.symlink_to("/dev/full"))
    with pytest.raises(DataError, match=r"cannot write to .*: No space left .* XDG_CACHE_HOME"):
        fetch.download(server + "/good.zip", {NAME: SHA256}, tmp_path)
    assert left_in(tmp_path) == []


def test_says_that_nobody_answers(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        port = taken.getsockname()[1]
        with pytest.raises(DataError, match="refused"):
            fetch.download(f"http://127.0.0.1:{port}/x.zip", {NAME: SHA256}, tmp_path)
    assert left_in(tmp_path) == []


def test_says_that_the_address_is_none(tmp_path):
    with pytest.raises(DataError, match="unknown url type"):
        fetch.download("archive.example/x.zip", {NAME: SHA256}, tmp_path)


def test_never_goes_from_https_to_http(tmp_path):
    page = io.BytesIO()
    with pytest.raises(DataError, match="from https to http://shop.example/visits.csv"):
        connection._Redirects().redirect_request(
            Request("https://shop.example/"),
            page,
            302,
            "Found",
            {},
            "http://shop.example/visits.csv",
        )
    assert page.closed


def test_says_that_the_folder_cannot_be_made(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="file"):
        fetch.download(server + "/good.zip", {NAME: SHA256}, tmp_path / "file" / "cache")


@pytest.mark.parametrize(
    ("xdg", "expected"), [(None, CACHES), ("relative", CACHES), ("{tmp}/xdg", "xdg")]
)
def test_the_cache_is_where_the_system_keeps_caches(monkeypatch, tmp_path, xdg, expected):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if xdg is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", xdg.format(tmp=tmp_path))
    assert fetch.cache_folder() == tmp_path / expected / "intentbench"


def test_without_a_home_it_says_which_variable_to_set(monkeypatch):
    def nobody(number):
        raise KeyError(number)

    monkeypatch.setattr("pwd.getpwuid", nobody)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with pytest.raises(DataError, match="XDG_CACHE_HOME"):
        fetch.cache_folder()
