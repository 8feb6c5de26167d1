"""Columns of texts, by the places that their letters take."""

import pytest
from intentbench.reports.aligned import columns, cut, padded, width


@pytest.mark.parametrize(
    ("text", "places"), [("", 0), ("abc", 3), ("客户", 4), ("é", 1), ("e\u0301", 1), ("ｱ", 1)]
)
def test_letters_take_the_places_of_a_terminal(text, places):
    assert width(text) == places


def test_rows_stand_below_each_other():
    lines = columns([("客户", "1", "a"), ("city", "10", ""), ("é", "100", "bc")], right=(1,))
    assert lines == ["客户    1  a", "city   10", "é     100  bc"]


def test_no_rows_are_no_lines():
    assert columns([]) == []


@pytest.mark.parametrize("places", range(1, 9))
def test_what_is_too_long_is_cut_and_shows_it(places):
    for text in ("客户编号", "customer"):
        short = cut(text, places)
        assert width(short) <= places
        assert (short == text) is (width(text) <= places)
        assert short == text or short.endswith("…")


def test_what_is_longer_than_its_column_stays():
    assert padded("abc", 2) == "abc" and padded("客", 4, right=True) == "  客"
