"""How a command ends when it does not end well: stopped by a signal, or by what nobody foresaw."""

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from ..bench.errors import EXIT_BY_SIGNAL, EXIT_REQUEST_WRONG, EXIT_UNFORESEEN
from ..bench.language.speaking import _, marked
from ..bench.plugins.registry import ROOT
from .output import say

_MOST_LETTERS, _MOST_OF_NAME = 600, 60
_GOES_ON = (
    marked("interrupted: all finished cells are stored; the same command goes on from here."),
    marked("interrupted: nothing was written.  The same command starts again."),
)


class Stopping:
    """Whether a signal has asked the process to end, and which: 0 as long as none has.

    Libraries turn the exception that a signal raises into errors of their own; what was asked is
    noted here.
    """

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Note the signal, and leave whatever is being done."""
        self.number = number
        raise KeyboardInterrupt


@contextmanager
def signals_noted() -> Iterator[Stopping]:
    """Let Ctrl-C and a termination end the command in the same way: orderly."""
    stopping = Stopping()
    before = {}
    with suppress(ValueError):  # only the main thread may
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, stopping)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_by_signal(number: int, stores_cells: bool) -> int:
    """Say that the command was stopped, and how to go on; gives the exit code."""
    say(f"\n{_(_GOES_ON[not stores_cells])}", file=sys.stderr)
    return EXIT_BY_SIGNAL + number


def end_without_memory() -> int:
    """Say that there is too little memory; gives the exit code."""
    say(
        "error: there is not enough memory for this.  Give it fewer rows or columns, or fewer "
        "workers (--jobs 1).",
        file=sys.stderr,
    )
    return EXIT_REQUEST_WRONG


def end_for_long_name(error: OSError) -> int:
    """Say that a name is longer than the system's names can be; gives the exit code."""
    name = str(error.filename)
    say(
        f"error: a name of {len(name)} letters is longer than the name of a file or folder can be: "
        f"{name[:_MOST_OF_NAME]}...  Was something else pasted?",
        file=sys.stderr,
    )
    return EXIT_REQUEST_WRONG


def end_unforeseen(error: BaseException, debug: bool) -> int:
    """Tell of an error that nobody foresaw, on one screen; gives the exit code."""
    if debug:
        traceback.print_exc()
    try:
        words = " ".join(str(error).split())
    except Exception:  # an error whose own words are an error
        words = ""
    kind = type(error).__name__
    said = f"{kind}: {words}" if words else kind
    if len(said) > _MOST_LETTERS:
        said = f"{said[:_MOST_LETTERS]}..."
    say(
        f"error: something happened that intentbench does not foresee: {said}{_where(error)}\n\n"
        "This is a fault of intentbench, and not of your request.  Please report it as an issue: "
        "give\nthe command, what `intentbench --version` says, and what the same command prints "
        "with --debug.",
        file=sys.stderr,
    )
    return EXIT_UNFORESEEN


def _where(error: BaseException) -> str:
    """Name the last line of ours that was reached."""
    ours = [
        f"{Path(frame.filename).relative_to(ROOT).as_posix()}, line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(ROOT)
        and "site-packages" not in Path(frame.filename).relative_to(ROOT).parts
    ]
    return f" ({ours[-1]})" if ours else ""


def stop_writing() -> None:
    """Give standard output up: Python would complain once more when it closes the stream."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
