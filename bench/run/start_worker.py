"""Start a worker: a process of its own, forked from a server that has imported what it needs."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Protocol

from .messages import FROM_FENCE
from .threads import ONE_THREAD

# Of the imports, which a busy machine makes long.
START_SECONDS = 120.0
_END_SECONDS = 5.0
# Where a model that is not ours would find more than it is given.
_NOT_PASSED_ON = ("PWD", "OLDPWD")


class Process(Protocol):
    """What ``subprocess.Popen`` and ``ForkedProcess`` have in common."""

    pid: int
    stdin: BinaryIO
    stdout: BinaryIO

    def poll(self) -> int | None:
        """Give the exit code, negative of a signal; None while it runs."""

    def wait(self, timeout: float) -> int:
        """Wait for the exit code; raises ``subprocess.TimeoutExpired``."""


def start_worker(folder: Path | None, log: BinaryIO) -> Process:
    """Start a worker, unbuffered at both ends.

    Parameters
    ----------
    folder : Path or None
        Where it works, and all it is told of where things are; None for where the parent does.
    log : binary file
        What it writes to stderr, and what its models print.
    """
    environment = _environment(os.environ, folder) | ONE_THREAD
    if sys.platform == "linux":
        with suppress(OSError, ValueError):
            return _SERVER.fork(environment, folder or Path.cwd(), log)
    return subprocess.Popen(
        _command("worker"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        stderr=log,
        cwd=folder,
        env=environment,
        start_new_session=True,  # Ctrl-C is for the parent, which then stops its workers
    )


class ForkedProcess:
    """A worker that the fork server has made; it has its own session.

    Parameters
    ----------
    pid : int
        Its own until its exit code was read, whatever becomes of it.
    stdin, stdout : binary file, unbuffered
    code : int
        End of the pipe that tells its exit code.
    """

    def __init__(self, pid: int, stdin: BinaryIO, stdout: BinaryIO, code: int) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._code = os.fdopen(code, "rb", 0)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Give the exit code, negative of a signal; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0.0)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for the exit code.

        Raises
        ------
        subprocess.TimeoutExpired
        """
        if self.returncode is None:
            told = select.poll()
            told.register(self._code, select.POLLIN)
            if not told.poll(1000 * timeout):
                raise subprocess.TimeoutExpired("worker", timeout)
            # Without a word the server is gone, and this worker, which it woke, is at its end.
            self.returncode = int(self._code.readline() or -signal.SIGKILL)
            self._code.close()
        return self.returncode


class _ForkServer:
    """The server of this process, started when the first worker is; see ``fork_server``."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen | None = None

    def fork(self, environment: Mapping[str, str], folder: Path, log: BinaryIO) -> ForkedProcess:
        """Have a worker forked.

        Raises
        ------
        OSError, ValueError
            If the server gives none.  The next call starts another.
        """
        ask, stdin = os.pipe()
        stdout, answer = os.pipe()
        code, tell = os.pipe()
        ours, theirs = (stdin, stdout, code), (ask, answer, tell)
        try:
            asked = json.dumps({"environment": dict(environment), "folder": str(folder)})
            with self._lock:
                pid = self._ask(asked, (ask, answer, log.fileno(), tell))
        except BaseException:
            for end in ours:
                os.close(end)
            raise
        finally:
            for end in theirs:
                os.close(end)
        return ForkedProcess(pid, os.fdopen(stdin, "wb", 0), os.fdopen(stdout, "rb", 0), code)

    def _ask(self, asked: str, ends: tuple[int, ...]) -> int:
        if not self._is_ours() or self._process.poll() is not None:
            self.end()
            self._start()
        try:
            self._process.send_signal(signal.SIGCONT)  # a plugin may stop whatever it finds
            socket.send_fds(self._socket, [f"{asked}\n".encode()], ends)
            return int(self._socket.recv(64))
        except BaseException:
            self.end()
            raise

    def _is_ours(self) -> bool:
        # A fork of this process has no say in what its parent has started.
        return self._process is not None and self._owner == os.getpid()

    def _start(self) -> None:
        self._owner = os.getpid()
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(START_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                _command("fork_server"),
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_environment(os.environ, Path("/")) | ONE_THREAD,
                start_new_session=True,
            )

    def end(self) -> None:
        """End the server, where there is one; its workers end with the pipes of their requests."""
        if not self._is_ours():
            return
        self._socket.close()
        self._process.kill()
        self._process.wait(_END_SECONDS)
        self._process = None


_SERVER = _ForkServer()
atexit.register(_SERVER.end)


def _command(module: str) -> list[str]:
    return [sys.executable, "-P", "-m", f"{__package__}.{module}", FROM_FENCE]


def _environment(given: Mapping[str, str], folder: Path | None) -> dict[str, str]:
    """Give a worker its environment: one with a folder of its own is told of no other."""
    if folder is None:
        return dict(given)
    kept = {
        name: value
        for name, value in given.items()
        if name not in _NOT_PASSED_ON and not name.startswith("INTENTBENCH_")
    }
    if "PYTHONPATH" in kept:
        kept["PYTHONPATH"] = os.pathsep.join(
            os.path.abspath(path) for path in kept["PYTHONPATH"].split(os.pathsep) if path
        )
    return kept | {"TMPDIR": str(folder)}
