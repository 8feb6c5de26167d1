"""How often the interval of each figure holds the truth; writes its table of docs/validity.md.

Run it from the checkout: python benchmarks/coverage.py [SIMULATIONS], 1,000 where not given.
"""

import sys
import time
from pathlib import Path

from intentbench.bench.judge.coverage import Held, coverage
from intentbench.bench.metrics.metrics import METRICS

PAGE = Path(__file__).parents[1] / "docs" / "validity.md"
BEGIN, END = "<!-- coverage -->", "<!-- end of coverage -->"
BASE_RATES = (0.01, 0.05, 0.15, 0.5)
SIZES = (600, 3000, 12_000)


def main() -> None:
    """Simulate, print, and write the table between the two marks of the page."""
    n_simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    started = time.perf_counter()
    lines = [
        f"Share of 95 % intervals that hold the truth, in per cent, {n_simulations:,} simulations "
        "each; in brackets, how often there is a figure at all, where not always:",
        "",
        *table(
            ("base rate", "cases", "groups", *(metric.title for metric in METRICS.values())),
            coverages(n_simulations),
        ),
    ]
    print("\n".join(lines), flush=True)
    print(f"\n{time.perf_counter() - started:.0f} s", file=sys.stderr)
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(before + "\n".join([BEGIN, *lines, END]) + after, encoding="utf-8")


def coverages(n_simulations: int) -> list[tuple[str, ...]]:
    """Measure every figure at every base rate and size, of single cases and in groups."""
    rows = []
    for grouped in (False, True):
        for base_rate in BASE_RATES:
            for n_cases in SIZES:
                found = coverage(n_cases, base_rate, n_simulations, grouped=grouped)
                held = (said(found[name]) for name in METRICS)
                rows.append((f"{base_rate:.0%}", f"{n_cases:,}", "of 5" if grouped else "", *held))
                print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    return rows


def said(held: Held) -> str:
    """Write how often an interval held the truth."""
    if held.available == 0:
        return "none"
    rarely = f" ({held.available:.0%})" if held.available < 0.995 else ""
    return f"{100 * held.share:.1f}{rarely}"


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a Markdown table."""
    return ["| " + " | ".join(row) + " |" for row in (headings, ["---"] * len(headings), *rows)]


if __name__ == "__main__":
    main()
