"""``[[folder]]`` of a suite: each file in a folder is a task of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import RequestError
from .task_name import task_name


def tasks_in(folder: Path, table: Mapping[str, Any], where: str) -> dict[str, dict[str, Any]]:
    """Write the table ``[task.NAME]`` of each file in a folder.

    Parameters
    ----------
    folder : Path
        Where ``table["path"]`` is, seen from here.
    table : mapping of str to object
        As it stands in the suite.  ``files`` is a pattern such as ``*.csv``; the others are what a
        ``[task.NAME]`` holds, the same for all files.
    where : str
        For errors: the suite and the place in it.

    Returns
    -------
    dict of str to dict
        By the name made of the file's, in the order of the files' names.

    Raises
    ------
    RequestError
        If there is no such folder, no file in it is meant, or two files would have one name.
    """
    if not folder.is_dir():
        raise RequestError(f"{where}: there is no folder {folder}.")
    pattern = table.get("files", "*")
    shared = {word: value for word, value in table.items() if word != "files"}
    made: dict[str, dict[str, Any]] = {}
    for file in _meant(folder, pattern, where):
        path = str(Path(table["path"]) / file)
        name = task_name(file, ())
        if name in made:
            raise RequestError(
                f"{where}: {made[name]['path']} and {path} would both be the task {name!r}.  "
                "Rename one of them, or let files = '...' leave it out."
            )
        made[name] = {**shared, "path": path}
    if not made:
        raise RequestError(f"{where}: no file in {folder} fits the pattern {pattern!r}.")
    return made


def _meant(folder: Path, pattern: str, where: str) -> list[str]:
    """Name the files that a pattern means; hidden ones are no data."""
    try:
        found = list(folder.glob(pattern))
    except (ValueError, NotImplementedError) as error:
        raise RequestError(f"{where}: files = {pattern!r} is no pattern: {error}.") from error
    files = (path.relative_to(folder) for path in found if path.is_file())
    return sorted(str(path) for path in files if not path.name.startswith("."))
