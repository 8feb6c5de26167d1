"""Cases to prove an exported model on: those of a file, or of the run that judged it."""

import argparse
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ..bench.deploy.columns import require_columns
from ..bench.deploy.predictor import Predictor
from ..bench.errors import RequestError, StoreError
from .predict_log import LOG, log_of
from .shared import run_of, store_of
from .table_reading import reading_of

if TYPE_CHECKING:
    import pandas as pd

_BLOCK = 50_000


def cases_of(given: argparse.Namespace, predictor: Predictor) -> Iterator["pd.DataFrame"]:
    """Give features, block by block.

    Raises
    ------
    DataError, RequestError
        If the file or the run cannot be read.
    """
    if not given.data:
        return _of_run(given, predictor)
    is_log = predictor.manifest.reading.get("data") == LOG
    return _of_log(given, predictor) if is_log else _of_table(given, predictor)


def _of_run(given: argparse.Namespace, predictor: Predictor) -> Iterator["pd.DataFrame"]:
    from ..bench.plugins.registry import Registry
    from ..bench.train.source import chosen_task, load_again

    judged, named = predictor.manifest.judged, "give the rows to prove it on: --data FILE"
    if judged is None:
        raise RequestError(f"{given.model} was not judged by a run: {named}")
    try:
        run = run_of(store_of(given), judged.run)
    except (RequestError, StoreError) as error:
        raise RequestError(f"{error}  Or {named}") from None
    features = load_again(
        run, chosen_task(run, predictor.manifest.task.name), Registry("dataset")
    ).cases.features
    for first in range(0, len(features), _BLOCK):
        yield features[first : first + _BLOCK]


def _of_table(given: argparse.Namespace, predictor: Predictor) -> Iterator["pd.DataFrame"]:
    from ..datasets._table.blocks import blocks_of
    from ..datasets._table.read_again import Unread

    reading = reading_of(predictor.manifest, given.model)
    said = predictor.manifest.reading.get("parameters", {})
    for block in blocks_of(given.data, said.get("encoding", ""), said.get("sheet", "")):
        require_columns(reading.names, block.table.column_names, block.label, reading.unused)
        yield reading.features(block.table, block.first, block.label, Unread())


def _of_log(given: argparse.Namespace, predictor: Predictor) -> Iterator["pd.DataFrame"]:
    from ..datasets._event_log.to_score import log_to_score

    data, reading = log_of(predictor.manifest, given.model, given.data)
    with log_to_score(data, partial(data.question_of, open_too=True), reading) as log:
        for part in log.parts():
            yield part.cases.features[predictor.columns.names]
