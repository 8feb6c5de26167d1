"""What new cases say of a model without labels: how columns and scores moved, what they expect."""

import math

from ..bench.deploy.manifest import Manifest
from ..bench.watch.drift import MISSING, SCORE, VALUES, Compared, Drift
from ..bench.watch.limits import LOOKS, PRACTICAL_SHARE, PRACTICAL_W
from ..bench.watch.take_look import Seen
from . import formats
from .blocks import Block, Folded, Paragraph, Words, note, sentence
from .elements import Cell, Table, plain_table
from .watch_parts import WatchSection, counted, three

_MOST_COLUMNS = 12
ASSUMPTION = (
    "Assumption: what the columns mean has not moved, so that each probability is as right as it "
    "was.  Nothing without labels can tell whether that is so; these figures do not say that the "
    "model still does well."
)


def columns_section(drift: Drift | None) -> WatchSection | None:
    """Say how columns and scores moved; nothing where there are no new cases."""
    if drift is None:
        return None
    score = next(each for each in drift.compared if each.column == SCORE)
    others = [each for each in drift.compared if each.column != SCORE]
    values = sorted((each for each in others if each.way == VALUES), key=_size, reverse=True)
    shares = sorted((each for each in others if each.way != VALUES), key=_size, reverse=True)
    blocks: list[Block] = [
        Paragraph(
            (
                Words(
                    f"The scores: Cohen's w {_w(score)}; population stability index "
                    f"{drift.stability_index:.3f} (below 0.1 is called stable)."
                ),
            )
        )
    ]
    heads = ("Column", "Cohen's w", "Interval", "Found")
    tables = _folded("How the values of columns are distributed", heads, values, _value_line)
    blocks += tables
    moved = [each for each in shares if each.after > 0 or each.before > 0]
    heads = ("Column", "What", "Before", "Now", "Interval of the difference", "Found")
    if moved:
        blocks += _folded("Missing values, and values never seen", heads, moved, _share_line)
    else:
        blocks.append(sentence("No value is missing, and none is new."))
    blocks.append(
        note(
            f"Intervals hold for all columns and {LOOKS} looks together.  Found is what lies "
            f"wholly beyond {PRACTICAL_W:g} in Cohen's w, or {formats.share(PRACTICAL_SHARE, 0)} "
            "of cases."
        )
    )
    return WatchSection("columns", "Columns and scores", tuple(blocks))


def _folded(
    title: str, heads: tuple[str, ...], compared: list[Compared], line_of
) -> list[Table | Folded]:
    first, rest = compared[:_MOST_COLUMNS], compared[_MOST_COLUMNS:]
    made: list[Table | Folded] = []
    if first:
        made.append(plain_table(title, heads, [line_of(each) for each in first], style="words"))
    if rest:
        table = plain_table(f"{title}: the others", heads, [line_of(each) for each in rest])
        made.append(Folded(counted(len(rest), "more column"), (table,)))
    return made


def _value_line(each: Compared) -> tuple[str | Cell, ...]:
    if math.isnan(each.value):
        return each.column, "too few cases", "", ""
    return each.column, f"{each.value:.2f}", f"{each.low:.2f}–{each.high:.2f}", _yes(each.found)


def _share_line(each: Compared) -> tuple[str | Cell, ...]:
    what = "missing" if each.way == MISSING else "never seen"
    ends = f"{formats.signed(100 * each.low, 1)} to {formats.signed(100 * each.high, 1)} points"
    return (
        each.column, what, formats.share(each.before), formats.share(each.after), ends,
        _yes(each.found),
    )  # fmt: skip


def estimated_section(seen: Seen, manifest: Manifest) -> WatchSection | None:
    """Say what the scores expect of themselves; nothing where nothing is estimated."""
    if not seen.estimated:
        return None
    lines = [
        (each.title, three(each.value), f"{three(each.low)}–{three(each.high)}")
        for each in seen.estimated
    ]
    table = plain_table("Figures that the scores expect of themselves",
                        ("Figure", "Expected", "95 % interval"), lines, style="small")  # fmt: skip
    reference = manifest.reference
    tested = (
        f"When it was tested the log loss was {three(reference.log_loss.value)} and "
        f"{formats.share(reference.happened.value)} were positive."
    )
    return WatchSection(
        "estimated", "Estimated without labels", (sentence(ASSUMPTION), table, sentence(tested))
    )


def _size(each: Compared) -> float:
    return -1.0 if math.isnan(each.value) else abs(each.value)


def _w(each: Compared) -> str:
    if math.isnan(each.value):
        return "not available, too few cases"
    return f"{each.value:.2f} ({each.low:.2f}–{each.high:.2f})"


def _yes(found: bool) -> str:
    return "found" if found else "no"
