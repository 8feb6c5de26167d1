"""The table that fills: every width and height, and no figure without what it is of."""

import math

import pytest
from intentbench.api.preliminary import SoFar
from intentbench.cli.live_table import table_lines
from intentbench.reports.aligned import width

DONE = {
    ("shop", "lr"): SoFar(0.8123, 3, 3, False),
    ("shop", "net"): SoFar(0.7, 1, 3, False),
    ("shop", "gru"): SoFar(math.nan, 0, 3, True),
    ("clicks", "lr"): SoFar(math.nan, 3, 3, False),
}


class Figures:
    tasks = dict.fromkeys(["shop", "clicks", "credit_of_a_long_name"])
    titles = {"lr": "Logistic regression", "net": "贝叶斯网络", "gru": "GRU"}

    def __init__(self, *models):
        self._models = models

    def models(self):
        return list(self._models)

    def of(self, task, model):
        return DONE.get((task, model), SoFar(math.nan, 0, 3, False))


def test_models_stand_in_the_order_in_which_they_began_with_the_folds_that_are_done():
    lines = table_lines(Figures("lr", "net", "gru"), "shop", 100, 20)
    assert "preliminary" in lines[0]
    assert lines[1].split() == ["Model", "shop", "clicks", "credit_of_a_long_name"]
    assert lines[2].split() == ["Logistic", "regression", "0.812", "none"]
    assert lines[3].split() == ["贝叶斯网络", "0.700", "(1", "of", "3)"]
    assert lines[4].split() == ["GRU", "failed"]


@pytest.mark.parametrize("places", [12, 20, 40, 60, 80])
@pytest.mark.parametrize("task", ["shop", "clicks", "credit_of_a_long_name"])
def test_nothing_is_wider_than_there_is_room(places, task):
    lines = table_lines(Figures("lr", "net", "gru"), task, places, 20)
    assert max(map(width, lines)) <= places


def test_task_at_hand_is_shown_where_not_all_fit():
    assert table_lines(Figures("lr"), "clicks", 22, 20)[1].split() == ["Model", "clicks"]
    assert "shop" in table_lines(Figures("lr"), "shop", 22, 20)[1]


@pytest.mark.parametrize("height", range(8))
def test_nothing_is_higher_than_there_is_room_and_the_latest_stay(height):
    lines = table_lines(Figures("lr", "net", "gru"), "shop", 80, height)
    assert len(lines) <= height
    assert not lines or lines[-1].startswith("GRU")


def test_nothing_begun_is_nothing_shown():
    assert table_lines(Figures(), "shop", 80, 20) == []
