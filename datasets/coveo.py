"""Coveo, shopper intent (2020): whether a session of a fashion shop still ends in a purchase."""

from collections.abc import Mapping
from pathlib import Path

from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._coveo_sessions import CAVEATS, asked_of, coveo_task, layout

FILE = "shopper_intent_prediction.csv"
LAYOUT = layout("product_skus_hash")


class Coveo(Dataset):
    """Sessions of a fashion shop, cut after the k-th event.

    Page views, and what was done to products: detail, click, add, remove and purchase [1]_.  A case
    is a session with at least k events and no purchase among them; what is known are these events.

    Parameters
    ----------
    after : int, default=3
        k, 1 to 50.
    sessions : int, default=100_000
        How many are drawn by the MD5 of their name, 100 to 2,000,000.
    same_as : int, default=0
        Only sessions that could be asked of after this many events, too; 0 for all.
    from_add : bool, default=False
        Count events from a session's first addition to the cart on, it among them; sessions without
        one are no cases.

    References
    ----------
    .. [1] Requena, Cassani, Tagliabue, Greco, Lacasa (2020), Shopper intent prediction from
       clickstream e-commerce data with minimal browsing information.  Scientific Reports 10, 16983,
       doi:10.1038/s41598-020-73622-y.
    """

    card = Card(
        title="Coveo sessions",
        question="Will this session still end in a purchase?",
        source="Coveo, shopper intent prediction from clickstream data, public data release 1.0.0",
        licence="Terms and conditions of Coveo: research and education; fetched by the user",
        target="At least one purchase after event k of the same session.",
        caveats=CAVEATS,
    )
    folder, files = "coveo", {FILE: ""}
    how_to_get = (
        "Coveo asks for a form to be filled in.  Put the one CSV file of the archive there as "
        f"{FILE}."
    )

    def __init__(
        self, *, after: int = 3, sessions: int = 100_000, same_as: int = 0, from_add: bool = False
    ) -> None:
        self._asked = asked_of("coveo", after, sessions, same_as, from_add)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Draw the sessions, and cut each after its event ``after``."""
        return coveo_task(self, paths[FILE], LAYOUT, self._asked)
