"""Open Bandit (ZOZOTOWN): whether a recommended fashion item is clicked."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.cases import Cases
from ..bench.dataset import Dataset
from ..bench.task import Card, Task
from ._keywords import flag

POLICIES = ("random", "bts")
CAMPAIGNS = ("all", "men", "women")
# The timestamps are UTC; the shop's customers live nine hours ahead.
_CLOCK = pd.Timedelta(hours=9)
_USER = [f"user_feature_{number}" for number in range(4)]
_ITEM_NUMBER, *_ITEM_NAMES = [f"item_feature_{number}" for number in range(4)]
_AFFINITIES = ("affinity_item", "affinity_items", "affinity_total")
_HOW_TO_GET = (
    "This is the small version that its authors ship in the Python package obp 0.4.1, below "
    "obp/dataset/obd.  Unpack that package (a wheel is a zip archive; nothing needs to be "
    "installed), go into that folder, and rename:\n"
    "  for c in all men women; do\n"
    "    cp random/$c/$c.csv random_$c.csv; cp bts/$c/$c.csv bts_$c.csv\n"
    "    cp random/$c/item_context.csv item_context_$c.csv\n"
    "  done"
)


class OpenBandit(Dataset):
    """Items shown on a fashion shop's page in one week of 2019: which were clicked.

    The data are those of [1]_: 10,000 impressions each of two policies (one shows items at random,
    one by Bernoulli Thompson sampling) in three campaigns with their own items.  The six files are
    pooled: one alone holds 38 to 69 clicks.

    Neither ``propensity_score`` nor the policy is a feature.  The first is how likely the policy
    was to show the item, which it had learnt from clicks of its own; a shop with another way of
    choosing does not have that number, and a model that reads it copies the policy.

    Parameters
    ----------
    affinities : bool, default=True
        Keep what was counted from past clicks of like users; nobody says up to when.

    References
    ----------
    .. [1] Saito, Aihara, Matsutani and Narita (2020), Open Bandit Dataset and Pipeline: towards
       realistic and reproducible off-policy evaluation.  arXiv:2008.07146.
    """

    card = Card(
        title="Open Bandit",
        question="Will this recommended item be clicked?",
        source="ZOZO Research, Open Bandit Dataset, small version, as shipped in the Python "
        "package obp 0.4.1",
        licence="CC BY 4.0",
        target="The user clicked the item shown (click).",
        caveats=(
            "287 clicks in 60,000 impressions (0.48 %): few for a test part, so look at the "
            "intervals before the order of models.",
            "affinity_* count past clicks of like users.  The period is not published and may "
            "reach into the log: report results with and without them (affinities = false).",
            "Half of the impressions were chosen by a policy that learns from clicks, so items "
            "that did well are shown more often.  The propensity score, with which that could be "
            "corrected, and the policy are no features.",
            "Users have no name, only four hashed features: the same user may be in train and in "
            "test.  One week in November 2019.",
        ),
        suspected_leaks=_AFFINITIES,
    )
    folder = "open_bandit_small"
    files = {
        "random_all.csv": "7168295b6e0a9eabcf3392320a5dd434e542b68e705d5cd9491499af589812f1",
        "random_men.csv": "ede6d08c6877f99cd3770f7d09e26c738e6aa6de4445ccccfb1356ba5d06b1eb",
        "random_women.csv": "e65f3bd3beb17664fa69cc129bf7bf852a775f8ffa630506e505fc905315bb34",
        "bts_all.csv": "0ad874e4dbf6902f0845dd478ad8dde5ef6903583d3ffaace78411bdad064106",
        "bts_men.csv": "db6d1f7ed2d591ba521533e45286d4c1fba7fe57a8ad2e80342210335f43c527",
        "bts_women.csv": "e5d1b49a39b608585a2f3014a3f54970430cd37a495c1b73fceb85cdf428a5b8",
        "item_context_all.csv": "eba04cc23d5f130a93ff174c5392986882b94c3839433cb8143870eaa6221358",
        "item_context_men.csv": "6d855c2b7e917d0448d71bbe62c023147495882c0fdc8c41e86fef86abf9fe09",
        "item_context_women.csv": (
            "b1ca4905f97703d196004f2ad4552c1e90c2afad8b50688d333b0d2dc0b33147"
        ),
    }
    n_cases, n_positive = 60_000, 287
    how_to_get = _HOW_TO_GET

    def __init__(self, *, affinities: bool = True) -> None:
        self._affinities = flag("open_bandit", "affinities", affinities)

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Pool the six logs, in the order of time."""
        parts = []
        for campaign in CAMPAIGNS:
            items = pd.read_csv(paths[f"item_context_{campaign}.csv"], index_col="item_id")
            for policy in POLICIES:
                log = pd.read_csv(paths[f"{policy}_{campaign}.csv"])
                parts.append(_impressions(log, items, campaign))
        shown = pd.concat(parts, ignore_index=True)
        shown = shown.sort_values("time", kind="stable", ignore_index=True)
        time, click = shown.pop("time").to_numpy(), shown.pop("click").to_numpy()
        names = ["campaign", "item", "position", *_USER, *_ITEM_NAMES]
        shown = shown.astype(dict.fromkeys(names, "category"))
        if self._affinities:
            return self.task(Cases(shown), click, time=time)
        task = self.task(Cases(shown.drop(columns=list(_AFFINITIES))), click, time=time)
        return replace(task, card=replace(task.card, suspected_leaks=()))


def _impressions(log: pd.DataFrame, items: pd.DataFrame, campaign: str) -> pd.DataFrame:
    """Describe each impression by what was known when the item was shown."""
    # Each campaign numbers its items, and has a column of affinities for each of them.
    number = log["item_id"].to_numpy()
    affinity = log[[f"user-item_affinity_{item}" for item in range(len(items))]].to_numpy()
    moment = pd.to_datetime(log["timestamp"], format="ISO8601", utc=True)
    context = items.loc[number]
    return pd.DataFrame(
        {
            "time": moment.dt.tz_localize(None),
            "click": log["click"],
            "campaign": campaign,
            "item": [f"{campaign} {item}" for item in number],
            "position": log["position"].astype(str),
            **{name: log[name] for name in _USER},
            _ITEM_NUMBER: context[_ITEM_NUMBER].to_numpy(),
            **{name: context[name].to_numpy() for name in _ITEM_NAMES},
            "hour": (moment + _CLOCK).dt.hour,
            "affinity_item": affinity[np.arange(len(log)), number],
            "affinity_items": (affinity > 0).sum(axis=1),
            "affinity_total": affinity.sum(axis=1),
        }
    )
