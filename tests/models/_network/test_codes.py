import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.errors import ModelError
from intentbench.models._network.codes import UNKNOWN, NetworkCodes
from intentbench.models._network.mdl_cuts import mdl_cuts


def entropy(y):
    shares = np.array([np.mean(y == k) for k in np.unique(y)])
    return -(shares * np.log2(shares)).sum() if len(y) else 0.0


def slow_cuts(x, y):
    """Fayyad and Irani's recursion, written out from the paper."""
    best = None
    for cut in np.unique(x)[1:]:
        left, right = y[x < cut], y[x >= cut]
        inner = (len(left) * entropy(left) + len(right) * entropy(right)) / len(y)
        if best is None or inner < best[0] - 1e-12:
            best = inner, cut, left, right
    if best is None:
        return []
    inner, cut, left, right = best
    k, k1, k2 = (len(np.unique(part)) for part in (y, left, right))
    delta = np.log2(3**k - 2) - (k * entropy(y) - k1 * entropy(left) - k2 * entropy(right))
    if entropy(y) - inner <= (np.log2(len(y) - 1) + delta) / len(y):
        return []
    below = x[x < cut].max()
    return slow_cuts(x[x < cut], left) + [(below + cut) / 2] + slow_cuts(x[x >= cut], right)


@pytest.mark.parametrize("seed", range(6))
def test_cuts_are_those_of_the_recursion_written_out(seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 40, 300) / 4 if seed % 2 else rng.normal(size=300)
    p = np.select([x < np.quantile(x, 0.3), x < np.quantile(x, 0.7)], [0.1, 0.7], 0.3)
    y = (rng.random(300) < p).astype(np.int8)
    expected = slow_cuts(x, y)
    assert len(expected) >= 1
    np.testing.assert_allclose(mdl_cuts(x, y, 50), expected)


def test_cuts_that_hardly_pay_are_made_or_not_as_in_the_paper():
    made = 0
    for seed in range(150):
        rng = np.random.default_rng(seed)
        x = rng.permutation(30.0 + np.arange(30))
        y = (rng.random(30) < np.where(x < 45, 0.15, 0.7)).astype(np.int8)
        expected = slow_cuts(x, y)
        made += len(expected) > 0
        np.testing.assert_allclose(mdl_cuts(x, y, 50), expected)
    assert 40 < made < 140


def test_of_too_many_cuts_the_most_gainful_are_kept():
    x = np.arange(1000.0)
    # The step from 0 to 1 at 800 tells most, that at 100 far less.
    y = ((x >= 800) | ((x < 100) & (x % 2 == 0))).astype(np.int8)
    assert mdl_cuts(x, y, 2) == pytest.approx([799.5])
    assert mdl_cuts(x, y, 3) == pytest.approx([98.5, 799.5], abs=1)
    assert len(mdl_cuts(x, y, 1)) == 0


def test_a_number_that_tells_nothing_is_not_cut():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=500), (rng.random(500) < 0.3).astype(np.int8)
    assert len(mdl_cuts(x, y, 9)) == 0
    assert len(mdl_cuts(np.ones(9), np.tile([0, 1, 1], 3), 9)) == 0
    assert len(mdl_cuts(np.ones(1), np.ones(1), 9)) == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-1e30, 1e30) | st.sampled_from([0.0, 5e-324, 1.0, np.nextafter(1.0, 2)]),
            st.integers(0, 1),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_cuts_lie_between_different_numbers(pairs):
    x, y = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs], dtype=np.int8)
    cuts = mdl_cuts(x, y, 20)
    bins = np.searchsorted(cuts, x, side="left")
    assert (np.diff(cuts) > 0).all()
    assert set(bins) == set(range(len(cuts) + 1))


def shop(n=200):
    rng = np.random.default_rng(0)
    features = pd.DataFrame(
        {
            "spent": np.where(rng.random(n) < 0.4, 0.0, rng.exponential(9, n)),
            "balance": pd.Series(rng.normal(size=n)).mask(rng.random(n) < 0.2),
            "channel": pd.Series(rng.choice(["ad", "mail"], n), dtype="category"),
            "région": pd.Series(rng.choice(["süd", None], n), dtype="string"),
            "nothing": np.full(n, np.nan),
        }
    )
    return features, (rng.random(n) < 0.4).astype(np.int8)


@pytest.mark.parametrize("cuts", ["mdl", "tree", "quantile"])
def test_missing_is_a_bin_where_fit_cases_lack_the_value_and_unknown_elsewhere(cuts):
    features, y = shop()
    codes = NetworkCodes(cuts, 4).fit(features, y)
    known = codes.transform(features)
    assert known.min() >= 0 and (known < codes.n_values_).all()
    gone = codes.transform(features.iloc[:3].mask(np.ones((3, 5), bool)))
    assert (gone[:, [0, 2]] == UNKNOWN).all()
    for j in (1, 3, 4):
        assert (gone[:, j] >= 0).all()
        assert [codes.labels_[j][code] for code in gone[:, j]] == ["(missing)"] * 3


def test_no_value_is_counted_that_cannot_occur():
    features, y = shop()
    codes = NetworkCodes("quantile", 4).fit(features, y)
    # Four bins and zero; four bins and missing; each category with those never seen.
    assert codes.n_values_.tolist() == [5, 5, 3, 3, 2]
    assert [len(labels) for labels in codes.labels_[1:2]] == [5]


def test_bins_beside_a_bin_for_zero_say_so():
    features, _ = shop()
    blind = np.tile([0, 1], 100).astype(np.int8)
    codes = NetworkCodes("mdl", 4).fit(features[["spent"]], blind)
    assert codes.labels_ == [["not 0", "0", "(missing)"]]


def test_an_unknown_way_to_cut_is_refused():
    with pytest.raises(ModelError, match="'mdl', 'tree' or 'quantile'"):
        NetworkCodes("equal width", 4).fit(*shop())


def test_unseen_categories_share_the_value_of_rare_ones():
    features, y = shop()
    codes = NetworkCodes("mdl", 4).fit(features, y)
    strange = features.iloc[:2].assign(channel=pd.Series(["tv", "tv"], dtype="category"))
    assert [codes.labels_[2][code] for code in codes.transform(strange)[:, 2]] == ["(other)"] * 2
    many = pd.DataFrame({"customer": [f"c{i}" for i in range(5000)]})
    fitted = NetworkCodes("mdl", 4).fit(many, np.tile([0, 1], 2500).astype(np.int8))
    assert fitted.n_values_.tolist() == [1]


def test_tables_without_columns_have_codes_without_columns():
    nothing = pd.DataFrame(index=range(4))
    codes = NetworkCodes("mdl", 4).fit(nothing, np.tile([0, 1], 2).astype(np.int8))
    assert codes.transform(nothing).shape == (4, 0)
