"""How often the 95 % intervals of weighted tasks hold the truth.

Rows are drawn from a known process, as ``bench/judge/coverage.py`` draws cases, and the functions
that judge a run score them.  Prints a table.

Run it from the checkout: python benchmarks/weight_coverage.py [SIMULATIONS], 500 where not given.
"""

import sys

import numpy as np
from intentbench.bench.judge.figure_intervals import with_intervals
from intentbench.bench.judge.judgement import FoldPredictions
from intentbench.bench.judge.scoring import score
from intentbench.bench.metrics.key import Key
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.thresholds import DEFAULT, decide
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.records import TaskRecord
from intentbench.bench.task import Card
from scipy.special import expit

CARD = Card("Drawn", "?", "drawn at random", "none", "drawn", real=False)
ROWS_OF_TRUTH = 1_000_000
ROWS, DRAWS = 1000, 400
Drawn = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]


def weights(n: int, rng: np.random.Generator) -> Drawn:
    """Draw rows of one outcome that stand for log-normally many cases, more where it is seen."""
    seen, unseen = rng.normal(size=(2, n))
    y = (rng.random(n) < expit(-1.2 + 1.5 * seen + 0.7 * unseen)).astype(np.int8)
    return y, expit(-1.2 + 1.7 * seen), rng.lognormal(8 + 0.3 * seen, 1.0), None


def trials(n: int, rng: np.random.Generator) -> Drawn:
    """Draw ads with impressions, clicks, and a rate of their own beside what is seen."""
    seen, unseen = rng.normal(size=(2, n))
    shown = np.maximum(rng.lognormal(10, 1.0, n).astype(np.int64), 100)
    clicks = rng.binomial(shown, expit(-4 + 0.6 * seen + 0.3 * unseen))
    count = np.column_stack([clicks, shown - clicks]).ravel().astype(float)
    kept = count > 0
    p, row = (np.repeat(of_row, 2)[kept] for of_row in (expit(-4 + 0.6 * seen), np.arange(n)))
    return np.tile([1, 0], n).astype(np.int8)[kept], p, count[kept], row


def coverage(draw, n_simulations: int) -> dict[str, float]:
    """Count how often the interval of each figure holds the figure of a million rows."""
    rng = np.random.default_rng(0)
    y, p, w, _ = draw(ROWS_OF_TRUTH, rng)
    truth = {name: metric(y, answer(metric, p), w) for name, metric in METRICS.items()}
    held = {name: [] for name in METRICS}
    for number in range(n_simulations):
        y, p, w, group = draw(ROWS, rng)
        rows = np.arange(len(y))
        fold = Fold(0, rows, (Split(rows[:0], rows[:0]),))
        task = TaskRecord("drawn", CARD, "", 0, 0, False, "", y, group, None, (fold,), weight=w)
        predictions = [(FoldPredictions(0, rows, p, DEFAULT),)]
        (figures,) = with_intervals(score(task, predictions, DRAWS, number), task, predictions)
        for name, of_name in held.items():
            figure = figures[Key(name)]
            if figure.available:
                of_name.append(figure.low <= truth[name] <= figure.high)
    return {name: float(np.mean(of_name or [np.nan])) for name, of_name in held.items()}


def answer(metric, p: np.ndarray) -> np.ndarray:
    """Give what a metric is computed from."""
    return decide(p, DEFAULT) if metric.needs == "decision" else p


def main() -> None:
    """Simulate and print."""
    n_simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    found = [coverage(draw, n_simulations) for draw in (weights, trials)]
    print(f"{n_simulations:,} simulations of {ROWS:,} rows, {DRAWS} draws")
    print("| figure | --weight | --trials |\n| --- | --- | --- |")
    for name, metric in METRICS.items():
        print(f"| {metric.title} | " + " | ".join(f"{of[name]:.1%}" for of in found) + " |")


if __name__ == "__main__":
    main()
