"""Progress where nobody looks at a screen: lines, rare ones, and failures at once."""

import io
from types import SimpleNamespace

import pytest
from intentbench.bench.store.records import CellRecord
from intentbench.cli import progress
from intentbench.cli.progress import ProgressShown
from rich.console import Console


class Followed:
    """Stands for a run that is followed, with half a minute to go."""

    total, n_done, where, task, figures = 3, 2, "toy, fold 1", "toy", None

    def planned(self, work, cells, stored):
        pass

    def finished(self, cell):
        pass

    def seconds_left(self):
        return 30.0


def cell(status="done", message=""):
    return CellRecord("toy", "a", fold=1, split=0, seed=0, key="k", status=status, message=message)


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def shown_on(console):
    shown = ProgressShown(console, jobs=2)
    shown.progress = Followed()
    return shown


def test_failed_cell_is_said_at_once(console):
    with shown_on(console) as shown:
        shown.planned(None, [SimpleNamespace()] * 3, [])
        shown.finished(cell("failed", "ValueError: [bold]moon[/bold]\x1b[2J"))
    said = console.file.getvalue()
    assert r"failed: a on toy, fold 1: ValueError: [bold]moon[/bold]\x1b[2J" in said


def test_lines_are_rare_where_there_is_no_terminal(console, monkeypatch):
    monkeypatch.setattr(progress, "_LINE_EVERY_SECONDS", 1000.0)
    with shown_on(console) as shown:
        shown.planned(None, [SimpleNamespace()] * 3, [])
        shown.finished(cell())
        assert console.file.getvalue() == "3 cells to compute, 2 at a time\n"
        monkeypatch.setattr(progress, "_LINE_EVERY_SECONDS", 0.0)
        shown.finished(cell())
    last = console.file.getvalue().splitlines()[-1]
    assert last == "2 of 3 cells, about 30 s left, judging included (toy, fold 1)"


def test_dumb_terminal_gets_lines_and_no_table(monkeypatch):
    console = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "dumb"})
    monkeypatch.setattr(progress, "_LINE_EVERY_SECONDS", 0.0)
    with shown_on(console) as shown:
        assert not shown.draws
        shown.planned(None, [SimpleNamespace()] * 3, [])
        shown.finished(cell())
    assert "2 of 3 cells" in console.file.getvalue()
    assert "\x1b[1A" not in console.file.getvalue()
