import io
from types import SimpleNamespace

import pytest
from intentbench.bench.store.records import CellRecord
from intentbench.cli import progress
from intentbench.cli.progress import ProgressShown, duration
from rich.console import Console


def planned(*models):
    return [SimpleNamespace(plugin=SimpleNamespace(name=model)) for model in models]


def cell(model, seconds=1.0, status="done", message=""):
    return CellRecord(
        task="toy", model=model, fold=1, split=0, seed=0, key="k", status=status, message=message,
        fit_seconds=0.75 * seconds, predict_seconds=0.25 * seconds,
    )  # fmt: skip


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


@pytest.fixture
def shown(console):
    with ProgressShown(console, jobs=2) as shown:
        yield shown


def test_time_left_is_what_the_cells_to_come_took_before(shown):
    shown.planned(planned("slow", "slow", "quick"), {"slow": 30.0, "quick": 2.0})
    assert shown.seconds_left() == pytest.approx((30 + 30 + 2) / 2)
    shown.finished(cell("slow", 30))
    assert shown.seconds_left() == pytest.approx((30 + 2) / 2)


def test_measured_cells_count_with_stored_ones(shown):
    shown.planned(planned("a", "a"), {"a": 10.0})
    shown.finished(cell("a", 20))
    assert shown.seconds_left() == pytest.approx(15 / 2)


def test_models_not_yet_seen_count_as_the_mean_of_the_others(shown):
    shown.planned(planned("a", "b", "new"), {"a": 10.0, "b": 20.0})
    assert shown.seconds_left() == pytest.approx((10 + 20 + 15) / 2)


def test_nothing_known_is_nothing_left(shown):
    shown.planned(planned("a", "b"), {})
    assert shown.seconds_left() == 0.0
    shown.finished(cell("a", 4))
    assert shown.seconds_left() == pytest.approx(2)


def test_failed_cell_is_said_at_once_and_teaches_no_time(shown, console):
    shown.planned(planned("a", "a"), {"a": 10.0})
    shown.finished(cell("a", 0.0, "failed", "ValueError: [bold]moon[/bold]"))
    said = console.file.getvalue()
    assert "failed: a on toy, fold 1: ValueError: [bold]moon[/bold]" in said
    assert shown.seconds_left() == pytest.approx(5)


def test_lines_are_rare_where_there_is_no_terminal(shown, console, monkeypatch):
    shown.planned(planned("a", "a", "a"), {})
    shown.finished(cell("a", 4))
    assert console.file.getvalue() == "3 cells to compute, 2 at a time\n"
    monkeypatch.setattr(progress, "_LINE_EVERY_SECONDS", 0.0)
    shown.finished(cell("a", 4))
    assert "2 of 3 cells, about 2 s left (toy, fold 1)" in console.file.getvalue()


def test_nothing_to_do_is_nothing_said(shown, console):
    shown.planned([], {"a": 1.0})
    assert console.file.getvalue() == ""


def test_bar_on_a_terminal_goes_away(monkeypatch):
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    with ProgressShown(console, jobs=1) as shown:
        shown.planned(planned("a"), {"a": 3.0})
        shown.finished(cell("a", 3))
        assert shown.bar.finished


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (89.4, "89 s"), (90, "2 min"), (3600, "60 min"), (5400, "1.5 h")],
)
def test_durations_are_said_as_people_do(seconds, words):
    assert duration(seconds) == words
