"""The table of rooms on the page is the one that the imports are held to."""

import re
import runpy

import pytest
from intentbench.bench.plugins.registry import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?:bench/)?(\w+)/?` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def held():
    return runpy.run_path(str(ROOT / "tests" / "test_arrows.py"))


def test_the_table_of_rooms_is_the_one_that_is_held(held):
    told = {}
    for room, may in ROW.findall(PAGE):
        named = set(re.findall(r"`(\w+)`", may))
        named |= held["CONTRACT"] if "the contract" in may else set()
        everyone = {"language"} - {room} if room != "errors" else set()
        told[room] = set(told) if may == "everything above" else named | everyone
    assert told == held["MAY_IMPORT"]


def test_a_room_imports_from_rows_above_it(held):
    rows = [room for room, _ in ROW.findall(PAGE)]
    for place, room in enumerate(rows):
        assert held["MAY_IMPORT"][room] - {room} <= set(rows[:place])


def test_the_picture_shows_every_room_of_the_way(held):
    picture = PAGE.split("```")[1]
    rooms = set(held["MAY_IMPORT"]) - held["CONTRACT"] - {"audit", "conformance", "cli", "language"}
    assert rooms <= set(re.findall(r"\w+", picture))
