"""How many cells fit side by side into the memory of this machine."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from ..language.speaking import _, ngettext
from .work import Planned

_GB = 2**30
# What is left to all other programs, and to what estimates miss.
_SHARE = 0.9
_OF_CONTAINER = Path("/sys/fs/cgroup")
_MOST_NAMED = 3


@dataclass(frozen=True)
class MemoryPlan:
    """What cells may take together, and one alone.

    Parameters
    ----------
    free : int
        Bytes for all cells that are computed at a time.
    most : int
        Bytes at which a single cell is stopped.
    expected : callable
        Gives the bytes that a cell is likely to take for itself.
    shared : callable
        Gives the bytes that all cells of a task have in common.
    """

    free: int
    most: int
    expected: Callable[[Planned], int]
    shared: Callable[[str], int]

    def needs(self, cell: Planned) -> int:
        """Give the bytes that a cell takes at most: where it takes more, it is stopped."""
        return min(self.expected(cell), self.most)

    def fits(self, cell: Planned, running: Iterable[Planned]) -> bool:
        """Tell whether a cell may be started beside others; the first one always may."""
        beside = list(running)
        return not beside or self._together([*beside, cell]) <= self.free

    def at_a_time(self, cells: Sequence[Planned], jobs: int) -> int:
        """Count the cells that fit side by side, whichever they are; at least one."""
        largest = sorted(cells, key=self.needs, reverse=True)[:jobs]
        n = len(largest)
        while n > 1 and self._together(largest[:n]) > self.free:
            n -= 1
        return n

    def _together(self, cells: Sequence[Planned]) -> int:
        """Give the bytes that cells take side by side."""
        tasks = {cell.task for cell in cells}
        return sum(map(self.needs, cells)) + sum(map(self.shared, tasks))

    def told(self, cells: Sequence[Planned], jobs: int) -> list[str]:
        """Say what a user should know before cells are computed, in a line each."""
        if not cells:
            return []
        said, n = [], self.at_a_time(cells, jobs)
        largest = max(cells, key=self.needs)
        if n < min(jobs, len(cells)):
            said.append(
                ngettext(
                    "{n} cell at a time: memory ({model} on {task} is likely to take {need:.1f} "
                    "GB, {free:.1f} GB are free).",
                    "{n} cells at a time: memory ({model} on {task} is likely to take {need:.1f} "
                    "GB, {free:.1f} GB are free).",
                    n,
                ).format(
                    n=n,
                    model=largest.plugin.name,
                    task=largest.task,
                    need=self.needs(largest) / _GB,
                    free=self.free / _GB,
                )
            )
        room = min(self.free, self.most)
        too_large = [cell for cell in cells if self.expected(cell) > room]
        if too_large:
            said.append(self._of_too_large(too_large, room))
        return said

    def _of_too_large(self, cells: Sequence[Planned], room: int) -> str:
        names = list(dict.fromkeys(cell.plugin.name for cell in cells))
        shown = ", ".join(names[:_MOST_NAMED]) + (" ..." if len(names) > _MOST_NAMED else "")
        largest = max(cells, key=self.expected)
        told = {
            "models": shown,
            "task": largest.task,
            "need": self.expected(largest) / _GB,
            "room": room / _GB,
        }
        if self.most <= self.free:
            return _(
                "May be stopped for want of memory: {models}; a cell on {task} may need {need:.1f} "
                "GB, and is stopped at {room:.1f} ([limits] gigabytes in a suite file).  --rows "
                "takes a sample."
            ).format(**told)
        return _(
            "May not fit into this machine: {models}; a cell on {task} may need {need:.1f} GB, and "
            "{room:.1f} are free.  --rows takes a sample, --model leaves models out."
        ).format(**told)


def free_bytes() -> int:
    """Give the memory that cells may take: what is free on this machine, or in its container."""
    free = psutil.virtual_memory().available
    with suppress(OSError, ValueError, KeyError):  # where there is no limit, it says "max"
        most = int((_OF_CONTAINER / "memory.max").read_text(encoding="ascii"))
        used = int((_OF_CONTAINER / "memory.current").read_text(encoding="ascii"))
        kept = (_OF_CONTAINER / "memory.stat").read_text(encoding="ascii").splitlines()
        # Pages of files that nobody reads are given back when they are needed.
        idle = dict(line.split() for line in kept)["inactive_file"]
        free = min(free, most - used + int(idle))
    return int(_SHARE * max(free, 0))
