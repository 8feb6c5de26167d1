"""Online shoppers (UCI 468) in the order of the months: whether a visit ends with a purchase."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.language.sentence import Sentence
from ..bench.task import Card, Task
from . import _online_shoppers as shoppers
from ._keywords import flag

# As the file writes them; it holds no January and no April.
MONTHS = {
    "Feb": 2, "Mar": 3, "May": 5, "June": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11,
    "Dec": 12,
}  # fmt: skip
_PAGE_VALUES = Sentence(
    "PageValues is the average revenue of visits that passed the pages seen; the shop works it out "
    "from transactions of the whole year, later months among them."
)


class OnlineShoppersByMonth(Dataset):
    """Visits of a web shop over one year, split in time: trained on earlier months than tested.

    The data are those of [1]_.  The month is the clock and no feature: a model could not have met
    the months that it is tested on.

    Parameters
    ----------
    page_values : bool, default=False
        Keep the column PageValues, which is suspected to know the sale.

    References
    ----------
    .. [1] Sakar, Polat, Katircioglu and Kastro (2019), Real-time prediction of online shoppers'
       purchasing intention using multilayer perceptron and LSTM recurrent neural networks.  Neural
       Computing and Applications 31, 6893-6908.
    """

    card = Card(
        title="Online shoppers, by month",
        question="Does this visit end with a purchase?",
        source=shoppers.SOURCE,
        licence=shoppers.LICENCE,
        target=shoppers.TARGET,
        caveats=(
            shoppers.WHOLE_VISITS,
            "The year is not known, and within a month nothing tells the order: 1970 stands for "
            "the year, and a visit counts as of the first of its month.  If the months were of two "
            "years, their order here would be wrong.",
            "There is one year: what models lose from one season to the next and what they lose "
            "from one year to the next cannot be told apart.",
            shoppers.COPIES,
        ),
    )
    folder, files, url = shoppers.FOLDER, shoppers.FILES, shoppers.URL
    n_cases, n_positive = shoppers.N_VISITS, shoppers.N_PURCHASES

    def __init__(self, *, page_values: bool = False) -> None:
        self._page_values = flag("online_shoppers_by_month", "page_values", page_values)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read the visits, and make their month the time."""
        features, target = shoppers.read_visits(paths[shoppers.FILE])
        time = _first_of_month(features.pop("Month"))
        if self._page_values:
            return _with_a_suspect(self.task(Cases(features), target, time=time))
        return self.task(Cases(features.drop(columns="PageValues")), target, time=time)


def _first_of_month(months: pd.Series) -> np.ndarray:
    number = months.astype(str).map(MONTHS)
    if number.isna().any():
        odd = months[number.isna()].iloc[0]
        raise DataError(
            f"online shoppers: month {odd!r} is none of {', '.join(MONTHS)}.  Replace the file."
        )
    return (number.to_numpy().astype(np.int64) - 1).astype("datetime64[M]")


def _with_a_suspect(task: Task) -> Task:
    card = task.card
    caveats = (_PAGE_VALUES, *card.caveats)
    return replace(task, card=replace(card, caveats=caveats, suspected_leaks=("PageValues",)))
