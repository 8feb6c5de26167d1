"""A keeper: a small process between the parent and a worker, which lets nothing outlive either.

A worker forks before it answers anything.  Its child goes on as the worker; the first process
becomes the child's keeper.  Whatever the worker starts stays below the keeper, in sessions of its
own and orphaned too, since Linux hands orphans to the nearest ancestor that asks for them.  When
the worker ends, or the parent closes the pipe of requests or dies, the keeper kills all that is
left and ends as the worker did.  Other systems lack the two calls that see to orphans; there,
children and process groups are ended, and grandchildren that left their group are not.
"""

import ctypes
import os
import resource
import select
import signal
import sys
import time
from contextlib import suppress

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_KILLING_SECONDS = 4.0


def go_on_as_kept_child() -> None:
    """Fork: the caller goes on as the child; the first process keeps it and never returns.

    Standard input must be the pipe of requests: that it is closed tells of the parent's end.
    """
    wake_with_parent()
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    keeper = os.getpid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    # Before the fork: a child that ends at once must not go unnoticed.
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wake)
    child = os.fork()
    if child:
        _keep(child, woken)
    signal.set_wakeup_fd(-1)
    os.close(woken)
    os.close(wake)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setpgid(0, 0)  # to be killed with all that stays in its group
    die_with(keeper)


def wake_with_parent() -> None:
    """Make the kernel wake this process, should it have been stopped, when its parent ends.

    That the parent is gone is then seen by what it held open.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)


def die_with(parent: int) -> None:
    """Make the kernel kill this process when its parent ends, whatever holds the interpreter.

    Parameters
    ----------
    parent : int
        Process id as it was before this process was made: a parent that died since is noticed.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(what: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _keep(child: int, woken: int) -> None:
    # The channel of answers must close when the worker closes it.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    asked = select.poll()
    asked.register(0, 0)  # tells of its end alone: requests are for the child
    asked.register(woken, select.POLLIN)
    status = None
    while status is None:
        ready = dict(asked.poll())
        if 0 in ready:
            break
        os.read(woken, 512)
        status = _reap(child)
    status = _kill_all(child, status)
    if status is not None and os.WIFSIGNALED(status):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        number = os.WTERMSIG(status)
        with suppress(OSError, ValueError):  # there is no handler of SIGKILL to be reset
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status) if status is not None else 1)


def _reap(child: int) -> int | None:
    """Take note of all children that ended; give the status of the worker where it is one."""
    found = None
    with suppress(ChildProcessError):
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if not ended:
                break
            found = status if ended == child else found
    return found


def _kill_all(child: int, status: int | None) -> int | None:
    """Kill the worker's group, then all that is left below; gives the status of the worker."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    until = time.monotonic() + _KILLING_SECONDS
    while time.monotonic() < until:
        try:
            ended, found = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if ended:
            status = found if ended == child else status
            continue
        for process in _below():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.005)
    return status


def _below() -> list[int]:
    import psutil  # seldom needed, and not by the worker yet

    return [process.pid for process in psutil.Process().children(recursive=True)]
