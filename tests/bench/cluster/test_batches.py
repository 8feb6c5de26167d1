from dataclasses import dataclass

import pytest
from intentbench.bench.cluster.batches import batches


@dataclass(frozen=True)
class Cell:
    task: str
    seconds: float


def sizes(cells, n_places=1):
    made = batches(cells, lambda cell: cell.seconds, n_places)
    assert [cell for batch in made for cell in batch] == list(cells)
    return [len(batch) for batch in made]


def test_short_cells_travel_for_about_five_seconds():
    assert sizes([Cell("a", 0.5)] * 100) == [10] * 10


def test_long_cells_travel_alone():
    assert sizes([Cell("a", 0.1)] * 3 + [Cell("a", 40.0)] * 2 + [Cell("a", 0.1)] * 3) == [
        3, 1, 1, 3,
    ]  # fmt: skip


def test_batch_is_of_one_task():
    cells = [Cell(task, 0.1) for task in "aaabbb"] + [Cell("b", 30.0)]
    assert sizes(cells) == [3, 3, 1]


@pytest.mark.parametrize("n_places", [2, 8])
def test_every_place_has_something_to_do(n_places):
    found = sizes([Cell("a", 0.1)] * 96, n_places)
    assert len(found) >= 3 * n_places and max(found) <= 96 / (3 * n_places)


def test_cells_that_take_nothing_are_not_all_in_one():
    assert max(sizes([Cell("a", 0.0)] * 1000)) <= 250


def test_nothing_makes_no_batch():
    assert sizes([]) == []
