"""The Complete Journey: whether a household redeems a coupon of a campaign that it receives."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from . import _complete_journey_baskets as journey
from ._complete_journey_households import basket_events, household_features, share


class CompleteJourneyCoupons(Dataset):
    """Response of households to 27 coupon campaigns of a grocer.

    The data are those of [1]_.  A case is a household and a campaign that it receives, at midnight
    of the campaign's first day.  Features and events come from before that moment, and from
    what the campaign itself offers.

    Cases are split by household, not in time.  An outcome is decided when the campaign ends, 33 to
    162 days after its start, and campaigns overlap.  Of a plan in time with three folds, purging by
    the longest campaign leaves the first fold nothing to fit on; purging by 66 days, which is too
    short for one campaign only, leaves it 64 cases, three of them positive.

    References
    ----------
    .. [1] 84.51°, The Complete Journey.
    """

    card = Card(
        title="The Complete Journey: coupon response",
        question="Will this household redeem a coupon of the campaign that it receives?",
        source=journey.SOURCE,
        licence=journey.LICENCE,
        target="The household redeems at least one coupon of this campaign while the data last.",
        real=False,
        caveats=(
            journey.SIMULATED,
            journey.DEMOGRAPHICS_CAVEAT,
            "Split by household, not in time: the same campaigns are in train and test, so a "
            "model may know how others answered this very campaign.  Scores say who answers, not "
            "how well a campaign that nobody has seen can be judged.",
            "Three campaigns start before the data do (147 cases without any history, their first "
            "redemptions unseen), and five end after them (785 cases, later redemptions unseen).",
        ),
    )
    package, package_folder, files = journey.PACKAGE, journey.PACKAGE_FOLDER, journey.FILES
    n_cases, n_positive = 6_589, 792

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Look at each household on the eve of each campaign that it receives."""
        cases, target, household = household_campaigns(journey.read_tables(paths))
        return self.task(cases, target, group=household)


def household_campaigns(
    tables: Mapping[str, pd.DataFrame],
) -> tuple[Cases, np.ndarray, np.ndarray]:
    """Build the cases, and for each its target and household, by campaign and household."""
    received = tables["campaigns"].merge(tables["campaign_descriptions"], on="campaign_id")
    received = received.sort_values(["campaign_id", "household_id"], ignore_index=True)
    household = received["household_id"].to_numpy()
    start = received["start_date"].to_numpy().astype("datetime64[s]")

    baskets = journey.baskets_of(tables)
    features = pd.concat(
        [
            _offer(tables["coupons"], received),
            _fit_to_past(tables, received),
            household_features(tables, baskets, household, start),
        ],
        axis=1,
    )
    pair = ["campaign_id", "household_id"]
    redeemed = pd.MultiIndex.from_frame(tables["coupon_redemptions"][pair])
    target = pd.MultiIndex.from_frame(received[pair]).isin(redeemed)
    return Cases(features, basket_events(baskets, household, start)), target, household


def _offer(coupons: pd.DataFrame, received: pd.DataFrame) -> pd.DataFrame:
    campaign = received["campaign_id"]
    offered = coupons.groupby("campaign_id")
    length = received["end_date"] - received["start_date"]
    return pd.DataFrame(
        {
            "campaign_type": received["campaign_type"].astype("category"),
            "campaign_days": length.dt.days + 1,
            "campaign_coupons": campaign.map(offered["coupon_upc"].nunique()),
            "campaign_products": campaign.map(offered["product_id"].nunique()),
        }
    )


def _fit_to_past(tables: Mapping[str, pd.DataFrame], received: pd.DataFrame) -> pd.DataFrame:
    """Measure how much of each household's spending before the start was on what is offered."""
    lines = tables["transactions"]
    household = lines["household_id"].to_numpy()
    clock = lines["clock"].to_numpy()
    paid = journey.cents(lines["sales_value"])
    department = journey.department_codes(tables["products"], lines["product_id"])
    product, product_id = pd.factorize(lines["product_id"])
    n_households = int(max(household.max(), received["household_id"].max())) + 1

    spent = {name: np.zeros(len(received)) for name in ("all", "products", "departments")}
    bought = np.zeros(len(received), dtype=np.int64)
    for campaign, rows in received.groupby("campaign_id").indices.items():
        offered = tables["coupons"].loc[tables["coupons"]["campaign_id"] == campaign, "product_id"]
        is_offered = np.isin(product_id, offered)
        codes = journey.department_codes(tables["products"], offered)
        departments = np.bincount(codes, minlength=len(journey.DEPARTMENTS)) > 0
        receiver = received["household_id"].to_numpy()[rows]
        past = clock < received["start_date"].to_numpy()[rows[0]]
        chosen = {"all": past, "products": past & is_offered[product]}
        chosen["departments"] = past & departments[department]
        for name, mask in chosen.items():
            totals = np.bincount(household[mask], weights=paid[mask], minlength=n_households)
            spent[name][rows] = totals[receiver] / 100
        mask = chosen["products"]
        bought[rows] = np.bincount(household[mask], minlength=n_households)[receiver]
    return pd.DataFrame(
        {
            "spent_on_offered_products": spent["products"],
            "bought_offered_products": bought,
            "share_on_offered_products": share(spent["products"], spent["all"]),
            "share_on_offered_departments": share(spent["departments"], spent["all"]),
        }
    )
