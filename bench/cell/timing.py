"""What a plugin's code takes: processor time, and time by the clock."""

import resource
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Took:
    """Seconds of all threads and child processes, and seconds by the clock."""

    processor: float
    wall: float


class Timer:
    """Times what is done from now on.

    On a busy machine the clock says how busy it is.  What a model costs are its seconds of
    processor time, all its threads and the processes that it starts included.
    """

    def __init__(self) -> None:
        # Looking for children is no part of what is timed.
        self._of_children = _seconds_of_children()
        self._wall, self._own = time.perf_counter(), time.process_time()

    def took(self) -> Took:
        """Give what was taken since."""
        own, wall = time.process_time(), time.perf_counter()
        of_children = max(0.0, _seconds_of_children() - self._of_children)
        return Took(own - self._own + of_children, wall - self._wall)


def _seconds_of_children() -> float:
    """Sum the processor time of children: those that have ended, and those that are running."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = ended.ru_utime + ended.ru_stime
    if not _may_have_children():
        return seconds
    import psutil  # seldom needed

    for child in psutil.Process().children(recursive=True):
        try:
            # Its own time, and that of its children that have ended.
            seconds += sum(child.cpu_times()[:4])
        except psutil.Error:
            continue  # it has just ended
    return seconds


def _may_have_children() -> bool:
    """Tell at once where Linux lists them; elsewhere all processes must be looked at."""
    lists = list(Path("/proc/self/task").glob("*/children"))
    try:
        return not lists or any(of_thread.read_text() for of_thread in lists)
    except OSError:  # a thread has just ended
        return True
