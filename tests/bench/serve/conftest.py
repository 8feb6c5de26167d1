"""Predictors of toy cases, and what answers bodies with them."""

import numpy as np
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.deploy.columns import Columns
from intentbench.bench.deploy.manifest import (
    EventFacts,
    Manifest,
    ModelFacts,
    TaskFacts,
    Threshold,
)
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.scorers import OneModel
from intentbench.bench.serve.limits import Limits
from intentbench.bench.serve.row_columns import FeatureRows
from intentbench.bench.serve.scoring import Scoring
from intentbench.models.logistic_regression import LogisticRegression
from intentbench.models.markov_chain import MarkovChain


@pytest.fixture(scope="package")
def parts():
    return make_parts(7, n_fit=200, n_valid=60)


def _scoring(parts, model, **limits):
    model.fit(
        *(_shown(model, parts.fit), parts.y_fit),
        valid=(_shown(model, parts.valid), parts.y_valid),
    )
    events = parts.fit.events
    vocabulary = {name: (*names, "(never seen)") for name, names in events.vocabulary.items()}
    reads = "features" in model.views
    manifest = Manifest(
        TaskFacts("toy", {"title": "Toy"}, "0" * 64, len(parts.y_fit), 0.4, "1"),
        ModelFacts(
            "toy_model", model.title, "model", tuple(sorted(model.views)), False, "On fit cases.", 0
        ),
        Columns.of(parts.fit.features).columns if reads else (),
        None if reads else EventFacts(tuple(events.marks), vocabulary),
        (Threshold("", "At 0.5", 0.5), Threshold("chosen", "Highest F1", 0.3)),
        "chosen", {}, "", None, "2026-01-01", {"intentbench": "0.1.0"},
    )  # fmt: skip
    predictor = Predictor(manifest, OneModel(model))
    return Scoring(predictor, FeatureRows(manifest.columns), Limits(**limits))


def _shown(model, cases):
    if "features" in model.views:
        return Cases(cases.features)
    events = cases.events
    vocabulary = {name: (*names, "(never seen)") for name, names in events.vocabulary.items()}
    widened = type(events)(events.offsets, events.marks, vocabulary)
    return Cases(cases.features.iloc[:, :0], widened)


@pytest.fixture(scope="package")
def scoring(parts):
    return _scoring(parts, LogisticRegression(), rows=100, body_bytes=60_000, seconds=300.0)


@pytest.fixture(scope="package")
def scoring_of_events(parts):
    return _scoring(parts, MarkovChain())


@pytest.fixture(scope="package")
def rows(parts):
    """The toy cases as a client writes them."""
    features = parts.valid.features
    return [
        {name: _plain(value) for name, value in row.items()} for row in features.to_dict("records")
    ]


def _plain(value):
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return None
    return bool(value) if isinstance(value, (bool, np.bool_)) else float(value)
