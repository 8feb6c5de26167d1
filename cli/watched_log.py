"""The event logs that watching reads: new cases with their names, and outcomes that they tell."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.deploy.columns import Counted
from ..bench.deploy.manifest import Manifest
from ..bench.deploy.predictor import Predictor
from ..bench.errors import RequestError, did_you_mean
from ..bench.language.sentence import said
from ..bench.watch.history import Roles, WatchedCases
from ..bench.watch.labels import Labels
from ..bench.watch.new_cases import Coding, NewCases
from ..datasets._event_log.to_score import log_to_score
from ..datasets._table.arrow_table import read_table
from ..datasets._table.roles_again import moments_of, names_of, outcomes_of
from .predict_log import log_of
from .watched_files import sha256_of

_WHO, _WHEN = "who", "when"  # as predict names them


@dataclass(frozen=True, eq=False)
class ReadLog:
    """What a log brings.

    ``cases`` are those that no look has seen, ``labels`` the outcomes that the log tells of them
    and of watched cases; None where there is none.  ``until`` is when the log ends.
    """

    cases: NewCases | None
    labels: Labels | None
    notes: tuple[str, ...]
    until: np.datetime64


def roles_of_log(given: argparse.Namespace, manifest: Manifest) -> Roles:
    """Say which columns of a log name a case: it is a person at a moment.

    Raises
    ------
    RequestError
        If the user names others, or the log has no moments.
    """
    for flag in ("id", "group", "time"):
        if name := getattr(given, flag):
            raise RequestError(
                f"--{flag} {name}: {given.model} reads an event log, whose cases are named by "
                "person and moment.  Leave it out."
            )
    if given.drop:
        raise RequestError(
            f"--drop {given.drop[0]}: columns of a log that have no role are not read.  Leave it "
            "out."
        )
    asked = manifest.reading["parameters"]
    if asked.get("order_number"):
        raise RequestError(
            f"{given.model} reads numbered orders, where each person has a clock of their own: "
            "nobody can say which orders came after those that it was fitted on, so it cannot be "
            "watched."
        )
    who, when = str(asked["who"]), str(asked["when"])
    return Roles(f"{who} at {when}", who, when)


def read_log(
    path: str, predictor: Predictor, watched: WatchedCases, given: argparse.Namespace
) -> ReadLog:
    """Score the cases of a log that no look has seen, and take the outcomes that it tells.

    A log brings the history of its people along, so most of its cases are not new: those up to the
    latest one that the model was fitted on, or that was watched, are left out.

    Parameters
    ----------
    path : str
    predictor : Predictor
    watched : WatchedCases
    given : argparse.Namespace

    Raises
    ------
    DataError, RequestError
        If the log lacks a column, or holds what cannot be read as it was.
    """
    manifest = predictor.manifest
    data, reading = log_of(manifest, given.model, path)
    for key in ("encoding", "sheet"):
        setattr(data, key, getattr(given, key) or getattr(data, key))
    coding, counted = Coding(manifest.reference, manifest.columns), Counted()
    after = _latest(manifest, watched)
    names: list[np.ndarray] = []
    who, when, ids, outcomes = [], [], [], []
    n_before = 0
    with log_to_score(data, partial(data.question_of, open_too=True), reading) as log:
        until = np.datetime64(int(log.facts.end), "us").astype("datetime64[s]")
        for part in log.parts():
            named = ids_of(part.who, part.moment)
            closed = ~part.is_open
            ids.append(named[closed])
            outcomes.append(part.target[closed].astype(np.int8))
            is_new = np.flatnonzero(part.moment > after)
            n_before += len(named) - len(is_new)
            if not len(is_new):
                continue
            cases = part.cases.take(is_new)
            features = cases.features[predictor.columns.names]
            p = predictor.predict_proba(features, cases.events, counted=counted)[:, 1]
            coding.add(cases.features, p)
            names.append(named[is_new])
            who.append(np.array(part.who, dtype=object)[is_new])
            when.append(part.moment[is_new].astype("datetime64[s]"))
        notes = [said(note) for note in (*log.notes(), *counted.told(manifest.columns))]
    if n_before:
        notes.append(
            f"{n_before:,} cases up to {after.astype('datetime64[s]')} are not new: the model was "
            "fitted on them, or they were watched, or could have been."
        )
    new = None
    if names:
        new = NewCases(
            Path(path).name, sha256_of(path), coding.p(), coding.codes(), coding.unseen(),
            np.concatenate(names), np.concatenate(who), np.concatenate(when),
        )  # fmt: skip
    known = np.concatenate([watched.id, *names]) if names else watched.id
    labels = _told(path, ids, outcomes, known, watched, notes)
    return ReadLog(new, labels, tuple(notes), until)


def read_labels_of_log(
    path: str, given: argparse.Namespace, manifest: Manifest, cases: WatchedCases
) -> Labels:
    """Read labels by person, or by person and moment where somebody has several cases.

    Raises
    ------
    DataError, RequestError
        If columns are not there, a label says neither yes nor no, or a person is not enough.
    """
    asked = manifest.reading["parameters"]
    raw = read_table(path, given.encoding or str(asked.get("encoding", "")), "")
    there = raw.table.column_names
    who, when = (
        next((name for name in (str(asked[role]), role) if name in there), "")
        for role in (_WHO, _WHEN)
    )
    if not who:
        raise RequestError(
            f"{raw.label} has no column {str(asked[_WHO])!r}, which names the person."
            f"{did_you_mean(str(asked[_WHO]), there)}  It has: {', '.join(map(repr, there[:8]))}."
        )
    others = [name for name in there if name not in (who, when)]
    column = given.label or (others[0] if len(others) == 1 else "")
    if column not in others:
        raise RequestError(
            f"{raw.label} does not say which column holds the outcome; name it with --label.  It "
            f"has: {', '.join(map(repr, there[:8]))}."
        )
    y = outcomes_of(column, raw.table.column(column), raw.label, "", "")
    people = names_of(who, raw.table.column(who), raw.label, "who")
    if when:
        moments = moments_of(when, raw.table.column(when), raw.label, None, "")
        return Labels(raw.label, ids_of(people, moments), y)
    only = pd.Series(cases.id, index=cases.group, dtype=object)
    several = only.index.duplicated(keep=False) & only.index.isin(people)
    if several.any():
        raise RequestError(
            f"{raw.label} names people, and {only.index[several][0]!r} has several cases that were "
            f"watched.  Say which: add a column {str(asked[_WHEN])!r} with the moment of each, as "
            "predict writes it."
        )
    named = only.reindex(people).to_numpy(dtype=object)
    return Labels(raw.label, np.where(pd.isna(named), people, named), y)  # others are elsewhere


def labels_together(one: Labels, other: Labels) -> Labels:
    """Give the labels of two sources as those of one."""
    return Labels(
        f"{one.file} and {other.file}",
        np.concatenate([one.id, other.id]),
        np.concatenate([one.y, other.y]),
    )


def ids_of(who: Sequence[str], moment: np.ndarray) -> np.ndarray:
    """Name cases by person and second."""
    seconds = moment.astype("datetime64[s]").astype(str)
    made = [f"{person} at {second}" for person, second in zip(who, seconds, strict=True)]
    return np.array(made, dtype=object)


def _latest(manifest: Manifest, watched: WatchedCases) -> np.datetime64:
    """Give the moment up to which no case is new."""
    if len(watched):  # kept by the second, so all of the last one
        return watched.time.max().astype("datetime64[us]") + np.timedelta64(999_999, "us")
    until = manifest.task.until
    return np.datetime64(until or "0001-01-01", "us")


def _told(
    path: str,
    ids: list[np.ndarray],
    outcomes: list[np.ndarray],
    known: np.ndarray,
    watched: WatchedCases,
    notes: list[str],
) -> Labels | None:
    """Give the outcomes of watched and new cases that were not known before."""
    if not ids:
        return None
    named, y = np.concatenate(ids), np.concatenate(outcomes)
    at = pd.Index(watched.id).get_indexer(named)
    before = np.where(at >= 0, watched.y[at], -1) if len(watched) else np.full(len(at), -1)
    if n_otherwise := int(((before >= 0) & (before != y)).sum()):
        notes.append(
            f"{n_otherwise:,} outcomes are otherwise than an earlier log told; what was tested "
            "stays tested."
        )
    taken = np.isin(named.astype(str), known.astype(str)) & (before < 0)
    return Labels(Path(path).name, named[taken], y[taken]) if taken.any() else None
