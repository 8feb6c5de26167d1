"""What a file of a model is to hold: one fit, a refit on all cases, or the models of five parts.

``python -P benchmarks/refit_or_bag.py [DATASET ...]`` (german_credit, if not told).  Three times a
third of the cases is held back.  Of the others five parts are fitted, each watching a fifth; one of
these fits, a refit on all of them (where the model allows one) and the mean of the five are scored
on what was held back, and so are stacks of all models in each form, whose rule learns from the
parts' out-of-sample predictions.  Prints ROC AUC and log loss, size, and processor time an answer.
"""

import sys
import time
from collections import defaultdict

import numpy as np
from intentbench.bench.deploy.scorers import Bag, Combined, OneModel
from intentbench.bench.deploy.stored_objects import to_bytes
from intentbench.bench.ensembles.rules import RULES
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import load_task
from sklearn.model_selection import StratifiedKFold, train_test_split

_MODELS = (
    "logistic_regression", "naive_bayes", "random_forest", "hist_gradient_boosting", "xgboost",
    "linear_svm", "tan",
)  # fmt: skip
_FORMS = ("one fit", "refit", "five parts")
_DRAWS, _PARTS, _ANSWERS = 3, 5, 50


def main(names: list[str]) -> None:
    """Print a table for each data set."""
    for name in names or ["german_credit"]:
        task = load_task(Registry("dataset").find(name))
        found: dict[tuple[str, str], list[tuple[float, ...]]] = defaultdict(list)
        for draw in range(_DRAWS):
            compare(task, draw, found)
        print(f"\n{name}: {'':20} {'form':12} ROC AUC  log loss      KB   ms an answer")
        for (model, form), figures in found.items():
            auc, loss, size, ms = np.mean(figures, axis=0)
            print(f"{model:32} {form:12} {auc:.4f}   {loss:.4f} {size / 1e3:9.0f} {ms:9.2f}")


def compare(task, draw: int, found: dict) -> None:
    """Fit all forms of all models on two thirds of the cases, and score them on the others."""
    rows = np.arange(len(task))
    fit, new = train_test_split(rows, test_size=1 / 3, stratify=task.target, random_state=draw)
    folds = StratifiedKFold(_PARTS, shuffle=True, random_state=draw).split(fit, task.target[fit])
    splits = [(fit[some], fit[others]) for some, others in folds]
    scorers: dict[str, list] = {form: [] for form in _FORMS}
    out_of_sample = np.zeros((len(task), len(_MODELS)))
    for column, name in enumerate(_MODELS):
        parts = [fitted(name, task, *split) for split in splits]
        for part, (_, watched) in zip(parts, splits, strict=True):
            out_of_sample[watched, column] = part.score(task.cases.take(watched))
        forms = {"one fit": parts[0], "five parts": Bag(tuple(parts))}
        again = parts[0].model.stopped_like([part.model for part in parts])
        if again is not None or not parts[0].model.watches:
            forms["refit"] = fitted(name, task, fit, fit[:0], again)
        for form in _FORMS:
            scorers[form].append(forms.get(form, forms["five parts"]))
            if form in forms:
                found[name, form].append(figures(forms[form], task, new))
    rule = next(rule for rule in RULES if rule.name == "stacking")
    combine = rule.learn(out_of_sample[fit], task.target[fit], None, None).predict
    for form in _FORMS:
        stack = Combined(tuple(scorers[form]), tuple(range(len(_MODELS))), combine, len(_MODELS))
        found["stacking", form].append(figures(stack, task, new))


def fitted(name: str, task, fit: np.ndarray, watched: np.ndarray, model=None) -> OneModel:
    """Fit a model on some cases while it watches others."""
    if model is None:
        model = load(Registry("model").find(name))()
        if "random_state" in model.get_params():
            model.set_params(random_state=0)
    valid = task.cases.take(watched), task.target[watched]
    return OneModel(model.fit(task.cases.take(fit), task.target[fit], valid=valid))


def figures(scorer, task, new: np.ndarray) -> tuple[float, float, float, float]:
    """Give ROC AUC, log loss, bytes, and milliseconds of processor time for a single case."""
    p, y = scorer.score(task.cases.take(new)), task.target[new]
    alone = [task.cases.take(new[[row]]) for row in range(_ANSWERS)]
    begun = time.process_time()
    for case in alone:
        scorer.score(case)
    ms = (time.process_time() - begun) / _ANSWERS * 1e3
    return METRICS["roc_auc"](y, p), METRICS["log_loss"](y, p), len(to_bytes(scorer)), ms


if __name__ == "__main__":
    main(sys.argv[1:])
