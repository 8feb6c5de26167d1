"""What changed between two runs: the types that `compare_runs` fills and reports show."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..metrics.key import Key
from ..store.records import RunRecord, TaskRecord
from .findings import Gap
from .score import Score


@dataclass(frozen=True, eq=False)
class Change:
    """A model or an ensemble in both runs.

    Parameters
    ----------
    name, title, family : str
    before, after : mapping of Key to Score
        As in ``Entry``; empty where it failed in either run.
    gaps : mapping of Key to Gap
        By the same keys, positive where it is better in the second run.  P-values and
        intervals are simultaneous over the entries of the task; see ``Gap``.
    failures : tuple of str
        In which run it failed, and why.
    """

    name: str
    title: str
    family: str
    before: Mapping[Key, Score]
    after: Mapping[Key, Score]
    gaps: Mapping[Key, Gap]
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TaskChanges:
    """A task that both runs have, on the same cases and splits.

    ``task`` is the second run's.  ``only_before`` and ``only_after`` are titles of entries that one
    of the runs has alone; ``notes`` say what else is not the same.
    """

    task: TaskRecord
    changes: tuple[Change, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TwoRuns:
    """Two runs, the first being what the second is measured against.

    ``only_before`` and ``only_after`` name the tasks that one of them has alone.
    """

    before: RunRecord
    after: RunRecord
    tasks: tuple[TaskChanges, ...]
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()


@dataclass(frozen=True)
class GateVerdict:
    """What a gate found.

    Parameters
    ----------
    key : Key
    amount : float
        The loss that is let through.
    losses : tuple of str
        A sentence for each loss of more than that which is established.
    n_compared : int
        Entries for which the figure was available in both runs.
    """

    key: Key
    amount: float
    losses: tuple[str, ...]
    n_compared: int

    @property
    def failed(self) -> bool:
        """Whether some loss is established."""
        return bool(self.losses)
