import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.ensembles.rules import Rule, soft_voting
from intentbench.bench.judge import ensembling
from intentbench.bench.judge import judge as judge_module
from intentbench.bench.judge.ensembling import ensembles_of
from intentbench.bench.judge.judge import judge
from intentbench.bench.judge.stored_models import models_of
from intentbench.bench.metrics.key import Key
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.thresholds import best_threshold, f1
from intentbench.bench.model import Explanation
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.predictions import Predictions
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.suite.decisions import Decisions, choose
from intentbench.bench.task import Card
from scipy.special import expit, logit
from sklearn.metrics import f1_score, roc_auc_score
from threadpoolctl import threadpool_info, threadpool_limits

CARD = Card("Visits", "Bought?", "https://shop.example", "CC0", "A purchase.")
NOISE = {"good": 0.4, "fair": 1.0, "poor": 2.5}


def a_task(*, n=600, n_folds=3, n_splits=1, repeats=1, grouped=False, timed=False, seed=0):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, n // 6, n) if grouped else None
    folds = []
    for _ in range(repeats):
        part = rng.permutation(n) % n_folds if group is None else group % n_folds
        for number in range(n_folds):
            train = rng.permutation(np.flatnonzero(part != number))
            parts = np.array_split(train, 4)
            splits = tuple(
                Split(np.setdiff1d(train, parts[i]), np.sort(parts[i])) for i in range(n_splits)
            )
            folds.append(Fold(len(folds), np.flatnonzero(part == number), splits))
    return TaskRecord(
        name="visits", card=CARD, plan="", n_features=1, n_events=0, has_events=False,
        fingerprint="", target=(rng.random(n) < 0.35).astype(np.int8), group=group,
        time=np.arange(n).astype("datetime64[s]") if timed else None, folds=tuple(folds),
    )  # fmt: skip


def a_run(task, noise=NOISE, *, failed=(), seeds=(0,), sets=None, target=None, change=None):
    """Make a run whose models know ``target`` (by default the task's) up to some noise."""
    target = task.target if target is None else target
    names = list(noise)

    def predictions(cell):
        fold = task.folds[cell.fold]
        rng = np.random.default_rng([names.index(cell.model), cell.fold, cell.split, cell.seed])
        p = expit(2 * target - 1.3 + noise[cell.model] * rng.normal(size=len(target)))
        p = p if change is None else change(cell.model, p)
        return Predictions(p[fold.fits[cell.split].valid], p[fold.test])

    cells = tuple(
        CellRecord(
            task.name, name, fold.number, split, seed, "", *_ending(name, fold.number, failed),
            derived_view=name == "poor", fit_seconds=2.0, predict_seconds=0.003, n_predicted=1000,
            peak_bytes=10 * (fold.number + 1),
            explanations=(Explanation("table", f"{name} {fold.number}", ("a",), (("b",),)),),
        )
        for name in names
        for fold in task.folds
        for split in range(len(fold.fits))
        for seed in seeds
    )  # fmt: skip
    models = tuple(ModelRecord(name, name.title(), "linear", frozenset(), "", {}) for name in names)
    sets = {"all": tuple(names)} if sets is None else sets
    return RunRecord("run", {}, (task,), models, cells, sets, predictions)


def _ending(name, fold, failed):
    return failed[name, fold] if (name, fold) in failed else ("done",)


def judged(run, draws=300):
    (task,) = judge(run, draws=draws).tasks
    return task


def by_name(entries):
    return {entry.name: entry for entry in entries}


def test_models_come_best_first_with_figures_of_their_test_cases():
    task = a_task()
    run = a_run(task)
    result = judged(run)
    assert [entry.name for entry in result.models] == ["good", "fair", "poor"]
    assert result.main_metric == "roc_auc"
    for entry in result.models:
        aucs, f1s = [], []
        for fold, predicted in zip(task.folds, entry.predictions, strict=True):
            y, rows = task.target[fold.test], predicted.rows
            assert np.array_equal(rows, fold.test) and predicted.fold == fold.number
            aucs.append(roc_auc_score(y, predicted.p))
            f1s.append(f1_score(y, predicted.p >= predicted.threshold))
        assert entry.scores[Key("roc_auc")].value == pytest.approx(np.mean(aucs))
        assert entry.scores[Key("f1", "chosen")].value == pytest.approx(np.mean(f1s))
        for key, figure in entry.scores.items():
            assert figure.low <= figure.value <= figure.high, key
        assert len(entry.scores) == 18
    assert result.models[2].contestant.derived_view and not result.models[0].contestant.derived_view


def test_costs_and_explanation_are_those_of_the_cells():
    entry = by_name(judged(a_run(a_task(n_splits=2))).models)["good"]
    assert entry.contestant.fit_seconds == 4.0  # two inner splits of two seconds
    assert entry.contestant.predict_microseconds == pytest.approx(3.0)
    assert entry.contestant.peak_bytes == 30
    assert entry.contestant.explanations[0].reading == "good 0"


def in_one_fold():
    task = a_task(n=1500)
    fold, (split,) = task.folds[0], task.folds[0].splits
    halves = tuple(Split(split.fit[start::2], split.valid) for start in (0, 1))
    return replace(task, folds=(replace(fold, halves=halves),))


def test_what_halves_are_fitted_for_costs_nothing_and_ensembles_know_it():
    entry = by_name(judged(a_run(in_one_fold())).models)["good"]
    assert entry.contestant.fit_seconds == 2.0 and len(entry.contestant.refits) == 2
    run = a_run(in_one_fold())
    (task,) = run.tasks
    models = models_of(run, task)
    mean = next(one for one in ensembles_of(run, task, models) if one.name == "soft_voting_all")
    expected = np.mean([model.refits for model in models], axis=0)
    np.testing.assert_allclose(mean.refits, expected)


def test_a_half_that_failed_costs_only_what_it_tells():
    run = a_run(in_one_fold())
    cells = tuple(
        replace(cell, status="failed") if (cell.model, cell.split) == ("good", 2) else cell
        for cell in run.cells
    )
    models = by_name(judged(replace(run, cells=cells)).models)
    assert models["good"].contestant.refits == () and models["good"].scores
    assert len(models["fair"].contestant.refits) == 2


def test_standings_of_clear_and_of_close_races():
    clear = judged(a_run(a_task(n=1500, n_folds=5)), draws=1000).models
    assert [entry.standing for entry in clear] == ["in the race", "behind", "behind"]
    assert clear[0].behind is None
    for entry in clear[1:]:
        gap = entry.behind
        lead = clear[0].scores[Key("roc_auc")].value - entry.scores[Key("roc_auc")].value
        assert gap.metric == "roc_auc" and gap.difference.value == pytest.approx(lead)
        assert 0 < gap.difference.low <= gap.difference.value <= gap.difference.high
        assert gap.established and gap.p_value <= 0.05
    close = judged(a_run(a_task(), {"one": 1.0, "two": 1.0, "far": 5.0}), draws=1000).models
    assert [entry.standing for entry in close] == ["in the race", "in the race", "behind"]
    assert not close[1].behind.established and close[1].behind.p_value > 0.05
    assert close[1].behind.difference.low < 0 < close[1].behind.difference.high


@pytest.mark.parametrize("timed", [False, True])
@pytest.mark.parametrize("n_folds", [2, 5])
def test_other_train_cases_count_for_the_methods_and_not_for_the_fitted_models(n_folds, timed):
    for entry in judged(a_run(a_task(n_folds=n_folds, timed=timed)), draws=1000).models[1:]:
        gap = entry.behind
        methods = gap.difference.high - gap.difference.low
        assert methods > 1.02 * (gap.as_fitted.high - gap.as_fitted.low)


@pytest.mark.parametrize("timed", [False, True])
def test_gaps_say_how_likely_they_matter_and_what_it_would_take_to_tell(timed):
    noise = {"good": 0.4, "twin": 0.4, "far": 4.0}
    task = a_task(n=3000, timed=timed)
    first, twin, far = judged(a_run(task, noise), draws=1000).models
    assert {first.name, twin.name, far.name} == set(noise) and far.name == "far"
    assert twin.behind.odds.equal > 0.9 and far.behind.odds.better > 0.99
    for entry in (twin, far):
        odds = entry.behind.odds
        assert odds.better + odds.equal + odds.worse == pytest.approx(1)
    assert far.behind.cases_needed < 3000 < twin.behind.cases_needed


def test_p_values_are_corrected_for_who_could_have_come_to_lead():
    task = a_task(timed=True)
    noise = {"good": 1.0, "a": 1.1, "b": 1.2, "c": 1.3}
    four, two = (judged(a_run(task, dict(list(noise.items())[:n])), draws=999) for n in (4, 2))
    (alone,) = [entry.behind.p_value for entry in two.models[1:]]
    in_four = by_name(four.models)["a" if four.models[0].name != "a" else "good"].behind
    # Least of six pairs at most, so between one and six times as large.
    assert alone * 0.99 <= in_four.p_value <= min(1.0, 6.01 * alone)
    for entry in four.models[1:]:
        assert entry.behind.established == (entry.behind.p_value <= 0.05)


def test_a_single_model_leads_nobody():
    (entry,) = judged(a_run(a_task(), {"good": 0.4}, sets={})).models
    assert entry.standing == "in the race" and entry.behind is None


def test_failed_cells_cost_their_model_its_scores_and_keep_its_row():
    failed = {
        ("good", 1): ("timed out", "took longer than the limit of 120 s"),
        ("good", 2): ("failed", "ValueError: no"),
    }
    result = judged(a_run(a_task(), failed=failed))
    entry = result.models[-1]
    assert (entry.name, entry.standing) == ("good", "failed")
    assert entry.contestant.failures == (
        "fold 1: timed out: took longer than the limit of 120 s",
        "fold 2: ValueError: no",
    )
    assert entry.scores == {} and entry.predictions == () and entry.behind is None
    assert entry.contestant.fit_seconds == 2.0
    for ensemble in result.ensembles:
        assert [member.name for member in ensemble.contestant.members].count("good") == 0
        assert ensemble.contestant.left_out == (
            "Good: fold 1: timed out: took longer than the limit of 120 s; fold 2: ValueError: no",
        )


def test_cells_that_are_missing_are_a_failure():
    run = a_run(a_task(n_splits=2), seeds=(0, 1))
    place = ("good", 1, 1, 0)
    kept = tuple(c for c in run.cells if (c.model, c.fold, c.split, c.seed) != place)
    entry = by_name(judged(replace(run, cells=kept)).models)["good"]
    assert entry.contestant.failures == ("fold 1, split 1, seed 0: was not carried out",)


@pytest.mark.parametrize("alive", [(), ("fair",)])
def test_ensembles_of_fewer_than_two_working_members_are_not_applicable(alive):
    failed = {(name, 0): ("crashed", "") for name in NOISE if name not in alive}
    result = judged(a_run(a_task(), failed=failed))
    assert {entry.standing for entry in result.ensembles} == {"not applicable"}
    worked = "only Fair" if alive else "none"
    (reason,) = result.ensembles[0].contestant.failures
    assert reason == f"an ensemble needs two members that worked; of this set {worked} did"
    assert len(result.ensembles[0].contestant.left_out) == 3 - len(alive)
    assert "Good: fold 0: crashed" in result.ensembles[0].contestant.left_out
    assert len(result.models) == 3


def test_ensembles_of_every_set_with_members_weights_and_gain():
    sets = {"all": ("good", "fair", "poor"), "few": ("fair", "poor")}
    result = judged(a_run(a_task(), sets=sets))
    found = by_name(result.ensembles)
    assert set(found) == {
        f"{rule}_{label}"
        for rule in ("hard_voting", "soft_voting", "weighted", "stacking")
        for label in sets
    } | {"rank_averaging_all", "greedy_all", "boosted_stacking_all"}
    assert found["stacking_all"].title == "Stacking, all"
    values = [entry.scores[Key("roc_auc")].value for entry in result.ensembles]
    assert values == sorted(values, reverse=True)
    assert result.ensembles[0].behind is None
    single = by_name(result.models)["good"].scores[Key("roc_auc")].value
    for entry in result.ensembles:
        assert entry.family == "ensemble"
        choosy = entry.name.startswith(("weighted", "greedy"))
        asked = [m for m in entry.contestant.members if m.weight > 1e-6 or not choosy]
        assert entry.contestant.fit_seconds == 2.0 * len(asked)
        weights = [member.weight for member in entry.contestant.members]
        assert weights == sorted(weights, reverse=True)
        assert entry.rival == "good"
        gain = entry.scores[Key("roc_auc")].value - single
        assert entry.gain.difference.value == pytest.approx(gain)
    assert found["weighted_all"].contestant.members[0].title == "Good"
    assert sum(m.weight for m in found["weighted_all"].contestant.members) == pytest.approx(1)


def test_rival_is_chosen_on_valid_cases_not_on_test_cases():
    task = a_task()
    valid = np.concatenate([fold.splits[0].valid for fold in task.folds])

    def change(name, p):
        # "fair" is right on all cases that some fold watches, "good" elsewhere.
        return np.where(np.isin(np.arange(len(p)), valid) == (name == "fair"), p, 0.5)

    result = judged(a_run(task, {"good": 0.4, "fair": 0.4}, change=change))
    assert {entry.rival for entry in result.ensembles} == {"fair"}


@pytest.mark.parametrize("n_splits", [1, 3])
@pytest.mark.parametrize("grouped", [False, True])
def test_nothing_is_learnt_from_test_outcomes(grouped, n_splits):
    # Each case is tested in one fold and watched in others: so a single fold, whose test
    # outcomes are then turned over.
    task = a_task(grouped=grouped, n_splits=n_splits)
    task = replace(task, folds=task.folds[:1])
    turned = task.target.copy()
    test = task.folds[0].test
    turned[test] = 1 - turned[test]
    before = judged(a_run(task), draws=50)
    after = judged(a_run(replace(task, target=turned), target=task.target), draws=50)
    for table in ("models", "ensembles"):
        known = by_name(getattr(before, table))
        for entry in getattr(after, table):
            old = known[entry.name]
            assert entry.predictions[0].threshold == old.predictions[0].threshold
            assert np.array_equal(entry.predictions[0].p, old.predictions[0].p)
            assert entry.contestant.members == old.contestant.members and entry.rival == old.rival
            assert entry.scores[Key("roc_auc")].value != old.scores[Key("roc_auc")].value


def test_valid_outcomes_are_learnt_from():
    task = a_task()
    task = replace(task, folds=task.folds[:1])
    turned = task.target.copy()
    valid = task.folds[0].splits[0].valid
    turned[valid] = np.random.default_rng(0).permutation(turned[valid])
    before = by_name(judged(a_run(task), draws=50).ensembles)
    after = by_name(judged(a_run(replace(task, target=turned), target=task.target), 50).ensembles)
    for name in ("weighted_all", "stacking_all"):
        assert before[name].contestant.members != after[name].contestant.members


def test_seeds_and_inner_splits_are_averaged():
    task = a_task(n_splits=2)
    run = a_run(task, seeds=(0, 7))
    entry = by_name(judged(run).models)["fair"]
    of_fold = [
        run.predictions(cell).test for cell in run.cells if (cell.model, cell.fold) == ("fair", 1)
    ]
    assert len(of_fold) == 4
    assert entry.predictions[1].p == pytest.approx(np.mean(of_fold, axis=0))
    valid, outcomes = [], []
    for split in (0, 1):
        rows = task.folds[1].splits[split].valid
        of_split = [
            run.predictions(cell).valid
            for cell in run.cells
            if (cell.model, cell.fold, cell.split) == ("fair", 1, split)
        ]
        valid.append(np.mean(of_split, axis=0))
        outcomes.append(task.target[rows])
    chosen = best_threshold(np.concatenate(outcomes), np.concatenate(valid), f1)
    assert entry.predictions[1].threshold == chosen


@pytest.mark.parametrize("grouped", [False, True])
def test_rules_are_told_which_valid_predictions_belong_together(grouped, monkeypatch):
    task = a_task(grouped=grouped, n_splits=2)
    first = task.folds[0]
    twice = (first.splits[0], replace(first.splits[1], valid=first.splits[0].valid))
    task = replace(task, folds=(first, replace(task.folds[1], splits=twice)))
    seen = []

    def learn(p, y, group, weight):
        seen.append(group)
        return soft_voting(p, y, group, weight)

    monkeypatch.setattr(ensembling, "RULES", (Rule("spy", "Spy", learn),))
    judged(a_run(task), draws=5)
    rows = [np.concatenate([split.valid for split in fold.splits]) for fold in task.folds]
    if grouped:
        assert all(np.array_equal(g, task.group[r]) for g, r in zip(seen, rows, strict=True))
    else:
        assert seen[0] is None and np.array_equal(seen[1], rows[1])


def test_repeats_narrow_no_interval_by_counting_cases_twice():
    once = by_name(judged(a_run(a_task(), {"fair": 1.0}, sets={}), 1000).models)["fair"]
    # The same predictions in each of four repeats of one plan.
    task = a_task()
    again = replace(
        task,
        folds=tuple(
            replace(fold, number=number)
            for number, fold in enumerate(f for _ in range(4) for f in task.folds)
        ),
    )
    run = a_run(task, {"fair": 1.0}, sets={})
    cells = tuple(
        replace(run.cells[0], fold=number, model="fair") for number in range(len(again.folds))
    )
    first = run.predictions
    repeated = replace(
        run,
        tasks=(again,),
        cells=cells,
        predictions=lambda cell: first(replace(cell, fold=cell.fold % 3)),
    )
    four = by_name(judged(repeated, 1000).models)["fair"]
    for key in ("roc_auc", "brier", "f1"):
        a, b = once.scores[Key(key)], four.scores[Key(key)]
        assert (b.value, b.low, b.high) == pytest.approx((a.value, a.low, a.high), rel=1e-4), key


@pytest.mark.parametrize("metric", ["roc_auc", "pr_auc"])
def test_areas_have_intervals_that_are_even_in_log_odds(metric):
    widths = []
    for grouped in (False, True):
        task = a_task(grouped=grouped)
        figure = by_name(judged(a_run(task)).models)["fair"].scores[Key(metric)]
        low, middle, high = logit([figure.low, figure.value, figure.high])
        assert high - middle == pytest.approx(middle - low)
        widths.append(high - low)
    assert widths[0] != pytest.approx(widths[1], rel=0.01)


def test_groups_widen_the_interval_where_their_cases_are_alike():
    task = a_task(grouped=True)
    rate = np.random.default_rng(1).random(task.group.max() + 1)
    alike = replace(task, target=(rate[task.group] < 0.4).astype(np.int8))

    def accuracy(task):
        run = a_run(task, change=lambda name, p: np.full(len(p), 0.1))
        return by_name(judged(run).models)["fair"].scores[Key("accuracy")]

    grouped, single = accuracy(alike), accuracy(replace(alike, group=None))
    assert grouped.value == single.value
    assert grouped.high - grouped.low > 1.5 * (single.high - single.low)


def test_a_fold_with_one_outcome_makes_figures_unavailable_and_nothing_else():
    task = a_task()
    target = task.target.copy()
    target[task.folds[0].test] = 0
    result = judged(a_run(replace(task, target=target)))
    for entry in (*result.models, *result.ensembles):
        for key in ("roc_auc", "pr_auc", "recall", "f1", "f1@chosen", "mcc", "lift_at_10"):
            figure = entry.scores[Key.parse(key)]
            assert not figure.available and math.isnan(figure.low) and math.isnan(figure.high)
        for key in ("accuracy", "log_loss", "brier", "ece"):
            figure = entry.scores[Key(key)]
            assert figure.available and math.isfinite(figure.high)
        assert entry.standing == "in the race" and entry.behind is None
    assert all(not e.gain.difference.available and not e.gain.established for e in result.ensembles)


def test_valid_cases_with_one_outcome_leave_a_default_and_say_so():
    task = a_task()
    target = task.target.copy()
    target[task.folds[1].splits[0].valid] = 1
    result = judged(a_run(replace(task, target=target)))
    for entry in result.models:
        assert entry.predictions[1].threshold == 0.5
        assert entry.predictions[0].threshold != 0.5
    stacked = by_name(result.ensembles)["stacking_all"]
    ((fold, instead),) = stacked.contestant.explanations[0].rows
    assert fold == "fold 1" and "averaged" in instead


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_constant_predictions(p):
    result = judged(a_run(a_task(), change=lambda name, _: np.full(600, p)))
    for entry in (*result.models, *result.ensembles):
        assert entry.scores[Key("roc_auc")].value == 0.5
        for key, figure in entry.scores.items():
            if key.metric != "precision" or figure.available:  # not where nobody is called
                assert math.isfinite(figure.low) and math.isfinite(figure.high), key
        assert entry.standing == "in the race"


def test_ties_everywhere_and_tiny_folds():
    task = a_task(n=24)
    target = np.tile([0, 1], 12).astype(np.int8)
    run = a_run(replace(task, target=target), change=lambda name, p: np.round(p))
    for entry in judged(run, draws=20).models:
        for key, figure in entry.scores.items():
            if figure.available:
                assert figure.low <= figure.value <= figure.high, key


def test_one_fold():
    task = a_task()
    result = judged(a_run(replace(task, folds=task.folds[:1])))
    assert [entry.name for entry in result.models] == ["good", "fair", "poor"]
    assert all(entry.behind.difference.available for entry in result.models[1:])


def test_no_models_no_cells():
    run = a_run(a_task())
    nothing = judged(replace(run, cells=()))
    assert [entry.contestant.failures[0] for entry in nothing.models] == [
        "fold 0: was not carried out"
    ] * 3
    empty = judged(replace(run, models=(), cells=(), ensembles={}))
    assert empty.models == () and empty.ensembles == ()


def test_the_same_run_is_judged_alike():
    first, second = (judged(a_run(a_task())) for _ in range(2))
    tables = (first.models + first.ensembles, second.models + second.ensembles)
    for old, new in zip(*tables, strict=True):
        assert old.scores == new.scores and old.behind == new.behind and old.gain == new.gain


def truths(task, seed=0):
    """Draw probabilities that fit the targets: sharp ones given both views, dull given one."""
    rng = np.random.default_rng(seed)
    both = expit(np.where(task.target == 1, 1.0, -1.5) + rng.normal(size=len(task.target)))
    return {"events+features": both, "features": expit(0.5 * (both - 0.4))}


def test_where_the_truth_is_known_each_entry_has_its_distance_to_it():
    task = a_task()
    task = replace(task, truth=truths(task))
    run = a_run(task)
    narrow = replace(run.models[0], views=frozenset({"features"}))
    result = judged(replace(run, models=(narrow, *run.models[1:])))
    assert [ceiling.views for ceiling in result.ceilings] == ["events+features", "features"]
    best = [
        np.mean([roc_auc_score(task.target[f.test], p[f.test]) for f in task.folds])
        for p in task.truth.values()
    ]
    found = [ceiling.scores[Key("roc_auc")].value for ceiling in result.ceilings]
    assert found == pytest.approx(best)
    good = by_name(result.models)["good"]
    gaps = {(gap.views, gap.metric): gap.difference for gap in good.shortfalls}
    assert len(gaps) == 4
    for views, ceiling in zip(("events+features", "features"), result.ceilings, strict=True):
        auc, loss = gaps[views, "roc_auc"], gaps[views, "log_loss"]
        ours = good.scores
        assert auc.value == pytest.approx(
            ceiling.scores[Key("roc_auc")].value - ours[Key("roc_auc")].value
        )
        assert loss.value == pytest.approx(
            ours[Key("log_loss")].value - ceiling.scores[Key("log_loss")].value
        )
        assert auc.low < auc.value < auc.high and loss.low < loss.value < loss.high


def test_an_entry_that_reads_everything_is_measured_against_everything():
    task = a_task()
    run = a_run(replace(task, truth=truths(task)))
    models = tuple(replace(m, views=frozenset({"features", "events"})) for m in run.models)
    result = judged(replace(run, models=models))
    for entry in (*result.models, *result.ensembles):
        assert {gap.views for gap in entry.shortfalls} == {"events+features"}


def test_without_a_truth_there_is_no_distance_to_it():
    result = judged(a_run(a_task()))
    assert result.ceilings == () and result.models[0].shortfalls == ()


PRICED = Decisions(
    false_positive=1, false_negative=5, value=40, action=3, precision=0.6, recall=0.7
)


def test_outcomes_are_those_of_thresholds_from_valid_cases_on_test_cases():
    task = a_task()
    run = replace(a_run(task), decisions=PRICED)
    result = judged(run)
    entry = by_name(result.models)["fair"]
    cells = [cell for cell in run.cells if cell.model == "fair"]
    by_rule = {outcome.rule: outcome for outcome in entry.outcomes}
    assert list(by_rule) == [rule.name for rule in PRICED.rules()] and list(by_rule)[0] == ""
    for rule in PRICED.rules():
        outcome = by_rule[rule.name]
        expected = {"acted": [], "recall": [], "cost": [], "profit": []}
        for fold, cell, threshold in zip(task.folds, cells, outcome.thresholds, strict=True):
            valid, test = fold.splits[0].valid, fold.test
            predicted = run.predictions(cell)
            assert threshold == choose([rule], task.target[valid], predicted.valid)[rule.name]
            yes, y = predicted.test >= threshold, task.target[test]
            expected["acted"].append(yes.mean())
            expected["recall"].append(y[yes].sum() / y.sum())
            wrong = (yes & (y == 0)).mean() + 5 * (~yes & (y == 1)).mean()
            expected["cost"].append(1000 * wrong)
            expected["profit"].append(1000 * (40 * y[yes].sum() - 3 * yes.sum()) / len(y))
        for name, values in expected.items():
            figure = outcome.scores[name]
            assert figure.value == pytest.approx(np.mean(values))
            assert figure.low <= figure.value <= figure.high
    least = min(outcome.scores["cost"].value for outcome in entry.outcomes)
    assert by_rule["cost"].scores["cost"].value < 1.1 * least
    assert by_rule["chosen"].thresholds == tuple(p.threshold for p in entry.predictions)


def test_costs_and_profit_are_not_there_where_the_suite_gives_none():
    entry = judged(a_run(a_task())).models[0]
    assert [outcome.rule for outcome in entry.outcomes] == ["", "chosen", "youden", "budget"]
    assert set(entry.outcomes[0].scores) == {"acted", "precision", "recall", "f1"}


def test_calibration_mends_on_test_cases_what_valid_cases_show():
    bent = a_run(a_task(n=3000), change=lambda name, p: expit(3 * np.log(p / (1 - p)) + 1))
    for entry in judged(bent).models:
        by_way = {calibrated.name: calibrated for calibrated in entry.calibrations}
        assert set(by_way) == {"sigmoid", "isotonic", "temperature", "beta"}
        for name in ("log_loss", "brier", "ece"):
            mended = by_way["sigmoid"]
            fall = entry.scores[Key(name)].value - mended.scores[name].value
            assert mended.falls[name].value == pytest.approx(fall)
            assert fall > 0 and mended.established[name] and mended.falls[name].low > 0
        y = [bent.tasks[0].target[fold.rows] for fold in entry.predictions]
        losses = [METRICS["brier"](a, p) for a, p in zip(y, by_way["beta"].p, strict=True)]
        assert by_way["beta"].scores["brier"].value == pytest.approx(np.mean(losses))


def test_calibration_of_what_is_true_changes_nothing_beyond_chance():
    rng = np.random.default_rng(0)
    task = a_task(n=3000)
    truth = expit(rng.normal(-1, 1.5, 3000))
    task = replace(task, target=(rng.random(3000) < truth).astype(np.int8))
    entry = judged(a_run(task, {"right": 0.0, "wrong": 9.0}, change=lambda name, p: truth)).models[
        0
    ]
    falls = {made.name: made.falls["log_loss"].value for made in entry.calibrations}
    assert not any(
        made.established["log_loss"] and falls[made.name] > 0 for made in entry.calibrations
    )
    assert max(falls.values()) < 0.005


def test_nothing_is_calibrated_on_one_outcome():
    task = a_task(n=90)
    target = task.target.copy()
    target[task.folds[0].splits[0].valid] = 0
    assert judged(a_run(replace(task, target=target))).models[0].calibrations == ()


def test_member_sets_name_who_errs_alike():
    noise = {"one": 1.0, "two": 1.0, "far": 3.0}
    run = a_run(a_task(), noise, sets={"all": tuple(noise), "pair": ("one", "far")})
    twin = replace(run, predictions=lambda cell: run.predictions(replace(cell, model="one"))
                   if cell.model == "two" else run.predictions(cell))  # fmt: skip
    everyone, pair = judged(twin).member_sets
    assert (everyone.label, everyone.n_members, pair.n_members) == ("all", 3, 2)
    assert set(everyone.most_alike[:2]) == {"One", "Two"}
    assert everyone.most_alike[2] == pytest.approx(1)
    assert 0 < everyone.disagreement < 0.5 and everyone.correlation > pair.correlation
    assert set(pair.least_alike[:2]) == {"One", "Far"}


def test_a_budget_of_time_leaves_slow_members_out():
    run = replace(a_run(a_task(), sets={"quick": tuple(NOISE)}), most_ms_per_1000={"quick": 3.5})
    cells = tuple(
        replace(cell, predict_seconds=9.0) if cell.model == "poor" else cell for cell in run.cells
    )
    for entry in judged(replace(run, cells=cells)).ensembles:
        assert {member.name for member in entry.contestant.members} == {"good", "fair"}
        assert entry.contestant.left_out == ("Poor: takes 9,000.0 ms for 1,000 cases, 3.5 allowed",)


def test_figures_too_good_to_be_believed_raise_an_alarm():
    def leaking(name, p):
        return 0.98 * target + 0.01 if name == "good" else p

    task = a_task()
    target = task.target
    noise = {"good": 1.0, "fair": 2.0}
    alarms = judged(a_run(task, noise, change=leaking)).alarms
    assert alarms[0].startswith("Good ranks almost without an error (ROC AUC 1.0000)")
    assert not any(alarm.startswith("Fair") for alarm in alarms)
    assert judged(a_run(task, noise)).alarms == ()


def test_a_stacker_on_predictions_for_fit_cases_raises_an_alarm():
    task = a_task(n=3000)

    def overfitted(name, p):
        # Knows the valid cases, which it was fitted on, and nothing else.
        return np.where(seen, 0.9 * task.target + 0.05, 0.5 + 0.001 * p) if name == "poor" else p

    task = replace(task, folds=task.folds[:1])
    seen = np.zeros(len(task.target), dtype=bool)
    seen[task.folds[0].splits[0].valid] = True
    noise = {"poor": 3.0, "fair": 2.0}
    alarms = " ".join(judged(a_run(task, noise, change=overfitted)).alarms)
    assert "Poor has ROC AUC of 1.0000 on valid cases and" in alarms
    assert "Stacking, all has ROC AUC of" in alarms


def test_a_budget_that_nobody_keeps_takes_one_row():
    run = replace(a_run(a_task(), sets={"quick": tuple(NOISE)}), most_ms_per_1000={"quick": 0.1})
    (entry,) = judged(run).ensembles
    assert (entry.name, entry.standing) == ("any_rule_quick", "not applicable")
    assert (
        "fewer than two of its models predict 1,000 cases within 0.1 ms"
        in entry.contestant.failures[0]
    )
    assert len(entry.contestant.left_out) == 3


def test_ensembles_are_measured_against_the_chosen_and_the_highest_model():
    def luck(name, p):
        # Poor is best on test cases, and nobody could have known it from valid ones.
        better = 0.9 * task.target + 0.05 if name == "poor" else p
        return np.where(seen, p, better)

    task = a_task()
    task = replace(task, folds=task.folds[:1])
    seen = np.zeros(len(task.target), dtype=bool)
    seen[task.folds[0].splits[0].valid] = True
    for entry in judged(a_run(task, change=luck)).ensembles:
        assert (entry.rival, entry.highest) == ("good", "poor")
        gains = entry.gain.difference.value, entry.gain_over_highest.difference.value
        auc = entry.scores[Key("roc_auc")].value
        assert gains[1] == pytest.approx(auc - 1.0) and gains[0] > gains[1]


def test_decisions_are_held_against_the_leaders_case_by_case():
    task = a_task()
    leader, *others = judged(a_run(task)).models
    assert leader.discordant is None
    right = [
        np.concatenate([(f.p >= 0.5) == task.target[f.rows] for f in entry.predictions])
        for entry in (leader, *others)
    ]
    for entry, own in zip(others, right[1:], strict=True):
        found = entry.discordant
        assert found.only_first == int((right[0] & ~own).sum())
        assert found.only_second == int((own & ~right[0]).sum())
    for dependent in (a_task(grouped=True), a_task(repeats=2)):
        assert all(entry.discordant is None for entry in judged(a_run(dependent)).models)


def test_every_pool_of_threads_is_limited_while_a_task_is_judged(monkeypatch):
    found = []

    def alarm(judged):
        found.extend((pool["user_api"], pool["num_threads"]) for pool in threadpool_info())
        return ("seen",)

    monkeypatch.setattr(judge_module, "ALARMS", (alarm,))
    before = threadpool_info()
    with threadpool_limits(limits=2):
        result = judged(a_run(a_task(n=300)), draws=20)
    assert result.alarms == ("seen",)
    assert {"blas", "openmp"} <= {api for api, _ in found}
    assert {n_threads for _, n_threads in found} == {1}
    assert [pool["num_threads"] for pool in threadpool_info()] == [
        pool["num_threads"] for pool in before
    ]


def test_a_weighted_task_is_judged_by_weight_throughout():
    task = replace(a_task(), weight=np.random.default_rng(5).lognormal(8, 1, 600))
    result = judged(a_run(task, {"fair": 2.0, "poor": 3.0}))
    assert result.alarms == ()
    for entry in (*result.models, *result.ensembles):
        by_fold = []
        for fold, predicted in zip(task.folds, entry.predictions, strict=True):
            w, y = task.weight[fold.test], task.target[fold.test]
            by_fold.append(
                {
                    "roc_auc": roc_auc_score(y, predicted.p, sample_weight=w),
                    "log_loss": METRICS["log_loss"](y, predicted.p, w),
                    "mcc": METRICS["mcc"](y, predicted.p >= 0.5, w),
                }
            )
            chosen = (task.target[fold.valid], entry.contestant.folds[fold.number].valid, f1)
            assert predicted.threshold == best_threshold(*chosen, task.weight[fold.valid])
        for name in by_fold[0]:
            figure = entry.scores[Key(name)]
            assert figure.value == pytest.approx(np.mean([figures[name] for figures in by_fold]))
            assert figure.low < figure.value < figure.high
        assert entry.discordant is None
    # A few heavy cases say less than as many of equal weight.
    auc, equal = (by_name(of.models)["fair"].scores[Key("roc_auc")] for of in (result, judged(
        a_run(replace(task, weight=None), {"fair": 2.0, "poor": 3.0}))))  # fmt: skip
    assert auc.high - auc.low > 1.2 * (equal.high - equal.low)


def test_weights_of_one_change_no_figure():
    task = a_task(n_splits=2)
    plain, ones = (judged(a_run(of), draws=50) for of in (task, replace(task, weight=np.ones(600))))
    for one, other in zip((*plain.models, *plain.ensembles), (*ones.models, *ones.ensembles),
                          strict=True):  # fmt: skip
        assert one.name == other.name
        for key, figure in one.scores.items():
            assert other.scores[key].value == pytest.approx(figure.value, abs=1e-6), key
            assert other.scores[key].low == pytest.approx(figure.low, abs=1e-5), key


def test_an_alarm_is_raised_where_weighted_figures_are_not_those_of_the_decisions():
    task = replace(a_task(), weight=np.random.default_rng(5).lognormal(8, 1, 600))
    result = judged(a_run(task), draws=20)
    unweighted = replace(result, task=replace(task, weight=None))
    said = [sentence for alarm in judge_module.ALARMS for sentence in alarm(unweighted)]
    assert any("Accuracy at 0.5 is given as" in sentence for sentence in said)
