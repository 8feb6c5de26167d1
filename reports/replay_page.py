"""The page of a replay: how a model would have gone, period by period, had it been watched."""

from collections.abc import Sequence

from ..bench.language.speaking import ENGLISH, speaking
from ..bench.watch.replay import Life, Period
from . import formats
from .blocks import Bullets, sentence
from .counted import cases
from .elements import plain_table
from .render import filled
from .watch_parts import WatchPage, WatchSection
from .watch_unlabelled import ASSUMPTION

_HEADS = (
    "Period", "Cases", "Positive", "ROC AUC", "Log loss", "Log loss, recalibrated",
    "ROC AUC expected", "Stability index", "Found without labels", "Found with labels",
)  # fmt: skip


@speaking(ENGLISH)  # as the whole page is
def replay_page(model: str, data: str, lives: Sequence[Life]) -> str:
    """Write the page of a replay.

    Parameters
    ----------
    model, data : str
        Titles.
    lives : sequence of Life
    """
    said = said_of_lives(lives)
    sections = [WatchSection("found", "What watching would have said", (Bullets(tuple(said)),))]
    sections += [_of_life(life) for life in lives]
    page = WatchPage(f"{model}, replayed", data, tuple(sections))
    return filled("watch.html.j2", page)


def said_of_lives(lives: Sequence[Life]) -> list[str]:
    """Say of each fold's model what would have been found, and when."""
    return [_said(life) for life in lives]


def _said(life: Life) -> str:
    drift = next((one.name for one in life.periods if one.drift_found), "")
    labels = next((one.name for one in life.periods if one.labels_found), "")
    lowest = min(life.periods, key=lambda one: one.auc if one.auc == one.auc else 2.0)
    without = f"drift of columns or scores first in {drift}" if drift else "no drift"
    with_labels = f"labels spoke first in {labels}" if labels else "labels never spoke"
    return (
        f"Fitted until {life.until}: ROC AUC {formats.fixed(life.valid_auc, 3)} on valid cases, at "
        f"its lowest {formats.fixed(lowest.auc, 3)} ({lowest.name}), where its scores expected "
        f"{formats.fixed(lowest.expected_auc, 3)}.  Watched, it would have shown {without}; "
        f"{with_labels}."
    )


def _of_life(life: Life) -> WatchSection:
    table = plain_table(
        f"Period by period, fitted on {cases(life.n_fitted)} until {life.until}",
        _HEADS,
        [_line(one) for one in life.periods],
        "Recalibrated: by the map that labels known at the period's beginning teach.  Expected: by "
        "the scores alone.  Found with labels: by all labels known at the period's end.",
    )
    on_valid = sentence(
        f"On valid cases: ROC AUC {formats.fixed(life.valid_auc, 3)}, log loss "
        f"{formats.fixed(life.valid_log_loss, 3)}."
    )
    return WatchSection(
        f"fold-{life.fold}", f"Fitted until {life.until}", (on_valid, table, sentence(ASSUMPTION))
    )


def _line(one: Period) -> tuple[str, ...]:
    return (
        one.name,
        formats.count(one.n_cases),
        formats.share(one.rate),
        formats.fixed(one.auc, 3),
        formats.fixed(one.log_loss, 3),
        formats.fixed(one.recalibrated, 3),
        formats.fixed(one.expected_auc, 3),
        formats.fixed(one.stability_index, 3),
        ", ".join(dict.fromkeys(each.column for each in one.seen.drift.found)) or "nothing",
        "found" if one.labels_found else "nothing",
    )
