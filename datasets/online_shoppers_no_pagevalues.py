"""Online shoppers (UCI 468) without PageValues: whether a visit ends with a purchase."""

from collections.abc import Mapping
from pathlib import Path

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from . import _online_shoppers as shoppers


class OnlineShoppersNoPageValues(Dataset):
    """Visits of a web shop over one year, one row each, without PageValues.

    The data are those of [1]_; the column left out is suspected to know the sale.

    References
    ----------
    .. [1] Sakar, Polat, Katircioglu and Kastro (2019), Real-time prediction of online shoppers'
       purchasing intention using multilayer perceptron and LSTM recurrent neural networks.  Neural
       Computing and Applications 31, 6893-6908.
    """

    card = Card(
        title="Online shoppers, without PageValues",
        question="Does this visit end with a purchase?",
        source=shoppers.SOURCE,
        licence=shoppers.LICENCE,
        target=shoppers.TARGET,
        caveats=shoppers.CAVEATS,
    )
    folder, files, url = shoppers.FOLDER, shoppers.FILES, shoppers.URL
    n_cases, n_positive = shoppers.N_VISITS, shoppers.N_PURCHASES

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read the visits, and drop the column."""
        features, target = shoppers.read_visits(paths[shoppers.FILE])
        return self.task(Cases(features.drop(columns="PageValues")), target)
