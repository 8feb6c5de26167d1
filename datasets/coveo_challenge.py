"""Coveo, SIGIR eCom data challenge (2021): whether a session still ends in a purchase."""

from collections.abc import Mapping
from pathlib import Path

from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._coveo_sessions import CAVEATS, asked_of, coveo_task, layout

FILE = "browsing_train.csv"
LAYOUT = layout("product_sku_hash")


class CoveoChallenge(Dataset):
    """Sessions of a web shop, cut after the k-th event.

    The browsing events of the data challenge of SIGIR eCom 2021 [1]_: page views, and what was done
    to products.  A case is a session with at least k events and no purchase among them; what is
    known are these events.  Searches, pages and the vectors of products are not read.

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
    .. [1] Tagliabue, Greco, Roy, Yu, Chia, Bianchi, Cassani (2021), SIGIR 2021 E-commerce workshop
       data challenge.  arXiv:2104.09423.
    """

    card = Card(
        title="Coveo challenge sessions",
        question="Will this session still end in a purchase?",
        source="Coveo, SIGIR eCom 2021 data challenge, public data release 1.0.0",
        licence="Terms and conditions of Coveo: research and education; fetched by the user",
        target="At least one purchase after event k of the same session.",
        caveats=CAVEATS,
    )
    folder, files = "coveo_challenge", {FILE: ""}
    how_to_get = (
        f"Coveo asks for a form to be filled in.  Of the archive's files {FILE} is read; the test "
        "files of the challenge have no outcomes."
    )

    def __init__(
        self, *, after: int = 3, sessions: int = 100_000, same_as: int = 0, from_add: bool = False
    ) -> None:
        self._asked = asked_of("coveo_challenge", after, sessions, same_as, from_add)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Draw the sessions, and cut each after its event ``after``."""
        return coveo_task(self, paths[FILE], LAYOUT, self._asked)
