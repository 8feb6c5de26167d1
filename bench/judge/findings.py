"""What is found of a contestant, or of two: differences, rules, policies, calibrations."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..metrics.key import Key
from ..stats.equivalence import Odds
from .score import Score

# Of what is called probable, and of what is called practically equal.
PROBABLE = 0.9


@dataclass(frozen=True)
class AsFitted:
    """Whether two fitted models would keep their order on new cases.

    ``low`` and ``high`` are a simultaneous 95 % interval of their difference, ``p_value`` and
    ``established`` as in ``Gap``.
    """

    low: float
    high: float
    p_value: float
    established: bool


@dataclass(frozen=True)
class Gap:
    """A paired difference in one metric, positive where the first entry is better.

    What is said is of the methods: whether they would keep their order on new cases if they were
    fitted again, on other train cases.  ``established`` says that the difference is not zero at
    5 %, however many were compared with it; the interval is simultaneous and leaves out zero just
    where that is so.  ``odds`` are those that it is more than practically none; None where they
    cannot be given.  ``cases_needed`` estimates how many tested cases would establish a difference
    as large, NaN where that cannot be said.  ``as_fitted`` says the same of the fitted models as
    they are; None where there is no difference to speak of.
    """

    metric: str
    difference: Score
    p_value: float
    established: bool
    odds: Odds | None = None
    cases_needed: float = math.nan
    as_fitted: AsFitted | None = None

    @property
    def practically_equal(self) -> bool:
        """Whether it is 90 % probable that there is practically no difference."""
        return self.odds is not None and self.odds.equal >= PROBABLE


@dataclass(frozen=True, eq=False)
class Ceiling:
    """Scores of the true probabilities given some views: on average no model can do better.

    ``views`` are sorted and joined by "+"; ``scores`` are as in ``Entry``.
    """

    views: str
    scores: Mapping[Key, Score]


@dataclass(frozen=True)
class Shortfall:
    """How much worse than the true probabilities given ``views``, positive where it is worse."""

    views: str
    metric: str
    difference: Score


@dataclass(frozen=True, eq=False)
class RuleOutcome:
    """What a rule for the threshold brought.

    Parameters
    ----------
    rule, title : str
        The rule; its name is empty for 0.5.
    thresholds : tuple of float
        As chosen on the valid cases of each fold.
    scores : mapping of str to Score
        On test cases, by metric: ``"acted"`` (share decided yes), ``"precision"``, ``"recall"``,
        ``"f1"``; ``"cost"`` and ``"profit"`` of 1,000 cases where the suite gives what they need.
    """

    rule: str
    title: str
    thresholds: tuple[float, ...]
    scores: Mapping[str, Score]


@dataclass(frozen=True, eq=False)
class PolicyOutcome:
    """What acting on some cases brought, per 1,000 test cases.

    Parameters
    ----------
    policy, title : str
        ``"nobody"``, ``"all"``, ``"today"``, ``"top 0.1"``, the name of a rule for the threshold,
        or ``"threshold 0.1"``.
    scores : mapping of str to Score
        ``"acted"``, ``"found"``, ``"missed"``, ``"false_alarms"`` and ``"left_alone"`` (rightly),
        in cases; ``"reached"``, the share of the positive cases that are found; ``"profit"`` and
        ``"cost"`` where the suite gives what they need.
    gains : mapping of str to Score
        How much better than acting on ``"nobody"``, on ``"all"`` and by ``"today"``'s rule, where
        there is one: in profit, otherwise in cost; empty without either.
    """

    policy: str
    title: str
    scores: Mapping[str, Score]
    gains: Mapping[str, Score]


@dataclass(frozen=True)
class NetBenefit:
    """What deciding at a threshold is worth, per 1,000 test cases.

    Parameters
    ----------
    threshold : float
        P(target = 1) from which a case is acted upon: who acts there holds one right yes for worth
        ``(1 - threshold) / threshold`` wrong ones.
    entry, all_ : Score
        Of the entry, and of acting on all: right ones, less wrong ones at that price.  Acting on
        nobody is worth 0.

    References
    ----------
    Vickers, Elkin (2006), "Decision curve analysis", Medical Decision Making 26.
    """

    threshold: float
    entry: Score
    all_: Score


@dataclass(frozen=True, eq=False)
class Calibrated:
    """An entry after calibration on valid cases.

    Parameters
    ----------
    name, title : str
        Of the calibrator.
    p : tuple of ndarray
        Of each fold the calibrated P(target = 1) of its test cases.
    scores : mapping of str to Score
        Log loss, Brier score and ECE of the test cases.
    falls : mapping of str to Score
        How far each fell; negative where it rose.
    established : mapping of str to bool
        Whether that is not zero at 5 %, of these fitted models, however many were calibrated;
        the intervals of ``falls`` are simultaneous.
    """

    name: str
    title: str
    p: tuple[np.ndarray, ...]
    scores: Mapping[str, Score]
    falls: Mapping[str, Score]
    established: Mapping[str, bool]


@dataclass(frozen=True, eq=False)
class FoldPredictions:
    """Test cases of one fold, P(target = 1) of each, and the threshold chosen on valid cases."""

    fold: int
    rows: np.ndarray
    p: np.ndarray
    threshold: float
