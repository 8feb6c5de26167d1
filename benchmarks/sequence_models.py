"""Hidden Markov models against hmmlearn, and what sequence models cost as the cases grow.

``python -P benchmarks/sequence_models.py [LARGEST]`` prints, all on one thread:

* seconds of training by hmmlearn's ``CategoricalHMM`` with ``implementation="scaling"`` and by
  ours, same sequences, start, priors and number of iterations; and of scoring every sequence;
* seconds and memory of whole fits (alphabet, choice by valid cases, calibration, explanation) of
  the sequence models on 10,000, 100,000, ... cases of ten events, each in a process of its own, up
  to ``LARGEST`` (default 1,000,000).

Nothing is asserted.
"""

import os
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd
from intentbench.bench.cases import Cases
from intentbench.bench.events import Events
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.threads import ONE_THREAD
from intentbench.models._hmm.batches import batches
from intentbench.models._hmm.kernels import log_likelihoods
from intentbench.models._hmm.training import Priors, TrainingSet, random_start

MODELS = ("markov_chain", "hmm", "hmm_logistic_regression")
N_FEATURES, N_EVENTS = 20, 10


def against_hmmlearn(n_sequences: int, mean_length: int, n_symbols: int, n_states: int) -> None:
    """Train and score the same sequences with both and print seconds and ratios."""
    from hmmlearn.hmm import CategoricalHMM

    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 2 * mean_length, n_sequences)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    symbols = rng.integers(0, n_symbols, offsets[-1])
    start = random_start(n_states, [np.full(n_symbols, 1 / n_symbols)], rng)
    settings = {"startprob_prior": 1.1, "transmat_prior": 1.1, "emissionprob_prior": 1.5}
    theirs = CategoricalHMM(
        n_states, n_iter=10, tol=-np.inf, init_params="", implementation="scaling",
        n_features=n_symbols, **settings,
    )  # fmt: skip
    theirs.startprob_, theirs.transmat_ = start.start, start.transition
    (theirs.emissionprob_,) = start.emissions
    priors = Priors(0.1, 0.1, (np.full(n_symbols, 0.5),))
    each = np.arange(n_symbols)[None]

    def train() -> None:
        data = TrainingSet(list(batches(symbols, offsets)), each)
        data.fit(start, priors, max_iterations=10, tolerance=-np.inf)

    def score() -> None:
        log_likelihoods(start.chain(each), batches(symbols, offsets), n_sequences)

    def score_one_by_one() -> None:
        for low, high in zip(offsets, offsets[1:], strict=False):
            theirs.score(symbols[low:high, None])

    slow, fast = seconds(lambda: theirs.fit(symbols[:, None], lengths)), seconds(train)
    slow_score, fast_score = seconds(score_one_by_one), seconds(score)
    print(
        f"{n_sequences:,} sequences of about {mean_length}, {n_symbols} symbols, {n_states} states:"
        f"  training {slow:.2f} s / {fast:.2f} s = {slow / fast:.1f};"
        f"  scoring {slow_score:.2f} s / {fast_score:.3f} s = {slow_score / fast_score:.0f}",
        flush=True,
    )


def seconds(work) -> float:
    """Processor time of a call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def make_cases(n_cases: int) -> tuple[Cases, np.ndarray]:
    """Draw cases of ten events with three marks, and twenty columns; all lean on the outcome."""
    rng = np.random.default_rng(0)
    y = (rng.random(n_cases) < 0.1).astype(np.int8)
    owner = np.repeat(y, N_EVENTS)
    kind = (12 * rng.random(len(owner)) ** (1.0 + 0.2 * owner)).astype(np.int32)
    gap = rng.exponential(60.0, len(owner)).astype(np.float32)
    gap[::N_EVENTS] = 0
    events = Events(
        offsets=np.arange(n_cases + 1, dtype=np.int64) * N_EVENTS,
        marks={
            "kind": kind,
            "gap": gap,
            "price": rng.lognormal(2.0 + 0.1 * owner, 1.0).astype(np.float32),
        },
        vocabulary={"kind": tuple(f"page {number}" for number in range(12))},
    )
    columns = rng.normal(size=(n_cases, N_FEATURES)) + 0.1 * y[:, None]
    names = [f"column {number}" for number in range(N_FEATURES)]
    return Cases(pd.DataFrame(columns, columns=names), events), y


def whole_fit(name: str, n_cases: int) -> None:
    """Fit one model on ``n_cases`` and as many quarters to watch, and print what it took."""
    cases, y = make_cases(n_cases + n_cases // 4)
    fit, valid = (cases.take(rows) for rows in np.split(np.arange(len(cases)), [n_cases]))
    del cases
    model = load(Registry("model").find(name))()
    if "random_state" in model.get_params():
        model.set_params(random_state=0)
    before = peak_megabytes()
    taken = seconds(lambda: model.fit(fit, y[:n_cases], valid=(valid, y[n_cases:])))
    predicting = seconds(lambda: model.predict_proba(valid))
    print(
        f"{name}: {n_cases:,} cases fitted in {taken:.1f} s, {len(valid):,} predicted in "
        f"{predicting:.1f} s; {before:,.0f} MB with the data alone, {peak_megabytes():,.0f} MB",
        flush=True,
    )


def peak_megabytes() -> float:
    """Highest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if not ONE_THREAD.items() <= os.environ.items():
        # Libraries read these when they are loaded: start again with them.
        command = [sys.executable, "-P", *sys.argv]
        os.execve(sys.executable, command, os.environ | ONE_THREAD)
    if len(sys.argv) == 3:
        whole_fit(sys.argv[1], int(sys.argv[2]))
    else:
        against_hmmlearn(5_000, 20, 50, 4)
        against_hmmlearn(20_000, 10, 50, 4)
        against_hmmlearn(5_000, 20, 200, 8)
        n_cases, largest = 10_000, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
        while n_cases <= largest:
            for model in MODELS:
                command = [sys.executable, "-P", sys.argv[0], model, str(n_cases)]
                subprocess.run(command, check=True)
            n_cases *= 10
