"""Transferred: a network trained on another task's cases first, then on the fit cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from ..cases import Cases
from ..events import Events
from ..language.sentence import Sentence
from ..model import Explanation, Model
from .meanings import counterparts
from .variant import ModelVariant, of_weights

TRANSFERRED = "transferred"
_OF_THE_SOURCE = "(of the source alone)"


@dataclass(frozen=True, eq=False)
class Source:
    """The cases of another task, with all their outcomes.

    Parameters
    ----------
    title : str
        Of the task.
    events : Events
        Of n_cases cases.
    target : ndarray of int8, shape (n_cases,)
    """

    title: str
    events: Events
    target: np.ndarray

    def __repr__(self) -> str:
        """Name the task; this is what a cell notes of its parameter."""
        return f"{len(self.target)} cases of {self.title}"


class Transferred(ModelVariant):
    """A network that learns another task first, in the fit cases' own vocabulary [1]_.

    The network is that of the model on its own, with the same size and the same weights to learn.
    It is trained on the source's events, which ``translated`` puts into the vocabulary of the fit
    cases, and on its outcomes; then on the fit cases, as without.

    Parameters
    ----------
    model : Model
        Its ``fit`` has the keyword ``source``.
    source : Source, optional
    random_state : int, optional

    References
    ----------
    .. [1] J. Yosinski, J. Clune, Y. Bengio and H. Lipson, "How transferable are features in deep
       neural networks?", NIPS 2014.
    """

    said = TRANSFERRED

    def __init__(self, model: Model, source: Source | None = None, random_state: int | None = None):
        super().__init__(model, random_state)
        self.source = source

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Translate the source by what the fit cases hold, and fit the model on both in turn."""
        rng = np.random.default_rng(self.random_state)
        events = translated(self.source.events, cases.events, rng)
        self.told_ = _told(self.source, cases.events)
        shown = Cases(pd.DataFrame(index=range(len(events))), events)
        self.model_ = self.new_model().fit(
            cases, y, valid=valid, source=(shown, self.source.target),
            **of_weights(weight, valid_weight),
        )  # fmt: skip
        return self

    def explain(self) -> tuple[Explanation, ...]:
        """Say what was carried over and what starts anew, and what the model learnt after it."""
        own = self.model_.explain() or ()
        return (self.told_, *(own if isinstance(own, Sequence) else (own,)))

    def __getstate__(self) -> dict[str, Any]:
        """What is kept of a fit needs no case of the source."""
        return {**super().__getstate__(), "source": None}


def translated(source: Events, target: Events, rng: np.random.Generator) -> Events:
    """Put events into the vocabulary and onto the scales of another task's.

    Kinds go by their name or their standard meaning; where the target tells several kinds of one
    meaning apart, events are dealt out among them as they occur there.  Of other categorical marks
    the values that are words and have the same name go over; numbers that are ids of items, brands
    or categories mean nothing elsewhere, and such values become one that no target case holds.
    Seconds stay what they are.  Other numbers of the same name go by their quantile: a price of the
    source becomes the price that is as high among the target's.  A number that the source lacks is
    the target's median.

    Parameters
    ----------
    source, target : Events
    rng : numpy Generator
        Deals events out.

    Returns
    -------
    Events
        Of the source's cases, with the target's marks, and a vocabulary with one name more.
    """
    marks, vocabulary = {}, {}
    for name, mark in target.marks.items():
        if name in target.vocabulary:
            names = target.vocabulary[name]
            vocabulary[name] = (*names, _OF_THE_SOURCE)
            if name == "kind":
                marks[name] = _kinds(source, target, rng)
            else:
                marks[name] = _same_words(source, name, names)
        elif name in source.marks and name not in source.vocabulary:
            own = source.marks[name]
            marks[name] = own if name == "gap" else _by_quantile(own, mark)
        else:
            median = np.median(mark) if len(mark) else 0.0
            marks[name] = np.full(source.n_events, median, dtype=np.float32)
    return Events(source.offsets, marks, vocabulary)


def _kinds(source: Events, target: Events, rng: np.random.Generator) -> np.ndarray:
    names, kinds = target.vocabulary["kind"], source.vocabulary["kind"]
    known = counterparts(kinds, names)
    counts = np.bincount(target.kind, minlength=len(names))
    found = np.full(source.n_events, len(names), dtype=np.int32)
    for code, kind in enumerate(kinds):
        if kind in known:
            others = np.array([names.index(other) for other in known[kind]])
            shares = counts[others] + 1.0
            rows = np.flatnonzero(source.kind == code)
            found[rows] = rng.choice(others, len(rows), p=shares / shares.sum())
    return found


def _same_words(source: Events, name: str, names: Sequence[str]) -> np.ndarray:
    if name not in source.vocabulary:
        return np.full(source.n_events, len(names), dtype=np.int32)
    place = {word: code for code, word in enumerate(names) if _is_word(word)}
    table = [place.get(word, len(names)) for word in source.vocabulary[name]]
    return np.array(table, dtype=np.int32)[source.marks[name]]


def _is_word(value: str) -> bool:
    return not any(sign.isdigit() for sign in value)


def _by_quantile(own: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Give each value its share of smaller ones, ties in their middle; and of that the quantile."""
    if not len(own) or not len(target):
        return own
    ordered, goal = np.sort(own), np.sort(target)
    smaller = np.searchsorted(ordered, own, "left") + np.searchsorted(ordered, own, "right") - 1
    share = smaller / 2 / max(len(own) - 1, 1)
    return np.interp(share * (len(goal) - 1), np.arange(len(goal)), goal).astype(np.float32)


def _told(source: Source, target: Events) -> Explanation:
    reading = Sentence(
        "The network was first trained on {n} cases of “{title}” and all their outcomes.  "
        "Its weights go over to the fit cases, those of its last layers too; what the "
        "source does not have starts with weights drawn by chance, and the output from "
        "the base rate of the fit cases.",
        n=len(source.target),
        title=source.title,
    )
    columns = (Sentence("of an event"), Sentence("in the source"), Sentence("what goes over"))
    rows = tuple(_carried(source.events, target))
    title = Sentence("what was learnt from another task first")
    return Explanation("table", reading, columns, rows, title=title)


def _carried(source: Events, target: Events) -> Iterator[tuple[str, str, Sentence]]:
    """Say of each mark of the target what becomes of it."""
    known = counterparts(source.vocabulary["kind"], target.vocabulary["kind"])
    for kind in target.vocabulary["kind"]:
        given = [name for name, others in known.items() if kind in others]
        carried = Sentence("its weights") if given else Sentence("nothing: it starts anew")
        yield kind, ", ".join(given), carried
    for name in target.marks:
        if name == "kind":
            continue
        there = name in source.marks and (name in source.vocabulary) == (name in target.vocabulary)
        if not there:
            carried = Sentence("nothing: it starts anew")
        elif name in target.vocabulary:
            shared = {word for word in target.vocabulary[name] if _is_word(word)}
            shared &= set(source.vocabulary[name])
            carried = Sentence("weights of values of the same name: {n}", n=len(shared))
        elif name == "gap":
            carried = Sentence("its weights, in seconds")
        else:
            carried = Sentence("its weights, by quantile")
        yield name, name if there else "", carried
