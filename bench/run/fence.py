"""Worker processes behind a fence: a crash, a hang or a runaway costs the cell in hand only."""

import secrets
import selectors
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ..language.sentence import Sentence
from ..suite.limits import Limits
from .worker_process import Answer, Unheard, WorkerProcess

_Request = dict[str, Any]

_POLL_SECONDS = 0.1  # an answer wakes at once; this is for limits


class Fence:
    """A few worker processes, each replaced when it has to be stopped.

    Parameters
    ----------
    jobs : int
        Workers at a time.
    limits : Limits
        Of one request.
    goes_on : callable, optional
        Is asked time and again; when it says no, all workers are stopped and no more answers come.
    admits : callable, optional
        Is asked whether a request may be handed out beside those in hand; until it says yes, that
        one and all after it wait.
    """

    def __init__(
        self,
        jobs: int,
        limits: Limits,
        goes_on: Callable[[], bool] = lambda: True,
        admits: Callable[[_Request, list[_Request]], bool] = lambda request, in_hand: True,
    ) -> None:
        self.jobs = jobs
        self.limits = limits
        self.goes_on = goes_on
        self.admits = admits

    def answers(self, requests: Iterable[dict[str, Any]]) -> Iterator[Answer]:
        """Hand the requests out in order and give the answers as they come.

        Parameters
        ----------
        requests : iterable of dict
            Each says in ``alone`` whether it needs a process of its own, and then in ``out`` the
            folder to which that is confined.
        """
        waiting = iter(requests)
        places = [_Place() for _ in range(self.jobs)]
        try:
            following = None
            while self.goes_on():
                busy = [place for place in places if place.worker is not None]
                for place in places:
                    if place.worker is not None:
                        continue
                    following = following or next(waiting, None)
                    in_hand = [other.worker.request for other in busy]
                    if following is None or (in_hand and not self.admits(following, in_hand)):
                        break
                    place.take(following)
                    busy.append(place)
                    following = None
                if not busy:
                    return
                _wait_for_any(busy)
                for place in busy:
                    answer = place.look(self.limits)
                    if answer is not None:
                        yield answer
        finally:
            for place in places:
                place.stop()


def _wait_for_any(busy: "list[_Place]") -> None:
    with selectors.DefaultSelector() as selector:
        for place in busy:
            selector.register(place.worker.process.stdout, selectors.EVENT_READ)
        selector.select(_POLL_SECONDS)


class _Place:
    """Where one worker works at a time.

    The worker of the house's own models is kept, and waits while one of another model works.
    """

    def __init__(self) -> None:
        self.kept: WorkerProcess | None = None
        self.worker: WorkerProcess | None = None

    def take(self, request: dict[str, Any]) -> None:
        self.is_second_try = False
        self._hand_over(request)

    def _hand_over(self, request: dict[str, Any]) -> None:
        if request["alone"]:
            self.worker = WorkerProcess(Path(request["out"]))
        else:
            self.kept = self.kept or WorkerProcess()
            self.worker = self.kept
        # An answer to anything else is known by it, and cannot be prepared.
        self.worker.take(request | {"id": secrets.token_hex(8)})

    def look(self, limits: Limits) -> Answer | None:
        try:
            answer = self.worker.look(limits)
        except Unheard as error:
            # It had not begun: whatever ended it came before, or from outside.
            request = self.worker.request
            self._leave()
            if not self.is_second_try:
                self.is_second_try = True
                self._hand_over(request)
                return None
            return Answer(
                request, "crashed", Sentence("no process took note of it: {why}", why=error.args[0])
            )
        if answer is not None:
            if answer.request["alone"] or answer.left:
                self.worker.stop()
            self._leave()
        return answer

    def _leave(self) -> None:
        if self.kept is not None and self.kept.stopped:
            self.kept = None
        self.worker = None

    def stop(self) -> None:
        for worker in (self.worker, self.kept):
            if worker is not None:
                worker.stop()
