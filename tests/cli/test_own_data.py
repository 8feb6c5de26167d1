"""A file of one's own on the command line, from the flags to the report."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.suite.suite import Variant
from intentbench.bench.suite.task_name import task_name
from intentbench.cli import new
from intentbench.cli.main import main
from intentbench.cli.own_data import own_data_flags, own_task


def visits(n=120):
    i = np.arange(n)
    rng = np.random.default_rng(0)
    pages = rng.integers(1, 20, n)
    lines = [
        f"{k},{pages[k]},{'ab'[k % 2]},c{k % 30},2024-03-{1 + k // 5:02d},{'yes' if b else 'no'}"
        for k, b in zip(i, pages + rng.integers(0, 12, n) > 18, strict=True)
    ]
    return "\n".join(["visit_id,pages,channel,customer,day,bought", *lines, ""])


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(new, "ROOT", tmp_path / "site-packages" / "intentbench")
    Path("visits.csv").write_text(visits(), encoding="utf-8")


def flags(*words):
    return own_task(own_data_flags().parse_args(words), ["cdnow"])


def test_flags_become_the_keywords_of_a_table():
    words = ["--data", "a/b.csv", "--target", "t", "--positive", "1", "--drop", "x", "--drop", "y"]
    assert flags(*words) == (
        "b",
        Variant("table_file", {
            "path": "a/b.csv", "target": "t", "positive": "1", "drop": ["x", "y"]}),
    )  # fmt: skip


def test_flags_become_the_keywords_of_a_log():
    words = (
        "--events log.parquet --who user_id --when at --what kind --target purchase --value price "
        "--item category --after-events 3 --session-gap 20m"
    )
    name, variant = flags(*words.split())
    assert (name, variant.data) == ("log", "event_log")
    assert variant.parameters == {
        "path": "log.parquet", "who": "user_id", "when": "at", "what": "kind",
        "target": "purchase", "value": "price", "item": "category", "after_events": 3,
        "session_gap": "20m",
    }  # fmt: skip


def test_a_log_may_have_several_targets_and_choices_of_its_own():
    words = (
        "--events log.csv --who u --when t --target buy --target Buy --event-id id --clock hours "
        "--identical keep --encoding gb18030 --date-order dmy --every 7d --within 7d "
        "--active-within 60d"
    )
    assert flags(*words.split())[1].parameters == {
        "path": "log.csv", "who": "u", "when": "t", "target": ["buy", "Buy"], "event_id": "id",
        "clock": "hours", "identical": "keep", "encoding": "gb18030", "date_order": "dmy",
        "every": "7d", "within": "7d", "active_within": "60d",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--data a.csv --target t --target u", "--target is given 2 times"),
        ("--data a.csv --target t --event-id id", "--event-id belongs to a file given with --ev"),
        ("--encoding big5", "--encoding big5: of which file"),
        ("--target t", "--target t: of which file"),
    ],
)
def test_flags_that_do_not_go_together_are_refused(words, said):
    with pytest.raises(RequestError, match=re.escape(said)):
        flags(*words.split())


@pytest.mark.parametrize("flag", ["--group", "--positive", "--drop", "--title", "--sheet"])
def test_an_empty_flag_is_refused(flag, capsys):
    assert main(["show", "--data", "visits.csv", "--target", "bought", flag, ""]) == 2
    assert f"error: {flag} is empty.  Is a variable not set?" in capsys.readouterr().err


def test_a_flag_that_says_one_thing_is_refused_a_second_time(capsys):
    with pytest.raises(SystemExit) as end:
        main(["show", "--data", "visits.csv", "--target", "bought", "--positive", "a",
              "--positive", "b"])  # fmt: skip
    assert end.value.code == 2
    assert "--positive is given twice: 'b' after 'a'.  Give it once." in capsys.readouterr().err


def test_no_flag_is_no_task():
    assert flags() is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("visits.csv.gz", "visits"),
        ("2024-03 März.csv", "table_2024_03_März"),
        ("Ma\u0308rz.csv", "März"),
        ("访问.csv", "访问"),
        ("访问 2024（新）.csv", "访问_2024_新"),
        ("folder/of parts/", "of_parts"),
        ("cdnow.csv", "my_cdnow"),
        (".csv", "table"),
    ],
)
def test_a_task_is_named_after_its_file(path, name):
    assert task_name(path, ["cdnow"]) == name


def test_show_prints_the_card_and_every_column(capsys):
    words = ["--data", "visits.csv", "--target", "bought", "--group", "customer", "--time", "day"]
    assert main(["show", *words, "--drop", "channel"]) == 0
    out = capsys.readouterr().out
    assert "Is bought 'yes'?" in out and "groups in test may be known" in out
    table = out.partition("\ncolumn ")[2].partition("\n\n")[0]
    rows = dict(line.split(maxsplit=1) for line in table.splitlines()[1:])
    assert list(rows) == ["visit_id", "pages", "channel", "customer", "day", "bought"]
    assert rows["visit_id"].startswith("id-like  ")
    assert rows["visit_id"].endswith("left out: id-like: whole numbers, different in every row, as "
                                     "of rows or visits")  # fmt: skip
    assert rows["pages"].startswith("number ") and rows["pages"].endswith("feature")
    assert rows["channel"].endswith("left out: as asked")
    assert rows["customer"].endswith("group") and rows["bought"].endswith("target")
    assert rows["day"].endswith("features: weekday")


def run(capsys, *words):
    code = main(["run", "--model", "decision_tree", "--jobs", "1", *words])
    out, err = capsys.readouterr()
    assert code == 0, err
    manifest = json.loads((Path(out.strip()).parent / "manifest.json").read_text("utf-8"))
    return Path(out.strip()).read_text("utf-8"), manifest, err


def test_one_command_leads_from_a_file_to_a_report(capsys):
    page, manifest, err = run(capsys, "--data", "visits.csv", "--target", "bought")
    assert "visits.csv" in page and "Is bought" in page
    assert "Default suite" not in page and "three tasks" not in json.dumps(manifest)
    before, _, after = err.partition("cells to compute")
    # What the columns were taken for is said before the first fit.
    assert re.search(r"^pages +number +0 ", before, re.MULTILINE)
    assert "note: Left out (id-like): 'visit_id'." in before and after


def test_data_of_ones_own_have_a_name_of_their_own(capsys):
    words = ["--data", "visits.csv", "--target", "bought", "--title", "Spring shop"]
    page, _, _ = run(capsys, *words, "--question", "Who will buy?")
    assert "Spring shop" in page and "Who will buy?" in page and "Default suite" not in page
    assert re.search(r"<d[td][^>]*>\s*Data\s*</d[td]>\s*<dd[^>]*>\s*of your own", page)


def test_rows_may_stand_for_many_cases(capsys):
    rng = np.random.default_rng(0)
    shown = rng.integers(1000, 90_000, 90)
    age = np.array(["18-24", "25-34", "35-44"])[np.arange(90) % 3]
    clicks = rng.binomial(shown, np.where(age == "18-24", 0.02, 0.005))
    lines = [f"{a},{s},{c}" for a, s, c in zip(age, shown, clicks, strict=True)]
    Path("ads.csv").write_text("\n".join(["age,shown,clicks", *lines, ""]), encoding="utf-8")
    words = ["--data", "ads.csv", "--target", "clicks", "--trials", "shown"]
    models = [word for name in ("decision_tree", "markov_chain") for word in ("--model", name)]
    page, manifest, err = run(capsys, *words, *models)
    assert f"90 rows stand for {shown.sum():,} cases, as 'shown' says" in err
    rate = f"{100 * clicks.sum() / shown.sum():.2f}%"
    assert f"weighted ones for {shown.sum():,}, {rate} positive" in err
    assert f"({clicks.sum():,} of {shown.sum():,} cases)" in page
    assert "fitted without weights" in page.split("Markov chain", 1)[1]
    assert "the model cannot use them" in page
    assert main(["report"]) == 0
    assert main(["show", *words]) == 0
    assert "trials" in capsys.readouterr().out
    # Young people click four times as often, and that is what a tree finds.
    table = Path("results/runs/latest/tables/figures.csv").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ads,decision_tree,.*,roc_auc,,,([\d.]+)", table, re.MULTILINE)
    assert 0.6 < float(line) < 0.75


def test_test_after_tests_on_the_last_days_alone(capsys):
    words = ["--data", "visits.csv", "--target", "bought", "--time", "day"]
    page, _, _ = run(capsys, *words, "--test-after", "2024-03-18")
    assert "tested from 2024-03-18T00:00:00 on, trained on outcomes known by then" in page


def test_own_data_stand_beside_a_named_task(capsys):
    suite = 'tasks = ["cdnow", "small"]\n[resampling]\nfolds = 2\n'
    Path("two.toml").write_text(
        f'{suite}[task.small]\ndata = "simulated"\nn_cases = 400\n', encoding="utf-8"
    )
    words = ["two.toml", "--task", "small", "--data", "visits.csv", "--target", "bought"]
    page, manifest, _ = run(capsys, *words)
    assert "visits.csv" in page and "Simulated" in page and "CDNOW" not in page
    assert [task["name"] for task in manifest["tasks"]] == ["small", "visits"]


def test_a_new_data_set_is_a_plugin_that_runs(capsys, tmp_path):
    words = ["--data", "visits.csv", "--target", "bought", "--drop", "visit_id", "--group",
             "customer"]  # fmt: skip
    assert main(["new", "dataset", "spring_visits", *words]) == 0
    path = tmp_path / "spring_visits.py"
    assert capsys.readouterr().err.splitlines() == [
        str(path), f"next: intentbench run --plugin {path}",
    ]  # fmt: skip
    assert main(["show", "--data", "visits.csv", *words[2:]]) == 0
    shown = capsys.readouterr().out
    assert main(["show", "spring_visits", "--plugin", str(path)]) == 0
    assert capsys.readouterr().out == shown
    page, _, _ = run(capsys, "--plugin", str(path))
    assert "visits.csv" in page and "Complete Journey" not in page
    with (tmp_path / "visits.csv").open("a") as file:
        file.write("120,3,a,c1,2024-03-30,no\n")
    assert main(["show", "spring_visits", "--plugin", str(path)]) == 2
    assert "visits.csv is not the file that was meant" in capsys.readouterr().err


def test_a_new_data_set_in_a_checkout_goes_into_its_folder(capsys, tmp_path, monkeypatch):
    (tmp_path / "house" / "datasets").mkdir(parents=True)
    (tmp_path / "house" / "pyproject.toml").touch()
    monkeypatch.setattr(new, "ROOT", tmp_path / "house")
    assert main(["new", "dataset", "mine", "--data", "visits.csv", "--target", "bought"]) == 0
    assert "next: intentbench run --task mine" in capsys.readouterr().err
    text = (tmp_path / "house" / "datasets" / "mine.py").read_text("utf-8")
    assert "from .table_file import TableFile" in text
    assert f'path="{tmp_path}/visits.csv"' in text


def test_no_plugin_is_written_of_a_table_that_cannot_be_read(capsys, tmp_path):
    assert main(["new", "dataset", "mine", "--data", "visits.csv", "--target", "sold"]) == 2
    assert not (tmp_path / "mine.py").exists()
    assert "has no column 'sold'" in capsys.readouterr().err


def test_model_and_data_set_files_are_told_apart(capsys, plugins):
    files = ["--plugin", str(plugins / "steady.py"), "--plugin", str(plugins / "toy_shop.py")]
    assert main(["list", *files]) == 0
    models, _, others = capsys.readouterr().out.partition("data sets")
    assert "\n  steady " in models and "toy_shop" not in models
    assert "\n  toy_shop " in others and "steady" not in others
