"""Receiving: a body over the network, with patience, but not without end.

What has come is kept and gone on from by a range request (RFC 9110, sections 13 and 14), as long as
the server says that its file is still the same.
"""

import http.client
import re
import shutil
import socket
import ssl
import time
import urllib.error
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import DataError
from .connection import REDIRECTIONS, opened
from .partial import Partial

STALL_SECONDS = 30.0  # without a byte
TOTAL_SECONDS = 3600.0
TRIES = 4  # in a row that bring nothing
FIRST_WAIT_SECONDS = 1.0  # doubled with each
LONGEST_WAIT_SECONDS = 60.0  # that a server can ask for
_TELL_EVERY_SECONDS = 5.0
_BLOCK = 1 << 20
_MB = 1e6
_COME_BACK = frozenset({408, 425, 429, 500, 502, 503, 504})
_RANGE_NOT_THERE = 416
_MOVED = range(300, 400)


class _Passing(Exception):
    """What another try may mend, and the seconds that the server asks for before it."""

    def __init__(self, reason: str, wait_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_seconds = wait_seconds


def receive(url: str, partial: Partial, most_bytes: int, says: Callable[[str], None]) -> bool:
    """Bring the whole body of an address into ``partial``, going on from what is there.

    Parameters
    ----------
    url : str
    partial : Partial
        Held by this process.
    most_bytes : int
        Larger bodies are refused.
    says : callable
        Is told how it goes on, a line at a time.

    Returns
    -------
    bool
        Whether the body was put together from several transfers.

    Raises
    ------
    DataError
        If nothing is reached, or the transfer stalls, ends early or is too large, and trying again
        does not help.  What has come stays in ``partial`` where it can be gone on from.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    failures, furthest = 0, partial.size
    while partial.size == 0 or partial.size != partial.announced:
        try:
            return _receive_once(url, partial, most_bytes, deadline, says)
        except _Passing as trouble:
            if partial.size > furthest:
                failures, furthest = 0, partial.size
            failures += 1
            _check_time(deadline, partial)
            wait = max(FIRST_WAIT_SECONDS * 2 ** (failures - 1), trouble.wait_seconds)
            if failures >= TRIES:
                raise DataError(f"{trouble}, in {TRIES} tries.{_kept(partial)}") from trouble
            if trouble.wait_seconds > LONGEST_WAIT_SECONDS or time.monotonic() + wait > deadline:
                raise DataError(
                    f"{trouble}, and the next try would be in {wait:.0f} seconds.  Try again "
                    f"then.{_kept(partial)}"
                ) from trouble
            says(f"{trouble}; trying again in {wait:g} s")
            time.sleep(wait)
    return True


def _check_time(deadline: float, partial: Partial) -> None:
    if time.monotonic() > deadline:
        raise DataError(f"the transfer took longer than {TOTAL_SECONDS:g} seconds.{_kept(partial)}")


def _kept(partial: Partial) -> str:
    return "  What has come is kept: the same command goes on from there." if partial.size else ""


def _receive_once(
    url: str, partial: Partial, most_bytes: int, deadline: float, says: Callable[[str], None]
) -> bool:
    start = partial.size
    headers = {"User-Agent": "intentbench"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": partial.validator}
    says(f"downloading {url}" + (f", going on after {start:,} bytes" if start else ""))
    try:
        with opened(url, headers, STALL_SECONDS, deadline) as response:
            goes_on = _begin(response, partial, start, most_bytes)
            _store(response, partial, most_bytes, deadline, says)
            return goes_on
    except urllib.error.HTTPError as error:
        with error:
            raise _of_status(error, partial) from error
    except urllib.error.URLError as error:
        lasting = (socket.gaierror, ssl.SSLCertVerificationError, FileNotFoundError, str)
        kind = DataError if isinstance(error.reason, lasting) else _Passing
        raise kind(f"nothing is reached there: {error.reason}") from error
    except (http.client.InvalidURL, ValueError) as error:
        raise DataError(str(error)) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Passing(f"the transfer broke off: {error or type(error).__name__}") from error


def _of_status(error: urllib.error.HTTPError, partial: Partial) -> Exception:
    said = f"the server answers {error.code} {error.reason}".strip()
    if error.code == _RANGE_NOT_THERE:
        partial.discard()
        return _Passing(f"{said}: its file is not the one of before")
    if error.code in _COME_BACK:
        return _Passing(said, _retry_after(error.headers))
    if error.code in _MOVED:
        return DataError(
            f"the server redirects in a circle, or more often than {REDIRECTIONS} times."
        )
    return DataError(f"{said}.")


def _retry_after(headers: Message) -> float:
    """Seconds to wait, as a number or until a date; none where the server says nothing usable."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return 0.0
    # A date without a zone is read as one in UTC, which HTTP asks for.
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _begin(response: Any, partial: Partial, start: int, most_bytes: int) -> bool:
    """Say whether the server goes on from what is there; where it does not, start anew."""
    coming = _number(response.headers.get("Content-Length"))
    goes_on = response.status == http.HTTPStatus.PARTIAL_CONTENT
    if not goes_on:
        partial.begin(_validator(response.headers), coming)
    elif not _fits(response.headers, partial, start):
        partial.discard()
        raise _Passing("the server sends another part than was asked for")
    if coming is not None:
        _check_room(partial, coming, most_bytes)
    return goes_on


def _fits(headers: Message, partial: Partial, start: int) -> bool:
    """Whether a part begins where the one that is there ends, and is of the same version."""
    sent = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", headers.get("Content-Range", "").strip())
    return (
        sent is not None
        and int(sent[1]) == start
        and _number(sent[2]) in (None, partial.announced)
        and _validator(headers) in (None, partial.validator)
    )


def _check_room(partial: Partial, coming: int, most_bytes: int) -> None:
    if partial.body.stat().st_size + coming > most_bytes:
        raise DataError(f"the answer is larger than {most_bytes} bytes.")
    free = shutil.disk_usage(partial.place).free
    if coming > free:
        raise DataError(
            f"{coming:,} bytes are to come, and the disk of {partial.place.parent} has {free:,} "
            "left.  Make room there, or set XDG_CACHE_HOME to a folder on another disk."
        )


def _validator(headers: Message) -> str | None:
    """Give the server's name for this version of its file; a weak ETag does not name bytes."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _store(
    response: Any,
    partial: Partial,
    most_bytes: int,
    deadline: float,
    says: Callable[[str], None],
) -> None:
    announced = partial.announced
    of = "" if announced is None else f" of {announced / _MB:,.0f}"
    tell = time.monotonic() + _TELL_EVERY_SECONDS
    # Unbuffered: what has come is on the disk, whatever happens next.
    with partial.body.open("ab", buffering=0) as file:
        received = file.tell()
        while True:
            block = response.read1(_BLOCK)  # what has come, however little
            # At the deadline the connection is cut, which must not pass for the body's end.
            _check_time(deadline, partial)
            if not block:
                break
            received += len(block)
            if received > most_bytes:
                partial.discard()
                raise DataError(f"the answer is larger than {most_bytes} bytes.")
            partial.write(file, block)
            now = time.monotonic()
            if now > tell:
                says(f"  {received / _MB:,.0f}{of} MB")
                tell = now + _TELL_EVERY_SECONDS
    if announced is not None and received != announced:
        raise _Passing(f"the transfer ended after {received} of {announced} bytes")
