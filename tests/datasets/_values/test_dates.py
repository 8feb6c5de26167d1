"""Dates in every notation: told by the evidence of the whole column, or doubted aloud."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from intentbench.datasets._values.counted_times import find_counted, like_spreadsheet_days
from intentbench.datasets._values.dates import DateNotation, DoubtfulDates, find_dates
from intentbench.datasets._values.texts import clean

MOMENTS = pd.Series(pd.date_range("2023-01-05 00:07:09", periods=60, freq="37h"))


def found(texts, **keywords):
    column = clean(pa.chunked_array([pa.array(list(texts), pa.large_string())]))
    notation = find_dates(column, **keywords)
    return notation, notation.read(column) if isinstance(notation, DateNotation) else None


# How strftime writes them, and what the notation is called.
WRITTEN = {
    "%Y-%m-%d": "2024-12-31",
    "%Y-%m-%d %H:%M:%S": "2024-12-31",
    "%Y-%m-%dT%H:%M:%SZ": "2024-12-31",
    "%Y-%m-%d %H:%M:%S -0000": "2024-12-31",
    "%Y/%m/%d %H:%M": "2024/12/31",
    "%Y.%m.%d": "2024.12.31",
    "%d.%m.%Y %H:%M:%S": "31.12.2024",
    "%d.%m.%y": "31.12.24",
    "%d-%m-%Y": "31-12-2024",
    "%d-%m-%Y %H:%M": "31-12-2024",
    "%d/%m/%Y": "31/12/2024",
    "%m/%d/%Y %I:%M:%S %p": "12/31/2024",
    "%m/%d/%Y, %I:%M %p": "12/31/2024",
    "%m/%d/%y": "12/31/24",
    "%d/%m/%y %H:%M": "31/12/24",
    "%y/%m/%d": "24/12/31",
    "%d-%b-%Y": "31-Dec-2024",
    "%d-%b-%y": "31-Dec-2024",
    "%d %B %Y %H:%M": "31-Dec-2024",
    "%a, %d %b %Y %H:%M:%S +0000": "31-Dec-2024",
    "%B %d, %Y": "December 31, 2024",
    "%b %d %Y %I:%M%p": "December 31, 2024",
    "%a %b %d %H:%M:%S %Y": "Tue Dec 31 23:59:59 2024",
    "%Y年%m月%d日": "2024年12月31日",
    "%Y年%m月%d日 %H:%M": "2024年12月31日",
    "%Y%m%dT%H%M%SZ": "20241231T235959",
    "%b-%Y": "Dec-2024",
    "%B %Y": "Dec-2024",
    "%Y-%m": "2024-12",
    "%m/%Y": "12/2024",
}


@pytest.mark.parametrize("form", WRITTEN)
def test_dates_are_read_in_every_notation(form):
    written = MOMENTS.dt.strftime(form)
    notation, read = found(written)
    assert notation.name == WRITTEN[form]
    expected = pd.to_datetime(written, format=form, utc=True).dt.tz_localize(None)
    assert read.tolist() == expected.to_numpy().astype("datetime64[us]").tolist()
    assert notation.zoned == form.endswith(("Z", "-0000", "+0000"))


ONE = {
    "2024-03-03 19:48:18 -0500": "2024-03-04T00:48:18",
    "2024-03-03T19:48:18.250+01:00": "2024-03-03T18:48:18.250",
    "2024-03-03 19:48:18 UTC": "2024-03-03T19:48:18",
    "2024-3-5 7:08": "2024-03-05T07:08",
    "3 mars 2024": "2024-03-03",
    "3. Mai 2024": "2024-05-03",
    "23 de mayo de 2023": "2023-05-23",
    "March 3rd, 2024": "2024-03-03",
    "2024年3月3日 下午3:05": "2024-03-03T15:05",
    "12/31/2024 12:05 AM": "2024-12-31T00:05",
    "05-Dec-71": "1971-12-05",
}


@pytest.mark.parametrize("text", ONE)
def test_clocks_zones_and_months_are_read(text):
    _, read = found([text])
    assert read[0] == np.datetime64(ONE[text])


def test_one_date_settles_the_order_of_its_column():
    _, read = found(["03/04/2024", "05/06/2024", "13/06/2024"])
    assert read[0] == np.datetime64("2024-04-03")
    _, read = found(["03/04/2024", "05/06/2024", "06/13/2024"])
    assert read[0] == np.datetime64("2024-03-04")


def test_where_nothing_settles_the_order_both_readings_are_shown():
    texts = ["3/4/2024", "5/6/2024"]
    doubt, _ = found(texts)
    assert doubt == DoubtfulDates(
        "'3/4/2024' may be 3 April 2024 (dmy) or 4 March 2024 (mdy), and so may all others",
        ("3/4/2024",),
        ("dmy", "mdy"),
    )
    assert found(texts, order="dmy")[1][0] == np.datetime64("2024-04-03")
    assert found(texts, order="mdy")[1][0] == np.datetime64("2024-03-04")
    # The column's own evidence is the stronger one.
    assert found([*texts, "3/14/2024"], order="dmy")[1][0] == np.datetime64("2024-03-04")
    assert found(["1/1/2024", "2/2/2024"])[1][0] == np.datetime64("2024-01-01")


@pytest.mark.parametrize(
    "texts",
    [
        ["13/01/2024", "01/13/2024"],
        ["2024-03-01", "2.3.2024", "3/13/2024"],
        ["2024-03-01T10:00", "2024-03-02T10:00Z"],
    ],
)
def test_dates_written_in_several_ways_are_doubted(texts):
    doubt, _ = found(texts)
    assert isinstance(doubt, DoubtfulDates) and not doubt.readings and len(doubt.texts) >= 2


NO_DATES = {
    "versions": ["1.2.3", "1.10.2", "10.0.1"],
    "addresses of machines": ["192.168.1.1", "10.0.0.1"],
    "seasons": ["2009-10", "2010-11", "2011-12"],
    "impossible days": ["2024-02-30", "2024-02-31"],
    "sort codes": ["20-45-67", "40-11-98"],
    "telephones": ["415-555-2671", "212-555-0100"],
    "social security": ["078-05-1120", "219-09-9999"],
    "fractions": ["1/2", "3/4"],
    "parts of a thousand": ["3/1000", "7/1000"],
    "articles": ["4711-12", "4712-3"],
    "months without a year": ["March", "May"],
    "days without a year": ["11-Dec", "3-Jan"],
    "clock times": ["12:30", "07:15"],
    "ranges": ["10-20", "30-40"],
    "numbers": ["20240101", "7"],
    "words": ["Sat 5", "never 2024 in"],
}


@pytest.mark.parametrize("texts", NO_DATES.values(), ids=NO_DATES)
def test_what_is_no_date_is_not_read_as_one(texts):
    assert found(texts * 5)[0] is None


COUNTED = {
    "seconds since 1970, UTC": 1,
    "milliseconds since 1970, UTC": 10**3,
    "microseconds since 1970, UTC": 10**6,
}


@pytest.mark.parametrize("name", COUNTED)
def test_counts_since_1970_are_moments(name):
    moments = MOMENTS.to_numpy().astype("datetime64[s]")
    counts = moments.astype(np.int64).astype(float) * COUNTED[name]
    notation = find_counted(np.append(counts, np.nan))
    assert notation.name == name and notation.zoned
    assert notation.read(counts).tolist() == moments.astype("datetime64[us]").tolist()


@pytest.mark.parametrize("form", ["%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S"])
def test_digits_in_a_row_are_moments(form):
    written = MOMENTS.dt.strftime(form)
    values = written.astype(float).to_numpy()
    notation = find_counted(values)
    expected = pd.to_datetime(written, format=form).to_numpy().astype("datetime64[us]")
    assert notation.read(values).tolist() == expected.tolist() and not notation.zoned


def test_other_numbers_are_no_moments():
    rng = np.random.default_rng(0)
    for low, high in [(0, 1e6), (1e9, 9e9), (2e7, 9e7), (20_230_001, 20_239_999), (1e12, 9e12)]:
        values = np.rint(rng.uniform(low, high, 500))
        assert find_counted(values) is None and not like_spreadsheet_days(values)
    amounts = rng.uniform(40_000, 43_000, 500).round(2)
    assert not like_spreadsheet_days(amounts)


def test_days_of_a_spreadsheet_are_recognised():
    days = 45_000 + np.arange(60) + np.arange(60) * 977 % 86_400 / 86_400
    assert like_spreadsheet_days(days) and find_counted(days) is None
