"""Environments: is what ``requirements/`` pins installed, and does it run, on each Python there is.

``python -P benchmarks/environments.py [PYTHON ...]`` takes each interpreter (those called
python3.11, 3.12 and 3.13, if not told), makes an environment in a temporary folder, installs all
pins with their hashes and a copy of this checkout, runs the smoke suite and tests of what every
other part stands on, and prints how each step ended.  Ends with 1 if one failed.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("python3.11", "python3.12", "python3.13")
TESTS = (
    "tests/test_extras.py", "tests/test_packaging.py", "tests/bench/cell", "tests/bench/metrics",
    "tests/bench/plugins", "tests/bench/stats", "tests/models", "tests/oracles",
)  # fmt: skip
NO_SOURCE = shutil.ignore_patterns(
    ".*", "__pycache__", "results", "build", "dist", "*.egg-info", "*.pyc"
)


def steps(python: str, folder: Path) -> list[tuple[str, list[str]]]:
    """Give what is done with an interpreter, in order."""
    copy, inside = folder / "intentbench", folder / "env" / "bin"
    pip = [str(inside / "python"), "-m", "pip", "--disable-pip-version-check", "-q", "install"]
    dev = str(copy / "requirements" / "dev.txt")
    smoke = ["run", "smoke", "--results", str(folder / "results")]
    return [
        ("environment", [python, "-m", "venv", str(folder / "env")]),
        ("pins", [*pip, "--no-deps", "--require-hashes", "-r", dev]),
        ("house", [*pip, "--no-deps", "--no-build-isolation", "--editable", str(copy)]),
        ("smoke suite", [str(inside / "intentbench"), *smoke]),
        ("tests", [str(inside / "pytest"), "-q", "-p", "no:cacheprovider", *TESTS]),
    ]


def tried(python: str) -> bool:
    """Do it, and print how it went."""
    asked = subprocess.run([python, "--version"], capture_output=True, text=True)
    if asked.returncode:
        print(f"{python}: does not start", flush=True)
        return False
    print(f"{python}: {asked.stdout.strip()}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT, folder / "intentbench", ignore=NO_SOURCE)
        for what, command in steps(python, folder):
            started = time.monotonic()
            done = subprocess.run(
                command, cwd=folder / "intentbench", capture_output=True, text=True
            )
            last = "".join((done.stdout.strip() or done.stderr.strip()).splitlines()[-1:])
            ended = "ok" if not done.returncode else f"ended with {done.returncode}"
            took = time.monotonic() - started
            print(f"  {what:12} {ended}, {took:.0f} s  {last[:90]}", flush=True)
            if done.returncode:
                print(f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}", flush=True)
                return False
    return True


if __name__ == "__main__":
    interpreters = sys.argv[1:] or [name for name in VERSIONS if shutil.which(name)]
    sys.exit(not all([tried(python) for python in interpreters]))
