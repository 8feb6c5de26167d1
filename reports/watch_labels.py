"""What labels say of a model at work: figures, and the evidence against two claims."""

import math

from markupsafe import Markup

from ..bench.watch.labelled import Claim, Labelled, Running
from ..bench.watch.take_look import Seen
from . import formats
from .blocks import Block
from .charts import svg
from .charts.axes import Plot, labelled_ticks
from .elements import Figure, plain_table
from .watch_parts import WatchSection, counted, three


def labels_section(seen: Seen) -> WatchSection | None:
    """Say what labels say against the two claims; nothing where none were given."""
    known = seen.labelled
    if known is None:
        return None
    lines = [
        _claim_line(
            "What happened is what was predicted, on average and as near as the test could tell",
            known.calibration,
            formats.share,
        ),
        _claim_line("The log loss is not above what the test left possible", known.loss, three),
    ]
    claims = plain_table(
        "What labels say against two claims",
        ("Claim", "Seen", "Claimed", "Of", "Evidence against", "Found"),
        lines,
        "Evidence is the wealth of somebody who bets against the claim; of a true claim it is ever "
        "as much as needed with a chance of the stated error at most, however often one looks.",
        "words",
    )
    figures = plain_table(
        f"Figures of {counted(known.n_cases, 'labelled case')}",
        ("Figure", "Now", "Interval over all looks"),
        [
            ("ROC AUC", three(known.auc.value), _between(known.auc)),
            ("Log loss", three(known.log_loss.value), _between(known.log_loss)),
            ("Share that was positive", three(known.happened.value), _between(known.happened)),
            ("Mean probability", three(known.predicted), ""),
        ],
        style="small",
    )
    blocks: list[Block] = [claims, figures]
    if len(known.calibration.log_e) > 1:
        blocks.insert(1, _evidence_figure(known))
    return WatchSection("labels", "What labels say", tuple(blocks))


def _claim_line(claim_said: str, claim: Claim, written) -> tuple[str, ...]:
    need = formats.three_digits(math.exp(claim.needed))
    last = claim.log_e[-1]
    evidence = formats.three_digits(math.exp(min(last, 700.0)))
    found = "no" if claim.found_at is None else f"at look {claim.found_at + 1} with labels"
    return (
        claim_said,
        written(claim.seen),
        written(claim.claimed),
        f"{counted(claim.n_units, 'case or person', 'cases or people')} since look "
        f"{claim.since + 1} with labels",
        f"{evidence} (needed {need})",
        found,
    )


def _evidence_figure(known: Labelled) -> Figure:
    claims = (("calibration", known.calibration, "solid"), ("log loss", known.loss, "dashed"))
    n_looks = len(known.calibration.log_e)
    in_tens = {name: [value / math.log(10) for value in one.log_e] for name, one, _ in claims}
    needed = {name: one.needed / math.log(10) for name, one, _ in claims}
    low = min(0.0, *(min(values) for values in in_tens.values()))
    high = max(*needed.values(), *(max(values) for values in in_tens.values())) + 0.5
    plot = Plot((1, n_looks), (low, high), "Look with labels", "Evidence, powers of ten", flat=True)
    marks: list[Markup] = []
    lines = []
    for name, _, stroke in claims:
        points = list(enumerate(in_tens[name], 1))
        ends = [(1, needed[name]), (n_looks, needed[name])]
        marks.append(plot.line(ends, "reference", f"needed against {name}"))
        drawn = plot.line(points, f"curve {stroke}", f"against {name}")
        marks.append(svg.group([drawn], "f-ensemble highlighted"))
        lines += [(f"{at}", name, f"{value:.2f}", f"{needed[name]:.2f}") for at, value in points]
    whole = [(value, label) for value, label in labelled_ticks(1, n_looks) if value == int(value)]
    marks = plot.frame(whole, labelled_ticks(low, high)) + marks
    table = plain_table(
        "evidence by look", ("Look with labels", "Against", "Power of ten", "Needed"), lines
    )
    picture = svg.drawing(
        marks, 400, 270, "Evidence by look", "Evidence against the two claims after each look."
    )
    return Figure(
        "Evidence by look",
        "Solid: against calibration; dashed: against the log loss.  Dotted: what is needed.",
        picture,
        table,
    )


def _between(running: Running) -> str:
    if math.isnan(running.low):
        return "not available"
    return f"{three(running.low)}–{three(running.high)}"
