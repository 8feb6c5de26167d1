"""What it costs to learn on predictions of one model what is applied to the mean of several.

    OMP_NUM_THREADS=1 python -P benchmarks/inner_splits.py [REPEATS [TASK ...]]

With several inner splits a valid case is predicted by one model, and a test case by the mean of
them all.  Here a third of the cases is predicted by the mean as well, which no run can spare:
thresholds, calibrators and ensembles learnt there are learnt on what they are applied to.  It
prints a Markdown table of what the house's way brings less than that, on the same test cases, as
means over repeats with 95 % intervals.  Nothing is asserted.
"""

import sys

import numpy as np
from intentbench.bench.ensembles.rules import RULES
from intentbench.bench.metrics.calibrators import CALIBRATORS
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.thresholds import best_threshold, decide, f1, within_budget, youden
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.task import Task
from scipy import stats

TASKS = ("online_shoppers", "german_credit", "taiwan_default")
MODELS = ("logistic_regression", "decision_tree", "random_forest", "hist_gradient_boosting")
N_SPLITS, MOST_CASES, BUDGET = 4, 6000, 0.05


def main() -> None:
    """Print the tables of all tasks."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for name in sys.argv[2:] or TASKS:
        task = load_task(Registry("dataset").find(name))
        found: dict[str, list[float]] = {}
        for seed in range(repeats):
            for what, loss in losses(task, np.random.default_rng(seed)).items():
                found.setdefault(what, []).append(loss)
        print(f"\n{name}, {repeats} repeats\n\n| learnt on valid cases | loss |\n| --- | --- |")
        for what, values in found.items():
            reach = stats.t.ppf(0.975, repeats - 1) * np.std(values, ddof=1) / np.sqrt(repeats)
            print(f"| {what} | {np.mean(values):+.4f} ± {reach:.4f} |", flush=True)


def losses(task: Task, rng: np.random.Generator) -> dict[str, float]:
    """Measure by how much the house's way is worse, of each thing that is learnt."""
    rows = rng.permutation(len(task))[:MOST_CASES]
    train, spared, test = np.array_split(rows, 3)
    predicted = [of_model(task, name, train, spared, test) for name in MODELS]
    y_single, y_mean, y = task.target[train], task.target[spared], task.target[test]
    lost: dict[str, list[float]] = {}
    for single, mean, tested in predicted:
        for name, merit in (("F1", f1), ("Youden", youden)):
            ours, theirs = (
                score(name, y, decide(tested, best_threshold(of, p, merit)))
                for of, p in ((y_single, single), (y_mean, mean))
            )
            lost.setdefault(f"threshold of the highest {name}", []).append(theirs - ours)
        shares = [
            decide(tested, best_threshold(of, p, within_budget(BUDGET))).mean()
            for of, p in ((y_single, single), (y_mean, mean))
        ]
        lost.setdefault("share acted on under a budget of 5 %", []).append(shares[1] - shares[0])
        for calibrator in CALIBRATORS:
            ours, theirs = (
                METRICS["log_loss"](y, calibrator.learn(p, of)(tested))
                for of, p in ((y_single, single), (y_mean, mean))
            )
            lost.setdefault(f"{calibrator.title} calibration: log loss", []).append(ours - theirs)
    singles, means, tests = (np.column_stack(part) for part in zip(*predicted, strict=True))
    for rule in RULES:
        ours, theirs = (rule.learn(p, of, None) for p, of in ((singles, y_single), (means, y_mean)))
        aucs = [METRICS["roc_auc"](y, learnt.predict(tests)) for learnt in (ours, theirs)]
        lost.setdefault(f"{rule.title}: ROC AUC", []).append(aucs[1] - aucs[0])
    return {what: float(np.mean(values)) for what, values in lost.items()}


def of_model(
    task: Task, name: str, train: np.ndarray, spared: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predict each train case by the model that left it out, all others by the mean of models."""
    single, means = np.empty(len(train)), []
    for part in np.array_split(np.arange(len(train)), N_SPLITS):
        fit, valid = np.delete(train, part), train[part]
        model = load(Registry("model").find(name))()
        if "random_state" in model.get_params():
            model.set_params(random_state=0)
        watched = task.cases.take(valid), task.target[valid]
        model.fit(task.cases.take(fit), task.target[fit], valid=watched)
        single[part] = model.predict_proba(task.cases.take(valid))[:, 1]
        others = task.cases.take(np.concatenate([spared, test]))
        means.append(model.predict_proba(others)[:, 1])
    mean = np.mean(means, axis=0)
    return single, mean[: len(spared)], mean[len(spared) :]


def score(name: str, y: np.ndarray, decided: np.ndarray) -> float:
    """Score decisions: F1, or Youden's index."""
    if name == "F1":
        return METRICS["f1"](y, decided)
    return 2 * METRICS["balanced_accuracy"](y, decided) - 1


if __name__ == "__main__":
    main()
