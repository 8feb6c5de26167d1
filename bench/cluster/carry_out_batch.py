"""What a Dask worker does: the cells of a batch, one after the other, each behind the fence.

The fence's processes are this worker's, and end with it.  Whatever a cell does to its process, the
Dask worker hears of it as an answer.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import get_worker

from ..cell.transport import receive_predictions
from ..language.sentence import Sentence, Text
from ..plugins.registry import ROOT
from ..run.fence import Fence
from ..run.messages import DONE
from ..run.worker_process import Answer
from ..store.temporary import TEMPORARY
from ..suite.limits import Limits
from .likeness import differences
from .parcels import NotHere, Parcel, ParcelCache

# What of a request is code: the plugin itself, and the model whose scores a policy sees.
CODE = ("plugin", "scores")


@dataclass(frozen=True)
class Asked:
    """A cell as it is sent.

    ``request`` is what a worker is asked, without paths; ``parcels`` are those behind its other
    keys, those of plugins under the names of ``CODE`` unless they are of the house.
    """

    key: str
    request: Mapping[str, Any]
    parcels: Mapping[str, Parcel]
    n_valid: int
    n_test: int


@dataclass(frozen=True)
class Batch:
    """Cells that travel together; what decides them at home; the limits of each."""

    cells: Sequence[Asked]
    likeness: Mapping[str, str]
    limits: Limits


@dataclass(frozen=True)
class CellAnswer:
    """What became of a cell: as ``Answer``, with its predictions as doubles."""

    key: str
    status: str
    message: Text
    facts: Any
    left: tuple[str, ...]
    predictions: bytes


@dataclass(frozen=True)
class BatchAnswer:
    """What became of a batch: the answers, or why this worker could not begin.

    ``missing`` is what it did not receive; ``unlike`` is in which way it differs from home.
    """

    worker: str
    answers: Sequence[CellAnswer] = ()
    missing: str = ""
    unlike: Sequence[str] = ()
    broken: str = ""


def carry_out_batch(batch: Batch, sent: Mapping[str, bytes]) -> BatchAnswer:
    """Carry the cells of a batch out.

    Parameters
    ----------
    batch : Batch
    sent : mapping of str to bytes
        Contents of files, by their digest; what is not there is read where it lies at home.
    """
    worker = get_worker()
    unlike = differences(batch.likeness)
    if unlike:
        return BatchAnswer(worker.address, unlike=unlike)
    cache = ParcelCache(Path(worker.local_directory) / "intentbench-parcels")
    try:
        here = {
            (asked.key, name): cache.path(parcel, sent)
            for asked in batch.cells
            for name, parcel in asked.parcels.items()
        }
        with _scratch() as scratch:
            answers = _answers(batch, here, scratch, _wanted(worker, worker.get_current_task()))
            return BatchAnswer(worker.address, tuple(answers))
    except NotHere as error:
        return BatchAnswer(worker.address, missing=str(error))
    except OSError as error:
        return BatchAnswer(worker.address, broken=f"{type(error).__name__}: {error}")


def _answers(
    batch: Batch,
    here: Mapping[tuple[str, str], Path],
    scratch: Path,
    goes_on: Callable[[], bool],
) -> Iterator[CellAnswer]:
    by_key = {asked.key: asked for asked in batch.cells}

    def requests() -> Iterator[dict[str, Any]]:
        for number, asked in enumerate(batch.cells):
            paths = {name: here[asked.key, name] for name in asked.parcels}
            yield _request(asked, paths, scratch / str(number))

    for answer in Fence(1, batch.limits, goes_on).answers(requests()):
        asked, out = by_key[answer.request["key"]], Path(answer.request["out"])
        yield _cell_answer(asked, answer, out)
        shutil.rmtree(out, ignore_errors=True)


def _request(asked: Asked, paths: Mapping[str, Path], out: Path) -> dict[str, Any]:
    """Put paths of this machine in; whoever is confined to a folder finds copies in it."""
    out.mkdir(mode=0o700)
    request = dict(asked.request)
    if request["alone"]:
        paths = {name: _copied(path, out / name) for name, path in paths.items()}
    code = {
        name: request[name]
        | {"path": str(paths[name] if name in paths else ROOT / request[name]["path"])}
        for name in CODE
        if request.get(name)
    }
    of_parcels = {name: str(path) for name, path in paths.items() if name not in CODE}
    return request | of_parcels | code | {"out": str(out)}


def _copied(path: Path, target: Path) -> Path:
    if path.is_dir():
        return Path(shutil.copytree(path, target))
    target.mkdir()
    return Path(shutil.copy(path, target))


def _cell_answer(asked: Asked, answer: Answer, out: Path) -> CellAnswer:
    status, message, predictions = answer.status, answer.message, b""
    if status == DONE:
        try:
            found = receive_predictions(out, asked.n_valid, asked.n_test)
            predictions = found.valid.tobytes() + found.test.tobytes()
        except ValueError as error:
            said = Sentence("its process said that it was done, but {why}", why=str(error))
            status, message = "crashed", said
    return CellAnswer(asked.key, status, message, answer.facts, answer.left, predictions)


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wanted(worker: Any, key: str) -> Callable[[], bool]:
    """Give what tells whether a batch is still wanted: Dask cannot stop what has begun."""

    def goes_on() -> bool:
        task = worker.state.tasks.get(key)
        is_wanted = task is not None and task.state != "cancelled"
        return is_wanted and worker.status.name in ("running", "paused")

    return goes_on
