from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.contestants import Contestant
from intentbench.bench.judge.judgement import Entry, FoldPredictions, RuleOutcome
from intentbench.bench.judge.slice_cases import slices_of_task
from intentbench.bench.judge.slice_outcomes import AUC, CALIBRATION, RECALL, SELECTED
from intentbench.bench.judge.slices import slices_of_entry
from intentbench.bench.metrics.key import CHOSEN
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.records import SliceColumn, TaskRecord
from intentbench.bench.task import Card
from scipy.special import expit
from sklearn.metrics import recall_score, roc_auc_score

CARD = Card("Toy", "?", "made up", "none", "1 = yes")
N_FOLDS = 2


def simulated(n, seed, *, blind=None, optimistic=None):
    """Cases of three regions and an age; what is predicted tells nothing in ``blind``."""
    rng = np.random.default_rng(seed)
    region = rng.choice(np.array(["north", "south", "west"], dtype=object), n, p=[0.5, 0.3, 0.2])
    age = rng.integers(18, 80, n).astype(float)
    score = rng.normal(size=n) - 0.5
    p = expit(1.5 * score)
    y = (rng.random(n) < np.where(region == blind, 0.3, p)).astype(np.int8)
    given = np.where(region == optimistic, np.clip(p + 0.15, 0, 1), p)
    parts = np.array_split(rng.permutation(n), N_FOLDS)
    folds = tuple(
        Fold(number, test, (Split(np.setdiff1d(np.arange(n), test), test[:0]),))
        for number, test in enumerate(parts)
    )
    task = TaskRecord(
        "toy", CARD, "folds", 3, 0, False, "0", y, None, None, folds,
        slice_columns=(SliceColumn("region", True), SliceColumn("age", True)),
        slice_values={"region": region, "age": age},
    )  # fmt: skip
    predictions = tuple(
        FoldPredictions(fold.number, fold.test, given[fold.test], 0.4) for fold in folds
    )
    rule = RuleOutcome(CHOSEN, "Highest F1", (0.4,) * N_FOLDS, {})
    return task, Entry(
        Contestant("m", "M", "tree", (), ()), predictions=predictions, outcomes=(rule,)
    )


def by_label(outcomes):
    return {one.label or f"{one.low:g}": one for one in outcomes}


def test_figures_are_those_of_scikit_learn_on_the_cases_of_the_slice():
    task, entry = simulated(2000, 0)
    found = by_label(slices_of_entry(task, entry))["west"]
    rows = np.concatenate([fold.rows for fold in entry.predictions])
    p = np.concatenate([fold.p for fold in entry.predictions])
    held = task.slice_values["region"][rows] == "west"
    y, p = task.target[rows][held], p[held]
    assert (found.n_cases, found.n_yes) == (held.sum(), y.sum())
    assert found.scores[SELECTED].value == pytest.approx((p >= 0.4).mean())
    assert found.scores[RECALL].value == pytest.approx(recall_score(y, p >= 0.4))
    assert found.scores[CALIBRATION].value == pytest.approx(p.mean() - y.mean())
    areas, sizes = [], []
    for fold in entry.predictions:
        part = task.slice_values["region"][fold.rows] == "west"
        areas.append(roc_auc_score(task.target[fold.rows][part], fold.p[part]))
        sizes.append(part.sum())
    assert found.scores[AUC].value == pytest.approx(np.average(areas, weights=sizes))


def test_a_slice_in_which_the_model_is_blind_is_found_and_no_other():
    outcomes = slices_of_entry(*simulated(3000, 1, blind="west"))
    assert [one.label for one in outcomes if one.is_worse] == ["west"]
    assert by_label(outcomes)["west"].scores[AUC].value < 0.6


def test_a_slice_that_is_predicted_too_high_is_found():
    found = by_label(slices_of_entry(*simulated(3000, 2, optimistic="south")))["south"]
    assert found.apart[CALIBRATION].established
    assert found.apart[CALIBRATION].difference.low > 0
    assert found.apart[SELECTED].established
    assert not found.apart[AUC].established


def test_where_all_is_well_nothing_is_said_and_intervals_hold_the_truth():
    flagged, held = [], []
    for seed in range(100):
        outcomes = slices_of_entry(*simulated(1500, 1000 + seed), metrics=(AUC, CALIBRATION))
        flagged.append(
            [any(one.apart[metric].established for one in outcomes) for metric in outcomes[0].apart]
        )
        gaps = [one.scores[CALIBRATION] for one in outcomes]
        held += [gap.low <= 0 <= gap.high for gap in gaps]
    assert np.mean(flagged, axis=0).max() <= 0.1
    assert np.mean(held) >= 0.92


def test_intervals_of_the_area_hold_the_true_one():
    big, entry = simulated(200_000, 5)
    y = np.concatenate([big.target[fold.rows] for fold in entry.predictions])
    truth = roc_auc_score(y, np.concatenate([fold.p for fold in entry.predictions]))
    held = []
    for seed in range(60):
        for one in slices_of_entry(*simulated(1500, 3000 + seed), metrics=(AUC,)):
            held.append(one.scores[AUC].low <= truth <= one.scores[AUC].high)
    assert 0.91 <= np.mean(held) <= 0.99


def test_numbers_are_cut_at_quarters_of_the_fit_cases_and_missing_ones_stand_alone():
    task, _ = simulated(2000, 3)
    age = task.slice_values["age"].copy()
    age[:300] = np.nan
    task = replace(task, slice_values={"age": age})
    cut = slices_of_task(task)
    assert [one.label for one in cut] == ["", "", "", "", "missing"]
    assert [one.low for one in cut[:4]] == sorted(one.low for one in cut[:4])
    sizes = [sum(member.sum() for member in one.member) for one in cut]
    assert sum(sizes) == 2000
    assert sizes[-1] == 300
    assert max(sizes[:4]) < 1.5 * min(sizes[:4])


def test_few_numbers_are_told_apart_one_by_one():
    task, _ = simulated(600, 4)
    stars = np.random.default_rng(0).integers(1, 6, 600).astype(float)
    cut = slices_of_task(replace(task, slice_values={"stars": stars}))
    assert [(one.low, one.high) for one in cut] == [(float(n), float(n)) for n in range(1, 6)]


def test_what_is_too_small_says_so():
    task, entry = simulated(2000, 5)
    region = task.slice_values["region"].copy()
    region[:40] = None
    rare = np.where(np.arange(2000) < 150, "rare", "rest").astype(object)
    target = np.where((np.arange(2000) < 150) & (np.arange(2000) > 4), 0, task.target)
    task = replace(
        task, slice_values={"region": region, "rare": rare}, target=target.astype(np.int8)
    )
    found = by_label(slices_of_entry(task, entry))
    assert found["missing"].reason == "too few: 40 cases"
    assert found["rare"].reason.endswith(" yes")
    assert found["rest"].reason.startswith("too few elsewhere: ")
    assert not found["missing"].scores
    assert found["north"].scores


def test_a_group_counts_as_one():
    task, entry = simulated(500, 6)
    fourfold = np.repeat(np.arange(500), 4)
    folds = tuple(
        Fold(fold.number, np.concatenate([4 * fold.test + i for i in range(4)]), fold.splits)
        for fold in task.folds
    )
    values = {name: column[fourfold] for name, column in task.slice_values.items()}
    repeated = replace(task, target=task.target[fourfold], folds=folds, slice_values=values)
    many = replace(
        entry,
        predictions=tuple(
            FoldPredictions(one.fold, fold.test, np.tile(one.p, 4), 0.4)
            for one, fold in zip(entry.predictions, folds, strict=True)
        ),
    )
    widths = []
    for known in (repeated, replace(repeated, group=fourfold)):
        score = by_label(slices_of_entry(known, many))["north"].scores[AUC]
        widths.append(score.high - score.low)
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.15)
