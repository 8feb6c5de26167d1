"""Whether a graph says what the model says: asked about given cases, and about odd ones."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..cases import texts
from ..deploy.columns import FeatureColumn
from ..deploy.predictor import Predictor
from ..errors import RequestError
from .onnx_encoders import MISSING_TEXT

LARGEST_DIFFERENCE = 1e-5
_MADE_OF = 40
_NEVER_SEEN = "(no such value)"


@dataclass(frozen=True)
class Proof:
    """On how many cases the two were compared, and how far they were apart at most.

    ``n_odd`` of the cases were made of others: with a value missing, never seen, or far beyond
    those fitted.
    """

    n_cases: int
    n_odd: int
    largest_difference: float


def prove(graph: bytes, predictor: Predictor, cases: Iterable[pd.DataFrame]) -> Proof:
    """Compare a graph with its model.

    Parameters
    ----------
    graph : bytes
        Whose first result is P(yes).
    predictor : Predictor
    cases : iterable of DataFrame
        Features, with the columns of the predictor.

    Raises
    ------
    RequestError
        If there is no case, or they are further apart than 1e-5 on any; says by how much.
    """
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
    columns = predictor.manifest.columns
    inputs = {given.name for given in session.get_inputs()}
    n_cases = n_odd = n_apart = 0
    largest = 0.0
    for is_odd, frame in _with_odd(cases, columns):
        asked = {k: v for k, v in inputs_of(frame, columns).items() if k in inputs}
        found = session.run(["probability"], asked)[0][:, 0]
        apart = np.abs(found - predictor.predict_proba(frame)[:, 1])
        n_cases += 0 if is_odd else len(frame)
        n_odd += len(frame) if is_odd else 0
        # What is no number is as far apart as can be.
        apart = np.where(np.isnan(apart), np.inf, apart)
        n_apart += int((apart > LARGEST_DIFFERENCE).sum())
        largest = max(largest, float(apart.max(initial=0.0)))
    if not n_cases:
        raise RequestError("there is no case to prove the graph on.  Give rows: --data FILE")
    if n_apart:
        raise RequestError(
            f"the graph of ONNX is not the model: on {n_apart:,} of {n_cases + n_odd:,} cases they "
            f"are further apart than {LARGEST_DIFFERENCE:g}, by up to {largest:.2g}.  Nothing is "
            "written; --format mlflow or docker carries the model as it is."
        )
    return Proof(n_cases, n_odd, largest)


def inputs_of(features: pd.DataFrame, columns: Sequence[FeatureColumn]) -> dict[str, np.ndarray]:
    """Give features as a graph takes them: each column of shape (n_cases, 1), by its name.

    Numbers and booleans are doubles, NaN where one is missing; categories are texts, empty where
    one is missing.
    """
    return {
        column.name: (
            texts(features[column.name]).fillna(MISSING_TEXT).to_numpy(dtype=object)[:, None]
            if column.kind == "category"
            else features[column.name].to_numpy(dtype=float, na_value=np.nan)[:, None]
        )
        for column in columns
    }


def _with_odd(
    cases: Iterable[pd.DataFrame], columns: Sequence[FeatureColumn]
) -> Iterator[tuple[bool, pd.DataFrame]]:
    """Give the cases, and after the first of them odd ones that are made of these."""
    has_odd = False
    for frame in cases:
        frame = frame[[column.name for column in columns]].reset_index(drop=True)
        yield False, frame
        if not has_odd and len(frame):
            has_odd = True
            for odd in _odd(frame[:_MADE_OF], columns):
                yield True, odd


def _odd(frame: pd.DataFrame, columns: Sequence[FeatureColumn]) -> Iterator[pd.DataFrame]:
    """Change one column at a time, and empty all of them."""
    missing = {column.name: _all(frame, None, column) for column in columns}
    yield frame.assign(**missing)
    for column in columns:
        others: Sequence[object] = (_NEVER_SEEN,)
        if column.kind == "number":
            low, high = column.low or 0.0, column.high or 0.0
            others = (0.0, low - 1.0, high + 1.0, -1e30, 1e30)
        elif column.kind == "boolean":
            others = (0.0, 1.0)
        yield frame.assign(**{column.name: missing[column.name]})
        for value in others:
            yield frame.assign(**{column.name: _all(frame, value, column)})


def _all(frame: pd.DataFrame, value: object, column: FeatureColumn) -> pd.Series:
    dtype = "str" if column.kind == "category" else "float64"
    return pd.Series([value] * len(frame), index=frame.index, dtype=dtype)
