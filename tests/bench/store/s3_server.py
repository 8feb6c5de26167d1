"""Servers on loopback: one that speaks S3 (the package ``localbucket``), one that answers badly."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

BUCKET = "intentbench-tests"
_KEYS = {"AWS_ACCESS_KEY_ID": "someone", "AWS_SECRET_ACCESS_KEY": "secret"}


@contextmanager
def _served(handler):
    """Serve as long as the block goes on; gives what a client's environment needs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", **_KEYS}
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def s3_server(folder):
    """Serve a bucket that is kept in a folder."""
    localbucket = pytest.importorskip("localbucket", reason="it comes with the extra 'dev'")
    pytest.importorskip("obstore", reason="the extra 's3' is not installed")
    (folder / BUCKET).mkdir(exist_ok=True)

    class Handler(localbucket.S3Handler):
        data_root = folder

        def log_message(self, *args):
            pass

    with _served(Handler) as environment:
        yield environment


class Wrong:
    """What a server answers to everything, and how often it was asked."""

    def __init__(self, status, code=""):
        self.status, self.code, self.n_asked = status, code, 0


SILENT, CUT, TAKES_ALL = "silent", "cut", "takes all"


@contextmanager
def wrong_server(wrong):
    """Serve errors; or say nothing, break connections, or heed no condition."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            wrong.n_asked += 1
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if wrong.status == SILENT:
                ended.wait()
                return
            if wrong.status == CUT:
                self.close_connection = True
                return
            status, body = wrong.status, b""
            if wrong.status == TAKES_ALL:
                Handler.kept, status = content or Handler.kept, 200
                body = Handler.kept if self.command == "GET" else b""
            elif wrong.code:
                body = f"<Error><Code>{wrong.code}</Code></Error>".encode()
            self.send_response(status)
            for name, value in {"Content-Length": len(body), "ETag": '"x"'}.items():
                self.send_header(name, str(value))
            self.send_header("Last-Modified", self.date_time_string(time.time()))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        kept = b""
        do_GET = do_PUT = do_HEAD = do_DELETE = answer

        def log_message(self, *args):
            pass

    with _served(Handler) as environment:
        try:
            yield environment
        finally:
            ended.set()
