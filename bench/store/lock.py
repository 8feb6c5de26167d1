"""The lock of a results folder: one run at a time writes to it."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import StoreError

_NO_LOCKS = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK}
_MOST_DIGITS = 20  # of a process


def acquired(root: Path) -> FileLock:
    """Take the lock of a folder; the system releases it when this process is gone.

    Raises
    ------
    StoreError
        If another process holds it, it is no file of its own, or there are no locks here.
    OSError
        If the folder cannot be written.
    """
    holder = root / ".lock"
    # Whose process holds the lock is written into it: not into what a link leads to.
    if holder.is_symlink() or (holder.is_file() and holder.stat().st_nlink > 1):
        raise StoreError(f"{holder} is a link to another file.  Remove it, and run again.")
    lock = FileLock(holder, fallback_to_soft=False)
    try:
        with suppress(Timeout):
            lock.acquire(timeout=0)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        raise StoreError(
            f"the file system of {root} knows no locks ({error.strerror}), and two runs at a time "
            "could spoil its results.  Name a folder on another one with --results."
        ) from error
    if not lock.is_locked:
        said = holder.read_bytes()[:_MOST_DIGITS].decode("ascii", "replace")
        process = said if said.isdigit() else "unknown"
        raise StoreError(
            f"another run (process {process}) is writing to {root}.  Wait for it, or name another "
            "folder with --results."
        )
    try:
        holder.write_text(str(os.getpid()), encoding="ascii")
    except OSError:
        lock.release()
        raise
    return lock
