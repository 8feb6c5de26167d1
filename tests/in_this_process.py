"""An engine of tests: cells are carried out in the process that asks, without a fence.

A worker of a plugin's own costs twenty times what its toy cell does.  This is for tests of what
becomes of many cells; what processes are for, ``bench/run`` tests with real ones.
"""

import json
from functools import partial

from intentbench.bench.language.sentence import plain
from intentbench.bench.run.carry_out import answer
from intentbench.bench.run.engine import Outcome
from intentbench.bench.run.sender import Sender
from intentbench.bench.run.worker_process import Answer


class InThisProcess:
    """See ``Engine``: requests and answers are those of workers."""

    jobs = 1

    def outcomes(self, work, cells, store, scratch, expected):
        sender = Sender(work, store, scratch)
        for cell in cells:
            request = sender.request(cell)
            said = json.loads(json.dumps(plain(answer(request, lambda said: None))))
            told = Answer(
                request, said["says"], said.get("message", ""), said.get("trace", ""),
                said.get("facts"), tuple(said.get("left", ())),
            )  # fmt: skip
            yield Outcome(cell, told, partial(sender.predictions, cell, request))
            sender.forget(request)
