"""Files as people have them: small ones written here, and a folder of larger ones where it exists.

The folder stands beside the checkout, as ``shared/cases``, or where ``$INTENTBENCH_CASES`` says.
"""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets.table_file import TableFile

HERE = Path(__file__).resolve()
SHARED = Path(os.environ.get("INTENTBENCH_CASES", HERE.parents[3] / "shared" / "cases"))
N = 60


def column(*cells):
    """Give a cell for each row, over and over."""
    return [cells[k % len(cells)] for k in range(N)]


def table(separator=",", **columns):
    """A text of columns and an outcome."""
    columns |= {"bought": column("no", "yes", "no")}
    lines = [separator.join(columns), *map(separator.join, zip(*columns.values(), strict=True))]
    return "\n".join(lines) + "\n"


PAGES = column("3", "17", "5", "9", "4", "21", "2")
RATES = column("13.56%", "9.1%", "21.00%", "7.9%", "0.5%")
# name: (file, what the column table says of "new", words of a caveat)
SMALL = {
    "rates with a percent sign": (
        table(new=RATES, pages=PAGES), "number, written with %", "written with %: 'new'",
    ),
    "thousands with a comma": (
        table(new=[f'"{k * 217 % 3000:,}"' for k in range(N)], pages=PAGES),
        "number, written with ,", "written with ,",
    ),
    "amounts of a German spreadsheet": (
        table(";", new=column("1.234,50", "12,00", "7,95"), pages=PAGES),
        "number, written with . and decimal comma", "cells are separated by semicolons",
    ),
    "accounts in brackets": (
        table(new=column("($7.00)", "$12.50", "$8"), pages=PAGES),
        "number, written with $ and brackets for minus", "brackets",
    ),
    "prices in yuan": (
        table(new=column("12元", "1.5万元", "7元"), pages=PAGES),
        "number, written with 元 and 万", "元",
    ),
    "days first with hyphens": (
        table(new=column("04-09-2012", "21-08-2013", "08-03-2014"), pages=PAGES),
        "date, written as 31-12-2024", "written as 31-12-2024",
    ),
    "American afternoons": (
        table(new=column("02/24/2011 3:05 PM", "03/07/2011 11:59 AM"), pages=PAGES),
        "date, written as 12/31/2024", "written as 12/31/2024",
    ),
    "months of a year": (
        table(new=column("Dec-2011", "Jan-2012"), pages=PAGES),
        "date, written as Dec-2024", "written as Dec-2024",
    ),
    "digits in a row": (
        table(new=column("20230922", "20230915", "20240121"), pages=PAGES),
        "date, written as 20241231", "written as 20241231",
    ),
    "a Unix time": (
        table(new=column("1695353118", "1694804481", "1678811605"), pages=PAGES),
        "date, written as seconds since 1970, UTC", "seconds since 1970",
    ),
    "a blank before the zone": (
        table(new=column("2024-03-03 19:48:18 -0500", "2024-03-04 08:00:00 -0500"), pages=PAGES),
        "date", "times with zones are read as UTC",
    ),
    "a separator line": (
        "sep=;\n" + table(";", new=column("1,5", "2,25"), pages=PAGES),
        "number, written with decimal comma", "line 1, 'sep=;', is skipped",
    ),
    "a sentence before the header": (
        "Loans of the third quarter\n" + table(new=RATES, pages=PAGES),
        "number, written with %", "line 1 is skipped, since the columns are named in line 2",
    ),
    "totals after the rows": (
        table(new=RATES, pages=PAGES) + "\nTotal amount funded: 471701350\nTotal lost: 7\n",
        "number, written with %", "after the table, 2 lines are skipped, from line 63 on",
    ),
    "a sum in the last row": (
        table(new=RATES, pages=PAGES) + "Total,720,\n",
        "number, written with %", "after the table, 1 lines are skipped, from line 62 on",
    ),
    "one unreadable cell in ten": (
        table(new=[*RATES[:-2], "soon", "later"], pages=PAGES), "number, written with %",
        "2 cells are no numbers and count as missing, first 'soon' and 'later' (lines 60 and 61)",
    ),
    "clock times": (
        table(new=[f"{k * 7 % 24:02d}:{k * 13 % 60:02d}" for k in range(N)], pages=PAGES),
        "id-like", "looks like clock times or durations",
    ),
    "ranges": (
        table(new=[f"{k}-{k + 9}" for k in range(N)], pages=PAGES),
        "id-like", "looks like ranges of numbers",
    ),
    "two currencies": (
        table(new=[f"{'$€'[k % 2]}{k * 1.25:.2f}" for k in range(N)], pages=PAGES),
        "id-like", "looks like numbers in several units or notations",
    ),
    "days of a spreadsheet": (
        table(new=[f"{45000 + k + k * 977 % 86400 / 86400!r}" for k in range(N)], pages=PAGES),
        "number", "looks like days that a spreadsheet counts",
    ),
    "a code for what is not known": (
        table(new=[str(365243 if k % 6 == 0 else -37 * k) for k in range(N)], pages=PAGES),
        "number", "365,243 stands apart",
    ),
    "zip codes": (table(new=column("01067", "80331"), pages=PAGES), "category", ""),
    "telephones": (
        table(new=[str(4_155_550_000 + k * 7919 % 10_000) for k in range(N)], pages=PAGES),
        "id-like", "Left out (id-like): 'new'",
    ),
    "versions": (table(new=column("1.2.3", "1.10.2"), pages=PAGES), "category", ""),
    "addresses of machines": (
        table(new=column("192.168.1.1", "10.0.0.7"), pages=PAGES), "category", "",
    ),
    "Chinese in its own encoding": (
        table(new=column("苹果手机", "三星电视"), pages=PAGES).encode("gb18030"),
        "category", "read as GB18030",
    ),
    "Taiwanese in its own encoding": (
        table(new=column("蘋果手機", "購買電視"), pages=PAGES).encode("big5"),
        "category", "read as Big5",
    ),
}  # fmt: skip


def load(path, **keywords):
    return TableFile(path=str(path), **{"target": "bought"} | keywords).load()


@pytest.mark.parametrize(("content", "kind", "words"), SMALL.values(), ids=SMALL)
def test_a_file_of_its_kind_is_read_or_the_user_is_told(tmp_path, content, kind, words):
    path = tmp_path / "visits.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    task = load(path)
    assert len(task) == N and task.target.sum() == N // 3
    (new,) = [profile for profile in task.profile if profile.name == "new"]
    assert new.kind == kind
    caveats = task.card.caveats[1:]
    assert any(words in caveat for caveat in caveats) if words else not caveats


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (table(new=column("3/4/2024", "5/6/2024"), pages=PAGES),
         "'3/4/2024' may be 3 April 2024 (dmy) or 4 March 2024 (mdy).*--date-order dmy"),
        ("Loans,of the third,quarter\n" + table(a=PAGES, b=PAGES, c=PAGES, d=PAGES),
         "line 2: 5 cells where the header names 3"),
        ("Loans\n1,2,3\n" + table(a=PAGES, b=PAGES), "line 1: 'Loans' is no header of the 3 col"),
        (table(a=PAGES, b=PAGES) + "7,", "line 62: 2 cells where the header names 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_asked(tmp_path, content, words):
    path = tmp_path / "visits.csv"
    path.write_text(content)
    with pytest.raises(DataError) as error:
        load(path)
    assert re.search(re.escape(words).replace(r"\.\*", ".*"), str(error.value))


def test_the_order_of_dates_can_be_said(tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text(table(new=column("3/4/2024", "5/6/2024"), pages=PAGES))
    months = {
        order: set(load(path, date_order=order).cases.features["new: month"])
        for order in ("dmy", "mdy")
    }
    assert months == {"dmy": {"Apr", "Jun"}, "mdy": {"Mar", "May"}}


shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of cases beside the checkout")


def kinds(task):
    return {profile.name: profile.kind.partition(",")[0] for profile in task.profile}


@shared
class TestSharedCases:
    def test_percent(self):
        folder = SHARED / "C01_lending_percent"
        asked = {"target": "loan_status", "positive": "Charged Off"}
        dressed, plain = (load(folder / f"{name}.csv", **asked) for name in
                          ("loans", "loans_numeric"))  # fmt: skip
        for name in ("int_rate", "revol_util"):
            same = dressed.cases.features[name], plain.cases.features[name]
            assert np.array_equal(*same, equal_nan=True)
        assert kinds(dressed)["issue_d"] == "date"

    def test_lines_around(self):
        path = SHARED / "C02_lending_preamble" / "LoanStats.csv"
        task = load(path, target="loan_status", positive="Charged Off")
        assert len(task) == 600
        said = " ".join(task.card.caveats)
        assert "line 1 is skipped" in said and "2 lines are skipped, from line 605 on" in said

    def test_thousands(self):
        folder = SHARED / "C04_thousands_few"
        amounts = [load(folder / f"{name}.csv").cases.features["amount"] for name in
                   ("baskets", "baskets_numeric")]  # fmt: skip
        assert not amounts[0].isna().any() and amounts[0].tolist() == amounts[1].tolist()

    def test_day_first(self):
        folder = SHARED / "C05_marketing_ddmmyyyy"
        tasks = [load(folder / f"{name}.csv", target="Response") for name in
                 ("marketing_campaign", "marketing_campaign_semicolon_bom")]  # fmt: skip
        assert tasks[0].fingerprint() == tasks[1].fingerprint()

    def test_separator_line(self):
        folder = SHARED / "C11_excel_sep_line"
        tasks = [load(folder / f"{name}.csv", target="Response") for name in
                 ("export", "export_without_sep_line")]  # fmt: skip
        assert tasks[0].fingerprint() == tasks[1].fingerprint()
        assert (len(tasks[0]), int(tasks[0].target.sum())) == (800, 107)
        assert tasks[0].cases.features.shape[1] == 7

    def test_column_names(self):
        folder = SHARED / "C12_column_names"
        assert load(folder / "odd_names.csv", target="bought?").cases.features.shape[1] == 12
        with pytest.raises(DataError, match="columns 8 and 9 are both called 'a'"):
            load(folder / "same_after_trimming.csv", target="bought?")

    def test_parquet_types(self):
        task = load(SHARED / "C16_parquet_types" / "t.parquet", target="clicked")
        assert (len(task), round(100 * task.base_rate, 2)) == (761, 29.43)
        assert kinds(task)["tags"] == "unclear"
        assert any("39 of 800 rows are left out" in caveat for caveat in task.card.caveats)

    def test_notations_of_dates(self):
        task = load(SHARED / "C18_date_notations" / "orders.csv")
        found = kinds(task)
        assert found.pop("excel") == "number" and found.pop("bought") == ""
        assert set(found.values()) == {"date"}
        assert any("'excel' looks like days" in caveat for caveat in task.card.caveats)

    def test_sentinel(self):
        task = load(SHARED / "C20_sentinel" / "application.csv", target="TARGET")
        assert any("365,243 stands apart in 18.4%" in caveat for caveat in task.card.caveats)
