"""Criteo display advertising (2014): whether an ad is clicked."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._files.large_csv import Layout, large_files
from ._keywords import whole_number

FILE = "train.txt"
NUMBERS = [f"I{number}" for number in range(1, 14)]
NAMES = [f"C{number}" for number in range(1, 27)]
LAYOUT = Layout(("Label", *NUMBERS, *NAMES), header=False, delimiter="\t")
MOST_ROWS = 2_000_000


class Criteo(Dataset):
    """Ads shown in seven days, with 13 counts and 26 hashed categories: which were clicked.

    The file has 45.8 million lines.  Some are drawn by the MD5 of their number, the same at every
    run, from all seven days.

    Parameters
    ----------
    rows : int, default=100_000
        How many are drawn, 1,000 to 2,000,000.  Memory grows with it.
    """

    card = Card(
        title="Criteo display ads",
        question="Will this ad be clicked?",
        source="Criteo Labs, Display Advertising Challenge (Kaggle 2014)",
        licence="For research, not for commercial use; fetched by the user and not shipped",
        target="The ad was clicked (Label).",
        caveats=(
            "Lines are in the order of time but tell no moment: the clock counts lines from 1970 "
            "on, one a second, and says nothing but their order.",
            "What the 39 columns mean is not published, so none can be called free of leaks, nor "
            "suspected to leak.",
            "Clicked and other ads were thinned out at different rates: the base rate of 26 % is "
            "not that of ads.",
            "No user is named: the same person may be in train and in test.",
        ),
    )
    folder, files = "criteo", {FILE: ""}
    how_to_get = (
        f"Its owner asks for terms to be accepted.  The archive dac.tar.gz holds {FILE} (11 GB "
        "unpacked): no line of names, tabs between the cells.  The test file has no outcomes."
    )

    def __init__(self, *, rows: int = 100_000) -> None:
        self._rows = whole_number("criteo", "rows", rows, 1_000, MOST_ROWS)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Draw the rows, and put them in the order of the file."""
        with large_files(self.name) as files:
            files.check(paths[FILE], LAYOUT)
            files.run(
                f"""CREATE TABLE drawn AS
                    SELECT * FROM (SELECT row_number() OVER () - 1 AS line, * FROM {LAYOUT.scan})
                    ORDER BY md5(line::VARCHAR), line LIMIT {self._rows}""",
                paths[FILE],
            )
            ads = files.frame("drawn")
        ads = ads.sort_values("line", ignore_index=True)
        numbers = ads[NUMBERS].apply(pd.to_numeric)
        features = pd.concat([numbers.astype(float), ads[NAMES].astype("category")], axis=1)
        time = ads["line"].to_numpy().astype("datetime64[s]")
        return self.task(Cases(features), pd.to_numeric(ads["Label"]), time=time)
