"""A results folder that is the copy of a store which many machines share.

Cells and runs are written to the store first: what the folder holds is there, too, bit by bit.
"""

import json
import math
import os
import platform
import secrets
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..errors import StoreError
from .latest import LATEST, clear_latest, in_order, point_latest
from .objects import Objects
from .packed import packed, unpacked
from .predictions import Predictions
from .seal import SEAL, changed, read_seal, sealed_run
from .sealed_json import NewerFormat
from .store import COPY_OF, Store, cell_files, write_atomically, writing

_ABOUT = "store.json"
_AT_A_TIME = 16
_TRIES = 3
_ASKED_SECONDS = 5.0  # what was not there then is not asked for again


class SharedStore(Store):
    """Reads and writes a store, by way of a results folder of this machine.

    Parameters
    ----------
    root : Path
        The folder; keeps what was read or written.
    objects : Objects
        The store.
    """

    def __init__(self, root: Path, objects: Objects) -> None:
        super().__init__(root)
        self.objects = objects
        self._is_known = self._may_write = False
        self._asked: dict[str, float] = {}  # when the store was asked for a cell

    def prepare(self) -> None:
        """Make sure that results can be written here and there, and bring the latest run.

        Raises
        ------
        StoreError
            As of any results folder; or if the store cannot be reached, does not keep the first of
            two who write, or is not the one that the folder is the copy of.
        """
        self.make_room()
        if not self._may_write:
            self._know(writes=True)
            self._may_write = True
            self._bring_run(LATEST)

    def claim(self, run_id: str) -> bool:
        """Take a name for a run, which no other run gets any more; tells whether it was free."""
        who = f"{platform.node()} {os.getpid()}\n"
        return self.objects.put_if_absent(f"names/{run_id}", who.encode())

    def fetch(self, keys: Iterable[str]) -> None:
        """Bring those cells that the store has and the folder has not, some at a time."""
        now = time.monotonic()
        missing = [
            key
            for key in keys
            if now - self._asked.get(key, -math.inf) > _ASKED_SECONDS
            and not os.path.lexists(self.cell_folder(key))
        ]
        self._asked |= dict.fromkeys(missing, now)
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            list(pool.map(self._fetch, missing))

    def write_cell(self, key: str, facts: dict[str, object], predictions: Predictions) -> None:
        """Store a done cell, unless another machine was first: then theirs is taken."""
        files = cell_files(key, facts, predictions)
        for _ in range(_TRIES):
            if self.objects.put_if_absent(_of_cell(key), packed(files)):
                self.put_cell(key, files)
                return
            self._fetch(key)
            try:
                if self.read_cell(key) is not None:
                    return
            except NewerFormat:
                raise
            except StoreError:
                self.discard_cell(key)
        raise StoreError(
            f"{self.objects.url} says that there is a cell {key}, and gives none.  Run again."
        )

    def discard_cell(self, key: str, read: Callable[[], object] | None = None) -> None:
        """Remove a damaged cell here, and in the store if it is damaged there."""
        super().discard_cell(key, read)
        if os.path.lexists(self.cell_folder(key)):
            return
        self._fetch(key)
        try:
            read() if read else self.read_cell(key)
        except NewerFormat:
            raise
        except StoreError:
            self.objects.remove(_of_cell(key))
            super().discard_cell(key, read)

    def bring(self, run: str) -> None:
        """Bring a run by its id, or the latest, with its cells, as far as the store has it."""
        with writing(self.root):
            self.runs.mkdir(parents=True, exist_ok=True)
            self.cells.mkdir(exist_ok=True)
        self._know(writes=False)
        run_id = self._bring_run(run)
        if run_id:
            self.fetch(sealed_run(self.runs / run_id).cells)

    def publish(self, run_id: str) -> str:
        """Write a finished run to the store, with all that was made of it; gives the store's name.

        One that is there stays as it is.
        """
        name = f"runs/{run_id}.zip"
        if not self.objects.exists(name):
            folder = self.runs / run_id
            seal = sealed_run(folder)
            # Someone may have removed what was there when the run began.
            with ThreadPoolExecutor(_AT_A_TIME) as pool:
                list(pool.map(self._put_if_gone, seal.cells))
            files = {name: (folder / name).read_bytes() for name in (SEAL, *seal.files, *seal.made)}
            self.objects.put_if_absent(name, packed(files))
        return self.objects.url

    def _know(self, *, writes: bool) -> None:
        """Look whether the store is the one that the folder is the copy of."""
        if self._is_known and not writes:
            return
        content = self.objects.get(_ABOUT)
        if content is None and not writes:
            raise StoreError(f"there is no run in {self.objects.url}.  Run a suite first.")
        if content is None:
            self.objects.put_if_absent(_ABOUT, json.dumps({"id": secrets.token_hex(16)}).encode())
            content = self.objects.get(_ABOUT)
        if writes and (content is None or self.objects.put_if_absent(_ABOUT, content)):
            raise StoreError(
                f"{self.objects.url} lets a second writer overwrite the first: its server does not "
                "heed If-None-Match, and two runs could spoil each other's cells.  Name a store on "
                "another server with --store."
            )
        try:
            about = json.loads(content)["id"]
        except (ValueError, TypeError, KeyError):
            raise StoreError(
                f"{self.objects.url} holds a {_ABOUT} that is none of intentbench.  Name another "
                "prefix with --store."
            ) from None
        self._bind(about)
        self._is_known = True

    def _bind(self, about: str) -> None:
        copy_of = self.root / COPY_OF
        elsewhere = "Name another folder with --results."
        if not copy_of.exists():
            if any(self.cells.glob("*/*")) or any(self.runs.glob("[0-9]*")):
                raise StoreError(
                    f"{self.root} holds results of its own, and is to be the copy of "
                    f"{self.objects.url}.  {elsewhere}"
                )
            with writing(self.root):
                write_atomically(copy_of, json.dumps({"url": self.objects.url, "id": about}))
        noted = self.copy_of()
        if noted.get("id") != about:
            raise StoreError(
                f"{self.root} is the copy of {noted.get('url')}, and {self.objects.url} is another "
                f"store, or was made anew.  {elsewhere}"
            )

    def _bring_run(self, run: str) -> str:
        """Bring a run without its cells; gives its id, or nothing."""
        stored = in_order(
            name.removesuffix(".zip") for name in self.objects.list("runs") if name.endswith(".zip")
        )
        run_id = next(iter(stored[-1:]), "") if run == LATEST else run
        folder = self.runs / run_id
        if run_id in stored:
            with self.locked():
                if not folder.is_dir():
                    self._receive_run(run_id)
                if run == LATEST:
                    clear_latest(self.runs)
                    point_latest(self.runs, run_id)
        return run_id if run_id and folder.name == run_id and folder.is_dir() else ""

    def _receive_run(self, run_id: str) -> None:
        name = f"runs/{run_id}.zip"
        wrong = f"{self.objects.url}/{name} is not as it was written.  Remove it, and run again."
        try:
            files = unpacked(self.objects.get(name) or b"")
        except ValueError as error:
            raise StoreError(f"{wrong}  ({error})") from None
        part = self.runs / f".{run_id}.part"
        with writing(self.root):
            shutil.rmtree(part, ignore_errors=True)
            for each, content in files.items():
                (part / each).parent.mkdir(parents=True, exist_ok=True)
                (part / each).write_bytes(content)
            try:
                seal = read_seal(part)
                is_whole = seal.run_id == run_id and not changed(part, {**seal.files, **seal.made})
            except StoreError:
                is_whole = False
            if not is_whole:
                shutil.rmtree(part, ignore_errors=True)
                raise StoreError(wrong)
            os.replace(part, self.runs / run_id)

    def _fetch(self, key: str) -> None:
        content = self.objects.get(_of_cell(key))
        if content is not None:
            try:
                files = unpacked(content)
            except ValueError:
                files = {}  # an empty folder is a damaged cell, and is told as one
            self.put_cell(key, {Path(name).name: files[name] for name in files})

    def _put_if_gone(self, key: str) -> None:
        name, folder = _of_cell(key), self.cell_folder(key)
        if not self.objects.exists(name):
            files = {path.name: path.read_bytes() for path in folder.iterdir()}
            self.objects.put_if_absent(name, packed(files))


def _of_cell(key: str) -> str:
    return f"cells/{key[:2]}/{key}.zip"


def opened_store(results: Path, objects: Objects | None) -> Store:
    """Give the results folder, or the store that it is the copy of."""
    return Store(results) if objects is None else SharedStore(results, objects)
