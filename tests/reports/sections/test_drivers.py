import csv
import math
from dataclasses import replace

import pytest
from intentbench.bench.judge.judgement import Score
from intentbench.bench.judge.model_drivers import (
    DIFFERS,
    FALLS,
    PEAKS,
    RISES,
    UNCLEAR,
    Direction,
    Driver,
    ModelDrivers,
    Place,
)
from intentbench.reports.driver_rows import DRIVER_COLUMNS, driver_rows
from intentbench.reports.sections.drivers import (
    direction_words,
    driver_name,
    leading_drivers_table,
    section,
    shown_entry,
)
from intentbench.reports.tables import write_tables


def place(p, low=math.nan, high=math.nan, label=""):
    return Place(label, low, high, p)


def driver(names=("pages",), loss=0.04, kind="permuted", others=False, way=None, share=math.nan):
    score = Score(loss, loss - 0.01, loss + 0.01)
    return Driver(kind, names, others, score, score, way, share, 3, 900)


def way(word, start, end, column="pages"):
    return Direction(column, "partial dependence", word, start, end)


WORDS = [
    (way(RISES, place(0.041, 0, 0), place(0.31, 3, 12)),
     "The higher, the more probable: from 4.1 % at 0 to 31 % at 3–12."),
    (way(FALLS, place(0.31, -2, -1), place(0.041, 0.5, 0.5)),
     "The higher, the less probable: from 31 % at −2 to −1 to 4.1 % at 0.500."),
    (way(PEAKS, place(0.1, 0, 0), place(0.2, 3, 4)),
     "Most probable at 3–4, with 20 %; at 0 it is 10 %."),
    (way(DIFFERS, place(0.02, label="Feb"), place(0.21, label="Nov")),
     "Most probable for “Nov”, with 21 %; least for “Feb”, with 2.0 %."),
    (way(UNCLEAR, place(0.1, 0, 0), place(0.2, 3, 4)), "No clear direction."),
    (way(RISES, place(0.1601, 0, 0), place(0.1604, 3, 4)), "No clear direction."),
    (None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), WORDS)
def test_the_way_of_a_prediction_is_a_sentence(given, said):
    assert direction_words(driver(way=given)) == said


def test_of_columns_that_share_their_information_the_sentence_names_one():
    given = way(RISES, place(0.04, 0, 0), place(0.3, 3, 12), column="seconds")
    both = driver(("pages", "seconds"), way=given)
    assert driver_name(both) == "seconds (shares its information with pages)"
    assert direction_words(both).startswith("seconds: the higher, the more probable")


def test_events_raise_or_lower():
    given = Direction("", "", RISES, place(0.08, label="without"), place(0.19, label="with"))
    assert direction_words(driver(("cart",), kind="removed", way=given, share=0.312)) == (
        "They raise the probability: 19 % with them and 8.0 % without, in the 31 % of cases that "
        "have some."
    )


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (driver(("a", "b", "c"), others=True), "The other 3 columns together"),
        (driver(("cart",), kind="removed"), "Events “cart”"),
        (driver(("a", "b"), kind="removed", others=True), "Events of the other 2 kinds together"),
        (driver(("gap",), kind="shuffled"), "The time between events"),
        (driver(("price",), kind="shuffled"), "What events say of price"),
        (driver((), kind="swapped"), "All events together"),
    ],
)
def test_what_was_changed_has_a_name(given, name):
    assert driver_name(given) == name


def with_drivers(judged, known):
    return replace(judged, drivers={entry.name: known for entry in judged.models})


def test_the_leaders_drivers_come_first_and_those_of_every_model_are_folded(judgement):
    known = ModelDrivers((driver(loss=0.05), driver(("noise",), loss=0.001)))
    judged = with_drivers(judgement.tasks[0], known)
    made = section(judged)
    table = made.blocks[0]
    assert [row.title for row in table.rows] == ["pages", "noise"]
    assert [row.strong for row in table.rows] == [True, False]
    assert made.finding == f"{shown_entry(judged).title}: pages"
    (every,) = made.blocks[-1].blocks
    assert len(every.rows) == len(judged.models)


def test_a_fold_names_one_of_the_columns_that_share_their_information(judgement):
    both = driver(("pages", "seconds"), loss=0.05)
    known = ModelDrivers((both, driver(("events",), loss=0.04, kind="removed")))
    judged = with_drivers(judgement.tasks[0], known)
    said = section(judged).finding
    assert said == f"{shown_entry(judged).title}: pages and {driver_name(known.drivers[1])}"
    assert driver_name(both) == "pages (shares its information with seconds)"


def test_a_page_is_given_the_few_that_are_beyond_chance(judgement):
    whole = driver((), loss=0.3, kind="swapped")
    known = ModelDrivers((whole, driver(loss=0.041), driver(("noise",), loss=0.001)))
    table = leading_drivers_table(with_drivers(judgement.tasks[0], known))
    (row,) = table.rows
    assert (row.title, row.cells[0].text, row.cells[0].below) == ("pages", "0.041", "0.031–0.051")


def test_where_there_are_none_the_reason_stands(judgement):
    judged = with_drivers(judgement.tasks[0], ModelDrivers((), "not computed: it is slow"))
    made = section(judged)
    assert "not computed: it is slow." in made.blocks[0].words[0].text
    assert all("it is slow" in row.reason for row in made.blocks[-1].blocks[0].rows)
    assert section(replace(judged, drivers={})) is None


def test_rows_hold_what_the_page_says(judgement, tmp_path):
    given = way(RISES, place(0.04, 0, 0), place(0.3, 3, 12))
    judged = with_drivers(judgement.tasks[0], ModelDrivers((driver(way=given),)))
    (row,) = driver_rows(judged, judged.models[0])
    assert tuple(row) == DRIVER_COLUMNS
    assert (row["from"], row["p_from"], row["to"], row["p_to"]) == ("0", 0.04, "3–12", 0.3)
    write_tables(replace(judgement, tasks=(judged,)), tmp_path)
    with (tmp_path / "drivers.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(judged.models)
    assert float(lines[0]["roc_auc_lost"]) == 0.04
