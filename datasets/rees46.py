"""REES46 multi-category store: whether a visit still ends in a purchase."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..bench.dataset import Dataset
from ..bench.task import ALWAYS_TRAIN, ALWAYS_VALID, Card, Task
from ._event_log.visits_task import MOST_AFTER, MOST_COURSE, VisitsAsked, visits_task
from ._files.large_csv import LargeFiles, Layout, large_files
from ._keywords import flag, whole_number

FILE = "2019-Oct.csv"
LAYOUT = Layout(
    (
        "event_time", "event_type", "product_id", "category_id", "category_code", "brand", "price",
        "user_id", "user_session",
    )
)  # fmt: skip
MOST_USERS = 1_000_000
# Of the split by date: what is predicted from the first on is watched, from the second on tested.
WATCHED, TESTED = np.datetime64("2019-10-22", "us"), np.datetime64("2019-10-27", "us")


class Rees46(Dataset):
    """Visits to a large web shop in October 2019, cut after the k-th event.

    Views, additions to the cart and purchases, each with user, product and price.  A visit ends
    where its user does nothing for 30 minutes.  A case is a visit with at least k events and no
    purchase among the first k; what is known are these events and the user's earlier visits.

    The file has 42 million lines.  Users are drawn by the MD5 of their id, the same at every run,
    each with all that they did.

    Parameters
    ----------
    after : int, default=3
        k, 1 to 50.
    users : int, default=50_000
        How many are drawn, 100 to 1,000,000.  Memory grows with it.
    course : int, default=0
        How many events more the course of a visit holds, up to its purchase or its end, for
        policies that act or wait; 0 for none.
    by_date : bool, default=False
        Split once by date: trained on visits before 22 October, watched to the 26th, tested from
        the 27th on.  Visits that go on across a border are left out.
    """

    card = Card(
        title="REES46 visits",
        question="Will this visit still end in a purchase?",
        source="REES46 Marketing Platform, eCommerce behavior data from multi category store "
        "(Kaggle, mkechinov)",
        licence="No standard licence; free to use with a mention of REES46, so fetched by the user",
        target="At least one purchase after event k of the same visit.",
        caveats=(
            "A draw of the users of one month, who did all they did in it.",
            "Visits that end with event k are cases without a purchase.",
            "Additions to the cart are incomplete in October 2019: in the first hours 135 of 200 "
            "sessions with a purchase show none.",
            "Visits are cut by 30 minutes without an event, as in the other logs; the shop's own "
            "user_session, and the products' categories and brands, are not used.",
        ),
    )
    folder, files = "rees46", {FILE: ""}
    how_to_get = (
        f"Its page asks for a log-in.  {FILE} (5.7 GB unpacked) is read as it is, or as {FILE}.gz."
    )

    def __init__(
        self, *, after: int = 3, users: int = 50_000, course: int = 0, by_date: bool = False
    ) -> None:
        self._after = whole_number("rees46", "after", after, 1, MOST_AFTER)
        self._users = whole_number("rees46", "users", users, 100, MOST_USERS)
        self._course = whole_number("rees46", "course", course, 0, MOST_COURSE)
        self._by_date = flag("rees46", "by_date", by_date)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Draw the users, and cut every visit of theirs after its event ``after``."""
        with large_files(self.name) as files:
            path = _events_of_users(files, paths[FILE], self._users)
            task = visits_task(
                self,
                VisitsAsked(
                    path=str(path),
                    who="user_id",
                    when="event_time",
                    what="event_type",
                    target="purchase",
                    item="product_id",
                    value="price",
                    after_events=self._after,
                    course=self._course,
                ),
            )
        return _by_date(task) if self._by_date else task


def _by_date(task: Task) -> Task:
    """Split the visits by date, without those whose outcome was not known at the next border."""
    told = np.select([task.time < WATCHED, task.time < TESTED], [ALWAYS_TRAIN, ALWAYS_VALID], 0)
    border = np.select(
        [told == ALWAYS_TRAIN, told == ALWAYS_VALID], [WATCHED, TESTED], task.known_at
    )
    kept = np.flatnonzero(task.known_at <= border)
    return replace(
        task,
        cases=task.cases.take(kept),
        target=task.target[kept],
        group=task.group[kept],
        time=task.time[kept],
        known_at=task.known_at[kept],
        given_split=told[kept],
    )


def _events_of_users(files: LargeFiles, path: Path, n_users: int) -> Path:
    files.check(path, LAYOUT)
    files.run(
        f"""CREATE TABLE drawn AS
            SELECT user_id FROM (SELECT DISTINCT user_id FROM {LAYOUT.scan})
            WHERE user_id IS NOT NULL ORDER BY md5(user_id), user_id LIMIT {n_users}""",
        path,
    )
    files.run(
        f"""CREATE TABLE events AS
            SELECT user_id, regexp_replace(event_time, ' UTC$', '') AS event_time, event_type,
                product_id, price
            FROM {LAYOUT.scan} WHERE user_id IN (SELECT user_id FROM drawn)""",
        path,
    )
    return files.save("events", Path(FILE).stem)
