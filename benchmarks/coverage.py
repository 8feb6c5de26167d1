"""How often the interval of each figure holds the truth; writes its table of docs/validity.md.

Run it from the checkout: python benchmarks/coverage.py [SIMULATIONS], 1,000 where not given.
"""

import sys
import time
from pathlib import Path

from intentbench.bench.judge.coverage import coverage
from intentbench.bench.metrics.metrics import METRICS

PAGE = Path(__file__).parents[1] / "docs" / "validity.md"
BEGIN, END = "<!-- coverage -->", "<!-- end of coverage -->"
SIZES = ((300, False), (1000, False), (5000, False), (1000, True))


def main() -> None:
    """Simulate, print, and write the table between the two marks of the page."""
    n_simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    started = time.perf_counter()
    names = [f"{n:,} cases" + (", in groups of 5" if grouped else "") for n, grouped in SIZES]
    lines = [
        f"Share of 95 % intervals that hold the truth, {n_simulations:,} simulations each:",
        "",
    ]
    lines += table(("figure", *names), coverages(n_simulations))
    print("\n".join(lines), flush=True)
    print(f"\n{time.perf_counter() - started:.0f} s", file=sys.stderr)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(before + "\n".join([BEGIN, *lines, END]) + after, encoding="utf-8")


def coverages(n_simulations: int) -> list[tuple[str, ...]]:
    """Measure every figure at every size."""
    found = [coverage(n, n_simulations, grouped=grouped) for n, grouped in SIZES]
    return [
        (metric.title, *(f"{shares[name]:.1%}" for shares in found))
        for name, metric in METRICS.items()
    ]


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a Markdown table."""
    return ["| " + " | ".join(row) + " |" for row in (headings, ["---"] * len(headings), *rows)]


if __name__ == "__main__":
    main()
