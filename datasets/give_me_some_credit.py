"""Give Me Some Credit (Kaggle 2011): whether a borrower falls 90 days behind within two years."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._keywords import columns_there

FILE = "cs-training.csv"
TARGET = "SeriousDlqin2yrs"
PAST_DUE = [
    "NumberOfTime30-59DaysPastDueNotWorse",
    "NumberOfTime60-89DaysPastDueNotWorse",
    "NumberOfTimes90DaysLate",
]
COLUMNS = [
    "RevolvingUtilizationOfUnsecuredLines", "age", "DebtRatio", "MonthlyIncome",
    "NumberOfOpenCreditLinesAndLoans", "NumberRealEstateLoansOrLines", "NumberOfDependents",
    *PAST_DUE,
]  # fmt: skip
_CODES = (96, 98)


class GiveMeSomeCredit(Dataset):
    """150,000 borrowers of a competition: who is 90 days past due within two years.

    In the three counts of times past due, 96 and 98 are no numbers of times but codes that nobody
    has explained.  They are turned into missing counts and a feature of their own,
    ``past_due_code``; a model on a scale of numbers would take them for the worst payers by far.
    """

    card = Card(
        title="Give Me Some Credit",
        question="Will this borrower be 90 days past due within two years?",
        source="Kaggle competition Give Me Some Credit (2011), cs-training.csv",
        licence="Rules of the competition: not to be passed on, so fetched by the user",
        target="The borrower is 90 days or more past due at least once in the two years "
        f"({TARGET}).",
        caveats=(
            "The codes 96 and 98 in the counts of times past due (269 borrowers) have no documented"
            " meaning; more than half of them default.",
            "MonthlyIncome is missing for 29,731 borrowers and NumberOfDependents for 3,924.  "
            "Without an income, DebtRatio is no ratio but an amount.",
            "RevolvingUtilizationOfUnsecuredLines should lie between 0 and 1 and reaches 50,708; "
            "one borrower is 0 years old.  Both are kept as they are.",
            "Neither bank nor year is known, and nothing can be split in time.  609 rows are exact "
            "copies of others.",
        ),
    )
    folder, files = "credit_givemesomecredit", {FILE: ""}
    n_cases, n_positive = 150_000, 10_026
    content = "d31c04d5aa04d02a1ecd49da4e1387350050d253570e55dc561fc6924fdca2ff"
    how_to_get = (
        "The page of the competition asks for a log-in and for its rules to be accepted.  Of its "
        f"files only {FILE} is needed (the test file has no outcomes)."
    )

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read the borrowers in the order of the file."""
        borrowers = pd.read_csv(paths[FILE])
        columns_there(self.name, FILE, list(borrowers.columns), [*COLUMNS, TARGET])
        features = borrowers[COLUMNS].astype(float)
        coded = features[PAST_DUE].isin(_CODES)
        code = features[PAST_DUE].where(coded).max(axis=1)
        names = np.where(code.isna(), "none", code.fillna(0).astype(int).astype(str))
        features[PAST_DUE] = features[PAST_DUE].mask(coded)
        features["past_due_code"] = pd.Categorical(names, ["none", *map(str, _CODES)])
        return self.task(Cases(features), borrowers[TARGET])
