"""What a cell notes of its segments: which test case is in which, and what marks each."""

import base64
import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..language.sentence import Text


@dataclass(frozen=True)
class Difference:
    """How the fit cases of a segment differ from the others in one column.

    ``inside`` and ``outside`` are means; of a category named by ``value``, shares of its cases.
    ``distance`` is their difference in standard deviations over all fit cases.
    """

    column: Text
    value: str
    inside: float
    outside: float
    distance: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.inside, self.outside, self.distance))):
            raise ValueError(f"{self} is not finite")


@dataclass(frozen=True)
class Segment:
    """A segment among the fit cases: how many it holds, what marks it, its typical path if any."""

    n_fit: int
    differences: tuple[Difference, ...] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class CellSegments:
    """How a cell's model tells test cases apart.

    Parameters
    ----------
    of_test : str
        Base 64 of little-endian int16: the segment of each test case; see ``numbers``.
    segments : tuple of Segment
    chosen : str
        How their number was chosen.
    stability : float
        Mean adjusted Rand index [1]_ between the segments of the fit cases and those that are found
        in bootstrap draws of them; NaN where it was not measured.
    n_bootstraps : int
    unmeasured : str
        Why stability was not measured; empty where it was.
    missing : str
        Why there are no segments; empty where there are.

    References
    ----------
    .. [1] Hubert, Arabie (1985), Comparing partitions.  Journal of Classification 2.
    """

    of_test: str = ""
    segments: tuple[Segment, ...] = ()
    chosen: Text = ""
    stability: float = math.nan
    n_bootstraps: int = 0
    unmeasured: Text = ""
    missing: Text = ""

    def __post_init__(self) -> None:
        if self.missing:
            return
        numbers = self.numbers()
        if len(numbers) and not (0 <= numbers.min() and numbers.max() < len(self.segments)):
            raise ValueError("some test cases are in no segment")
        if self.stability < -1 or self.stability > 1:
            raise ValueError(f"{self.stability} is no adjusted Rand index")

    def numbers(self) -> np.ndarray:
        """Give the segment of each of the fold's test cases, from 0 on, shape (n_test,)."""
        content = base64.b64decode(self.of_test, validate=True)
        return np.frombuffer(content, dtype="<i2").astype(int)

    def plain(self) -> dict[str, Any]:
        """Give what JSON holds; None for NaN."""
        return _plain(asdict(self))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def as_text(numbers: np.ndarray) -> str:
    """Put the segments of test cases into the text that ``CellSegments.of_test`` is."""
    return base64.b64encode(numbers.astype("<i2").tobytes()).decode("ascii")
