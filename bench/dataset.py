"""Dataset: the contract of a data plugin; it finds, verifies and reads, and never splits."""

import gzip
import os
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from .cases import Cases
from .download import fetch
from .errors import DataError
from .language.sentence import Sentence
from .task import Card, ColumnProfile, Task

DATA_VARIABLE = "INTENTBENCH_DATA"


class Dataset(ABC):
    """One data set, and the question that is asked of it.

    A plugin declares where its files come from and writes ``read``; the rest is done here.  It may
    have parameters: keywords of ``__init__``, each with a default, which a suite file can set to
    make further tasks of it.  Wrong values end in a ``DataError`` there.

    ``card``
        What a reader must know before the numbers mean anything.
    ``files``
        File names, each with the SHA-256 of its uncompressed content; empty where nobody knows it.
        Such a file is never downloaded, is read whatever it holds, and the card of the task says
        what its SHA-256 is.
    ``other_files``
        Files of another layout that say the same, read where ``files`` are not all at hand.
    ``n_cases``, ``n_positive``
        Checked after reading, where given.
    ``content``
        The task's fingerprint, checked after reading, where given: for a file that goes round in
        several writings of the same values.
    ``how_to_get``
        What to do by hand where the files may not be downloaded.
    ``package``, ``package_folder``
        Import name of an installed package that holds the files, and the folder inside it.  The
        package's own code is never run.
    ``folder``
        Sub-folder below ``$INTENTBENCH_DATA`` and the cache; the plugin's name where empty.
    ``url``
        Of a zip archive (or of the one file), fetched when the files are found nowhere.
    """

    card: Card
    files: ClassVar[Mapping[str, str]] = {}
    other_files: ClassVar[Mapping[str, str]] = {}
    n_cases: int | None = None
    n_positive: int | None = None
    content: str | None = None
    how_to_get: ClassVar[str] = ""
    package: ClassVar[str | None] = None
    package_folder: ClassVar[str] = ""
    folder: ClassVar[str] = ""
    url: ClassVar[str | None] = None

    @abstractmethod
    def read(self, paths: Mapping[str, Path]) -> Task:
        """Turn the files into a task.

        Parameters
        ----------
        paths : mapping of str to Path
            Where each of ``files`` (or of ``other_files``) lies, verified.  A path may end in
            ``.gz``.

        Returns
        -------
        Task
            Made with ``self.task``.
        """

    @property
    def name(self) -> str:
        """The plugin's name: that of its file."""
        return type(self).__module__.rpartition(".")[2].removeprefix("intentbench_plugin_")

    @property
    def offline(self) -> bool:
        """Whether nothing is ever downloaded: a package holds the files, or there are none."""
        return self.package is not None or not self.files

    def load(self) -> Task:
        """Find, verify, read and count.

        Raises
        ------
        DataError
            If files are missing or not the published ones, or the counts are not those declared.
        """
        paths = self.locate()
        task = self.read(paths)
        found, expected = (len(task), int(task.target.sum())), (self.n_cases, self.n_positive)
        if any(n not in (None, seen) for n, seen in zip(expected, found, strict=True)):
            raise DataError(
                f"data set {self.name!r}: expected {self.n_cases} cases, {self.n_positive} of them "
                f"positive; read {found[0]} and {found[1]}.  If the reading was changed on "
                "purpose, change n_cases and n_positive with it."
            )
        if self.content is not None:
            self._check_content(task)
            return task
        return self._vouched(task, paths)

    def task(
        self,
        cases: Cases,
        target: np.ndarray,
        *,
        group: np.ndarray | None = None,
        time: np.ndarray | None = None,
        known_at: np.ndarray | None = None,
        given_split: np.ndarray | None = None,
        weight: np.ndarray | None = None,
        today: np.ndarray | None = None,
        aside: Mapping[str, pd.Series] | None = None,
        truth: Mapping[str, np.ndarray] | None = None,
        profile: tuple[ColumnProfile, ...] = (),
        reading: Mapping[str, Any] | None = None,
    ) -> Task:
        """Make the task, under the plugin's name and card, its roles in the types agreed on.

        Parameters
        ----------
        cases : Cases of length n_cases
        target : array of 0 and 1, shape (n_cases,)
        group, time, known_at, given_split, weight, today : array, shape (n_cases,), optional
            Roles of the cases; see ``Task``.
        aside : mapping of str to Series of n_cases values, optional
            Columns that no model sees; see ``Task``.
        truth : mapping of str to ndarray, optional
            True probabilities, by the views that they are given.
        profile : tuple of ColumnProfile, optional
            What columns of a file were taken for.
        reading : mapping, optional
            How further rows are read; see ``Task``.
        """
        return Task(
            name=self.name,
            cases=cases,
            target=np.asarray(target, dtype=np.int8),
            card=self.card,
            group=None if group is None else np.asarray(group),
            time=None if time is None else np.asarray(time).astype("datetime64[s]"),
            known_at=None if known_at is None else _whole_seconds_up(known_at),
            given_split=given_split,
            weight=None if weight is None else np.asarray(weight, dtype=float),
            today=None if today is None else np.asarray(today, dtype=bool),
            truth=truth,
            profile=profile,
            aside=aside or {},
            reading=reading,
        )

    def locate(self) -> dict[str, Path]:
        """Find and verify every file, downloading what is found nowhere.

        Looks in the package if there is one; otherwise in ``$INTENTBENCH_DATA/<folder>``, then in
        ``$INTENTBENCH_DATA`` (only files whose SHA-256 is known), then in the user's cache, each
        file as it is or as ``.gz``.

        Raises
        ------
        DataError
            If a file cannot be had, or one that the user provides has another content.
        """
        if self.package is not None:
            return self._in_package(self.package)
        found = self._at_hand(self.files)
        if None in found.values() and self.other_files:
            others = self._at_hand(self.other_files)
            if None not in others.values():
                return others
        missing = {name: self.files[name] for name, path in found.items() if path is None}
        if missing:
            self._download(missing)
        return {name: path or self._cache / name for name, path in found.items()}

    def _check_content(self, task: Task) -> None:
        if (found := task.fingerprint()) != self.content:
            raise DataError(
                f"data set {self.name!r}: what {' and '.join(self.files)} holds are not the "
                f"published values.\n  expected {self.content}\n  found {found} (the fingerprint "
                "of what was read)\nReplace the file.  If the reading was changed on purpose, "
                "change content with it."
            )

    def _vouched(self, task: Task, paths: Mapping[str, Path]) -> Task:
        """Say on the card which files were read without knowing what they should hold."""
        known = {**self.files, **self.other_files}
        said = tuple(
            Sentence(
                "What {file} should hold is not known to this program, so it was not verified; the "
                "one read has the SHA-256 {sha256}.",
                file=name,
                sha256=_sha256(path),
            )
            for name, path in paths.items()
            if not known[name]
        )
        if not said:
            return task
        return replace(task, card=replace(task.card, caveats=(*task.card.caveats, *said)))

    def _in_package(self, package: str) -> dict[str, Path]:
        # The import system's own reader for a package's files: asking for it runs none of the
        # package's code, which importlib.resources.files(package) would.
        spec = find_spec(package)
        if spec is None or spec.loader is None:
            raise DataError(
                f"data set {self.name!r} reads files of the package {package!r}, which is not "
                f"installed.  Install it: pip install {package.replace('_', '-')}"
            )
        root = spec.loader.get_resource_reader(package).files()
        paths = {name: Path(str(root), self.package_folder, name) for name in self.files}
        for name, path in paths.items():
            found = _sha256(path) if path.is_file() else "no such file"
            if found != self.files[name]:
                raise DataError(
                    f"data set {self.name!r}: {path} is not the published file.\n"
                    f"  expected SHA-256 {self.files[name]}\n  found {found}\n"
                    f"Install the package again, in the version that this program asks for: "
                    f"pip install --force-reinstall {package.replace('_', '-')}"
                )
        return paths

    @property
    def _folder(self) -> str:
        return self.folder or self.name

    @property
    def _cache(self) -> Path:
        return fetch.cache_folder() / self._folder

    def _at_hand(self, files: Mapping[str, str]) -> dict[str, Path | None]:
        return {
            name: self._provided(name, sha256) or self._cached(name, sha256)
            for name, sha256 in files.items()
        }

    def _provided(self, name: str, sha256: str) -> Path | None:
        """Find a file that the user put in place; one with another content is their mistake."""
        value = os.environ.get(DATA_VARIABLE)
        if not value:
            return None
        root = Path(value).expanduser()
        # Names such as events.csv are common: without a SHA-256 only the folder says whose it is.
        folders = (root / self._folder, root) if sha256 else (root / self._folder,)
        for path in _candidates(name, *folders):
            if sha256 and (found := _sha256(path)) != sha256:
                raise DataError(
                    f"data set {self.name!r}: {path} is not the published file.\n"
                    f"  expected SHA-256 {sha256} (of the uncompressed content)\n"
                    f"  found {found}\n"
                    f"Replace or remove it, or point ${DATA_VARIABLE} somewhere else."
                )
            return path
        return None

    def _cached(self, name: str, sha256: str) -> Path | None:
        """Find a file in the cache; a damaged one is fetched again, as if it were not there."""
        for path in _candidates(name, self._cache):
            if not sha256 or _sha256(path) == sha256:
                return path
        return None

    def _download(self, missing: Mapping[str, str]) -> None:
        reason = "There is no address to download it from."
        if self.url is not None and not all(missing.values()):
            reason = "It is not downloaded, because nobody knows its SHA-256."
        elif self.url is not None:
            try:
                fetch.download(self.url, missing, self._cache)
                return
            except DataError as error:
                reason = f"Downloading {self.url} failed: {error}"
        by_hand = f"\n{self.how_to_get}" if self.how_to_get else ""
        *others, last = map(repr, missing)
        names = f"{', '.join(others)} and {last}" if others else last
        raise DataError(
            f"data set {self.name!r} needs {names}, which was found neither below "
            f"${DATA_VARIABLE} ({os.environ.get(DATA_VARIABLE) or 'not set'}) "
            f"nor in {self._cache}.\n"
            f"{reason}\n"
            f"To mend it by hand: get {names} from {self.url or self.card.source} and put it, "
            f"unpacked or as .gz, into {self._cache}; or put it into the sub-folder {self._folder} "
            f"of any folder and set {DATA_VARIABLE} to that folder.{by_hand}"
        )


def _candidates(name: str, *folders: Path) -> Iterator[Path]:
    for folder in folders:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                yield path


def _whole_seconds_up(moments: np.ndarray) -> np.ndarray:
    """Round moments up: nothing is known before its time."""
    seconds = np.asarray(moments).astype("datetime64[s]")
    return seconds + (seconds < moments).astype("timedelta64[s]")


def _sha256(path: Path) -> str:
    """Give the SHA-256 of the uncompressed content, or say why it cannot be read."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return fetch.content_sha256(file)
    except (OSError, EOFError, zlib.error) as error:
        return f"nothing that can be read ({error})"
