"""What a column of texts is worth: read for what it says, read as a category, or left out.

Simulated visits: whether somebody buys hangs on a price, a channel and what a search text is about
(a mood that shows in the choice of words, in sentences of which hardly two are alike).  Each model
is fitted on every fold with the column in its three uses; the differences in ROC AUC come with
their paired bootstrap intervals over the tested cases, beside the true probabilities' ROC AUC.

    OMP_NUM_THREADS=1 python benchmarks/text_columns.py [MODEL ...]
"""

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from intentbench.bench.cell.views import Views
from intentbench.bench.embedding import Embedding
from intentbench.bench.metrics.bootstrap import Answers, FoldScores, FoldUnits, in_every_draw
from intentbench.bench.metrics.key import Key
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import cell_seed
from intentbench.bench.splits.fold import Fold
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.stats.intervals import percentile_interval
from intentbench.bench.task import Task
from intentbench.datasets.table_file import TableFile

MODELS = ("logistic_regression", "hist_gradient_boosting", "lightgbm")
N, FOLDS, DRAWS = 6_000, 3, 1_000
USES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "read as texts": {"text": ["search"]},
    "as a category": {"category": ["search"]},
    "left out": {"drop": ["search"]},
}
EAGER = (
    "buy now", "in stock", "delivery tomorrow", "coupon", "size 42", "order", "best price",
    "add to cart", "next day", "voucher", "free shipping", "gift for today",
)  # fmt: skip
IDLE = (
    "what is", "history of", "how to clean", "pictures", "meaning", "repair", "second hand",
    "review of old", "return policy", "compare", "diy", "wallpaper",
)  # fmt: skip
THINGS = (
    "running shoes", "blue kettle", "winter coat", "desk lamp", "phone case", "garden chair",
    "coffee beans", "rain jacket", "yoga mat", "office bag", "baby monitor", "bike light",
)  # fmt: skip
WORDS = "for with and the a small large new red black kids women men cheap good light".split()


def visits(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw visits, and the true probability of each."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)
    price = rng.lognormal(3, 0.7, n).round(2)
    channel = rng.choice(["ad", "mail", "direct"], n)
    odds = 1.1 * mood - 0.5 * (np.log(price) - 3) + 0.5 * (channel == "direct") - 1.8
    p = 1 / (1 + np.exp(-odds))
    texts = []
    for eagerness in 1 / (1 + np.exp(-1.5 * mood)):
        said = [rng.choice(EAGER if rng.random() < eagerness else IDLE) for _ in range(2)]
        said += [rng.choice(THINGS), *rng.choice(WORDS, rng.integers(1, 4))]
        rng.shuffle(said)
        texts.append(" ".join(said))
    bought = rng.random(n) < p
    return pd.DataFrame(
        {"price": price, "channel": channel, "search": texts, "bought": bought.astype(int)}
    ), p


def predicted(model: str, task: Task, folds: Sequence[Fold]) -> list[np.ndarray]:
    """Fit on every fold and give the probabilities of its test cases."""
    answers = []
    for fold in folds:
        views = Views(task, fold.splits[0], fold.test)
        fitted = load(Registry("model").find(model))()
        if "random_state" in fitted.get_params():
            fitted.set_params(random_state=cell_seed(0, fold.number, 0))
        fit, valid, test = views.parts(fitted.views)
        y_fit, y_valid = views.outcomes()
        answers.append(fitted.fit(fit, y_fit, valid=(valid, y_valid)).predict_proba(test)[:, 1])
    return answers


def mean_auc(y: np.ndarray, folds: Sequence[Fold], answers: list[list[np.ndarray]]) -> np.ndarray:
    """Mean ROC AUC over folds, shape (n_uses, 1 + DRAWS); column 0 is of the cases themselves."""
    auc, parts = Key("roc_auc"), []
    for number, fold in enumerate(folds):
        tested = FoldUnits(y[fold.test], fold.test)
        given = [Answers(of_use[number], {}) for of_use in answers]
        parts.append((tested, [FoldScores(tested, given, [auc])]))
    once = np.mean([scores.once[auc] for _, (scores,) in parts], axis=0)
    (draws,) = in_every_draw(parts, len(y), DRAWS, 0)
    return np.column_stack([once, draws[auc]])


def main(models: Sequence[str]) -> None:
    """Fit and print."""
    table, p = visits(N, 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visits.parquet"
        table.to_parquet(path, index=False)
        tasks = {
            use: TableFile(path=str(path), target="bought", **asked).load()
            for use, asked in USES.items()
        }
    texts = next(iter(tasks.values()))
    folds = Resampling(folds=FOLDS).plan(texts)
    begun = time.process_time()
    embedding = Embedding().fit(texts.cases.features)
    learnt = time.process_time()
    embedding.transform(texts.cases.features)
    told = time.process_time() - learnt
    print(f"{N:,} visits, {table['search'].nunique():,} different texts; numbers of the texts: ")
    print(f"  learnt in {learnt - begun:.2f} s, given in {told:.2f} s of processor time")
    best = mean_auc(texts.target, folds, [[p[fold.test] for fold in folds]])[0, 0]
    print(f"true probabilities: ROC AUC {best:.3f}")
    for model in models:
        answers = [predicted(model, task, folds) for task in tasks.values()]
        auc = mean_auc(texts.target, folds, answers)
        print(model)
        for use, drawn in zip(USES, auc, strict=True):
            gap = auc[0] - drawn
            low, high = percentile_interval(gap[0], gap[1:])
            ahead = f"; texts ahead by {gap[0]:+.3f} ({low:+.3f} to {high:+.3f})"
            print(
                f"  {use:14} {drawn[0]:.3f}{'' if use == next(iter(USES)) else ahead}", flush=True
            )


if __name__ == "__main__":
    main(sys.argv[1:] or MODELS)
