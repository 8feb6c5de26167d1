"""The flags of ``run`` that say what decisions cost and bring."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from ..bench.errors import RequestError
from .own_data import Once

if TYPE_CHECKING:
    from ..bench.suite.act_or_wait import ActOrWait
    from ..bench.suite.decisions import Decisions
    from ..bench.suite.suite import Suite, Variant

_AMOUNTS = ("cost", "false_positive", "false_negative", "budget")


def decision_flags() -> argparse.ArgumentParser:
    """Give a parser of the flags, to be the parent of a command; ``--value`` is a log's, too."""
    parser = argparse.ArgumentParser(add_help=False)
    decisions = parser.add_argument_group(
        "what decisions cost and bring (the suite says so where these do not)"
    )
    for flag, metavar, what in (
        ("--cost", "AMOUNT", "of acting on any case; --value AMOUNT is what a right yes is worth"),
        ("--false-positive", "AMOUNT", "what a wrong yes costs, beside --false-negative"),
        ("--false-negative", "AMOUNT", "what a wrong no costs, beside --false-positive"),
        ("--budget", "SHARE", "of the cases that can be acted on (default: 0.05)"),
        ("--prefer", "WHICH", "readable: recommend models first whose answers a person can follow"),
    ):  # fmt: skip
        decisions.add_argument(flag, metavar=metavar, help=what, action=Once)
    acting = parser.add_argument_group(
        "to act on visits or wait (--value is then that of a saved sale, --cost that of acting)"
    )
    for flag, metavar, what in (
        ("--uplift", "P[,P...]", "probability that acting saves a lost sale: one, or by event"),
        ("--giveaway", "AMOUNT", "given away on a sale that would have come anyway"),
        (
            "--scores",
            "MODEL",
            "whose probabilities policies see (default: the first that reads sequences)",
        ),
    ):
        acting.add_argument(flag, metavar=metavar, help=what, action=Once)
    return parser


def act_or_wait_of(given: argparse.Namespace, planned: "ActOrWait | None") -> "ActOrWait | None":
    """Change what a suite says of acting on visits as the flags ask; None where nobody asks.

    Raises
    ------
    RequestError
        If an uplift is no probability, an amount is negative, or something is missing.
    """
    from ..bench.suite.act_or_wait import asked_act_or_wait
    from ..bench.suite.asked_decisions import Spelling

    if not _is_to_act(given, planned):
        return None
    asked: dict[str, object] = {
        word: _number(text)
        for word, text in {
            "value": given.worth,
            "cost": given.cost,
            "giveaway": given.giveaway,
        }.items()
        if text is not None
    }
    if given.uplift is not None:
        asked["uplift"] = [_number(text) for text in given.uplift.split(",")]
    if given.scores is not None:
        asked["scores"] = given.scores
    return asked_act_or_wait(asked, planned, Spelling(_flag, _set, " "))


def with_course(variant: "Variant") -> "Variant":
    """Have an event log of one's own say how its visits went on; a table has none to tell of."""
    from ..bench.suite.act_or_wait import USUAL_COURSE

    asks_of_visits = variant.data == "event_log" and "after_events" in variant.parameters
    if not asks_of_visits:
        return variant
    return replace(variant, parameters={"course": USUAL_COURSE, **variant.parameters})


def decisions_of(given: argparse.Namespace, suite: "Suite") -> "Decisions":
    """Change what a suite says of decisions as the flags ask.

    Where visits are acted upon, value and cost are those of acting on them.

    Raises
    ------
    RequestError
        If an amount is none, or one of a pair is given alone.
    """
    from ..bench.suite.asked_decisions import Spelling, asked_decisions

    texts = {"value": given.worth, **{name: getattr(given, name) for name in _AMOUNTS}}
    asked: dict[str, object] = {
        word: _number(text) for word, text in texts.items() if text is not None
    }
    if _is_to_act(given, suite.act_or_wait):
        asked = {word: amount for word, amount in asked.items() if word not in ("value", "cost")}
    if given.prefer is not None:
        asked["prefer"] = given.prefer
    if given.worth is None and given.value is not None and given.events is None:
        raise RequestError(
            f"--value must be a number above 0; found {given.value!r}.  Of an event log (--events) "
            "it may also name the column of amounts."
        )
    return asked_decisions(asked, suite.decisions, Spelling(_flag, _set, " "))


def _is_to_act(given: argparse.Namespace, planned: "ActOrWait | None") -> bool:
    flags = (given.uplift, given.giveaway, given.scores)
    return planned is not None or any(flag is not None for flag in flags)


def _flag(word: str) -> str:
    return f"--{word.replace('_', '-')}"


def _set(word: str, value: str) -> str:
    return f"{_flag(word)} {value}"


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
