"""The UCI online shoppers' visits: the file, and how it is read."""

from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = "online_shoppers"
FILE = "online_shoppers_intention.csv"
FILES = {FILE: "b3055ee355f59134d851d32641183cb4a8b45def7124d2f50442a042f358e0d9"}
URL = (
    "https://archive.ics.uci.edu/static/public/468/online+shoppers+purchasing+intention+dataset.zip"
)
N_VISITS, N_PURCHASES = 12_330, 1_908
SOURCE = "UCI Machine Learning Repository, data set 468, doi:10.24432/C5F88Q"
LICENCE = "CC BY 4.0"
TARGET = "The visit ended with a purchase (Revenue)."
WHOLE_VISITS = (
    "Counts and durations describe the whole visit: this tells buyers from others once the visit "
    "is over; it does not forecast."
)
COPIES = "125 rows are exact copies of others (all without a purchase) and may stand on both sides."
CAVEATS = (
    WHOLE_VISITS,
    "Every visit is of another user, and the year is not given: no split by user or in time can "
    "be made.  Trained on February to October and tested on November and December, models score "
    "clearly worse than on the random splits used here.",
    COPIES,
)

# Numbers in the file, but names in truth: browser 4 is not twice browser 2.
_CODES = ("Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType")


def read_visits(path: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """Give the 17 features and the target of the visits, in the order of the file."""
    visits = pd.read_csv(path, dtype=dict.fromkeys(_CODES, "str"))
    target = visits.pop("Revenue").to_numpy()
    return visits.astype(dict.fromkeys(_CODES, "category")), target
