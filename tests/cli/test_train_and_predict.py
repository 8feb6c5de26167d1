import contextlib
import io
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.train import ensemble_on_all
from intentbench.bench.train.source import chosen_task, load_again
from intentbench.cli.main import main

SUITE = """
tasks = ["cdnow"]
models = ["logistic_regression", "decision_tree", "naive_bayes", "linear_svm"]
[resampling]
folds = 2
inner = 3
[ensembles]
all = ["linear", "tree", "bayesian", "svm"]
[decisions]
value = 30
cost = 4
"""


def visits(n, seed):
    """A table with all that has to be read: amounts in euros, dates, gaps, commas in cells."""
    rng = np.random.default_rng(seed)
    pages = rng.poisson(4, n)
    channel = rng.choice(["mail", "ad", "direct, web", ""], n, p=[0.3, 0.3, 0.3, 0.1])
    spent = rng.lognormal(3, 1, n)
    moment = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400_000, n), unit="m")
    z = -3 + 0.6 * pages + 1.5 * (channel == "mail")
    return pd.DataFrame(
        {
            "visit_id": np.arange(n) + 10**6 * seed,
            "pages": pages,
            "channel": channel,
            "spent": [f"€ {x:,.2f}" if x > 8 else "-" for x in spent],
            "member since": moment.strftime("%d/%m/%Y"),
            "bought": np.where(rng.random(n) < 1 / (1 + np.exp(-z)), "yes", "no"),
        }
    )


@contextlib.contextmanager
def inside(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with a run on a table of one's own, and a trained model and ensemble."""
    folder = tmp_path_factory.mktemp("shop")
    visits(900, 1).to_csv(folder / "visits.csv", index=False)
    visits(300, 2).drop(columns="bought").to_csv(folder / "new.csv", index=False)
    (folder / "quick.toml").write_text(SUITE, encoding="utf-8")
    with inside(folder), contextlib.redirect_stdout(io.StringIO()):
        assert main(["run", "quick.toml", "--data", "visits.csv", "--target", "bought"]) == 0
        for words in (["--model", "logistic_regression"], ["--ensemble", "stacking_all"]):
            assert main(["train", *words, "-o", f"{words[1]}.intent"]) == 0
    return folder


@pytest.fixture
def here(shop, tmp_path, monkeypatch):
    """A copy of the folder without the run, to work in."""
    for path in shop.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scores(path="scored.parquet"):
    return pd.read_parquet(path)


def predict(*words, model="logistic_regression.intent", data="new.csv", out="scored.parquet"):
    return main(["predict", model, data, "-o", out, *words])


def refused(capsys, *words, **more):
    try:
        code = predict(*words, **more)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert not list(Path().glob("*scored*"))
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return " ".join(said.split())


def test_file_says_where_it_comes_from_and_what_was_judged(shop):
    manifest = Predictor.load(shop / "logistic_regression.intent").manifest
    with inside(shop):
        run = read_run(Store("results"))
    task = run.tasks[0]
    assert manifest.task.fingerprint == task.fingerprint and manifest.task.n_cases == 900
    assert manifest.judged.run == run.run_id
    assert manifest.judged.split_fingerprints == tuple(f.fingerprint() for f in task.folds)
    first = manifest.judged.figures[0]
    assert first.metric == "roc_auc" and first.low < first.value < first.high
    assert manifest.judged.n_fitted < 900
    # What the suite says of money decides.
    assert manifest.decides_by == "profit" and manifest.costs["value"] == 30
    assert {one.rule for one in manifest.thresholds} > {"", "chosen", "profit"}
    assert manifest.model.fitted == "Fitted on all 900 cases."
    assert {"intentbench", "scikit-learn", "skops", "python"} <= manifest.made_with.keys()


def test_rows_of_the_table_itself_get_what_the_model_gives_the_task(shop, here):
    with inside(shop):
        run = read_run(Store("results"))
        task = load_again(run, chosen_task(run, None), Registry("dataset"))
    read = Predictor.load("logistic_regression.intent")
    expected = read.predict_proba(task.cases.features)[:, 1]
    # The target, and columns that were left out, may be there or not.
    assert predict(data="visits.csv") == 0
    np.testing.assert_array_equal(scores()["probability"], expected)
    assert scores()["row"].tolist() == list(range(1, 901))
    threshold = read.manifest.threshold.threshold
    np.testing.assert_array_equal(scores()["decision"], expected >= threshold)


def test_ensemble_learns_its_rule_from_tested_predictions(shop):
    read = Predictor.load(shop / "stacking_all.intent")
    with inside(shop):
        run = read_run(Store("results"))
        record = chosen_task(run, None)
    assert len(ensemble_on_all.tested(record)) == 900
    members = read.manifest.model.members
    assert members.keys() == {"logistic_regression", "decision_tree", "naive_bayes", "linear_svm"}
    combine = read.scorer.combine
    np.testing.assert_allclose(combine.coefficients, list(members.values()))
    assert "Linear SVM: The mean of 5 models" in read.manifest.model.fitted


def test_order_of_columns_and_kind_of_file_change_nothing(here):
    assert predict() == 0
    expected = scores()["probability"]
    new = pd.read_csv("new.csv", keep_default_na=False)
    new.iloc[:, ::-1].to_csv("semicolons.csv", index=False, sep=";")
    new.to_csv("packed.csv.gz", index=False)
    new.to_csv("utf16.csv", index=False, encoding="utf-16")
    typed = new.assign(**{"member since": pd.to_datetime(new["member since"], dayfirst=True)})
    amounts = pd.to_numeric(new["spent"].str.strip("€ ").str.replace(",", ""), errors="coerce")
    typed.assign(spent=amounts).to_parquet("typed.parquet", index=False)
    new.to_feather("whole.feather")
    for name in ("semicolons.csv", "packed.csv.gz", "utf16.csv", "typed.parquet", "whole.feather"):
        assert predict(data=name) == 0
        np.testing.assert_array_equal(scores()["probability"], expected, err_msg=name)


def test_blocks_change_nothing(here, monkeypatch):
    from intentbench.datasets._table import blocks

    assert predict(model="stacking_all.intent") == 0
    expected = scores()["probability"]
    pd.read_csv("new.csv", keep_default_na=False).to_parquet("new.parquet", index=False)
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 2000)
    monkeypatch.setattr(blocks, "_ROWS", 7)
    for name in ("new.csv", "new.parquet"):
        assert predict(model="stacking_all.intent", data=name) == 0
        assert scores()["row"].tolist() == list(range(1, 301))
        np.testing.assert_allclose(scores()["probability"], expected, rtol=1e-12)


def test_columns_are_kept_beside_the_scores_and_csv_is_written(here):
    assert predict("--keep", "visit_id", "--keep", "channel", out="scored.csv") == 0
    made = pd.read_csv("scored.csv", keep_default_na=False)
    assert list(made) == ["row", "visit_id", "channel", "probability", "decision"]
    new = pd.read_csv("new.csv", keep_default_na=False)
    assert made["visit_id"].tolist() == new["visit_id"].tolist()
    assert made["channel"].tolist() == new["channel"].tolist()


def test_what_is_unusual_is_counted_and_told(here, capsys):
    new = pd.read_csv("new.csv", keep_default_na=False)
    new.loc[:4, "channel"] = "carrier pigeon"
    new["pages"] = new["pages"].astype(object)
    new.loc[:2, "pages"] = "many"
    new.to_csv("odd.csv", index=False)
    assert predict(data="odd.csv") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "300 cases scored by Logistic regression" in said
    assert "'channel': 5 of 300 cases hold a value that was never seen, such as 'carrier" in said
    assert "'pages': 3 cells could not be read and count as missing, such as 'many'" in said
    assert "'pages': 3 of 300 cases lack it, and no fitted case did" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda new: new.drop(columns="pages"), "odd.csv lacks the column 'pages', which"),
        (lambda new: new.rename(columns={"channel": "chanel"}), "Is it called 'chanel'?"),
        (lambda new: new.assign(weather="wet"), "has a column 'weather', which the model was not"),
        (lambda new: new.assign(pages="many"),
         "'pages' of odd.csv was a number when the model was fitted, and is none now: row 1 holds "
         "'many'"),
        (lambda new: new.assign(**{"member since": "soon"}), "was a date when the model was fitted "
         "(31/12/2024), and is none now: row 1 holds 'soon'"),
        (lambda new: new.assign(spent="5 kg"), "was a number when the model was fitted (written "
         "with €)"),
        (lambda new: new.iloc[:0], "odd.csv has no rows"),
        (lambda new: new.assign(pages=np.inf), "infinite"),
    ],
)  # fmt: skip
def test_columns_that_are_not_as_they_were_are_told(here, capsys, change, said):
    change(pd.read_csv("new.csv", keep_default_na=False)).to_csv("odd.csv", index=False)
    assert said in refused(capsys, data="odd.csv")


def test_dropped_column_may_be_there(here):
    pd.read_csv("new.csv").assign(weather="wet").to_csv("odd.csv", index=False)
    assert predict("--drop", "weather", data="odd.csv") == 0


def test_files_that_are_no_tables_are_told(here, capsys):
    text = (here / "new.csv").read_bytes()
    for name, content, said in (
        ("empty.csv", b"", "is empty"),
        ("cut.csv", text + b'\n"open', ""),
        ("nul.csv", text[:-1] + b"\0\n", "a NUL byte"),
        ("zip.csv", b"PK\x03\x04" + text, "is a zip archive"),
        ("bad.parquet", b"PAR1" + text, "is no whole Parquet file"),
        ("noending", text, "does not say what it is"),
        ("wide.csv", text + b"1,2,3,4,5,6,7,8\n", "cells where the header names 5"),
    ):
        (here / name).write_bytes(content)
        assert said in refused(capsys, data=name)
    assert "there is no file" in refused(capsys, data="missing.csv")
    late = text * 200 + "ä".encode("latin-1") * 10
    (here / "latin.csv").write_bytes(late)
    assert "not in utf-8" in refused(capsys, data="latin.csv")
    assert "there is no encoding" in refused(capsys, "--encoding", "nonsense")


def test_wrong_words_are_told(here, capsys):
    assert "must end in .parquet or .csv" in refused(capsys, out="out.txt")
    assert "is the file that is read" in refused(capsys, out="new.csv")
    assert "there is no folder" in refused(capsys, out="nowhere/scored.csv")
    assert "Did you mean 'visit_id'" in refused(capsys, "--keep", "visit_ids")
    assert "written anyway" in refused(capsys, "--keep", "row")
    assert "there is no such file" in refused(capsys, model="missing.intent")
    assert "not a whole file of a model" in refused(capsys, model="new.csv")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "logistic_regressio"], "Did you mean 'logistic_regression'?"),
        (["--ensemble", "stacking"], "has no ensemble 'stacking'"),
        (["--task", "visit"], "has no task 'visit'.  Did you mean 'visits'?"),
        (["nowhere"], "nowhere"),
    ],
)
def test_what_the_run_has_not_is_told(shop, monkeypatch, capsys, words, said):
    monkeypatch.chdir(shop)
    assert main(["train", *words, "-o", "no.intent"]) == 2
    assert said in capsys.readouterr().err and not (shop / "no.intent").exists()


def test_data_that_have_changed_are_not_trained_on(shop, monkeypatch, capsys, tmp_path):
    shutil.copytree(shop, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    visits(900, 3).to_csv("visits.csv", index=False)
    assert main(["train", "--model", "decision_tree", "-o", "no.intent"]) == 2
    assert "are not those that run" in capsys.readouterr().err


def test_what_the_report_recommends_is_the_default(shop, monkeypatch, capsys):
    monkeypatch.chdir(shop)
    assert main(["train", "-o", "best.intent"]) == 0
    told = capsys.readouterr()
    assert told.out == "best.intent\n" and told.err.startswith("Use ")
    assert "not judged again" in told.err
    read = Predictor.load("best.intent")
    assert f"Use {read.manifest.model.title}." in told.err


def test_card_says_it_as_page_and_as_markdown(shop):
    card = (shop / "stacking_all.card.md").read_text(encoding="utf-8")
    page = (shop / "stacking_all.card.html").read_text(encoding="utf-8")
    for text in (card, page):
        assert "Stacking, all" in text and "not judged again" in text
        for word in ("member since: month", "Most profit", "SHA-256"):
            assert word in text
    assert "http" not in page.split("</style>")[1].split("<script>")[0]


def test_every_ensemble_rule_comes_back_from_its_file(shop, monkeypatch):
    monkeypatch.chdir(shop)
    run = read_run(Store("results"))
    task = load_again(run, chosen_task(run, None), Registry("dataset"))
    from intentbench.bench.judge.judge import judge_task
    from intentbench.bench.train.train import train

    judged = judge_task(run, run.tasks[0], 50, 0)
    worked = [entry for entry in judged.ensembles if entry.scores]
    assert {entry.name.rpartition("_")[0] for entry in worked} >= {
        "hard_voting", "soft_voting", "rank_averaging", "weighted", "greedy", "stacking",
        "boosted_stacking", "blending",
    }  # fmt: skip
    for entry in worked:
        made = train(run, judged, entry, Registry("model"), Registry("dataset"))
        made.save("rule.intent")
        p = Predictor.load("rule.intent").predict_proba(task.cases.features)
        np.testing.assert_array_equal(p, made.predict_proba(task.cases.features), entry.name)
        assert len(np.unique(p)) > 3
