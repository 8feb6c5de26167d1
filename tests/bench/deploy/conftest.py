"""Predictors of toy cases."""

import numpy as np
import pytest
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.deploy.columns import Columns
from intentbench.bench.deploy.manifest import (
    EventFacts,
    Manifest,
    ModelFacts,
    PluginFacts,
    TaskFacts,
    Threshold,
)
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.scorers import OneModel
from intentbench.models.logistic_regression import LogisticRegression


def manifest_of(parts, model, plugins=()):
    """A manifest of a model that was fitted on toy cases."""
    reads = "features" in model.views
    events = parts.fit.events
    vocabulary = {name: tuple(names) for name, names in events.vocabulary.items()}
    return Manifest(
        TaskFacts("toy", {"title": "Toy"}, "0" * 64, len(parts.y_fit), 0.4, "1"),
        ModelFacts(
            "toy_model", model.title, "model", tuple(sorted(model.views)), False, "On fit cases.",
            0, plugins=tuple(PluginFacts(*plugin) for plugin in plugins),
        ),
        Columns.of(parts.fit.features).columns if reads else (),
        EventFacts(tuple(events.marks), vocabulary) if "events" in model.views else None,
        (Threshold("", "At 0.5", 0.5), Threshold("chosen", "Highest F1", 0.3)),
        "chosen", {}, "", None, "2026-01-01", {"intentbench": "0.1.0"},
    )  # fmt: skip


@pytest.fixture(scope="package")
def parts():
    return make_parts(7, n_fit=200, n_valid=60)


@pytest.fixture(scope="package")
def predictor(parts):
    model = LogisticRegression().fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))
    return Predictor(manifest_of(parts, model), OneModel(model))


@pytest.fixture
def saved(predictor, tmp_path):
    """A file of the predictor."""
    predictor.save(tmp_path / "toy.intent")
    return tmp_path / "toy.intent"


@pytest.fixture(scope="package")
def untidy(parts):
    """Toy cases with missing values and a column of many values."""
    rng = np.random.default_rng(0)

    def changed(features):
        hundred = np.array([f"item {k}" for k in range(100)])
        return features.assign(
            item=hundred[rng.integers(0, 100, len(features))],
            pages=features["pages"].astype(float).mask(rng.random(len(features)) < 0.1),
        )

    return parts.with_features(changed)
