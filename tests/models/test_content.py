"""Every model that reads columns reads what texts and vectors come to, without code of its own."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.views import Views
from intentbench.bench.content_columns import TextArray, VectorArray
from intentbench.bench.model import two_columns
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.outline import outline
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.splits.fold import Split
from intentbench.bench.task import Card, Task

MODELS = Registry("model")
# Deep models read the same numbers; one, the dense branch of the fusion, is asked.  Private ones
# read what is stated.
NAMES = [
    name
    for name in MODELS.names()
    if not outline(MODELS.find(name)).stated
    and (outline(MODELS.find(name)).family not in ("deep", "baseline") or name == "cnn_rnn_fusion")
    and "features" in load(MODELS.find(name)).views
]


@pytest.fixture(scope="module")
def views():
    rng = np.random.default_rng(0)
    n = 160
    y = (rng.random(n) < 0.5).astype(np.int8)
    words = np.where(y == 1, "good soon", "bad late").astype(object)
    words[3] = None
    vectors = rng.normal(size=(n, 3)) + 2 * y[:, None]
    vectors[4] = np.nan
    table = pd.DataFrame(
        {
            "noise": rng.normal(size=n),
            "review": TextArray([word and f"{word} {rng.choice(['a', 'b'])}" for word in words]),
            "image": VectorArray(vectors),
        }
    )
    task = Task("toy", Cases(table), y, Card("Toy", "Will they?", "made up", "none", "They do."))
    rows = np.arange(n)
    return y, Views(task, Split(rows[:80], rows[80:110]), rows[110:])


@pytest.mark.parametrize("name", NAMES)
def test_model_learns_from_texts_and_vectors(name, views, lightly):
    y, of_split = views
    model = lightly(name, load(MODELS.find(name)))()
    if name == "cnn_rnn_fusion":
        model.set_params(branches=("features",))
    fit, valid, test = of_split.parts(model.views)
    y_fit, y_valid = of_split.outcomes()
    p = model.fit(fit, y_fit, valid=(valid, y_valid)).predict_proba(test)
    assert np.allclose(p, two_columns(p[:, 1])) and np.isfinite(p).all()
    assert ((p[:, 1] > 0.5) == (y[110:] == 1)).mean() > 0.8
