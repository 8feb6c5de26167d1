"""`intentbench compare`, from stored runs to the page, the Markdown and the exit code."""

import re
import shutil
from dataclasses import replace

import pytest
from intentbench.bench.judge.compare_runs import compare_runs
from intentbench.bench.metrics.key import Key
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.cli.gate import verdicts
from intentbench.cli.main import main
from intentbench.reports.run_changes import gate_sentence, headline, summarise_comparison
from intentbench.reports.run_comparison import in_markdown, write_comparison

WORSE = '''"""A model of the same name, on almost no evidence."""

from intentbench.bench import TabularModel
from sklearn.linear_model import LogisticRegression


class Steady(TabularModel):
    """Logistic regression that is not allowed to learn much."""

    title, family = "Steady", "linear"

    def __init__(self, C=1e-9):
        self.C = C

    def estimator(self):
        """Build the classifier."""
        return LogisticRegression(C=self.C, max_iter=1, random_state=0, solver="saga", tol=1e9)
'''


@pytest.fixture(scope="module")
def kept():
    """What the first test stores for all of them."""
    return {}


@pytest.fixture
def two_runs(kept, toy_run, tmp_path, tmp_path_factory, plugins):
    """Store a run, and a second one whose model of the same name is worse and has a companion."""
    if not kept:
        results, changed = (tmp_path_factory.mktemp(name) for name in ("results", "changed"))
        (changed / "steady.py").write_text(WORSE, encoding="utf-8")
        for name in ("random_draws", "fails_at_fit"):
            shutil.copy(plugins / f"{name}.py", changed)
        first, _ = toy_run("steady", "random_draws", results=results)
        second, _ = toy_run(
            "steady", "random_draws", "fails_at_fit", results=results, folder=changed
        )
        kept["runs"] = results, first.run_id, second.run_id
    results, first, second = kept["runs"]
    shutil.copytree(results, tmp_path / "results", symlinks=True)
    return tmp_path / "results", first, second


def test_from_the_command_line_to_page_and_gate(two_runs, capsys):
    results, first, second = two_runs
    gate = ["--results", str(results), "--fail-if-worse", "log_loss:0.005"]
    assert main(["compare", first, second, *gate]) == 1
    lines = capsys.readouterr().out.strip().splitlines()
    page = results / "runs" / second / f"compared-with-{first}.html"
    assert lines[-1] == str(page)
    assert any(
        line.startswith("Loss of more than 0.005 in Log loss: established.") for line in lines
    )
    assert any(re.match(r" +Steady +0\.\d+ → 0\.\d+  −0\.\d+ .* worse", line) for line in lines)
    assert any("Random draws" in line and "the same" in line for line in lines)
    assert "  Only in the second run: Broken: fails at fit." in lines
    text = page.read_text(encoding="utf-8")
    assert "Steady" in text and "C" in text and "1e-09" in text, "settings that differ are shown"
    assert "▼" in text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text), "fetches nothing"
    markdown = page.with_suffix(".md").read_text(encoding="utf-8")
    assert markdown.startswith(f"# {second} beside {first}\n") and "| Steady |" in markdown
    # The other way round it is a gain.
    assert main(["compare", "latest", first, *gate]) == 0


def test_the_same_run_twice_passes_by_any_of_its_names(two_runs, capsys):
    results, _, second = two_runs
    for name in (second, "latest", str(results / "runs" / second)):
        command = ["compare", name, "latest", "--results", str(results)]
        assert main([*command, "--fail-if-worse", "roc_auc:0", "--fail-if-worse", "f1:0"]) == 0
        said = capsys.readouterr().out
        assert "ROC AUC is the same in both runs, to the last digit." in said
        assert "worse" not in said and "better" not in said


def test_runs_of_other_results_folders_are_found(two_runs, tmp_path, monkeypatch, capsys):
    results, first, second = two_runs
    shutil.copytree(results, tmp_path / "baseline", symlinks=True)
    shutil.rmtree(results / "runs" / first)
    monkeypatch.chdir(tmp_path)
    for before in (f"baseline/runs/{first}", str(tmp_path / "baseline" / "runs" / first)):
        command = ["compare", before, f"results/runs/{second}", "--results", "empty"]
        assert main(command) == 0
        assert (results / "runs" / second / f"compared-with-{first}.html").is_file()
        (results / "runs" / second / f"compared-with-{first}.html").unlink()


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["nowhere", "latest"], "there is no run 'nowhere'"),
        (["latest", "latest", "--fail-if-worse", "roc_acu:0.1"], "Did you mean 'roc_auc'?"),
    ],
)
def test_wrong_requests_end_with_2(two_runs, arguments, found, capsys):
    results, _, _ = two_runs
    assert main(["compare", *arguments, "--results", str(results)]) == 2
    said = capsys.readouterr()
    assert found in said.err and said.out == ""


def test_the_page_says_what_was_found(two_runs, tmp_path):
    results, first, second = two_runs
    store = Store(results)
    before, after = read_run(store, first), read_run(store, second)
    compared = compare_runs(before, after, draws=100)
    judged = verdicts(compared, {Key("log_loss"): 0.005, Key("f1", "chosen"): 0.9})
    page = summarise_comparison(compared, judged)
    assert page.gates[0].startswith("Loss of more than 0.005 in Log loss: established. Steady on")
    assert page.gates[1] == (
        "Loss of more than 0.9 in F1 at the chosen threshold: not established in any of 10 "
        "comparisons."
    )
    (task,) = page.tasks
    assert len(task.tables) == 3
    for table in task.tables:
        for row in table.rows:
            assert len(row.cells) == (0 if row.reason else len(table.columns))
    one, other = (
        write_comparison(compared, judged, folder).read_bytes() for folder in (tmp_path, results)
    )
    assert one == other, "the same comparison gives the same bytes"


def test_headlines_and_failures(two_runs):
    results, first, second = two_runs
    store = Store(results)
    before, after = read_run(store, first), read_run(store, second)
    (changed,) = compare_runs(before, after, draws=100).tasks
    assert headline(replace(changed, changes=())) == "No model is in both runs."
    steady = next(change for change in changed.changes if change.name == "steady")
    died = replace(steady, gaps={}, before={}, after={}, failures=("first run: fold 0: crashed",))
    assert headline(replace(changed, changes=(died,))) == "No model worked in both runs."
    compared = compare_runs(after, after, draws=50)
    failed = [change.title for change in compared.tasks[0].changes if change.failures]
    assert failed[0] == "Broken: fails at fit"
    text = in_markdown(summarise_comparison(compared, ()))
    assert "Failed in a run, so without a difference: Broken: fails at fit" in text
    assert "first run: fold 0: " in text and "nan" not in text
    assert "What differs" not in text
    nothing = verdicts(replace(compared, tasks=()), {Key("roc_auc"): 0.0})
    assert "nothing to look at" in gate_sentence(nothing[0])
