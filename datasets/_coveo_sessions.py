"""Sessions that Coveo has published: browsing events with what was done to a product."""

from pathlib import Path
from typing import Any

from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.task import Task
from ._event_log.visits_task import MOST_AFTER, VisitsAsked, visits_task
from ._files.large_csv import LargeFiles, Layout, large_files
from ._keywords import flag, whole_number
from ._sessions import WHOLE, one_case_a_session

MOST_SESSIONS = 2_000_000
CAVEATS = (
    "Sessions have no user: the same person may be in train and in test.",
    "The page of a product may give both a page view and a detail event.",
    "Sessions that end with the last event seen are cases without a purchase.",
    "Times were shifted before they were published: days of the week and seasons may be others.",
    "No file of this source was at hand when this was written: the reading follows the layout "
    "that its publisher describes.",
)


def layout(products: str) -> Layout:
    """Give the layout of a file; the two that were published differ in a column's name."""
    return Layout(
        (
            "session_id_hash", "event_type", "product_action", products,
            "server_timestamp_epoch_ms", "hashed_url",
        )
    )  # fmt: skip


def asked_of(data: str, after: object, sessions: object, same_as: object, from_add: object) -> Any:
    """Check what a data set is asked for.

    Returns
    -------
    dict of str to object

    Raises
    ------
    DataError
    """
    after = whole_number(data, "after", after, 1, MOST_AFTER)
    same_as = whole_number(data, "same_as", same_as, 0, MOST_AFTER)
    if same_as and same_as < after:
        raise DataError(
            f"data set {data!r}: same_as is {same_as}; it must be 0 or at least after = {after}."
        )
    return {
        "after": after,
        "sessions": whole_number(data, "sessions", sessions, 100, MOST_SESSIONS),
        "same_as": same_as,
        "since": "add" if flag(data, "from_add", from_add) else "",
    }


def coveo_task(data: Dataset, path: Path, published: Layout, asked: dict[str, Any]) -> Task:
    """Draw sessions, and cut each after some of its events.

    Parameters
    ----------
    data : Dataset
    path : Path
    published : Layout
    asked : dict
        As ``asked_of`` gives it.
    """
    with large_files(data.name) as files:
        log = _events(files, path, published, asked["sessions"])
        task = visits_task(
            data,
            VisitsAsked(
                path=str(log),
                who="session",
                when="moment",
                what="kind",
                target="purchase",
                item="item",
                after_events=asked["after"],
                session_gap=WHOLE,
                same_as=asked["same_as"],
                since=asked["since"],
            ),
        )
    return one_case_a_session(task)


def _events(files: LargeFiles, path: Path, published: Layout, n_sessions: int) -> Path:
    products = published.columns[3]
    files.check(path, published)
    files.run(
        f"""CREATE TABLE drawn AS
            SELECT session_id_hash FROM (SELECT DISTINCT session_id_hash FROM {published.scan})
            WHERE session_id_hash IS NOT NULL
            ORDER BY md5(session_id_hash), session_id_hash LIMIT {n_sessions}""",
        path,
    )
    files.run(
        f"""CREATE TABLE events AS
            SELECT session_id_hash AS session,
                strftime(make_timestamp_ms(CAST(server_timestamp_epoch_ms AS BIGINT)),
                    '%Y-%m-%d %H:%M:%S.%g') AS moment,
                coalesce(nullif(product_action, ''), event_type) AS kind,
                nullif({products}, '') AS item
            FROM {published.scan}
            WHERE session_id_hash IN (SELECT session_id_hash FROM drawn)""",
        path,
    )
    return files.save("events", "coveo")
