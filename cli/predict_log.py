"""The cases of an event log, scored part by part by a model that was fitted on one."""

import argparse
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from ..bench.deploy.columns import Counted
from ..bench.deploy.manifest import Manifest
from ..bench.deploy.predictor import Predictor
from ..bench.errors import RequestError
from ..bench.language.sentence import Sentence
from ..bench.metrics.thresholds import decide

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from ..datasets._event_log.read_again import LogReading
    from ..datasets.event_log import EventLog

LOG = "event_log"


def scored_log(
    predictor: Predictor, given: argparse.Namespace, counted: Counted, told: list[Sentence]
) -> Iterator[tuple["pa.Table", dict[str, Any], list[Sentence]]]:
    """Score every case of a log whose cut is reached, whether its outcome is known or not.

    At the end, what was left out or had to be assumed is added to ``told``.

    Yields
    ------
    tuple
        Tables of ``who``, ``when`` and ``open``, and the scores; no part has notes of its own.

    Raises
    ------
    DataError
        If the log lacks a column, or holds what cannot be read as it was.
    RequestError
        If a flag has no meaning for logs, or the model's file is of another version.
    """
    import pyarrow as pa

    from ..datasets._event_log.to_score import log_to_score

    for flag, columns in (("--keep", given.keep), ("--drop", given.drop)):
        if columns:
            raise RequestError(
                f"{flag} {columns[0]}: {given.model} reads an event log, in which a case is made "
                "of many rows, and columns that it was not told of are not read.  Leave it out; "
                "who and when stand beside each score."
            )
    manifest = predictor.manifest
    data, reading = log_of(manifest, given.model, given.data)
    for key in ("encoding", "sheet"):
        setattr(data, key, getattr(given, key) or getattr(data, key))
    fitted = predictor.columns.names
    threshold = manifest.threshold.threshold
    n_before = 0
    with log_to_score(data, partial(data.question_of, open_too=True), reading) as log:
        for part in log.parts():
            # A kind that is new here makes a column that the fitted log had not.
            features = part.cases.features[fitted]
            p = predictor.predict_proba(features, part.cases.events, counted=counted)[:, 1]
            rows = range(n_before + 1, n_before + len(p) + 1)
            n_before += len(p)
            yield (
                pa.table({"who": pa.array(part.who, pa.string()), "when": _moments(part.when),
                          "open": part.is_open}),
                {"row": rows, "probability": p, "decision": decide(p, threshold)},
                [],
            )  # fmt: skip
        told += log.notes()


def _moments(when: "np.ndarray") -> "pa.Array":
    import pyarrow as pa

    array = pa.array(when)
    return array.cast(pa.timestamp("us", "UTC")) if when.dtype.kind == "M" else array


def log_of(manifest: Manifest, path: str, log: str) -> tuple["EventLog", "LogReading"]:
    """Give what the fitted log was asked, of another log, and how that is to be read.

    Parameters
    ----------
    manifest : Manifest
    path : str
        Of the model's file; what errors name.
    log : str
        The path of the other log.

    Raises
    ------
    RequestError
        If the file does not say it in the words of this version.
    """
    from ..datasets._event_log.read_again import LogReading
    from ..datasets.event_log import EventLog

    try:
        reading = LogReading.from_json(manifest.reading["table"])
        return EventLog(**{**manifest.reading["parameters"], "path": log}), reading
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise RequestError(
            f"{path} does not say how its log was read ({error}).  It was written by another "
            "version: use that one, or train anew."
        ) from None
