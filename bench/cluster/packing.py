"""Cells as they are sent: what each asks for, and the files behind that, named by their content."""

import secrets
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..plugins.registry import ROOT, Plugin
from ..run.sender import Sender
from ..run.work import Planned
from ..store.objects import Objects
from .carry_out_batch import CODE, Asked
from .parcels import FILES, Parcel, parcel_of

if TYPE_CHECKING:
    from distributed import Client, Future

_OF_FILES = ("task", "split", "rows", "course", "source")


class Packer:
    """Packs cells.

    Parameters
    ----------
    client : Client
    sender : Sender
        Writes down what all cells of a task or a split need.
    objects : Objects, optional
        The store that machines share.
    """

    def __init__(self, client: "Client", sender: Sender, objects: Objects | None = None) -> None:
        self.client, self.sender, self.objects = client, sender, objects
        self.digests: dict[str, str] = {}
        self.held: dict[str, Future] = {}
        self.put: set[str] = set()

    def asked(self, cell: Planned, *, by_store: bool = False) -> Asked:
        """Pack a cell; paths of this machine do not go along.

        Parameters
        ----------
        cell : Planned
        by_store : bool, default=False
            Whether workers find its files in the store that machines share.
        """
        described = self.sender.shared(cell)
        parcels = {
            name: parcel_of(Path(described.pop(name)), self.digests)
            for name in _OF_FILES
            if name in described
        }
        for name in CODE:
            plugin: Plugin | None = getattr(cell, name, None)
            if plugin is not None:
                parcels |= self._code(name, plugin, described[name])
        if by_store:
            parcels = {name: self._in_store(parcel) for name, parcel in parcels.items()}
        return Asked(cell.key, described, parcels, *self.sender.n_predicted(cell))

    def _code(self, name: str, plugin: Plugin, described: dict[str, Any]) -> dict[str, Parcel]:
        """Say where a plugin is in any checkout of the house, or pack its file."""
        if plugin.is_of_house:
            described["path"] = plugin.path.relative_to(ROOT).as_posix()
            return {}
        return {name: parcel_of(Path(described.pop("path")), self.digests)}

    def _in_store(self, parcel: Parcel) -> Parcel:
        """Put the files of a parcel into the store, each once, and say where they are there."""
        for _, sha256, place in parcel.files:
            name = f"{FILES}/{sha256}"
            if sha256 not in self.put and not self.objects.exists(name):
                self.objects.put_if_absent(name, Path(place).read_bytes())
            self.put.add(sha256)
        files = (
            (name, sha256, f"{self.objects.url}/{FILES}/{sha256}")
            for name, sha256, _ in parcel.files
        )
        return replace(parcel, files=tuple(files))

    def contents(self, asked: Sequence[Asked]) -> dict[str, "Future"]:
        """Give the files of cells as they are held by the cluster, each of them sent once."""
        needed = [parcel for cell in asked for parcel in cell.parcels.values()]
        found = {}
        for _, sha256, place in {file for parcel in needed for file in parcel.files}:
            if sha256 not in self.held:
                with warnings.catch_warnings():
                    # It would rather scatter them; what is scattered is lost with its worker.
                    warnings.filterwarnings("ignore", "Sending large graph")
                    key = f"intentbench-file-{sha256}-{secrets.token_hex(4)}"
                    content = Path(place).read_bytes()
                    self.held[sha256] = self.client.submit(bytes, content, key=key, pure=False)
            found[sha256] = self.held[sha256]
        return found

    def forget(self) -> None:
        """Send files anew that are needed again: a worker that ended may have held them."""
        self.held.clear()
