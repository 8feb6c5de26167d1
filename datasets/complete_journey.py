"""The Complete Journey: whether a household shops in the seven days after the cut."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from . import _complete_journey_baskets as journey
from ._complete_journey_households import basket_events, household_features

HORIZON_DAYS = 7
# Every fourth Monday, from that of the data's week 12 to the last with a whole label window.
CUTS = np.arange("2017-03-13", "2017-12-19", 28, dtype="datetime64[D]").astype("datetime64[s]")


class CompleteJourney(Dataset):
    """Grocery baskets of 2,469 households in 2017, cut on eleven Mondays.

    The data are those of [1]_.  A case is a household on a cut, if it had a basket before.
    Features and events come from baskets and campaigns before the cut, at midnight of the shop's
    clock; the target from baskets in ``[cut, cut + 7 days)``.

    References
    ----------
    .. [1] 84.51°, The Complete Journey.
    """

    card = Card(
        title="The Complete Journey: next week",
        question="Will this household shop in the next 7 days?",
        source=journey.SOURCE,
        licence=journey.LICENCE,
        target="The household has at least one basket in the 7 days from the cut.",
        real=False,
        caveats=(
            journey.SIMULATED,
            journey.DEMOGRAPHICS_CAVEAT,
            "Nothing is known before 2017: early cuts have shorter histories than late ones.",
            "More than half of the cases are positive, so even a perfect ranking lifts little.",
        ),
        horizon_days=HORIZON_DAYS,
    )
    package, package_folder, files = journey.PACKAGE, journey.PACKAGE_FOLDER, journey.FILES
    n_cases, n_positive = 26_299, 14_852

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Cut every household's history on every cut."""
        cases, target, household, cut = household_weeks(journey.read_tables(paths))
        return self.task(cases, target, group=household, time=cut)


def household_weeks(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[Cases, np.ndarray, np.ndarray, np.ndarray]:
    """Build the cases, and for each its target, household and cut, by cut and household."""
    baskets = journey.baskets_of(tables)
    everybody = np.unique(baskets.history.owner)
    household = np.tile(everybody, len(CUTS))
    cut = np.repeat(CUTS, len(everybody))
    eligible = baskets.history.before(household, cut).n_rows > 0
    household, cut = household[eligible], cut[eligible]
    cases = Cases(
        household_features(tables, baskets, household, cut), basket_events(baskets, household, cut)
    )
    shops = baskets.history.after(household, cut, days=HORIZON_DAYS).n_rows > 0
    return cases, shops.astype(np.int8), household, cut
