"""Memory of a worker that fits a deep model again and again: it must not grow.

``python -P benchmarks/worker_memory.py [MODEL [CELLS]]`` computes so many cells (50, if not told;
each with a seed of its own) in one worker, as runs do, and prints the resident memory of the worker
after every tenth, and what the last forty added.  Nothing is asserted.
"""

import sys
import tempfile
from pathlib import Path

import psutil
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.cell_plan import plan_cells
from intentbench.bench.run.fence import Fence
from intentbench.bench.run.prepare import prepare
from intentbench.bench.run.sender import Sender
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.store.store import Store
from intentbench.bench.suite.suite import Limits, Suite


def main(model: str, n_cells: int) -> None:
    """Compute the cells and print."""
    suite = Suite(
        name="memory", title="Memory", tasks=("complete_journey_coupons",), models=(model,),
        seeds=tuple(range((n_cells + 1) // 2)), resampling=Resampling(folds=2),
        limits=Limits(seconds=600, gigabytes=8),
    )  # fmt: skip
    work = prepare(suite, Registry("model"), Registry("dataset"))
    cells = [cell for cell in plan_cells(work) if cell.plugin.name == model][:n_cells]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "results")
        store.prepare()
        with store.scratch("benchmark") as scratch:
            sender = Sender(work, store, scratch)
            for answer in Fence(1, suite.limits).answers(map(sender.request, cells)):
                (worker,) = psutil.Process().children()
                (inside,) = worker.children()
                found.append(inside.memory_info().rss / 2**20)
                if answer.status != "done" or answer.left:
                    print(answer.status, answer.message, *answer.left)
                if len(found) % 10 == 0 or len(found) == 1:
                    print(f"{model}, {len(found)} cells: {found[-1]:.0f} MB", flush=True)
    if len(found) > 10:
        added = found[-1] - found[9]
        print(f"from cell 10 to {len(found)}: {added:+.0f} MB, {100 * added / found[9]:+.1f} %")


if __name__ == "__main__":
    words = sys.argv[1:3]
    main(words[0] if words else "gru", int(words[1]) if len(words) > 1 else 50)
