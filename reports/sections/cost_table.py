"""What models and ensembles cost, and which of them are worth it: the fronts of score and cost."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from ...bench.judge.judgement import Entry, TaskJudgement
from ...bench.language.speaking import _, marked
from ...bench.metrics.metrics import METRICS
from ...bench.stats.pareto import on_front
from .. import formats
from ..blocks import Section
from ..cells import entry_row, figure_cell, sort_key
from ..elements import Cell, Column, Table
from ..lists import following
from ..lookups import score_of, title_of

_ON_FRONT = marked("on the front")
_FAR, _MOST_WAITS = math.log(2), 3  # twice as long, or half
# Throughput is the number of cases in the time of one: the same front, read the other way.
_COSTS: Mapping[str, Callable[[Entry], float]] = {
    "fit": lambda entry: entry.contestant.fit_seconds,
    "batch": lambda entry: entry.contestant.predict_microseconds / 1e6,
    "p50": lambda entry: entry.contestant.costs.p50_seconds,
    "p95": lambda entry: entry.contestant.costs.p95_seconds,
    "p99": lambda entry: entry.contestant.costs.p99_seconds,
    "memory": lambda entry: entry.contestant.peak_bytes,
    "stored": lambda entry: entry.contestant.costs.stored_bytes,
}


def section(judged: TaskJudgement) -> Section | None:
    """Show the costs; None if nothing worked."""
    table = cost_table(judged)
    return Section("cost", _("The cost"), (table,), _("time, memory, size")) if table else None


def cost_table(judged: TaskJudgement) -> Table | None:
    """Tabulate all costs and mark who is on which front; None if nothing worked."""
    entries = (*judged.models, *judged.ensembles)
    if not any(entry.scores for entry in entries):
        return None
    ahead = fronts(judged)

    def cells(entry: Entry) -> list[Cell]:
        row = [figure_cell(score_of(entry, judged.main_metric))]
        row += [_cell(name, entry, entry.name in ahead[name]) for name in _COSTS]
        return [*row, _attacked(entry)]

    metric = title_of(judged.main_metric)
    better = "lower" if METRICS[judged.main_metric].minimize else "higher"
    return Table(
        caption=_("Cost, and the fronts of {metric} against each").format(metric=metric),
        corner=_("Entry"),
        columns=(
            Column(metric, better, "main"),
            Column(_("Fit"), "lower"),
            Column(_("Batches"), "higher"),
            *(
                Column(_("One case, {quantile}").format(quantile=name), "lower")
                for name in ("p50", "p95", "p99")
            ),
            Column(_("Memory"), "lower"),
            Column(_("Stored"), "lower"),
            Column(_("Membership"), "lower"),
        ),
        rows=tuple(entry_row(judged, entry, cells) for entry in entries),
        note=following(
            (
                _(_NOTE).format(metric=metric),
                _timings(judged.jobs),
                *_waits(judged),
                *_attack(judged),
            )
        ),
    )


_NOTE = marked(
    "An entry is on the front if no other is at least as good in both {metric} and this cost, and "
    "better in one. It goes by the figures alone, whatever their intervals. Times are processor "
    "time, of all threads and of processes that a model starts. Fit: mean of a fold, all inner "
    "splits. The rest is of one fitted model; one case and stored size are of the first "
    "fold. Batches: cases a second when many are predicted at once. One case: predicted alone, "
    "after a first call; half of the calls, 95 % and 99 % were done within these times. Memory: "
    "the most that a cell added to its process. Stored: the model as Python pickles it. An "
    "ensemble costs the sum over the members that it asks: quantiles are added, and memory as if "
    "all members were held at once."
)


_ATTACK = marked(
    "Membership: ROC AUC, with its interval, of an attack that tells cases of the fit from test "
    "cases by how sure the model is of their outcome, and the share of fit cases that it names at "
    "1 % false alarms. At 0.5 it learns nothing; other attacks may learn more. Of the first fold, "
    "up to 2,000 cases of either kind; ensembles are not attacked."
)
_DRIFTS = marked("Test cases are later than fit cases: what has changed moves the attack, too.")


def fronts(judged: TaskJudgement) -> dict[str, frozenset[str]]:
    """Name the entries on the front of the main metric against each cost."""
    entries = [e for e in (*judged.models, *judged.ensembles) if e.scores]
    up = -1 if METRICS[judged.main_metric].minimize else 1
    scores = np.array([up * score_of(entry, judged.main_metric).value for entry in entries])
    found = {}
    for name, cost in _COSTS.items():
        ahead = on_front(scores, np.array([cost(entry) for entry in entries]))
        found[name] = frozenset(entries[i].name for i in np.flatnonzero(ahead))
    return found


def _cell(name: str, entry: Entry, ahead: bool) -> Cell:
    raw = _COSTS[name](entry)
    if math.isnan(raw):
        why = entry.contestant.costs.missing if name in ("p50", "p95", "p99", "stored") else ()
        return Cell(formats.missing(), items=why)
    if name == "memory":
        text = formats.megabytes(raw)
    elif name == "stored":
        text = _size(raw)
    elif name == "batch":
        return _throughput(raw, ahead)
    else:
        text = formats.seconds(raw)
    return Cell(text, _(_ON_FRONT) if ahead else "", repr(float(raw)))


def _attacked(entry: Entry) -> Cell:
    attack = entry.contestant.membership
    if not attack.auc.available:
        return Cell(formats.missing())
    below = _("{interval}; finds {share}").format(
        interval=formats.interval(attack.auc), share=formats.share(attack.found)
    )
    return Cell(formats.score(attack.auc), below, sort_key(attack.auc))


def _attack(judged: TaskJudgement) -> list[str]:
    """Say what the attack is, where one was tried."""
    if not any(entry.contestant.membership.auc.available for entry in judged.models):
        return []
    return [_(_ATTACK), *([_(_DRIFTS)] if judged.task.time is not None else [])]


def _throughput(seconds: float, ahead: bool) -> Cell:
    if seconds == 0:
        return Cell(formats.missing())
    a_second = float(f"{1 / seconds:.1e}")
    return Cell(
        _("{n} a second").format(n=formats.count(round(a_second))),
        _(_ON_FRONT) if ahead else "",
        repr(a_second),
    )


def _size(n_bytes: float) -> str:
    if n_bytes < 1e3:
        return f"{n_bytes:.0f} B"
    if n_bytes < 1e6:
        return f"{formats.three_digits(n_bytes / 1e3)} kB"
    return f"{formats.three_digits(n_bytes / 1e6)} MB"


def _waits(judged: TaskJudgement) -> list[str]:
    """Say for which models one waits by the clock far longer, or shorter, than for the others.

    A machine that is busy otherwise makes one wait for all of them alike.
    """
    ratios = {
        entry.title: entry.contestant.clock_ratio
        for entry in judged.models
        if entry.contestant.clock_ratio > 0
    }
    usual = float(np.median(list(ratios.values()) or [math.nan]))
    apart = {title: abs(math.log(ratio / usual)) for title, ratio in ratios.items()}
    far = sorted((title for title in apart if apart[title] > _FAR), key=lambda title: -apart[title])
    return [
        _("For {title} one waits {ratio} s a second of processor time, usually {usual} s.").format(
            title=title, ratio=f"{ratios[title]:.2g}", usual=f"{usual:.2g}"
        )
        for title in far[:_MOST_WAITS]
    ]


def _timings(jobs: int) -> str:
    if jobs == 1:
        return _("Timings are of this machine, with one thread, while no other cell was computed.")
    return _(
        "Timings are of this machine, with one thread, while up to {n} cells were computed at once."
    ).format(n=formats.count(jobs))
