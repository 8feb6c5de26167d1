"""A fork server: imports once what every worker needs, and forks a worker where one is asked for.

Importing pandas, SciPy and scikit-learn takes more than a second of processor time, a fork some
milliseconds.  The server runs no model and loads no plugin: what it forks is as a worker that was
just started.  Only on Linux; on macOS, system libraries do not survive a fork.

The parent asks through a socket: a line of JSON, and with it the ends of four pipes and files.  The
last of them is told the worker's exit code.  A server that is not asked for a while ends.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
import warnings
from typing import Any

import numpy as np

from .keeper import wake_with_parent
from .messages import FROM_FENCE
from .worker import main as work

# What carrying a cell out brings with its first case, and a keeper with its last: read on demand,
# each worker would load them again.
_BROUGHT_LATE = (
    "intentbench.bench.tabular",
    "pandas.core.arrays.arrow.extension_types",
    "psutil",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
)
_IDLE_SECONDS = 60.0
_MOST_BYTES = 2**20
_N_ENDS = 4


def main() -> None:
    """Fork workers until the parent closes the socket or is gone."""
    if sys.argv[1:] != [FROM_FENCE]:
        sys.exit("error: workers are started by a run.  Start one: python -m intentbench run")
    wake_with_parent()
    from . import carry_out  # noqa: F401 - brings pandas and scikit-learn

    for name in _BROUGHT_LATE:
        importlib.import_module(name)
    gc.freeze()  # or each worker would copy what it only looks at
    _Server(socket.socket(fileno=os.dup(0))).serve()
    work()


class _Server:
    """The server, until a fork of it becomes a worker.

    Parameters
    ----------
    parent : socket
    """

    def __init__(self, parent: socket.socket) -> None:
        self.parent = parent
        self.woken, self.wake = os.pipe()
        os.set_blocking(self.wake, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self.wake)
        self.events = select.poll()
        self.events.register(self.parent, select.POLLIN)
        self.events.register(self.woken, select.POLLIN)
        # By the end of the pipe that is told: a worker, and whether its exit code was.
        self.workers: dict[int, int] = {}
        self.told: set[int] = set()
        self.forgotten: set[int] = set()

    def serve(self) -> None:
        """Serve; returns in each worker, and never in the server."""
        while True:
            seen = self.events.poll(1000 * _IDLE_SECONDS)
            if not seen and not self.workers:
                os._exit(0)
            for number, _ in seen:
                if number == self.woken:
                    os.read(self.woken, 512)
                elif number != self.parent.fileno():
                    self._forget(number)
                elif self._is_fork():
                    return
            self._reap()

    def _is_fork(self) -> bool:
        """Read what is asked and fork; tells the worker from the server."""
        said, ends, _, _ = socket.recv_fds(self.parent, _MOST_BYTES, _N_ENDS)
        while said and not said.endswith(b"\n"):
            said += self.parent.recv(_MOST_BYTES)
        if not said:
            os._exit(0)
        with warnings.catch_warnings():
            # The only other thread is one of Arrow's allocator, which sees to forks.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            self._become_worker(json.loads(said), ends)
            return True
        self.workers[ends[3]] = child
        self.events.register(ends[3], 0)  # tells when the parent listens no more
        for end in ends[:3]:
            os.close(end)
        self.parent.sendall(f"{child}\n".encode())
        return False

    def _become_worker(self, asked: dict[str, Any], ends: list[int]) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.parent.close()
        os.setsid()
        for number, end in enumerate(ends[:3]):
            os.dup2(end, number)
        for end in (*ends, *self.workers, self.woken, self.wake):
            os.close(end)
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        # What a process finds out or draws when it starts.
        tempfile.tempdir = None
        np.random.seed()  # noqa: NPY002 - the generator that plugins may use

    def _reap(self) -> None:
        for end, pid in self.workers.items():
            # It stays a zombie, and its number its own, until the parent has done with it.
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is not None and end not in self.told:
                self.told.add(end)
                code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
                with contextlib.suppress(BrokenPipeError):
                    os.write(end, f"{code}\n".encode())
        self.forgotten = {pid for pid in self.forgotten if os.waitpid(pid, os.WNOHANG) == (0, 0)}

    def _forget(self, end: int) -> None:
        self.events.unregister(end)
        os.close(end)
        self.told.discard(end)
        self.forgotten.add(self.workers.pop(end))


if __name__ == "__main__":
    main()
