"""Curves judged, from predictions whose quality along the curve is planted."""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.curves import judge_curve
from intentbench.bench.judge.judge import judge
from intentbench.bench.metrics.key import Key
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.store.transfer import TransferRecord
from intentbench.bench.suite.curve import EARLY, LEARNING, CurvePoint, CurveRecord
from intentbench.bench.task import Card
from intentbench.reports.sections.transfers import transfer_sentences, transfer_table
from intentbench.reports.transfer_rows import transfer_rows
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

CARD = Card("Visits", "Bought?", "https://shop.example", "CC0", "A purchase.")
SIZES = (250, 500, 1000, 2000)
POINTS = ("visits@1", "visits@2", "visits@3", "visits")


def planted_auc(size, a=0.85, b=2.0, c=0.5):
    return a - b * size**-c


def a_task(name, *, n=1200, n_folds=3, timed=True, seed=0):
    rng = np.random.default_rng(seed)
    part, folds = rng.permutation(n) % n_folds, []
    for number in range(n_folds):
        train = np.flatnonzero(part != number)
        split = Split(train[train % 5 > 0], train[train % 5 == 0])
        folds.append(Fold(number, np.flatnonzero(part == number), (split,)))
    return TaskRecord(
        name=name, card=CARD, plan="", n_features=1, n_events=0, has_events=False, fingerprint="",
        target=(rng.random(n) < 0.35).astype(np.int8), group=None,
        time=np.arange(n).astype("datetime64[s]") if timed else None, folds=tuple(folds),
    )  # fmt: skip


def signal(task, auc, seed):
    """Scores with this AUC in the long run; one case has the same luck at every point."""
    luck = np.random.default_rng(seed).normal(size=len(task.target))
    return norm.cdf(luck + math.sqrt(2) * norm.ppf(auc) * task.target)


def a_run(quality, *, kind=LEARNING, failed=(), truth=False, lucky=(), **shape):
    """Make a run: ``quality[model]`` gives the planted AUC at each of the four points."""
    tasks = [a_task(name, **shape) for name in POINTS]
    if truth:
        tasks = [
            replace(task, truth={"events+features": signal(task, 0.9 + i / 50, 9)})
            for i, task in enumerate(tasks)
        ]
    names = list(quality)

    def predictions(cell):
        place = POINTS.index(cell.task)
        p = signal(tasks[place], quality[cell.model][place], names.index(cell.model))
        fold = tasks[place].folds[cell.fold]
        better = signal(tasks[place], 0.95, 77)
        return Predictions((better if cell.model in lucky else p)[fold.splits[0].valid],
                           p[fold.test])  # fmt: skip

    cells = tuple(
        CellRecord(
            task.name, name, fold.number, 0, 0, "",
            *(("crashed", "") if (task.name, name) in failed else ("done",)),
        )
        for task in tasks for name in names for fold in task.folds
    )  # fmt: skip
    models = tuple(
        ModelRecord(name, name.title(), "baseline" if name == "base" else "linear", frozenset(),
                    "", {})
        for name in names
    )  # fmt: skip
    points = tuple(
        CurvePoint(name, float(size), str(size)) for name, size in zip(POINTS, SIZES, strict=True)
    )
    curve = CurveRecord(kind, "visits", points, tuple(names))
    *small, whole = tasks
    return RunRecord(
        "run", {}, (whole,), models, cells, {}, predictions, points=tuple(small), curves=(curve,)
    )


def judged(run, draws=400):
    return judge_curve(run, run.curves[0], "roc_auc", draws, 0)


RISING = [planted_auc(size) for size in SIZES]


def by_name(result):
    return {entry.name: entry for entry in result.entries}


def test_each_point_is_scored_on_its_own_predictions():
    run = a_run({"grows": RISING, "flat": [0.7] * 4})
    result = judged(run)
    assert [entry.name for entry in result.entries] == ["grows", "flat"]
    grows = by_name(result)["grows"]
    for place, (score, quality) in enumerate(zip(grows.scores, RISING, strict=True)):
        task = (*run.points, run.tasks[0])[place]
        p = signal(task, quality, 0)
        expected = np.mean([roc_auc_score(task.target[f.test], p[f.test]) for f in task.folds])
        assert score.value == pytest.approx(expected)
        assert score.low < score.value < score.high
    values = [score.value for score in grows.scores]
    for step, before, after in zip(grows.steps, values, values[1:], strict=False):
        assert step.difference.value == pytest.approx(after - before)
    assert grows.whole.difference.value == pytest.approx(values[-1] - values[0])
    assert grows.whole.established and result.chosen == "grows"


def test_accuracies_are_added_up_by_weight_on_the_same_draws():
    weights = (1.0, 0.9, 0.8, 0.7)
    run = a_run({"grows": RISING, "gone": [0.7] * 4}, kind=EARLY, failed={("visits@2", "gone")})
    run = replace(run, curves=(replace(run.curves[0], weights=weights),))
    found = by_name(judged(run))
    by_hand = 0.0
    for weight, task, quality in zip(weights, (*run.points, run.tasks[0]), RISING, strict=True):
        right = (signal(task, quality, 0) >= 0.5) == task.target
        by_hand += weight * np.mean([right[fold.test].mean() for fold in task.folds])
    figure = found["grows"].weighted
    assert figure.value == pytest.approx(by_hand)
    # The points share their cases: their luck adds up, and does not even out.
    alone = 2 * math.sqrt(sum(w**2 for w in weights) * by_hand / 3.4 * (1 - by_hand / 3.4) / 1200)
    assert alone < figure.high - figure.value < 4 * alone
    assert not found["gone"].weighted.available
    assert not by_name(judged(a_run({"grows": RISING})))["grows"].weighted.available


def test_points_are_compared_case_by_case():
    grows = judged(a_run({"grows": RISING})).entries[0]
    alone = [score.high - score.low for score in grows.scores]
    together = grows.whole.difference.high - grows.whole.difference.low
    assert together < 0.7 * math.hypot(alone[0], alone[-1])


@pytest.mark.parametrize("timed", [True, False])
def test_a_planted_power_law_is_continued(timed):
    entry = judged(a_run({"grows": RISING}, n=6000, timed=timed)).entries[0]
    truth = planted_auc(4000) - planted_auc(2000)
    assert entry.doubling.low <= truth <= entry.doubling.high
    assert entry.doubling.value == pytest.approx(truth, abs=0.008)


def test_a_model_that_learns_nothing_more_is_said_to_gain_nothing():
    result = by_name(judged(a_run({"grows": RISING, "base": [0.5] * 4})))
    base = result["base"]
    assert base.whole.difference.value == 0 and not base.whole.established
    same = by_name(judged(a_run({"flat": [0.7] * 4})))["flat"]
    assert [step.difference.value for step in same.steps] == [0.0] * 3
    assert (same.whole.difference.low, same.whole.difference.high) == (0.0, 0.0)


def test_other_fit_cases_widen_what_is_said_of_methods():
    widths = {}
    for shaken in (0.0, 0.5):
        run = a_run({"shaky": [0.70, 0.76, 0.72, 0.78]})
        read = run.predictions

        def predictions(cell, read=read, shaken=shaken):
            # What a fold's fit makes of a case was good or bad luck.
            found = read(cell)
            rng = np.random.default_rng([POINTS.index(cell.task), cell.fold])
            sides = (found.valid, found.test)
            return Predictions(
                *(norm.cdf(side + shaken * rng.normal(size=len(side))) for side in sides)
            )

        whole = judged(replace(run, predictions=predictions)).entries[0].whole
        widths[shaken] = (whole.difference.high - whole.difference.low) / (
            whole.as_fitted.high - whole.as_fitted.low
        )
    assert widths[0.0] == pytest.approx(1.0) and widths[0.5] > 1.02


def test_a_failed_point_costs_its_figures_and_no_others():
    result = judged(a_run({"grows": RISING, "other": RISING}, failed=[("visits@2", "grows")]))
    entry = by_name(result)["grows"]
    assert [score.available for score in entry.scores] == [True, False, True, True]
    assert [step.difference.available for step in entry.steps] == [False, False, True]
    assert entry.whole.difference.available and entry.doubling.available
    assert entry.failures == ("500: fold 0: crashed; fold 1: crashed; fold 2: crashed",)
    assert all(score.available for score in by_name(result)["other"].scores)


def test_without_its_last_point_a_curve_is_not_continued_and_comes_last():
    result = judged(a_run({"gone": RISING, "poor": [0.55] * 4}, failed=[("visits", "gone")]))
    assert [entry.name for entry in result.entries] == ["poor", "gone"]
    gone = by_name(result)["gone"]
    assert not gone.doubling.available and not gone.whole.difference.available
    assert result.chosen == "poor"


def test_where_nothing_worked_nothing_is_said():
    result = judged(a_run({"gone": RISING}, failed=[(name, "gone") for name in POINTS]))
    assert result.chosen == "" and not any(s.available for s in result.entries[0].scores)


def test_the_model_spoken_of_is_chosen_on_valid_cases():
    result = judged(a_run({"better": RISING, "lucky": [0.7] * 4}, lucky=("lucky",)))
    assert result.entries[0].name == "better" and result.chosen == "lucky"


def test_the_best_possible_is_scored_at_every_point():
    result = judged(a_run({"grows": RISING}, truth=True, kind=EARLY))
    values = [score.value for score in result.ceilings]
    assert values == sorted(values) and values[0] > 0.88
    assert judged(a_run({"grows": RISING})).ceilings == ()


def test_curves_stand_in_the_judgement_and_the_same_comes_out_again():
    run = a_run({"grows": RISING, "base": [0.5] * 4})
    first, again = (judge(run, draws=100).curves[0] for _ in range(2))
    assert [entry.doubling for entry in first.entries] == [e.doubling for e in again.entries]
    whole = judge(run, draws=100).tasks
    assert [judged.task.name for judged in whole] == ["visits"]
    assert whole[0].models[0].scores[Key("roc_auc")] == first.entries[0].scores[-1]


def test_another_task_learnt_first_helps_hurts_or_neither_is_established():
    quality = {
        "base": (0.5,) * 4, "gru": (0.65, 0.7, 0.72, 0.75), "lstm": (0.6, 0.7, 0.8, 0.8),
        "gru+transferred": (0.8, 0.8, 0.72, 0.6), "lstm+transferred": (0.6, 0.7, 0.8, 0.8),
    }  # fmt: skip
    bases = {"gru+transferred": "gru", "lstm+transferred": "lstm"}
    run = replace(
        a_run(quality, failed={("visits@2", "lstm")}),
        transfer=TransferRecord("other shop", bases, {"visits": 900}, {"visits": "f"}),
    )
    curve = judged(run)
    gru, lstm = curve.transfers
    assert (gru.name, gru.base_title, gru.source) == ("gru+transferred", "Gru", "other shop")
    assert gru.verdicts == ("helps", "helps", "not established", "hurts")
    assert lstm.verdicts == ("not established", "not known", "not established", "not established")
    at_last = {entry.name: entry.scores[-1].value for entry in curve.entries}
    hurt = at_last["gru+transferred"] - at_last["gru"]
    assert gru.gaps[-1].difference.value == pytest.approx(hurt)
    assert gru.gaps[-1].difference.high < 0

    labels = ("250 cases", "500 cases", "1,000 cases", "2,000 cases")
    hurts, helps, neither = transfer_sentences(curve, labels)
    assert hurts.startswith("Transfer from other shop hurts: Gru with 2,000 cases (−0.1")
    assert helps.startswith("Transfer from other shop helps: Gru with 250 cases (+0.1")
    assert "neither help nor harm is established for Gru with 1,000 cases" in neither
    table = transfer_table(curve, labels)
    assert [row.title for row in table.rows] == ["Gru", "Lstm"]
    assert table.rows[0].cells[3].below.startswith("▼ transfer hurts; −0.")
    assert table.rows[1].cells[1].below == ""
    lines = list(transfer_rows(curve))
    assert [line["verdict"] for line in lines] == [*gru.verdicts, *lstm.verdicts]
    assert lines[5]["difference"] is None and lines[3]["high"] < 0
    assert judged(replace(run, transfer=None)).transfers == ()
    assert transfer_table(judged(replace(run, transfer=None)), labels) is None
