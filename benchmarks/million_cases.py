"""What a fit of each model costs at 10,000, 100,000 and 1,000,000 cases of 20 columns.

``python -P benchmarks/million_cases.py --to FILE [--sizes N ...] [--model NAME ...]`` draws so many
fit cases, a fifth as many valid cases and 20,000 test cases, with numbers, counts, categories and
missing values.  Each fit has a process of its own with one thread, which is asked for processor
time, the most memory it held, data included, and the ROC AUC on test cases beside that of the true
probabilities.  Results are appended to FILE as they come, and what is there is not fitted again.
``--table FILE`` prints the table of docs/performance.md.  A fit beyond an hour of processor time
is given up.

Others' ways of doing the same: ``--rival lazypredict`` and ``--rival pycaret``, run with the Python
of an environment in which they and nothing of ours is installed.  They split and encode by their
own defaults, and fit all the models that they come with.
"""

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = (10_000, 100_000, 1_000_000)
_N_TEST = 20_000
_MOST_SECONDS, _MOST_BYTES = 3600, 40 * 2**30  # the latter of addresses, not of memory
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT"), "1"
)


def make_table(n: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Draw columns, outcomes and the true probabilities; some columns tell nothing."""
    rng = np.random.default_rng(n)
    amounts = {f"amount_{i}": rng.lognormal(3, 1, n).round(2) for i in range(6)}
    rates = {f"rate_{i}": rng.beta(1, 4, n) for i in range(3)}
    counts = {f"count_{i}": rng.poisson(1 + i, n) for i in range(6)}
    kinds = {f"kind_{i}": rng.integers(0, levels, n) for i, levels in enumerate((2, 6, 20, 500))}
    effects = {name: rng.normal(0, 0.5, 500)[code] for name, code in kinds.items()}
    log_odds = (
        0.5 * (np.log(amounts["amount_0"]) - 3)
        + 0.4 * np.sqrt(counts["count_2"])
        - 3.0 * rates["rate_0"] * (kinds["kind_1"] < 3)
        + 0.6 * (amounts["amount_1"] > 40) * (counts["count_1"] > 2)
        + effects["kind_2"] + 0.7 * effects["kind_3"]
        - 2.2
    )  # fmt: skip
    p = 1 / (1 + np.exp(-log_odds))
    columns = amounts | rates | counts
    columns |= {
        name: pd.Categorical.from_codes(code, [f"{name}_{i}" for i in range(code.max() + 1)])
        for name, code in kinds.items()
    }
    table = pd.DataFrame(columns | {"since": rng.exponential(30, n)})
    table.loc[rng.random(n) < 0.1, "since"] = np.nan
    return table, (rng.random(n) < p).astype(np.int8), p


def one_fit(name: str, n: int) -> dict[str, object]:
    """Fit a model on n cases in this process, and say what that took."""
    from intentbench.bench.cases import Cases
    from intentbench.bench.cell.memory import PeakMemory
    from intentbench.bench.cell.transport import ShownTask
    from intentbench.bench.cell.views import Views
    from intentbench.bench.events import Events
    from intentbench.bench.plugins.loading import load
    from intentbench.bench.plugins.registry import Registry
    from intentbench.bench.splits.fold import Split
    from sklearn.metrics import roc_auc_score

    n_all = n + n // 5 + _N_TEST
    table, y, p = make_table(n_all)
    task = ShownTask(Cases(table, Events.none(n_all)), y)
    parts = np.split(np.arange(n_all), [n, n + n // 5])
    views = Views(task, Split(parts[0], parts[1]), parts[2])
    model = load(Registry("model").find(name))()
    if "random_state" in model.get_params():
        model.set_params(random_state=0)
    fit, valid, test = views.parts(model.views)
    y_fit, y_valid = views.outcomes()
    del task, table, views
    memory = PeakMemory()
    started = time.process_time()
    model.fit(fit, y_fit, valid=(valid, y_valid))
    fitted = time.process_time()
    scores = model.predict_proba(test)[:, 1]
    told = {
        "fit": fitted - started,
        "predict": time.process_time() - fitted,
        "added": memory.added_bytes(),
        "bytes": high_water_bytes(),
        "auc": roc_auc_score(y[parts[2]], scores),
        "best": roc_auc_score(y[parts[2]], p[parts[2]]),
    }
    return told


def high_water_bytes() -> int:
    """Give the most memory that this process held since the mark was last taken back."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def one_rival(name: str, n: int) -> dict[str, object]:
    """Have another tool compare all its models on n cases, as its documentation begins."""
    table, y, _ = make_table(n + n // 5)
    started = time.process_time()
    if name == "lazypredict":
        from lazypredict.Supervised import LazyClassifier

        compared, _ = LazyClassifier(verbose=0, ignore_warnings=True).fit(
            table[:n], table[n:], y[:n], y[n:]
        )
    else:
        from pycaret.classification import ClassificationExperiment

        experiment = ClassificationExperiment().setup(
            table.assign(bought=y), target="bought", session_id=0, n_jobs=1, verbose=False
        )
        experiment.compare_models(verbose=False)
        compared = experiment.pull()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "fit": time.process_time() - started + children.ru_utime + children.ru_stime,
        "models": len(compared),
        "bytes": high_water_bytes(),
        "told": compared.reset_index().to_dict("records"),
    }


def measure(asked) -> None:
    """Fit what is missing in the file, the small sizes first."""
    if asked.rival:
        names = [f"{asked.rival} (all its models)"]
    else:
        from intentbench.bench.plugins.registry import Registry

        names = asked.model or Registry("model").names()
    there = {(line["model"], line["n"]) for line in read(asked.to)}
    for n in asked.sizes:
        for name in names:
            if (name, n) in there:
                continue
            called = ["--rival", asked.rival] if asked.rival else ["--model", name]
            command = [sys.executable, "-P", __file__, "--one", *called, "--sizes", str(n)]
            done = subprocess.run(
                command, capture_output=True, text=True, env=os.environ | _ONE_THREAD
            )
            line = {"model": name, "n": n}
            if done.returncode:
                last = (done.stderr.strip().splitlines() or ["no word"])[-1]
                line["failed"] = f"ended with {done.returncode}: {last}"
            else:
                line |= json.loads(done.stdout.splitlines()[-1])
            with asked.to.open("a") as file:
                print(json.dumps(line), file=file, flush=True)
            print({key: value for key, value in line.items() if key != "told"}, flush=True)


def one(asked) -> None:
    """Carry one measurement out, within limits."""
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    n = asked.sizes[0]
    print(json.dumps(one_rival(asked.rival, n) if asked.rival else one_fit(asked.model[0], n)))


def read(path: Path) -> list[dict]:
    """Give what was measured."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def table(path: Path) -> None:
    """Print what was measured as a Markdown table, cheap models first."""
    found = defaultdict(dict)
    for line in read(path):
        found[line["model"]][line["n"]] = line
    sizes = sorted({n for of_model in found.values() for n in of_model})
    last = sizes[-1]
    heads = [f"fit, {n:,}" for n in sizes] + ["exponent (by step)", f"predict 20,000, {last:,}"]
    heads += [f"memory, {last:,}", *(f"ROC AUC, {n:,}" for n in sizes)]
    print("| model | " + " | ".join(heads) + " |")
    print("| --- " * (1 + len(heads)) + "|")
    for name, of_model in sorted(found.items(), key=lambda each: _seconds(each[1], last)):
        done = {n: line for n, line in of_model.items() if "fit" in line}
        at_last = done.get(last, {})
        cells = [f"{done[n]['fit']:.3g} s" if n in done else "-" for n in sizes]
        cells.append(_exponents(done))
        cells.append(f"{at_last['predict']:.2g} s" if "predict" in at_last else "-")
        cells.append(f"{at_last['bytes'] / 2**30:.1f} GB" if at_last else "-")
        cells += [f"{done[n]['auc']:.4f}" if "auc" in done.get(n, ()) else "-" for n in sizes]
        print(f"| `{name}` | " + " | ".join(cells) + " |")


def _seconds(of_model: dict, n: int) -> float:
    return of_model.get(n, {}).get("fit", np.inf)


def _exponents(done: dict) -> str:
    """Give the power of the number of cases with which a fit's time grew, whole and in steps."""
    sizes = sorted(n for n in done if done[n]["fit"] > 0)
    if len(sizes) < 2:
        return "-"

    def exponent(low: int, high: int) -> str:
        grown = np.log(done[high]["fit"] / done[low]["fit"]) / np.log(high / low)
        return f"{grown:.2f}"

    steps = ", ".join(exponent(*pair) for pair in itertools.pairwise(sizes))
    whole = exponent(sizes[0], sizes[-1])
    return whole if len(sizes) == 2 else f"{whole} ({steps})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, help="file that results are appended to")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--model", action="append")
    parser.add_argument("--rival", choices=("lazypredict", "pycaret"))
    parser.add_argument("--table", type=Path, help="print what is in this file")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.table:
        table(given.table)
    elif given.one:
        one(given)
    elif given.to:
        measure(given)
    else:
        parser.error("say where results go: --to FILE")
