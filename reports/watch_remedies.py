"""What to do about a model at work: keep it, recalibrate it, or train it anew."""

from ..bench.watch.limits import PRACTICAL_LOSS
from ..bench.watch.remedies import Remedies
from ..bench.watch.take_look import Seen
from . import formats
from .blocks import sentence
from .elements import plain_table
from .watch_parts import WatchSection, counted, three


def remedies_section(seen: Seen, file: str) -> WatchSection | None:
    """Say what keeping, recalibrating and training anew come to; nothing without labels."""
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
        line = [one.title, three(one.log_loss)]
        if has_money:
            line.append(
                f"{formats.fixed(one.money, 0)} ({formats.fixed(one.money_low, 0)} to "
                f"{formats.fixed(one.money_high, 0)})"
            )
        lines.append(tuple(line))
    again = ["Train it anew", f"{three(found.judged)} at best"]
    lines.append((*again, "not known") if has_money else tuple(again))
    money = "Cost of 1,000 cases" if found.costs else "Profit of 1,000 cases"
    headings = ("What", "Log loss", money) if has_money else ("What", "Log loss")
    table = plain_table(
        f"Keep, recalibrate or train anew, by {counted(found.n_labels, 'label')}"
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
            f"Recalibrating lowers the log loss from {three(kept.log_loss)} to "
            f"{three(best.log_loss)}: intentbench recalibrate {file} --labels LABELS -o "
            f"{stem}2.intent."
        )
    if left > PRACTICAL_LOSS * found.judged:
        said += (
            f"  Of what is lost against the test, {three(left)} is left, which only training anew "
            "could bring back, if anything."
        )
    return said
