"""From the files of a log to its cases: the five steps of every log, one's own or published."""

from collections.abc import Callable

from ...bench.task import Card
from .card import card_of
from .cases import CutCases, collect, put_together
from .chunks import chunks
from .database import RawLog, opened
from .facts import Facts, check_moments, examine
from .order_numbers import add_up
from .question import Question
from .read_again import LogReading
from .request import Request


def cut_log(
    asked: Request, question_of: Callable[[Facts], Question], same_as: int = 0
) -> tuple[CutCases, Card, LogReading]:
    """Read a log, look at it as a whole, and cut it into cases.

    Parameters
    ----------
    asked : Request
    question_of : callable
        Makes the question of what the log holds as a whole.
    same_as : int, default=0
        For the card; see ``LaterInVisit``.

    Raises
    ------
    DataError
        If files are damaged or no logs, or the question makes no sense of this one.
    """
    with opened(asked) as raw:
        facts = looked_at(raw, asked)
        question = question_of(facts)
        pieces = collect(chunks(raw, keep_copies=facts.keeps_copies), question, facts)
        card = card_of(asked, raw, facts, pieces, same_as)
    return put_together(pieces, question, facts), card, _reading(facts, raw)


def _reading(facts: Facts, raw: RawLog) -> LogReading:
    read = raw.read
    return LogReading(
        facts.kinds, facts.items, facts.keeps_copies, facts.by_day,
        read.signed, read.date_order, read.numbers,
    )  # fmt: skip


def looked_at(raw: RawLog, asked: Request, known: LogReading | None = None) -> Facts:
    """Look at a log as a whole; numbered orders get moments of their own first.

    Raises
    ------
    DataError
        As of ``examine`` and ``add_up``.
    """
    if asked.order_number:
        check_moments(raw, asked)
        add_up(raw, asked)
    return examine(raw, asked, known)
