"""What the database reads by itself is what the rules of tables read."""

import duckdb
import pyarrow as pa
import pytest
from intentbench.datasets._event_log import notation as notations
from intentbench.datasets._values.dates import find_dates
from intentbench.datasets._values.numbers import find_numbers

ODD = [
    "", "soon", "31.06.2024 08:30:00", "29.02.2023", "29.02.2024", "1.2.2024 8:05",
    "01.02.2024 24:00:00", "01.02.2024 23:59:60", "01.02.2024 8:61", "1.2.0001",
    "01.02.2024T08:30:15.5", "01.02.2024 08:30:15.123456789", "01.02.2024 8:30 PM", "1.2.24",
    "01. 02. 2024", "01.02.2024 08:30:00 +0500", "45.13.2024", "00.00.2024", "01.02.9999 10:00",
]  # fmt: skip
ZONED = [
    "2024-03-03 19:48:18 -0500", "2024-03-03 19:48:18-05:00", "2024-03-03 19:48:18",
    "2024-02-30 19:48:18 -0500", "2024-03-03T19:48:18.25 +0530", "2024-03-03 25:48:18 -0500",
    "2024-03-03 19:48:18 -2500", "2024-03-03 19:48 UTC", "2024-3-3 9:48 +01", "2024-03-03",
    "2024-03-03 24:00:00 +0000", "2024-03-03 19:48:18 -0560",
]  # fmt: skip
DATES = {
    "points": (["13.01.2024 10:00:00", "02.03.2024 11:00:00"], ODD),
    "days first": (["13/01/2024", "02/03/2024"], [text.replace(".", "/", 2) for text in ODD]),
    "months first": (["01/13/2024", "02/03/2024"], [text.replace(".", "/", 2) for text in ODD]),
    "hyphens": (["13-01-2024", "02-03-2024"], [text.replace(".", "-", 2) for text in ODD]),
    "zones": (["2024-03-03 19:48:18 -0500", "2024-03-04 19:48:18 -0500"], ZONED),
}
NUMBERS = {
    "decimal comma": ["1,5", "2,25", "-3,0", "7", "1.5", "1,5,5", ",5", "+1,5", "1e5", "--1", "x"],
    "both": ["1.234,50", "12,00", "1.234", "1234,5", "-1.234.567,0", "1.23,4", "12.34", "0,5"],
    "thousands": ["1,234", "56", "7,890,123", "12,34", "999", "1,234.5", "-2,000", "05", "(7)"],
    "blanks": ["1 234,5", "12,5", "1 2,5", "12 345,5", "7"],
    "dollars": ["$1,234.50", "$12.00", "12", "€5", "$-5"],
}


def by_database(name, reader, sql, texts):
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        kind = "BIGINT" if name == notations.READ_MOMENT else "DOUBLE"
        database.create_function(
            name, reader, ["VARCHAR"], kind, type="arrow", null_handling="special"
        )
        database.execute("CREATE TABLE texts (row INTEGER, text VARCHAR)")
        database.executemany("INSERT INTO texts VALUES (?, ?)", [*enumerate(texts)])
        query = f"SELECT {sql.format('text')} FROM texts ORDER BY row"
        return [value for (value,) in database.execute(query).fetchall()]


@pytest.mark.parametrize(("evidence", "texts"), DATES.values(), ids=DATES)
def test_dates(evidence, texts):
    clock, notation = notations.dates_clock(pa.chunked_array([evidence]), "")
    assert notation == find_dates(pa.array(evidence)) and "regexp" in clock.moment
    reader = notations.moment_reader(notation)
    texts = [*evidence, *texts]
    expected = reader(pa.chunked_array([texts])).to_pylist()
    assert by_database(notations.READ_MOMENT, reader, clock.moment, texts) == expected
    assert expected[0] is not None and None in expected


@pytest.mark.parametrize("texts", NUMBERS.values(), ids=NUMBERS)
def test_numbers(texts):
    found = find_numbers(pa.array(texts[:2] * 20))
    reader = notations.number_reader(found)
    expected = reader(pa.chunked_array([texts])).to_pylist()
    sql = notations.Notations(None, found).number
    assert by_database(notations.READ_NUMBER, reader, sql, texts) == expected
    assert expected[0] is not None
