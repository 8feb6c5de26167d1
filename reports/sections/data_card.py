"""The data: what they are, where they come from, and what spoils them."""

import numpy as np

from ...bench.judge.judgement import TaskJudgement
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


def section(judged: TaskJudgement) -> Section:
    """Show the task's card."""
    card = judged.task.card
    blocks = (
        Heading("Suspected leaks"),
        _suspected(card.suspected_leaks),
        Heading("Caveats"),
        Bullets(card.caveats) if card.caveats else sentence("The card names none."),
    )
    return Section(
        "data", "The data", (Beside(_facts(judged.task), blocks),), _finding(judged.task)
    )


def _finding(task: TaskRecord) -> str:
    rate = formats.share(task.rate_of(np.arange(len(task.target))))
    said = f"{_number_of_cases(task)}, {rate} positive"
    if task.card.suspected_leaks:
        return f"{said}; {formats.count(len(task.card.suspected_leaks), 'suspected leak')}"
    return said


def _number_of_cases(task: TaskRecord) -> str:
    n_rows = len(task.target)
    if task.weight is None:
        return formats.count(n_rows, "case")
    return f"{formats.count(n_rows, 'weighted case')} for {task.weight.sum():,.10g}"


def _suspected(columns: tuple[str, ...]) -> Block:
    if not columns:
        return sentence("No column is suspected to know the outcome.")
    words = [Words("These columns may already know the outcome: ")]
    for number, name in enumerate(columns):
        words += [Words(", "), Words(name, tag="code")] if number else [Words(name, tag="code")]
    words.append(Words(". Compare with the task without them before believing a figure."))
    return Paragraph(tuple(words))


def _facts(task: TaskRecord) -> Facts:
    card = task.card
    each = np.ones(len(task.target)) if task.weight is None else task.weight
    n_positive, n_cases = float(each @ task.target), float(each.sum())
    sizes = f"{_number_of_cases(task)}, {formats.count(task.n_features)} features"
    events = f"{formats.count(task.n_events)} events" if task.has_events else (
        "no events of its own: models that read events got the table's columns as events"
    )  # fmt: skip
    facts = [
        ("Positive means", card.target),
        ("Base rate", f"{formats.share(n_positive / n_cases)} "
                      f"({n_positive:,.10g} of {n_cases:,.10g} cases)"),
        ("Size", f"{sizes}; {events}"),
        ("Split", task.plan),
        ("Data", {True: "real", False: "simulated", None: "of your own"}[card.real]),
        ("Source", card.source),
        ("Licence", card.licence),
        ("Fingerprint", task.fingerprint),
    ]  # fmt: skip
    return Facts(tuple(Fact(term, linked(text)) for term, text in facts))
