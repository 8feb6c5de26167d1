"""Temporary folders of ours, known by their names after a process was killed."""

import os
from tempfile import TemporaryDirectory


def temporary_folder() -> "TemporaryDirectory[str]":
    """Make a folder that goes with its context.

    It bears the number of this process: where that is killed, a later run sees that nobody uses
    the folder, and removes it.
    """
    return TemporaryDirectory(prefix=f"intentbench-{os.getpid()}-")
