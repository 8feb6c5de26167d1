"""Finding plugins: by file name, by entry point, by ``--plugin FILE``.  None is imported for it."""

import importlib.metadata
import importlib.util
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import RequestError, did_you_mean

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = __package__.partition(".")[0]
_FOLDERS = {"model": "models", "dataset": "datasets", "policy": "bench/policies"}
_PLURALS = {"policy": "policies"}


@dataclass(frozen=True)
class Plugin:
    """Where a plugin's code is.

    ``module`` is None for a file outside any package; ``steps`` are the variants that a model is
    put into.
    """

    kind: str
    name: str
    path: Path
    module: str | None
    steps: tuple[str, ...] = ()

    @property
    def is_of_house(self) -> bool:
        """Whether it comes with this package; a worker is shared by such models only."""
        return self.module is not None and self.module.startswith(f"{PACKAGE}.")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # its name is longer than names can be, or holds what none can
        return False


class Registry:
    """The plugins of one kind.

    Parameters
    ----------
    kind : {"model", "dataset", "metric", "policy"}
    files : sequence of Path
        Plugin files given by the user, added to those of the house and of installed packages;
        ``given`` names them.

    Raises
    ------
    RequestError
        If a given file is not a Python file, or two plugins have the same name.
    """

    def __init__(self, kind: str, files: Sequence[Path] = ()) -> None:
        self.kind, self.plural = kind, _PLURALS.get(kind, f"{kind}s")
        self.given = [Path(file).stem for file in files]
        found: dict[str, Plugin] = {}
        for plugin in (*self._house(), *self._installed(), *self._given(files)):
            if plugin.name in found and plugin.path != found[plugin.name].path:
                raise RequestError(
                    f"two {self.plural} are called {plugin.name!r}: {found[plugin.name].path} and "
                    f"{plugin.path}.  Rename one of the files."
                )
            found.setdefault(plugin.name, plugin)
        self._plugins = found

    def _house(self) -> Iterable[Plugin]:
        if self.kind not in _FOLDERS:  # the metrics of the house are no plugins
            return
        folder = ROOT / _FOLDERS[self.kind]
        for module in pkgutil.iter_modules([str(folder)]):
            if not module.name.startswith("_"):
                dotted = ".".join((PACKAGE, *Path(_FOLDERS[self.kind]).parts, module.name))
                yield Plugin(self.kind, module.name, folder / f"{module.name}.py", dotted)

    def _installed(self) -> Iterable[Plugin]:
        for entry in importlib.metadata.entry_points(group=f"intentbench.{self.plural}"):
            try:
                spec, why = importlib.util.find_spec(entry.module), ""
            # To find a module inside a package, Python imports the package: anything can happen.
            except Exception as error:
                spec, why = None, f" ({type(error).__name__}: {error})"
            if spec is None or spec.origin is None:
                raise RequestError(
                    f"the entry point {entry.name!r} of group {entry.group!r} names the module "
                    f"{entry.module!r}, which cannot be found{why}.  Reinstall its package, or "
                    "remove it."
                )
            yield Plugin(self.kind, entry.name, Path(spec.origin), entry.module)

    def _given(self, files: Sequence[Path]) -> Iterable[Plugin]:
        for file in files:
            path = Path(file).resolve()
            if path.suffix != ".py" or not _is_file(path):
                raise RequestError(f"--plugin {file}: there is no Python file of that name.")
            yield Plugin(self.kind, path.stem, path, None)

    def names(self) -> list[str]:
        """Name all plugins, in alphabetical order."""
        return sorted(self._plugins)

    def find(self, name: str) -> Plugin:
        """Find a plugin by name.

        Raises
        ------
        RequestError
            If there is none; names the nearest one.
        """
        if name not in self._plugins:
            raise RequestError(
                f"unknown {self.kind} {name!r}.{did_you_mean(name, self._plugins)}  "
                f"`intentbench list` names all {self.plural}."
            )
        return self._plugins[name]
