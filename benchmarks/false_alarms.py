"""How often the checks of the data raise an alarm where nothing is wrong.

``python -P benchmarks/false_alarms.py [TASKS]`` draws so many clean tasks (200, if not told) of
several shapes, plans each, and counts those with any grave finding, and with any finding at all,
by shape and by check.  Nothing is asserted.
"""

import sys
from collections import Counter

import numpy as np
from intentbench.bench.data_checks.check_data import findings
from intentbench.bench.data_checks.clean_tasks import SHAPES
from intentbench.bench.splits.resampling import Resampling


def main() -> None:
    """Draw, look, count, print."""
    n_tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    graves: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    for number in range(n_tasks):
        shape = SHAPES[number % len(SHAPES)]
        task = shape(np.random.default_rng(number))
        found = findings(task, Resampling(folds=3).plan(task))
        drawn[shape.__name__] += 1
        graves[shape.__name__] += any(finding.grave for finding in found)
        notes[shape.__name__] += bool(found)
        for finding in found:
            checks[f"{'grave' if finding.grave else 'note'}: {finding.check}"] += 1
    for shape, n in drawn.items():
        print(
            f"{shape:<16} {n:>4} tasks, {graves[shape]:>3} grave, {notes[shape]:>3} with any word"
        )
    n_grave = sum(graves.values())
    print(f"{'all':<16} {n_tasks:>4} tasks, {n_grave:>3} grave ({n_grave / n_tasks:.1%})")
    for said, n in checks.most_common():
        print(f"  {n:>4} x {said}")


if __name__ == "__main__":
    main()
