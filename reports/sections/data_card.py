"""The data: what they are, where they come from, and what spoils them."""

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
    rate = formats.share(float(task.target.mean()))
    said = f"{formats.count(len(task.target), 'case')}, {rate} positive"
    if task.card.suspected_leaks:
        return f"{said}; {formats.count(len(task.card.suspected_leaks), 'suspected leak')}"
    return said


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
    n_positive = int(task.target.sum())
    sizes = f"{formats.count(len(task.target), 'case')}, {formats.count(task.n_features)} features"
    events = f"{formats.count(task.n_events)} events" if task.has_events else (
        "no events of its own: models that read events got the table's columns as events"
    )  # fmt: skip
    facts = [
        ("Positive means", card.target),
        ("Base rate", f"{formats.share(n_positive / len(task.target))} "
                      f"({formats.count(n_positive)} of {formats.count(len(task.target))} cases)"),
        ("Size", f"{sizes}; {events}"),
        ("Split", task.plan),
        ("Data", {True: "real", False: "simulated", None: "of your own"}[card.real]),
        ("Source", card.source),
        ("Licence", card.licence),
        ("Fingerprint", task.fingerprint),
    ]  # fmt: skip
    return Facts(tuple(Fact(term, linked(text)) for term, text in facts))
