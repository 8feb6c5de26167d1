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
        "number, written as 1:23", "Read as numbers written as 1:23: 'new'",
    ),
    "durations": (
        table(new=[f"{k % 3}:{k % 60:02d}:07" for k in range(N)], pages=PAGES),
        "number, written as 1:23:45", "written as 1:23:45",
    ),
    "durations of ISO 8601": (
        table(new=[f"PT{k}M7S" for k in range(N)], pages=PAGES),
        "number, written as PT1H23M45S", "PT1H23M45S",
    ),
    "ages of accounts": (
        table(new=[f"{k % 9}yrs {k % 12}mon" for k in range(N)], pages=PAGES),
        "number, written as 1h 23m 45s", "1h 23m 45s",
    ),
    "digits of another script": (
        table(new=column("١٢٫٥", "٧", "٣٠"), pages=PAGES), "number", "",
    ),
    "lakhs": (
        table(new=column('"₹1,46,967.50"', '"₹83,010.00"', "₹7"), pages=PAGES),
        "number, written with ₹ and ,", "₹",
    ),
    "whole francs": (
        table(new=column("1'660.–", "2'939.–", "45.50"), pages=PAGES),
        "number, written with apostrophes and a dash for no cents", "a dash for no cents",
    ),
    "rupees with a stroke": (
        table(new=column('"Rs. 1,660/-"', "Rs. 39/-"), pages=PAGES),
        "number, written with rs, , and a dash for no cents", "a dash for no cents",
    ),
    "footnotes": (
        table(new=column("3.5*", "4.25", "7 [a]", "8.1 (p)"), pages=PAGES),
        "number, written with footnotes", "footnotes",
    ),
    "powers of ten with a comma": (
        table(";", new=column("1,660E+03", "2,5E-01"), pages=PAGES),
        "number, written with decimal comma", "decimal comma",
    ),
    "a dash where nothing is known": (
        table(new=column("-", "3.5", "4.25"), pages=PAGES),
        "number", "20 cells hold '-' and count as missing (line 2)",
    ),
    "words of a spreadsheet where nothing is known": (
        table(new=column("#DIV/0!", "3.5", "unknown", "4.25", "7"), pages=PAGES),
        "number", "24 cells hold '#DIV/0!' and 'unknown' and count as missing",
    ),
    "days that never were": (
        table(new=column("0000-00-00", "2024-01-31", "2023-12-02"), pages=PAGES),
        "date", "20 cells hold '0000-00-00' and count as missing",
    ),
    "a day that stands for none": (
        table(new=["9999-12-31" if k % 4 == 0 else f"2024-01-{1 + k % 28:02d}" for k in range(N)],
              pages=PAGES),
        "date", "9999-12-31 stands apart in 25.0% of the cells",
    ),
    "years of another calendar": (
        table(new=column("18/01/2566", "30/05/2567"), pages=PAGES),
        "date, written as 31/12/2024", "Buddhist",
    ),
    "quarters": (
        table(new=column("2023-Q1", "2023-Q4", "2024-Q2"), pages=PAGES),
        "date, written as 2024-Q4", "2024-Q4",
    ),
    "weeks of ISO 8601": (
        table(new=column("2023-W01", "2023-W52"), pages=PAGES),
        "date, written as 2024-W52-7", "2024-W52-7",
    ),
    "months in six digits": (
        table(new=column("202311", "202401", "202412"), pages=PAGES),
        "date, written as 202412", "202412",
    ),
    "months with a point": (
        table(new=column("2023.11", "2024.01", "2024.10"), pages=PAGES),
        "date, written as 2024.12", "2024.12",
    ),
    "Russian months": (
        table(new=column("18 января 2023 г.", "2 мая 2024 г."), pages=PAGES),
        "date, written as 31-Dec-2024", "31-Dec-2024",
    ),
    "lines of a web server": (
        table(new=column("[18/Jan/2023:08:15:00 +0000]", "[02/May/2024:18:00:07 +0000]"),
              pages=PAGES),
        "date, written as 31-Dec-2024", "zones are read as UTC",
    ),
    "zones by name": (
        table(new=column("2023-01-18 08:15:00 EST", "2023-06-18 08:15:00 EDT"), pages=PAGES),
        "date", "zones are read as UTC",
    ),
    "six digits of a day": (
        table(new=[f"23{1 + k % 12:02d}{1 + k % 28:02d}" for k in range(N)], pages=PAGES),
        "number", "looks like days written as 241231",
    ),
    "eras": (
        table(new=column("令和5年1月18日", "令和6年5月2日"), pages=PAGES), "category", "",
    ),
    "cells of a spreadsheet that are to stay texts": (
        table(new=column('"=""7"""', '"=""12"""'), pages=PAGES), "number", "",
    ),
    "quotes of another kind": (table(new=column("'7'", "'12'"), pages=PAGES), "number", ""),
    "two exports in one file": (
        "new,pages,bought\n" + table(new=RATES, pages=PAGES).partition("\n")[2].replace(
            "\n", "\nnew,pages,bought\n", 1),
        "number, written with %", "1 lines say the header again and are skipped, the first of them"
        " line 3",
    ),
    "a rule below the header": (
        table("|", new=RATES, pages=PAGES).replace("\n", "\n---+---+---\n", 1),
        "number, written with %", "the line below the header, '---+---+---', is skipped",
    ),
    "separators at the end of rows": (
        table(new=RATES, pages=PAGES).replace("no\n", "no,\n").replace("yes\n", "yes,\n"),
        "number, written with %", "column 4 has no name",
    ),
    "a sum in every column": (
        table(new=column("3", "4"), pages=PAGES, k=column("a", "b")).rstrip("\n")
        + "\nTotal,522,60,20\n",
        "number", "after the table, 1 lines are skipped, from line 62 on",
    ),
    "the end of a text of DOS": (
        table(new=RATES, pages=PAGES) + "\x1a", "number, written with %", "written with %",
    ),
    "Japanese in its own encoding": (
        table(new=column("東京都", "大阪府", "カタカナ")).encode("cp932"),
        "category", "read as Shift JIS",
    ),
    "Japanese of mail": (
        table(new=column("東京都", "大阪府")).encode("iso2022_jp"),
        "category", "is in ISO2022_JP; read as such",
    ),
    "Korean in its own encoding": (
        table(new=column("서울", "부산", "인천광역시")).encode("euc_kr"),
        "category", "read as EUC-KR",
    ),
    "Russian of Unix": (
        table(new=column("Москва", "Казань")).encode("koi8_r"), "category", "read as KOI8-R",
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
    ("yes", "no"),
    [
        ("VRAI", "FAUX"), ("WAHR", "FALSCH"), ("tak", "nie"), ("Evet", "Hayır"), ("EVET", "HAYIR"),
        ("да", "нет"), ("はい", "いいえ"), ("예", "아니오"), ("نعم", "لا"), ("✓", "✗"), ("○", "×"),
        ("Sim", "Não"), ("J", "N"), ("on", "off"), ("1", "-1"), ("Yes.", "No."), ("1.0", "0.0"),
    ],
)  # fmt: skip
def test_yes_and_no_are_known_in_many_languages(tmp_path, yes, no):
    path = tmp_path / "visits.csv"
    content = table(pages=PAGES).replace("no\n", f"{no}\n").replace("yes\n", f"{yes}\n")
    path.write_text(content)
    assert load(path).target.tolist() == [0, 1, 0] * 20


def test_a_total_in_the_target_too_is_no_outcome(tmp_path):
    path = tmp_path / "visits.csv"
    outcomes = ["1" if k % 3 == 1 else "0" for k in range(N)]
    rows = [f"{'ab'[k % 2]},{k % 9},{outcome}" for k, outcome in enumerate(outcomes)]
    n_pages = sum(k % 9 for k in range(N))
    path.write_text("\n".join(["c,pages,bought", *rows, f"Total,{n_pages},20"]))
    assert len(load(path)) == N
    path.write_text("\n".join(["c,pages,bought", *rows, "Total,4,7"]))  # nothing is summed up
    with pytest.raises(DataError, match="3 different values"):
        load(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (table(new=column("x"), pages=PAGES).replace("no\n", "\n"),
         "'yes' in all of its 20 cells, and is empty in 40 others"),
        (table(a=PAGES).replace("no\n", "2\n").replace("yes\n", "1\n"),
         "--positive 1 or --positive 2"),
        ("Customer,,Outcome\n" + table(new=RATES, pages=PAGES),
         "'bought' stands in line 2: delete what is above"),
        ("<html><table><tr><td>1</td></tr></table></html>", "is a web page or XML"),
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
