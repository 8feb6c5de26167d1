"""Checks that a model answers where data are untidy, extreme, few or not there at all.

Each takes a ``Subject`` and fits it on such cases; what the model raises is the finding.  It
returns a sentence where it does not apply.
"""

import numpy as np
import pandas as pd

from ..cases import Cases
from ..events import Events
from .subject import SEED, Subject
from .toy_task import Parts, make_parts, shortened


def check_untidy_cases(subject: Subject) -> None:
    """Missing values, unseen categories, empty sequences and constant columns are answered."""
    rng = np.random.default_rng(SEED + 2)

    def untidy(features: pd.DataFrame) -> pd.DataFrame:
        features = features.assign(
            constant=7.0, missing=np.nan, nothing=pd.Series([None] * len(features), dtype="string")
        )
        gone = rng.random(len(features)) < 0.3
        features["seconds on page"] = features["seconds on page"].mask(gone)
        features["channel"] = features["channel"].mask(gone)
        features["région 7"] = features["région 7"].mask(gone)
        return features

    few = subject.few.with_features(untidy)
    empty = rng.random(len(few.fit)) < 0.2
    lengths = np.where(empty, 0, few.fit.events.lengths)
    few.fit = Cases(few.fit.features, shortened(few.fit.events, lengths))
    model = subject.fit(few)
    strange = few.new.features.copy()
    strange["channel"] = pd.Series(["never seen"] * len(strange), dtype="category")
    strange["région 7"] = pd.Series(["天"] * len(strange), dtype="string")
    strange["seconds on page"] = 1e12
    strange["pages"] = -1
    nothing = shortened(few.new.events, np.zeros(len(strange), dtype=np.int64))
    for cases in (few.new, Cases(strange, few.new.events), Cases(strange, nothing)):
        subject.predict(model, cases)


def check_kind_never_seen(subject: Subject) -> str | None:
    """An event kind that no fit case holds is answered."""
    if "events" not in subject.model_class.views:
        return "reads no events"
    few = subject.few
    rare = few.fit.events.n_kinds
    wider = dict(few.fit.events.vocabulary)
    wider["kind"] = (*wider["kind"], "refund")

    def widened(cases: Cases, replace_first: bool) -> Cases:
        kind = cases.events.kind.copy()
        if replace_first:
            kind[::3] = rare
        marks = dict(cases.events.marks) | {"kind": kind}
        return Cases(cases.features, Events(cases.events.offsets, marks, wider))

    seen = [widened(cases, False) for cases in (few.fit, few.valid)]
    parts = Parts(seen[0], few.y_fit, seen[1], few.y_valid, few.new, few.y_new)
    subject.predict(subject.fit(parts), widened(few.new, True))
    return None


def check_thousands_of_values(subject: Subject) -> None:
    """A column that is different in every case and five thousand event kinds are answered."""
    rng = np.random.default_rng(SEED + 4)

    def many(cases: Cases) -> Cases:
        customer = pd.Series([f"customer {i}" for i in rng.integers(0, 10**6, len(cases))])
        events = cases.events
        kind = rng.integers(0, 5000, events.n_events).astype(np.int32)
        vocabulary = dict(events.vocabulary) | {"kind": tuple(f"item {i}" for i in range(5000))}
        return Cases(
            cases.features.assign(customer=customer.astype("category")),
            Events(events.offsets, dict(events.marks) | {"kind": kind}, vocabulary),
        )

    few = subject.few.with_cases(many)
    subject.predict(subject.fit(few), few.new)


def check_extreme_events(subject: Subject) -> str | None:
    """A single kind of event, ten thousand events of one case and huge marks are answered."""
    if "events" not in subject.model_class.views:
        return "reads no events"

    def extreme(cases: Cases) -> Cases:
        events = cases.events
        lengths = events.lengths.copy()
        lengths[:2] = 10_000, 0
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        # The marks are repeated, so that there are enough of them.
        marks = {name: np.resize(mark, offsets[-1]) for name, mark in events.marks.items()}
        marks["kind"] = np.zeros(offsets[-1], dtype=np.int32)
        marks["price"][::7] = 1e30
        return Cases(
            cases.features, Events(offsets, marks, dict(events.vocabulary) | {"kind": ("view",)})
        )

    few = subject.few.with_cases(extreme)
    subject.predict(subject.fit(few), few.new)
    return None


def check_valid_with_one_outcome(subject: Subject) -> None:
    """Valid cases that all have the same outcome do not stop a fit."""
    few = subject.few
    for outcome in (0, 1):
        rows = np.flatnonzero(few.y_valid == outcome)
        parts = Parts(
            few.fit, few.y_fit, few.valid.take(rows), few.y_valid[rows], few.new, few.y_new
        )
        subject.predict(subject.fit(parts), few.new)


def check_thirty_cases(subject: Subject) -> None:
    """Twenty-two cases to fit and eight to watch are enough to answer."""
    thirty = make_parts(SEED + 3, n_fit=22, n_valid=8)
    subject.predict(subject.fit(thirty), thirty.new)


def check_nothing_to_read(subject: Subject) -> None:
    """Without a single column or event the model still answers."""
    nothing = subject.few.shown(frozenset())
    subject.predict(subject.fit(nothing), nothing.new)
