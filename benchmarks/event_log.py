"""What a log of one's own costs: seconds and memory of both questions on up to 100 million events.

``python -P benchmarks/event_log.py --to measured.jsonl [EVENTS ...]`` generates a log for each
number of events (by default 1000000, 10000000 and 100000000) as a file, asks both questions of it,
each in a process of its own, and writes what they took.  ``--format csv`` does it with CSV in place
of Parquet, ``--rows N`` with a sample of so many events, ``--after-events N`` asks of visits after
so many.  ``--table measured.jsonl`` prints the table of docs/performance.md.

*Anonymous* memory is what a process holds for itself, *mapped* what it has in memory of files: of
these the system takes back what it needs.  Both are read ten times a second (Linux only), and both
are in what the process had at its highest.  100 million events need 12 GB where temporary files go
(``TMPDIR``), the log included.  Nothing is asserted.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from intentbench.bench.run.threads import ONE_THREAD
from intentbench.datasets.event_log import EventLog
from pyarrow import csv, parquet

_START = np.datetime64("2024-01-01T00:00:00").astype(int)
_WEEKS = 8
_EVENTS_A_PERSON = 80
_BATCH = 1_000_000
_SIZES = [1_000_000, 10_000_000, 100_000_000]


def generate(path: Path, n_events: int) -> None:
    """Write a log: visits of six events on average, four kinds, items of uneven popularity.

    Rows are in no order, and people are named by texts, as in real logs.  The file's ending says
    whether it is CSV or Parquet.
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
        writer = writer or _writer(path, table.schema)
        writer.write_table(table)
    writer.close()


def _writer(path: Path, schema: pa.Schema) -> csv.CSVWriter | parquet.ParquetWriter:
    return (csv.CSVWriter if path.suffix == ".csv" else parquet.ParquetWriter)(path, schema)


def ask(path: str, question: str, rows: int) -> dict[str, object]:
    """Ask a question of a log in this process, and say what it cost."""
    import duckdb  # noqa: F401  (the import is no part of the cost)

    asked = {"every": "7d", "within": "7d"}
    if question != "weeks":
        asked = {"after_events": int(question)}
    log = EventLog(
        path=path, who="user_id", when="timestamp", what="event_type", target="purchase",
        value="price", item="item_id", **({"rows": rows} if rows else {}), **asked,
    )  # fmt: skip
    started, cpu = time.perf_counter(), time.process_time()
    with _watched() as highest:
        task = log.load()
        task.fingerprint()  # as every run asks for it
    return {
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - cpu,
        "cases": len(task),
        "shown": task.cases.events.n_events,
        **highest,
    }


@contextlib.contextmanager
def _watched() -> Iterator[dict[str, int]]:
    """Note the highest of this process's memory, and of the disk that its temporary files take."""
    highest, is_over = {}, threading.Event()

    def look() -> None:
        while not is_over.wait(0.1):
            now = _status("RssAnon", "RssFile") | {"disk": _bytes_in(tempfile.gettempdir())}
            highest.update({name: max(highest.get(name, 0), now[name]) for name in now})

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield highest
    finally:
        is_over.set()
        watching.join()
        highest.update(_status("VmHWM"))


def _status(*names: str) -> dict[str, int]:
    """Read lines of what Linux knows of this process, in bytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    found = dict(line.split(":") for line in lines)
    return {name: int(found[name].split()[0]) * 1024 for name in names}


def _bytes_in(folder: str) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.stat(os.path.join(place, name)).st_blocks * 512
    return total


def _measure(n_events: int, given: argparse.Namespace) -> Iterator[dict[str, object]]:
    # What a process starts inherits its peak: this one stays small.
    call = [sys.executable, "-P", __file__]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, f"log.{given.format}")
        subprocess.run([*call, "--generate", str(log), str(n_events)], check=True)
        about = {"events": n_events, "format": given.format, "file": log.stat().st_size}
        for question in [str(given.after_events), "weeks"]:
            own = Path(folder, "own")
            own.mkdir()
            said = subprocess.run(
                [*call, "--ask", str(log), question, "--rows", str(given.rows)],
                env=os.environ | ONE_THREAD | {"TMPDIR": str(own)},
                stdout=subprocess.PIPE, check=True,
            )  # fmt: skip
            own.rmdir()
            yield about | {"question": question, "rows": given.rows} | json.loads(said.stdout)


def table(measured: list[dict[str, object]]) -> Iterator[str]:
    """Write what was measured as a table, with the growth from a hundredth of the events."""
    yield (
        "| events | file | question | cases | events shown | seconds | processor seconds | "
        "of 1/100 | memory at its highest | anonymous | mapped | temporary files |"
    )
    yield "|" + " --- |" * 12
    found = {(one["events"], one["format"], one["question"], one["rows"]): one for one in measured}
    for (events, kind, question, rows), one in found.items():
        small = found.get((events // 100, kind, question, 0))
        growth = f"{one['processor'] / small['processor']:.0f}" if small and not rows else "-"
        asked = "every week" if question == "weeks" else f"after {question} events"
        sample = f", a sample of {rows:,}" if rows else ""
        yield (
            f"| {events:,} | {one['file'] / 1e9:.2f} GB {kind} | {asked}{sample} | "
            f"{one['cases']:,} | {one['shown']:,} | {one['seconds']:.0f} | "
            f"{one['processor']:.0f} | {growth} | {one['VmHWM'] / 1e9:.2f} GB | "
            f"{one['RssAnon'] / 1e9:.2f} GB | {one['RssFile'] / 1e9:.2f} GB | "
            f"{one['disk'] / 1e9:.1f} GB |"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("events", nargs="*", type=int, default=_SIZES)
    parser.add_argument("--to", type=Path)
    parser.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--after-events", type=int, default=3)
    parser.add_argument("--generate", nargs=2, metavar=("FILE", "EVENTS"))
    parser.add_argument("--ask", nargs=2, metavar=("FILE", "QUESTION"))
    parser.add_argument("--table", type=Path)
    given = parser.parse_args()
    if given.generate:
        generate(Path(given.generate[0]), int(given.generate[1]))
    elif given.ask:
        print(json.dumps(ask(*given.ask, given.rows)))
    elif given.table:
        lines = given.table.read_text(encoding="utf-8").splitlines()
        print("\n".join(table([json.loads(line) for line in lines])))
    else:
        for size in given.events:
            for one in _measure(size, given):
                line = json.dumps(one)
                print(line, flush=True)
                if given.to:
                    with given.to.open("a", encoding="utf-8") as out:
                        print(line, file=out)
