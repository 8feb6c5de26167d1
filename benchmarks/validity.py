"""How often tables raise false alarms and know the best; writes its tables of docs/validity.md.

Run it from the checkout: python benchmarks/validity.py [SHARE] takes about an hour; a SHARE such as
0.1 does with that part of the simulations.
"""

import sys
import time
from pathlib import Path

from intentbench.bench.judge.validity import LEARNERS, Plan, race
from threadpoolctl import threadpool_limits

PAGE = Path(__file__).parents[1] / "docs" / "validity.md"
HOWS = ("3 folds", "5 folds", "hold-out", "in time")
# Models, and how many simulations of 600 cases; larger tables and data take longer.
TABLES = ((2, 1000), (8, 400), (27, 200))
CASES = ((600, 1.0), (2000, 0.5), (12_000, 0.2))
# A simulation of large trees takes a minute beyond this many models times cases.
_MOST_LEAVES = 100_000
RATES = ((0.01, 2000), (0.01, 12_000), (0.5, 600), (0.5, 2000))
# The first model sees the columns as they are, which is worth .007 in ROC AUC to a logistic
# regression.
NOISE = 0.22


def main() -> None:
    """Simulate, print and write each table between its marks on the page."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    started = time.perf_counter()
    with threadpool_limits(limits=1):
        for name, simulated in (("alarms", alarms), ("power", power)):
            write(name, simulated(share))
    print(f"\n{time.perf_counter() - started:.0f} s", file=sys.stderr)


def write(name: str, lines: list[str]) -> None:
    """Replace what stands between two marks of the page."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(begin)[0], text.partition(end)[2]
    PAGE.write_text(before + "\n".join([begin, *lines, end]) + after, encoding="utf-8")


def alarms(share: float) -> list[str]:
    """Count false alarms where all models are worth the same."""
    plans = [
        (Plan(n_cases, how, n_models, learner), round(share * part * n))
        for n_cases, part in CASES
        for n_models, n in TABLES
        for learner in LEARNERS
        for how in HOWS
        if learner != "large trees" or n_models * n_cases < _MOST_LEAVES
    ]
    plans += [
        (Plan(n_cases, how, 8, learner, rate), round(share * 400 * min(1.0, 1200 / n_cases)))
        for learner in LEARNERS
        for rate, n_cases in RATES
        for how in ("3 folds", "hold-out")
    ]
    rows = []
    for plan, n in plans:
        found = race(plan, max(20, n))
        rows.append((*said(plan), shown(found.alarms, found.n_simulations),
                     f"{found.alarms_as_fitted:.1%}", str(found.n_simulations)))  # fmt: skip
        print(" | ".join(rows[-1]), flush=True)
    headings = ("models", "cases", "base rate", "plan", "of", "false alarms", "as fitted alone",
                "simulations")  # fmt: skip
    return table(headings, rows)


def power(share: float) -> list[str]:
    """Count how often a model that is truly better is alone in the race."""
    plans = [
        (Plan(n_cases, how, n_models, learner, noise=noise, clearer=1.0), n)
        for n_cases in (2000, 12_000)
        for n_models, n in ((2, 300), (8, 100), (27, 50))
        for learner, noise in (("logistic", NOISE), ("small trees", 2 * NOISE))
        for how in ("3 folds", "5 folds", "hold-out")
    ]
    rows = []
    for plan, n in plans:
        found = race(plan, max(20, round(share * n)))
        rows.append((*said(plan), f"{found.best_in_race:.1%}", f"{found.alone:.1%}",
                     f"{found.in_race:.1f}", str(found.n_simulations)))  # fmt: skip
        print(" | ".join(rows[-1]), flush=True)
    headings = ("models", "cases", "base rate", "plan", "of", "the best is in the race",
                "it is alone", "in the race", "simulations")  # fmt: skip
    return table(headings, rows)


def said(plan: Plan) -> tuple[str, ...]:
    """Describe a plan in the first columns of a table."""
    return (plan.learner, f"{plan.n_cases:,}", f"{plan.rate:.0%}", plan.how, str(plan.n_models))


def shown(share: float, n: int) -> str:
    """Print a share with the standard error that so many simulations leave."""
    error = (max(share, 1 / n) * (1 - share) / n) ** 0.5
    return f"{share:.1%} ± {100 * error:.1f}"


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a Markdown table."""
    return ["| " + " | ".join(row) + " |" for row in (headings, ["---"] * len(headings), *rows)]


if __name__ == "__main__":
    main()
