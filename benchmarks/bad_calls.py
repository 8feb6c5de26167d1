"""Bad calls: does each end in a message and a documented exit code?  Counts those that do not.

``python -P benchmarks/bad_calls.py [CALLS [SEED]]`` makes so many command lines (700, if not told)
of wrong names, numbers, files and plugins, and runs them in one process after the other command
line, in an empty folder with a few files in it.  Ends with 1 if a call ended in a traceback, in
the code of the unforeseen, or in one that no page documents.
"""

import contextlib
import io
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from intentbench.bench.errors import EXIT_CELLS_FAILED, EXIT_DONE, EXIT_REQUEST_WRONG
from intentbench.cli import new
from intentbench.cli.main import main

_DOCUMENTED = (EXIT_DONE, EXIT_CELLS_FAILED, EXIT_REQUEST_WRONG)
_SLOW_SECONDS = 120
_WORDS = (
    "", " ", "-", "--", "0", "-1", "1", "2", "1.5", "1e400", "100000000000000000000", "nan", "inf",
    "a" * 300, "a" * 5000, "../..", "/", ".", "/dev/null", "no_such", "no_such.csv", "no_such.py",
    "\udcff\udcfe", "日本", "🛒", "\u202e", "\x1b[31m", "%s", "{0}", "'", '"', ";", "=", "a=b", ":",
    "a:b", "roc_auc:", "roc_auc:x", "visits.csv", "log.csv", "empty.csv", "folder", "bytes.bin",
    "2024-13-45", "bought", "user", "at", "kind", "buy", "pages", "toy", "latest",
    "base_rate", "deep.toml", "digits.toml", "bytes.toml", "list.toml", "smoke", "long.py",
    "claims.toml", "\t", "\n", "１２", "0x10", "1_000", "+5", "1,5", "--help",
)  # fmt: skip
_OWN_DATA = (
    "--data", "--target", "--group", "--time", "--drop", "--category", "--number", "--positive",
    "--date-order", "--encoding", "--sheet", "--title", "--question", "--split", "--in-order",
    "--events", "--who", "--when", "--what", "--after-events", "--value", "--item", "--clock",
    "--folds", "--inner", "--seed", "--repeats", "--best", "--strangers", "--horizon-days",
    "--every-days", "--active-within", "--gap-minutes", "--event-id", "--identical",
)  # fmt: skip
_TABLE = ["--data", "visits.csv", "--target", "bought"]
_LOG = [
    "--events", "log.csv", "--who", "user", "--when", "at", "--what", "kind", "--target", "buy",
    "--after-events", "1",
]  # fmt: skip
_RAISED = (
    "IndexError", "AttributeError", "ZeroDivisionError", "MemoryError", "KeyError", "OSError",
    "RecursionError", "AssertionError", "StopIteration", "UnicodeError", "Exception",
)  # fmt: skip
_RAISING_DATASET = """
from intentbench.bench import Card, Dataset


class Raises(Dataset):
    card = Card("Raises", "?", "made up", "none", "1 = yes")
    files = {{}}

    def read(self, paths):
        raise {error}("of the plugin")
"""


def lay_out(folder: Path) -> None:
    """Write the files that calls name."""
    rows = [f"{i % 7},u{i % 20},{'yes' if i % 3 else 'no'}" for i in range(60)]
    (folder / "visits.csv").write_text("\n".join(["pages,user,bought", *rows]), encoding="utf-8")
    clicks = [
        f"u{i % 30},2024-01-{1 + i % 28:02} 10:{i % 60:02}:00,{'buy' if i % 5 == 0 else 'view'}"
        for i in range(400)
    ]
    (folder / "log.csv").write_text("\n".join(["user,at,kind", *clicks]), encoding="utf-8")
    (folder / "empty.csv").write_text("", encoding="utf-8")
    (folder / "folder").mkdir()
    (folder / "bytes.bin").write_bytes(bytes(range(256)) * 40)
    (folder / "bytes.toml").write_bytes(bytes(range(256)))
    (folder / "deep.toml").write_text("x = " + "[" * 3000 + "]" * 3000, encoding="utf-8")
    (folder / "digits.toml").write_text("tasks = " + "9" * 5000, encoding="utf-8")
    (folder / "list.toml").write_text("tasks = [1, 2]\n[task]\na = 1", encoding="utf-8")
    (folder / "claims.toml").write_text("[[claim]]\naccuracy = 'x'", encoding="utf-8")
    (folder / "long.py").write_text("x = " + "-" * 100_000 + "1", encoding="utf-8")
    (folder / "nested.py").write_text("x = " + "(" * 100_000, encoding="utf-8")
    for error in _RAISED:
        text = _RAISING_DATASET.format(error=error)
        (folder / f"raises_{error.lower()}.py").write_text(text, encoding="utf-8")


def known_calls() -> list[list[str]]:
    """Calls that once ended in a traceback."""
    calls = [[*which, name, *rest] for which, rest in _TOML for name in _TOMLS]
    calls += [["show", *_LOG[:-1], number] for number in ("1" + "0" * 20, "1" + "0" * 400)]
    calls += [["list", "--plugin", name] for name in ("long.py", "nested.py", "a" * 300 + ".py")]
    calls += [["check", name] for name in ("a" * 300 + ".py", "a" * 300, "nested.py")]
    for error in _RAISED:
        name = f"raises_{error.lower()}"
        calls.append(["show", name, "--plugin", f"{name}.py"])
    return calls


_TOMLS = ("deep.toml", "digits.toml", "bytes.toml", "list.toml", "a" * 300 + ".toml")
_TOML = ((["run"], []), (["audit"], []))


def make_call(number: int) -> list[str]:
    """Draw a call: words, flags and values, in an order that can be parsed more often than not."""
    rng = np.random.default_rng(number)

    def word() -> str:
        return str(_WORDS[int(rng.integers(len(_WORDS)))])

    kind = int(rng.integers(8))
    call: list[str]
    if kind < 3:
        base = list(_TABLE if rng.random() < 0.5 else _LOG)
        if rng.random() < 0.5:
            base[int(rng.integers(0, len(base) // 2)) * 2 + 1] = word()
        call = ["show", *base]
        for _ in range(int(rng.integers(0, 3))):
            call += [str(_OWN_DATA[int(rng.integers(len(_OWN_DATA)))]), word()]
    elif kind == 3:
        call = ["run", word(), "--task", "no_such_task", "--results", word(), "--jobs", word()]
    elif kind == 4:
        call = [*(["report"] if rng.random() < 0.5 else ["compare", word()]), word()]
        call += ["--results", word()] if rng.random() < 0.5 else []
        call += ["--fail-if-worse", word()] if call[0] == "compare" else []
    elif kind == 5:
        call = ["audit", word()]
    elif kind == 6:
        table = _TABLE if rng.random() < 0.3 else []
        call = ["new", str(rng.choice(["model", "dataset"])), word(), *table]
    else:
        named = [word()] if rng.random() < 0.7 else []
        call = [str(rng.choice(["list", "show", "fetch"])), *named]
        call += ["--plugin", word()] if rng.random() < 0.7 else []
    return call


def ended(call: list[str]) -> tuple[str, str]:
    """Make a call; gives how it ended, and what it said."""
    out, err = io.StringIO(), io.StringIO()
    before = set(os.listdir())
    signal.alarm(_SLOW_SECONDS)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(call)
    except SystemExit as left:  # of argparse
        code = left.code
    except BaseException as error:
        return f"traceback: {type(error).__name__}", traceback.format_exc()
    finally:
        signal.alarm(0)
        for name in set(os.listdir()) - before:  # a plugin that was written is no part of the next
            with contextlib.suppress(OSError):
                os.unlink(name)
    said = err.getvalue()
    if code not in _DOCUMENTED:
        return f"exit code {code}", said
    if "Traceback" in said:
        return "traceback on the screen", said
    return ("done" if code == EXIT_DONE else "message" if said.strip() or out.getvalue() else
            "no message"), said  # fmt: skip


def run_all(n_calls: int, seed: int) -> int:
    """Make all calls and print what they ended in."""
    warnings.simplefilter("ignore")
    calls = known_calls()
    calls += [make_call(number) for number in range(seed, seed + max(0, n_calls - len(calls)))]
    ends: Counter[str] = Counter()
    begun, home = time.process_time(), os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        lay_out(Path(folder))
        new.ROOT = Path(folder)  # nothing is written into the checkout
        for call in calls:
            how, said = ended(call)
            ends[how] += 1
            if how not in ("done", "message"):
                print(f"{how}: {[word[:60] for word in call]}\n  {said[-600:]}")
        os.chdir(home)
    print(f"{len(calls)} calls: {dict(sorted(ends.items()))}; {time.process_time() - begun:.0f} s")
    return int(bool(set(ends) - {"done", "message"}))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:3]]
    sys.exit(run_all(*(numbers + [700, 0][len(numbers) :])))
