"""What others have published of the same data, beside ours, and whether the two can be compared."""

from ...bench.judge.judgement import TaskJudgement
from ...bench.language.speaking import _, marked
from .. import formats
from ..anchors import (
    COMPARISONS,
    NOT_COMPARABLE,
    SPLITS,
    WEIGHTED_ACCURACY,
    Anchor,
    anchors_of,
)
from ..blocks import Paragraph, Section, linked, note
from ..cells import figure_cell
from ..elements import Cell, Column, Row, Table
from ..lookups import score_of, title_of

_READING = marked(
    "“Same rows”: the same test cases. “Same kind of split”: other cases of the same data, split "
    "in the same way. “Not comparable”: test cases were chosen in another way, or nobody says how; "
    "a higher figure says nothing then."
)


def section(judged: TaskJudgement) -> Section | None:
    """Show published figures of the task; None where there are none."""
    known = anchors_of(judged.task.name)
    if not known:
        return None
    leader = next((entry for entry in judged.models if entry.scores), None)
    ours = _("Ours: {title}").format(title=leader.title) if leader else _("Ours")

    def row(anchor: Anchor) -> Row:
        own = Cell(formats.missing())
        if leader and anchor.metric != WEIGHTED_ACCURACY:
            own = figure_cell(score_of(leader, anchor.metric))
        return Row(
            anchor.method,
            (
                Cell(metric_name(anchor.metric)),
                Cell(f"{anchor.value:g}", sort=repr(anchor.value)),
                own,
                Cell(_(SPLITS[anchor.split])),
                Cell(_(COMPARISONS[anchor.comparison])),
            ),
        )

    table = Table(
        caption=_("Published figures beside ours"),
        corner=_("Published"),
        columns=(
            Column(_("Metric")),
            Column(_("Their figure")),
            Column(ours),
            Column(_("Their test cases")),
            Column(_("Beside ours")),
        ),
        rows=tuple(map(row, known)),
        style="words",
    )
    sources = dict.fromkeys(
        _("{authors}: {address}").format(authors=anchor.authors, address=anchor.address)
        for anchor in known
    )
    told = [Paragraph(linked(source), quiet=True) for source in sources]
    n = sum(anchor.comparison != NOT_COMPARABLE for anchor in known)
    finding = _("none of them can be compared")
    if n:
        finding = _("{n} of {n_all} can be compared").format(n=n, n_all=len(known))
    return Section(
        "published", _("What others published"), (table, note(_(_READING)), *told), finding
    )


def metric_name(metric: str) -> str:
    """Name a metric of an anchor."""
    return _("Weighted accuracy") if metric == WEIGHTED_ACCURACY else title_of(metric)
