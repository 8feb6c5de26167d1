"""From the bytes of a body to the bytes of an answer; knows nothing of HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..deploy.columns import Counted
from ..deploy.predictor import Predictor
from ..errors import IntentbenchError
from ..metrics.thresholds import decide
from ..one_case import row_of
from .given_events import events_of
from .json_body import json_of
from .limits import Limits
from .refusals import RefusedError
from .row_columns import RowReader
from .row_types import EVENTS, ROWS, BodyTypes
from .unusual import UnusualOfOne

_UNFIT = 422


@dataclass(frozen=True, eq=False)
class Scored:
    """An answer, and what is counted of it.

    ``probability`` is P(yes) of each case; ``counted`` what was unusual.
    """

    content: bytes
    probability: np.ndarray
    counted: Counted


class Scoring:
    """Answers bodies with a predictor.

    Parameters
    ----------
    predictor : Predictor
    reader : RowReader
    limits : Limits
    """

    def __init__(self, predictor: Predictor, reader: RowReader, limits: Limits):
        self.predictor = predictor
        self.reader = reader
        self.types = BodyTypes(
            reader.columns, reader.unused, predictor.manifest.events, limits.rows
        )
        self._unusual_of_one = UnusualOfOne(predictor.manifest.columns)
        self._names = [column.name for column in reader.columns]
        self._threshold = predictor.manifest.threshold

    def answer(self, body: bytes) -> Scored:
        """Score the cases of a body.

        Parameters
        ----------
        body : bytes

        Raises
        ------
        RefusedError
            If it cannot be read as what the model was fitted on; says why.
        """
        given = self.types.checked(json_of(body))
        counted = Counted()
        try:
            p = self._probability(given, counted)
        except IntentbenchError as error:
            raise RefusedError.of_all(_UNFIT, str(error)) from None
        return Scored(self._content(p, counted), p, counted)

    def example(self) -> dict[str, Any]:
        """Give a body of one case that is answered."""
        made: dict[str, Any] = {}
        if self.reader.columns:
            made[ROWS] = [{column.name: column.example for column in self.reader.columns}]
        facts = self.predictor.manifest.events
        if facts is not None:
            event = {
                name: facts.vocabulary[name][0] if name in facts.vocabulary else 0.0
                for name in facts.marks
            }
            made[EVENTS] = [[event]]
        return made

    def _probability(self, given: Mapping[str, Any], counted: Counted) -> np.ndarray:
        facts = self.predictor.manifest.events
        rows = given.get(ROWS)
        if rows is None:
            features = pd.DataFrame(index=pd.RangeIndex(len(given[EVENTS])))
        else:
            values = {name: [row[name] for row in rows] for name in self._names}
            features = self.reader.features(values, len(rows))
        events = None if facts is None else events_of(given[EVENTS], facts)
        row = row_of(features)
        if row is None:
            return self.predictor.predict_proba(features, events, counted=counted)[:, 1]
        p = self.predictor.predict_proba(features, events)[:, 1]
        self._unusual_of_one(row, counted)
        return p

    def _content(self, p: np.ndarray, counted: Counted) -> bytes:
        decisions = decide(p, self._threshold.threshold).astype(int).tolist()
        answer = {
            # Python writes the shortest digits that are read as the same number again.
            "predictions": [
                {"probability": probability, "decision": decision}
                for probability, decision in zip(p.tolist(), decisions, strict=True)
            ],
            "threshold": self._threshold.threshold,
            "notes": counted.told(self.predictor.manifest.columns),
        }
        return json.dumps(answer, allow_nan=False).encode()
