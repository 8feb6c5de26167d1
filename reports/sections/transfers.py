"""Transfer: whether another task, learnt first, helps or hurts a network."""

from ...bench.judge.judgement import CurveJudgement
from ...bench.judge.transfer_outcome import (
    HELPS,
    HURTS,
    NOT_ESTABLISHED,
    NOT_KNOWN,
    TransferOutcome,
)
from ...bench.language.speaking import _, marked
from .. import formats
from ..cells import difference_cell
from ..elements import Cell, Column, Row, Table
from ..lists import parted
from ..lookups import title_of

_SENTENCES = {
    HURTS: marked("Transfer from {source} hurts: {where}."),
    HELPS: marked("Transfer from {source} helps: {where}."),
    NOT_ESTABLISHED: marked(
        "Transfer from {source}: neither help nor harm is established for {where}."
    ),
}
_VERDICTS = {
    HURTS: marked("▼ transfer hurts"),
    HELPS: marked("▲ transfer helps"),
    NOT_ESTABLISHED: marked("not established"),
}


def transfer_sentences(judged: CurveJudgement, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Say where transfer hurts, helps, and where neither is established; a sentence each.

    Parameters
    ----------
    judged : CurveJudgement
    labels : tuple of str
        Of its points, as in "39 fit cases".
    """
    found = []
    for verdict, sentence in _SENTENCES.items():
        where = [
            _where(outcome, label, number)
            for outcome in judged.transfers
            for number, label in enumerate(labels)
            if outcome.verdicts[number] == verdict
        ]
        if where:
            source = judged.transfers[0].source
            found.append(_(sentence).format(source=source, where=parted(where)))
    return tuple(found)


def _where(outcome: TransferOutcome, label: str, number: int) -> str:
    gap = outcome.gaps[number].difference
    return _("{network} with {given} ({difference}, {interval})").format(
        network=outcome.base_title,
        given=label,
        difference=formats.difference(gap),
        interval=formats.difference_interval(gap),
    )


def transfer_table(judged: CurveJudgement, labels: tuple[str, ...]) -> Table | None:
    """Tabulate the paired differences to the same network from scratch; None without any."""
    if not judged.transfers:
        return None
    return Table(
        caption=_("What learning {source} first brings in {metric}").format(
            source=judged.transfers[0].source, metric=title_of(judged.metric)
        ),
        corner=_("Model"),
        columns=tuple(Column(label, "higher") for label in labels),
        rows=tuple(
            Row(outcome.base_title, tuple(_cells(outcome)), entry=outcome.name, family="deep")
            for outcome in judged.transfers
        ),
        note=_(
            "Paired differences to the same network from scratch, on the same test cases; "
            "intervals hold for all networks and points together. Of the source all outcomes are "
            "used; none of its cases is a case of this task. What goes over and what starts anew "
            "stands with what the model learnt. A share of the fit cases with fewer than five of "
            "an outcome is left out."
        ),
    )


def _cells(outcome: TransferOutcome) -> list[Cell]:
    cells = []
    for gap, verdict in zip(outcome.gaps, outcome.verdicts, strict=True):
        cell = difference_cell(gap.difference)
        if verdict != NOT_KNOWN:
            below = _("{verdict}; {interval}").format(
                verdict=_(_VERDICTS[verdict]), interval=cell.below
            )
            cell = Cell(cell.text, below, cell.sort)
        cells.append(cell)
    return cells
