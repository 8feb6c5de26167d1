"""How many threads numeric libraries may use: said in the environment, before any is imported.

Threads that wait for a core that is busy with other work spin, and cost a multiple of the time
that they were to save.
"""

import os
from collections.abc import Mapping, MutableMapping

_POOLS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)  # fmt: skip
# For a process that shares the cores with others of ours, and whose figures must not hang on their
# number.
ONE_THREAD: Mapping[str, str] = dict.fromkeys(_POOLS, "1")


def cores() -> int:
    """Count the cores that this process was given."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS has no affinity
        return os.cpu_count() or 1


def limit_threads(environment: MutableMapping[str, str]) -> None:
    """Limit every pool of threads to the cores that were given; what the user has set stands.

    Parameters
    ----------
    environment : mutable mapping of str to str
        That of this process, in which no numeric library was imported yet.
    """
    # What is set for OpenMP is meant for the others, too: BLAS libraries read it so themselves.
    most = environment.get("OMP_NUM_THREADS", "").partition(",")[0].strip() or str(cores())
    for pool in _POOLS:
        environment.setdefault(pool, most)
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
