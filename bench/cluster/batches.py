"""Which cells travel together: short ones, so that sending them costs little beside them."""

from collections.abc import Callable, Sequence

from ..run.work import Planned

_SHORT_SECONDS = 1.0  # a longer cell travels alone
_BATCH_SECONDS = 5.0
_LEAST_SECONDS = 0.02  # what sending and storing takes of any
_BATCHES_A_PLACE = 3  # at least, so that nobody waits for the last one


def batches(
    cells: Sequence[Planned], seconds: Callable[[Planned], float], n_places: int
) -> list[list[Planned]]:
    """Put cells together, in their order, until they are likely to take some seconds.

    Parameters
    ----------
    cells : sequence of Planned
    seconds : callable
        What a cell is likely to take.
    n_places : int
        How many batches are carried out at a time.

    Returns
    -------
    list of list of Planned
        Each of one task, whose cases its workers read once.
    """
    expected = [max(_LEAST_SECONDS, seconds(cell)) for cell in cells]
    most = min(_BATCH_SECONDS, sum(expected) / (_BATCHES_A_PLACE * n_places))
    made: list[list[Planned]] = []
    room = 0.0  # in the last batch
    for cell, cell_seconds in zip(cells, expected, strict=True):
        fits = cell_seconds < _SHORT_SECONDS and cell_seconds <= room
        if not fits or made[-1][0].task != cell.task:
            made.append([])
            room = most if cell_seconds < _SHORT_SECONDS else 0.0
        made[-1].append(cell)
        room -= cell_seconds
    return made
