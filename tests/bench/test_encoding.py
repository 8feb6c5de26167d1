import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.encoding import (
    MISSING,
    OTHER,
    Bins,
    CategoryCodes,
    ColumnTokens,
    Ordinal,
    ScaledOneHot,
    ValueRates,
)

ENCODERS = [ScaledOneHot, Ordinal, Bins, lambda: Bins(cuts="tree"), ColumnTokens]
NAMES = ["scaled", "ordinal", "quantile bins", "tree bins", "tokens"]
every_encoder = pytest.mark.parametrize("encoder", ENCODERS, ids=NAMES)
modest = settings(deadline=None, max_examples=40)


def shop(n=200, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "seconds": rng.exponential(30, n),
            "spent": np.where(rng.random(n) < 0.4, 0.0, rng.lognormal(3, 1, n)),
            "balance": pd.Series(rng.normal(size=n)).mask(rng.random(n) < 0.2),
            "visits": rng.poisson(3, n),
            "returning": rng.random(n) < 0.5,
            "code": pd.Series(rng.integers(0, 9, n), dtype="Int64").mask(rng.random(n) < 0.1),
            "channel": pd.Series(rng.choice(["ad", "mail"], n), dtype="category"),
            "tier": pd.Series(rng.choice([1, 2, None], n), dtype=pd.CategoricalDtype([2, 1])),
            "région 7": pd.Series(rng.choice(["nord", "süd", None], n), dtype="string"),
            "constant": 7.25,
            "nothing": np.nan,
            "no words": pd.Series([None] * n, dtype="string"),
        }
    )


def outcomes(n=200):
    return (np.arange(n) % 3 == 0).astype(np.int8)


def encoded(encoder, features):
    """What an encoder gives, as one matrix."""
    given = encoder.transform(features)
    if isinstance(encoder, ColumnTokens):
        return given.kind.reshape(len(features), -1)
    return given


def state_of(value):
    """All that an encoder holds, in a form that can be compared."""
    if hasattr(value, "get_params"):
        return {name: state_of(item) for name, item in vars(value).items()}
    if isinstance(value, dict):
        return {name: state_of(item) for name, item in value.items()}
    return np.asarray(value).tolist() if isinstance(value, np.ndarray) else repr(value)


@every_encoder
def test_every_kind_of_column_becomes_finite_numbers(encoder):
    fitted = encoder().fit(shop(), outcomes())
    x = encoded(fitted, shop(seed=1))
    known = x[:, ~np.isnan(x).all(axis=0)] if isinstance(fitted, Ordinal) else x
    assert len(x) == 200 and known.shape[1] >= 10
    if not isinstance(fitted, Ordinal):
        assert np.isfinite(x).all()


@every_encoder
def test_transform_learns_nothing(encoder):
    fitted = encoder().fit(shop(), outcomes())
    before = state_of(fitted)
    encoded(fitted, shop(seed=1))
    assert state_of(fitted) == before


@every_encoder
@modest
@given(rows=st.lists(st.integers(0, 199), min_size=1, max_size=5), seed=st.integers(1, 99))
def test_a_case_is_encoded_without_regard_to_its_neighbours(encoder, rows, seed):
    fitted = encoder().fit(shop(), outcomes())
    new = shop(seed=seed)
    together = encoded(fitted, new)[rows]
    np.testing.assert_array_equal(encoded(fitted, new.iloc[rows].reset_index(drop=True)), together)


@every_encoder
def test_fit_changes_with_the_fit_cases_only(encoder):
    one = encoded(encoder().fit(shop(), outcomes()), shop(seed=1))
    other = encoded(encoder().fit(shop(seed=2), outcomes()), shop(seed=1))
    assert one.shape != other.shape or not np.array_equal(one, other, equal_nan=True)


@every_encoder
def test_columns_are_read_by_name(encoder):
    fitted = encoder().fit(shop(), outcomes())
    new = shop(seed=1)
    turned = encoded(fitted, new[new.columns[::-1]])
    np.testing.assert_array_equal(turned, encoded(fitted, new))


@every_encoder
def test_input_is_not_changed(encoder):
    features = shop()
    encoded(encoder().fit(features, outcomes()), features)
    pd.testing.assert_frame_equal(features, shop())


@every_encoder
def test_tables_without_columns_are_encoded(encoder):
    nothing = pd.DataFrame(index=range(6))
    fitted = encoder().fit(nothing, outcomes(6))
    given = fitted.transform(nothing)
    assert len(given) == 6
    assert given.n_events == 0 if isinstance(fitted, ColumnTokens) else given.shape == (6, 0)


@every_encoder
@modest
@given(
    st.lists(
        st.one_of(
            st.floats(allow_infinity=False), st.sampled_from([0.0, -0.0, 1e-320, 1.7e308, -1.7e308])
        ),
        min_size=2,
        max_size=40,
    )
)
def test_any_finite_numbers_are_encoded_without_a_warning(encoder, values):
    features = pd.DataFrame({"amount": values})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = encoded(encoder().fit(features, outcomes(len(values))), features)
    # Trees read numbers in single precision; what is larger than that must not come through.
    assert np.isfinite(x[~np.isnan(np.asarray(values))].astype(np.float32)).all()


class TestCategoryCodes:
    def column(self):
        return pd.Series(["mail"] * 5 + ["ad"] * 9 + [None] * 3 + ["once"], dtype="string")

    def test_common_values_come_first_and_the_rest_share_the_last_code(self):
        codes = CategoryCodes().fit(self.column())
        assert codes.labels_ == ["ad", "mail", MISSING, OTHER]
        new = pd.Series(["mail", "ad", None, "once", "never seen"], dtype="string")
        assert codes.transform(new).tolist() == [1, 0, 2, 3, 3]

    def test_values_that_are_missing_at_prediction_only_are_others(self):
        codes = CategoryCodes().fit(pd.Series(["a", "a", "b", "b"]))
        assert codes.transform(pd.Series([None, "a"], dtype="string")).tolist() == [2, 0]

    def test_ties_are_ordered_by_name_not_by_place(self):
        for order in (["b", "a", "c"], ["c", "b", "a"]):
            assert CategoryCodes().fit(pd.Series(order * 3)).values_ == ["a", "b", "c"]

    def test_only_so_many_values_get_a_code(self):
        column = pd.Series([f"v{i}" for i in range(50) for _ in range(50 - i + 1)])
        assert CategoryCodes(most=4).fit(column).labels_ == ["v0", "v1", "v2", "v3", OTHER]

    def test_a_category_that_no_case_holds_gets_no_code(self):
        column = pd.Series(["a", "a", "b", "b"], dtype=pd.CategoricalDtype(["z", "b", "a"]))
        assert CategoryCodes().fit(column).labels_ == ["a", "b", OTHER]

    def test_numbers_as_categories_are_named(self):
        codes = CategoryCodes().fit(pd.Series([3, 3, 10, 10, 10], dtype="category"))
        assert codes.labels_ == ["10", "3", OTHER]

    def test_numbers_as_categories_are_read_the_same_beside_missing_ones(self):
        both = pd.CategoricalDtype([3, 10])
        codes = CategoryCodes().fit(pd.Series([3, 3, 10, 10, 10, None], dtype=both))
        assert codes.transform(pd.Series([10, 3, None], dtype=both)).tolist() == [0, 1, 2]
        assert codes.transform(pd.Series([10, 3], dtype=both)).tolist() == [0, 1]


class TestScaledOneHot:
    def fitted(self, values, **keywords):
        features = pd.DataFrame({"x": values})
        encoder = ScaledOneHot(**keywords).fit(features)
        return encoder, encoder.transform(features)

    def test_names_say_what_each_column_is(self):
        encoder = ScaledOneHot().fit(shop())
        x = encoder.transform(shop())
        assert len(encoder.names_) == x.shape[1]
        assert {"seconds", "balance missing", "région 7=süd", f"channel={OTHER}"} <= set(
            encoder.names_
        )
        assert "seconds missing" not in encoder.names_

    def test_fit_cases_have_mean_0_and_deviation_1(self):
        _, x = self.fitted(np.random.default_rng(0).normal(50, 9, 300))
        assert x.mean() == pytest.approx(0, abs=1e-9) and x.std() == pytest.approx(1)

    def test_missing_numbers_become_the_median_with_a_flag(self):
        encoder, x = self.fitted([1.0, 2.0, 3.0, np.nan])
        assert x[3, 0] == x[1, 0]
        assert x[:, 1].tolist() == [0, 0, 0, 1]
        assert encoder.transform(pd.DataFrame({"x": [np.nan]}))[0, 1] == 1

    @pytest.mark.parametrize("factor", [1e-12, 1e-3, 1e9, -1.0])
    @pytest.mark.parametrize("skewed", [False, True])
    def test_neither_unit_nor_sign_matters(self, factor, skewed):
        rng = np.random.default_rng(1)
        values = rng.exponential(3, 400) if skewed else rng.normal(2, 1, 400)
        _, x = self.fitted(values)
        _, scaled = self.fitted(values * factor)
        np.testing.assert_allclose(scaled, np.sign(factor) * x, atol=1e-6)

    def test_skewed_columns_are_put_on_a_log_scale(self):
        values = np.random.default_rng(2).lognormal(0, 2, 500)
        _, x = self.fitted(values)
        _, plain = self.fitted(values, skewed_above=np.inf)
        assert x.max() < 5 < plain.max()

    @pytest.mark.parametrize("value", [0.0, 7.25, 0.1, 1e-15, -3e9])
    def test_constant_columns_are_zero_and_stay_small_on_new_cases(self, value):
        encoder, x = self.fitted([value] * 30)
        np.testing.assert_allclose(x, 0, atol=1e-6)
        assert np.isfinite(encoder.transform(pd.DataFrame({"x": [1e300]}))).all()

    def test_wild_values_are_bounded(self):
        encoder, _ = self.fitted(np.random.default_rng(3).normal(size=50), clip=4.0)
        assert encoder.transform(pd.DataFrame({"x": [1e12, -1e12]})).ravel().tolist() == [4, -4]

    def test_unseen_categories_light_the_last_column(self):
        encoder = ScaledOneHot().fit(pd.DataFrame({"channel": ["ad", "mail"] * 3}))
        x = encoder.transform(pd.DataFrame({"channel": ["tv", "mail"]}))
        assert encoder.names_ == ["channel=ad", "channel=mail", f"channel={OTHER}"]
        assert x.tolist() == [[0, 0, 1], [0, 1, 0]]


class TestOrdinal:
    def test_numbers_stay_and_categories_become_flagged_codes(self):
        features = pd.DataFrame(
            {"channel": ["ad", "ad", "mail", "mail", "ad"], "pages": [3, 1] + [None] * 3}
        )
        encoder = Ordinal().fit(features)
        x = encoder.transform(features)
        assert encoder.names_ == ["channel", "pages"]
        assert encoder.categorical_.tolist() == [True, False]
        assert x[:, 0].tolist() == [0, 0, 1, 1, 0]
        np.testing.assert_array_equal(x[:, 1], [3, 1, np.nan, np.nan, np.nan])


class TestBins:
    @pytest.mark.parametrize("cuts", ["quantile", "tree"])
    @modest
    @given(
        fit=st.lists(st.floats(-1e6, 1e6) | st.sampled_from([0.0, np.nan, 5.0]), min_size=2),
        new=st.lists(st.floats(allow_infinity=False), min_size=1),
    )
    def test_codes_lie_below_n_values(self, cuts, fit, new):
        features = pd.DataFrame({"x": fit})
        bins = Bins(n_bins=4, cuts=cuts).fit(features, outcomes(len(fit)))
        for values in (fit, new):
            codes = bins.transform(pd.DataFrame({"x": values}))
            assert codes.min() >= 0 and codes.max() < bins.n_values_[0]
        assert len(bins.labels_[0]) == len(set(bins.labels_[0])) == bins.n_values_[0]

    def test_larger_numbers_never_get_smaller_codes(self):
        bins = Bins(n_bins=5).fit(pd.DataFrame({"x": np.random.default_rng(0).normal(size=300)}))
        codes = bins.transform(pd.DataFrame({"x": np.linspace(-5, 5, 200)})).ravel()
        assert (np.diff(codes) >= 0).all() and set(codes) == set(range(5))

    def test_quantile_bins_hold_equal_shares(self):
        x = pd.DataFrame({"x": np.arange(1, 601)})
        codes = Bins(n_bins=6).fit(x).transform(x).ravel()
        assert np.bincount(codes).tolist() == [100] * 6

    def test_frequent_zeros_and_missing_values_have_bins_of_their_own(self):
        x = pd.DataFrame({"spent": [0.0] * 50 + list(range(1, 51)) + [np.nan] * 5})
        bins = Bins(n_bins=3).fit(x)
        assert bins.labels_[0][-2:] == ["0", MISSING]
        codes = bins.transform(pd.DataFrame({"spent": [0.0, np.nan, -0.0, 1.0]})).ravel()
        assert [bins.labels_[0][code] for code in codes[:3]] == ["0", MISSING, "0"]
        assert bins.labels_[0][codes[3]].startswith("<= ")

    def test_missing_values_have_a_bin_even_if_no_fit_case_has_one(self):
        bins = Bins().fit(pd.DataFrame({"x": [1.0, 2.0, 3.0]}))
        code = bins.transform(pd.DataFrame({"x": [np.nan]}))[0, 0]
        assert bins.labels_[0][code] == MISSING

    def test_tree_cuts_where_the_outcome_changes(self):
        x = np.random.default_rng(1).uniform(0, 10, 400)
        y = (x > 7.3).astype(np.int8)
        bins = Bins(n_bins=2, cuts="tree").fit(pd.DataFrame({"x": x}), y)
        assert bins.cuts_["x"] == pytest.approx([7.3], abs=0.1)

    def test_quantile_cuts_do_not_look_at_outcomes(self):
        blind = Bins().fit(shop())
        told = Bins().fit(shop(), outcomes())
        assert state_of(blind) == state_of(told)

    def test_labels_of_near_cuts_can_be_told_apart(self):
        bins = Bins(n_bins=5).fit(pd.DataFrame({"x": 1e7 + np.arange(100)}))
        assert len(set(bins.labels_[0])) == bins.n_values_[0] == 6


class TestColumnTokens:
    def test_each_case_gets_one_named_event_a_column(self):
        features = pd.DataFrame({"région 7": ["süd", "nord"] * 9, "spent": [0.0, 5.0, 9.0] * 6})
        events = ColumnTokens().fit(features).transform(features)
        assert events.lengths.tolist() == [2] * 18
        names = [events.vocabulary["kind"][code] for code in events.kind[:2]]
        assert names == ["région 7=süd", "spent=0"]
        assert not events.gap.any()

    def test_kinds_of_different_columns_differ(self):
        tokens = ColumnTokens().fit(shop())
        kinds = tokens.transform(shop(seed=1)).kind.reshape(200, -1)
        for j, name in enumerate(shop().columns):
            assert all(tokens.kinds_[code].startswith(f"{name}=") for code in kinds[:, j])
        assert len(set(tokens.kinds_)) == len(tokens.kinds_)


def many_values(n=600, n_values=200, seed=0):
    """A category of many values, each held by three cases, and outcomes that it does not tell."""
    rng = np.random.default_rng(seed)
    city = pd.Series(rng.permutation(np.arange(n) % n_values)).map("city {}".format)
    return pd.DataFrame({"city": city.astype("category"), "x": rng.normal(size=n)}), rng.integers(
        0, 2, n
    )


class TestValueRates:
    def test_no_fit_case_is_encoded_by_its_own_outcome(self):
        features, y = many_values()
        for encoder in (ScaledOneHot, Ordinal):
            column = encoder().fit_transform(features, y)[:, -1]
            for row in range(0, len(y), 25):
                changed = y.copy()
                changed[row] = 1 - y[row]
                other = ValueRates().out_of_fold(features["city"], changed)
                assert other[row] == ValueRates().out_of_fold(features["city"], y)[row]
            # Learnt from itself, a value of three cases would tell their outcomes.
            own = ValueRates().fit(features["city"], y).transform(features["city"])
            assert np.corrcoef(own, y)[0, 1] > 0.4
            assert abs(np.corrcoef(column, y)[0, 1]) < 0.15

    def test_values_that_tell_the_outcome_are_rated(self):
        features, _ = many_values(2000, 100)
        y = (features["city"].astype(str).str[-1] > "4").to_numpy().astype(int)
        for encoder in (ScaledOneHot(), Ordinal()):
            x = encoder.fit_transform(features[:1000], y[:1000])
            assert encoder.names_[-1] == "city: log odds of its value"
            assert x.shape == (1000, len(encoder.names_))
            later = encoder.transform(features[1000:])
            assert ((later[:, -1] > later[:, -1].mean()) == y[1000:]).mean() > 0.99

    def test_by_hand(self):
        column = pd.Series(["a"] * 6 + ["b"] * 4 + [None] * 2)
        y = np.array([1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1])
        rates = ValueRates(prior_cases=4).fit(column, y)
        p = np.array([(3 + 2) / 10, (1 + 2) / 8, (2 + 2) / 6, 0.5])
        given = rates.transform(pd.Series(["a", "b", None, "never seen"]))
        assert np.allclose(given, np.log(p / (1 - p)))

    def test_few_values_are_left_as_they_were(self):
        features, y = shop(), outcomes()
        for encoder in (ScaledOneHot, Ordinal):
            made = encoder()
            same = encoder().fit(features)
            assert np.array_equal(
                made.fit_transform(features, y), same.transform(features), equal_nan=True
            )
            assert made.names_ == same.names_


class TestWeights:
    def test_rates_are_those_of_as_many_cases(self):
        rng = np.random.default_rng(0)
        column, y = pd.Series(rng.choice(list("abc"), 60)), (rng.random(60) < 0.4).astype(int)
        k = rng.integers(1, 5, 60)
        rows = np.repeat(np.arange(60), k)
        weighted = ValueRates().fit(column, y, k.astype(float))
        repeated = ValueRates().fit(column[rows], y[rows])
        assert weighted.transform(column) == pytest.approx(repeated.transform(column))

    def test_the_yes_and_the_no_cases_of_a_row_do_not_tell_each_others_outcome(self):
        # Each value stands in one row only, which has one yes of a thousand cases.
        n = 200
        features = pd.DataFrame({"city": [f"c{i // 2}" for i in range(2 * n)]})
        y, weight = np.tile([1, 0], n), np.tile([1.0, 999.0], n)
        for encoder in (ScaledOneHot(), Ordinal()):
            rates = encoder.fit_transform(features, y, weight)[:, -1]
            assert np.ptp(rates[y == 1] - rates[y == 0]) == 0 and (rates[::2] == rates[1::2]).all()

    def test_frequent_categories_are_those_of_most_cases(self):
        column = pd.Series(["few"] * 5 + ["many"] * 2)
        assert CategoryCodes().fit(column).values_ == ["few", "many"]
        weight = np.array([1.0] * 5 + [50.0] * 2)
        assert CategoryCodes().fit(column, weight).values_ == ["many", "few"]
