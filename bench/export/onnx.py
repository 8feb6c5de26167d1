"""A file of a model as a graph of ONNX, proved to say the same, or not written."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from ..content_columns import TEXT, VECTOR
from ..deploy.predictor import Predictor
from ..deploy.whole_file import whole_file
from ..errors import RequestError
from .onnx_graph import Graph
from .onnx_proof import Proof, prove
from .onnx_scorers import OTHERWISE, scored

# Its runtime says at import that it finds no graphics card; what the user has set stands.
_QUIET = {"ORT_LOGGING_LEVEL": "3"}


def export_onnx(
    predictor: Predictor, file: Path, output: Path, cases: Iterable[pd.DataFrame]
) -> Proof:
    """Write a graph of ONNX that takes features, encodes them, and gives P(yes) and the decision.

    Parameters
    ----------
    predictor : Predictor
    file : Path
        The file that it was read from.
    output : Path
    cases : iterable of DataFrame
        Features to prove the graph on.

    Raises
    ------
    RequestError
        If no operations are known for the model, the graph is not the model, or the place cannot be
        written to.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    manifest = predictor.manifest
    content = [column.name for column in manifest.columns if column.kind in (TEXT, VECTOR)]
    if content:
        raise RequestError(
            f"no form in ONNX is known for columns of texts and of vectors: {content[0]!r}.  "
            f"{OTHERWISE}"
        )
    graph = Graph({column.name: column.kind == "category" for column in manifest.columns})
    p = scored(graph, predictor.scorer)
    bounds = [graph.constant(bound) for bound in (0.0, 1.0)]
    graph.named(graph.add("Min", graph.add("Max", p, bounds[0]), bounds[1]), "probability")
    threshold = graph.constant(manifest.threshold.threshold)
    reached = graph.add("GreaterOrEqual", "probability", threshold)
    graph.named(graph.cast(reached, np.int64), "decision")
    about = {
        "task": manifest.task.name,
        "question": str(manifest.task.positive),
        "model": str(manifest.model.title),
        "threshold": repr(manifest.threshold.threshold),
        "intentbench": manifest.made_with["intentbench"],
        "made_of_sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "inputs": "numbers and booleans: doubles, NaN where missing; categories: texts, empty "
        "where missing",
    }
    content = graph.model({"probability": np.float64, "decision": np.int64}, about)
    proof = prove(content, predictor, cases)
    with whole_file(output) as part:
        part.write_bytes(content)
    return proof
