"""CDNOW: whether a customer buys again within 90 days of the cut."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.events import Events
from ..bench.language.sentence import Sentence
from ..bench.task import Card, Task
from ._histories import Histories
from ._keywords import whole_number

HORIZON_DAYS = 90
CUTS = np.array(
    ["1997-04-01", "1997-06-01", "1997-08-01", "1997-10-01", "1997-12-01", "1998-02-01",
     "1998-04-01"],
    dtype="datetime64[s]",
)  # fmt: skip
MOST_EVENTS = 20
N_CUSTOMERS = 23_570
_MOST_EVERY = 20
# Cases and positive cases of the shipped tasks with fewer customers.
_COUNTS = {2: (82_495, 14_366)}
KINDS = tuple(
    f"{size}, {price}"
    for size in ("1 CD", "2-3 CDs", "4 or more CDs")
    for price in ("under $14 each", "$14 or more each")
)


class Cdnow(Dataset):
    """All purchases, January 1997 to June 1998, of a music shop's new customers.

    The 23,570 customers [1]_ made their first purchase in the first quarter of 1997.  A case is a
    customer on one of seven cuts.  Features and events come from purchases before the cut, the
    target from ``[cut, cut + 90 days)``, which the log covers for every cut.

    Parameters
    ----------
    every : int, default=1
        Keep each so manieth customer, by number: 2 keeps half of them, which fits in half the time
        and widens intervals by two fifths.

    References
    ----------
    .. [1] Fader and Hardie (2001), Forecasting repeat sales at CDNOW: a case study.  Interfaces
       31(3), S94-S107.
    """

    card = Card(
        title="CDNOW repeat purchases",
        question="Will this customer buy again within 90 days?",
        source="Fader and Hardie, CDNOW master data, as shipped in the Python package lifetimes",
        licence="No formal licence; published by its authors for research and teaching",
        target="The customer makes at least one purchase in the 90 days from the cut.",
        caveats=(
            "Purchases only, without visits or carts, and dated to the day.",
            "One cohort that grows older: from the first cut to the last the share who buy again "
            "falls from 22.7 % to 14.0 %, so probabilities learnt early are too high later.",
        ),
        horizon_days=HORIZON_DAYS,
    )
    package, package_folder = "lifetimes", "datasets"
    files = {"CDNOW_master.txt": "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"}
    n_cases, n_positive = 164_990, 28_923

    def __init__(self, *, every: int = 1) -> None:
        self._every = whole_number("cdnow", "every", every, 1, _MOST_EVERY)
        if every > 1:
            self.n_cases, self.n_positive = _COUNTS.get(every, (None, None))
            thinned = Sentence(
                "Thinned: of the {n:,} customers one in {every}, by number.",
                n=N_CUSTOMERS,
                every=every,
            )
            self.card = replace(self.card, caveats=(*self.card.caveats, thinned))

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Cut every customer's purchases on every cut."""
        purchases = pd.read_csv(
            paths["CDNOW_master.txt"],
            sep=r"\s+",
            skiprows=1,
            names=["customer", "date", "cds", "dollars"],
        )
        purchases = purchases[purchases["customer"] % self._every == 0]
        cases, target, customer, cut = customer_quarters(purchases)
        return self.task(cases, target, group=customer, time=cut)


def customer_quarters(
    purchases: pd.DataFrame,
) -> tuple[Cases, np.ndarray, np.ndarray, np.ndarray]:
    """Build the cases, and for each its target, customer and cut, by cut and customer.

    Parameters
    ----------
    purchases : DataFrame
        ``customer``, ``date`` (YYYYMMDD), ``cds``, ``dollars``.  Purchases of one day stay apart,
        in the order of the file.
    """
    purchases = purchases.sort_values(["customer", "date"], kind="stable")
    date = pd.to_datetime(purchases["date"].astype(str), format="%Y%m%d").to_numpy()
    history = Histories(purchases["customer"].to_numpy(), date)
    cents = np.rint(purchases["dollars"].to_numpy() * 100).astype(np.int64)
    cds = purchases["cds"].to_numpy()

    everybody = np.unique(history.owner)
    customer, cut = np.tile(everybody, len(CUTS)), np.repeat(CUTS, len(everybody))
    eligible = history.before(customer, cut).n_rows > 0
    customer, cut = customer[eligible], cut[eligible]
    cases = Cases(
        _features(history, cents, cds, customer, cut), _events(history, cents, cds, customer, cut)
    )
    buys = history.after(customer, cut, days=HORIZON_DAYS).n_rows > 0
    return cases, buys, customer, cut


def _features(
    history: Histories, cents: np.ndarray, cds: np.ndarray, customer: np.ndarray, cut: np.ndarray
) -> pd.DataFrame:
    ever = history.before(customer, cut)
    last = ever.latest(1)
    recent = history.before(customer, cut, days=60)
    earlier = history.before(customer, cut, days=60, skip=60)
    days = history.gap > 0  # a customer's first day has gap 0, like a further purchase of a day
    recency = history.days_since_last(ever, cut)
    gap_mean, gap_sd = history.gap_moments(ever)
    value = ever.total(cents) / 100
    return pd.DataFrame(
        {
            "recency_days": recency,
            "known_for_days": history.days_since_first(ever, cut),
            "purchases": ever.n_rows,
            "purchase_days": ever.total(days) + 1,
            "value": value,
            "value_mean": value / ever.n_rows,
            "value_last": last.total(cents) / 100,
            "cds": ever.total(cds),
            "cds_last": last.total(cds),
            "gap_mean_days": gap_mean,
            "gap_sd_days": gap_sd,
            "recency_in_gaps": recency / (gap_mean + 1),  # purchases of one day have gap 0
            "purchases_60": recent.n_rows,
            "value_60": recent.total(cents) / 100,
            "purchases_trend_60": recent.n_rows - earlier.n_rows,
        }
    )


def _events(
    history: Histories, cents: np.ndarray, cds: np.ndarray, customer: np.ndarray, cut: np.ndarray
) -> Events:
    size = np.digitize(cds, [2, 4])
    dear = cents >= 1_400 * cds
    kind = 2 * size + dear
    offsets, rows = history.before(customer, cut).latest(MOST_EVENTS).rows()
    until = np.repeat(cut, np.diff(offsets))
    marks = {
        "kind": kind[rows].astype(np.int32),
        "gap": history.gap[rows].astype(np.float32),
        "value": (cents[rows] / 100).astype(np.float32),
        "cds": cds[rows].astype(np.float32),
        "days_before": ((until - history.time[rows]) / np.timedelta64(1, "D")).astype(np.float32),
    }
    return Events(offsets, marks, {"kind": KINDS})
