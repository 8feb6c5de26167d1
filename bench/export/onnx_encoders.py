"""Encoders of features as operations of ONNX."""

from collections.abc import Mapping

import numpy as np

from ..cases import LARGEST
from ..categories import MISSING, ValueRates
from ..encoding import Ordinal, ScaledOneHot
from ..errors import RequestError
from .onnx_graph import ML, Graph

# ONNX knows no missing text.
MISSING_TEXT = ""


def encoded(graph: Graph, encoder: object) -> str:
    """Add what an encoder does; gives the name of the matrix, of shape (n_cases, n_columns).

    Columns are inputs of the graph under their own names: doubles, NaN where one is missing, and
    texts, empty where one is missing.

    Raises
    ------
    RequestError
        If no operations are known for it, or it reads no column.
    """
    if isinstance(encoder, ScaledOneHot):
        columns = _scaled_one_hot(graph, encoder)
    elif isinstance(encoder, Ordinal):
        columns = _ordinal(graph, encoder)
    else:
        raise RequestError(
            f"no form in ONNX is known for {type(encoder).__name__}, by which the model reads "
            "its columns.  --format mlflow or docker carries any model."
        )
    if not columns:
        raise RequestError(
            "the model reads no column, so there is nothing to give to a graph: it says "
            "the same of every case."
        )
    columns += [
        _rated(graph, name, rates, *encoder.rate_scales_[name])
        for name, rates in encoder.rates_.items()
    ]
    return graph.add("Concat", *columns, axis=1)


def _ordinal(graph: Graph, encoder: Ordinal) -> list[str]:
    return [
        graph.cast(_code(graph, name, encoder.categories_[name].values_), np.float64)
        if name in encoder.categories_
        else _bounded(graph, name)
        for name in encoder.columns_
    ]


def _scaled_one_hot(graph: Graph, encoder: ScaledOneHot) -> list[str]:
    columns = []
    for name in encoder.columns_:
        if name in encoder.numeric_:
            columns += _scaled(graph, name, encoder.numeric_[name], encoder.clip)
        else:
            codes = encoder.categories_[name]
            code = _code(graph, name, codes.values_)
            every = graph.constant(np.arange(len(codes.labels_))[None, :], np.int64)
            columns.append(graph.cast(graph.add("Equal", code, every), np.float64))
    if flagged := getattr(encoder, "flagged_", ()):
        zero = graph.constant(0.0)
        columns += [graph.cast(graph.add("Equal", name, zero), np.float64) for name in flagged]
    return columns


def _scaled(graph: Graph, name: str, scale: Mapping[str, float], clip: float) -> list[str]:
    bounded = _bounded(graph, name)
    missing = graph.add("IsNaN", bounded)
    x = graph.add("Where", missing, graph.constant(scale["median"]), bounded)
    if scale["log"]:
        size = graph.add("Div", graph.add("Abs", x), graph.constant(scale["log"]))
        logged = graph.add("Log", graph.add("Add", graph.constant(1.0), size))
        x = graph.add("Mul", graph.add("Sign", x), logged)
    z = graph.add("Sub", x, graph.constant(scale["mean"]))
    z = graph.add("Div", z, graph.constant(scale["sd"]))
    z = graph.add("Min", graph.add("Max", z, graph.constant(-clip)), graph.constant(clip))
    return [z, graph.cast(missing, np.float64)] if scale["flag"] else [z]


def _bounded(graph: Graph, name: str) -> str:
    # Min and Max would leave it open what becomes of a missing number.
    for bound, beyond in ((LARGEST, "Greater"), (-LARGEST, "Less")):
        limit = graph.constant(bound)
        name = graph.add("Where", graph.add(beyond, name, limit), limit, name)
    return name


def _code(graph: Graph, name: str, values: list[str]) -> str:
    """Number a column's values as they are listed; all others have the next number."""
    code_of = {value: code for code, value in enumerate(values)}
    code_of.setdefault(MISSING_TEXT, code_of.get(MISSING, len(values)))
    return graph.add(
        "LabelEncoder", name, domain=ML, keys_strings=list(code_of),
        values_int64s=list(code_of.values()), default_int64=len(values),
    )  # fmt: skip


def _rated(graph: Graph, name: str, rates: ValueRates, mean: float, sd: float) -> str:
    prior = np.log(rates.overall_ / (1 - rates.overall_))
    scaled = (np.append(rates.log_odds_, prior) - mean) / sd
    return graph.add("Gather", graph.constant(scaled), _code(graph, name, rates.values_), axis=0)
