"""Batches on their way: sent to a scheduler, published there, collected, sent again.

A published batch goes on while nobody is connected; who comes back adopts those that hold cells
which are still missing.  Nothing is tried again without a word.
"""

import queue
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import EngineError, said_in_a_line
from ..language.sentence import Sentence
from ..language.speaking import _, ngettext
from ..run.engine import Outcome
from ..run.messages import DONE
from ..run.sender import Sender
from ..run.work import Planned, Work
from ..run.worker_process import Answer
from ..store.predictions import Predictions
from ..store.store import Store
from .batches import batches
from .carry_out_batch import Batch, BatchAnswer, CellAnswer, carry_out_batch
from .connection import NO_WORKER_SECONDS, all_read, unlike
from .likeness import likeness
from .packing import Packer

if TYPE_CHECKING:
    from distributed import Client, Future

_PREFIX = "intentbench-batch-"
_PUBLISHED_AT_ONCE = 20
_LOOK_SECONDS = 5.0
# How workers come by files: where they lie at home, from the store, or sent along.
_AT_HOME, _IN_STORE, _ALONG = "at home", "in the store", "along"
_MOST_TRIES = 2  # of a cell whose Dask worker ended


@dataclass(frozen=True)
class _Sent:
    """A batch, by the name under which it is published; adopted if an earlier call sent it.

    ``way`` is that on which workers come by what it needs, as far as this call knows.
    """

    name: str
    keys: tuple[str, ...]
    future: "Future"
    is_adopted: bool = False
    way: str = ""


class Sending:
    """The cells of one call.

    Parameters
    ----------
    client : Client
    work : Work
    store : Store
    scratch : Path
    requires : sequence of str
        The modules that models import.
    says : callable
        Is told what a user should know.
    """

    def __init__(
        self,
        client: "Client",
        work: Work,
        store: Store,
        scratch: Path,
        requires: Sequence[str],
        says: Callable[[str], None],
    ) -> None:
        self.client, self.says = client, says
        self.likeness = likeness(requires)
        self.limits = work.suite.limits
        self.packer = Packer(client, Sender(work, store, scratch), store.objects)
        self.store = store
        self.way = _AT_HOME if all_read(client, scratch) else self._next_way(_AT_HOME)
        self.sent: dict[str, _Sent] = {}  # by the key of its future
        self.waiting: dict[str, Planned] = {}
        self.tries: Counter[str] = Counter()
        self.arrived: queue.SimpleQueue[Future] = queue.SimpleQueue()

    def outcomes(
        self, cells: Sequence[Planned], seconds: Callable[[Planned], float], n_places: int
    ) -> Iterator[Outcome]:
        """Send cells, except those that are on their way, and give what becomes of all."""
        self.waiting = {cell.key: cell for cell in cells}
        with self._connected():
            self._adopt()
            on_their_way = {key for batch in self.sent.values() for key in batch.keys}
            fresh = [cell for cell in cells if cell.key not in on_their_way]
            self._send(batches(fresh, seconds, n_places))
        while self.waiting:
            with self._connected():
                batch, answers = self._next()
            yield from answers
            with self._connected():
                # What it answered is stored now, or is sent again.
                self.client.unpublish_dataset(batch.name)
            del self.sent[batch.future.key]

    def stop(self) -> None:
        """Have no more computed of what was sent."""
        if self.client.status != "running":
            return
        with suppress(Exception):  # a scheduler that is gone computes nothing
            for batch in self.sent.values():
                self.client.unpublish_dataset(batch.name)
            self.client.cancel([batch.future for batch in self.sent.values()])
        self.sent.clear()

    def _adopt(self) -> None:
        for name in self.client.list_datasets():
            if not str(name).startswith(_PREFIX):
                continue
            try:
                keys, future = self.client.get_dataset(name)
            except KeyError:  # collected by another run meanwhile
                continue
            if self.waiting.keys() & set(keys):
                self._expect(_Sent(name, keys, future, is_adopted=True))
            elif all(self.store.cell_folder(key).exists() for key in keys):
                self.client.unpublish_dataset(name)  # stored by a run that was cut short then
        if self.sent:
            self.says(
                ngettext(
                    "{n} batch of an earlier call is on its way, or done.",
                    "{n} batches of an earlier call are on their way, or done.",
                    len(self.sent),
                ).format(n=len(self.sent))
            )

    def _send(self, made: Sequence[Sequence[Planned]]) -> None:
        for first in range(0, len(made), _PUBLISHED_AT_ONCE):
            new = [self._sent(cells) for cells in made[first : first + _PUBLISHED_AT_ONCE]]
            published = {batch.name: (batch.keys, batch.future) for batch in new}
            self.client.publish_dataset(**published)
            for batch in new:
                self._expect(batch)

    def _expect(self, batch: _Sent) -> None:
        self.sent[batch.future.key] = batch
        batch.future.add_done_callback(self.arrived.put)

    def _sent(self, cells: Sequence[Planned]) -> _Sent:
        asked = [self.packer.asked(cell, by_store=self.way == _IN_STORE) for cell in cells]
        batch = Batch(asked, self.likeness, self.limits)
        files = self.packer.contents(asked) if self.way == _ALONG else {}
        name = f"{_PREFIX}{secrets.token_hex(16)}"
        # A name of its own: one that was cancelled may still be at work somewhere.
        future = self.client.submit(carry_out_batch, batch, files, key=name, pure=False)
        keys = tuple(cell.key for cell in cells)
        return _Sent(name, keys, future, way=self.way)

    def _next(self) -> tuple[_Sent, list[Outcome]]:
        """Wait for a batch; gives it, and what became of those of its cells that are waited for."""
        future = self._arrives()
        batch = self.sent[future.key]
        missing = [self.waiting[key] for key in batch.keys if key in self.waiting]
        if future.status == "error":
            return batch, self._failed(missing, future.exception())
        if future.status != "finished":
            raise self._gone()
        answer: BatchAnswer = future.result()
        if answer.unlike:
            raise unlike({answer.worker: ", ".join(answer.unlike)})
        if answer.broken:
            raise EngineError(
                f"the Dask worker {answer.worker} cannot carry out its cells: {answer.broken}.  "
                "Mend that, or take it out, and run again: what is stored is kept."
            )
        if answer.missing:
            self._send_otherwise(batch, answer)
            self._send([missing] if missing else [])
            return batch, []
        return batch, self._answered(batch, missing, answer)

    def _arrives(self) -> "Future":
        alone_since = None
        while True:
            with suppress(queue.Empty):
                return self.arrived.get(timeout=_LOOK_SECONDS)
            if self.client.status != "running":
                raise self._gone()
            if self.client.nthreads():
                alone_since = None
            elif alone_since is None:
                alone_since = time.monotonic()
                self.says(_("no Dask worker is left; waiting for others.  Ctrl-C stops the run."))
            elif time.monotonic() - alone_since > NO_WORKER_SECONDS:
                raise EngineError(
                    f"no Dask worker has been there for {NO_WORKER_SECONDS / 60:.0f} minutes.  "
                    "Start some, and run again: what is stored is kept."
                )

    def _answered(
        self, batch: _Sent, missing: Sequence[Planned], answer: BatchAnswer
    ) -> list[Outcome]:
        told = {one.key: one for one in answer.answers}
        found, again = [], []
        for cell in missing:
            one = told.get(cell.key)
            if one is None or (batch.is_adopted and one.status != DONE):
                again.append(cell)  # what failed in an earlier call is tried again
                continue
            del self.waiting[cell.key]
            read = partial(_predictions, one, *self.packer.sender.n_predicted(cell))
            what = Answer({}, one.status, one.message, facts=one.facts, left=one.left)
            found.append(Outcome(cell, what, read))
        self._send([[cell] for cell in again])
        return found

    def _failed(self, cells: Sequence[Planned], error: BaseException) -> list[Outcome]:
        """Try cells alone whose worker ended, once; whatever else went wrong ends the run."""
        from distributed import KilledWorker

        if not isinstance(error, KilledWorker):
            raise EngineError(
                f"a Dask worker could not carry out its cells: {said_in_a_line(error)}.  Run "
                "again: what is stored is kept."
            )
        lost, again = [], []
        for cell in cells:
            self.tries[cell.key] += 1
            (again if self.tries[cell.key] < _MOST_TRIES else lost).append(cell)
        if again:
            named = "; ".join(cell.label for cell in again)
            self.packer.forget()
            told = _("a Dask worker ended.  Tried once more, each alone: {cells}.")
            self.says(told.format(cells=named))
            self._send([[cell] for cell in again])
        for cell in lost:
            del self.waiting[cell.key]
        message = Sentence("the Dask worker that computed it ended, and so did a second one")
        return [Outcome(cell, Answer({}, "crashed", message), _nothing) for cell in lost]

    def _send_otherwise(self, batch: _Sent, answer: BatchAnswer) -> None:
        if batch.way == _ALONG:
            raise EngineError(
                f"the Dask worker {answer.worker} did not receive what it needs "
                f"({answer.missing}).  Run again: what is stored is kept."
            )
        if batch.way and batch.way != self.way:  # others go another way already
            return
        if self.way == _IN_STORE:
            told = _("the Dask worker {worker} does not reach the store; files are sent ({why}).")
        else:
            told = _("the Dask worker {worker} does not see the results folder; files are sent.")
        self.says(told.format(worker=answer.worker, why=answer.missing))
        self.way = self._next_way(self.way)

    def _next_way(self, way: str) -> str:
        return _IN_STORE if way == _AT_HOME and self.store.objects is not None else _ALONG

    @contextmanager
    def _connected(self) -> Iterator[None]:
        try:
            yield
        except (OSError, TimeoutError, CancelledError) as error:
            raise self._gone() from error

    def _gone(self) -> EngineError:
        return EngineError(
            "the connection to the Dask scheduler is lost.  When it is there again, run the same "
            "command: what is stored is kept, and batches that went on are collected."
        )


def _predictions(answer: CellAnswer, n_valid: int, n_test: int) -> Predictions:
    p = np.frombuffer(answer.predictions, dtype="<f8")
    if len(p) != n_valid + n_test:
        raise ValueError(f"there are not {n_valid + n_test} predictions")
    return Predictions(valid=p[:n_valid], test=p[n_valid:])


def _nothing() -> Predictions:
    raise ValueError("there are no predictions")
