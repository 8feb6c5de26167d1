"""An ensemble with a deep member and one that reads derived events: from a run to its answers."""

import contextlib
import io

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.scorers import Bag, OneModel
from intentbench.cli.main import main

SUITE = """
tasks = ["cdnow"]
models = ["logistic_regression", "mlp", "markov_chain"]
[resampling]
folds = 2
[ensembles]
all = ["linear", "deep", "sequence"]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a run, and an ensemble of it that asks all of its members."""
    pytest.importorskip("tensorflow", reason="the extra 'deep' is not installed")
    folder = tmp_path_factory.mktemp("deep")
    rng = np.random.default_rng(0)
    visits = pd.DataFrame(
        {
            "pages": rng.poisson(4, 240),
            "spent": rng.lognormal(3, 1, 240).round(2),
            "channel": rng.choice(["mail", "ad"], 240),
        }
    )
    likely = 1 / (1 + np.exp(3 - visits["pages"] + (visits["channel"] == "ad")))
    bought = np.where(rng.random(240) < likely, "yes", "no")
    visits.assign(bought=bought).to_csv(folder / "visits.csv", index=False)
    visits.to_csv(folder / "new.csv", index=False)
    (folder / "quick.toml").write_text(SUITE, encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "quick.toml", "--data", "visits.csv", "--target", "bought"]) == 0
        assert main(["train", "--ensemble", "soft_voting_all", "-o", "all.intent"]) == 0
        assert main(["predict", "all.intent", "new.csv", "-o", "scored.parquet"]) == 0
    return folder


def test_every_member_is_in_the_file_and_was_fitted_as_it_says(shop):
    predictor = Predictor.load(shop / "all.intent")
    facts = predictor.manifest.model
    assert facts.members.keys() == {"logistic_regression", "mlp", "markov_chain"}
    assert facts.derived_view and predictor.manifest.events is None
    linear, deep, sequence = predictor.scorer.members
    assert isinstance(linear, OneModel) and isinstance(deep, Bag) and len(deep.scorers) == 5
    first = sequence.scorers[0] if isinstance(sequence, Bag) else sequence
    assert first.tokens is not None
    assert "Multilayer perceptron: The mean of 5 models" in facts.fitted


def test_answers_are_the_mean_of_the_members_alone_and_together(shop):
    predictor = Predictor.load(shop / "all.intent")
    new = pd.read_csv(shop / "new.csv")
    p = predictor.predict_proba(new)[:, 1]
    scored = pd.read_parquet(shop / "scored.parquet")["probability"]
    np.testing.assert_array_equal(scored, p)
    assert p.std() > 0.02
    members = np.column_stack(
        [member.score(predictor._cases(new, None, (), None)) for member in predictor.scorer.members]
    )
    np.testing.assert_allclose(members.mean(axis=1), p, rtol=1e-12)
    alone = [predictor.predict_proba(new.iloc[[row]].reset_index(drop=True)) for row in range(5)]
    np.testing.assert_allclose(np.vstack(alone)[:, 1], p[:5], rtol=1e-12)
