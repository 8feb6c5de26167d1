"""Where a run was computed: machine, versions, commit."""

import platform
import subprocess
import sys
from importlib import metadata
from typing import Any

import psutil

from ..plugins.registry import ROOT

_NOTED_PACKAGES = (
    "numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "xgboost-cpu", "xgboost",
    "lightgbm", "pgmpy", "hmmlearn", "tensorflow-cpu", "tensorflow", "keras", "skops",
)  # fmt: skip


def surroundings() -> dict[str, Any]:
    """Describe the machine and the software, in plain values for a manifest."""
    packages = {}
    for name in _NOTED_PACKAGES:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "intentbench": metadata.version("intentbench"),
        "git_commit": _git_commit(),
        "python": sys.version.split()[0],
        "platform": platform.platform(terse=True),
        "cpu": platform.machine(),
        "cores": psutil.cpu_count() or 1,
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "packages": packages,
    }


def _git_commit() -> str:
    if not (ROOT / ".git").exists():
        return "not a checkout"
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return asked.stdout.strip()
