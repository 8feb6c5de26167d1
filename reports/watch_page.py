"""The page of a look at a model at work: what was found, what labels say, what moved."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..bench.deploy.manifest import Manifest
from ..bench.language.speaking import ENGLISH, speaking
from ..bench.watch.drift import MISSING, SCORE, VALUES, Compared, Drift
from ..bench.watch.labelled import Claim, Labelled, Running
from ..bench.watch.limits import (
    LOOKS,
    OF_CALIBRATION,
    OF_DRIFT,
    OF_LOSS,
    PRACTICAL_CALIBRATION,
    PRACTICAL_LOSS,
    PRACTICAL_SHARE,
    PRACTICAL_W,
)
from ..bench.watch.remedies import Remedies
from ..bench.watch.take_look import Seen
from . import formats
from .blocks import Block, Bullets, Folded, Paragraph, Words, note, sentence
from .charts import svg
from .charts.axes import Plot, labelled_ticks
from .elements import Cell, Figure, Table, plain_table
from .render import filled

_MOST_COLUMNS = 12
ASSUMPTION = (
    "Assumption: what the columns mean has not moved, so that each probability is as right as it "
    "was.  Nothing without labels can tell whether that is so; these figures do not say that the "
    "model still does well."
)
_NO_LABELS = (
    "No labels were given.  That nothing was found says that the columns and scores look as they "
    "did, not that the model is still right: a case of the same looks may end otherwise now."
)


@dataclass(frozen=True)
class WatchSection:
    """A part of the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class WatchPage:
    """The page: its titles and its parts."""

    title: str
    subtitle: str
    sections: tuple[WatchSection, ...]


@speaking(ENGLISH)  # as the whole page is
def watch_page(manifest: Manifest, file: str, seen: Seen, notes: Sequence[str]) -> str:
    """Write the page of a look.

    Parameters
    ----------
    manifest : Manifest
    file : str
        Name of the file that is watched.
    seen : Seen
    notes : sequence of str
        What was unusual about the new cases.
    """
    look = seen.look
    parts = [
        _found(seen, file),
        _labels(seen),
        _remedies(seen, file),
        _columns(seen.drift),
        _estimated(seen, manifest),
        _notes((*notes, *seen.notes)),
        _looks(seen),
        _method(),
    ]
    when = f", as of {look.as_of.replace('T', ' ')}" if look.as_of else ""
    what = _counted(look.n_cases, "new case") if look.file else "no new cases"
    page = WatchPage(
        f"{manifest.model.title} at work",
        f"{file}, look {look.number}{when}: {what}, {_counted(look.n_labels, 'new label')}",
        tuple(part for part in parts if part is not None),
    )
    return filled("watch.html.j2", page)


def _found(seen: Seen, file: str) -> WatchSection:
    if seen.found:
        blocks: list[Block] = [Bullets(seen.found, failures=True)]
    else:
        blocks = [sentence("Nothing was found that is beyond noise and beyond practical size.")]
    if seen.labelled is None:
        blocks.append(sentence(_NO_LABELS))
    title = "Something was found" if seen.found else "Quiet"
    return WatchSection("found", title, tuple(blocks))


def _labels(seen: Seen) -> WatchSection | None:
    known = seen.labelled
    if known is None:
        return None
    lines = [
        _claim_line(
            "What happened is what was predicted, on average and as near as the test could tell",
            known.calibration,
            formats.share,
        ),
        _claim_line("The log loss is not above what the test left possible", known.loss, _three),
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
        f"Figures of {_counted(known.n_cases, 'labelled case')}",
        ("Figure", "Now", "Interval over all looks"),
        [
            ("ROC AUC", _three(known.auc.value), _between(known.auc)),
            ("Log loss", _three(known.log_loss.value), _between(known.log_loss)),
            ("Share that was positive", _three(known.happened.value), _between(known.happened)),
            ("Mean probability", _three(known.predicted), ""),
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
        f"{_counted(claim.n_units, 'case or person', 'cases or people')} since look "
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


def _remedies(seen: Seen, file: str) -> WatchSection | None:
    found = seen.remedies
    if found is None:
        return None
    if found.why_not:
        since = f" since look {found.since + 1} with labels" if found.since else ""
        said = f"Labels{since} do not teach yet whether to recalibrate: {found.why_not}."
        return WatchSection("remedies", "What to do", (sentence(said),))
    has_money = found.remedies[0].money is not None
    lines = []
    for one in found.remedies:
        line = [one.title, _three(one.log_loss)]
        if has_money:
            line.append(
                f"{formats.fixed(one.money, 0)} ({formats.fixed(one.money_low, 0)} to "
                f"{formats.fixed(one.money_high, 0)})"
            )
        lines.append(tuple(line))
    again = ["Train it anew", f"{_three(found.judged)} at best"]
    lines.append((*again, "not known") if has_money else tuple(again))
    money = "Cost of 1,000 cases" if found.costs else "Profit of 1,000 cases"
    headings = ("What", "Log loss", money) if has_money else ("What", "Log loss")
    table = plain_table(
        f"Keep, recalibrate or train anew, by {_counted(found.n_labels, 'label')}"
        + (f" since look {found.since + 1} with labels" if found.since else ""),
        headings,
        lines,
        "Maps are judged on labels that they had not seen.  Training anew can bring back at best "
        "what the test found, if the new can be learnt as well as the old; nobody has tried.",
        "words",
    )
    return WatchSection("remedies", "What to do", (sentence(_advice(found, file)), table))


def _advice(found: Remedies, file: str) -> str:
    kept, best = found.remedies[0], found.remedies[-1]
    stem = file.removesuffix(".intent")
    left = best.log_loss - found.judged
    if len(found.remedies) == 1:
        said = "Recalibrating wins nothing on these labels."
    else:
        said = (
            f"Recalibrating lowers the log loss from {_three(kept.log_loss)} to "
            f"{_three(best.log_loss)}: intentbench recalibrate {file} --labels LABELS -o "
            f"{stem}2.intent."
        )
    if left > PRACTICAL_LOSS * found.judged:
        said += (
            f"  Of what is lost against the test, {_three(left)} is left, which only training anew "
            "could bring back, if anything."
        )
    return said


def _columns(drift: Drift | None) -> WatchSection | None:
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
        made.append(Folded(_counted(len(rest), "more column"), (table,)))
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


def _estimated(seen: Seen, manifest: Manifest) -> WatchSection | None:
    if not seen.estimated:
        return None
    lines = [
        (each.title, _three(each.value), f"{_three(each.low)}–{_three(each.high)}")
        for each in seen.estimated
    ]
    table = plain_table("Figures that the scores expect of themselves",
                        ("Figure", "Expected", "95 % interval"), lines, style="small")  # fmt: skip
    reference = manifest.reference
    tested = (
        f"When it was tested the log loss was {_three(reference.log_loss.value)} and "
        f"{formats.share(reference.happened.value)} were positive."
    )
    return WatchSection(
        "estimated", "Estimated without labels", (sentence(ASSUMPTION), table, sentence(tested))
    )


def _notes(notes: Sequence[str]) -> WatchSection | None:
    if not notes:
        return None
    return WatchSection("notes", "What to know of these files", (Bullets(tuple(notes)),))


def _looks(seen: Seen) -> WatchSection:
    lines = [
        (
            str(look.number),
            look.file or "no new cases",
            formats.count(look.n_cases),
            formats.count(look.n_labels),
            look.as_of.replace("T", " "),
            "  ".join(look.found) or "quiet",
        )
        for look in reversed(seen.history.looks)
    ]
    heads = ("Look", "New cases", "Cases", "Labels", "As of", "Found")
    table = plain_table("All looks, the latest first", heads, lines, style="words")
    return WatchSection("looks", "History", (table,))


def _method() -> WatchSection:
    drift, calibration, loss = (
        formats.share(share, 1) for share in (OF_DRIFT, OF_CALIBRATION, OF_LOSS)
    )
    said = (
        f"All false alarms together have a chance of 5 % at most: drift of columns and scores "
        f"{drift} over any {LOOKS} looks in a row, calibration {calibration} and log loss {loss} "
        "over all looks there will ever be.",
        "Cohen's w with an interval by the noncentral chi-square (Steiger 2004), corrected for "
        "people who return (Rao and Scott 1984) and, by Bonferroni, for all columns and looks.  "
        "Weeks are compared with the same reference, so their evidence is not multiplied.",
        "Labels are tested by betting (Ville 1939; Podkopaev and Ramdas 2022; Arnold, Henzi and "
        "Ziegel 2023; Waudby-Smith and Ramdas 2024), bets beginning anew at each look (Shin, "
        "Ramdas and Rinaldo 2024).  Someone who returns counts once from each beginning on.",
        "Found is what is beyond noise and of practical size, too: "
        f"{formats.share(PRACTICAL_CALIBRATION, 0)} of the rarer outcome's share between what was "
        "predicted and what happened, and no less than the test left open; "
        f"{formats.share(PRACTICAL_LOSS, 0)} of the log loss.",
        "Running figures have confidence sequences (Waudby-Smith and others 2024): intervals that "
        "hold at all looks together.",
        "If only some cases have labels, all of this is about cases like those.",
    )
    return WatchSection("method", "How it was tested", (Bullets(said),))


def _counted(n: float, noun: str, plural: str = "") -> str:
    return f"{formats.count(n)} {noun if n == 1 else plural or noun + 's'}"


def _size(each: Compared) -> float:
    return -1.0 if math.isnan(each.value) else abs(each.value)


def _w(each: Compared) -> str:
    if math.isnan(each.value):
        return "not available, too few cases"
    return f"{each.value:.2f} ({each.low:.2f}–{each.high:.2f})"


def _three(value: float) -> str:
    return formats.fixed(value, 3)


def _between(running: Running) -> str:
    if math.isnan(running.low):
        return "not available"
    return f"{_three(running.low)}–{_three(running.high)}"


def _yes(found: bool) -> str:
    return "found" if found else "no"
