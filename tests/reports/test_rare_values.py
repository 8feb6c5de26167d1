"""No report holds a value that fewer than ten cases have: some are planted, and looked for."""

import zipfile

import intentbench as ib
import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.rare_values import RareValues
from intentbench.bench.language.sentence import Sentence
from intentbench.bench.store.told_values import told_range
from intentbench.reports.render import write_report

# Whole words: no other text or number of a report is like them.
PLANTED = ("Zquargle", "Xyzzyton", "Plugh secret", "visitor17q")
PLANTED_NUMBERS = ("98765.25", "98765", "98 765", "98\u202f765", "-4321.5", "4321.5")


def shop(n=420):
    rng = np.random.default_rng(0)
    city = rng.choice(["Berlin", "Paris", "Rome"], n).astype(object)
    note = rng.choice(["fine", "nice"], n).astype(object)
    spend = np.round(rng.gamma(2, 30, n), 2)
    bought = rng.random(n) < np.where(city == "Rome", 0.7, 0.3)
    # Common enough to be learnt, too rare to be told: all of them bought.
    city[:9], city[9:13], note[13:22] = "Zquargle", "Xyzzyton", "Plugh secret"
    spend[:9], spend[13:22] = 98765.25, -4321.5
    bought[:22] = True
    who = [f"visitor{i // 3}q" for i in range(n)]
    order = rng.permutation(n)
    frame = {
        "city": city,
        "note": note,
        "spend": spend,
        "who": who,
        "bought": np.where(bought, "yes", "no"),
    }
    return pd.DataFrame(frame).iloc[order]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rare")
    names = ("logistic_regression", "decision_tree", "naive_bayes", "markov_chain")
    result = ib.compare(
        shop(), target="bought", models=names, folds=2, jobs=1, results=folder,
        slices=["city", "spend"], progress=False,
    )  # fmt: skip
    write_report(result.judgement, folder / "report")
    return folder / "report"


def contents(run):
    """All texts of a report: the page, the tables, the workbook's sheets."""
    for path in (run / "report.html", *sorted((run / "tables").iterdir())):
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
            yield path.name, table.select_dtypes(exclude="float").to_csv()
        else:
            yield path.name, path.read_text(encoding="utf-8")
    with zipfile.ZipFile(run / "report.xlsx") as workbook:
        for name in workbook.namelist():
            yield name, workbook.read(name).decode("utf-8", "replace")


def test_planted_values_are_in_no_report(report):
    seen = dict(contents(report))
    assert {"report.html", "slices.csv", "xl/sharedStrings.xml"} <= set(seen)
    assert "Berlin" in seen["report.html"] and "(rare value)" in seen["report.html"]
    found = {(value, name) for name, text in seen.items() for value in PLANTED if value in text}
    # Digits of figures are no values: a planted number stands alone.
    found |= {
        (value, name)
        for name, text in seen.items()
        for value in PLANTED_NUMBERS
        for before, _, after in [text.partition(value)]
        if after and not before[-1:].isdigit() and before[-1:] != "." and not after[0].isdigit()
    }
    assert not found


def test_a_slice_of_rare_values_is_told_as_others(report):
    slices = pd.read_csv(report / "tables" / "slices.csv")
    cities = slices[slices["column"] == "city"]["value"]
    assert set(cities) == {"Berlin", "Paris", "Rome", "others"}


def masked(*texts, features=None):
    features = features or {
        "city": ["Oslo"] * 12 + ["New York"] * 3 + ["7"] * 2, "n": range(17)
    }  # fmt: skip
    rare = RareValues.of(Cases(pd.DataFrame(features)))
    given = {"title": "", "reading": "", "columns": ["name"], "rows": [list(texts)]}
    return rare.without(given)["rows"][0]


def test_rare_values_go_and_what_is_like_them_stays():
    texts = [
        "city=New York",
        "city=Oslo",
        "New Yorker",
        "at New York, 0.5",
        "city=7",
        "7 times",
        7.0,
    ]
    told = ["city=(rare value)", "city=Oslo", "New Yorker", "at (rare value), 0.5",
            "city=(rare value)", "7 times", 7.0]  # fmt: skip
    assert masked(*texts) == told


def test_rare_values_go_out_of_what_stands_in_sentences():
    (said,) = masked(Sentence("{a} or {b}", a="city=New York", b="city=Oslo"))
    assert said == "city=(rare value) or city=Oslo" and said.message == "{a} or {b}"
    (said,) = masked(Sentence.counted("{n} in {a}", "{n} of {a}", 2, a="New York"))
    assert said == "2 of (rare value)"


def test_long_rare_texts_go_as_a_whole():
    note = "the customer, a lawyer of Oslo (see file 7), asked for a discount - again"
    (said,) = masked(f"note={note}", features={"note": ["none"] * 10 + [note]})
    assert said == "note=(rare value)"


def test_ends_of_a_range_are_those_of_ten_cases():
    values = np.array([-4321.5, *np.arange(100) + 0.123, 98765.25])
    assert told_range(values) == (8.12, 91.1)
    assert told_range(np.array([1234.5] * 10 + [5.0, 2.0, 9999.0] + [7777.0] * 10)) == (
        1234.5,
        7777.0,
    )
    low, high = told_range(np.array([41.5, 99.25, 1e6]))
    assert low == high == 100
