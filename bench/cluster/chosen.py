"""What ``--engine`` says: workers of this machine, Dask on this machine, or a Dask cluster."""

import re
from dataclasses import dataclass
from importlib.util import find_spec

from ..errors import RequestError, did_you_mean

_FORMS = ("local", "dask:local:4", "dask://host:8786")
_MOST_WORKERS = 1000


@dataclass(frozen=True)
class ChosenEngine:
    """An engine by what is needed to open it.

    ``n_workers`` are Dask workers to start on this machine, ``address`` is a scheduler's; neither
    is given for the worker processes of a run itself.
    """

    n_workers: int = 0
    address: str = ""

    @property
    def is_dask(self) -> bool:
        """Whether cells are computed by Dask workers."""
        return bool(self.n_workers or self.address)


def chosen_engine(text: str) -> ChosenEngine:
    """Read the name of an engine.

    Raises
    ------
    RequestError
        If it is none, or Dask is asked for and not installed.
    """
    if text == "local":
        return ChosenEngine()
    here = re.fullmatch(r"dask:local:([0-9]{1,4})", text)
    there = re.fullmatch(r"dask://([^\s/:]+|\[[0-9a-fA-F:.]+\]):([0-9]{1,5})/?", text)
    if here and 1 <= int(here[1]) <= _MOST_WORKERS:
        chosen = ChosenEngine(n_workers=int(here[1]))
    elif there and 1 <= int(there[2]) <= 65535:
        chosen = ChosenEngine(address=f"{there[1]}:{there[2]}")
    else:
        raise RequestError(
            f"--engine {text}: there is no such engine.{did_you_mean(text, _FORMS)}  There are: "
            "local; dask:local:N for N Dask workers on this machine; dask://HOST:PORT for a Dask "
            "scheduler."
        )
    if find_spec("distributed") is None:
        raise RequestError(
            f"--engine {text} needs Dask, which is not installed.  Install it: "
            "pip install 'intentbench[dask]'"
        )
    return chosen
