"""Whether private models keep their promise, and what it costs.

    python -P benchmarks/privacy.py [attack] [cost]

``attack`` fits each model to 2,000 pairs of neighbouring data sets and prints a lower bound on
epsilon beside the claim; with half the noise it must be found out (TAN's tree, a quarter
of epsilon, is of one column here).  Logistic regression hides a case in five sums at once, of which
each moves little: even the likelihood ratio, which no attack beats (Neyman and Pearson 1933),
would be expected to show .89 of 2,000 pairs without half the noise, and 1.4 of 15,000, which are
fitted of it.  ``cost`` prints the ROC AUC on Online Shoppers by epsilon, with 8,000 fit cases,
means over six draws of them.
"""

import sys
import warnings
from fractions import Fraction
from unittest import mock

import numpy as np
import pandas as pd
from intentbench.bench.cases import Cases, is_numeric, texts
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from intentbench.bench.stats.least_epsilon import least_epsilon

_MODELS = ("private_naive_bayes", "private_tan", "private_logistic_regression")
_PAIRS, _CASES = {"private_logistic_regression": 15_000}, 40
_USUAL_PAIRS = 2000
_STATED = {"categories": {"city": ["Rome"]}}
# Public: what the data set's authors say that the columns are.
_SHOPPERS = {
    "Administrative": [0, 30], "Administrative_Duration": [0, 3600], "Informational": [0, 30],
    "Informational_Duration": [0, 3600], "ProductRelated": [0, 500],
    "ProductRelated_Duration": [0, 36000], "BounceRates": [0, 0.2], "ExitRates": [0, 0.2],
    "PageValues": [0, 300], "SpecialDay": [0, 1],
}  # fmt: skip


def main() -> None:
    """Print what is asked for."""
    warnings.simplefilter("ignore")
    asked = sys.argv[1:] or ["attack", "cost"]
    if "attack" in asked:
        attack()
    if "cost" in asked:
        cost()


def attack() -> None:
    """Print a line a model, as it is and with half of its noise."""
    for name in _MODELS:
        exact = [noisy_sums(name, with_case, 10**6, n_fits=1)[0] for with_case in (False, True)]
        for factor in (1, 2):
            told = [
                np.array([likeness(row, *exact) for row in noisy_sums(name, with_case, factor)])
                for with_case in (False, True)
            ]
            print(
                f"{name}, noise / {factor}: epsilon is at least {least_epsilon(*told):.2f}; "
                "claimed 1",
                flush=True,
            )


def likeness(sums: list, without: list, with_case: list) -> float:
    """Say how much likelier a fit's noisy sums are with the case: no attack knows more."""
    found = 0.0
    for drawn, a, b in zip(sums, map(np.rint, without), map(np.rint, with_case), strict=True):
        moved = max(np.abs(b - a).sum(), 1.0)
        found += float((np.abs(drawn - a) - np.abs(drawn - b)).sum() / moved)
    return round(found, 6)


def noisy_sums(name: str, with_case: bool, factor: int, n_fits: int = 0) -> list:
    """Give all that each of the fits learns from: its noisy sums, part by part."""
    n_fits = n_fits or _PAIRS.get(name, _USUAL_PAIRS)
    n_cases = _CASES + with_case
    features = pd.DataFrame({"city": ["Rome"] * n_cases})
    cases, y = Cases(features), np.ones(n_cases, dtype=np.int8)
    model_class = load(Registry("model").find(name))
    module = sys.modules[model_class.__module__]
    real, rows = module.noisy, []

    def recorded(counts: np.ndarray, epsilon: Fraction) -> np.ndarray:
        drawn = real(counts, factor * epsilon)
        rows[-1].append(drawn.ravel())
        return drawn

    with mock.patch.object(module, "noisy", recorded):
        for _ in range(n_fits):
            rows.append([])
            model_class(1.0, **_STATED).fit(cases, y, valid=(cases, y))
    return rows


def cost() -> None:
    """Print a line a model and epsilon."""
    task = load_task(Registry("dataset").find("online_shoppers"))
    features, y = task.cases.features, task.target
    categories = {
        column: sorted(texts(features[column]).dropna().unique())
        for column in features
        if not is_numeric(features[column])
    }
    stated = {"bounds": _SHOPPERS, "categories": {**categories, "Weekend": [0, 1]}}
    for name in _MODELS:
        model_class = load(Registry("model").find(name))
        for epsilon in (1000.0, 3.0, 1.0, 0.3, 0.1):
            aucs = []
            for seed in range(6):
                order = np.random.default_rng(seed).permutation(len(y))
                fit, new = order[:8000], order[8000:]
                model = model_class(epsilon, **stated)
                parts = task.cases.take(fit), task.cases.take(new)
                model.fit(parts[0], y[fit], valid=(parts[1], y[new]))
                p = model.predict_proba(parts[1])[:, 1]
                aucs.append(METRICS["roc_auc"](y[new], p))
            print(
                f"{name}, epsilon {epsilon:g}: ROC AUC {np.mean(aucs):.4f} (sd {np.std(aucs):.4f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
