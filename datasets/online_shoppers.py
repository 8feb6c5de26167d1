"""Online shoppers (UCI 468): whether a visit ends with a purchase."""

from collections.abc import Mapping
from pathlib import Path

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.task import Card, Task
from . import _online_shoppers as shoppers
from ._online_shoppers_rates import with_rates


class OnlineShoppers(Dataset):
    """Visits of a web shop over one year, one row each, with PageValues.

    The data are those of [1]_.  ``PageValues`` is kept because published results use it.  It is
    worked out from the shop's transactions, so that it partly knows the answer: read it beside
    ``online_shoppers_no_pagevalues``.

    Parameters
    ----------
    rates : bool, default=False
        Add totals and rates worked out from each visit's own columns.

    References
    ----------
    .. [1] Sakar, Polat, Katircioglu and Kastro (2019), Real-time prediction of online shoppers'
       purchasing intention using multilayer perceptron and LSTM recurrent neural networks.  Neural
       Computing and Applications 31, 6893-6908.
    """

    card = Card(
        title="Online shoppers, with PageValues",
        question="Does this visit end with a purchase?",
        source=shoppers.SOURCE,
        licence=shoppers.LICENCE,
        target=shoppers.TARGET,
        caveats=(
            "PageValues is the average revenue of visits that passed the pages seen; the shop "
            "works it out from transactions.  Report results with and without it.",
            *shoppers.CAVEATS,
        ),
        suspected_leaks=("PageValues",),
    )
    folder, files, url = shoppers.FOLDER, shoppers.FILES, shoppers.URL
    n_cases, n_positive = shoppers.N_VISITS, shoppers.N_PURCHASES

    def __init__(self, *, rates: bool = False) -> None:
        if not isinstance(rates, bool):
            raise DataError(
                f"data set 'online_shoppers': rates is {rates!r}; it must be true or false."
            )
        self._rates = rates

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read the visits as they stand in the file."""
        features, target = shoppers.read_visits(paths[shoppers.FILE])
        return self.task(Cases(with_rates(features) if self._rates else features), target)
