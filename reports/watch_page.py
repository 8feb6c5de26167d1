"""The page of a look at a model at work: what was found, what labels say, what moved."""

from collections.abc import Sequence

from ..bench.deploy.manifest import Manifest
from ..bench.language.speaking import ENGLISH, speaking
from ..bench.watch.limits import (
    LOOKS,
    OF_CALIBRATION,
    OF_DRIFT,
    OF_LOSS,
    PRACTICAL_CALIBRATION,
    PRACTICAL_LOSS,
)
from ..bench.watch.take_look import Seen
from . import formats
from .blocks import Block, Bullets, sentence
from .elements import plain_table
from .render import filled
from .watch_labels import labels_section
from .watch_parts import WatchPage, WatchSection, counted
from .watch_remedies import remedies_section
from .watch_unlabelled import columns_section, estimated_section

_NO_LABELS = (
    "No labels were given.  That nothing was found says that the columns and scores look as they "
    "did, not that the model is still right: a case of the same looks may end otherwise now."
)


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
        labels_section(seen),
        remedies_section(seen, file),
        columns_section(seen.drift),
        estimated_section(seen, manifest),
        _notes((*notes, *seen.notes)),
        _looks(seen),
        _method(),
    ]
    when = f", as of {look.as_of.replace('T', ' ')}" if look.as_of else ""
    what = counted(look.n_cases, "new case") if look.file else "no new cases"
    page = WatchPage(
        f"{manifest.model.title} at work",
        f"{file}, look {look.number}{when}: {what}, {counted(look.n_labels, 'new label')}",
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
