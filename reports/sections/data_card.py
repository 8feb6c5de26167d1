"""The data: what they are, where they come from, and what spoils them."""

import numpy as np

from ...bench.judge.judgement import TaskJudgement
from ...bench.language.speaking import _, ngettext
from ...bench.store.records import TaskRecord
from .. import formats
from ..blocks import (
    Beside,
    Block,
    Bullets,
    Fact,
    Facts,
    Heading,
    Paragraph,
    Section,
    Words,
    linked,
    sentence,
)
from ..counted import cases
from ..lists import parted


def section(judged: TaskJudgement) -> Section:
    """Show the task's card."""
    card = judged.task.card
    blocks = (
        Heading(_("Suspected leaks")),
        _suspected(card.suspected_leaks),
        Heading(_("Caveats")),
        Bullets(card.caveats) if card.caveats else sentence(_("The card names none.")),
    )
    return Section(
        "data", _("The data"), (Beside(_facts(judged.task), blocks),), _finding(judged.task)
    )


def _finding(task: TaskRecord) -> str:
    rate = formats.share(task.rate_of(np.arange(len(task.target))))
    said = _("{cases}, {rate} positive").format(cases=_number_of_cases(task), rate=rate)
    n_leaks = len(task.card.suspected_leaks)
    if not n_leaks:
        return said
    leaks = ngettext("{n} suspected leak", "{n} suspected leaks", n_leaks)
    return parted((said, leaks.format(n=formats.count(n_leaks))))


def _number_of_cases(task: TaskRecord) -> str:
    n_rows = len(task.target)
    if task.weight is None:
        return cases(n_rows)
    return ngettext(
        "{n} weighted case for {weight}", "{n} weighted cases for {weight}", n_rows
    ).format(n=formats.count(n_rows), weight=f"{task.weight.sum():,.10g}")


def _suspected(columns: tuple[str, ...]) -> Block:
    if not columns:
        return sentence(_("No column is suspected to know the outcome."))
    said = _(
        "These columns may already know the outcome: {columns}. Compare with the task without them "
        "before believing a figure."
    )
    before, after = said.split("{columns}")
    words = [Words(before)]
    for number, name in enumerate(columns):
        words += [Words(_(", "))] if number else []
        words.append(Words(name, tag="code"))
    return Paragraph((*words, Words(after)))


def _facts(task: TaskRecord) -> Facts:
    card = task.card
    each = np.ones(len(task.target)) if task.weight is None else task.weight
    n_positive, n_cases = float(each @ task.target), float(each.sum())
    size = _(
        "{cases}, {n_features} features; no events of its own: models that read events got the "
        "table's columns as events"
    )
    if task.has_events:
        size = _("{cases}, {n_features} features; {n_events} events")
    size = size.format(
        cases=_number_of_cases(task),
        n_features=formats.count(task.n_features),
        n_events=formats.count(task.n_events),
    )
    rate = _("{rate} ({positive} of {n} cases)").format(
        rate=formats.share(n_positive / n_cases),
        positive=f"{n_positive:,.10g}",
        n=f"{n_cases:,.10g}",
    )
    kinds = {True: _("real"), False: _("simulated"), None: _("of your own")}
    facts = [
        (_("Positive means"), card.target),
        (_("Base rate"), rate),
        (_("Size"), size),
        (_("Split"), task.plan),
        (_("Data"), kinds[card.real]),
        (_("Source"), card.source),
        (_("Licence"), card.licence),
        (_("Fingerprint"), task.fingerprint),
    ]
    return Facts(tuple(Fact(term, linked(text)) for term, text in facts))
