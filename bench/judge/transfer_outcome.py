"""A network with and without another task that it learnt first."""

from dataclasses import dataclass

from .findings import Gap

HELPS, HURTS, NOT_ESTABLISHED, NOT_KNOWN = "helps", "hurts", "not established", "not known"


@dataclass(frozen=True, eq=False)
class TransferOutcome:
    """A network with and without another task, at each point of a learning curve.

    Parameters
    ----------
    name, title : str
        Of the entry that learnt the other task first.
    base_title : str
        Of the same network from scratch.
    source : str
        The name of the other task.
    gaps : tuple of Gap
        One a point, positive where the entry is better; simultaneous over all networks and points.
    """

    name: str
    title: str
    base_title: str
    source: str
    gaps: tuple[Gap, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Say of each point whether transfer helps, hurts, or neither is established."""
        return tuple(map(_verdict, self.gaps))


def _verdict(gap: Gap) -> str:
    if not gap.difference.available:
        return NOT_KNOWN
    if not gap.established:
        return NOT_ESTABLISHED
    return HELPS if gap.difference.value > 0 else HURTS
