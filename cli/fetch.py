"""``intentbench fetch NAME``: download the files of data sets, or say where to get them."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..bench.errors import (
    EXIT_DONE,
    EXIT_REQUEST_WRONG,
    DataError,
    IntentbenchError,
    ModelError,
)
from ..bench.plugins.loading import load
from ..bench.plugins.registry import Plugin, Registry
from .output import say
from .shared import registries, run_by_hand


def fetch_command(given: argparse.Namespace) -> int:
    """Download data sets, each whatever becomes of the others."""
    datasets = registries(given.plugin).datasets
    paths, refused = fetch_files(given.name, datasets, lambda line: say(line, file=sys.stderr))
    for path in paths:
        say(path)
    for why in refused:
        say(f"error: {why}", file=sys.stderr)
    return EXIT_REQUEST_WRONG if refused else EXIT_DONE


def fetch_files(
    names: Sequence[str], datasets: Registry, says: Callable[[str], None]
) -> tuple[list[Path], list[str]]:
    """Find the files of data sets, downloading those that are found nowhere.

    Each is tried, whatever becomes of the others.

    Parameters
    ----------
    names : sequence of str
        Names of data sets.
    datasets : Registry
    says : callable
        Is told what has no files, a line at a time.

    Returns
    -------
    paths : list of Path
        Where the files lie, verified, each once.
    refused : list of str
        For each data set whose files cannot be had, why, and where to put them by hand.

    Raises
    ------
    RequestError
        If there is no data set of such a name; nothing is downloaded then.
    """
    paths: dict[Path, None] = {}
    refused = []
    for plugin in [datasets.find(name) for name in dict.fromkeys(names)]:
        try:
            found = _locate(plugin)
        except DataError as error:
            refused.append(str(error))
            continue
        if not found:
            says(f"{plugin.name}: has no files of its own, so there is nothing to fetch")
        paths |= dict.fromkeys(found)
    return list(paths), refused


def _locate(plugin: Plugin) -> list[Path]:
    try:
        return list(load(plugin)().locate().values())
    except ModelError as error:
        raise DataError(str(error)) from error
    except IntentbenchError:
        raise
    # The fence around plugin code: whatever it raises is told.
    except Exception as error:
        raise DataError(
            f"{plugin.path}: finding the files failed: {type(error).__name__}: {error}"
        ) from error


if __name__ == "__main__":
    run_by_hand(__file__)
