"""Opening an address: redirected a few times, never to where others listen, cut at a deadline."""

import http.client
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from functools import partial
from typing import IO, Any
from urllib.parse import urlsplit

from ..errors import DataError

REDIRECTIONS = 5


@contextmanager
def opened(
    url: str, headers: Mapping[str, str], stall_seconds: float, deadline: float
) -> Iterator[Any]:
    """Open an address, for as long as the context lasts.

    Parameters
    ----------
    url : str
    headers : mapping of str to str
        Of the request.
    stall_seconds : float
        Without a byte, after which reading ends in a ``TimeoutError``.
    deadline : float
        By ``time.monotonic()``.  The connection is cut then, whatever state it is in: headers that
        come byte by byte stall never, and end never either.

    Raises
    ------
    DataError
        If the server redirects from https to http, or to what is neither.
    """
    cuts: list[threading.Timer] = []
    opener = urllib.request.build_opener(_Redirects, _Http(cuts, deadline), _Https(cuts, deadline))
    request = urllib.request.Request(url, headers=dict(headers))
    try:
        with opener.open(request, timeout=stall_seconds) as response:
            yield response
    finally:
        for cut in cuts:
            cut.cancel()


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = REDIRECTIONS

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        here, there = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if there != "https" and there != here:
            fp.close()
            raise DataError(
                f"the server redirects from {here} to {newurl}, which anybody on the way could "
                "read and change."
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Cut:
    """What makes a connection end at a deadline."""

    cuts: list[threading.Timer]
    deadline: float

    def connect(self) -> None:
        super().connect()
        cut = threading.Timer(self.deadline - time.monotonic(), _cut, (self.sock,))
        cut.daemon = True
        self.cuts.append(cut)
        cut.start()


class _CutHttp(_Cut, http.client.HTTPConnection):
    pass


class _CutHttps(_Cut, http.client.HTTPSConnection):
    pass


def _connection(kind: type, cuts: list[threading.Timer], deadline: float, *args: Any, **kw: Any):
    connection = kind(*args, **kw)
    connection.cuts, connection.deadline = cuts, deadline
    return connection


class _Http(urllib.request.HTTPHandler):
    def __init__(self, cuts: list[threading.Timer], deadline: float) -> None:
        super().__init__()
        self.connection = partial(_connection, _CutHttp, cuts, deadline)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, cuts: list[threading.Timer], deadline: float) -> None:
        super().__init__()
        self.connection = partial(_connection, _CutHttps, cuts, deadline)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self.connection, req)


def _cut(connected: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        connected.shutdown(socket.SHUT_RDWR)
