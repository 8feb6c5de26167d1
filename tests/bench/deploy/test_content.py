"""A task with texts and vectors, all the way: shown, asked for drivers, fitted, saved, served."""

import json

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.questions import Told
from intentbench.bench.cell.rare_values import RareValues
from intentbench.bench.cell.transport import receive_cases, send_cases
from intentbench.bench.cell.views import Views
from intentbench.bench.content_columns import TextArray, VectorArray, content_kind
from intentbench.bench.deploy.columns import Columns, Counted
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.reference import describe
from intentbench.bench.ensembles.blending import blend
from intentbench.bench.errors import DataError, RequestError
from intentbench.bench.export.onnx import export_onnx
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.slice_plan import plan_slices
from intentbench.bench.serve.limits import Limits
from intentbench.bench.serve.refusals import RefusedError
from intentbench.bench.serve.row_columns import FeatureRows
from intentbench.bench.serve.scoring import Scoring
from intentbench.bench.splits.fold import Split
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import Card, Task
from intentbench.bench.train.fit_on_all import fit_on_all

from .conftest import manifest_of

SECRET = "mrs unmistakable of elm street"


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(0)
    n = 300
    y = (rng.random(n) < 0.4).astype(np.int8)
    words = [
        " ".join([*rng.choice(["good", "soon"] if is_yes else ["bad", "late"], 2), *more])
        for is_yes, more in zip(
            y, rng.choice(["blue", "shirt", "size", "box"], (n, 3)), strict=True
        )
    ]
    words[0], words[1] = SECRET, None
    vectors = rng.normal(size=(n, 40))
    vectors[:, :8] += y[:, None]
    vectors[2] = np.nan
    table = pd.DataFrame(
        {"pages": rng.poisson(3, n), "review": TextArray(words), "image": VectorArray(vectors)}
    )
    return Task("shop", Cases(table), y, Card("Shop", "Will they?", "made up", "none", "They do."))


@pytest.fixture(scope="module")
def views(task):
    rows = np.arange(len(task))
    return Views(task, Split(rows[:180], rows[180:240]), rows[240:])


@pytest.fixture(scope="module")
def predictor(task):
    fitted = fit_on_all(load(Registry("model").find("logistic_regression")), task, Resampling(), 0)
    return Predictor(manifest_of_task(task, fitted.scorer.model), fitted.scorer)


def manifest_of_task(task, model):
    class Shown:
        fit, y_fit = task.cases, task.target

    return manifest_of(Shown, model)


def test_models_are_shown_numbers_of_the_fit_cases(views, task):
    for declared in (frozenset({"features"}), frozenset({"features", "events"})):
        parts = views.parts(declared)
        assert [len(part) for part in parts] == [180, 60, 60]
        assert not any(content_kind(column) for _, column in parts[0].features.items())
        assert parts[2].features.filter(like="review: part").shape[1] > 1
        again = views.as_shown(views.test_cases(), declared)
        assert again.features.equals(parts[2].features)
    assert parts[0].events.n_events > 180
    parts[0].features.loc[:, "pages"] = 0
    assert views.parts(declared)[0].features["pages"].sum() > 0
    hidden = views.parts(frozenset({"events"}))[0]
    assert hidden.features.shape[1] == 0 and hidden.events.n_events > 180
    assert list(views.all_cases().features) == list(task.cases.features)


def test_cases_come_to_a_worker_as_they_are(task, tmp_path):
    send_cases(task.cases, tmp_path / "cases")
    there = receive_cases(tmp_path / "cases").features
    assert there.dtypes.equals(task.cases.features.dtypes)
    assert there["review"].tolist() == task.cases.features["review"].tolist()


def test_a_text_is_changed_as_a_whole_to_see_what_it_drives(views):
    told = Told.of(views)
    asked = told.questions(views, frozenset({"features"}), 0)
    assert [change.names for change in asked.plan] == [("pages",), ("review",), ("image",)]
    assert not any(content_kind(column) for _, column in asked.shown.features.items())
    assert told.steps["review"].labels == ()


def test_no_words_are_told_to_readers(task):
    assert SECRET not in RareValues.of(task.cases).texts
    (sliced,) = plan_slices([task], ("review",))["shop"]
    assert sliced.values is None and sliced.about.missing
    assert all(one.about.name == "pages" for one in plan_slices([task], ())["shop"])


def test_a_file_of_a_model_gives_the_same_probabilities(predictor, task, tmp_path):
    predictor.save(tmp_path / "shop.intent")
    content = (tmp_path / "shop.intent").read_bytes()
    assert b"unmistakable" not in content
    read = Predictor.load(tmp_path / "shop.intent")
    assert [column.kind for column in read.manifest.columns] == ["number", "text", "vector"]
    features = task.cases.features
    p = predictor.predict_proba(features)
    assert np.array_equal(read.predict_proba(features), p)
    model, numbers = read.scorer.model, read.scorer.embedding.transform
    encoded = model.encoder_.transform(numbers(features))
    for row in (0, 1, 2, 50):
        one = features.iloc[[row]].reset_index(drop=True)
        assert np.array_equal(model.encoder_.transform(numbers(one)), encoded[[row]])
        np.testing.assert_allclose(read.predict_proba(one), p[[row]], rtol=1e-12)
    plain = features.assign(
        review=features["review"].tolist(), image=pd.Series(list(features["image"]), dtype=object)
    )
    counted = Counted()
    assert np.array_equal(read.predict_proba(plain, counted=counted), p)
    assert counted.missing == {"review": 1, "image": 1}


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("image", [1.0, 2.0], "row 1 holds a list of 2 numbers, not of 40"),
        ("image", "words", "no list of numbers"),
        ("image", [np.inf] * 40, "without bounds"),
        ("review", 7.0, "held texts"),
    ],
)
def test_new_cases_of_another_kind_are_refused(predictor, task, column, value, said):
    one = task.cases.features.iloc[[5]].reset_index(drop=True)
    with pytest.raises(DataError, match=said):
        predictor.predict_proba(one.assign(**{column: pd.Series([value])}))


def test_a_service_takes_a_text_and_a_list(predictor, task):
    scoring = Scoring(predictor, FeatureRows(predictor.manifest.columns), Limits())
    json.loads(scoring.answer(json.dumps(scoring.example()).encode()).content)
    case = task.cases.features.iloc[5]
    row = {"pages": int(case["pages"]), "review": case["review"], "image": case["image"].tolist()}
    p = predictor.predict_proba(task.cases.features.iloc[[5]].reset_index(drop=True))[0, 1]
    assert scoring.answer(json.dumps({"rows": [row]}).encode()).probability[0] == p
    row |= {"review": None, "image": None}
    scored = scoring.answer(json.dumps({"rows": [row, row]}).encode())
    assert scored.counted.missing == {"review": 2, "image": 2}
    for wrong in ({"image": [1.0]}, {"image": "x"}, {"review": 3}, {"image": ["x"] * 40}):
        with pytest.raises(RefusedError):
            scoring.answer(json.dumps({"rows": [row | wrong]}).encode())


def test_a_graph_of_onnx_is_refused(predictor, tmp_path):
    with pytest.raises(RequestError, match="texts and of vectors: 'review'"):
        export_onnx(predictor, tmp_path / "x.intent", tmp_path / "x.onnx", [])


def test_a_blend_reads_the_other_columns(task):
    rng = np.random.default_rng(0)
    p = np.clip(task.target * 0.3 + rng.random((2, len(task))) * 0.6, 0.01, 0.99).T
    fitted = blend(p, task.cases.features, task.target, None)
    assert np.isfinite(fitted.predict(p, task.cases.features)).all()


def test_drift_of_a_text_is_that_of_its_letters(task):
    for name in ("review", "image"):
        column = task.cases.features[name]
        before = describe(name, column)
        assert before.kind == "number" and before.missing == pytest.approx(1 / 300)
        assert (before.codes(column) < 0).sum() == 1
    assert Columns.of(task.cases.features).columns[2].dtype == "vector[40]"
