"""Task: one binary prediction problem, and the card that says what it is worth."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .cases import Cases, is_numeric, texts
from .content_columns import content_kind
from .errors import DataError
from .events import Events
from .language.sentence import Stated, Text
from .stored_cases import StoredCases


@dataclass(frozen=True)
class Card:
    """What a reader must know about a data set before its numbers mean anything.

    Parameters
    ----------
    title, question : str
        The data set's name, and the question that the target answers.
    source, licence : str
        Where the data come from, and on what terms.
    target : str
        What a positive case is, in one sentence.
    real : bool, optional
        False where the data are simulated; the report then says so beside every table.  None
        where nobody has said.
    caveats : tuple of str
        What weakens conclusions from these data.
    suspected_leaks : tuple of str
        Feature columns suspected to know the outcome.
    horizon_days : float, default=0
        How long after its time a case's outcome is decided; temporal plans purge train cases
        whose outcome was not known yet when the first test case had to be predicted.  Of a task
        with ``known_at``, the longest.
    sha256 : str
        Of what was read, where that is a file of the user's own.
    today_rule : str
        How decisions are taken today, as the user names it; empty where nobody has said.
    """

    title: Stated
    question: Stated
    source: Stated
    licence: Stated
    target: Stated
    real: bool | None = True
    caveats: tuple[Stated, ...] = ()
    suspected_leaks: tuple[str, ...] = ()
    horizon_days: float = 0.0
    sha256: str = ""
    today_rule: str = ""


@dataclass(frozen=True)
class ColumnProfile:
    """What a column of the source holds, and what became of it.

    Parameters
    ----------
    name : str
    kind : str
        "number", "category", "date" ...
    n_missing, n_distinct : int
        Missing cells, and different values.
    examples : tuple of str
    use : str
        "feature", "target", "left out: the same in every row" ...
    """

    name: str
    kind: str
    n_missing: int
    n_distinct: int
    examples: tuple[str, ...]
    use: Text


@dataclass(frozen=True, eq=False)
class Course:
    """How cases went on after the moment of their prediction, for policies that act or wait.

    It is never shown to a model as it stands: a policy is shown one event more at a time.

    Parameters
    ----------
    events : Events
        Of each case all that it has, and then those that followed, until its outcome or its end.
    truth : mapping of str to ndarray, shape (n_events, 1 + k), optional
        Of generated data, by views as in ``Task.truth``: after each event the exact P(target = 1),
        and whatever else decides how the case goes on.
    """

    events: Events
    truth: Mapping[str, np.ndarray] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """SHA-256 of the events."""
        digest = hashlib.sha256()
        _update_with_events(digest, self.events)
        return digest.hexdigest()


# Of a split that came with the data: sides that are no fold's test cases.
ALWAYS_TRAIN, ALWAYS_VALID = -1, -2


@dataclass(frozen=True, eq=False)
class Task:
    """Cases with their outcomes and roles.

    Parameters
    ----------
    name : str
        The plugin's name.
    cases : Cases
        What models may see.
    target : ndarray of int8, shape (n_cases,)
        1 = it happened.
    card : Card
        What the numbers mean.
    group : ndarray of shape (n_cases,), optional
        Whom the case is about; cases of one group never stand on both sides of a split.
    time : ndarray of datetime64[s], shape (n_cases,), optional
        The moment of the prediction.  A task with times is split in time.
    known_at : ndarray of datetime64[s], shape (n_cases,), optional
        The moment when each outcome was known, where that differs from case to case; without it
        all are known ``horizon_days`` after their time.  It decides splits, which have a
        fingerprint of their own, and is no part of this one.
    given_split : ndarray of int, shape (n_cases,), optional
        The split that came with the data: the number of the fold that tests a case, from 0 on,
        ``ALWAYS_TRAIN`` or ``ALWAYS_VALID``.  Like ``known_at`` it is no part of the fingerprint.
    truth : mapping of str to ndarray of shape (n_cases,), optional
        Where the data were generated: the exact P(target = 1) given what a model may see, by the
        names of the views, sorted and joined by "+" (``"events"``, ``"events+features"``,
        ``"features"``).  No model can do better.  It is never shown to one.
    profile : tuple of ColumnProfile, optional
        The columns of the source, for readers; no part of the fingerprint.
    weight : ndarray of float, shape (n_cases,), optional
        How many cases each stands for: impressions, people.  All are above 0: what stands for
        nobody is no case.
    reading : mapping, optional
        How the columns of a file of the user's own were read, in plain values: what reads another
        file of the same kind the same way.  No part of the fingerprint.
    today : ndarray of bool, shape (n_cases,), optional
        Who is acted upon today, without any model.  It is compared with, never shown to a model,
        and no part of the fingerprint.
    aside : mapping of str to Series of n_cases values, optional
        Columns that are no features, by which figures can be told apart.  They are never shown to
        a model and no part of the fingerprint.
    course : Course, optional
        How the cases went on.  No part of the fingerprint.
    further : StoredCases, optional
        More cases than memory holds, of other groups, to be learnt from alone; see there.

    Raises
    ------
    DataError
        If lengths disagree, the target is not 0/1, only one outcome occurs, an outcome is known
        before its time, a truth is no probability, or a weight is not above 0 and finite.
    """

    name: str
    cases: Cases
    target: np.ndarray
    card: Card
    group: np.ndarray | None = None
    time: np.ndarray | None = None
    truth: Mapping[str, np.ndarray] | None = None
    profile: tuple[ColumnProfile, ...] = ()
    known_at: np.ndarray | None = None
    given_split: np.ndarray | None = None
    weight: np.ndarray | None = None
    today: np.ndarray | None = None
    aside: Mapping[str, pd.Series] = field(default_factory=dict)
    reading: Mapping[str, Any] | None = None
    course: Course | None = None
    further: StoredCases | None = None

    def __post_init__(self) -> None:
        for role in ("target", "group", "time", "known_at", "given_split", "weight", "today"):
            values = getattr(self, role)
            if values is not None and len(values) != len(self.cases):
                raise DataError(
                    f"task {self.name!r}: {role} has {len(values)} values for "
                    f"{len(self.cases)} cases."
                )
        for name, values in self.aside.items():
            if len(values) != len(self.cases):
                raise DataError(
                    f"task {self.name!r}: column {name!r} has {len(values)} values for "
                    f"{len(self.cases)} cases."
                )
        found = np.unique(self.target)
        if not np.array_equal(found, [0, 1]):
            raise DataError(
                f"task {self.name!r}: the target must hold both 0 and 1 and nothing else; "
                f"found {found[:5].tolist()}."
            )
        if self.time is not None and np.isnat(self.time.astype("datetime64[s]")).any():
            raise DataError(f"task {self.name!r}: some cases have no time.")
        if self.known_at is not None and (
            self.time is None or not (self.known_at >= self.time).all()
        ):
            raise DataError(
                f"task {self.name!r}: each case needs a time, and an outcome that is known at that "
                "time or later (known_at)."
            )
        if self.weight is not None and not (np.isfinite(self.weight) & (self.weight > 0)).all():
            at = int(np.argmin(np.isfinite(self.weight) & (self.weight > 0)))
            raise DataError(
                f"task {self.name!r}: a weight says for how many cases a case stands and must be a "
                f"number above 0; that of case {at} is {self.weight[at]!r}.  Leave out cases that "
                "stand for none."
            )
        if self.course is not None:
            goes_on = self.course.events
            if len(goes_on) != len(self) or (goes_on.lengths < self.cases.events.lengths).any():
                raise DataError(
                    f"task {self.name!r}: the course of each case must begin with its events."
                )
        for views, p in (self.truth or {}).items():
            if len(p) != len(self.cases) or not ((p >= 0) & (p <= 1)).all():
                raise DataError(
                    f"task {self.name!r}: the truth given {views} must be a probability for each "
                    f"of the {len(self.cases)} cases."
                )

    def __len__(self) -> int:
        return len(self.target)

    @property
    def base_rate(self) -> float:
        """Share of positive cases, by weight."""
        return float(np.average(self.target, weights=self.weight))

    @cached_property
    def has_events(self) -> bool:
        """Whether the data set itself gives events; if not, models get the derived view."""
        return self.cases.events.n_events > 0

    def fingerprint(self) -> str:
        """SHA-256 of the content: features, events, target, group, time, weight, further cases."""
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for name, column in self.cases.features.items():
            digest.update(f"{name}\0{content_kind(column) or is_numeric(column)}\0".encode())
            _update_with(digest, column)
        _update_with_events(digest, self.cases.events)
        for values in (self.target.astype("int8"), self.group, self.time):
            digest.update(b"\0")
            if values is not None:
                _update_with(digest, pd.Series(values))
        if self.weight is not None:  # a task without keeps the fingerprint that it had before
            digest.update(b"\0weight\0")
            _update_with(digest, pd.Series(self.weight))
        if self.further is not None:
            digest.update(f"\0further\0{self.further.sha256}".encode())
        return digest.hexdigest()


def _update_with_events(digest: "hashlib._Hash", events: Events) -> None:
    digest.update(np.ascontiguousarray(events.offsets, "<i8").data)
    for name in sorted(events.marks):
        names = events.vocabulary.get(name, ())
        digest.update(f"{name}\0{'|'.join(names)}\0".encode())
        # Without a copy of what may be most of a machine's memory.
        digest.update(np.ascontiguousarray(events.marks[name], "<i4" if names else "<f4").data)


def _update_with(digest: "hashlib._Hash", column: pd.Series) -> None:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        # As floats, two customer numbers that differ in their last digits could be the same.
        digest.update(column.to_numpy(dtype="<i8").tobytes())
    elif is_numeric(column):
        digest.update(column.to_numpy(dtype="<f8", na_value=np.nan).tobytes())
    elif np.issubdtype(getattr(column.dtype, "type", object), np.datetime64):
        digest.update(column.to_numpy().astype("datetime64[s]").astype("<i8").tobytes())
    else:
        digest.update("\0\0".join(texts(column).fillna("\0missing")).encode())
