"""A published event log cut into visits, by the same rules as an event log of your own."""

from dataclasses import dataclass, replace

from ...bench.dataset import Dataset
from ...bench.task import Course, Task
from .cut_log import cut_log
from .request import DEFAULT_GAP, ONCE, duration, targets
from .visits import LaterInVisit

MOST_AFTER, MOST_COURSE = 50, 200


@dataclass(frozen=True)
class VisitsAsked:
    """Which columns of a log say what, and after how many events of a visit is asked.

    ``same_as`` and ``since`` are as in ``LaterInVisit``.
    """

    path: str
    who: str
    when: str
    what: str
    target: str
    after_events: int
    item: str = ""
    value: str = ""
    session_gap: str = DEFAULT_GAP
    event_id: str = ""
    order_number: str = ""
    identical: str = ONCE
    clock: str = ""
    encoding: str = ""
    date_order: str = ""
    sheet: str = ""
    title: str = ""
    question: str = ""
    every: str = ""
    within: str = ""
    active_within: str = ""
    rows: int = 0
    course: int = 0
    same_as: int = 0
    since: str = ""


def visits_task(data: Dataset, asked: VisitsAsked) -> Task:
    """Cut a log's visits after their first events.

    Features and events come from the visit's first events and from the person's earlier visits,
    the target from what follows in the visit.  A visit that ends with those events is a case
    without the target.

    Returns
    -------
    Task
        Grouped by person and in time.  Its card is that of ``data`` with what was counted, and with
        the longest time from a prediction to its outcome.

    Raises
    ------
    DataError
        If the log is damaged or no such log.
    """
    gap = duration(asked.session_gap, "session_gap")
    found, counted, _ = cut_log(
        asked,
        lambda facts: LaterInVisit(
            facts,
            targets(asked),
            asked.after_events,
            gap,
            asked.same_as,
            asked.since,
            course=asked.course,
        ),
        asked.same_as,
    )
    time = found.moment.astype("datetime64[us]")
    task = data.task(
        found.cases, found.target, group=found.who, time=time,
        known_at=found.known_at.astype("datetime64[us]"),
    )  # fmt: skip
    caveats = (*task.card.caveats, *counted.caveats)
    return replace(
        task,
        course=None if found.course is None else Course(found.course),
        card=replace(task.card, caveats=caveats, horizon_days=counted.horizon_days),
    )
