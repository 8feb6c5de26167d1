import hashlib

import numpy as np
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.reading import load_suite
from intentbench.datasets import _online_shoppers as shoppers
from intentbench.datasets.online_shoppers_by_month import MONTHS, OnlineShoppersByMonth

HEADER = (
    "Administrative,Administrative_Duration,Informational,Informational_Duration,ProductRelated,"
    "ProductRelated_Duration,BounceRates,ExitRates,PageValues,SpecialDay,Month,OperatingSystems,"
    "Browser,Region,TrafficType,VisitorType,Weekend,Revenue"
)


@pytest.fixture
def shop(provide, monkeypatch):
    """A shop with visits in the months named; every second one ends with a purchase."""

    def shop(*months):
        visits = [
            f"1,2.5,0,0,3,64,0,0.1,5.5,0,{month},2,1,1,2,Other,FALSE,{str(i % 2 == 1).upper()}"
            for i, month in enumerate(months)
        ]
        path = provide(f"online_shoppers/{shoppers.FILE}", "\r\n".join([HEADER, *visits, ""]))
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        monkeypatch.setattr(OnlineShoppersByMonth, "files", {shoppers.FILE: sha256})
        monkeypatch.setattr(OnlineShoppersByMonth, "n_cases", None)
        monkeypatch.setattr(OnlineShoppersByMonth, "n_positive", None)

    return shop


def test_the_month_is_the_clock_and_no_feature(shop):
    shop("Dec", "Feb", "June")
    task = OnlineShoppersByMonth().load()
    assert task.time.astype("datetime64[D]").astype(str).tolist() == [
        "1970-12-01",
        "1970-02-01",
        "1970-06-01",
    ]
    assert "Month" not in task.cases.features and task.group is None


def test_no_test_month_comes_before_a_train_month(shop):
    months = [month for month in MONTHS for _ in range(8)]
    shop(*np.random.default_rng(1).permutation(months))
    task = OnlineShoppersByMonth().load()
    folds = Resampling(folds=3).plan(task)
    for fold in folds:
        split = fold.splits[0]
        assert task.time[split.fit].max() < task.time[split.valid].min()
        assert task.time[split.valid].max() < task.time[fold.test].min()
    tested = [np.unique(task.time[fold.test]).astype("datetime64[M]").astype(str) for fold in folds]
    assert [list(months) for months in tested] == [
        ["1970-07", "1970-08"],
        ["1970-09", "1970-10"],
        ["1970-11", "1970-12"],
    ]


def test_the_suspected_leak_is_there_on_request_only(shop):
    shop("Feb", "Mar")
    without, with_it = (
        OnlineShoppersByMonth().load(),
        OnlineShoppersByMonth(page_values=True).load(),
    )
    assert "PageValues" not in without.cases.features and without.card.suspected_leaks == ()
    assert "PageValues" in with_it.cases.features
    assert with_it.card.suspected_leaks == ("PageValues",)
    assert "PageValues" in with_it.card.caveats[0]


def test_a_month_that_the_file_does_not_know_is_refused(shop):
    shop("Feb", "Jun")
    with pytest.raises(DataError, match="month 'Jun' is none of Feb"):
        OnlineShoppersByMonth().load()


def test_a_wrong_flag_says_what_would_be_right():
    with pytest.raises(DataError, match="page_values is 1; it must be true or false"):
        OnlineShoppersByMonth(page_values=1)


def test_the_card_says_that_the_year_is_not_known():
    assert any("year is not known" in caveat for caveat in OnlineShoppersByMonth.card.caveats)


def test_the_suite_holds_tasks_that_can_be_had():
    assert "online_shoppers_by_month" in load_suite("purchase").tasks


def test_the_published_file_where_it_is_at_hand(monkeypatch):
    monkeypatch.setattr(OnlineShoppersByMonth, "url", None)  # tests download nothing
    try:
        task = OnlineShoppersByMonth().load()
    except DataError as error:
        pytest.skip(str(error).splitlines()[0])
    assert (len(task), int(task.target.sum())) == (12_330, 1_908)
    assert len(np.unique(task.time)) == len(MONTHS)
