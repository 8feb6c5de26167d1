"""How often tests raise false alarms and find differences; writes its table of docs/validity.md.

Run it from the checkout: python benchmarks/validity.py [SIMULATIONS], 1,000 where not given.
"""

import sys
import time
from pathlib import Path

from intentbench.bench.judge.validity import Plan, established

PAGE = Path(__file__).parents[1] / "docs" / "validity.md"
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
EQUAL = (
    Plan(600, 3), Plan(600, 5), Plan(2000, 3), Plan(2000, 5), Plan(600, 3, n_models=8),
    Plan(2000, 5, n_models=8), Plan(600, 3, in_time=True), Plan(2000, 3, in_time=True),
)  # fmt: skip
BETTER = (Plan(2000, 3, extra=0.15), Plan(2000, 5, extra=0.15), Plan(2000, 5, 8, extra=0.15))


def main() -> None:
    """Simulate, print, and write the tables between the two marks of the page."""
    n_simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    started = time.perf_counter()
    lines = ["Share of simulations in which some difference was established at 5 %:", ""]
    rows = [(*said(plan), "all equal", f"{established(plan, n_simulations):.1%}") for plan in EQUAL]
    rows += [
        (*said(plan), "the first better", f"{established(plan, n_simulations):.1%}")
        for plan in BETTER
    ]
    lines += table(("cases", "folds", "models", "plan", "truth", "established"), rows)
    print("\n".join(lines), flush=True)
    print(f"\n{time.perf_counter() - started:.0f} s", file=sys.stderr)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    body = "\n".join([BEGIN, *lines, END])
    PAGE.write_text(before + body + after, encoding="utf-8")


def said(plan: Plan) -> tuple[str, ...]:
    """Describe a plan in the first columns of the table."""
    how = "in time" if plan.in_time else "stratified"
    return f"{plan.n_cases:,}", str(plan.n_folds), str(plan.n_models), how


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a Markdown table."""
    return ["| " + " | ".join(row) + " |" for row in (headings, ["---"] * len(headings), *rows)]


if __name__ == "__main__":
    main()
