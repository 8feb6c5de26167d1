import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from intentbench.bench.stats.pareto import on_front

# Few values, so that ties are common.
NUMBERS = st.one_of(st.integers(0, 4).map(float), st.just(float("nan")))
ENTRIES = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12)


def beaten(entry, others):
    """The definition, pair by pair."""
    score, cost = entry
    return any(
        s >= score and c <= cost and (s > score or c < cost)
        for s, c in others
        if not np.isnan([s, c]).any()
    )


@given(ENTRIES)
def test_front_is_what_no_other_entry_beats(entries):
    scores, costs = np.array(entries, dtype=float).reshape(-1, 2).T
    expected = [not np.isnan(entry).any() and not beaten(entry, entries) for entry in entries]
    assert on_front(scores, costs).tolist() == expected


@given(ENTRIES)
def test_order_and_scale_do_not_matter(entries):
    scores, costs = np.array(entries, dtype=float).reshape(-1, 2).T
    front = on_front(scores, costs)
    assert np.array_equal(on_front(scores[::-1], costs[::-1])[::-1], front)
    assert np.array_equal(on_front(np.exp(scores), 3 * costs + 1), front)


def test_the_cheap_and_the_good_are_on_it_and_what_is_neither_is_not():
    scores = np.array([0.5, 0.8, 0.7, 0.9, 0.9])
    costs = np.array([1.0, 2.0, 3.0, 9.0, 10.0])
    assert on_front(scores, costs).tolist() == [True, True, False, True, False]
