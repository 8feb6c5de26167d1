"""``intentbench export``: what an image is built of.  No image is built here."""

import contextlib
import io
import json
import re
import subprocess
import sys
import zipfile
from importlib import metadata

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.export.pins import pins
from intentbench.cli import export
from intentbench.cli.main import _parser, main

SUITE = 'tasks = ["cdnow"]\nmodels = ["logistic_regression", "lightgbm"]\n[resampling]\nfolds = 2\n'


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with two files of models."""
    folder = tmp_path_factory.mktemp("exported")
    rng = np.random.default_rng(0)
    pages = rng.poisson(4, 500)
    bought = np.where(rng.random(500) < pages / 12, "yes", "no")
    pd.DataFrame({"pages": pages, "bought": bought}).to_csv(folder / "visits.csv", index=False)
    (folder / "quick.toml").write_text(SUITE, encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "quick.toml", "--data", "visits.csv", "--target", "bought"]) == 0
        for name in ("logistic_regression", "lightgbm"):
            assert main(["train", "--model", name, "-o", f"{name}.intent"]) == 0
    return folder


@pytest.fixture(scope="module")
def image(shop):
    with contextlib.chdir(shop), contextlib.redirect_stdout(io.StringIO()) as out:
        words = ["--format", "docker", "-o", "image"]
        assert main(["export", "logistic_regression.intent", *words]) == 0
    assert out.getvalue() == "image\n"
    return shop / "image"


def instructions(image):
    """The lines of a Dockerfile as pairs of an instruction and what it is given."""
    text = (image / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in lines]


def test_image_is_built_of_what_is_in_the_folder_and_runs_as_nobody_special(image):
    lines = instructions(image)
    assert lines[0] == ("FROM", "python:{}.{}-slim".format(*sys.version_info))
    copied = [name for what, rest in lines if what == "COPY" for name in rest.split()[:-1]]
    assert sorted([*copied, "Dockerfile"]) == sorted(path.name for path in image.iterdir())
    names = [what for what, _ in lines]
    # All that needs rights is done before they are given up.
    assert "RUN" not in names[names.index("USER") :]
    assert dict(lines)["USER"] not in ("root", "0")
    (check,) = [rest for what, rest in lines if what == "HEALTHCHECK"]
    asked = json.loads(check[check.index("[") :])
    assert asked[:2] == ["python", "-c"] and "/ready" in asked[2]
    compile(asked[2], "check", "exec")
    command = json.loads(dict(lines)["CMD"])
    given = _parser().parse_args(command[1:])
    assert command[0] == "intentbench" and given.command == "serve"
    assert given.host == "0.0.0.0" and str(given.port) == dict(lines)["EXPOSE"]
    assert (image / given.model).read_bytes() == (
        image.parent / "logistic_regression.intent"
    ).read_bytes()


def test_requirements_are_pins_of_all_that_is_needed(image, shop):
    lines = (image / "requirements.txt").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][^ =]*", line) for line in lines)
    pinned = dict(line.split("==") for line in lines)
    assert {"numpy", "scikit-learn", "uvicorn", "starlette", "pydantic", "h11"} <= pinned.keys()
    assert not {"tensorflow-cpu", "catboost", "lifetimes", "torch", "pytest"} & pinned.keys()
    predictor = Predictor.load(shop / "logistic_regression.intent")
    made_with = dict(predictor.manifest.made_with)
    assert pinned["numpy"] == made_with["numpy"] == metadata.version("numpy")
    # What the file names counts, whatever is installed here.
    predictor.manifest.made_with["numpy"] = "2.0.1"
    assert "numpy==2.0.1" in pins(predictor, ())


def test_wheel_beside_it_is_the_code_that_runs(image, tmp_path):
    (wheel,) = image.glob("*.whl")
    words = ["--no-deps", "--no-index", "--target", tmp_path / "site", wheel]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", *words],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "bin" / "intentbench").is_file()
    code = "import intentbench.cli.main as m; print(m.__file__); m.main(['list'])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": ""},
    )  # fmt: skip
    assert str(tmp_path / "site") in done.stdout and "logistic_regression" in done.stdout
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert not any("/tests/" in name or name.endswith(".pyc") for name in names)


def test_library_of_the_system_is_installed_where_a_model_needs_it(shop, image):
    with contextlib.chdir(shop), contextlib.redirect_stdout(io.StringIO()):
        assert main(["export", "lightgbm.intent", "--format", "docker", "-o", "boosted"]) == 0
    assert "libgomp1" in (shop / "boosted" / "Dockerfile").read_text(encoding="utf-8")
    assert "libgomp1" not in (image / "Dockerfile").read_text(encoding="utf-8")


def test_model_of_mlflow_is_code_and_predicts_the_same_to_the_bit(shop, tmp_path):
    pytest.importorskip("mlflow", reason="the extra 'mlflow' is not installed")
    # In processes of their own: MLflow warns of its own types at import.
    command = [sys.executable, "-P", "-m", "intentbench", "export", "logistic_regression.intent"]
    made = tmp_path / "model"
    words = [*command, "--format", "mlflow", "-o", made]
    done = subprocess.run(words, cwd=shop, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == f"{made}\n", done.stderr
    names = {path.name for path in made.rglob("*")}
    assert "model_of_mlflow.py" in names and "logistic_regression.intent" in names
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib"))]
    assert "numpy==" in (made / "requirements.txt").read_text(encoding="utf-8")
    table = pd.DataFrame({"pages": [0, 3, 8, 40]})
    table.to_csv(tmp_path / "new.csv", index=False)
    use = (
        "import mlflow, pandas as pd\n"
        "model = mlflow.pyfunc.load_model('model')\n"
        "found = model.predict(pd.read_csv('new.csv'))\n"
        "print([p.hex() for p in found['probability']], found['decision'].tolist())\n"
        "model.predict(pd.DataFrame({'pages': ['many']}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", use], cwd=tmp_path, capture_output=True, text=True
    )
    predictor = Predictor.load(shop / "logistic_regression.intent")
    expected = [p.hex() for p in predictor.predict_proba(table.astype(float))[:, 1]]
    decided = predictor.predict(table.astype(float)).tolist()
    assert done.stdout == f"{expected} {decided}\n", done.stderr
    assert "column 'pages' of the request was a number" in done.stderr


@pytest.mark.parametrize("extra", ["mlflow", "onnx"])
def test_an_extra_that_is_not_installed_is_told(shop, extra, monkeypatch, capsys):
    monkeypatch.chdir(shop)
    monkeypatch.setattr(export, "find_spec", lambda name: None)
    words = ["export", "lightgbm.intent", "--format", extra, "-o", "new"]
    assert main(words) == 2
    assert f"pip install 'intentbench[{extra}]'" in capsys.readouterr().err


def test_onnx_is_proved_on_the_run_or_on_given_rows(shop, tmp_path, monkeypatch, capsys):
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")
    monkeypatch.chdir(shop)
    words = ["export", "logistic_regression.intent", "--format", "onnx"]
    for data, n_cases in (([], 500), (["--data", "visits.csv"], 500)):
        assert main([*words, "-o", str(tmp_path / "model.onnx"), *data]) == 0
        assert f"Proved on {n_cases} cases" in " ".join(capsys.readouterr().err.split())
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    p, _ = session.run(["probability", "decision"], {"pages": np.array([[2.0], [np.nan]])})
    table = pd.DataFrame({"pages": [2.0, np.nan]})
    expected = Predictor.load("logistic_regression.intent").predict_proba(table)[:, 1]
    np.testing.assert_allclose(p[:, 0], expected, atol=1e-9)
    for wrong, said in (
        (["-o", "model"], "must end in .onnx"),
        (["-o", "new.onnx", "--results", str(tmp_path)], "--data FILE"),
        (["-o", "new.onnx", "--data", "missing.csv"], "missing.csv"),
    ):
        assert main([*words, *wrong]) == 2
        assert said in " ".join(capsys.readouterr().err.split())
    assert not (shop / "new.onnx").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.intent", "-o", "new"], "there is no such file"),
        (["lightgbm.intent", "-o", "visits.csv"], "visits.csv is there already"),
        (["lightgbm.intent", "-o", "results"], "results is there already"),
        (["lightgbm.intent", "-o", "nowhere/new"], "there is no folder nowhere"),
    ],
)
def test_wrong_words_are_told(shop, monkeypatch, capsys, words, said):
    monkeypatch.chdir(shop)
    before = sorted(shop.iterdir())
    assert main(["export", *words, "--format", "docker"]) == 2
    assert said in capsys.readouterr().err
    assert sorted(shop.iterdir()) == before
