"""What a log of one's own costs: seconds and memory of both questions on up to 10 million events.

``python -P benchmarks/event_log.py [EVENTS ...]`` generates a log for each number of events (by
default 100000, 1000000 and 10000000) as one Parquet file, asks both questions of it, each in a
process of its own, and prints seconds, processor seconds, and by how much the process's memory
grew at its peak over what it held after all imports.  Nothing is asserted.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from intentbench.bench.run.threads import ONE_THREAD
from intentbench.datasets.event_log import EventLog
from pyarrow import parquet

QUESTIONS = {
    "visit": {"after_events": 3},
    "week": {"every": "7d", "within": "7d"},
}
_START = np.datetime64("2024-01-01T00:00:00").astype(int)
_WEEKS = 8
_EVENTS_A_PERSON = 80
_BATCH = 1_000_000


def generate(path: Path, n_events: int) -> None:
    """Write a log: visits of six events on average, four kinds, items of uneven popularity.

    Rows are in no order, and people are named by texts, as in real logs.
    """
    rng = np.random.default_rng(0)
    n_people = max(n_events // _EVENTS_A_PERSON, 10)
    kinds = np.array(["view", "cart", "favourite", "purchase"])
    writer = None
    for begin in range(0, n_events, _BATCH):
        n = min(_BATCH, n_events - begin)
        length = rng.geometric(1 / 6, n)
        visit = np.repeat(np.arange(n), length)[:n]
        person = rng.integers(0, n_people, n)[visit]
        start = rng.integers(0, _WEEKS * 7 * 86_400, n)[visit]
        second = _START + start + np.cumsum(rng.exponential(40, n)).astype(int) % 1_500
        kind = kinds[np.searchsorted([0.88, 0.94, 0.97], rng.random(n))]
        price = np.round(rng.lognormal(3, 1, n), 2)
        item = (n_people * rng.random(n) ** 3).astype(int)
        order = rng.permutation(n)
        table = pa.table(
            {
                "user_id": np.char.add("user-", person.astype(str))[order],
                "timestamp": second.astype("datetime64[s]")[order],
                "event_type": kind[order],
                "price": price[order],
                "item_id": item[order],
            }
        )
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def ask(path: str, question: str) -> str:
    """Ask a question of a log in this process, and say what it cost."""
    import duckdb  # noqa: F401  (the import is no part of the cost)

    log = EventLog(
        path=path, who="user_id", when="timestamp", what="event_type", target="purchase",
        value="price", item="item_id", **QUESTIONS[question],
    )  # fmt: skip
    held, started, cpu = _peak(), time.perf_counter(), time.process_time()
    task = log.load()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    grown = _peak() - held
    return (
        f"{question:<6} {seconds:6.1f} s  {cpu:6.1f} s cpu  {grown / 1e6:7.0f} MB  "
        f"{len(task):>9,} cases  {task.cases.events.n_events:>11,} events shown"
    )


def _peak() -> int:
    # Linux counts in units of 1024 bytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "generate":
        generate(Path(sys.argv[2]), int(sys.argv[3]))
        sys.exit()
    if len(sys.argv) > 2 and sys.argv[1] in QUESTIONS:
        print(ask(sys.argv[2], sys.argv[1]))
        sys.exit()
    # A process inherits the peak of the one that started it: this one stays small.
    call = [sys.executable, "-P", __file__]
    for n_events in sys.argv[1:] or ["100000", "1000000", "10000000"]:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "log.parquet")
            subprocess.run([*call, "generate", str(log), n_events], check=True)
            print(f"{int(n_events):,} events, {log.stat().st_size / 1e6:.0f} MB", flush=True)
            for question in QUESTIONS:
                command = [*call, question, str(log)]
                subprocess.run(command, check=True, env=os.environ | ONE_THREAD)
