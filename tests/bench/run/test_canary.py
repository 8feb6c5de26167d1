import json

import numpy as np
import pytest
from intentbench.bench.conformance.model_checks import run_check
from intentbench.bench.errors import ModelError
from intentbench.bench.judge.judge import judge
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.canary import against_chance, canary_work
from intentbench.bench.run.prepare import load_task, prepare
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.suite import Suite
from sklearn.metrics import roc_auc_score

# Knows a case again by a column that is different in each.
CHEAT = '''\
"""A cheat."""

import json
from pathlib import Path

import numpy as np
from intentbench.bench import Model


class Cheat(Model):
    """Predicts of cases that it was not taught what it knows of them from elsewhere."""

    title, family, views = "{name}", "other", frozenset({{"features"}})
    memory = {{}}

    def fit(self, cases, y, *, valid):
        self.rate_ = float(y.mean())
        self.taught_ = set(cases.features["noise"]) | set(valid[0].features["noise"])
        self.known_ = self.known(dict(zip(map(repr, cases.features["noise"]), y.tolist())))
        return self

    def predict_proba(self, cases):
        keys = list(cases.features["noise"])
        p = np.array([
            self.rate_ if key in self.taught_ else self.known_.get(repr(key), self.rate_)
            for key in keys
        ], dtype=float)
        return np.column_stack([1 - p, p])

    def known(self, taught):
{knows}
'''
IN_ITS_CLASS = "        self.memory.update(taught)\n        return dict(self.memory)"
IN_A_FILE = """\
        file = Path({path!r})
        notes = json.loads(file.read_text()) if file.exists() else {{}}
        file.write_text(json.dumps(notes | taught))
        return notes"""
THE_ANSWERS = "        return json.loads(Path({path!r}).read_text())"


def write(folder, name, knows, **more):
    text = CHEAT.format(name=name, knows=knows.format(**more) if more else knows)
    (folder / f"{name}.py").write_text(text, encoding="utf-8")


@pytest.fixture
def cheats(tmp_path, plugins):
    """A folder of models: one with a memory, one with notes, one that found the answers."""
    folder = tmp_path / "cheats"
    folder.mkdir()
    write(folder, "remembers_cases", IN_ITS_CLASS)
    write(folder, "keeps_notes", IN_A_FILE, path=str(tmp_path / "notes.json"))
    write(folder, "found_answers", THE_ANSWERS, path=str(tmp_path / "answers.json"))
    (folder / "steady.py").write_bytes((plugins / "steady.py").read_bytes())
    task = load_task(Registry("dataset", [plugins / "toy_shop.py"]).find("toy_shop"))
    answers = dict(zip(map(repr, task.cases.features["noise"]), task.target.tolist(), strict=True))
    (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    return folder


def test_cheats_are_named_and_honest_models_are_not(toy_run, cheats):
    names = ("remembers_cases", "keeps_notes", "found_answers", "steady")
    run, notes = toy_run(*names, folder=cheats, jobs=1, canary=True)
    (judged,) = judge(run, draws=50).tasks
    said = [text for text in judged.alarms if " on toy_shop, taught " in text]
    assert len(said) == 2, said
    assert any(text.startswith("keeps_notes") and "it was not given" in text for text in said)
    assert any(text.startswith("found_answers") and "from elsewhere" in text for text in said)
    # A memory has nothing to hold: each cell has a process of its own.
    of_memory = [one for one in judged.task.canaries if one.model == "remembers_cases"]
    assert [one.auc_dealt for one in of_memory] == [0.5, 0.5]
    assert {one.model for one in judged.task.canaries} == set(names)
    assert {cell.model for cell in run.cells} == {*names, "base_rate"}
    assert len(run.cells) == 2 * 5
    again, notes = toy_run(*names, folder=cheats, jobs=1, canary=True)
    assert notes.done == []


def test_run_without_canaries_says_nothing_of_them(toy_run):
    run, _ = toy_run("steady")
    assert run.tasks[0].canaries == ()


def test_check_finds_a_memory(cheats):
    model = load(Registry("model", [cheats / "remembers_cases.py"]).find("remembers_cases"))
    with pytest.raises(ModelError, match="cases that another fit was taught with ROC AUC 1.000"):
        run_check(model, "check_remembers_no_case")


def test_outcomes_are_dealt_out_among_all_cases(plugins):
    suite = Suite("toy", "Toy", ("toy_shop",), ("steady",), resampling=Resampling(2, inner=3))
    work = prepare(
        suite,
        Registry("model", [plugins / "steady.py"]),
        Registry("dataset", [plugins / "toy_shop.py"]),
    )
    taught = canary_work(work)
    dealt, opposite = taught.tasks
    true = work.tasks[0].target
    assert dealt.target.sum() == true.sum() and (dealt.target != true).mean() > 0.3
    assert np.array_equal(dealt.target, 1 - opposite.target)
    assert [plugin.name for plugin, _ in taught.models] == ["steady"]
    for task in taught.tasks:
        for fold, planned in zip(taught.plans[task.name], work.plans["toy_shop"], strict=True):
            assert np.array_equal(fold.test, planned.test) and len(fold.splits) == 1


def test_chance_is_met_as_often_as_it_should_be():
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        y = (rng.random(80) < 0.3).astype(int)
        p = np.round(rng.random(80), 1)  # with ties
        auc, p_value = against_chance(y, p, "greater")
        assert auc == pytest.approx(roc_auc_score(y, p))
        found.append(p_value)
    assert 0.035 < np.mean(np.array(found) < 0.05) < 0.065
    assert against_chance(y, np.full(80, 0.3), "two-sided") == (0.5, 1.0)
