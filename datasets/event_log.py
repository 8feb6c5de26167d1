"""An event log of your own: one row an event, cut into visits or into weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.task import Course, Task
from ._event_log.cases import CutCases
from ._event_log.cut_log import cut_log
from ._event_log.facts import Facts
from ._event_log.order_numbers import NextOrder
from ._event_log.question import Question
from ._event_log.request import (
    DEFAULT_GAP,
    check_request,
    check_same_as,
    duration,
    target_words,
    targets,
)
from ._event_log.visits import LaterInVisit
from ._event_log.visits_task import MOST_COURSE
from ._event_log.windows import InWindow
from ._keywords import whole_number

_FEWEST_CASES = 20


class EventLog(Dataset):
    """An event log of your own (``--events FILE --who ... --target KIND``), one row an event.

    One of two questions is asked.  ``after_events``: will this visit still hold the target, seen
    after that many events?  ``every`` and ``within``: will this person do it within that time
    after a cut?  Features and events come from before the cut, the target from after it.

    The log is put in order by moment, rows of one moment as the files have them, parts of a folder
    by their names.  A visit is cut right after its n-th event in that order.  At a regular cut,
    what happens at that very moment is not seen.

    Parameters
    ----------
    path : str
        CSV, TSV, JSON or .xlsx (each also packed with gzip or zstd) or Parquet; or a folder of such
        files with the same columns.  It may be larger than memory.
    who, when, what : str
        The columns with the person, the moment and the kind of an event; of what stands inside
        nested records with its path, as in ``properties.time``.  Moments are timestamps, dates in
        any usual notation, or Unix times.  Without ``what``, every row is the target, as in a
        table of orders, but for rows with a negative quantity or value, which are returns.
    target : str or sequence of str
        The kind of event to predict; of several, any.
    value, item : str
        The columns with a number, such as a price, and with an item or a category.
    event_id : str
        The column with the id of a message; messages sent again are counted once.
    order_number : str
        The column that numbers a person's orders, where ``when`` holds the time since the order
        before (in units of ``clock``).  Asked is after every order whether the next one comes
        ``within``; every row is part of an order.
    identical : str
        How often rows count that equal another in every column: "once", or "keep" for each.  By
        default each where moments are whole minutes or days, and once elsewhere.
    clock : str
        What moments count from a start that the log does not name: "seconds", "minutes", "hours"
        or "days".
    encoding : str
        Of text files; found out by default.
    date_order : str
        "dmy", "mdy" or "ymd": the order of dates such as 3/4/2024, where the log does not tell.
    sheet : str
        Of a workbook; the first by default.
    title, question : str
        What the report is to call the data, and the question that is asked.
    after_events : int
        How many events of a visit are seen.
    session_gap : str, default="30m"
        A visit ends where its person does nothing for longer.
    every, within : str
        How often everybody is asked of, and how far ahead, as in "7d".
    active_within : str
        With ``every``: only those are asked of who did something in so long before the cut.
    same_as : int, default=0
        With ``after_events``: only the visits that could be asked of after this many events too,
        to compare what is known after fewer with what is known after more; 0 for all.
    course : int, default=0
        With ``after_events``: how many events more the course of a visit holds, up to its target or
        its end, for policies that act or wait; 0 for none.
    rows : int, default=0
        Of a sample of people who have so many events, at most; 0 for all.  Each is there with all
        events.
    """

    def __init__(
        self,
        path: str = "",
        who: str = "",
        when: str = "",
        what: str = "",
        target: str | Sequence[str] = "",
        value: str = "",
        item: str = "",
        event_id: str = "",
        order_number: str = "",
        identical: str = "",
        clock: str = "",
        encoding: str = "",
        date_order: str = "",
        sheet: str = "",
        title: str = "",
        question: str = "",
        after_events: int = 0,
        session_gap: str = DEFAULT_GAP,
        every: str = "",
        within: str = "",
        active_within: str = "",
        same_as: int = 0,
        course: int = 0,
        rows: int = 0,
    ):
        self.path = path
        self.who = who
        self.when = when
        self.what = what
        self.target = target
        self.value = value
        self.item = item
        self.event_id = event_id
        self.order_number = order_number
        self.identical = identical
        self.clock = clock
        self.encoding = encoding
        self.date_order = date_order
        self.sheet = sheet
        self.title = title
        self.question = question
        self.after_events = after_events
        self.session_gap = session_gap
        self.every = every
        self.within = within
        self.active_within = active_within
        self.same_as = same_as
        self.course = course
        self.rows = rows

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read and cut the log; ``paths`` is empty."""
        check_request(self)
        check_same_as(self.after_events, self.same_as)
        if whole_number("event_log", "course", self.course, 0, MOST_COURSE):
            self._check_asks_of_visits()
        found, self.card, reading = cut_log(self, self.question_of, self.same_as)
        self._check_outcome(found)
        task = self.task(
            found.cases,
            found.target,
            group=found.who,
            time=None if self.order_number else found.moment.astype("datetime64[us]"),
            known_at=None if found.known_at is None else found.known_at.astype("datetime64[us]"),
            reading=reading.to_json(),
        )
        return task if found.course is None else replace(task, course=Course(found.course))

    def _check_asks_of_visits(self) -> None:
        if not self.after_events:
            raise DataError(
                f"course = {self.course} has no meaning with every and within: policies act in "
                "visits, event by event.  Ask of visits, as in --after-events 1."
            )

    def question_of(self, facts: Facts, *, open_too: bool = False) -> Question:
        """Give what cuts the log, of a request that was checked.

        With ``open_too``, it is asked of every case whose cut is reached, whether its outcome is
        known or not; ``same_as``, which only compares, is left out then.
        """
        if self.after_events:
            gap = duration(self.session_gap, "session_gap")
            same_as = 0 if open_too else self.same_as
            return LaterInVisit(
                facts,
                targets(self),
                self.after_events,
                gap,
                same_as,
                course=self.course,
                open_too=open_too,
            )
        if self.order_number:
            within = duration(self.within, "within")
            return NextOrder(
                facts, targets(self)[0], within, self.within.strip(), open_too=open_too
            )
        every, within = duration(self.every, "every"), duration(self.within, "within")
        active = duration(self.active_within, "active_within") if self.active_within else 0
        return InWindow(
            facts, targets(self), every, within, self.within.strip(), active, open_too=open_too
        )

    def _check_outcome(self, found: CutCases) -> None:
        counted = self.card.caveats[1]
        if len(found.target) < _FEWEST_CASES:
            raise DataError(
                f"{self.card.title} leaves {len(found.target)} cases, too few to judge anything.  "
                f"{counted}  Bring a longer log, or ask earlier or more often."
            )
        n_positive = int(np.count_nonzero(found.target))
        if n_positive in (0, len(found.target)):
            which = "no" if n_positive == 0 else "every"
            raise DataError(
                f"{self.card.title}: {which} case is positive.  {counted}  Check that "
                f"{target_words(self)} is the kind that you mean, or ask another question."
            )
