"""Connect to Dask, or start it on this machine, and look at its workers before the first fit."""

import logging
import secrets
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EngineError, said_in_a_line
from ..language.speaking import _
from .chosen import ChosenEngine
from .likeness import differences, likeness

if TYPE_CHECKING:
    from distributed import Client, Scheduler

CONNECT_SECONDS = 20.0
NO_WORKER_SECONDS = 600.0  # a queue may be long
_MOST_NAMED = 5
_SETTINGS = {
    "distributed.scheduler.allowed-failures": 0,
    # How often Dask looks at itself, which takes more than sending cells does.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}


@contextmanager
def connected(chosen: ChosenEngine, says: Callable[[str], None]) -> Iterator["Client"]:
    """Connect to a scheduler that has a worker.

    Parameters
    ----------
    chosen : ChosenEngine
    says : callable
        Is told what is waited for.

    Raises
    ------
    EngineError
        If there is no scheduler or no worker, or it tries a task again that killed its worker.
    """
    import dask
    from distributed import Client, LocalCluster

    # Some of them have a level of their own.  What matters, we say.
    loud = [name for name in logging.root.manager.loggerDict if name.startswith("distributed.")]
    for name in ("distributed", *loud, "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(_SETTINGS))
        if chosen.n_workers:
            with _deaf_to_ctrl_c():
                where = stack.enter_context(
                    LocalCluster(
                        n_workers=chosen.n_workers, threads_per_worker=1, memory_limit=0,
                        dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
                    )
                )  # fmt: skip
        else:
            is_secret = dask.config.get("distributed.comm.require-encryption")
            where = f"{'tls' if is_secret else 'tcp'}://{chosen.address}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # other versions are looked at below
                client = Client(where, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(
                f"no Dask scheduler answers at {chosen.address} ({type(error).__name__}).  Start "
                "one with `dask scheduler`, and workers with `dask worker`, or mend the address "
                "behind --engine."
            ) from error
        stack.callback(_closed, client)
        _wait_for_workers(client, says)
        _look_at_retries(client)
        yield client


def look_at_workers(client: "Client", requires: Sequence[str]) -> None:
    """Refuse workers whose versions or sources would compute other cells than those at home.

    Raises
    ------
    EngineError
        If there are any; names them and in what they differ.
    """
    found = client.run(differences, likeness(requires), on_error="return")
    wrong = {
        address: (str(said) or type(said).__name__)
        if isinstance(said, BaseException)
        else ", ".join(said)
        for address, said in sorted(found.items())
        if said
    }
    if wrong:
        raise unlike(wrong)


def unlike(wrong: dict[str, str]) -> EngineError:
    """Say which workers differ from home, and in what."""
    named = "\n".join(f"  {address}: {what}" for address, what in list(wrong.items())[:_MOST_NAMED])
    more = f"\n  and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
    return EngineError(
        f"Dask workers whose cells would be others than those computed here:\n{named}{more}\n"
        "Install the same versions there as here, or take these workers out.  Cells that are "
        "stored are kept."
    )


def all_read(client: "Client", folder: Path) -> bool:
    """Tell whether all workers read what lies in a folder here."""
    probe, token = folder / "probe", secrets.token_hex(16)
    probe.write_text(token, encoding="ascii")
    try:
        read = client.run(_content, str(probe), on_error="return")
    finally:
        probe.unlink()
    return set(read.values()) == {token}


def _content(path: str) -> str:
    return Path(path).read_text(encoding="ascii")


def _wait_for_workers(client: "Client", says: Callable[[str], None]) -> None:
    if not client.nthreads():
        told = _("waiting for Dask workers at {address}")
        says(told.format(address=client.scheduler.address))
    try:
        client.wait_for_workers(1, timeout=NO_WORKER_SECONDS)
    except TimeoutError as error:
        raise EngineError(
            f"the Dask scheduler at {client.scheduler.address} has had no worker for "
            f"{NO_WORKER_SECONDS / 60:.0f} minutes.  Start some, and run again."
        ) from error


def _look_at_retries(client: "Client") -> None:
    try:
        n_retries = client.run_on_scheduler(_retries)
    except Exception as error:  # whatever its unpickling raised there
        raise EngineError(
            f"the Dask scheduler at {client.scheduler.address} cannot be asked how it is set: "
            f"{said_in_a_line(error)}.  Start it from an environment with the same versions as "
            "here."
        ) from error
    if n_retries:
        raise EngineError(
            f"this Dask scheduler hands a task that killed its worker on to {n_retries} more, "
            "without a word.  Start it with DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=0 in "
            "its environment; cells that lost their worker are then tried once more, and told."
        )


def _retries(dask_scheduler: "Scheduler") -> int:
    return dask_scheduler.allowed_failures


def _closed(client: "Client") -> None:
    with suppress(Exception):  # a scheduler that is gone cannot be taken leave of
        client.close(timeout=5)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: it is for this one, which then ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
