"""JSON files that know whether they are as they were written, in what format, and by whom."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import StoreError
from ..language.sentence import plain, unplain

FORMAT = 2  # of what lies in a results folder; every later one keeps ``sha256`` as it is here


class NewerFormat(StoreError):
    """A file is whole, and of a format that a later version of this program writes."""


def sealed(facts: Mapping[str, Any]) -> bytes:
    """Write facts with the format, the version that writes them, and the digest of it all."""
    whole = {**facts, "format": FORMAT, "written_by": _version()}
    return _text(whole | {"sha256": _digest(whole)})


def unsealed(path: Path, known: str | None = None) -> tuple[dict[str, Any], str]:
    """Read such a file.

    Parameters
    ----------
    path : Path
    known : str, optional
        SHA-256 of the file when it was found whole before.  What still has it is taken as whole.

    Returns
    -------
    dict
        The facts.
    str
        SHA-256 of the file.

    Raises
    ------
    NewerFormat
        If a later version wrote it in a format of its own; names the version.
    StoreError
        If it is not there, or not byte by byte as it was written.
    """
    content = content_of(path)
    digest, facts = hashlib.sha256(content).hexdigest(), parsed(content, path)
    noted = facts.pop("sha256", None) if isinstance(facts, dict) else None
    # Compared as it is written, too: 0.10 for 0.1 is a change, whether it matters or not.
    if digest != known and (
        noted is None or noted != _digest(facts) or content != _text(facts | {"sha256": noted})
    ):
        raise StoreError(f"{path} was changed after it was written.")
    form, version = facts.pop("format", None), facts.pop("written_by", None)
    if not isinstance(form, int):
        raise StoreError(f"{path} was written by a version that noted no format.")
    if form > FORMAT:
        raise NewerFormat(
            f"{path} has format {form}, which intentbench {version} wrote; this is intentbench "
            f"{_version()}, which reads formats up to {FORMAT}.  Use version {version} or a later "
            "one, or name another folder with --results."
        )
    return facts, digest


def content_of(path: Path) -> bytes:
    """Read a file of the results folder.

    Raises
    ------
    StoreError
        If it is not there or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"{path.parent} lacks {path.name}.") from None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}.") from None


def parsed(content: bytes, path: Path) -> Any:
    """Parse JSON, sentences and all; ``path`` is named where it is none.

    Raises
    ------
    StoreError
    """
    try:
        return json.loads(content.decode("utf-8"), object_hook=unplain)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} cannot be read: {error}.") from None


def _text(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(plain(facts), indent=1).encode()


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain(facts), sort_keys=True).encode()).hexdigest()


@cache
def _version() -> str:
    return metadata.version("intentbench")
