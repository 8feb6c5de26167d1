"""What the terminal shows when a run is done: who leads, what to use, and what went wrong."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..bench.language.speaking import _, marked, ngettext
from ..reports import formats
from ..reports.aligned import columns, cut, width
from ..reports.brief import Brief, Row, TaskBrief
from ..reports.escape import escaped
from ..reports.summary import MOST_ON_A_PAGE

if TYPE_CHECKING:
    from rich.console import Console

_INDENT = "  "
_SHORTEST_TITLE = 16  # in places of the terminal
_MOST_FAILURES = 3


def show_brief(brief: Brief, console: "Console") -> None:
    """Print a run in brief, task by task, as wide as the terminal is; of many tasks, a line each.

    Parameters
    ----------
    brief : Brief
    console : Console
        Where it is no terminal, nothing is broken into lines.
    """
    for sentence in brief.partial:
        _print(console, sentence)
    if len(brief.tasks) > MOST_ON_A_PAGE:
        _print(console)
        for line in _a_line_each(brief.tasks):
            _print(console, line)
    else:
        for task in brief.tasks:
            _print(console)
            _print(console, f"{task.title} ({task.task})", style="bold")
            for line in _table(task, console.width if console.is_terminal else None):
                _print(console, line)
            for sentence in _sentences(task):
                _print(console, sentence)
    if brief.across:
        _print(console)
        _print(console, brief.across)
    _print(console)


def _a_line_each(tasks: Sequence[TaskBrief]) -> list[str]:
    rows = [(_("Task"), _("Use"), f"{tasks[0].metric} (95 %)", _("Failures"), _("Alarms"))]
    for task in tasks:
        used = next((row for row in task.rows if row.name == task.recommended), None)
        said = (used.title, _cells(used)[0]) if used else (_("none"), "")
        told = (formats.count(len(told)) for told in (task.failures, task.alarms))
        rows.append((task.task, *said, *told))
    return columns(rows, right=(3, 4))


def _table(task: TaskBrief, places: int | None) -> list[str]:
    """Lay the models out in columns; below each other where columns leave no place for titles."""
    if not task.rows:
        return []
    heads = (f"{task.metric} (95 %)", _("Standing"), _("Fit"))
    cells = [heads, *map(_cells, task.rows)]
    titles = [_("Model"), *(row.title for row in task.rows)]
    if places is not None:
        room = places - max(map(width, columns([("", *row) for row in cells])))
        if room < min(_SHORTEST_TITLE, max(map(width, titles))):
            return [cut(line, places) for row in task.rows for line in _below(task.metric, row)]
        titles = [cut(title, room) for title in titles]
    rows = [(title, *row) for title, row in zip(titles, cells, strict=True)]
    return columns(rows, right=(3,))


def _cells(row: Row) -> tuple[str, str, str]:
    figure = formats.missing()
    if row.figure.available:
        figure = f"{formats.score(row.figure)} ({formats.interval(row.figure)})"
    return figure, row.standing, formats.seconds(row.fit_seconds)


def _below(metric: str, row: Row) -> Iterator[str]:
    figure, standing, fit = _cells(row)
    yield row.title
    yield f"{_INDENT}{metric} {figure}"
    yield _INDENT + _("{standing}; fit {time}").format(standing=standing, time=fit)


def _sentences(task: TaskBrief) -> Iterator[str]:
    n_more = task.n_models - len(task.rows) - len(task.failures)
    if n_more > 0:
        yield ngettext(
            "and {number} more model in the report", "and {number} more models in the report",
            n_more,
        ).format(number=formats.count(n_more))  # fmt: skip
    yield from task.advice
    yield task.base_rate
    yield from _listed(_FAILED, task.failures)
    yield from _listed(_ALARM, task.alarms)


_FAILED = (marked("Failed: {what}"), marked("Failed: {n} more, told in the report"))
_ALARM = (marked("Alarm: {what}"), marked("Alarm: {n} more, told in the report"))


def _listed(how: tuple[str, str], told: Sequence[str]) -> Iterator[str]:
    one, more = how
    for text in told[:_MOST_FAILURES]:
        yield _(one).format(what=text)
    if len(told) > _MOST_FAILURES:
        yield _(more).format(n=len(told) - _MOST_FAILURES)


def _print(console: "Console", text: str = "", *, style: str = "") -> None:
    console.print(
        escaped(text), style=style or None, markup=False, highlight=False, emoji=False,
        soft_wrap=not console.is_terminal,
    )  # fmt: skip
