"""The cases of a log that a fitted model is to score: those whose outcome is open among them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from ...bench.cases import Cases
from ...bench.language.sentence import AFTER_A_COMMA, Sentence, joined
from .card import of_reading, of_rows
from .cases import Pieces, collect, put_together
from .chunks import chunks
from .cut_log import looked_at
from .database import RawLog, opened
from .facts import Facts
from .growing import GrowingColumns
from .question import Question
from .read_again import LogReading
from .request import CLOCKS, SECOND, Request, check_request
from .times import START

_MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class ToScore:
    """Some cases of a log.

    Parameters
    ----------
    cases : Cases
    who : list of str
        Each one's person.
    when : ndarray of shape (n_cases,)
        The moment of the prediction: datetime64[us] in UTC, or, where the log counts from a start
        that it does not name, a number in its own unit.
    moment : ndarray of datetime64[us], shape (n_cases,)
        The same, on the log's own clock.
    is_open : ndarray of bool
        Whether the log ends before the outcome is known.
    target : ndarray of 0 and 1, shape (n_cases,)
        The outcome, where it is known.
    """

    cases: Cases
    who: list[str]
    when: np.ndarray
    moment: np.ndarray
    is_open: np.ndarray
    target: np.ndarray


@dataclass
class LogToScore:
    """A log whose cases are made one part after the other; what is to be told adds up meanwhile.

    Parameters
    ----------
    asked : Request
    raw : RawLog
    facts : Facts
    question : Question
    reading : LogReading
        Of the log that the model was fitted on.
    """

    asked: Request
    raw: RawLog
    facts: Facts
    question: Question
    reading: LogReading
    _left_out: Counter = field(default_factory=Counter)
    _n_cases: int = 0
    _n_copies: int = 0

    def parts(self) -> Iterator[ToScore]:
        """Give all cases, those of a few hundred thousand events at a time, by person and time."""
        for chunk in chunks(self.raw, keep_copies=self.facts.keeps_copies):
            pieces = collect([chunk], self.question, self.facts)
            self._left_out.update(pieces.left_out)
            self._n_cases += pieces.n_cases
            self._n_copies += pieces.n_copies
            found = put_together(pieces, self.question, self.facts)
            yield ToScore(
                found.cases,
                self._names(found.who),
                self._when(found.moment),
                found.moment.astype("datetime64[us]"),
                found.is_open,
                found.target,
            )

    def notes(self) -> list[Sentence]:
        """Say what was left out or had to be assumed, once all parts were made."""
        told = [
            Sentence("{n:,} {reason}", n=n, reason=reason)
            for reason, n in self._left_out.items()
            if n
        ]
        left_out = Sentence("not scored: {why}", why=joined(AFTER_A_COMMA, told)) if told else None
        counted = Pieces(GrowingColumns(), self._left_out, self._n_cases, self._n_copies, 0, 0)
        return [
            *of_rows(self.asked, self.facts, counted),
            *([left_out] if left_out else []),
            *self._of_new_kinds(),
            *of_reading(self.raw, self.asked),
        ]

    def _of_new_kinds(self) -> list[Sentence]:
        n_known = len(self.reading.kinds)
        new = list(zip(self.facts.kinds, self.facts.n_of_kind, strict=True))[n_known:]
        if not new:
            return []
        new.sort(key=lambda pair: -pair[1])
        shown = [repr(name) for name, _ in new[:_MOST_NAMED]]
        return [
            Sentence.counted(
                "{events:,} events are of {n:,} kind that the model never saw: {names}",
                "{events:,} events are of {n:,} kinds that the model never saw, such as {names}",
                len(new),
                events=sum(n for _, n in new),
                names=joined(AFTER_A_COMMA, shown),
            )
        ]

    def _names(self, who: np.ndarray) -> list[str]:
        """Name people by their numbers; these rise."""
        if not len(who):
            return []
        # The histories are still being read from the database's own connection.
        rows = (
            self.raw.database.cursor()
            .execute(
                "SELECT code, who FROM people WHERE code BETWEEN ? AND ?",
                [int(who[0]), int(who[-1])],
            )
            .fetchall()
        )
        name_of = dict(rows)
        return [name_of[code] for code in who.tolist()]

    def _when(self, moment: np.ndarray) -> np.ndarray:
        if self.asked.order_number:
            moment = moment - SECOND  # asked right after the order
        if self.asked.clock:
            return (moment - START) / CLOCKS[self.asked.clock]
        return moment.astype("datetime64[us]")


@contextmanager
def log_to_score(
    asked: Request, question_of: Callable[[Facts], Question], reading: LogReading
) -> Iterator[LogToScore]:
    """Open a log, to score its cases.

    Parameters
    ----------
    asked : Request
        What the fitted log was asked, with the path of the new one.
    question_of : callable
        Makes the question, which asks of open cases too, of what the log holds as a whole.
    reading : LogReading
        How the fitted log was read.

    Raises
    ------
    DataError
        If files are damaged, lack a column, or hold what cannot be read as it was.
    """
    check_request(asked)
    with opened(asked, reading) as raw:
        facts = looked_at(raw, asked, reading)
        yield LogToScore(asked, raw, facts, question_of(facts), reading)
