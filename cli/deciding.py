"""The flags of ``run`` that say what decisions cost and bring."""

import argparse
from typing import TYPE_CHECKING

from ..bench.errors import RequestError
from .own_data import Once

if TYPE_CHECKING:
    from ..bench.suite.decisions import Decisions

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
    return parser


def decisions_of(given: argparse.Namespace, planned: "Decisions") -> "Decisions":
    """Change what a suite says of decisions as the flags ask.

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
    if given.prefer is not None:
        asked["prefer"] = given.prefer
    if given.worth is None and given.value is not None and given.events is None:
        raise RequestError(
            f"--value must be a number above 0; found {given.value!r}.  Of an event log (--events) "
            "it may also name the column of amounts."
        )
    return asked_decisions(asked, planned, Spelling(_flag, _set, " "))


def _flag(word: str) -> str:
    return f"--{word.replace('_', '-')}"


def _set(word: str, value: str) -> str:
    return f"{_flag(word)} {value}"


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
