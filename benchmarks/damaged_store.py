"""Damaged results: is every edit and every flipped bit refused or told?  Counts what is silent.

``python -P benchmarks/damaged_store.py [EDITS [BITS [SEED]]]`` makes a small run with its report,
then changes one stored file at a time - so many edits (500, if not told) as people, programs and
disks make them, so many flipped bits (2,000) spread over all files - and reads the run as
``report`` and ``compare`` do.  Each change is refused with an error that names a file, or told.
Prints what was silent and what ended in a traceback, and ends with 1 if anything did.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from intentbench.bench.errors import StoreError
from intentbench.bench.store.run_reader import changed_of_run, read_run
from intentbench.bench.store.store import Store

_SUITE = """title = "Small"
tasks = ["complete_journey_coupons"]
models = ["logistic_regression", "naive_bayes"]
[resampling]
folds = 2
"""
_VALUES = (None, True, 5, -1, 1e308, float("nan"), "", "5", "\x1b[2J", [], {}, [[]], "é" * 300)


def outcome(store: Store) -> str:
    """Read the latest run with all that figures rest on; say what came of it."""
    try:
        run = read_run(store)
        for cell in run.cells:
            run.predictions(cell)
        return "told" if changed_of_run(store, run) else "silent"
    except StoreError as error:
        return "refused" if str(store.root) in str(error) else "refused without a file's name"
    except Exception:
        traceback.print_exc()
        return "traceback"


def stored_files(store: Store) -> list[Path]:
    """List all files but the lock, which holds no more than the number of a process."""
    return sorted(
        path
        for top in (store.cells, *(run for run in store.runs.iterdir() if not run.is_symlink()))
        for path in top.rglob("*")
        if path.is_file()
    )


def flip(path: Path, rng: np.random.Generator) -> str:
    """Flip one bit of a file."""
    content = bytearray(path.read_bytes())
    bit = int(rng.integers(8 * len(content)))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    return f"bit {bit} of {path.name}"


def edit(path: Path, files: list[Path], rng: np.random.Generator) -> str:
    """Change a file as people, programs and disks do."""
    kinds: list[Callable[[Path, list[Path], np.random.Generator], None]] = [_bytes, _file]
    kinds += {".json": [_json] * 4, ".parquet": [_parquet] * 4}.get(path.suffix, [])
    chosen = kinds[rng.integers(len(kinds))]
    chosen(path, files, rng)
    return f"{chosen.__name__} on {path.name}"


def _bytes(path: Path, files: list[Path], rng: np.random.Generator) -> None:
    content, at = path.read_bytes(), int(rng.integers(path.stat().st_size))
    made = [
        content[:at], content + b"\n", b"", content[:at] + b"0" + content[at:], content * 2,
        content[:at] + content[at + 1 :], b"[" * 100_000, bytes(len(content)),
    ]  # fmt: skip
    path.write_bytes(made[rng.integers(len(made))])


def _file(path: Path, files: list[Path], rng: np.random.Generator) -> None:
    """Remove a file, or put another one, a folder or a link in its place; swap whole cells."""
    same = [other for other in files if other.name == path.name and other != path] or files
    other = same[rng.integers(len(same))]
    match rng.integers(5):
        case 0:
            path.unlink()
        case 1:
            path.unlink()
            path.mkdir()
        case 2 if other.read_bytes() != path.read_bytes():
            shutil.copy(other, path)
        case 3 if other.name == path.name:
            kept = path.parent.with_name("kept")
            path.parent.rename(kept)
            other.parent.rename(path.parent)
            kept.rename(other.parent)
        case _:
            path.unlink()
            path.symlink_to("/dev/null")


def _json(path: Path, files: list[Path], rng: np.random.Generator) -> None:
    """Change one value, wherever it stands."""
    content = json.loads(path.read_text(encoding="utf-8"))
    holder, key = _places(content)[rng.integers(len(_places(content)))]
    value = holder[key]
    if rng.random() < 0.25:
        del holder[key]
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and rng.random() < 0.5:
        holder[key] = value * 1.01 + 1
    elif isinstance(value, list) and len(set(map(str, value))) > 1 and rng.random() < 0.5:
        holder[key] = value[::-1] if value[::-1] != value else value[1:]
    else:
        others = [other for other in _VALUES if repr(other) != repr(value)]
        holder[key] = others[rng.integers(len(others))]
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def _places(content: Any) -> list[tuple[Any, Any]]:
    pairs = content.items() if isinstance(content, dict) else enumerate(content)
    found = [(content, key) for key, _ in pairs]
    inner = content.values() if isinstance(content, dict) else content
    return found + [
        pair for part in inner if isinstance(part, (dict, list)) for pair in _places(part)
    ]


def _parquet(path: Path, files: list[Path], rng: np.random.Generator) -> None:
    """Change a value, rows or columns of a table."""
    table = pd.read_parquet(path)
    row, column = int(rng.integers(len(table))), table.columns[rng.integers(table.shape[1])]
    number = table.select_dtypes("number").columns[-1]
    match rng.integers(6):
        case 0:
            values = table[number].to_numpy(copy=True)
            values[row] = values[row] + 1 if number != "target" else 1 - values[row]
            table[number] = values
        case 1:
            table = table.iloc[::-1]
        case 2:
            table = table.drop(index=row)
        case 3:
            table = table.drop(columns=column)
        case 4:
            table[number] = np.nan
        case _:
            table[column] = "yes"
    buffer = BytesIO()
    table.to_parquet(buffer, index=False)
    path.write_bytes(buffer.getvalue())


def attacked(store: Store, n: int, rng: np.random.Generator, bits: bool) -> Counter[str]:
    """Change one file at a time, all files in turn, and count what comes of it."""
    counted: Counter[str] = Counter()
    files = [path.relative_to(store.root) for path in stored_files(store)]
    kept = store.root.with_name("kept")
    shutil.copytree(store.root, kept, symlinks=True)
    for number in range(n):
        path = store.root / files[number % len(files)]
        said = flip(path, rng) if bits else edit(path, [store.root / name for name in files], rng)
        found = outcome(store)
        counted[found] += 1
        if found not in ("refused", "told"):
            print(f"{found}: {said} (number {number})")
        shutil.rmtree(store.root)
        shutil.copytree(kept, store.root, symlinks=True)
    shutil.rmtree(kept)
    return counted


if __name__ == "__main__":
    n_edits, n_bits, seed = (*map(int, sys.argv[1:]), *(500, 2000, 0)[len(sys.argv) - 1 :])
    generator, wrong = np.random.default_rng(seed), 0
    with tempfile.TemporaryDirectory() as folder:
        suite = Path(folder) / "small.toml"
        suite.write_text(_SUITE, encoding="utf-8")
        command = [sys.executable, "-P", "-m", "intentbench", "run", str(suite)]
        results = Path(folder) / "results"
        subprocess.run([*command, "--results", str(results)], check=True, stdout=subprocess.PIPE)
        made = Store(results)
        if changed_of_run(made, read_run(made)):
            sys.exit("the run is told to be changed before anything was")
        print(f"{len(stored_files(made))} files")
        for what, count, of_bits in (("edits", n_edits, False), ("flipped bits", n_bits, True)):
            started = time.process_time()
            came = attacked(made, count, generator, of_bits)
            wrong += count - came["refused"] - came["told"]
            print(
                f"{count} {what}: {dict(came)}; silent or without a message: "
                f"{count - came['refused'] - came['told']} ({time.process_time() - started:.0f} s)"
            )
    sys.exit(wrong > 0)
