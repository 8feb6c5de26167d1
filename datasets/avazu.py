"""Avazu mobile ads (2014): whether an ad is clicked."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.task import Card, Task
from ._files.large_csv import Layout, large_files
from ._keywords import whole_number

FILE = "train"  # published as train.gz
NAMES = [
    "C1", "banner_pos", "site_id", "site_domain", "site_category", "app_id", "app_domain",
    "app_category", "device_id", "device_ip", "device_model", "device_type", "device_conn_type",
    "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21",
]  # fmt: skip
LAYOUT = Layout(("id", "click", "hour", *NAMES))
MOST_ROWS = 2_000_000
_LEFT_OUT = ["device_id", "device_ip"]


class Avazu(Dataset):
    """Mobile ads shown in ten days, described by hashed categories: which were clicked.

    The file has 40.4 million lines.  Some are drawn by the MD5 of their id, the same at every run,
    from all ten days.  ``device_id`` and ``device_ip`` are left out: in a draw nearly every value
    occurs once, and they name machines and not what kind of machine it is.

    Parameters
    ----------
    rows : int, default=100_000
        How many are drawn, 1,000 to 2,000,000.  Memory grows with it.
    """

    card = Card(
        title="Avazu mobile ads",
        question="Will this ad be clicked?",
        source="Avazu, Click-Through Rate Prediction (Kaggle 2014)",
        licence="Rules of the competition: not to be passed on, so fetched by the user",
        target="The ad was clicked (click).",
        caveats=(
            "Moments are told to the hour, 21 to 30 October 2014.",
            "Clicked and other ads were thinned out by different rules: the base rate is not that "
            "of ads.",
            "What C1 and C14 to C21 mean is not published.",
            "Users are not named: the same person may be in train and in test.",
            "No file of this source was at hand when this was written: the reading follows the "
            "layout that its publisher describes.",
        ),
    )
    folder, files = "avazu", {FILE: ""}
    how_to_get = (
        "The page of the competition asks for a log-in and for its rules to be accepted.  "
        f"{FILE}.gz is read as it is; the test file has no outcomes."
    )

    def __init__(self, *, rows: int = 100_000) -> None:
        self._rows = whole_number("avazu", "rows", rows, 1_000, MOST_ROWS)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Draw the rows, and put them in the order of time."""
        with large_files(self.name) as files:
            files.check(paths[FILE], LAYOUT)
            files.run(
                f"""CREATE TABLE drawn AS
                    SELECT * FROM {LAYOUT.scan} ORDER BY md5(id), id LIMIT {self._rows}""",
                paths[FILE],
            )
            ads = files.frame("drawn")
        ads = ads.sort_values(["hour", "id"], ignore_index=True)
        hour = pd.to_datetime(ads["hour"], format="%y%m%d%H", errors="coerce")
        if hour.isna().any():
            odd = ads.loc[hour.isna(), "hour"].iloc[0]
            raise DataError(
                f"data set 'avazu': {FILE} holds the hour {odd!r}; hours are written YYMMDDHH, as "
                "in 14102100.  Put the file there as it was published."
            )
        features = ads[NAMES].drop(columns=_LEFT_OUT).astype("category")
        features["hour_of_day"] = hour.dt.hour
        features["weekday"] = hour.dt.day_of_week
        return self.task(Cases(features), pd.to_numeric(ads["click"]), time=hour)
