import math

import pytest
from intentbench.bench.judge.judgement import Score
from intentbench.reports import formats

NAN = math.nan


def around(value, half_width):
    return Score(value, value - half_width, value + half_width)


@pytest.mark.parametrize(
    ("figure", "value", "interval"),
    [
        (around(0.93333, 0.005), "0.933", "0.928–0.938"),
        (around(0.93333, 0.0103), "0.933", "0.923–0.944"),
        (around(0.93333, 0.0354), "0.933", "0.898–0.969"),
        (around(0.93333, 0.0356), "0.93", "0.90–0.97"),
        (around(0.93333, 0.01), "0.933", "0.923–0.943"),
        (around(0.5, 0.2), "0.50", "0.30–0.70"),
        (around(2.234, 0.4), "2.2", "1.8–2.6"),
        (around(0.93333, 0.00001), "0.933", "0.933–0.933"),
        (around(0.5, 0.0), "0.500", "0.500–0.500"),
        (Score(0.1, -0.2, 0.4), "0.10", "−0.20 to 0.40"),
        (Score(0.5, NAN, NAN), "0.500", "not available"),
        (Score(NAN, NAN, NAN), "not available", "not available"),
    ],
)
def test_a_figure_has_the_digits_that_its_interval_allows(figure, value, interval):
    assert formats.score(figure) == value
    assert formats.interval(figure) == interval


def test_differences_keep_their_sign_and_one_digit_more():
    assert formats.difference(around(0.00183, 0.002)) == "+0.0018"
    assert formats.difference_interval(around(0.00183, 0.002)) == "−0.0002 to 0.0038"
    assert formats.difference(around(-0.05, 0.004)) == "−0.050"
    assert formats.difference(around(-0.0001, 0.01)) == "0.000"
    assert formats.distance(around(-0.05, 0.004)) == "0.050"
    assert formats.difference(Score(NAN, NAN, NAN)) == "not available"


def test_an_end_that_is_not_zero_is_not_printed_as_zero():
    established = Score(0.001916, 0.000042, 0.003791)
    assert formats.difference_interval(established) == "0.00004–0.00379"
    assert formats.difference(established) == "+0.00192"
    assert formats.difference_interval(Score(0.001, 0.0, 0.002)) == "0.0000–0.0020"
    assert formats.difference_interval(Score(0.001, 1e-9, 0.002)) == "0.0000–0.0020"


def test_shares():
    assert formats.percent(around(0.90423, 0.005)) == "90.4 %"
    assert formats.percent(around(0.904, 0.05)) == "90 %"
    assert formats.percent(Score(NAN, NAN, NAN)) == "not available"
    assert formats.share(0.1547) == "15.5 %"
    assert formats.share(NAN) == "not available"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 µs"), (3.2e-6, "3.2 µs"), (0.0009996, "1.0 ms"), (0.0123, "12 ms"),
        (0.9951, "1.0 s"), (0.9, "900 ms"), (9.96, "10 s"), (75.2, "75 s"), (192, "3.2 min"),
        (7200, "2.0 h"), (NAN, "not available"),
    ],
)  # fmt: skip
def test_durations(seconds, words):
    assert formats.seconds(seconds) == words


def test_memory_and_counts():
    assert formats.megabytes(35.4e6) == "35 MB"
    assert formats.megabytes(4.25e6) in ("4.2 MB", "4.3 MB")
    assert formats.megabytes(0) == "0 MB"
    assert formats.megabytes(NAN) == "not available"
    assert formats.count(12330) == "12\u202f330"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.0, "0"),
        (1234.4, "1\u202f234"),
        (9.996, "10.0"),
        (-0.02345, "−0.0234"),
        (3e-9, "3.0 × 10⁻⁹"),
        (-4.5e7, "−4.5 × 10⁷"),
    ],
)  # fmt: skip
def test_any_number_gets_three_digits(number, words):
    assert formats.three_digits(number) == words


def test_p_values_and_ticks_never_have_exponents():
    assert [formats.p_value(p) for p in (0.0, 3e-5, 1.2e-4, 0.0314, 1.0)] == [
        "< 0.0001", "< 0.0001", "0.00012", "0.031", "1",
    ]  # fmt: skip
    assert formats.ticks([0.8, 0.825, 0.85]) == ["0.800", "0.825", "0.850"]
    assert formats.ticks([-2000.0, 0.0, 2000.0]) == ["−2\u202f000", "0", "2\u202f000"]
    assert formats.ticks([]) == []


def test_no_probability_is_quite_certain():
    assert [formats.chance(p) for p in (0.0, 0.004, 0.25, 0.994, 1.0)] == [
        "< 1 %", "< 1 %", "25 %", "> 99 %", "> 99 %",
    ]  # fmt: skip


def test_estimated_counts_have_two_digits():
    assert [formats.about(n) for n in (7.2, 48_721.0, 1_950_000.0)] == [
        "7", "49\u202f000", "2\u202f000\u202f000",
    ]  # fmt: skip
