"""Models come back from a file as they were, to the bit; conformance asks it of each."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.conformance.subject import Subject
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.scorers import OneModel
from intentbench.bench.encoding import ColumnTokens
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry

from .conftest import manifest_of

MODELS = Registry("model")


# One of each encoder, and one whose library has a form of its own.
@pytest.mark.parametrize("name", ["logistic_regression", "naive_bayes", "tan", "xgboost"])
def test_categories_of_many_values_and_gaps_come_back(name, untidy, tmp_path):
    model = Subject(load(MODELS.find(name))).fit(untidy)
    before = Predictor(manifest_of(untidy, model), OneModel(model))
    before.save(tmp_path / "toy.intent")
    after = Predictor.load(tmp_path / "toy.intent")
    p = after.predict_proba(untidy.new.features)
    np.testing.assert_array_equal(p, before.predict_proba(untidy.new.features))
    assert len(np.unique(p[:, 1])) > 10
    assert after.manifest == before.manifest


def test_events_derived_from_the_table_are_derived_by_the_file(parts, tmp_path):
    tokens = ColumnTokens().fit(parts.fit.features)
    of_tokens = parts.with_cases(
        lambda cases: type(cases)(cases.features, tokens.transform(cases.features))
    )
    model = Subject(load(MODELS.find("markov_chain"))).fit(of_tokens)
    facts = manifest_of(of_tokens, model)
    facts = replace(facts, columns=manifest_of(parts, _features()).columns, events=None)
    before = Predictor(facts, OneModel(model, tokens))
    before.save(tmp_path / "toy.intent")
    p = Predictor.load(tmp_path / "toy.intent").predict_proba(parts.new.features)
    np.testing.assert_array_equal(p, before.predict_proba(parts.new.features))
    assert len(np.unique(p)) > 50


def _features():
    return load(MODELS.find("base_rate"))()
