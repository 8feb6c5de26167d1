"""What drives a model: the types that ``drivers`` fills and reports show."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.sentence import Text
from ..store.drivers import SWAPPED
from .score import Score

# Which way a prediction goes.
RISES, FALLS, PEAKS, DIPS, DIFFERS, UNCLEAR = (
    "rises", "falls", "peaks", "dips", "differs", "unclear"
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where on a curve: a category's ``label``, or numbers from ``low`` to ``high``."""

    label: str
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Direction:
    """Which way a prediction goes with a column, or with events of some kind.

    Parameters
    ----------
    column : str
        Empty of events.
    method : str
        ``"partial dependence"`` or ``"accumulated local effects"``; empty of events.
    word : str
        ``"rises"`` or ``"falls"`` with the values; ``"peaks"`` or ``"dips"`` between them;
        ``"differs"`` by category; ``"unclear"``: no more than chance gives.  Of events ``"rises"``
        and ``"falls"`` say what they do to the prediction.
    start, end : Place
        The lowest and the highest values; the other way round where it peaks or dips in between,
        the values where it does come last.  Of categories, where the prediction is lowest and
        highest.  Of events, the prediction without and with them.
    """

    column: str
    method: str
    word: str
    start: Place
    end: Place


@dataclass(frozen=True)
class Driver:
    """What a model loses when something about the test cases is not theirs.

    Parameters
    ----------
    kind, names, others
        What was changed: as in ``Change``.
    loss : Score
        Of ROC AUC, with its 95 % interval; positive where the model ranks worse without it.
    log_loss : Score
        How far that rises.
    direction : Direction or None
    share : float
        Of removed events: the share of cases that have some; NaN otherwise.
    n_folds, n_cases : int
        That it is computed from.
    """

    kind: str
    names: tuple[str, ...]
    others: bool
    loss: Score
    log_loss: Score
    direction: Direction | None
    share: float
    n_folds: int
    n_cases: int

    @property
    def is_established(self) -> bool:
        """Whether the model loses something without it, beyond chance; each taken for itself."""
        return self.loss.low > 0

    @property
    def is_one(self) -> bool:
        """Whether it is one thing, and not all that is left or all events."""
        return not self.others and self.kind != SWAPPED


@dataclass(frozen=True)
class ModelDrivers:
    """The drivers of a model, the largest loss first; ``missing`` says why there are none."""

    drivers: tuple[Driver, ...]
    missing: Text = ""

    def leading(self, most: int) -> Sequence[Driver]:
        """Give the first few that stand for one thing each and are established."""
        return [one for one in self.drivers if one.is_one and one.is_established][:most]
