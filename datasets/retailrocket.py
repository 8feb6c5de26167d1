"""Retailrocket: whether a visit still ends in a purchase, asked after a few of its events."""

from collections.abc import Mapping
from pathlib import Path

from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._event_log.visits_task import MOST_AFTER, VisitsAsked, visits_task
from ._keywords import whole_number

FILE = "events.csv"


class Retailrocket(Dataset):
    """Visits to a web shop in 4.5 months of 2015, cut after the k-th event.

    Views, additions to the cart and transactions, each with visitor and item.  A visit ends where
    its visitor does nothing for 30 minutes.  A case is a visit with at least k events and no
    transaction among the first k; what is known are these events and the visitor's earlier visits.

    Parameters
    ----------
    after : int, default=3
        k, 1 to 50.
    """

    card = Card(
        title="Retailrocket visits",
        question="Will this visit still end in a purchase?",
        source="Retailrocket recommender system dataset (Kaggle, retailrocket/ecommerce-dataset)",
        licence="CC BY-NC-SA 4.0; not for commercial use, so fetched by the user and not shipped",
        target="At least one transaction after event k of the same visit.",
        caveats=(
            "Visits that end with event k are cases without a purchase.",
            "A visitor is a browser's cookie, not a person.",
            "Properties of items, which the publisher gives week by week, are not used.",
        ),
    )
    folder, files = "retailrocket", {FILE: ""}
    how_to_get = (
        f"Its page asks for a log-in.  Of the archive only {FILE} is needed: 2,756,101 events "
        "below the line timestamp,visitorid,event,itemid,transactionid."
    )

    def __init__(self, *, after: int = 3) -> None:
        self._after = whole_number("retailrocket", "after", after, 1, MOST_AFTER)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Cut every visit after its event ``after``."""
        return visits_task(
            self,
            VisitsAsked(
                path=str(paths[FILE]),
                who="visitorid",
                when="timestamp",
                what="event",
                target="transaction",
                item="itemid",
                after_events=self._after,
            ),
        )
