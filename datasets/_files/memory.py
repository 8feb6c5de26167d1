"""How much memory this process can still have."""

import resource
from contextlib import suppress
from pathlib import Path

import psutil

# Of the container that we may be in: Linux control groups, version 2.
_GROUP = Path("/sys/fs/cgroup")


def free_bytes() -> int:
    """Give what machine, container and the process's own limit leave, whichever is least."""
    free = [psutil.virtual_memory().available]
    with suppress(OSError, ValueError, LookupError):  # no container, or one without a limit
        most = int((_GROUP / "memory.max").read_text(encoding="ascii"))
        used = int((_GROUP / "memory.current").read_text(encoding="ascii"))
        lines = (_GROUP / "memory.stat").read_text(encoding="ascii").splitlines()
        facts = dict(line.split() for line in lines)
        # Files that were read are kept as long as nobody needs the room.
        free.append(most - used + int(facts["inactive_file"]))
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY:
        free.append(limit - psutil.Process().memory_info().vms)
    return max(0, min(free))
