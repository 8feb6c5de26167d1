"""German credit (UCI 144): whether an applicant is a bad risk."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.task import Card, Task
from ._german_credit_codes import COLUMNS, MEANING
from ._keywords import columns_there

CODED, LABELLED = "german.data", "germancredit_labelled.csv"
_LEFT_OUT = "personal_status_and_sex"
_NUMBERS = {
    "duration_in_month",
    "credit_amount",
    "installment_rate_in_percentage_of_disposable_income",
    "present_residence_since",
    "age_in_years",
    "number_of_existing_credits_at_this_bank",
    "number_of_people_being_liable_to_provide_maintenance_for",
}
_BAD = {"good": 0, "bad": 1, "1": 0, "2": 1}


class GermanCredit(Dataset):
    """1,000 credits of a German bank in the 1970s: which were bad.

    The classic small set [1]_.  Its archive gives a cost matrix: a bad credit called good costs 5,
    a good one called bad costs 1.

    ``personal_status_and_sex`` is left out.  In the copy with labels that goes round in program
    packages that column is sorted, so that it says nothing of its row; and the archive's own
    coding of it is known to be wrong [2]_.

    References
    ----------
    .. [1] Hofmann (1994), Statlog (German Credit Data).  UCI Machine Learning Repository,
       doi:10.24432/C5NC77.
    .. [2] Groemping (2019), South German credit data: correcting a widely used data set.  Reports
       in Mathematics, Physics and Chemistry 4, Beuth University of Applied Sciences Berlin.
    """

    card = Card(
        title="German credit",
        question="Is this applicant a bad risk?",
        source="UCI Machine Learning Repository, data set 144, doi:10.24432/C5NC77",
        licence="CC BY 4.0",
        target="The credit was judged bad (creditability).",
        caveats=(
            "Costs, as the archive gives them: a bad credit called good costs 5, a good one called "
            "bad costs 1.  In a suite: [decisions] with false_positive = 1, false_negative = 5.",
            "1,000 credits of about 1973 to 1975, all of them granted, bad ones drawn more often "
            "than they occurred: the base rate of 30 % is not that of any bank.",
            "Several codes of the archive are known to be wrong (Groemping 2019).  The column "
            "personal_status_and_sex is left out: it is wrong there, and scrambled in the copy "
            "with labels.",
            "Age and foreign_worker are among the features; many laws forbid to lend by them.",
        ),
    )
    folder, files = "credit_german", {CODED: ""}
    other_files = {LABELLED: "2c0bae00275c028fc853a1ea72cc7a68002c3f6876c41300c5c948711540c8c6"}
    n_cases, n_positive = 1_000, 300
    how_to_get = f"The archive of the data set holds {CODED}; it is read as it is."

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read the credits in the order of the file, its codes as what they mean."""
        if CODED in paths:
            credits = _decoded(pd.read_csv(paths[CODED], sep=r"\s+", header=None, dtype=str))
        else:
            credits = pd.read_csv(paths[LABELLED], dtype=str)
            columns_there(self.name, LABELLED, list(credits.columns), list(COLUMNS))
        target = credits["creditability"].map(_BAD)
        features = credits[list(COLUMNS[:-1])].drop(columns=_LEFT_OUT)
        kinds = {name: int if name in _NUMBERS else "category" for name in features}
        return self.task(Cases(features.astype(kinds)), target)


def _decoded(credits: pd.DataFrame) -> pd.DataFrame:
    if credits.shape[1] != len(COLUMNS):
        raise DataError(
            f"data set 'german_credit': {CODED} has {credits.shape[1]} cells a line; the archive's "
            f"has {len(COLUMNS)}, without a line of names.  Replace the file."
        )
    credits = credits.set_axis(list(COLUMNS), axis=1)
    for name in COLUMNS[:-1]:
        if name in _NUMBERS or name == _LEFT_OUT:
            continue
        odd = credits.loc[~credits[name].isin(MEANING), name]
        if len(odd):
            raise DataError(
                f"data set 'german_credit': {CODED}, line {odd.index[0] + 1}: {name} is "
                f"{odd.iloc[0]!r}, which is no code of the archive.  Replace the file."
            )
        credits[name] = credits[name].map(MEANING)
    return credits
