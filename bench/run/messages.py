"""What workers and their parent say to each other: a line of JSON each, with its request's id."""

import json
from typing import Any

from ..language.sentence import unplain

# Tells a worker that it was started from here, and not by hand.
FROM_FENCE = "--from-fence"
# READY before the first request; then of each: BEGUN, PREDICTED before the costs and before the
# drivers, where these are asked for, and one of the last two.
READY, BEGUN, PREDICTED, DONE, FAILED = "ready", "begun", "predicted", "done", "failed"
_SAYS = (READY, BEGUN, PREDICTED, DONE, FAILED)


class Unreadable(Exception):
    """A worker, or a plugin in it, said what cannot be meant."""


def read_message(line: bytes) -> dict[str, Any]:
    """Read what a worker says.

    Raises
    ------
    Unreadable
        If it is none of the messages above.
    """
    try:
        said = json.loads(line, object_hook=unplain)
    except (ValueError, RecursionError):
        raise Unreadable("it is no JSON") from None
    texts = ("says", "id", "message", "trace")
    if not isinstance(said, dict) or said.get("says") not in _SAYS:
        raise Unreadable("it is no message")
    if not all(isinstance(said.get(name, ""), str) for name in texts):
        raise Unreadable("it holds something else than text")
    left = said.get("left", [])
    if not isinstance(left, list) or not all(isinstance(text, str) for text in left):
        raise Unreadable("it holds something else than text")
    return said
