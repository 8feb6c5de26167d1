"""The process in which cells run: reads a request a line, does the work, answers a line.

Started by ``worker_process`` with one thread for every numeric library.  A worker of models of the
house lives for many cells and holds the cases of one task and the outcomes of one split at a time;
one of other models lives for a single cell.
"""

import contextlib
import faulthandler
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from ..language.sentence import plain
from .keeper import go_on_as_kept_child
from .messages import BEGUN, FROM_FENCE, READY


def main() -> None:
    """Answer requests until the parent closes the channel or is gone."""
    if sys.argv[1:] != [FROM_FENCE]:
        sys.exit("error: workers are started by a run.  Start one: python -m intentbench run")
    go_on_as_kept_child()
    faulthandler.enable()
    requests, channel = _own_pipes()
    from .carry_out import answer  # brings numpy, pandas and scikit-learn

    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        # A cell's time begins when all imports are done.
        _say(channel, {"says": READY})
        for line in requests:
            request = json.loads(line)
            _say(channel, {"id": request["id"], "says": BEGUN})
            said = answer(request, _teller(channel, request["id"]))
            _say(channel, {"id": request["id"], **said})


def _own_pipes() -> tuple[TextIO, TextIO]:
    """Keep both channels to ourselves: what plugins print goes to the log."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, channel


def _say(channel: TextIO, said: dict[str, Any]) -> None:
    print(json.dumps(plain(said)), file=channel, flush=True)


def _teller(channel: TextIO, number: str) -> Callable[[dict[str, Any]], None]:
    return lambda said: _say(channel, {"id": number, **said})


if __name__ == "__main__":
    main()
