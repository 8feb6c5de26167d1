"""Act or wait: what fitted Q and the others lose against the best possible policy, by economics.

``.venv/bin/python -P benchmarks/act_or_wait.py [POLICY ...]`` (all, if not told): 20,000 simulated
visits, the first of three folds.  Losses are in expectation, by the true probabilities: once with
these as scores, so that only the policy loses, and once with scores of a hidden Markov model that
learns from 10,700 visits.  Differences are paired by visit, with intervals of 1.96 standard errors.
"""

import sys
from dataclasses import replace

import numpy as np
from intentbench.bench.act_or_wait.best_possible import best_stops
from intentbench.bench.act_or_wait.stepping import stops_of
from intentbench.bench.cell.policy_cell import laid_out, score_visits
from intentbench.bench.cell.timing import Timer
from intentbench.bench.cell.transport import ShownTask
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.policy import Economics
from intentbench.bench.splits.resampling import Resampling
from intentbench.datasets.simulated import Simulated

SEED = 1
FALLING = (0.2, 0.19, 0.18, 0.17, 0.16, 0.15, 0.14, 0.13, 0.12, 0.11, 0.1)
STEPS = (0.12, 0.12, 0.12, 0.11, 0.11, 0.10, 0.10, 0.09, 0.09, 0.08, 0.08, 0.07)
ECONOMICS = {
    "of the suite": Economics(60, 1, 20, (0.1, 0.1, 0.1, 0.1, 0.1, 0.095, 0.09, 0.085, 0.08)),
    "uplift stays": Economics(60, 1, 20, (0.1,)),
    "uplift falls": Economics(40, 1, 20, FALLING),
    "dear to act": Economics(40, 2, 15, FALLING),
    "less given away": Economics(40, 1, 12, STEPS),
    "little to gain": Economics(40, 1, 12, (0.1, 0.098, 0.095, 0.09, 0.085, 0.08, 0.07, 0.05)),
    "hardly worth it": Economics(40, 1, 20, STEPS),
}


def main(asked: list[str]) -> None:
    """Print a table by economics."""
    task = Simulated(n_cases=20_000, events_share=1.0, after=1, course=19, seed=SEED).load()
    fold = Resampling(folds=3).plan(task)[0]
    split, test = fold.splits[0], fold.test
    course, known = task.course.events, task.cases.events.lengths
    truth = laid_out(task.course.truth["events"], course, known, np.arange(len(task)))
    models, policies = Registry("model"), Registry("policy")
    shown, y = ShownTask(task.cases, task.target), task.target[split.valid]
    timer = Timer()
    hmm = score_visits(load(models.find("hmm")), shown, course, split, test, 0)
    print(f"scores of {len(task):,} visits: {timer.took().processor:.1f} s of processor time\n")
    by_truth = replace(
        hmm,
        valid=replace(hmm.valid, p=truth[split.valid, :, 0]),
        test=replace(hmm.test, p=truth[test, :, 0]),
    )
    print(f"{'economics':<17}{'scores':<7}{'policy':<15}{'lost %':>8}{'per 1,000':>11}"
          f"{'less than fitted Q':>32}{'seconds':>9}")  # fmt: skip
    for name, economics in ECONOMICS.items():
        train = np.concatenate([split.fit, split.valid])
        best = _expected(truth[test], best_stops(truth[train], truth[test], economics), economics)
        for scores, scored in (("truth", by_truth), ("hmm", hmm)):
            fitted = None
            others = [one for one in asked or policies.names() if one != "fitted_q"]
            for policy_name in ("fitted_q", *others):
                policy = load(policies.find(policy_name))()
                if "random_state" in policy.get_params():
                    policy.set_params(random_state=0)
                timer = Timer()
                stops = stops_of(policy.learn(scored.valid, y, economics), scored.test)
                seconds = timer.took().processor
                brought = _expected(truth[test], stops, economics)
                fitted = brought if fitted is None else fitted
                less = 1000 * (fitted - brought)
                half = 1.96 * less.std() / np.sqrt(len(less))
                lost = 100 * (1 - brought.mean() / best.mean())
                print(f"{name:<17}{scores:<7}{policy_name:<15}{lost:8.1f}"
                      f"{1000 * brought.mean():11.1f}{less.mean():14.1f} +- {half:<14.1f}"
                      f"{seconds:9.2f}", flush=True)  # fmt: skip


def _expected(truth: np.ndarray, stops: np.ndarray, economics: Economics) -> np.ndarray:
    """Give what stops are expected to bring, by visit."""
    event = np.maximum(stops, 1)
    p = truth[np.arange(len(truth)), event - 1, 0]
    return np.where(stops > 0, economics.gain(p, event), 0.0)


if __name__ == "__main__":
    main(sys.argv[1:])
