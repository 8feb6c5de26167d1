"""Cells and rows that many tables share."""

from collections.abc import Callable
from dataclasses import replace

from ..bench.judge.contestants import Contestant
from ..bench.judge.judgement import Entry, Gap, Score, TaskJudgement
from ..bench.language.speaking import _
from ..bench.metrics.metrics import METRICS
from . import formats
from .elements import Cell, Column, Row
from .lists import parted
from .lookups import STANDINGS, in_the_race, standing, standing_words, title_of


def entry_row(judged: TaskJudgement, entry: Entry, cells: Callable[[Entry], list[Cell]]) -> Row:
    """Head a row with its entry; ``cells`` makes the values of one that did not fail."""
    return Row(
        title=entry.title,
        cells=tuple(cells(entry)) if entry.scores else (),
        entry=entry.name,
        family=entry.family,
        tags=_tags(entry.contestant),
        reason="" if entry.scores else _reason(entry),
        strong=in_the_race(judged, entry),
    )


def _reason(entry: Entry) -> str:
    return _("{standing}: {reasons}").format(
        standing=standing_words(entry.standing), reasons=parted(entry.contestant.failures)
    )


def _tags(contestant: Contestant) -> tuple[str, ...]:
    tags = {
        _("derived view"): contestant.derived_view,
        _("fitted without weights"): contestant.fitted_without_weights,
        _("drawn anew in each fit"): not contestant.deterministic,
    }
    return tuple(tag for tag, is_so in tags.items() if is_so)


def figure_cell(figure: Score) -> Cell:
    """Print a figure over its interval."""
    if not figure.available:
        return Cell(formats.missing())
    return Cell(formats.score(figure), formats.interval(figure), sort_key(figure))


def amount_cell(figure: Score, *, signed: bool = False) -> Cell:
    """Print a number of cases or of money; a gain with its sign."""
    text = formats.amount(figure)
    sign = "+" if signed and figure.value > 0 else ""
    return Cell(f"{sign}{text}", formats.amount_interval(figure), sort_key(figure))


def difference_cell(difference: Score, sign: str = "") -> Cell:
    """Print a signed difference over its interval, behind the sign of what it establishes."""
    if not difference.available:
        return Cell(formats.missing())
    return Cell(
        f"{sign} {formats.difference(difference)}".strip(),
        formats.difference_interval(difference),
        sort_key(difference),
    )


def standing_cell(judged: TaskJudgement, entry: Entry) -> Cell:
    """Print where an entry stands, with its distance to the leader."""
    sign, words = standing(judged, entry)
    below = ""
    if entry.behind is not None and entry.behind.difference.available:
        figure = entry.behind.difference
        below = _("by {distance} ({interval})").format(
            distance=formats.distance(figure), interval=formats.difference_interval(figure)
        )
        if entry.behind.as_fitted is not None:
            fitted = replace(
                figure, low=entry.behind.as_fitted.low, high=entry.behind.as_fitted.high
            )
            below = _("by {distance} ({interval}); as fitted {fitted}").format(
                distance=formats.distance(figure),
                interval=formats.difference_interval(figure),
                fitted=formats.difference_interval(fitted),
            )
    order = list(STANDINGS).index(entry.standing)
    return Cell(f"{sign} {words}".strip(), below, str(order))


def sort_key(figure: Score) -> str:
    """Give what a column of figures is sorted by: the unrounded number."""
    return repr(float(figure.value)) if figure.available else ""


def metric_column(metric: str, weight: str = "") -> Column:
    """Head a column with a metric and the way that is better."""
    # Kept on one line: "%" alone on the next would be odd.
    title = title_of(metric).replace(" %", "\u00a0%")
    return Column(title, "lower" if METRICS[metric].minimize else "higher", weight)


def gain_cell(gain: Gap | None) -> Cell:
    """Print what an ensemble gains over a single model, and whether that is established."""
    if gain is None or not gain.difference.available:
        return Cell(formats.missing())
    figure = gain.difference
    said = _("{gain}, established") if gain.established else _("{gain}, not established")
    return Cell(
        said.format(gain=formats.difference(figure)),
        formats.difference_interval(figure),
        sort_key(figure),
    )
