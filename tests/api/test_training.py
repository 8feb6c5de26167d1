import numpy as np
import pandas as pd
import pytest
from intentbench.api.compare import compare
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.errors import RequestError
from intentbench.cli.main import main


def visits(n=300):
    rng = np.random.default_rng(0)
    pages = rng.poisson(4, n)
    bought = np.where(rng.random(n) < 1 / (1 + np.exp(4 - pages)), "yes", "no")
    return pd.DataFrame({"pages": pages, "noise": rng.normal(size=n).round(3), "bought": bought})


def compared(data, results):
    models = ["logistic_regression", "decision_tree"]
    return compare(data, target="bought", models=models, folds=2, results=results, progress=False)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a table, and a comparison on it."""
    folder = tmp_path_factory.mktemp("shop")
    visits().to_csv(folder / "visits.csv", index=False)
    return folder, compared(folder / "visits.csv", folder / "results")


def test_file_is_that_of_the_command(shop, tmp_path):
    folder, result = shop
    made = result.train(tmp_path / "python.intent", "decision_tree")
    words = ["--results", str(folder / "results"), "--model", "decision_tree"]
    assert main(["train", *words, "-o", str(tmp_path / "command.intent")]) == 0
    features = visits()[["pages", "noise"]]
    expected = Predictor.load(tmp_path / "command.intent")
    np.testing.assert_array_equal(made.predict_proba(features), expected.predict_proba(features))
    told = [
        vars(Predictor.load(tmp_path / f"{of}.intent").manifest) for of in ("python", "command")
    ]
    assert [{k: v for k, v in facts.items() if k != "made_at"} for facts in told][0] == {
        k: v for k, v in told[1].items() if k != "made_at"
    }
    assert (tmp_path / "python.card.md").is_file() and (tmp_path / "python.card.html").is_file()


def test_what_is_recommended_is_the_default(shop, tmp_path):
    _, result = shop
    made = result.train(tmp_path / "best.intent")
    assert made.manifest.model.name == result.recommended.name


def test_what_cannot_be_trained_is_told(shop, tmp_path):
    _, result = shop
    with pytest.raises(RequestError, match="Did you mean 'decision_tree'"):
        result.train(tmp_path / "no.intent", "decision_trees")
    with pytest.raises(RequestError, match="there is no folder"):
        result.train(tmp_path / "nowhere" / "no.intent")
    of_a_frame = compared(visits(), tmp_path / "results")
    with pytest.raises(RequestError, match="a data frame is kept nowhere"):
        of_a_frame.train(tmp_path / "no.intent", "decision_tree")
    assert not list(tmp_path.rglob("*.intent"))
