"""Taiwan credit cards (UCI 350): whether a client defaults next month."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._keywords import columns_there

FILE = "UCI_Credit_Card.csv"
_MONTHS = ("0", "2", "3", "4", "5", "6")  # of PAY; the published file has no PAY_1
_CODES = ["SEX", "EDUCATION", "MARRIAGE"]
COLUMNS = [
    "LIMIT_BAL", *_CODES, "AGE", *(f"PAY_{month}" for month in _MONTHS),
    *(f"BILL_AMT{month}" for month in range(1, 7)), *(f"PAY_AMT{month}" for month in range(1, 7)),
]  # fmt: skip
_STATES, _BILLS, _PAID = COLUMNS[5:11], COLUMNS[11:17], COLUMNS[17:23]
TARGET = "default.payment.next.month"
# The archive's workbook writes it with blanks, and a line of X1 ... X23, Y above the names.
_TARGET_OF_WORKBOOK = "default payment next month"
_TITLE_LINE = "X1"


class TaiwanDefault(Dataset):
    """Credit card clients of a bank in Taiwan, April to September 2005: who defaults in October.

    The data are those of [1]_.  What a client owed, paid and fell behind with in six months is
    known, and a few facts of the person.

    Beside the file's columns stand shares that a table of amounts leaves to the model: of the limit
    that was used and of the bill that was paid; and how often and how far the client was behind.

    References
    ----------
    .. [1] Yeh and Lien (2009), The comparisons of data mining techniques for the predictive
       accuracy of probability of default of credit card clients.  Expert Systems with Applications
       36(2), 2473-2480, doi:10.1016/j.eswa.2007.12.020.
    """

    card = Card(
        title="Taiwan credit card default",
        question="Will this client default next month?",
        source="UCI Machine Learning Repository, data set 350, doi:10.24432/C55S3H",
        licence="CC BY 4.0",
        target="The client did not pay in October 2005 (default payment next month).",
        caveats=(
            "Codes without a documented meaning: EDUCATION 0, 5 and 6 (345 clients), MARRIAGE 0 "
            "(54), and -2 and 0 in the repayment states PAY_0 to PAY_6, which are the most "
            "frequent.  They are kept as they are.",
            "One bank, one half year, all clients at one moment: nothing can be split in time, and "
            "October 2005 was in the middle of Taiwan's crisis of card debt.",
            "Sex, age and marital state are among the features; many laws forbid to lend by them.",
            "35 rows are exact copies of others and may stand on both sides.",
        ),
    )
    folder, files = "credit_taiwan", {FILE: ""}
    n_cases, n_positive = 30_000, 6_636
    content = "7ca5b382569aa8b217536da085d87edad71e0177e5d2ed90c016630b631c3b26"
    how_to_get = (
        "The archive holds a workbook, default of credit card clients.xls.  Open it in any program "
        f"for tables and save it as {FILE} (comma, no thousands separators); copies of that name "
        "from elsewhere serve as well, with or without the column ID: the values are verified."
    )

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Read the clients in the order of the file, whichever way it was written."""
        path = paths[FILE]
        first = pd.read_csv(path, header=None, nrows=1, dtype=str, encoding="utf-8-sig")
        has_title_line = _TITLE_LINE in first.iloc[0].to_list()
        clients = pd.read_csv(path, skiprows=int(has_title_line), encoding="utf-8-sig")
        clients = clients.rename(columns={_TARGET_OF_WORKBOOK: TARGET})
        columns_there(self.name, FILE, list(clients.columns), [*COLUMNS, TARGET])
        features = clients[COLUMNS].astype(float)
        codes = features[_CODES].astype(int).astype(str).astype("category")
        features = features.assign(**codes, **_derived(features))
        return self.task(Cases(features), clients[TARGET])


def _derived(clients: pd.DataFrame) -> dict[str, np.ndarray]:
    """Relate what was owed to the limit, and what was paid to the bill of the month before."""
    limit = clients["LIMIT_BAL"].to_numpy()
    late, owed, paid = (clients[names].to_numpy() for names in (_STATES, _BILLS, _PAID))
    found = {f"{name}_of_limit": _share(owed[:, i], limit) for i, name in enumerate(_BILLS)}
    for i, name in enumerate(_PAID[:-1]):
        # The months run backwards: what is paid in one is the bill of the next column.
        found[f"{name}_of_bill"] = _share(paid[:, i], owed[:, i + 1])
    return found | {
        "paid_of_limit": _share(paid.sum(axis=1), limit),
        "times_late": (late > 0).sum(axis=1),
        "most_months_late": late.max(axis=1),
        "sum_of_months_late": np.maximum(late, 0).sum(axis=1),
    }


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Divide; missing where there is nothing to be a share of."""
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
