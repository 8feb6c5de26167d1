"""A run of test plugins that tests interrupt and kill: ``interrupted_run.py RESULTS [ENGINE]``.

Without words it is a template: it has imported all that a run needs, and is asked in lines of JSON
to fork one or how one has ended.  What a fork is spared are seconds in which nothing is at stake:
its own imports, those of the server that forks its workers, the reading of sources and versions.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from functools import partial
from pathlib import Path

from intentbench.bench.cluster.chosen import chosen_engine
from intentbench.bench.cluster.opening import opened
from intentbench.bench.errors import IntentbenchError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run import fork_server, start_worker
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.execute import execute_run
from intentbench.bench.run.messages import FROM_FENCE
from intentbench.bench.run.prepare import prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Suite
from intentbench.cli.progress import ProgressShown, tell
from rich.console import Console

with contextlib.suppress(ImportError):
    import distributed  # noqa: F401 - an extra, which some of the runs use

PLUGINS = Path(__file__).parent / "plugins"


def prepared():
    suite = Suite(
        name="toy",
        title="Toy",
        tasks=("toy_shop",),
        # Models of the house share a worker, and the last one gets a process for each cell.
        models=("logistic_regression", "decision_tree", "unhurried"),
        resampling=Resampling(folds=3),
    )
    models = Registry("model", [PLUGINS / "unhurried.py"])
    return prepare(suite, models, Registry("dataset", [PLUGINS / "toy_shop.py"]))


def main(results, engine="local"):
    console = Console(stderr=True)
    try:
        with (
            opened(chosen_engine(engine), 2, partial(tell, console)) as opened_engine,
            ProgressShown(console, opened_engine.jobs) as progress,
        ):
            about = {"command": "test"}
            execute_run(
                prepared(), Store(Path(results)), opened_engine.jobs, progress, about,
                engine=opened_engine,
            )  # fmt: skip
    except IntentbenchError as error:
        sys.exit(f"{type(error).__name__}: {error}")


class ForkedServer:
    """What the run asks of its fork server, as ``subprocess.Popen`` would answer."""

    def __init__(self, stdin):
        self.returncode = None
        self.pid = os.fork()
        if not self.pid:
            self._serve(stdin)

    def _serve(self, stdin):
        code = 1
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for number, end in enumerate((stdin.fileno(), nothing, nothing)):
                os.dup2(end, number)
            os.closerange(3, os.sysconf("SC_OPEN_MAX"))
            os.chdir("/")
            sys.argv = [fork_server.__file__, FROM_FENCE]
            fork_server.main()  # returns in each worker
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def poll(self):
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout):
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("fork server", timeout)
            time.sleep(0.001)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def start_server(server):
    """Stand in for ``_ForkServer._start``."""
    server._owner = os.getpid()
    server._socket, theirs = socket.socketpair()
    server._socket.settimeout(start_worker.START_SECONDS)
    with theirs:
        server._process = ForkedServer(theirs)


def forked():
    """Do what is asked; returns in each fork, with the words of its run."""
    plan_cells(prepared())  # what is read of models and libraries is kept
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        if "ended" in asked:
            pid, status = os.waitpid(asked["ended"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif not (answer := os.fork()):
            os.setsid()  # a signal of the test reaches nobody else
            os.environ.update(asked["environment"])
            for number, name in enumerate((os.devnull, asked["says"], asked["says"])):
                os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND), number)
            if asked["words"][-1] == "local":  # before there are other threads
                start_server(start_worker._SERVER)
            return asked["words"]
        print(json.dumps(answer), flush=True)
    sys.exit()


if __name__ == "__main__":
    main(*sys.argv[1:] or forked())
