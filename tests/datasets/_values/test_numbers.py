"""Numbers in another dress: read in one way beyond doubt, or not at all."""

import numpy as np
import pyarrow as pa
import pytest
from intentbench.datasets._values.number_notation import NumberNotation
from intentbench.datasets._values.numbers import DoubtfulNumbers, find_numbers
from intentbench.datasets._values.texts import clean


def found(texts, times=5, **keywords):
    column = clean(pa.chunked_array([pa.array(list(texts) * times, pa.large_string())]))
    notation = find_numbers(column, **keywords)
    read = isinstance(notation, NumberNotation)
    return notation, notation.read(column)[: len(texts)].tolist() if read else None


READ = {
    "plain": (["5", "-2.5", "1e3"], [5, -2.5, 1000], ""),
    "percent": (["13.56%", "9 %", "-0.5%", "0"], [13.56, 9, -0.5, 0], "%"),
    "percent before": (["%5", "%12,5"], [5, 12.5], "% and decimal comma"),
    "dollars": (["$1,234.50", "$5", "-$3", "$-4"], [1234.5, 5, -3, -4], "$ and ,"),
    "a sign on some": (["$1,234.50", "17"], [1234.5, 17], "$ and ,"),
    "accounting": (["($7.00)", "$8", "(9)"], [-7, 8, -9], "$ and brackets for minus"),
    "code after": (["5 EUR", "7.5 EUR"], [5, 7.5], "EUR"),
    "code before or after": (["EUR 5", "7 EUR"], [5, 7], "EUR"),
    "Brazil": (["R$ 1.234,50", "R$ 3,00"], [1234.5, 3], "R$, . and decimal comma"),
    "India": (["₹1,23,456", "₹12,34,567.50"], [123456, 1234567.5], "₹ and ,"),
    "Switzerland": (["CHF 1'234.50", "CHF 5"], [1234.5, 5], "CHF and apostrophes"),
    "typographic apostrophe": (["1’234", "12’345.5"], [1234, 12345.5], "apostrophes"),
    "France": (
        ["1\u202f234,50\u00a0€", "5 €"], [1234.5, 5],
        "€, blanks between thousands and decimal comma",
    ),
    "thin blanks": (["1\u2009234", "56"], [1234, 56], "blanks between thousands"),
    "Germany": (["1.234.567,5", "2"], [1234567.5, 2], ". and decimal comma"),
    "points only": (["1.234.567", "1.234"], [1234567, 1234], "."),
    "decimal comma": (["3,14", "2", "-,5"], [3.14, 2, -0.5], "decimal comma"),
    "trailing minus": (["5-", "6.5", "1,000.5-"], [-5, 6.5, -1000.5], ", and a minus at the end"),
    "typographic minus": (["−5", "–6", "7"], [-5, -6, 7], ""),
    "weight": (["72 kg", "80.5kg", "64 Kg"], [72, 80.5, 64], "kg"),
    "one month": (["1 month", "36 months"], [1, 36], "month"),
    "followers": (["2.2k", "300", "1.5M"], [2200, 300, 1.5e6], "M and k"),
    "yuan": (["5元", "1.2万元", "3,000.5元"], [5, 12000, 3000.5], "元, 万 and ,"),
    "full width": (["１２％", "３．５％"], [12, 3.5], "%"),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "values", "marks"), READ.values(), ids=READ)
def test_numbers_in_another_dress_are_read(texts, values, marks):
    notation, read = found(texts)
    assert read == values
    assert notation.name == (f"written with {marks}" if marks else "")


NO_NUMBERS = {
    "zip codes": ["07001", "01234", "90210"],
    "telephones": ["+4915112345678", "+14155552671"],
    "telephones in groups": ["555 123 456", "601 234 567"],
    "telephones with hyphens": ["415-555-2671", "212-555-0100"],
    "telephones with brackets": ["(415) 555-2671", "(212) 555-0100"],
    "versions": ["1.2.3", "1.10.2", "2.0.0"],
    "addresses of machines": ["192.168.1.1", "10.0.0.1"],
    "ranges": ["10-20", "30-40"],
    "ages": ["18-25", "65+", "26-64"],
    "clock times": ["12:30", "07:15"],
    "dates": ["3/4/2024", "5/6/2024"],
    "two currencies": ["$5", "€5"],
    "two units": ["5 kg", "500 g"],
    "flats": ["5A", "5B", "12C"],
    "articles": ["A12", "B7"],
    "Dutch zip codes": ["1234 AB", "5678 CD"],
    "hexadecimal": ["0x1F", "0xA0"],
    "employment": ["2 years", "10+ years", "< 1 year"],
    "sizes": ["10x20", "30x40"],
    "share and words": ["5", "many", "few"],
    "ids": ["c1", "c2", "c33"],
    "open brackets": ["(5", "(6"],
    "two signs": ["--5", "+-6"],
}


@pytest.mark.parametrize("texts", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_is_no_number_is_not_read_as_one(texts):
    assert found(texts)[0] is None


def test_a_comma_with_three_digits_after_it_is_told_by_its_neighbours():
    doubtful, _ = found(["1,234", "5,678"])
    assert isinstance(doubtful, DoubtfulNumbers)
    assert found(["1,234", "5,678"], commas_part_cells=True)[1] == [1234, 5678]
    # Whoever writes decimals in threes writes 356,000; whoever parts thousands, 356.
    assert found(["356", "1,234", "99", "2,183"])[1] == [356, 1234, 99, 2183]
    assert found(["356", "1,234", "1500", "2,183"])[0] == doubtful
    assert found(["0,125", "1,234"])[1] == [0.125, 1.234]
    assert found(["1,234", "1,5"])[1] == [1.234, 1.5]


def test_a_point_parts_decimals_unless_its_neighbours_say_otherwise():
    assert found(["1.234", "5.678"])[1] == [1.234, 5.678]
    assert found(["356", "1.234", "99", "2.183"])[1] == [356, 1234, 99, 2183]
    assert found(["0.356", "1.234", "99", "2.183"])[1] == [0.356, 1.234, 99, 2.183]
    assert found(["356.5", "1.234", "99"])[1] == [356.5, 1.234, 99]


def test_commas_and_points_as_decimals_are_in_doubt():
    assert isinstance(found(["1.5", "1,5"])[0], DoubtfulNumbers)


def test_what_one_in_ten_cells_holds_otherwise_is_missing():
    notation, read = found(["$5"] * 18 + ["soon", "$6.50"], times=1)
    assert notation.unit == "$" and read[-1] == 6.5
    assert np.isnan(read[-2])
    assert found(["$5"] * 8 + ["soon", "soon"], times=1)[0] is None


def test_a_notation_reads_what_comes_later_alike():
    notation, _ = found(["$1,234.50", "$5"])
    later = pa.array(["$2,000", "€5", "8", None, "2.000,50"], pa.string())
    assert np.array_equal(notation.read(later), [2000, np.nan, 8, np.nan, np.nan], equal_nan=True)
