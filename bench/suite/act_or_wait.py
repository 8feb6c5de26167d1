"""Act or wait: what a suite says of acting on visits, and what is wrong with what is said."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

from ..errors import RequestError
from ..policy import Economics
from .asked_decisions import Spelling

# What has to be said, with an example of each; besides, which model's scores policies see.
_NEEDED = {"value": "40", "cost": "1", "uplift": "0.2", "giveaway": "5"}
WORDS = (*_NEEDED, "scores")
# Events more of a visit of one's own log, for which policies can wait.
USUAL_COURSE = 19


@dataclass(frozen=True)
class ActOrWait:
    """What acting on a visit is said to cost and to bring.

    Parameters
    ----------
    economics : Economics
    scores : str
        The model whose probabilities policies see; empty for the first of those that take part
        and read sequences.
    """

    economics: Economics
    scores: str = ""


def asked_act_or_wait(
    given: Mapping[str, object], planned: ActOrWait | None, spelling: Spelling
) -> ActOrWait | None:
    """Change what is planned as asked.

    Parameters
    ----------
    given : mapping of str to object
        By the words of ``WORDS``, those alone that are given; ``uplift`` is a number or a list.
    planned : ActOrWait, optional
        What holds where nothing else is asked.
    spelling : Spelling
        For messages that the same door understands.

    Returns
    -------
    ActOrWait or None
        None where nothing is planned or asked.

    Raises
    ------
    RequestError
        If an uplift is no probability, an amount is negative, or something is missing.
    """
    if planned is None and not given:
        return None
    before = {} if planned is None else {**vars(planned.economics), "scores": planned.scores}
    said = {"scores": "", **before, **given}
    missing = [word for word in _NEEDED if word not in said]
    if missing:
        there = next(word for word in WORDS if word in given)
        all_ = spelling.between.join(spelling.set(word, text) for word, text in _NEEDED.items())
        raise RequestError(
            f"{spelling.where}{spelling.word(there)} says nothing without "
            f"{', '.join(map(spelling.word, missing))}; to act or wait takes all of these, as in "
            f"{all_}."
        )
    if not isinstance(said["scores"], str):
        raise RequestError(
            f"{spelling.where}{spelling.word('scores')} must name a model; found "
            f"{said['scores']!r}."
        )
    amounts = {word: _amount(word, said[word], spelling) for word in ("value", "cost", "giveaway")}
    return ActOrWait(Economics(**amounts, uplift=_uplift(said["uplift"], spelling)), said["scores"])


def _uplift(given: object, spelling: Spelling) -> tuple[float, ...]:
    values = given if isinstance(given, (list, tuple)) else [given]
    if not values or not all(_is_number(one) and 0 <= one <= 1 for one in values):
        raise RequestError(
            f"{spelling.where}{spelling.word('uplift')} must be the probability that acting saves "
            "a sale which would have been lost, 0 to 1: one for all events, or one for each of the "
            f"first events; found {given!r}."
        )
    return tuple(map(float, values))


def _amount(word: str, value: object, spelling: Spelling) -> float:
    if not _is_number(value) or not 0 <= value < math.inf or (word == "value" and not value):
        least = "above 0" if word == "value" else "of 0 or more"
        raise RequestError(
            f"{spelling.where}{spelling.word(word)} must be an amount {least}; found {value!r}."
        )
    return float(value)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)
