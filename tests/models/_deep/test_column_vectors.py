import numpy as np
import pandas as pd
import pytest
from intentbench.models._deep import column_vectors
from intentbench.models._deep.column_vectors import ColumnVectors
from intentbench.models._deep.piecewise_columns import PiecewiseColumns
from intentbench.models._deep.robust_columns import RobustColumns


def shop():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "channel": pd.Series(rng.choice(["mail", "ad"], 60), dtype="category"),
            "pages": rng.poisson(3, 60),
            "spent": np.where(rng.random(60) < 0.3, np.nan, rng.exponential(5, 60)),
        }
    )


def test_each_component_depends_on_the_column_that_owns_it_only():
    features = shop()
    vectors = ColumnVectors().fit(features)
    before = vectors.transform(features)
    assert len(vectors.owner_) == before.shape[1]
    for number, name in enumerate(features.columns):
        turned = features.assign(**{name: features[name].array[::-1]})
        changed = (vectors.transform(turned) != before).any(axis=0)
        assert changed.any()
        assert set(vectors.owner_[changed]) == {number}


def test_columns_are_read_by_name():
    features = shop()
    vectors = ColumnVectors().fit(features)
    turned = features[features.columns[::-1]]
    assert np.array_equal(vectors.transform(turned), vectors.transform(features))


@pytest.mark.parametrize("encoder", [ColumnVectors, PiecewiseColumns, RobustColumns])
def test_many_cases_are_encoded_in_parts_to_the_same_bits(encoder, monkeypatch):
    features = shop()
    vectors = encoder().fit(features)
    whole = vectors.transform(features)
    monkeypatch.setattr(column_vectors, "_AT_ONCE", 7)
    in_parts = vectors.transform(features)
    assert in_parts.dtype == np.float32
    np.testing.assert_array_equal(in_parts, whole)


def test_without_columns_there_is_one_component_that_says_nothing():
    nothing = pd.DataFrame(index=range(4))
    vectors = ColumnVectors().fit(nothing)
    assert vectors.transform(nothing).tolist() == [[0.0]] * 4
    assert len(vectors.owner_) == 0


def test_categories_have_codes_by_column_and_unseen_ones_share_the_last():
    features = shop()
    vectors = ColumnVectors().fit(features)
    assert vectors.categorical_ == ["channel"]
    assert vectors.n_codes_ == (3,)
    codes = vectors.codes(features)
    assert codes.shape == (60, 1) and codes.dtype == np.int32
    for name in ("mail", "ad"):
        assert len(np.unique(codes[features["channel"] == name])) == 1
    strange = features.assign(channel=pd.Series(["fax"] * 60, dtype="category"))
    assert set(vectors.codes(strange).ravel()) == {2}
    assert ColumnVectors().fit(features[["pages"]]).codes(features).shape == (60, 0)


def test_more_categories_are_coded_than_are_one_hot():
    names = pd.Series([f"item {number}" for number in np.repeat(np.arange(100), 4)])
    features = pd.DataFrame({"item": names.astype("string")})
    vectors = ColumnVectors(most_codes=80).fit(features)
    assert vectors.n_codes_ == (81,)
    assert vectors.transform(features).shape[1] == 31
