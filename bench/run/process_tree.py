"""What a process has started, and what these have: looked up time and again, so cheaply."""

from pathlib import Path

import psutil


def descendants(process: psutil.Process) -> list[psutil.Process]:
    """Give all processes below one.

    Linux lists the children of each thread.  Where it does not, and on other systems, the whole
    process table is read, which takes a hundred times longer.

    Raises
    ------
    psutil.NoSuchProcess
        If the process is gone, or one below it has just ended.
    """
    if not _lists_children():
        return process.children(recursive=True)
    found, waiting = [], [process.pid]
    while waiting:
        children = _children(waiting.pop())
        found += children
        waiting += children
    return [psutil.Process(pid) for pid in found]


def _lists_children() -> bool:
    return Path("/proc/thread-self/children").exists()


def _children(pid: int) -> list[int]:
    try:
        of_threads = [
            file.read_text(encoding="ascii")
            for file in Path(f"/proc/{pid}/task").glob("*/children")
        ]
    except OSError as error:  # a thread has just ended
        raise psutil.NoSuchProcess(pid) from error
    return [int(child) for children in of_threads for child in children.split()]
