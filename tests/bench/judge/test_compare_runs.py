"""Two runs: planted differences are found, the same run twice has none, others are refused."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.judge.compare_runs import compare_runs
from intentbench.bench.metrics.key import Key, keys_of
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.task import Card
from intentbench.cli.gate import read_gates, verdicts
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

CARD = Card("Visits", "Bought?", "https://shop.example", "CC0", "A purchase.")
NOISE = {"good": 0.6, "fair": 1.0, "poor": 2.5}


def a_task(name="visits", *, n=900, n_folds=3, grouped=False, timed=False, seed=0):
    rng = np.random.default_rng(seed)
    part = rng.permutation(n) % n_folds
    folds = []
    for number in range(n_folds):
        train = np.flatnonzero(part != number)
        valid = train[::4]
        split = Split(np.setdiff1d(train, valid), valid)
        folds.append(Fold(number, np.flatnonzero(part == number), (split,)))
    return TaskRecord(
        name=name, card=CARD, plan=f"{n_folds} folds; seed {seed}", n_features=1, n_events=0,
        has_events=False, fingerprint="5e", target=(rng.random(n) < 0.35).astype(np.int8),
        group=np.arange(n) // 3 if grouped else None,
        time=np.arange(n).astype("datetime64[s]") if timed else None, folds=tuple(folds),
    )  # fmt: skip


def a_run(*tasks, noise=NOISE, run_id="first", failed=(), draw=0, sets=None):
    """Make a run whose models know the target up to some noise; ``draw`` changes the noise."""
    by_name = {task.name: task for task in tasks}

    def predictions(cell):
        task = by_name[cell.task]
        fold = task.folds[cell.fold]
        of_model = sum(map(ord, cell.model))
        rng = np.random.default_rng([of_model, cell.fold, draw])
        p = expit(2 * task.target - 1.3 + noise[cell.model] * rng.normal(size=len(task.target)))
        return Predictions(p[fold.splits[0].valid], p[fold.test])

    cells = tuple(
        CellRecord(
            task.name, name, fold.number, 0, 0, "",
            *(("timed out", "after 9 s") if (name, fold.number) in failed else ("done", "")),
            n_predicted=100,
        )
        for task in tasks for name in noise for fold in task.folds
    )  # fmt: skip
    models = tuple(ModelRecord(name, name.title(), "linear", frozenset(), "", {}) for name in noise)
    sets = {"all": tuple(noise)} if sets is None else sets
    return RunRecord(run_id, {}, tasks, models, cells, sets, predictions)


def changes_of(before, after, draws=400):
    (task,) = compare_runs(before, after, draws=draws).tasks
    return {change.name: change for change in task.changes}


@pytest.mark.parametrize("situation", [{}, {"grouped": True}, {"timed": True}, {"n_folds": 1}])
def test_the_same_run_twice_differs_by_nothing(situation):
    task = a_task(**{"n": 600, **situation}) if situation != {"n_folds": 1} else one_fold()
    compared = compare_runs(a_run(task), a_run(task, run_id="second"), draws=100)
    (of_task,) = compared.tasks
    assert {change.name for change in of_task.changes} > {"good", "fair", "poor"}
    for change in of_task.changes:
        assert set(change.gaps) == set(keys_of()) == set(change.before)
        for key, gap in change.gaps.items():
            found = gap.difference
            assert found.value == found.low == found.high == 0, key
            assert not gap.established and gap.metric == key.metric
    assert of_task.notes == of_task.only_before == of_task.only_after == ()
    for verdict in verdicts(compared, dict.fromkeys(keys_of(), 0.0)):
        assert not verdict.failed and verdict.n_compared == len(of_task.changes)


def one_fold():
    task = a_task(n=600)
    return replace(task, folds=task.folds[:1])


def test_a_planted_loss_fails_the_gate_and_a_gain_does_not():
    task = a_task(n=1500)
    worse = {**NOISE, "good": 1.6}
    before, after = a_run(task, sets={}), a_run(task, noise=worse, run_id="second", sets={})
    gates = read_gates(["roc_auc:0.005", "log_loss:0.02"])
    lost = compare_runs(before, after, draws=400)
    for verdict in verdicts(lost, gates):
        assert verdict.failed
        assert any(text.startswith("Good on visits lost 0.") for text in verdict.losses)
        assert not any(text.startswith(("Fair", "Poor")) for text in verdict.losses)
    gained = compare_runs(after, before, draws=400)
    assert not any(verdict.failed for verdict in verdicts(gained, gates))
    (of_task,) = gained.tasks
    good = {change.name: change for change in of_task.changes}["good"]
    assert good.gaps[Key("roc_auc")].established and good.gaps[Key("roc_auc")].difference.value > 0
    assert good.gaps[Key("log_loss")].difference.value > 0, "less loss is a gain"


def test_a_loss_within_the_amount_or_within_noise_passes():
    task = a_task(n=1500)
    before = a_run(task, sets={})
    after = a_run(task, noise={**NOISE, "good": 1.6}, run_id="second", sets={})
    gap = changes_of(before, after)["good"].gaps[Key("roc_auc")].difference
    compared = compare_runs(before, after, draws=400)
    for amount, failed in ((-gap.high - 1e-6, True), (-gap.high + 1e-6, False)):
        (verdict,) = verdicts(compared, {Key("roc_auc"): amount})
        assert any("Good on" in text for text in verdict.losses) == failed
    small = a_task(n=90)
    noisy = compare_runs(a_run(small), a_run(small, draw=1, run_id="second"), draws=400)
    values = [change.gaps[Key("roc_auc")].difference.value for change in noisy.tasks[0].changes]
    assert min(values) < -0.005, "there is a loss, which means nothing"
    (verdict,) = verdicts(noisy, {Key("roc_auc"): 0.005})
    assert not verdict.failed


def test_differences_are_those_of_the_figures():
    task = a_task()
    before, after = a_run(task), a_run(task, draw=1, run_id="second")
    changes = changes_of(before, after)
    cells = {cell.fold: cell for cell in before.cells if cell.model == "fair"}
    for name, score, sign in (("roc_auc", roc_auc_score, 1), ("log_loss", log_loss, -1)):
        means = [
            np.mean(
                [score(task.target[f.test], run.predictions(cells[f.number]).test)
                 for f in task.folds]
            )
            for run in (before, after)
        ]  # fmt: skip
        key, change = Key(name), changes["fair"]
        assert change.before[key].value == pytest.approx(means[0])
        assert change.after[key].value == pytest.approx(means[1])
        assert change.gaps[key].difference.value == pytest.approx(sign * (means[1] - means[0]))
    for change in changes.values():
        for key, gap in change.gaps.items():
            sign = -1 if METRICS[key.metric].minimize else 1
            difference = sign * (change.after[key].value - change.before[key].value)
            assert gap.difference.value == pytest.approx(difference, abs=1e-12)
            assert gap.difference.low <= gap.difference.value <= gap.difference.high


def test_models_that_did_not_change_do_not_blur_those_that_did():
    task = a_task()
    noise = {f"model {i}": 0.5 + i / 5 for i in range(5)}
    after = a_run(task, noise={**noise, "model 0": 1.5}, run_id="second", sets={})
    changes = changes_of(a_run(task, noise=noise, sets={}), after)
    for i in range(1, 5):
        found = changes[f"model {i}"].gaps[Key("roc_auc")].difference
        assert found.value == found.low == found.high == 0
    alone = {"model 0": 0.5}, {"model 0": 1.5}
    only = changes_of(*(a_run(task, noise=it, sets={}) for it in alone))["model 0"]
    gap = changes["model 0"].gaps[Key("roc_auc")]
    assert gap.p_value == only.gaps[Key("roc_auc")].p_value, "no correction for what did not change"
    assert gap.difference == only.gaps[Key("roc_auc")].difference


def test_failed_cells_and_models_of_one_run_are_named():
    task = a_task(n=300)
    before = a_run(task, failed={("fair", 1)})
    after = a_run(task, noise={"good": 0.6, "fair": 1.0, "new": 1.0}, run_id="second")
    (of_task,) = compare_runs(before, after, draws=50).tasks
    changes = {change.name: change for change in of_task.changes}
    assert changes["fair"].failures == ("first run: fold 1: timed out: after 9 s",)
    assert not changes["fair"].gaps and changes["good"].gaps
    assert of_task.only_before == ("Poor",) and of_task.only_after == ("New",)
    assert "other members in each run: Hard voting, all" in of_task.notes[0]
    nobody = a_run(task, failed={(name, 0) for name in NOISE})
    (of_task,) = compare_runs(nobody, a_run(task, run_id="second"), draws=50).tasks
    assert all(change.failures for change in of_task.changes)
    (verdict,) = verdicts(compare_runs(nobody, nobody, draws=50), {Key("roc_auc"): 0.0})
    assert not verdict.failed and verdict.n_compared == 0


def test_a_figure_that_is_not_available_is_no_loss():
    task = a_task(n=300)
    target = task.target.copy()
    target[task.folds[0].test] = 0
    task = replace(task, target=target)
    compared = compare_runs(a_run(task), a_run(task, draw=1, run_id="second"), draws=50)
    for change in compared.tasks[0].changes:
        assert not change.gaps[Key("roc_auc")].difference.available
        assert change.gaps[Key("log_loss")].difference.available
    same = compare_runs(a_run(task), a_run(task, run_id="second"), draws=50)
    assert not same.tasks[0].changes[0].gaps[Key("recall")].difference.available
    (verdict,) = verdicts(compared, {Key("roc_auc"): 0.0})
    assert verdict.n_compared == 0 and not verdict.failed


def _other_fit(task):
    fold = task.folds[1]
    split = fold.splits[0]
    moved = Split(split.fit[1:], np.sort(np.append(split.valid, split.fit[0])))
    return replace(task, folds=(task.folds[0], replace(fold, splits=(moved,)), *task.folds[2:]))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda task: a_task(n=301), "visits has 300 cases in the first, 301 in the second"),
        (lambda task: replace(task, target=1 - task.target), "300 of 300 targets of visits differ"),
        (lambda task: replace(task, group=np.arange(300) // 3), "the groups of the cases"),
        (lambda task: replace(task, time=np.arange(300).astype("datetime64[s]")), "the times of"),
        (lambda task: replace(task, folds=a_task(n=300, n_folds=4).folds), "3 folds in the first"),
        (lambda task: replace(task, folds=a_task(n=300, seed=1).folds), "has other test cases"),
        (_other_fit, "fold 1 of visits has other fit or valid cases"),
    ],
)  # fmt: skip
def test_other_cases_or_splits_are_refused_by_what_differs(change, found):
    task = a_task(n=300)
    with pytest.raises(RequestError, match="runs first and second cannot be compared") as error:
        compare_runs(a_run(task), a_run(change(task), run_id="second"), draws=50)
    assert found in str(error.value)


def test_one_task_on_other_splits_is_enough_to_refuse():
    same, one, other = a_task("same", n=300), a_task(n=300), a_task(n=300, seed=1)
    with pytest.raises(RequestError, match="targets of visits differ"):
        compare_runs(a_run(same, one), a_run(same, other, run_id="second"), draws=50)


def test_tasks_of_one_run_alone_are_named_and_none_in_common_is_refused():
    one, two, three = (a_task(name, n=300) for name in ("one", "two", "three"))
    compared = compare_runs(a_run(one, two), a_run(two, three, run_id="second"), draws=50)
    assert [of_task.task.name for of_task in compared.tasks] == ["two"]
    assert (compared.only_before, compared.only_after) == (("one",), ("three",))
    with pytest.raises(RequestError, match="has the tasks one, run second has two"):
        compare_runs(a_run(one), a_run(two, run_id="second"), draws=50)


def test_other_features_on_the_same_splits_are_noted():
    task = a_task(n=300)
    after = a_run(replace(task, fingerprint="aa"), run_id="second")
    (of_task,) = compare_runs(a_run(task), after, draws=50).tasks
    assert "other features or events" in of_task.notes[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("roc_acu:0.1", "unknown metric 'roc_acu'.  Did you mean 'roc_auc'?"),
        ("roc_auc@chosen:0.1", "unknown metric 'roc_auc@chosen'"),
        ("roc_auc", "as in roc_auc:0.005"),
        ("roc_auc:", "as in roc_auc:0.005"),
        ("roc_auc:-0.1", "a number from 0 on"),
        ("roc_auc:nan", "a number from 0 on"),
        ("roc_auc:inf", "a number from 0 on"),
        (":0.1", "unknown metric"),
        ("", "unknown metric ''"),
    ],
)
def test_wrong_gates_are_refused(text, found):
    with pytest.raises(RequestError, match="--fail-if-worse") as error:
        read_gates([text])
    assert found in str(error.value)


def test_gates_are_read_by_figure():
    assert read_gates(["roc_auc:0.005", "f1@chosen:0"]) == {
        Key("roc_auc"): 0.005,
        Key("f1", "chosen"): 0.0,
    }
    with pytest.raises(RequestError, match="names f1 twice"):
        read_gates(["f1:0.1", "f1:0.2"])
