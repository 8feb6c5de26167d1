import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.cases import Cases
from intentbench.bench.cell.changed_cases import Changed, shuffled, stacked, without
from intentbench.bench.cell.coarse import MISSING, Coarse
from intentbench.bench.cell.column_groups import column_groups, cramers_v
from intentbench.bench.events import Events
from scipy.stats.contingency import association

SEQUENCES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50)), max_size=6)


def events_of(*sequences, names=("view", "cart", "help")):
    """Sequences of (kind, moment)."""
    lengths = [len(sequence) for sequence in sequences]
    kinds = [kind for sequence in sequences for kind, _ in sequence]
    gaps = [
        gap
        for sequence in sequences
        for gap in np.diff([at for _, at in sequence], prepend=sequence[0][1] if sequence else 0)
    ]
    return Events(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        {"kind": np.array(kinds, np.int32), "gap": np.array(gaps, np.float32)},
        {"kind": names},
    )


def moments_of(events, case):
    rows = slice(*events.offsets[case : case + 2])
    return list(zip(events.kind[rows].tolist(), np.cumsum(events.gap[rows]).tolist(), strict=True))


def test_events_that_are_gone_leave_the_others_when_they_were():
    events = events_of([(0, 5), (1, 7), (0, 12)], [(1, 0), (1, 3)], [(1, 2), (0, 10)], [])
    left = without(events, np.array([1]))
    assert left.lengths.tolist() == [2, 0, 1, 0]
    assert moments_of(left, 0) == [(0, 0), (0, 7)]
    assert moments_of(left, 2) == [(0, 0)]  # a first event has no gap


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50)), max_size=6),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 2),
)
def test_what_is_left_is_what_would_have_been_seen_without_them(sequences, gone):
    sequences = [sorted(sequence, key=lambda event: event[1]) for sequence in sequences]
    kept = [[event for event in sequence if event[0] != gone] for sequence in sequences]
    left, expected = without(events_of(*sequences), np.array([gone])), events_of(*kept)
    np.testing.assert_array_equal(left.offsets, expected.offsets)
    np.testing.assert_array_equal(left.kind, expected.kind)
    np.testing.assert_array_equal(left.gap, expected.gap)


def test_shuffled_marks_are_the_same_ones_and_first_events_keep_their_gap():
    rng = np.random.default_rng(0)
    events = events_of(*[[(0, 0), (1, 3), (2, 4)], [(1, 9)], [(0, 0), (0, 8)]] * 5)
    other = shuffled(events, ("gap",), rng)
    assert sorted(other.gap) == sorted(events.gap)
    assert not other.gap[other.offsets[:-1]].any()
    assert (other.gap != events.gap).any()
    np.testing.assert_array_equal(other.kind, events.kind)


def test_each_change_is_made_in_its_own_rows_and_nothing_else_is_touched():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": pd.Series(list("xyz"), dtype="category")})
    cases = Cases(frame, events_of([(0, 0)], [(1, 0)], [(2, 0)]))
    at = np.array([0, 2])
    both = stacked(
        cases,
        [
            Changed(at, ("a",), np.array([1, 1])),
            Changed(at, events=lambda _: cases.events.take([1, 1])),
        ],
    )
    assert both.features["a"].tolist() == [2.0, 2.0, 1.0, 3.0]
    assert both.features["b"].tolist() == ["x", "z", "x", "z"]
    assert both.features["b"].dtype == frame["b"].dtype
    assert both.events.kind.tolist() == [0, 2, 1, 1]
    assert frame["a"].tolist() == [1.0, 2.0, 3.0]


def test_numbers_fall_into_fifths_and_many_equal_ones_into_one_step():
    column = pd.Series([*np.arange(100.0), np.nan])
    codes = Coarse.of(column).codes(column)
    assert np.bincount(codes).max() <= 21
    assert len(np.unique(codes[:-1])) == 5
    assert codes[-1] == Coarse.of(column).n_codes - 1
    mostly_nothing = pd.Series([0.0] * 80 + list(range(1, 21)))
    codes = Coarse.of(mostly_nothing).codes(mostly_nothing)
    assert np.unique(codes[:80]).tolist() == [0]
    assert (codes[80:] > 0).all()


def test_categories_are_told_apart_by_their_texts_and_missing_ones_stand_alone():
    often = [*"bbbbbbbbbb", *"aaaaaaaaaaa"]
    column = pd.Series([*often, None, *"cdefghijklmn", *"ooooooooo"], dtype="category")
    steps = Coarse.of(column)
    codes = steps.codes(column)
    assert steps.labels == ("a", "b")  # the others could name somebody
    assert codes[10] == codes[11] != codes[0]
    assert len(set(codes[22:])) == 1
    assert (codes == steps.n_codes - 1).tolist() == column.isna().tolist()
    assert MISSING not in steps.labels


def test_cramers_v_is_that_of_scipy():
    rng = np.random.default_rng(3)
    a = rng.integers(0, 4, 300)
    b, c = np.where(rng.random(300) < 0.6, a % 3, rng.integers(0, 3, 300)), rng.integers(0, 2, 300)
    ours = cramers_v([a, b, c])
    for i, one in enumerate((a, b, c)):
        for j, other in enumerate((a, b, c)):
            if i != j:
                table = pd.crosstab(one, other).to_numpy()
                np.testing.assert_allclose(ours[i, j], association(table, "cramer"), atol=1e-9)


def test_columns_that_tell_the_same_stand_together():
    rng = np.random.default_rng(1)
    x = rng.normal(size=800)
    frame = pd.DataFrame(
        {
            "x": x, "twice x": 2 * x + 0.1 * rng.normal(size=800), "apart": rng.normal(size=800),
            "band": pd.cut(x, [-9, -1, 0, 1, 9]).astype(str), "constant": 1.0,
        }
    )  # fmt: skip
    groups = column_groups(frame, {name: Coarse.of(column) for name, column in frame.items()})
    assert groups == [("x", "twice x", "band"), ("apart",), ("constant",)]
