"""Decisions as a user asks for them: words that all doors share, and what is wrong with them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from numbers import Real

from ..errors import RequestError
from .decisions import READABLE, Decisions

# The user's word is short where it stands alone.
_FIELD_OF = {"cost": "action"}
_WORD_OF = {field: word for word, field in _FIELD_OF.items()}
WORDS = tuple(_WORD_OF.get(field.name, field.name) for field in fields(Decisions))
# What says nothing alone, with an example of each; and what is a share.
_PAIRS = (
    {"value": 40, "cost": 3},
    {"false_positive": 1, "false_negative": 5},
)
_SHARES = ("budget", "precision", "recall")
_PREFERENCES = (READABLE,)


@dataclass(frozen=True)
class Spelling:
    """How a door writes a word, a word with its value, and two of these together.

    ``where`` begins each sentence.
    """

    word: Callable[[str], str]
    set: Callable[[str, str], str]
    between: str
    where: str = ""


def asked_decisions(
    given: Mapping[str, object], planned: Decisions, spelling: Spelling
) -> Decisions:
    """Change planned decisions as asked.

    Parameters
    ----------
    given : mapping of str to object
        By the words of ``WORDS``, those alone that are given.
    planned : Decisions
        What holds where nothing else is asked.
    spelling : Spelling
        For messages that the same door understands.

    Raises
    ------
    RequestError
        If an amount is no number above 0, a share is above 1, or one of a pair is given alone.
    """
    for word, value in given.items():
        _check(word, value, spelling)
    asked = replace(
        planned,
        **{
            _FIELD_OF.get(word, word): value if isinstance(value, str) else float(value)
            for word, value in given.items()
        },
    )
    for pair in _PAIRS:
        missing = [word for word in pair if getattr(asked, _FIELD_OF.get(word, word)) is None]
        if len(missing) == 1:
            (there,) = pair.keys() - set(missing)
            both = spelling.between.join(
                spelling.set(word, _said(given.get(word, example)))
                for word, example in pair.items()
            )
            raise RequestError(
                f"{spelling.where}{spelling.word(there)} says nothing without "
                f"{spelling.word(missing[0])}; give both, as in {both}."
            )
    return asked


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check(word: str, value: object, spelling: Spelling) -> None:
    if word == "prefer":
        if value not in _PREFERENCES:
            known = " or ".join(map(repr, _PREFERENCES))
            raise RequestError(
                f"{spelling.where}{spelling.word(word)} must be {known}; found {value!r}."
            )
        return
    number = isinstance(value, Real) and not isinstance(value, bool)
    share = word in _SHARES
    if not number or not 0 < value < math.inf or (share and value > 1):
        what = "a share, above 0 and at most 1, as in 0.05" if share else "a number above 0"
        raise RequestError(
            f"{spelling.where}{spelling.word(word)} must be {what}; found "
            f"{_said(value) if number else repr(value)}."
        )
