"""The name of a task that is made of a file of one's own."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import Path


def task_name(path: str, taken: Collection[str]) -> str:
    """Make a name of a file's, which can be part of paths: its letters, of any script."""
    # Some systems take the marks of letters apart in the names of files.
    stem = unicodedata.normalize("NFC", Path(path).name.partition(".")[0])
    name = re.sub(r"\W+", "_", stem).strip("_") or "table"
    name = name if not name[0].isdigit() else f"table_{name}"
    return f"my_{name}" if name in taken else name
