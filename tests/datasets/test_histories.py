import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.datasets._histories import Histories

EPOCH = np.datetime64("2017-01-01T00:00:00")
DAY = 86_400


def histories(rows):
    """Rows of (owner, seconds since the epoch), sorted as Histories wants them."""
    rows = sorted(rows)
    owner = np.array([row[0] for row in rows], dtype=np.int64)
    seconds = np.array([row[1] for row in rows], dtype=np.int64)
    return Histories(owner, EPOCH + seconds.astype("timedelta64[s]"))


def questions(pairs):
    owner = np.array([pair[0] for pair in pairs], dtype=np.int64)
    seconds = np.array([pair[1] for pair in pairs], dtype=np.int64)
    return owner, EPOCH + seconds.astype("timedelta64[s]")


moments = st.tuples(st.integers(0, 3), st.integers(0, 40).map(lambda half: half * DAY // 2))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(moments, max_size=25),
    st.lists(moments, min_size=1, max_size=8),
    st.sampled_from([None, 0.5, 1, 7]),
    st.sampled_from([0, 0.5, 3]),
)
def test_spans_and_sums_agree_with_a_loop_over_rows(rows, asked, days, skip):
    history = histories(rows)
    owner, moment = questions(asked)
    amount = np.arange(1, len(rows) + 1) ** 2
    span = history.before(owner, moment, days=days, skip=skip)
    for i, (who, until) in enumerate(asked):
        end = until - skip * DAY
        begin = -np.inf if days is None else end - days * DAY
        inside = [n for n, (w, at) in enumerate(sorted(rows)) if w == who and begin <= at < end]
        assert span.n_rows[i] == len(inside)
        assert span.total(amount)[i] == amount[inside].sum()


def test_a_row_at_the_moment_itself_is_after_it():
    history = histories([(1, 0), (1, DAY), (1, 2 * DAY)])
    owner, moment = questions([(1, DAY)])
    assert history.before(owner, moment).n_rows.tolist() == [1]
    assert history.after(owner, moment, days=1).n_rows.tolist() == [1]
    assert history.after(owner, moment, days=1.5).n_rows.tolist() == [2]


def test_latest_rows_are_written_out_case_by_case():
    history = histories([(0, 0), (0, 1), (0, 2), (2, 5)])
    owner, moment = questions([(0, DAY), (1, DAY), (2, DAY), (0, 2)])
    offsets, rows = history.before(owner, moment).latest(2).rows()
    assert offsets.tolist() == [0, 2, 2, 3, 5]
    assert rows.tolist() == [1, 2, 3, 0, 1]


def test_gaps_start_anew_with_each_owner():
    assert histories([(0, 5), (0, 9), (3, 7), (3, 7)]).gap.tolist() == [0, 4, 0, 0]


def test_gap_moments_are_mean_and_sample_deviation_in_days():
    history = histories([(0, 0), (0, DAY), (0, 4 * DAY), (0, 9 * DAY), (1, 0), (1, 2 * DAY)])
    owner, moment = questions([(0, 10 * DAY), (1, 10 * DAY), (1, DAY), (2, DAY)])
    mean, deviation = history.gap_moments(history.before(owner, moment))
    np.testing.assert_allclose(mean, [3.0, 2.0, np.nan, np.nan])
    np.testing.assert_allclose(deviation, [2.0, np.nan, np.nan, np.nan])


def test_days_since_first_and_last_are_missing_without_rows():
    history = histories([(0, 0), (0, DAY)])
    owner, moment = questions([(0, 3 * DAY), (1, 3 * DAY)])
    span = history.before(owner, moment)
    np.testing.assert_array_equal(history.days_since_last(span, moment), [2.0, np.nan])
    np.testing.assert_array_equal(history.days_since_first(span, moment), [3.0, np.nan])


def test_sums_of_floats_are_refused():
    history = histories([(0, 0)])
    owner, moment = questions([(0, DAY)])
    with pytest.raises(TypeError, match="float64"):
        history.before(owner, moment).total(np.array([0.1]))
