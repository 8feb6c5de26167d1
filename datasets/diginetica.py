"""Diginetica (CIKM Cup 2016, track 2): whether a session still ends in a purchase."""

from collections.abc import Mapping
from pathlib import Path

from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._event_log.visits_task import MOST_AFTER, VisitsAsked, visits_task
from ._files.large_csv import LargeFiles, Layout, large_files
from ._keywords import whole_number
from ._sessions import WHOLE, one_case_a_session

VIEWS, PURCHASES = "train-item-views.csv", "train-purchases.csv"
VIEW_LAYOUT = Layout(("sessionId", "userId", "itemId", "timeframe", "eventdate"), delimiter=";")
PURCHASE_LAYOUT = Layout(
    ("sessionId", "userId", "timeframe", "eventdate", "ordernumber", "itemId"), delimiter=";"
)
MOST_SESSIONS = 1_000_000


class Diginetica(Dataset):
    """Sessions of a web shop in the first half of 2016, cut after the k-th view.

    The data of track 2 of the CIKM Cup 2016: views of items and purchases, by session.  A case is a
    session with at least k events and no purchase among the first k; what is known are these
    events.  Most sessions have no user, so that users are not read.

    Parameters
    ----------
    after : int, default=3
        k, 1 to 50.
    sessions : int, default=100_000
        How many are drawn by the MD5 of their number, 100 to 1,000,000.
    """

    card = Card(
        title="Diginetica sessions",
        question="Will this session still end in a purchase?",
        source="DIGINETICA, CIKM Cup 2016, track 2: personalized e-commerce search",
        licence="Terms of the competition; fetched by the user",
        target="At least one item bought after event k of the same session.",
        caveats=(
            "Sessions have no user: the same person may be in train and in test.",
            "Times are those within a session, in milliseconds, on the day on which it began.",
            "Views of one moment stand before purchases of that moment.",
            "Sessions that end with event k are cases without a purchase.",
            "No file of this source was at hand when this was written: the reading follows the "
            "names and the layout that public descriptions of the files give.",
        ),
    )
    folder, files = "diginetica", {VIEWS: "", PURCHASES: ""}
    how_to_get = (
        "The archive dataset-train-diginetica holds both, with a semicolon between the cells.  "
        "Where a copy lacks the first line, the names, put it back."
    )

    def __init__(self, *, after: int = 3, sessions: int = 100_000) -> None:
        self._after = whole_number("diginetica", "after", after, 1, MOST_AFTER)
        self._sessions = whole_number("diginetica", "sessions", sessions, 100, MOST_SESSIONS)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Draw the sessions, and cut each after its event ``after``."""
        with large_files(self.name) as files:
            path = _events(files, paths[VIEWS], paths[PURCHASES], self._sessions)
            task = visits_task(
                self,
                VisitsAsked(
                    path=str(path),
                    who="session",
                    when="moment",
                    what="kind",
                    target="purchase",
                    item="item",
                    after_events=self._after,
                    session_gap=WHOLE,
                ),
            )
        return one_case_a_session(task)


def _events(files: LargeFiles, views: Path, purchases: Path, n_sessions: int) -> Path:
    """Put both files into one log, the views first."""
    files.check(views, VIEW_LAYOUT)
    files.check(purchases, PURCHASE_LAYOUT)
    files.run(
        f"""CREATE TABLE viewed AS SELECT sessionId, itemId, timeframe, eventdate
            FROM {VIEW_LAYOUT.scan}""",
        views,
    )
    files.run(
        """CREATE TABLE drawn AS
            SELECT sessionId AS session, min(eventdate) AS day FROM viewed
            WHERE sessionId IS NOT NULL GROUP BY sessionId
            ORDER BY md5(sessionId), sessionId LIMIT """
        + str(n_sessions)
    )
    moment = """strftime(CAST(day AS TIMESTAMP)
        + to_milliseconds(CAST(timeframe AS BIGINT)), '%Y-%m-%d %H:%M:%S.%g') AS moment"""
    files.run(
        f"""CREATE TABLE events AS
            SELECT session, {moment}, itemId AS item, 'view' AS kind
            FROM viewed JOIN drawn ON sessionId = session"""
    )
    files.run(
        f"""INSERT INTO events SELECT session, {moment}, itemId, 'purchase'
            FROM {PURCHASE_LAYOUT.scan} JOIN drawn ON sessionId = session""",
        purchases,
    )
    return files.save("events", "diginetica")
