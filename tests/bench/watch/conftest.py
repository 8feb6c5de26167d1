"""A world of visits, and the manifest of a model that knows it."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.columns import Columns
from intentbench.bench.deploy.manifest import Manifest, ModelFacts, TaskFacts, Threshold
from intentbench.bench.deploy.reference import ScoresAndOutcomes, reference_of
from intentbench.bench.watch.new_cases import Coding, NewCases
from scipy.special import expit


class World:
    """Draws visits whose true probabilities the model knows."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def features(self, n):
        rng = self.rng
        return pd.DataFrame(
            {
                "pages": rng.poisson(3, n),
                "spent": np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(3, 1, n)),
                "channel": rng.choice(["mail", "ad", "search"], n, p=[0.5, 0.3, 0.2]),
                "returns": rng.random(n) < 0.3,
            }
        )

    @staticmethod
    def p(features):
        mail = (features["channel"] == "mail").to_numpy()
        return expit(-2.6 + 0.25 * features["pages"].fillna(3).to_numpy() + 0.5 * mail)

    def outcomes(self, p, shift=0.0):
        odds = np.log(p / (1 - p)) + shift
        return (self.rng.random(len(p)) < expit(odds)).astype(np.int8)

    def manifest(self, n=4000, group=None, **costs):
        features = self.features(n)
        p = self.p(features)
        tested = ScoresAndOutcomes(self.outcomes(p), p, group)
        return Manifest(
            TaskFacts("visits", {}, "", n, 0.16, "bought"),
            ModelFacts("model", "Model", "model", ("features",), False, "", 0),
            Columns.of(features).columns, None,
            (Threshold("", "At 0.5", 0.5), Threshold("chosen", "Highest F1", 0.25)),
            "chosen", {"budget": 0.05, **costs}, "", None, "", {},
            reference=reference_of(features, group, None, tested, 0.25),
        )  # fmt: skip

    def new(self, manifest, features, *, first=0, group=None, time=None, file="week.csv"):
        coding = Coding(manifest.reference, manifest.columns)
        coding.add(features, self.p(features))
        names = np.arange(first, first + len(features)).astype(str).astype(object)
        return NewCases(file, file, coding.p(), coding.codes(), coding.unseen(), names, group, time)


@pytest.fixture
def world():
    return World()
