"""What labels say: calibration in the large, log loss, ROC AUC; looked at as often as one likes."""

import math
from dataclasses import dataclass

import numpy as np

from ..deploy.reference import Reference, by_unit, log_loss_of
from ..stats.betting import Evidence, bets_on_calibration, bets_on_loss, evidence
from ..stats.clustered import error_of, mean_of
from ..stats.confidence_sequence import sequence_reach
from ..stats.delong import delong_influence
from .limits import MARGIN, OF_CALIBRATION, OF_LOSS, PRACTICAL_CALIBRATION, PRACTICAL_LOSS

# Upper end of what was tested: exceeded by the truth in 2.5 % of tests.
_UPPER = 1.959963984540054


@dataclass(frozen=True, eq=False)
class LabelledCases:
    """Cases whose outcome is known.

    ``look`` says, from 0 on, at which look with labels it came to be known; ``group`` whom the
    case is about, as codes from 0 on.  All of shape (n_cases,).
    """

    y: np.ndarray
    p: np.ndarray
    look: np.ndarray
    group: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def n_looks(self) -> int:
        """Number of looks with labels."""
        return int(self.look.max()) + 1 if len(self.look) else 0


@dataclass(frozen=True)
class Running:
    """A running figure, and its interval over all looks together; NaN where there is none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Claim:
    """A claim that labels may contradict.

    Parameters
    ----------
    log_e : tuple of float
        Logarithm of the evidence against it after each look with labels.
    needed : float
        So much is needed.
    since : int
        The look, from 0 on, from which on the evidence was won for the most part.
    seen, claimed : float
        What is seen of all units since then, and what was claimed of them.
    n_units : int
        Since then.
    found_at : int or None
        The first look at which the evidence was enough and the size practical.
    """

    log_e: tuple[float, ...]
    needed: float
    since: int
    seen: float
    claimed: float
    n_units: int
    found_at: int | None


@dataclass(frozen=True, eq=False)
class Labelled:
    """What all labels by now say."""

    n_cases: int
    n_units: int
    n_positive: int
    calibration: Claim
    loss: Claim
    auc: Running
    log_loss: Running
    happened: Running
    predicted: float

    @property
    def changed_at(self) -> int:
        """The look from which on labels are of what is so now; 0 where nothing was found."""
        found = [each for each in (self.calibration, self.loss) if each.found_at is not None]
        return max(found, key=lambda each: each.log_e[-1] - each.needed).since if found else 0


def labelled(cases: LabelledCases, reference: Reference) -> Labelled:
    """Test what was predicted against what happened.

    Parameters
    ----------
    cases : LabelledCases
        At least one.
    reference : Reference
        How the method was tested.
    """
    units = _units(cases)
    bound = reference.log_loss.value + _UPPER * reference.log_loss.error
    # No model fitted on so many cases is calibrated closer than they know their own base rate.
    error = reference.happened.error
    margin = MARGIN * error

    def miscalibrated(seen: float, claimed: float) -> bool:
        practical = PRACTICAL_CALIBRATION * min(claimed, 1 - claimed)
        return abs(seen - claimed) >= max(practical, _UPPER * error)

    y, p, loss = units.y, units.p, units.loss
    return Labelled(
        len(cases),
        units.n_witnesses,
        int(cases.y.sum()),
        _claim(
            evidence(bets_on_calibration(y, p, margin), units.look, units.group, cases.n_looks),
            units, y, p, OF_CALIBRATION, miscalibrated,
        ),
        _claim(
            evidence(bets_on_loss(loss, bound), units.look, units.group, cases.n_looks),
            units, loss, np.full(len(loss), bound), OF_LOSS, _worse,
        ),
        _auc(cases),
        _running(log_loss_of(cases.y, cases.p), cases.group, math.inf),
        _running(cases.y.astype(float), cases.group, 1.0),
        float(cases.p.mean()),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Units:
    """Cases, or the cases of a group that came to be known at one look: means over them."""

    y: np.ndarray
    p: np.ndarray
    loss: np.ndarray
    look: np.ndarray
    group: np.ndarray | None
    n_witnesses: int


def _units(cases: LabelledCases) -> _Units:
    loss = log_loss_of(cases.y, cases.p)
    if cases.group is None:
        return _Units(cases.y.astype(float), cases.p, loss, cases.look, None, len(cases))
    key = cases.look.astype(np.int64) * (int(cases.group.max()) + 1) + cases.group
    _, first, unit = np.unique(key, return_index=True, return_inverse=True)
    y, p, loss = (by_unit(of.astype(float), unit) for of in (cases.y, cases.p, loss))
    return _Units(
        y, p, loss, cases.look[first], cases.group[first], len(np.unique(cases.group))
    )  # fmt: skip


def _claim(found: Evidence, units: _Units, seen, claimed, error: float, practical) -> Claim:
    """Say what evidence there is, and when it was first enough and the size practical."""
    found_at = None
    enough = found.reached(error)
    for look in np.flatnonzero(enough):
        counted = (units.look <= look) & (units.look >= found.since[look])
        if practical(float(seen[counted].mean()), float(claimed[counted].mean())):
            found_at = int(look)
            break
    since = int(found.since[-1])
    counted = units.look >= since
    return Claim(
        tuple(map(float, found.log_e)),
        -math.log(error),
        since,
        float(seen[counted].mean()),
        float(claimed[counted].mean()),
        int(counted.sum()),
        found_at,
    )


def _worse(seen: float, claimed: float) -> bool:
    return seen >= (1 + PRACTICAL_LOSS) * claimed


def _running(values: np.ndarray, group: np.ndarray | None, most: float) -> Running:
    found = mean_of(values, group)
    if math.isnan(found.error):
        return Running(found.value, math.nan, math.nan)
    reach = sequence_reach(found.error, found.n_units)
    return Running(found.value, max(0.0, found.value - reach), min(most, found.value + reach))


def _auc(cases: LabelledCases) -> Running:
    """ROC AUC; its interval is made of the log odds, so that no end leaves 0 to 1."""
    auc, influence = delong_influence(cases.y, cases.p)
    if math.isnan(auc) or not 0 < auc < 1:
        return Running(auc, math.nan, math.nan)
    n_units = len(cases) if cases.group is None else len(np.unique(cases.group))
    reach = sequence_reach(error_of(influence, cases.group), n_units) / (auc * (1 - auc))
    odds = auc / (1 - auc)
    low, high = (odds * math.exp(end) for end in (-reach, reach))
    return Running(auc, low / (1 + low), high / (1 + high))
