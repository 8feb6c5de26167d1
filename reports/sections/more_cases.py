"""What more cases would bring: a sentence a model, from its learning curve."""

from collections.abc import Sequence

from ...bench.judge.judgement import CurveEntry, CurveJudgement
from ...bench.language.speaking import _
from ...bench.suite.curve import LEARNING
from .. import formats
from ..counted import models
from ..lists import following
from ..lookups import title_of


def curve_of(curves: Sequence[CurveJudgement], task: str) -> CurveJudgement | None:
    """Find the learning curve of a task, by its name."""
    found = (one for one in curves if one.record.kind == LEARNING and one.record.task == task)
    return next(found, None)


def model_sentences(judged: CurveJudgement) -> tuple[str, ...]:
    """Say of each model of a learning curve where it goes, and what twice the cases would bring."""
    if judged.record.kind != LEARNING:
        return ()
    return tuple(_of_model(judged, entry) for entry in _known(judged))


def more_cases_sentence(judged: CurveJudgement, name: str) -> str:
    """Say what more cases would bring to the recommended model, and to whom they bring most.

    Parameters
    ----------
    judged : CurveJudgement
    name : str
        Of the recommended model; it may not be on the curve.
    """
    known = _known(judged)
    if not known:
        return ""
    own = [entry for entry in known if entry.name == name]
    others = [entry for entry in known if entry.name != name and entry.doubling.available]
    n_fit = formats.count(round(judged.record.points[-1].size))
    said = [_of_model(judged, entry) for entry in own]
    if not own:
        said.append(
            _("On the learning curve are the {models} that learn from {n} fit cases.").format(
                models=models(len(known)), n=n_fit
            )
        )
    if others:
        most = max(others, key=lambda entry: entry.doubling.value)
        bring = _("Of the others twice as many would bring most to {title}: {gain} ({interval}).")
        if not own:
            bring = _("Twice as many would bring most to {title}: {gain} ({interval}).")
        gain, interval = formats.difference, formats.difference_interval
        said.append(
            bring.format(
                title=most.title, gain=gain(most.doubling), interval=interval(most.doubling)
            )
        )
    elif not own:
        said.append(_("What twice as many would bring cannot be extrapolated for any of them."))
    said.append(_("How much data tells each of them."))
    return following(said)


def _known(judged: CurveJudgement) -> list[CurveEntry]:
    return [
        entry
        for entry in judged.entries
        if entry.family != "baseline" and entry.scores[0].available and entry.scores[-1].available
    ]


def _of_model(judged: CurveJudgement, entry: CurveEntry) -> str:
    points, first, last = judged.record.points, entry.scores[0], entry.scores[-1]
    said = _(
        "{title}: {metric} {first} after {n_first} fit cases, {last} after {n_last}; twice as many "
        "would bring {gain} ({interval})."
    )
    if not entry.doubling.available:
        said = _(
            "{title}: {metric} {first} after {n_first} fit cases, {last} after {n_last}; what "
            "twice as many would bring cannot be extrapolated from these points."
        )
    return said.format(
        title=entry.title,
        metric=title_of(judged.metric),
        first=formats.score(first),
        last=formats.score(last),
        n_first=formats.count(round(points[0].size)),
        n_last=formats.count(round(points[-1].size)),
        gain=formats.difference(entry.doubling),
        interval=formats.difference_interval(entry.doubling),
    )
