import contextlib
import io
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.watch.history import read_history
from intentbench.cli.main import main
from intentbench.cli.watched_files import sha256_of
from pyarrow import parquet

SUITE = """
tasks = ["cdnow"]
models = ["logistic_regression"]
[resampling]
folds = 2
[decisions]
value = 30
cost = 4
"""
WEEK = pd.Timedelta(7, "D")


def visits(n, seed, *, shift=0.0, start="2024-03-04", days=140):
    """Visits with prices in euros; ``shift`` moves the log odds of buying, which nothing shows."""
    rng = np.random.default_rng(seed)
    pages = rng.poisson(2, n)
    channel = rng.choice(["mail", "ad", ""], n, p=[0.45, 0.45, 0.1])
    moment = pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, days * 1440, n), unit="m")
    odds = -2.5 + shift + 0.6 * pages + 0.8 * (channel == "mail")
    return pd.DataFrame(
        {
            "visit_id": np.arange(n) + 10**6 * seed,
            "when": moment.strftime("%d/%m/%Y %H:%M"),
            "pages": pages,
            "channel": channel,
            "spent": [f"€ {x:,.2f}" for x in rng.lognormal(3, 1, n)],
            "bought": np.where(rng.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no"),
        }
    )


def week(number, *, n=500, **more):
    start = pd.Timestamp("2024-08-05") + number * WEEK
    return visits(n, 100 + number, start=str(start), days=7, **more)


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
    """A folder with a run on a table in time, and a trained model."""
    folder = tmp_path_factory.mktemp("shop")
    visits(3000, 1).to_csv(folder / "visits.csv", index=False)
    (folder / "quick.toml").write_text(SUITE, encoding="utf-8")
    with inside(folder), contextlib.redirect_stdout(io.StringIO()):
        own = ["--data", "visits.csv", "--target", "bought", "--time", "when"]
        assert main(["run", "quick.toml", *own]) == 0
        assert main(["train", "--model", "logistic_regression", "-o", "shop.intent"]) == 0
    return folder


@pytest.fixture
def here(shop, tmp_path, monkeypatch):
    """A copy of the folder without the run, to work in."""
    for path in shop.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(number, name=None, **more):
    """Write a week's cases and its labels."""
    made = week(number, **more)
    made.drop(columns="bought").to_csv(name or f"week{number}.csv", index=False)
    made[["visit_id", "bought"]].to_csv(f"labels{number}.csv", index=False)
    return made


def watch(*words, model="shop.intent"):
    return main(["watch", model, "--id", "visit_id", *words])


def history():
    return read_history(Path("shop.watch.parquet"), Path("shop.intent"), sha256_of("shop.intent"))


def refused(capsys, *words, command=watch):
    before = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    capsys.readouterr()
    assert command(*words) == 2
    after = {path: path.read_bytes() for path in Path().iterdir() if path.is_file()}
    assert before == after  # nothing is half-written
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return " ".join(said.split())


def test_a_week_as_those_before_is_quiet_and_never_called_fine(here, capsys):
    write(1)
    assert watch("--new", "week1.csv") == 0
    told = capsys.readouterr()
    assert told.out == "shop.watch.html\n" and "Nothing was found" in told.err
    page = Path("shop.watch.html").read_text(encoding="utf-8")
    assert "Assumption: what the columns mean has not moved" in page
    assert "not that the model is still right" in page
    assert "http" not in page.split("</style>")[1].split("<script>")[0]
    # The clock's own columns are not compared: a week is no half-year.
    kept = history()
    assert {"pages", "score"} < set(kept.looks[0].effects)
    assert not any(name.startswith("when") for name in kept.looks[0].effects)
    assert len(kept.cases) == 500 and kept.looks[0].file == "week1.csv"
    p = Predictor.load("shop.intent")
    assert p.manifest.reference.n_cases == 3000
    assert kept.roles.time == "when" and kept.looks[0].as_of.startswith("2024-08-1")


def test_what_moves_or_is_new_or_missing_is_found(here, capsys):
    made = week(1).drop(columns="bought")
    made["pages"] += 2
    made.loc[::5, "channel"] = "carrier pigeon"
    made.loc[::4, "spent"] = ""
    made.to_csv("week1.csv", index=False)
    assert watch("--new", "week1.csv") == 3
    said = " ".join(capsys.readouterr().err.split())
    assert "The values of 'pages' are distributed otherwise" in said
    assert "'channel' is never seen in 20 % of cases" in said
    assert "'spent' is missing in 25 % of cases" in said
    assert "The scores are distributed otherwise" in said


def test_what_labels_alone_can_see_is_found_by_labels_alone(here, capsys):
    for number in range(1, 5):
        write(number, shift=1.0)
        labels = ["--labels", f"labels{number - 1}.csv"] if number > 1 else []
        code = watch("--new", f"week{number}.csv", *labels)
        assert code == (0 if number == 1 else 3), number
    said = " ".join(capsys.readouterr().err.split())
    assert "% were predicted" in said and "The log loss is" in said
    page = Path("shop.watch.html").read_text(encoding="utf-8")
    for words in ("What labels say", "Evidence by look", "Recalibrate it", "Train it anew"):
        assert words in page
    kept = history()
    assert [look.n_labels for look in kept.looks] == [0, 500, 500, 500]
    assert (kept.cases.y >= 0).sum() == 1500 and "Profit of 1,000" in page.replace("\u202f", ",")


def test_true_labels_are_quiet(here):
    for number in range(1, 5):
        write(number)
        labels = ["--labels", f"labels{number - 1}.csv"] if number > 1 else []
        assert watch("--new", f"week{number}.csv", *labels) == 0
    assert "<h2" in Path("shop.watch.html").read_text(encoding="utf-8")


def test_labels_wait_until_they_are_final(here, capsys):
    made = write(1)
    assert watch("--new", "week1.csv", "--labels", "labels1.csv", "--delay", "3d") == 0
    moment = pd.to_datetime(made["when"], dayfirst=True)
    final = int((moment + pd.Timedelta(3, "D") <= moment.max()).sum())
    assert (history().cases.y >= 0).sum() == final > 100
    assert f"{500 - final} labels are put aside" in capsys.readouterr().err
    later = str(moment.max() + pd.Timedelta(3, "D"))
    assert watch("--labels", "labels1.csv", "--delay", "3d", "--as-of", later) == 0
    assert (history().cases.y >= 0).all()
    assert f"{final} labels were known already" in capsys.readouterr().err


def test_a_week_given_twice_is_noticed(here, capsys):
    write(1)
    assert watch("--new", "week1.csv") == 0
    assert "was watched before, as look 1" in refused(capsys, "--new", "week1.csv")
    # The same cases in another file: their ids tell.
    pd.read_csv("week1.csv").iloc[::-1].to_csv("again.csv", index=False)
    assert "were watched before, first" in refused(capsys, "--new", "again.csv")
    # With labels there is something to look at; the cases count once.
    assert watch("--new", "week1.csv", "--labels", "labels1.csv") == 0
    assert len(history().cases) == 500


def test_labels_need_an_id(here, capsys):
    write(1)
    assert main(["watch", "shop.intent", "--new", "week1.csv", "--drop", "visit_id"]) == 0
    for words in ([], ["--id", "visit_id"]):
        code = main(["watch", "shop.intent", "--labels", "labels1.csv", *words])
        assert code == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "name it with --id COLUMN" in said
    assert "--id visit_id: the history was begun with no column as --id" in said


def change(frame, **more):
    return frame.assign(**more)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda labels: labels.drop(columns="visit_id").assign(a=1), "has no column 'visit_id'"),
        (lambda labels: labels.rename(columns={"visit_id": "visit"}), "Did you mean 'visit'"),
        (lambda labels: pd.concat([labels, change(labels.head(3), bought="yes"),
                                   change(labels.head(3), bought="no")]), "with both outcomes"),
        (lambda labels: change(labels, visit_id=labels["visit_id"] + 10**9), "none of its 500 ids"),
        (lambda labels: change(labels, bought="perhaps"), "holds 'perhaps'"),
        (lambda labels: change(labels, bought=""), "every cell is empty"),
        (lambda labels: labels.iloc[:0], "and no rows"),
        (lambda labels: change(labels, visit_id=None), "missing in 500 of 500 rows"),
        (lambda labels: labels.rename(columns={"bought": "a"}).assign(b=1), "name it with --label"),
    ],
)  # fmt: skip
def test_labels_that_do_not_fit_are_told(here, capsys, made, said):
    write(1)
    assert watch("--new", "week1.csv") == 0
    made(pd.read_csv("labels1.csv")).to_csv("odd.csv", index=False)
    assert said in refused(capsys, "--labels", "odd.csv")


def test_labels_that_change_are_told(here, capsys):
    write(1)
    assert watch("--new", "week1.csv", "--labels", "labels1.csv") == 0
    labels = pd.read_csv("labels1.csv")
    labels.loc[7, "bought"] = "no" if labels.loc[7, "bought"] == "yes" else "yes"
    labels.to_csv("labels1.csv", index=False)
    assert "1 labels say something else than they did" in refused(capsys, "--labels", "labels1.csv")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda new: new.drop(columns="visit_id"), "has no column 'visit_id'"),
        (lambda new: new.drop(columns="when"), "has no column 'when'"),
        (lambda new: new.drop(columns="pages"), "lacks the column 'pages'"),
        (lambda new: new.assign(weather="wet"), "has a column 'weather'"),
        (lambda new: new.assign(visit_id=1), "holds the id '1' twice"),
        (lambda new: new.assign(when="soon"), "was a date when the model was fitted"),
        (lambda new: new.assign(when=""), "no moment"),
        (lambda new: new.iloc[:0], "has no rows"),
    ],
)
def test_cases_that_do_not_fit_are_told(here, capsys, made, said):
    made(write(1).drop(columns="bought")).to_csv("odd.csv", index=False)
    assert said in refused(capsys, "--new", "odd.csv")


def test_a_clock_that_goes_back_is_told(here, capsys):
    write(1), write(3)
    assert watch("--new", "week3.csv") == 0
    assert "was watched before it. Watch files in their order" in refused(
        capsys, "--new", "week1.csv"
    )
    write(4)
    assert "the clock of the look before" in refused(
        capsys, "--new", "week4.csv", "--as-of", "2024-08-01"
    )
    assert "Nobody can have scored it by then" in refused(
        capsys, "--new", "week4.csv", "--as-of", "2024-09-03"
    )
    for words, said in (
        (["--as-of", "soon"], "is no moment"),
        (["--delay", "a week"], "is no duration"),
    ):
        assert said in refused(capsys, "--new", "week4.csv", *words)


def test_a_history_that_is_not_as_it_was_written_is_told(here, capsys):
    write(1), write(2)
    assert watch("--new", "week1.csv") == 0
    path = Path("shop.watch.parquet")
    whole = path.read_bytes()
    table = parquet.read_table(path)
    p = table.column("probability").to_numpy().copy()
    p[3] += 0.001
    at = table.schema.get_field_index("probability")
    parquet.write_table(table.set_column(at, "probability", pa.array(p)), path)
    assert "was changed after it was written" in refused(capsys, "--new", "week2.csv")
    for content in (whole[:500], b"no table", table.schema.serialize().to_pybytes()):
        path.write_bytes(content)
        assert "no history that can be read" in refused(capsys, "--new", "week2.csv")
    parquet.write_table(pa.table({"a": [1]}), path)
    assert "no history that can be read" in refused(capsys, "--new", "week2.csv")
    path.write_bytes(whole)
    # Of another file: the history belongs to the model that gave its scores.
    made = Predictor.load("shop.intent")
    made.manifest.task.card["title"] = "other"
    made.save("shop.intent")
    assert "is the history of another file" in refused(capsys, "--new", "week2.csv")


def test_files_that_cannot_be_watched_are_told(here, capsys):
    from dataclasses import replace

    write(1)
    assert "nothing is given to look at" in refused(capsys)
    made = Predictor.load("shop.intent")
    Predictor(replace(made.manifest, reference=None), made.scorer).save("old.intent")
    later = replace(made.manifest.reference, format=2)
    Predictor(replace(made.manifest, reference=later), made.scorer).save("later.intent")
    for name, said in (("old", "keeps nothing that new cases"), ("later", "in format 2")):
        assert main(["watch", f"{name}.intent", "--new", "week1.csv"]) == 2
        assert said in " ".join(capsys.readouterr().err.split())


def recalibrate(*words):
    return main(["recalibrate", "shop.intent", *words])


def test_recalibrated_file_is_truer_and_says_by_which_labels(here, capsys):
    write(1, shift=1.0, n=600)
    fresh = visits(3000, 9, shift=1.0)
    fresh.drop(columns="bought").to_csv("fresh.csv", index=False)
    words = ["--new", "week1.csv", "--labels", "labels1.csv", "--id", "visit_id"]
    assert recalibrate(*words, "-o", "shop2.intent") == 0
    assert capsys.readouterr().out == "shop2.intent\n"
    y = (fresh["bought"] == "yes").to_numpy()

    def loss(model):
        command = ["predict", model, "fresh.csv", "-o", "scored.parquet", "--drop", "visit_id"]
        assert main(command) == 0
        p = pd.read_parquet("scored.parquet")["probability"].to_numpy()
        return -np.where(y, np.log(p), np.log1p(-p)).mean(), p

    (before, p), (after, q) = loss("shop.intent"), loss("shop2.intent")
    assert after < before - 0.03 and np.corrcoef(np.argsort(p), np.argsort(q))[0, 1] > 0.999
    made = Predictor.load("shop2.intent").manifest
    assert "learnt on 600 labels of labels1.csv" in made.calibration
    assert sha256_of("labels1.csv") in made.calibration
    assert made.notes[-1].startswith("What was judged is the model before")
    # Acting pays from 4 / 30 on: the threshold follows the truer probabilities there.
    assert made.decides_by == "profit" and made.threshold.threshold == 4 / 30
    assert made.reference.n_cases == 3000
    assert made.reference.log_loss.value == pytest.approx(after, abs=0.06)
    assert Path("shop2.card.html").exists() and "Recalibrated" in Path("shop2.card.md").read_text()
    # It can be watched in its turn, and is quiet where the old one was not.
    write(2, shift=1.0)
    assert watch("--new", "week2.csv", "--labels", "labels2.csv", model="shop2.intent") == 0
    assert watch("--new", "week2.csv", "--labels", "labels2.csv") == 3


def test_cases_of_the_history_teach_as_well(here):
    write(1, shift=1.0)
    assert watch("--new", "week1.csv") == 0
    command = ["recalibrate", "shop.intent", "--labels", "labels1.csv", "-o", "shop2.intent"]
    assert main(command) == 0
    assert "500 labels" in Predictor.load("shop2.intent").manifest.calibration


def test_labels_that_teach_nothing_are_told(here, capsys):
    made = write(1)
    new = ["--new", "week1.csv", "--id", "visit_id", "-o", "shop2.intent"]
    labels = made[["visit_id", "bought"]]

    def of(frame, name="odd.csv"):
        frame.to_csv(name, index=False)
        return refused(capsys, "--labels", name, *new, command=recalibrate)

    assert "all 100 labels say no" in of(labels.head(100).assign(bought="no"))
    assert "there are 40 labels, and it takes 50" in of(labels.head(40))
    few = labels[labels["bought"] == "no"].head(60)
    few = pd.concat([few, labels[labels["bought"] == "yes"].head(4)])
    assert "4 labels say yes, and it takes 10" in of(few)
    strange = labels.assign(visit_id=np.where(labels.index < 400, -labels["visit_id"],
                                              labels["visit_id"]))  # fmt: skip
    assert "400 ids are of none of these cases" in of(strange)
    assert "Keep the file as it is" in of(labels)
    words = ["--labels", "labels1.csv", "--id", "visit_id"]
    said = refused(capsys, *words, "-o", "shop2.intent", command=recalibrate)
    assert "there is no history of watched cases" in said
    said = refused(capsys, *words, "-o", "shop.intent", command=recalibrate)
    assert "is the file that is recalibrated" in said


def test_replay_watches_the_runs_own_periods(shop, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(shop)
    page = tmp_path / "replay.html"
    words = ["--model", "logistic_regression", "--delay", "7d", "-o", str(page)]
    assert main(["replay", *words]) == 0
    told = capsys.readouterr()
    assert told.out == f"{page}\n"
    assert told.err.count("labels never spoke") == told.err.count("Fitted until") == 2
    text = page.read_text(encoding="utf-8")
    assert "Period by period" in text and "2024-07" in text and text.count("<h2") == 3


def test_replay_needs_times(shop, here, capsys):
    pd.read_csv("visits.csv", nrows=300).drop(columns="when").to_csv("timeless.csv", index=False)
    own = ["--data", "timeless.csv", "--target", "bought", "--results", "timeless"]
    assert main(["run", "quick.toml", *own]) == 0
    assert main(["replay", "--results", "timeless", "--model", "logistic_regression"]) == 2
    assert "has no times" in capsys.readouterr().err
