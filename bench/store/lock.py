"""Locks on files of a results folder, released by the system when their process is gone."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ..errors import StoreError

_NO_LOCKS = {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK}
_MOST_DIGITS = 20  # of a process


def acquired(holder: Path, *, seconds: float = 0.0) -> FileLock | None:
    """Take the lock of a file, which is made where it is not there.

    Parameters
    ----------
    holder : Path
        This process notes its number in it.
    seconds : float, default=0.0
        How long to wait for whoever holds it.

    Returns
    -------
    FileLock or None
        None if another process held it all the time.

    Raises
    ------
    StoreError
        If it is no file of its own, or there are no locks here.
    OSError
        If the folder cannot be written.
    """
    # Whose process holds the lock is written into it: not into what a link leads to.
    if holder.is_symlink() or (holder.is_file() and holder.stat().st_nlink > 1):
        raise StoreError(f"{holder} is a link to another file.  Remove it, and run again.")
    lock = FileLock(holder, fallback_to_soft=False)
    try:
        with suppress(Timeout):
            lock.acquire(timeout=seconds)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        raise StoreError(
            f"the file system of {holder.parent} knows no locks ({error.strerror}), and two runs "
            "at a time could spoil its results.  Name a folder on another one with --results."
        ) from error
    if not lock.is_locked:
        return None
    try:
        holder.write_text(str(os.getpid()), encoding="ascii")
    except OSError:
        lock.release()
        raise
    return lock


def holder_of(holder: Path) -> str:
    """Give the number of the process that holds a lock, as far as that is told."""
    try:
        said = holder.read_bytes()[:_MOST_DIGITS].decode("ascii", "replace")
    except OSError:  # let go meanwhile
        return "unknown"
    return said if said.isdigit() else "unknown"
