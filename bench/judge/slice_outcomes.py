"""Figures by slice: the types that ``slices`` fills and reports show."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..language.sentence import Text
from .score import Score

AUC, CALIBRATION, SELECTED, RECALL = "roc_auc", "calibration", "selected", "recall"


@dataclass(frozen=True)
class Apart:
    """How far a slice's figure is from that of all other cases.

    ``difference`` is positive where the slice's is higher, with a simultaneous 95 % interval over
    all slices; ``established`` says that it is not zero at 5 %, however many slices there are.
    """

    difference: Score
    p_value: float
    established: bool


@dataclass(frozen=True, eq=False)
class SliceOutcome:
    """An entry on the test cases that have one value of a column.

    Parameters
    ----------
    column : str
    label : str
        The value; empty of numbers, which lie from ``low`` to ``high``.
    low, high : float
    n_cases, n_yes : int
        Test cases, over all folds.
    reason : str
        Why there are no figures: too few cases.
    scores : mapping of str to Score
        ``"roc_auc"``; ``"calibration"`` (mean probability less the share of yes), ``"selected"``
        (share decided yes by the rule) and ``"recall"``.
    apart : mapping of str to Apart
        From all other test cases, in the same figures.
    """

    column: str
    label: str
    low: float
    high: float
    n_cases: int
    n_yes: int
    reason: Text = ""
    scores: Mapping[str, Score] = field(default_factory=dict)
    apart: Mapping[str, Apart] = field(default_factory=dict)

    @property
    def is_worse(self) -> bool:
        """Whether the slice is established to be ranked worse than all other cases."""
        known = self.apart.get(AUC)
        return known is not None and known.established and known.difference.value < 0
