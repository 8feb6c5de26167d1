"""Worker processes behind a fence: a crash, a hang or a runaway costs the cell in hand only."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from ..suite.suite import Limits
from .threads import ONE_THREAD

_POLL_SECONDS = 0.05
# Of a worker's imports, which a busy machine makes long and no model can help.
_START_SECONDS = 120.0
READY = "ready"
# Tells a worker that it was started from here, and not by hand.
FROM_FENCE = "--from-fence"


@dataclass(frozen=True)
class Answer:
    """What became of a request.

    ``status`` is ``"done"``, ``"failed"``, ``"crashed"``, ``"timed out"``, ``"out of memory"`` or
    ``"store"`` (the results folder could not be written).
    """

    request: dict[str, Any]
    status: str
    message: str
    trace: str = ""


class Fence:
    """A few worker processes, each replaced when it has to be stopped.

    Parameters
    ----------
    jobs : int
        Workers at a time.
    limits : Limits
        Of one request.
    logs : Path
        Folder for what workers and plugins print.
    """

    def __init__(self, jobs: int, limits: Limits, logs: Path) -> None:
        self.jobs = jobs
        self.limits = limits
        self.logs = logs

    def answers(self, requests: Iterable[dict[str, Any]]) -> Iterator[Answer]:
        """Hand the requests out in order and give the answers as they come."""
        waiting = iter(requests)
        workers: list[_Worker] = []
        try:
            for request in waiting:
                workers.append(_Worker(self.logs / f"worker-{len(workers)}.log"))
                workers[-1].take(request)
                if len(workers) == self.jobs:
                    break
            while any(worker.request for worker in workers):
                for worker in workers:
                    if worker.request is None:
                        continue
                    answer = worker.look(self.limits)
                    if answer is not None:
                        yield answer
                        following = next(waiting, None)
                        if following is not None:
                            worker.take(following)
        finally:
            for worker in workers:
                worker.stop()


class _Worker:
    def __init__(self, log: Path) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.request: dict[str, Any] | None = None

    def take(self, request: dict[str, Any]) -> None:
        if self.process is None:
            self._start()
        self.request = request
        self.started = time.monotonic()
        # A worker that died while idle is noticed when its answer does not come.
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(request).encode() + b"\n")

    def _start(self) -> None:
        command = [sys.executable, "-P", "-m", f"{__package__}.worker", FROM_FENCE]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,  # the selector cannot see an answer that a buffer has already taken in
                stderr=log,
                env=os.environ | ONE_THREAD,
                start_new_session=True,  # Ctrl-C is for the parent, which then stops its workers
            )
        self.limit_of_start = _START_SECONDS
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.memory = psutil.Process(self.process.pid)
        self.family, self.next_census = [self.memory], 0.0

    def look(self, limits: Limits) -> Answer | None:
        """Wait a moment for the answer; stop the worker where it broke a limit or died."""
        if self.selector.select(_POLL_SECONDS):
            line = self.process.stdout.readline()
            if line.endswith(b"\n"):
                said = json.loads(line)
                if said["status"] == READY:
                    self.limit_of_start, self.started = 0.0, time.monotonic()
                    return None
                return self._answer(said["status"], said.get("message", ""), said.get("trace", ""))
            return self._ended()
        if time.monotonic() - self.started > limits.seconds + self.limit_of_start:
            self.stop()
            return self._answer("timed out", f"took longer than the limit of {limits.seconds:g} s")
        if self._resident_bytes() > limits.gigabytes * 2**30:
            self.stop()
            return self._answer(
                "out of memory", f"grew beyond the limit of {limits.gigabytes:g} GB of memory"
            )
        return None

    def _answer(self, status: str, message: str, trace: str = "") -> Answer:
        request, self.request = self.request, None
        return Answer(request, status, message, trace)

    def _ended(self) -> Answer:
        code = self.process.wait()
        self.stop()
        if code < 0:
            with suppress(ValueError):
                how = f"was ended by signal {-code} ({signal.Signals(-code).name})"
                return self._answer("crashed", f"its process {how}", self._last_words())
        return self._answer("crashed", f"its process ended with code {code}", self._last_words())

    def _last_words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def _resident_bytes(self) -> int:
        with suppress(psutil.NoSuchProcess):
            # Finding children means reading the whole process table: once a second is enough.
            if time.monotonic() > self.next_census:
                self.next_census = time.monotonic() + 1.0
                self.family = [self.memory, *self.memory.children(recursive=True)]
            return sum(process.memory_info().rss for process in self.family)
        self.next_census = 0.0  # a child has left
        return 0

    def stop(self) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.selector.close()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process = None
