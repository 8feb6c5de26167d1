"""Anchors: figures that others have published of the same data, with their source and split."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..bench.language.speaking import marked
from ..bench.metrics.metrics import METRICS

FILE = Path(__file__).with_name("anchors.toml")
SAME_ROWS, SAME_SPLIT, NOT_COMPARABLE = "same rows", "same kind of split", "not comparable"
COMPARISONS = {
    SAME_ROWS: marked("same rows"),
    SAME_SPLIT: marked("same kind of split"),
    NOT_COMPARABLE: marked("not comparable"),
}
SPLITS = {
    "not stated": marked("not stated where the figure stands"),
    "hidden": marked("test cases whose outcomes were not published"),
    "random": marked("drawn at random"),
    "in time": marked("in time"),
}
# Made of the accuracies at all points of a curve.
WEIGHTED_ACCURACY = "weighted accuracy"


@dataclass(frozen=True)
class Anchor:
    """A published figure.

    Parameters
    ----------
    tasks : tuple of str
        Beside whose figures it is shown.
    method : str
        What it is of, as it is called there.
    metric : str
        One of the house, or ``"weighted accuracy"``.
    value : float
    authors, address : str
        Where it stands.
    split : str
        How the test cases were chosen there, one of ``SPLITS``.
    comparison : str
        One of ``COMPARISONS``.
    """

    tasks: tuple[str, ...]
    method: str
    metric: str
    value: float
    authors: str
    address: str
    split: str
    comparison: str

    def __post_init__(self) -> None:
        if self.metric not in METRICS and self.metric != WEIGHTED_ACCURACY:
            raise ValueError(f"{self.metric!r} is no metric")
        if self.split not in SPLITS or self.comparison not in COMPARISONS:
            raise ValueError(f"{self.split!r} is no split, or {self.comparison!r} no comparison")
        if not (self.tasks and self.authors and self.address.startswith("https://")):
            raise ValueError(f"{self.method!r} has no task or no source")


@cache
def anchors() -> tuple[Anchor, ...]:
    """Read the published figures that come with the house.

    Raises
    ------
    ValueError
        If one lacks its source, its split or what it can be compared with.
    """
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(Anchor(**{**told, "tasks": tuple(told["tasks"])}) for told in content["anchor"])


def anchors_of(task: str) -> tuple[Anchor, ...]:
    """Give those of a task, by its name."""
    return tuple(anchor for anchor in anchors() if task in anchor.tasks)
