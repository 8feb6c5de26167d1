"""The table that fills while a run goes on: figures so far, as wide and high as the terminal is."""

from collections.abc import Sequence

from ..api.preliminary import Preliminary, so_far
from ..bench.language.sentence import said
from ..bench.language.speaking import _
from ..reports.aligned import columns, cut, width

_SHORTEST_TITLE = 12  # in places of the terminal
_APART = 2


def table_lines(figures: Preliminary, task: str, places: int, height: int) -> list[str]:
    """Lay out the models that have begun, in the order in which they did.

    Parameters
    ----------
    figures : Preliminary
    task : str
        The one at hand: where not all tasks have their column, those beside it have.
    places, height : int
        What there is for it; models that began first go first.

    Returns
    -------
    list of str
        Nothing where there is nothing to show, or no room.
    """
    models = figures.models()
    tasks = list(figures.tasks)
    if not models or height < 4:
        return []
    cells = {name: [figures.of(name, model).text for model in models] for name in tasks}
    shown = _fitting(tasks, cells, task, places)
    taken = sum(_APART + max(map(width, (name, *cells[name]))) for name in shown)
    rows = [
        (cut(said(figures.titles[model]), places - taken), *(cells[name][i] for name in shown))
        for i, model in enumerate(models)
    ][3 - height :]
    table = columns([(_("Model"), *shown), *rows], right=range(1, len(shown) + 1))
    return [cut(line, places) for line in (so_far(), *table)]


def _fitting(
    tasks: Sequence[str], cells: dict[str, list[str]], task: str, places: int
) -> Sequence[str]:
    """Choose the tasks whose columns there is room for: as many as fit, the one at hand first."""
    at_hand = tasks.index(task) if task in tasks else 0
    by_nearness = sorted(range(len(tasks)), key=lambda i: abs(i - at_hand))
    room, chosen = places - _SHORTEST_TITLE, []
    for i in by_nearness:
        room -= _APART + max(map(width, (tasks[i], *cells[tasks[i]])))
        if room < 0 and chosen:
            break
        chosen.append(i)
    return [tasks[i] for i in sorted(chosen)]
