"""Each optional extra is imported and used: that versions resolve together proves little."""

import os
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request

import numpy as np
import pytest
from intentbench.bench.plugins.registry import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_there_is_a_test_for_every_extra():
    assert set(PROJECT["optional-dependencies"]) == {
        "boosters",
        "dask",
        "deep",
        "dev",
        "imbalance",
        "mlflow",
        "onnx",
        "s3",
        "serve",
        "text",
    }


def test_text_parts_words_and_keeps_tensors(tmp_path):
    tokenizers = pytest.importorskip("tokenizers", reason="the extra 'text' is not installed")
    tensors = pytest.importorskip("safetensors.numpy", reason="the extra 'text' is not installed")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0, "b": 1}, unk_token="a"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    assert tokenizer.encode("b c", add_special_tokens=False).ids == [1, 0]
    tensors.save_file({"x": np.arange(3)}, tmp_path / "x.safetensors")
    assert np.array_equal(tensors.load_file(tmp_path / "x.safetensors")["x"], np.arange(3))


def test_deep_trains_a_network():
    pytest.importorskip("tensorflow", reason="the extra 'deep' is not installed")
    from intentbench.models._deep.keras_model import keras_on_one_thread

    keras = keras_on_one_thread()
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 3)).astype("float32")
    y = (x[:, 0] > 0).astype("float32")
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    network.compile(keras.optimizers.Adam(0.1), "binary_crossentropy", jit_compile=False)
    network.fit(x, y, epochs=5, verbose=0)
    p = network.predict(x, verbose=0)[:, 0]
    assert ((p > 0.5) == (y > 0.5)).mean() > 0.9


class TestBoosters:
    x = np.random.default_rng(0).normal(size=(400, 3))
    y = (x[:, 0] + x[:, 1] ** 2 > 1).astype(int)

    def test_catboost_boosts(self):
        catboost = pytest.importorskip("catboost", reason="the extra 'boosters' is not installed")
        model = catboost.CatBoostClassifier(
            iterations=50, thread_count=1, allow_writing_files=False, logging_level="Silent"
        ).fit(self.x[:300], self.y[:300])
        assert (model.predict(self.x[300:]) == self.y[300:]).mean() > 0.85

    def test_interpret_draws_curves(self):
        pytest.importorskip("interpret", reason="the extra 'boosters' is not installed")
        from interpret.glassbox import ExplainableBoostingClassifier

        model = ExplainableBoostingClassifier(outer_bags=1, interactions=0, n_jobs=1)
        model.fit(self.x[:300], self.y[:300])
        assert (model.predict(self.x[300:]) == self.y[300:]).mean() > 0.85
        assert int(np.argmin(model.term_importances())) == 2


def test_dask_computes_on_its_workers_and_publishes():
    distributed = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    with (
        distributed.LocalCluster(1, processes=False, dashboard_address="127.0.0.1:0") as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        future = client.submit(sum, [1, 2, 3], key="sum", pure=False)
        client.publish_dataset(kept=("a name", future))
        name, kept = client.get_dataset("kept")
        assert (name, kept.result(timeout=300)) == ("a name", 6)
        client.unpublish_dataset("kept")
        assert not client.list_datasets()


def test_s3_keeps_the_first_of_two(tmp_path):
    obstore = pytest.importorskip("obstore", reason="the extra 's3' is not installed")
    place = obstore.store.LocalStore(tmp_path)  # S3 itself is held in tests/bench/store
    obstore.put(place, "a/b", b"first", mode="create", use_multipart=False)
    with pytest.raises(obstore.exceptions.AlreadyExistsError):
        obstore.put(place, "a/b", b"second", mode="create", use_multipart=False)
    assert obstore.get(place, "a/b").bytes().to_bytes() == b"first"
    assert [each["path"] for each in obstore.list_with_delimiter(place, "a")["objects"]] == ["a/b"]


def test_serve_answers_over_http():
    pytest.importorskip("uvicorn", reason="the extra 'serve' is not installed")
    import pydantic
    import uvicorn
    from prometheus_client import CollectorRegistry, Counter, generate_latest
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    own = CollectorRegistry()
    asked = Counter("asked", "Requests.", registry=own)
    number = pydantic.TypeAdapter(list[int])

    async def double(request):
        asked.inc()
        numbers = number.validate_json(await request.body(), strict=True)
        return Response(number.dump_json([2 * each for each in numbers]))

    app = Starlette(routes=[Route("/", double, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", b"[1, 20]", timeout=300) as answer:
        assert answer.read() == b"[2,40]"
    server.should_exit = True
    thread.join(30)
    assert b"asked_total 1.0" in generate_latest(own)


def test_imbalance_makes_cases_up():
    over_sampling = pytest.importorskip(
        "imblearn.over_sampling", reason="the extra 'imbalance' is not installed"
    )
    x, y = np.arange(40.0).reshape(20, 2), np.arange(20) % 5 == 0
    made, outcomes = over_sampling.SMOTE(k_neighbors=2, random_state=0).fit_resample(x, y)
    assert outcomes.mean() == 0.5 and np.array_equal(made[:20], x)


def test_mlflow_keeps_a_model_as_code(tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'mlflow' is not installed")
    code = (
        "import mlflow, pandas as pd\n"
        "class Double(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input: pd.DataFrame, params=None):\n"
        "        return 2 * model_input\n"
        "mlflow.models.set_model(Double())\n"
    )
    (tmp_path / "double.py").write_text(code, encoding="utf-8")
    # In a process of its own: it warns of its own types at import.
    use = (
        "import mlflow, pandas as pd\n"
        "mlflow.pyfunc.save_model('kept', python_model='double.py', pip_requirements=[])\n"
        "print(mlflow.pyfunc.load_model('kept').predict(pd.DataFrame({'x': [1, 20]})).x.tolist())\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", use], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
    )  # fmt: skip
    assert done.stdout == "[2, 40]\n", done.stderr
    assert not list(tmp_path.rglob("*.pkl"))


def test_onnx_runs_a_graph():
    onnx = pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")
    x, y = (
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.DOUBLE, ["n"]) for name in "xy"
    )
    node = onnx.helper.make_node("Add", ["x", "x"], ["y"])
    made = onnx.helper.make_model(
        onnx.helper.make_graph([node], "double", [x], [y]),
        ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 17)],
    )  # fmt: skip
    session = onnxruntime.InferenceSession(made.SerializeToString())
    assert session.run(["y"], {"x": np.array([1.0, 20.0])})[0].tolist() == [2.0, 40.0]


class TestDev:
    def test_hypothesis_finds_what_breaks_a_claim(self):
        from hypothesis import find
        from hypothesis import strategies as st

        assert find(st.integers(), lambda number: number > 41) == 42

    def test_mlscorecheck_tells_possible_from_impossible(self):
        from mlscorecheck.check.binary import check_1_testset_no_kfold

        testset = {"p": 40, "n": 60}
        for accuracy, wrong in ((0.85, False), (0.8512, True)):
            found = check_1_testset_no_kfold(
                testset=testset, scores={"acc": accuracy, "sens": 0.8}, eps=1e-4
            )
            assert found["inconsistency"] == wrong

    def test_ruff_finds_an_unused_import(self):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F", "-"],
            input="import os\n", capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1 and "F401" in done.stdout

    def test_xdist_runs_tests_in_processes_of_their_own(self, tmp_path):
        test = "import os\n\n\ndef test():\n    assert os.environ['PYTEST_XDIST_WORKER']\n"
        (tmp_path / "test_it.py").write_text(test, encoding="utf-8")
        words = ["-q", "-n", "1", "-p", "no:cacheprovider", "test_it.py"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *words], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0 and "1 passed" in done.stdout

    def test_playwright_knows_its_browser(self):
        from playwright.sync_api import sync_playwright

        with sync_playwright() as driver:
            assert driver.chromium.name == "chromium"
            assert driver.devices["iPhone 13"]["is_mobile"]
