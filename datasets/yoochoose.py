"""YooChoose (RecSys Challenge 2015): whether a session still ends in a purchase."""

from collections.abc import Mapping
from pathlib import Path

from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._event_log.visits_task import MOST_AFTER, VisitsAsked, visits_task
from ._files.large_csv import LargeFiles, Layout, large_files
from ._keywords import whole_number
from ._sessions import WHOLE, one_case_a_session

CLICKS, BUYS = "yoochoose-clicks.dat", "yoochoose-buys.dat"
CLICK_LAYOUT = Layout(("session", "moment", "item", "category"), header=False)
BUY_LAYOUT = Layout(("session", "moment", "item", "price", "quantity"), header=False)
MOST_SESSIONS = 2_000_000


class Yoochoose(Dataset):
    """Sessions of a European web shop in half a year of 2014, cut after the k-th click.

    The data of the RecSys Challenge 2015 [1]_: clicks on items and purchases.  A case is a session
    with at least k events and no purchase among the first k; what is known are these events.

    Of 9.2 million sessions some are drawn by the MD5 of their number, the same at every run.

    Parameters
    ----------
    after : int, default=3
        k, 1 to 50.
    sessions : int, default=100_000
        How many are drawn, 100 to 2,000,000.  Memory grows with it.

    References
    ----------
    .. [1] Ben-Shimon et al. (2015), RecSys Challenge 2015 and the YOOCHOOSE dataset.  RecSys,
       doi:10.1145/2792838.2798723.
    """

    card = Card(
        title="YooChoose sessions",
        question="Will this session still end in a purchase?",
        source="YOOCHOOSE GmbH, RecSys Challenge 2015",
        licence="CC BY-NC-ND 4.0 as far as known; not for commercial use, so fetched by the user",
        target="At least one item bought after event k of the same session.",
        caveats=(
            "Sessions have no user: the same person may be in train and in test.",
            "Sessions that end with event k are cases without a purchase.",
            "Clicks of one moment stand before purchases of that moment.",
            "No file of this source was at hand when this was written: the reading follows the "
            "layout that its publisher describes.",
        ),
    )
    folder, files = "yoochoose", {CLICKS: "", BUYS: ""}
    how_to_get = (
        "The archive yoochoose-data.7z holds both, without a line of names; unpack it with any "
        "program that reads 7z.  The file with test sessions has no outcomes and is not needed."
    )

    def __init__(self, *, after: int = 3, sessions: int = 100_000) -> None:
        self._after = whole_number("yoochoose", "after", after, 1, MOST_AFTER)
        self._sessions = whole_number("yoochoose", "sessions", sessions, 100, MOST_SESSIONS)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Draw the sessions, and cut each after its event ``after``."""
        with large_files(self.name) as files:
            path = _events_of_sessions(files, paths[CLICKS], paths[BUYS], self._sessions)
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


def _events_of_sessions(files: LargeFiles, clicks: Path, buys: Path, n_sessions: int) -> Path:
    files.check(clicks, CLICK_LAYOUT)
    files.check(buys, BUY_LAYOUT)
    files.run(
        f"""CREATE TABLE drawn AS
            SELECT session FROM (SELECT DISTINCT session FROM {CLICK_LAYOUT.scan})
            WHERE session IS NOT NULL ORDER BY md5(session), session LIMIT {n_sessions}""",
        clicks,
    )
    # 0 is a missing category, S a special offer, 1 to 12 a category, anything else a brand.
    files.run(
        f"""CREATE TABLE events AS
            SELECT session, moment, item, CASE
                WHEN category = 'S' THEN 'click, special offer'
                WHEN category = '0' OR category IS NULL THEN 'click'
                WHEN TRY_CAST(category AS BIGINT) BETWEEN 1 AND 12
                    THEN 'click, category ' || category
                ELSE 'click, brand' END AS kind
            FROM {CLICK_LAYOUT.scan} WHERE session IN (SELECT session FROM drawn)""",
        clicks,
    )
    files.run(
        f"""INSERT INTO events SELECT session, moment, item, 'purchase'
            FROM {BUY_LAYOUT.scan} WHERE session IN (SELECT session FROM drawn)""",
        buys,
    )
    return files.save("events", "yoochoose")
