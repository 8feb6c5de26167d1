"""Mangled files: does each end in a table or a message?  Counts tracebacks, signals and hangs.

``python -P benchmarks/mangled_files.py [FILES [SEED]]`` makes so many files (10,000, if not told)
of every format that ``--data`` reads, breaks each in one to three ways, and reads them in processes
of their own, so that one that dies is counted and named by its number.  ``--only NUMBER`` reads
that one again and shows its traceback.  Ends with 1 if anything was found.
"""

import gzip
import io
import json
import runpy
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from intentbench.bench.errors import IntentbenchError
from intentbench.datasets.table_file import TableFile

_BATCH = 500
# Of the processor, which other programs may need as well.
_SLOW_SECONDS = 20.0
_ROWS = 60
_TOKENS = (
    b",", b";", b"\t", b"|", b'"', b"'", b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf",
    b"%", b"$", "€".encode(), b"(", b")", b"-", "\u2212".encode(), b"1e400", b"inf", b"NaN", b"",
    b"sep=;\n", b"Total,1,2\n", b"{", b"}", b"[", b"]", b":", b"\\", b"\\u0000", b"\\ud800",
    b"2024-02-30", b"3/4/2024", b"99999999999999999999", b"1,234", b"1.234,5", b"12:30", b"null",
    "是".encode(), "２０２４年１３月".encode(), "١٢٣".encode(), b"a" * 5000, b"[" * 200, b"9" * 400,
    b"0000-00-00", b"9999-12-31T23:59:59Z", b"20241399", b"-0", b"+", b"()", b"$", b"1k", b"kg",
)  # fmt: skip


def sound(rng: np.random.Generator) -> pd.DataFrame:
    """Give a table whose columns are written in some of the notations that are read."""
    i = np.arange(_ROWS)
    seconds = pd.to_timedelta(rng.integers(0, 9_000_000, _ROWS), "s")
    moment = pd.Series(pd.Timestamp("2023-01-05") + seconds)
    form = rng.choice(
        ["%Y-%m-%d", "%d.%m.%Y %H:%M", "%m/%d/%y", "%d-%b-%Y", "%Y%m%d", "%Y年%m月%d日"]
    )
    amount = pd.Series(rng.lognormal(5, 2, _ROWS))
    dress = rng.choice(["{:.2f}", "{:,.0f}", "${:,.2f}", "{:.1f}%", "{:.0f} kg", "({:.2f})"])
    return pd.DataFrame(
        {
            "pages": 1 + i * 7 % 23,
            "amount": amount.map(str(dress).format),
            "channel": rng.choice(["mail", "search, paid", "café", 'a "b"'], _ROWS),
            "day": moment.dt.strftime(str(form)),
            "user": [f"u{k}" for k in rng.integers(0, 20, _ROWS)],
            "bought": np.where(rng.random(_ROWS) < 0.4, "yes", "no"),
        }
    )


def make_file(number: int) -> tuple[str, bytes, dict[str, object]]:
    """Give the name, the mangled content and the keywords of a file."""
    rng = np.random.default_rng(number)
    frame = sound(rng)
    if rng.random() < 0.7:
        frame = _with_odd_cells(frame, rng)
    name = str(rng.choice([*_WRITERS]))
    content = _WRITERS[name](frame)
    if rng.random() < 0.6:
        if (packed := _PACKINGS.get(Path(name).suffix)) and rng.random() < 0.8:
            unpack, pack = packed
            content = pack(_broken(unpack(content), rng))
        else:
            content = _broken(content, rng)
    keywords: dict[str, object] = {}
    for key, value in (
        ("group", "user"), ("time", "day"), ("category", ["pages"]), ("number", ["amount"]),
        ("date_order", "dmy"), ("drop", ["channel"]),
    ):  # fmt: skip
        if rng.random() < 0.2:
            keywords[key] = value
    if rng.random() < 0.1:
        keywords |= {"target": "amount", "positive": ">100"}
        keywords.pop("number", None)
    return name, content, {"target": "bought"} | keywords


def _with_odd_cells(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Replace cells by others, the kind of damage that people do."""
    frame = frame.astype("str").astype(object)
    tokens = [token.decode(errors="replace").replace("\0", "?") for token in _TOKENS]
    few = [tokens[int(k)] for k in rng.integers(0, len(tokens), int(rng.integers(1, 4)))]
    for _ in range(int(rng.integers(1, 40))):
        row, column = int(rng.integers(_ROWS)), int(rng.integers(frame.shape[1] - 1))
        frame.iat[row, column] = few[int(rng.integers(len(few)))]
    return frame


def _broken(content: bytes, rng: np.random.Generator) -> bytes:
    for _ in range(int(rng.integers(1, 4))):
        content = _WAYS[int(rng.integers(len(_WAYS)))](content, rng)
    return content


def _packed(write) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


@cache
def _workbook_maker() -> Callable[[dict[str, list]], bytes]:
    conftest = Path(__file__).parents[1] / "tests" / "datasets" / "conftest.py"
    return runpy.run_path(str(conftest))["workbook_of"]


def _workbook(frame: pd.DataFrame) -> bytes:
    return _workbook_maker()({"visits": [list(frame), *frame.astype(object).to_numpy().tolist()]})


_WRITERS = {
    "v.csv": lambda frame: frame.to_csv(index=False).encode(),
    "v.tsv": lambda frame: frame.to_csv(index=False, sep="\t").encode(),
    "w.csv": lambda frame: frame.to_csv(index=False, sep=";").encode("gb18030", "replace"),
    "x.csv": lambda frame: frame.to_csv(index=False).encode("utf-16"),
    "v.jsonl": lambda frame: frame.to_json(orient="records", lines=True).encode(),
    "v.json": lambda frame: frame.to_json(orient="records", indent=1).encode(),
    "w.json": lambda frame: json.dumps(
        {"n": len(frame), "data": [{"user": row} for row in frame.to_dict("records")]}, default=str
    ).encode(),
    "v.parquet": lambda frame: _packed(lambda buffer: frame.to_parquet(buffer, index=False)),
    "v.feather": lambda frame: _packed(frame.to_feather),
    "v.csv.gz": lambda frame: gzip.compress(frame.to_csv(index=False).encode(), mtime=0),
    "v.jsonl.zst": lambda frame: (
        pa.Codec("zstd").compress(frame.to_json(orient="records", lines=True).encode()).to_pybytes()
    ),
    "v.xlsx": _workbook,
}


def _flip(content: bytes, rng: np.random.Generator) -> bytes:
    broken = bytearray(content)
    for at in rng.integers(0, max(1, len(broken)), int(rng.integers(1, 6))):
        if at < len(broken):
            broken[at] = int(rng.integers(256))
    return bytes(broken)


def _insert(content: bytes, rng: np.random.Generator) -> bytes:
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(0, len(content) + 1))
        content = content[:at] + _TOKENS[int(rng.integers(len(_TOKENS)))] + content[at:]
    return content


def _swap(content: bytes, rng: np.random.Generator) -> bytes:
    old, new = (_TOKENS[int(k)] for k in rng.integers(0, len(_TOKENS), 2))
    return content.replace(old or b"e", new, int(rng.integers(1, 200)))


def _cut(content: bytes, rng: np.random.Generator) -> bytes:
    start, end = sorted(int(at) for at in rng.integers(0, len(content) + 1, 2))
    return (content[:end], content[:start] + content[end:], content[start:])[int(rng.integers(3))]


def _repeat(content: bytes, rng: np.random.Generator) -> bytes:
    start, end = sorted(int(at) for at in rng.integers(0, len(content) + 1, 2))
    return content[:end] + content[start : min(end, start + 4000)] + content[end:]


_WAYS = (_flip, _insert, _insert, _swap, _cut, _repeat)
_PACKINGS = {
    ".gz": (gzip.decompress, lambda content: gzip.compress(content, mtime=0)),
    ".zst": (
        lambda content: pa.CompressedInputStream(pa.BufferReader(content), "zstd").read(),
        lambda content: pa.Codec("zstd").compress(content).to_pybytes(),
    ),
}


def read(number: int, folder: Path) -> str:
    """Read one file: "table", "message", or what went wrong."""
    name, content, keywords = make_file(number)
    path = folder / name
    path.write_bytes(content)
    start = time.process_time()
    try:
        TableFile(path=str(path), **keywords).load()
        ended = "table"
    except IntentbenchError as error:
        ended = "message" if len(str(error)) > 30 and "\0" not in str(error) else "empty message"
    except Exception as error:
        ended = f"traceback: {type(error).__name__}: {str(error)[:80]!r}"
        if "--only" in sys.argv:
            traceback.print_exc()
    return ended if time.process_time() - start < _SLOW_SECONDS else f"slow: {ended}"


def read_batch(first: int, n_files: int) -> None:
    """Read files in this process, one line of JSON each, before and after."""
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + n_files):
            print(json.dumps([number, read(number, Path(folder))]), flush=True)


def main(n_files: int, seed: int) -> int:
    """Read all files, batch by batch, and print what they ended in."""
    ends: Counter[str] = Counter()
    found: list[tuple[int, str]] = []
    first, end = seed, seed + n_files
    while first < end:
        size = min(_BATCH, end - first)
        child = subprocess.run(
            [sys.executable, "-P", __file__, "--batch", str(first), str(size)],
            capture_output=True, text=True,
        )  # fmt: skip
        read_ = [json.loads(line) for line in child.stdout.splitlines()]
        for number, what in read_:
            ends[what.partition(":")[0]] += 1
            if what not in ("table", "message"):
                found.append((number, what))
        first += len(read_)
        if child.returncode:
            found.append((first, f"ended with {child.returncode}: {child.stderr[-200:]!r}"))
            ends["signal" if child.returncode < 0 else "died"] += 1
            first += 1
    print(f"{n_files:,} files from number {seed}: {dict(sorted(ends.items()))}")
    for number, what in found[:40]:
        print(f"  {number}: {what}")
    return int(bool(found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--batch"]:
        read_batch(int(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--only"]:
        with tempfile.TemporaryDirectory() as folder:
            print(read(int(sys.argv[2]), Path(folder)))
    else:
        numbers = [int(word) for word in sys.argv[1:3]]
        sys.exit(main(*(numbers + [10_000, 0][len(numbers) :])))
