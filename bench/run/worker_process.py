"""A worker as its parent sees it: started, asked, watched, and killed with all that it started."""

import json
import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from ..language.sentence import Sentence, Text
from ..suite.limits import Limits
from .messages import BEGUN, DONE, PREDICTED, READY, Unreadable, read_message
from .process_tree import descendants
from .start_worker import START_SECONDS, start_worker

_STOP_SECONDS = 5.0
_MOST_BYTES, _BYTES_AT_A_TIME, _READS_AT_A_TIME = 16 * 2**20, 2**16, 64
_LAST_WORDS = 4000


@dataclass(frozen=True)
class Answer:
    """What became of a request.

    ``status`` is ``"done"``, ``"failed"``, ``"crashed"``, ``"timed out"`` or ``"out of memory"``.
    ``facts`` are what the worker notes of a cell, unchecked; ``left`` says what the cell changed
    for those that come after it in the same process.
    """

    request: dict[str, Any]
    status: str
    message: Text
    trace: str = ""
    facts: Any = None
    left: tuple[str, ...] = ()


class Unheard(Exception):
    """A worker ended, or was stopped, before it took note of its request."""


class WorkerProcess:
    """One worker.

    Parameters
    ----------
    folder : Path, optional
        Where it works, and all it is told of where things are; by default where the parent does.
    """

    def __init__(self, folder: Path | None = None) -> None:
        # Without a name: plugins learn nothing by it, and it leaves nothing behind.
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `stop`
        self.process = start_worker(folder, self.log)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.memory = psutil.Process(self.process.pid)
        self.family, self.next_census = [], 0.0
        self.said = b""
        self.limit_of_start = START_SECONDS  # no model can help it
        self.request: dict[str, Any] | None = None
        self.stopped = False

    def take(self, request: dict[str, Any]) -> None:
        """Hand a request over; it is less than a pipe holds, so that nobody waits."""
        self.request, self.begun, self.predicted = request, False, None
        self.started = time.monotonic()
        # A worker that died while idle is noticed when its answer does not come.
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(request).encode() + b"\n")

    def look(self, limits: Limits) -> Answer | None:
        """Read what it says, without waiting; stop it where it broke a limit, lied or died.

        Raises
        ------
        Unheard
            If it is gone and had not taken note of its request.
        """
        try:
            answer = self._read() or self._watch(limits)
        except Unreadable as error:
            self.predicted = None
            answer = self._broken(
                "crashed", Sentence("its process gave no answer to be read: {why}", why=str(error))
            )
        if answer is None or answer.status == DONE:
            return answer
        # What was predicted before a model could not be timed counts.
        if self.predicted is not None:
            return replace(answer, status=DONE, message="", facts=self.predicted)
        if not self.begun:
            self.stop()
            raise Unheard(answer.message)
        return answer

    def _read(self) -> Answer | None:
        for _ in range(_READS_AT_A_TIME):  # whoever says more is watched in between
            try:
                new = os.read(self.process.stdout.fileno(), _BYTES_AT_A_TIME)
            except BlockingIOError:
                return None
            if not new:
                return self._ended()
            self.said += new
            while b"\n" in self.said:
                line, _, self.said = self.said.partition(b"\n")
                answer = self._heard(read_message(line))
                if answer is not None:
                    if self.said:
                        raise Unreadable("there were two of them")
                    return answer
            if len(self.said) > _MOST_BYTES:
                raise Unreadable("it has no end")
        return None

    def _heard(self, said: dict[str, Any]) -> Answer | None:
        if said["says"] == READY:
            if not self.limit_of_start:
                raise Unreadable("it started twice")
            self.limit_of_start, self.started = 0.0, time.monotonic()
            return None
        if said.get("id") != self.request["id"]:
            raise Unreadable("it belongs to another request")
        if said["says"] == BEGUN:
            self.begun = True
        elif said["says"] == PREDICTED:
            self.predicted = said.get("facts")
        else:
            return Answer(
                self.request, said["says"], said.get("message", ""), said.get("trace", ""),
                said.get("facts"), tuple(said.get("left", ())),
            )  # fmt: skip
        return None

    def _watch(self, limits: Limits) -> Answer | None:
        if time.monotonic() - self.started > limits.seconds + self.limit_of_start:
            return self._broken(
                "timed out",
                Sentence("took longer than the limit of {limit:g} s", limit=limits.seconds),
            )
        if self._resident_bytes() > limits.gigabytes * 2**30:
            return self._broken(
                "out of memory",
                Sentence("grew beyond the limit of {limit:g} GB of memory", limit=limits.gigabytes),
            )
        # Its keeper is gone, and whoever still holds the channel says nothing that counts.
        return self._ended() if self.process.poll() is not None else None

    def _broken(self, status: str, message: Text) -> Answer:
        self.stop()
        return Answer(self.request, status, message)

    def _ended(self) -> Answer:
        try:
            code = self.process.wait(1.0)
            how = Sentence("its process ended with code {code}", code=code)
            if code < 0:
                with suppress(ValueError):
                    how = Sentence(
                        "its process was ended by signal {number} ({name})",
                        number=-code,
                        name=signal.Signals(-code).name,
                    )
        except subprocess.TimeoutExpired:
            how = Sentence("its process closed its channel and went on")
        words = self._last_words()
        self.stop()
        return Answer(self.request, "crashed", how, words)

    def _last_words(self) -> str:
        size = os.fstat(self.log.fileno()).st_size
        words = os.pread(self.log.fileno(), _LAST_WORDS, max(0, size - _LAST_WORDS))
        return words.decode("utf-8", "replace")

    def _resident_bytes(self) -> int:
        with suppress(psutil.NoSuchProcess):
            # Children come seldom: once a second is enough.
            if not self.family or time.monotonic() > self.next_census:
                self.next_census = time.monotonic() + 1.0
                # Without its keeper, which holds what it was forked from and grows by nothing.
                self.family = descendants(self.memory)
            return sum(process.memory_info().rss for process in self.family)
        self.next_census = 0.0  # a child has left
        return 0

    def stop(self) -> None:
        """Kill it and all that it started; waits for a limited time, whatever holds them."""
        if self.stopped:
            return
        self.stopped = True
        with suppress(psutil.Error):
            self.family = self.memory.children(recursive=True)
        # Its keeper kills all that is below it when the pipe of requests is closed.
        self.process.stdin.close()
        with suppress(ProcessLookupError, PermissionError):
            os.kill(self.process.pid, signal.SIGCONT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOP_SECONDS)
        for left in (
            *self.family,
            self.memory,
        ):  # a keeper may have been killed or stopped before it could
            with suppress(psutil.Error):
                left.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOP_SECONDS)
        self.process.stdout.close()
        self.log.close()
