"""What a cell predicts, how that is written, and what a fold's cells predict together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


@dataclass(frozen=True, eq=False)
class Predictions:
    """P(target = 1) of a cell, for its split's valid cases and its fold's test cases."""

    valid: np.ndarray
    test: np.ndarray


def pooled(of_splits: Sequence[Sequence[Predictions]]) -> Predictions:
    """Give a fold's out-of-sample predictions from those of its cells.

    Parameters
    ----------
    of_splits : sequence of sequences of Predictions
        For each inner split those of each seed.

    Returns
    -------
    Predictions
        Valid: the mean over seeds, one inner split after the other.  Test: the mean over all.
    """
    valid = [np.mean([cell.valid for cell in seeds], axis=0) for seeds in of_splits]
    test = np.mean([cell.test for seeds in of_splits for cell in seeds], axis=0)
    return Predictions(np.concatenate(valid), test)


def to_parquet(predictions: Predictions) -> bytes:
    """Write predictions as a Parquet file: columns ``part`` and ``p``, valid cases first."""
    parts = ["valid"] * len(predictions.valid) + ["test"] * len(predictions.test)
    p = np.concatenate([predictions.valid, predictions.test])
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"part": pa.array(parts).dictionary_encode(), "p": p}), sink)
    return sink.getvalue().to_pybytes()


def from_parquet(content: bytes, n_valid: int, n_test: int) -> Predictions:
    """Read such a file.

    Raises
    ------
    ValueError
        If it is none, holds another number of predictions, or what is no probability.
    """
    # Files are small and in memory: nothing is to be read ahead, or by several threads.
    table = pq.ParquetFile(pa.BufferReader(content), pre_buffer=False).read(use_threads=False)
    p = table.column("p").to_numpy()
    is_test = pc.equal(table.column("part"), "test").to_numpy()
    valid, test = p[~is_test], p[is_test]
    if (len(valid), len(test)) != (n_valid, n_test):
        raise ValueError(
            f"it holds {len(valid)} predictions of valid and {len(test)} of test cases, not "
            f"{n_valid} and {n_test}"
        )
    if n_wrong := int((~((p >= 0) & (p <= 1))).sum()):
        raise ValueError(f"{n_wrong} of its {len(p)} predictions are no probabilities")
    return Predictions(valid, test)
