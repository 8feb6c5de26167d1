"""Cases on disk for workers elsewhere, who read them in a folder that machines share."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError, EngineError
from ..stored_cases import StoredCases
from ..task import Task

if TYPE_CHECKING:
    from distributed import Client

_MOST_NAMED = 5


def look_for_further(client: "Client", tasks: Sequence[Task]) -> None:
    """Refuse workers that do not find the cases on disk of all tasks, as they are here.

    Parameters
    ----------
    client : Client
    tasks : sequence of Task

    Raises
    ------
    EngineError
        If there are any; names them and the folder.
    """
    for task in tasks:
        if task.further is None:
            continue
        folder, sha256 = str(task.further.folder), task.further.sha256
        found = client.run(_finds, folder, sha256, on_error="return")
        blind = [address for address, finds in sorted(found.items()) if finds is not True]
        if blind:
            named = ", ".join(blind[:_MOST_NAMED])
            more = f" and {len(blind) - _MOST_NAMED} more" if len(blind) > _MOST_NAMED else ""
            raise EngineError(
                f"task {task.name!r} has cases on disk (--out-of-core) in {folder}, and these Dask "
                f"workers do not find them there as they are here: {named}{more}.  Let "
                "XDG_CACHE_HOME name a folder that all machines share under this path, and run "
                "again; or leave --engine out."
            )


def _finds(folder: str, sha256: str) -> bool:
    try:
        return StoredCases.open(Path(folder)).sha256 == sha256
    except DataError:
        return False
