"""Bayesian networks at size: training, and prediction against pgmpy's own.

``python -P benchmarks/bayes_nets.py [LARGEST]`` draws cases with 20 columns and prints

- cases a second of ours and of pgmpy's ``predict_probability`` on the same TAN and the same
  hill-climbed network, and their ratio;
- seconds to predict a million cases of every Bayesian model, from the table (with encoding) and
  from codes, complete and with a twentieth of all values missing;
- seconds to train every Bayesian model on 10,000 to LARGEST (default 1,000,000) cases, with the
  growth of the time for ten times the cases.

One processor thread; nothing is asserted.
"""

import os
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
from intentbench.bench.cases import Cases
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.threads import ONE_THREAD
from intentbench.models._network.bayes_net import DiscreteNetwork, pooled_log_odds
from intentbench.models._network.structure import climbed_parents, informative, sample, tree_parents

N_COLUMNS, N_PGMPY = 20, 300
MODELS = (
    "naive_bayes", "categorical_nb", "tan", "chow_liu_multinet", "k_dependence", "aode",
    "hill_climbed_net",
)  # fmt: skip


def draw(n_cases: int, seed: int = 0) -> tuple[Cases, np.ndarray]:
    """Draw cases: ten skewed numbers and ten categories, some of which lean on each other."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n_cases) < 0.15).astype(np.int8)
    columns: dict[str, np.ndarray | pd.Categorical] = {}
    hidden = rng.normal(size=n_cases) + y
    for j in range(N_COLUMNS // 2):
        size = rng.exponential(np.exp(0.4 * hidden + 0.1 * j * y))
        columns[f"number {j}"] = np.where(rng.random(n_cases) < 0.3, 0.0, size)
        code = (rng.integers(0, 6, n_cases) + (hidden > 0.3 * j) * rng.integers(0, 3, n_cases)) % 6
        columns[f"category {j}"] = pd.Categorical.from_codes(code, list("abcdef"))
    return Cases(pd.DataFrame(columns)), y


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def against_pgmpy() -> None:
    """Print cases a second of both on the same networks."""
    cases, y = draw(20_000)
    model = load(Registry("model").find("categorical_nb"))().fit(cases, y, valid=(cases, y))
    codes, n_values = model.codes_.transform(cases.features), model.codes_.n_values_
    inside = informative(codes, y, N_COLUMNS)
    many = np.resize(codes, (1_000_000, codes.shape[1]))
    learnt = {
        "TAN": tree_parents(codes, y, inside),
        "hill climbing": climbed_parents(*sample(codes, y), inside[:15], 3, "bdeu"),
    }
    for name, parents in learnt.items():
        network = DiscreteNetwork(parents, n_values).fit(codes, y, 10.0)
        ours = len(many) / seconds(lambda network=network: network.log_odds(many))
        theirs = N_PGMPY / pgmpy_seconds(parents, n_values, codes, y)
        print(
            f"{name}: {ours:,.0f} cases a second, pgmpy {theirs:,.0f}; ratio {ours / theirs:,.0f}"
        )


def pgmpy_seconds(
    parents: list[list[int]], n_values: np.ndarray, codes: np.ndarray, y: np.ndarray
) -> float:
    """Time pgmpy's prediction of a few cases, its tables being learnt from the same cases."""
    from pgmpy.models import DiscreteBayesianNetwork
    from pgmpy.parameter_estimator import DiscreteBayesianEstimator

    names = [*(f"x{j}" for j in range(codes.shape[1])), "y"]
    network = DiscreteBayesianNetwork()
    network.add_nodes_from(names)
    network.add_edges_from(
        (names[parent], names[child]) for child, of in enumerate(parents) for parent in of
    )
    table = pd.DataFrame(np.column_stack([codes, y]), columns=names)
    states = dict(zip(names, (list(range(r)) for r in [*n_values, 2]), strict=True))
    estimator = DiscreteBayesianEstimator(
        prior_type="BDeu", equivalent_sample_size=10.0, state_names=states
    )
    estimator.fit(network, table)
    network.add_cpds(*estimator.parameters_)
    asked = table.drop(columns="y").iloc[:N_PGMPY]
    return seconds(lambda: network.predict_probability(asked))


def training(largest: int) -> None:
    """Print seconds of training by size, then of predicting the cases of the largest."""
    registry = Registry("model")
    sizes = [n for n in (10_000, 100_000, 1_000_000) if n <= largest]
    drawn = {n: draw(n) for n in sizes}
    valid = draw(20_000, seed=1)
    for name in MODELS:
        taken = []
        for n_cases in sizes:
            model = load(registry.find(name))()
            cases, y = drawn[n_cases]
            taken.append(seconds(lambda m=model, c=cases, y=y: m.fit(c, y, valid=valid)))
        growth = [f"x {late / early:.1f}" for early, late in zip(taken, taken[1:], strict=False)]
        sized = ", ".join(f"{n:,}: {s:.1f} s" for n, s in zip(sizes, taken, strict=True))
        print(f"{name}: training {sized} ({', '.join(growth)})", flush=True)
        predicting(name, model, drawn[sizes[-1]][0])


def predicting(name: str, model: object, cases: Cases) -> None:
    """Print seconds to predict the cases of a fitted model."""
    whole = seconds(lambda: model.predict_proba(cases))
    print(f"{name}: predicting {len(cases):,} cases {whole:.1f} s with encoding", end="")
    if hasattr(model, "networks_"):
        codes = model.codes_.transform(cases.features)
        complete = seconds(lambda: pooled_log_odds(model.networks_, codes))
        codes[np.random.default_rng(2).random(codes.shape) < 0.05] = -1
        gaps = seconds(lambda: pooled_log_odds(model.networks_, codes))
        print(f", {complete:.2f} s from codes, {gaps:.1f} s with 5 % missing", end="")
    print(flush=True)


if __name__ == "__main__":
    if not ONE_THREAD.items() <= os.environ.items():
        # Libraries read these when they are loaded: start again with them.
        os.execve(sys.executable, [sys.executable, "-P", *sys.argv], os.environ | ONE_THREAD)
    # pgmpy announces moves of names, and what it thinks of states that no case holds.
    warnings.simplefilter("ignore")
    against_pgmpy()
    training(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
