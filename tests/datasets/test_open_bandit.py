import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.reading import load_suite
from intentbench.datasets.open_bandit import CAMPAIGNS, POLICIES, OpenBandit

N_ITEMS = {"all": 3, "men": 2, "women": 2}


def impressions(seed, n_items):
    """A log of one policy and campaign, as published."""
    rng, n = np.random.default_rng(seed), 6
    seconds = np.sort(rng.choice(600_000, n, replace=False))
    moments = pd.Timestamp("2019-11-24", tz="UTC") + pd.to_timedelta(seconds, unit="s")
    frame = pd.DataFrame(
        {
            "timestamp": moments.astype(str),
            "item_id": rng.integers(0, n_items, n),
            "position": rng.integers(1, 4, n),
            "click": [0, 1, 0, 0, 1, 0],
            "propensity_score": rng.random(n),
        }
    )
    # One moment is told without a fraction of a second, another with it.
    frame.loc[0, "timestamp"] = frame.loc[0, "timestamp"].replace("+00:00", ".250000+00:00")
    for number in range(4):
        frame[f"user_feature_{number}"] = [f"{number:02d}{code}" for code in "aabbcc"]
    for item in range(n_items):
        frame[f"user-item_affinity_{item}"] = rng.integers(0, 3, n).astype(float)
    return frame


@pytest.fixture
def logs(provide, monkeypatch):
    """The six logs, written as published; one user feature tells from which log a row came."""
    logs = {}
    for number, (policy, campaign) in enumerate((p, c) for p in POLICIES for c in CAMPAIGNS):
        log = impressions(number, N_ITEMS[campaign])
        log["user_feature_0"] = f"{policy}-{campaign}"
        logs[policy, campaign] = log
        provide(f"open_bandit_small/{policy}_{campaign}.csv.gz", log.to_csv())
    for campaign, n_items in N_ITEMS.items():
        items = pd.DataFrame({"item_id": range(n_items)})
        items["item_feature_0"] = [number + len(campaign) for number in range(n_items)]
        for number in range(1, 4):
            items[f"item_feature_{number}"] = [f"{campaign}{i}" for i in range(n_items)]
        # The order of the items is no part of the layout.
        provide(f"open_bandit_small/item_context_{campaign}.csv", items[::-1].to_csv())
    monkeypatch.setattr(OpenBandit, "files", dict.fromkeys(OpenBandit.files, ""))
    monkeypatch.setattr(OpenBandit, "n_cases", None)
    monkeypatch.setattr(OpenBandit, "n_positive", None)
    return logs


def test_all_impressions_are_pooled_in_the_order_of_time(logs):
    task = OpenBandit().load()
    assert len(task) == 36 and task.target.sum() == 12
    assert (np.diff(task.time.astype(np.int64)) >= 0).all() and task.group is None
    counts = task.cases.features["user_feature_0"].value_counts()
    assert counts.to_dict() == {f"{p}-{c}": 6 for p, c in logs}


def test_a_row_carries_its_own_campaigns_item_and_affinities(logs):
    task = OpenBandit().load()
    features = task.cases.features.astype({"user_feature_0": str, "item": str})
    for (policy, campaign), log in logs.items():
        rows = np.flatnonzero(features["user_feature_0"] == f"{policy}-{campaign}")
        ours = features.iloc[rows]
        items = log["item_id"].tolist()
        assert task.target[rows].tolist() == log["click"].tolist()
        assert ours["campaign"].astype(str).unique().tolist() == [campaign]
        assert ours["item"].tolist() == [f"{campaign} {item}" for item in items]
        assert ours["item_feature_0"].tolist() == [item + len(campaign) for item in items]
        assert ours["item_feature_2"].astype(str).tolist() == [f"{campaign}{i}" for i in items]
        table = log[[f"user-item_affinity_{item}" for item in range(N_ITEMS[campaign])]]
        own = [table.iloc[row, item] for row, item in enumerate(items)]
        assert ours["affinity_item"].tolist() == own
        assert ours["affinity_total"].tolist() == table.sum(axis=1).tolist()
        assert ours["affinity_items"].tolist() == (table > 0).sum(axis=1).tolist()
        local = pd.to_datetime(log["timestamp"], format="ISO8601") + pd.Timedelta(hours=9)
        assert ours["hour"].tolist() == local.dt.hour.tolist()


def test_neither_the_policy_nor_what_it_knew_is_a_feature(logs):
    one = OpenBandit().load()
    for (policy, campaign), log in logs.items():
        log["propensity_score"] = 1.0
        path = f"open_bandit_small/{policy}_{campaign}.csv.gz"
        log.to_csv(Path(os.environ["INTENTBENCH_DATA"], path))
    assert OpenBandit().load().fingerprint() == one.fingerprint()
    assert not [name for name in one.cases.features if "propensity" in name or "policy" in name]


def test_the_suspected_leak_is_named_or_gone(logs):
    with_them, without = OpenBandit().load(), OpenBandit(affinities=False).load()
    assert set(with_them.card.suspected_leaks) <= set(with_them.cases.features)
    assert without.card.suspected_leaks == ()
    assert not [name for name in without.cases.features if name.startswith("affinity")]


def test_a_missing_file_says_where_to_find_all(provide):
    with pytest.raises(DataError) as caught:
        OpenBandit().load()
    message = str(caught.value)
    assert "'random_all.csv', " in message and "cp random/$c/$c.csv random_$c.csv" in message
    assert "obp 0.4.1" in message


def test_a_wrong_flag_says_what_would_be_right():
    with pytest.raises(DataError, match="affinities is 'no'; it must be true or false"):
        OpenBandit(affinities="no")


def test_the_suite_asks_with_and_without_the_suspected_leak():
    suite = load_suite("clicks")
    assert suite.variants["open_bandit_no_affinities"].parameters == {"affinities": False}
    assert set(suite.tasks) == {"open_bandit", *suite.variants}


def test_the_published_files_where_they_are_at_hand():
    folder = Path(os.environ.get("INTENTBENCH_DATA", ""), OpenBandit.folder)
    if not any((folder / name).is_file() for name in ("bts_all.csv", "bts_all.csv.gz")):
        pytest.skip("needs $INTENTBENCH_DATA/open_bandit_small")
    task = OpenBandit().load()
    assert (len(task), int(task.target.sum())) == (60_000, 287)
    assert task.cases.features["item"].nunique() == 80 + 34 + 46
    for fold in Resampling(folds=3).plan(task):
        assert task.target[fold.test].sum() > 30
