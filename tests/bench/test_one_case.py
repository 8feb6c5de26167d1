"""A single case is encoded without pandas, and comes out as it does among others, to the bit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.cases import Cases
from intentbench.bench.encoding import Bins, ColumnTokens, Ordinal, ScaledOneHot
from intentbench.bench.errors import DataError
from intentbench.bench.one_case import asked_of_all, row_of
from intentbench.models._deep.column_vectors import ColumnVectors
from intentbench.models._deep.piecewise_columns import PiecewiseColumns
from intentbench.models._network.codes import NetworkCodes
from intentbench.models._splines import SplineOneHot
from intentbench.models._zero_flags import ZeroFlaggedOneHot
from intentbench.models.naive_bayes import NaiveBayes

N = 300
RNG = np.random.default_rng(0)
Y = (RNG.random(N) < 0.4).astype(np.int8)
FIT = pd.DataFrame(
    {
        "seconds": RNG.exponential(30, N),
        "spent": np.where(RNG.random(N) < 0.4, 0.0, RNG.lognormal(3, 1, N)),
        "balance": pd.Series(RNG.normal(size=N)).mask(RNG.random(N) < 0.2),
        "visits": RNG.poisson(3, N),
        "returning": RNG.random(N) < 0.5,
        "single": RNG.normal(size=N).astype(np.float32),
        "code": pd.Series(RNG.integers(0, 9, N), dtype="Int64").mask(RNG.random(N) < 0.1),
        "channel": pd.Series(RNG.choice(["ad", "mail", "shop"], N), dtype="category"),
        "region": pd.Series(RNG.choice(["nord", "süd", None], N), dtype="str"),
        "item": np.array([f"item {k}" for k in range(60)])[RNG.integers(0, 60, N)],
    }
)
TIER = pd.Series(RNG.choice([1, 2, None], N), dtype=pd.CategoricalDtype([2, 1]))

learnt_with_outcomes = [ScaledOneHot, Ordinal, ZeroFlaggedOneHot]
learnt_without = [Bins, lambda: Bins(cuts="tree"), ColumnVectors, PiecewiseColumns]
ENCODERS = {
    **{encoder.__name__: (encoder, True) for encoder in learnt_with_outcomes},
    **{f"{number} {encoder.__name__}": (encoder, False)
       for number, encoder in enumerate(learnt_without)},
}  # fmt: skip


def fitted(name):
    encoder, with_outcomes = ENCODERS[name]
    made = encoder()
    if with_outcomes:
        made.fit_transform(FIT, Y)
    elif isinstance(made, Bins):
        made.fit(FIT, Y)
    else:
        made.fit(FIT)
    return made


def bits(array):
    return np.ascontiguousarray(array).tobytes()


numbers = st.one_of(
    st.floats(allow_infinity=False, width=64),
    st.sampled_from([0.0, -0.0, np.nan, 1e300, -1e300, 5e-324, 30.0, 1.0]),
)
texts = st.sampled_from(["ad", "mail", "nord", "item 3", "", "never seen", None])


@st.composite
def cases(draw):
    """A few cases, each value of the kind that its column has."""
    rows = [
        {
            "seconds": draw(numbers),
            "spent": draw(numbers),
            "balance": draw(numbers),
            "visits": draw(st.integers(0, 2**53)),
            "returning": draw(st.booleans()),
            "single": draw(st.floats(width=32, allow_infinity=False)),
            "code": draw(st.one_of(st.none(), st.integers(-9, 9))),
            "channel": draw(texts),
            "region": draw(texts),
            "item": draw(texts),
        }
        for _ in range(draw(st.integers(2, 4)))
    ]
    frame = pd.DataFrame(rows)
    kinds = {name: FIT[name].dtype for name in FIT if name != "channel"}
    return frame.astype(kinds | {"channel": "category"})


@pytest.mark.parametrize("name", ENCODERS)
@settings(deadline=None, max_examples=60)
@given(frame=cases())
def test_single_case_is_encoded_as_among_others(name, frame):
    encoder = fitted(name)
    together = encoder.transform(frame)
    alone = [encoder.transform(frame.iloc[[row]]) for row in range(len(frame))]
    assert bits(np.vstack(alone)) == bits(together)
    assert alone[0].dtype == together.dtype
    if hasattr(encoder, "codes"):
        alone = [encoder.codes(frame.iloc[[row]]) for row in range(len(frame))]
        assert bits(np.vstack(alone)) == bits(encoder.codes(frame))


@settings(deadline=None, max_examples=60)
@given(frame=cases())
def test_codes_of_networks_and_tokens_are_those_among_others(frame):
    codes = NetworkCodes("quantile", 6).fit(FIT, Y)
    alone = [codes.transform(frame.iloc[[row]]) for row in range(len(frame))]
    assert bits(np.vstack(alone)) == bits(codes.transform(frame))
    tokens = ColumnTokens().fit(FIT)
    one = tokens.transform(frame.iloc[[1]])
    np.testing.assert_array_equal(one.kind, tokens.transform(frame).take(np.array([1])).kind)


NAIVE_BAYES = NaiveBayes().fit(Cases(FIT), Y, valid=(Cases(FIT[:9]), Y[:9]))


@settings(deadline=None, max_examples=100)
@given(frame=cases())
def test_evidence_of_naive_bayes_is_that_among_others(frame):
    rated = NAIVE_BAYES.rated_.transform(Cases(frame))
    alone = [NAIVE_BAYES._evidence(rated.take(np.array([row]))) for row in range(len(frame))]
    assert bits(np.vstack(alone)) == bits(NAIVE_BAYES._evidence(rated))


@pytest.mark.parametrize("encoder", [ScaledOneHot, Ordinal, ZeroFlaggedOneHot])
def test_pandas_is_not_asked_for_a_single_case(encoder, monkeypatch):
    made = encoder()
    made.fit_transform(FIT, Y)
    made.transform(FIT.iloc[[0]])

    def of_many(self, features):
        raise AssertionError

    for owner in encoder.__mro__:
        if "_encode" in vars(owner):
            monkeypatch.setattr(owner, "_encode", of_many)
    made.transform(FIT.iloc[[0]])
    with pytest.raises(AssertionError):
        made.transform(FIT.iloc[:2])


def test_categories_that_are_no_texts_are_read_by_pandas():
    frame = FIT.assign(tier=TIER)
    for encoder in (ScaledOneHot(), Ordinal()):
        encoder.fit(frame)
        together = encoder.transform(frame)
        alone = [encoder.transform(frame.iloc[[row]]) for row in range(20)]
        assert bits(np.vstack(alone)) == bits(together[:20])
    as_numbers = frame.assign(channel=3)
    one = ScaledOneHot().fit(frame).transform(as_numbers.iloc[[0]])
    assert bits(one) == bits(ScaledOneHot().fit(frame).transform(as_numbers)[:1])


def test_encoder_that_was_fitted_again_forgets_what_it_knew():
    encoder = Ordinal().fit(FIT)
    encoder.transform(FIT.iloc[[0]])
    turned = FIT.iloc[::-1].assign(channel=FIT["channel"].astype(str).replace("ad", "zeppelin"))
    encoder.fit(turned)
    assert bits(encoder.transform(turned.iloc[[0]])) == bits(encoder.transform(turned)[:1])


def test_subclass_with_an_encoding_of_its_own_is_asked_for_it():
    class Doubled(ScaledOneHot):
        def _encode(self, features):
            return 2 * super()._encode(features)

    encoder = Doubled().fit(FIT)
    assert bits(encoder.transform(FIT.iloc[[0]])) == bits(encoder.transform(FIT)[:1])
    splines = SplineOneHot()
    splines.fit_transform(FIT, Y)
    assert bits(splines.transform(FIT.iloc[[7]])) == bits(splines.transform(FIT)[7:8])


@pytest.mark.parametrize(
    ("value", "said"),
    [(np.inf, "infinite in case 0"), (-np.inf, "infinite"), (pd.Timestamp("2024"), "datetime64")],
)
def test_single_case_is_looked_at_as_others_are(value, said):
    with pytest.raises(DataError, match=said):
        Cases(FIT.iloc[[0]].reset_index(drop=True).assign(seconds=value))


def test_values_are_taken_out_once_for_all_who_are_asked():
    frame, other = FIT[:1].reset_index(drop=True), FIT[1:2].reset_index(drop=True)
    with asked_of_all(frame):
        row = row_of(frame)
        assert row_of(frame) is row
        assert row_of(other)["seconds"] == other["seconds"][0]
        with asked_of_all(other):
            assert row_of(other) is row_of(other) and row_of(frame) == row
        assert row_of(frame) is row
    assert row_of(frame) is not row_of(frame)
