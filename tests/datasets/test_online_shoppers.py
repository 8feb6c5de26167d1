import gzip
import hashlib

import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.datasets import _online_shoppers as shoppers
from intentbench.datasets._online_shoppers_rates import with_rates
from intentbench.datasets.online_shoppers import OnlineShoppers
from intentbench.datasets.online_shoppers_no_pagevalues import OnlineShoppersNoPageValues
from pandas.api import types

HEADER = (
    "Administrative,Administrative_Duration,Informational,Informational_Duration,ProductRelated,"
    "ProductRelated_Duration,BounceRates,ExitRates,PageValues,SpecialDay,Month,OperatingSystems,"
    "Browser,Region,TrafficType,VisitorType,Weekend,Revenue"
)
VISITS = [
    "1,2.5,0,0,3,64,0,0.1,5.5,0,Nov,2,10,1,2,New_Visitor,FALSE,TRUE",
    "0,0,0,0,1,0,0.2,0.2,0,0,Feb,1,1,1,1,Returning_Visitor,FALSE,FALSE",
    "0,0,0,0,1,0,0.2,0.2,0,0,June,1,2,9,3,Other,TRUE,FALSE",
]
CATEGORIES = ["Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType"]


@pytest.fixture(params=[OnlineShoppers, OnlineShoppersNoPageValues])
def dataset(request, monkeypatch, tmp_path):
    """Either data set, on a file of three visits written as the archive writes it."""
    content = "\r\n".join([HEADER, *VISITS, ""]).encode()
    (tmp_path / "online_shoppers").mkdir()
    path = tmp_path / "online_shoppers" / f"{shoppers.FILE}.gz"
    path.write_bytes(gzip.compress(content))
    monkeypatch.setenv("INTENTBENCH_DATA", str(tmp_path))
    kind = request.param
    monkeypatch.setattr(kind, "files", {shoppers.FILE: hashlib.sha256(content).hexdigest()})
    monkeypatch.setattr(kind, "n_cases", 3)
    monkeypatch.setattr(kind, "n_positive", 1)
    return kind()


def test_visits_are_read_in_the_order_of_the_file(dataset):
    task = dataset.load()
    assert task.target.tolist() == [1, 0, 0]
    assert task.cases.features["ProductRelated"].tolist() == [3, 1, 1]
    assert task.group is None and task.time is None and not task.has_events


def test_codes_are_categories_and_measures_are_numbers(dataset):
    features = dataset.load().cases.features
    kinds = features.dtypes.map(lambda kind: isinstance(kind, pd.CategoricalDtype))
    assert features.columns[kinds].tolist() == CATEGORIES
    assert features["Browser"].tolist() == ["10", "1", "2"]
    assert features["Weekend"].tolist() == [False, False, True]
    assert all(types.is_numeric_dtype(features[name]) for name in features.columns[~kinds])


def test_the_outcome_is_no_feature_and_the_leak_is_named_or_gone(dataset):
    task = dataset.load()
    columns = list(task.cases.features.columns)
    assert "Revenue" not in columns
    assert ("PageValues" in columns) == isinstance(dataset, OnlineShoppers)
    assert task.card.suspected_leaks == (("PageValues",) if "PageValues" in columns else ())


@pytest.mark.parametrize("kind", [OnlineShoppers, OnlineShoppersNoPageValues])
def test_the_published_file_where_it_is_at_hand(kind, monkeypatch):
    monkeypatch.setattr(kind, "url", None)  # tests download nothing
    try:
        kind().locate()
    except DataError as error:
        pytest.skip(str(error).splitlines()[0])
    task = kind().load()
    assert (len(task), int(task.target.sum())) == (12_330, 1_908)
    assert task.cases.features["Month"].iloc[0] == "Feb"
    assert len(Resampling(folds=5, seed=0).plan(task)) == 5


@pytest.mark.parametrize("dataset", [OnlineShoppers], indirect=True)
def test_rates_come_from_the_row_alone(dataset):
    plain = dataset.load().cases.features
    rated = OnlineShoppers(rates=True).load().cases.features
    assert list(rated.columns[: plain.shape[1]]) == list(plain.columns)
    first = rated.iloc[0]
    assert (first["Pages"], first["Seconds"]) == (4, 66.5)
    assert first["ProductRelated_SecondsAPage"] == pytest.approx(64 / 3)
    assert first["Exits"] == pytest.approx(0.4) and first["Values"] == pytest.approx(22)
    assert first["ValuePerExit"] == pytest.approx(55)
    assert rated.notna().all().all()
    # Nothing of other rows: each alone gives the same.
    alone = pd.concat([with_rates(plain.iloc[[row]]) for row in range(len(plain))])
    pd.testing.assert_frame_equal(alone, rated)


def test_a_wrong_switch_is_named():
    with pytest.raises(DataError, match="rates is 1; it must be true or false"):
        OnlineShoppers(rates=1)
