"""What can go wrong, by who has to act: one root, five branches."""

import difflib
from collections.abc import Iterable

EXIT_DONE, EXIT_CELLS_FAILED, EXIT_REQUEST_WRONG = 0, 1, 2
# Watching a model at work has found something.
EXIT_FOUND = 3
# An error of this program's own, by the custom of sysexits.h.  A signal's number is added to 128.
EXIT_UNFORESEEN, EXIT_BY_SIGNAL = 70, 128


class IntentbenchError(Exception):
    """Root of all errors that carry a message meant for the user."""

    exit_code = EXIT_REQUEST_WRONG


class RequestError(IntentbenchError):
    """The request cannot be carried out as it was written; nothing was run."""


class DataError(IntentbenchError):
    """A data set is missing, damaged or not what its card says."""


class ModelError(IntentbenchError):
    """A model plugin broke its contract; it costs its own cell only."""

    exit_code = EXIT_CELLS_FAILED


class StoreError(IntentbenchError):
    """The results folder cannot be read or written."""


class EngineError(IntentbenchError):
    """Whoever is to compute the cells is not there, or not as it must be."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give a half-sentence with the known name nearest to a mistyped one, or nothing."""
    known = list(known)
    near = [other for other in known if other.lower() == name.lower()]
    near += difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"  Did you mean {near[0]!r}?" if near else ""


def said_in_a_line(error: Exception) -> str:
    """Give the kind of an error and what it says, without line breaks and not at any length."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
