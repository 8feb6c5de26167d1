"""The service: routes, limits, and who does what where.

The event loop reads and writes bytes, and nothing else: bodies are parsed and cases scored by one
thread beside it.  One thread, as a model need not bear to be asked twice at a time.
"""

import asyncio
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..deploy.manifest import Manifest
from ..errors import did_you_mean, said_in_a_line
from .counters import MEDIA_TYPE, Counters
from .limits import Limits
from .openapi import document
from .refusals import Fault, RefusedError
from .scoring import Scoring

_OPEN_TO_ALL = ("/health", "/ready")
_GONE = 499  # of no standard; for the counts alone: nobody reads the answer
_SOON = {"retry-after": "1"}
_LOG = logging.getLogger("uvicorn.error")


class Service:
    """A model behind HTTP.

    Parameters
    ----------
    load : callable
        Gives what answers bodies; called in the thread that scores, while ``/ready`` says no.
    manifest : Manifest
        Of the same model.
    limits : Limits
    token : str
        What clients must bring; empty where everybody may ask.
    """

    def __init__(
        self, load: Callable[[], Scoring], manifest: Manifest, limits: Limits, token: str = ""
    ):
        self._load = load
        self._manifest = manifest
        self._limits = limits
        self._token = token.encode()
        self._scoring: Scoring | None = None
        self._why_not = "The model is being loaded."
        self._waiting = 0
        self._counters = Counters(
            manifest.model.name, manifest.model.title, [one.name for one in manifest.columns]
        )
        self._worker = ThreadPoolExecutor(1, "scoring")
        self._paths: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/predict": self._predict,
            "/health": self._health,
            "/ready": self._ready,
            "/model": self._model,
            "/metrics": self._metrics,
            "/openapi.json": self._document,
        }

    def app(self) -> Starlette:
        """Give the application that a server of ASGI runs."""
        routes = [
            Route(path, self._endpoint(path), methods=["POST" if path == "/predict" else "GET"])
            for path in self._paths
        ]
        return Starlette(
            routes=routes,
            lifespan=self._lifespan,
            exception_handlers={HTTPException: self._no_route},
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        loading = asyncio.get_running_loop().run_in_executor(self._worker, self._prepare)
        yield
        await asyncio.wait([loading])
        self._worker.shutdown()

    def _prepare(self) -> None:
        # The fence around loading: what it raises belongs into the answer of /ready.
        try:
            scoring = self._load()
            with suppress(RefusedError):  # an example need not be a case that there is
                scoring.answer(json.dumps(scoring.example()).encode())  # compiles, fills caches
        except Exception as error:
            self._why_not = f"The model cannot be loaded: {said_in_a_line(error)}"
            _LOG.error(self._why_not)
        else:
            self._scoring = scoring

    def _endpoint(self, path: str) -> Callable[[Request], Awaitable[Response]]:
        answer = self._paths[path]

        async def endpoint(request: Request) -> Response:
            begun = time.perf_counter()
            try:
                if path not in _OPEN_TO_ALL:
                    self._check_token(request)
                response = await answer(request)
            except RefusedError as refused:
                response = _refusal(refused)
            except ClientDisconnect:
                response = Response(status_code=_GONE)
            # The fence around models: what nobody foresaw is told in a line, and costs one request.
            except Exception as error:
                _LOG.exception("%s was not answered", path)
                said = f"A fault of the service or of its model: {said_in_a_line(error)}."
                response = _refusal(RefusedError.of_all(500, said))
            self._counters.request(path, response.status_code, time.perf_counter() - begun)
            return response

        return endpoint

    async def _predict(self, request: Request) -> Response:
        _check_media_type(request.headers)
        body = await self._body(request)
        scoring = self._ready_scoring()
        if self._waiting >= self._limits.waiting:
            raise RefusedError.of_all(
                503, "Too many requests wait already.  Try again in a second, or ask less often."
            )
        self._waiting += 1
        scored = asyncio.get_running_loop().run_in_executor(self._worker, scoring.answer, body)
        scored.add_done_callback(self._done)
        try:
            # Not cancelled when time is up: a thread goes on until it is done.
            answer = await asyncio.wait_for(asyncio.shield(scored), self._limits.seconds)
        except TimeoutError:
            raise RefusedError.of_all(
                503,
                f"There was no answer within {self._limits.seconds:g} s.  Send fewer cases in a "
                "request, or give the service more time: --seconds.",
            ) from None
        self._counters.scored(answer)
        return Response(answer.content, media_type="application/json")

    def _done(self, scored: "asyncio.Future[Any]") -> None:
        self._waiting -= 1
        if not scored.cancelled():
            scored.exception()  # seen, although nobody may wait for it any more

    async def _body(self, request: Request) -> bytes:
        most = self._limits.body_bytes
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > most:
            raise _too_long(most)
        parts, n_bytes = [], 0
        try:
            async with asyncio.timeout(self._limits.seconds):
                async for part in request.stream():
                    n_bytes += len(part)
                    if n_bytes > most:
                        raise _too_long(most)
                    parts.append(part)
        except TimeoutError:
            raise RefusedError.of_all(
                408, f"The body did not arrive within {self._limits.seconds:g} s.  Send it again."
            ) from None
        return b"".join(parts)

    def _ready_scoring(self) -> Scoring:
        if self._scoring is None:
            raise RefusedError.of_all(503, self._why_not)
        return self._scoring

    async def _health(self, request: Request) -> Response:
        return _json({"status": "alive"})

    async def _ready(self, request: Request) -> Response:
        self._ready_scoring()
        return _json({"status": "ready"})

    async def _model(self, request: Request) -> Response:
        return _json(asdict(self._manifest))

    async def _metrics(self, request: Request) -> Response:
        return Response(self._counters.text(), media_type=MEDIA_TYPE)

    async def _document(self, request: Request) -> Response:
        return _json(document(self._ready_scoring(), with_token=bool(self._token)))

    def _check_token(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if self._token and not hmac.compare_digest(given, b"Bearer " + self._token):
            raise RefusedError.of_all(
                401, "A token is needed: send the header Authorization: Bearer TOKEN."
            )

    async def _no_route(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        path = request.url.path
        if error.status_code == 405:
            wanted = "POST" if path == "/predict" else "GET"
            said = f"{path} answers {wanted}, not {request.method[:20]}."
        else:
            said = (
                f"There is nothing at {path[:80]!r}.{did_you_mean(path, self._paths)}  There are "
                f"{', '.join(self._paths)}."
            )
        self._counters.request("other", error.status_code, 0.0)
        refused = RefusedError.of_all(error.status_code, said)
        return _refusal(refused, dict(error.headers or {}))


def _check_media_type(headers: Mapping[str, str]) -> None:
    kind, _, more = headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json":
        raise RefusedError.of_all(
            415,
            f"The body is announced as {kind[:60]!r}.  Send JSON with the header Content-Type: "
            "application/json.",
        )
    charset = more.strip().lower().removeprefix("charset=").strip('"')
    if charset not in ("", "utf-8", "utf8"):
        raise RefusedError.of_all(
            415, f"The body is announced with {more.strip()[:60]!r}; send UTF-8."
        )
    packed = headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise RefusedError.of_all(415, f"The body is packed ({packed[:60]!r}).  Send it as it is.")


def _too_long(most: int) -> RefusedError:
    return RefusedError.of_all(
        413, f"The body has more than {most:,} bytes.  Send fewer cases in a request."
    )


def _refusal(refused: RefusedError, headers: Mapping[str, str] | None = None) -> Response:
    more = dict(headers or {})
    if refused.status == 401:
        more["www-authenticate"] = "Bearer"
    if refused.status == 503:
        more |= _SOON
    faults = refused.faults or (Fault("", "The request cannot be answered."),)
    return _json({"errors": [asdict(fault) for fault in faults]}, refused.status, more)


def _json(
    value: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    # All letters outside of ASCII are escaped, so that what a client sent can always be told back.
    return Response(json.dumps(value).encode(), status, headers, "application/json")
