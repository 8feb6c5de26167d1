"""Which map from a file's probabilities to truer ones is worth having: by nested log loss."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..deploy.reference import log_loss_of
from ..errors import RequestError
from ..metrics.calibrators import Calibrate, isotonic, sigmoid
from ..stats.clustered import error_of

KEEP, SIGMOID, ISOTONIC = "keep", "sigmoid", "isotonic"
TITLES = {KEEP: "As it is", SIGMOID: "Sigmoid (Platt)", ISOTONIC: "Isotonic"}
# From so many labels on steps can be learnt as well as a curve [1]_.
ENOUGH_FOR_STEPS = 1000
# Fewer teach no map: neither labels nor those of the rarer outcome.
LEAST_LABELS, LEAST_OF_AN_OUTCOME = 50, 10
_PARTS, _FEW, _REPEATS = 10, 5000, 5
_NORMAL = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Candidate:
    """A map, tried on labels that it had not seen.

    ``p`` are its probabilities of all cases, each by a map that was learnt without the case and
    without others of its group; ``log_loss`` is their mean log loss, ``gain`` the log loss of
    keeping less it, with a 95 % interval.
    """

    name: str
    p: np.ndarray
    log_loss: float
    gain: float
    low: float
    high: float

    @property
    def title(self) -> str:
        """Its name for readers."""
        return TITLES[self.name]


@dataclass(frozen=True, eq=False)
class Recalibration:
    """All candidates, the chosen one's name, and its map learnt on all labels; None to keep."""

    candidates: tuple[Candidate, ...]
    chosen: str
    calibrate: Calibrate | None

    @property
    def best(self) -> Candidate:
        """The chosen candidate."""
        return next(each for each in self.candidates if each.name == self.chosen)


def why_too_few(y: np.ndarray) -> str:
    """Say why labels teach no map; empty where they do."""
    n_yes = int(y.sum())
    n_least = min(n_yes, len(y) - n_yes)
    if len(y) and n_least == 0:
        return f"all {len(y):,} labels say {'yes' if n_yes else 'no'}"
    if len(y) < LEAST_LABELS:
        return f"there are {len(y):,} labels, and it takes {LEAST_LABELS}"
    if n_least < LEAST_OF_AN_OUTCOME:
        rarer = "yes" if n_yes == n_least else "no"
        return f"{n_least} labels say {rarer}, and it takes {LEAST_OF_AN_OUTCOME} of each"
    return ""


def choose_map(p: np.ndarray, y: np.ndarray, group: np.ndarray | None = None) -> Recalibration:
    """Choose among keeping, a sigmoid, and with labels enough isotonic steps.

    Each is tried by cross-validation over groups; the lowest mean log loss is chosen, the simplest
    of equals.

    Parameters
    ----------
    p : ndarray, shape (n_labels,)
        P(target = 1) by the file.
    y : ndarray of 0 and 1, shape (n_labels,)
    group : ndarray of int, shape (n_labels,), optional

    Raises
    ------
    RequestError
        If the labels are too few, or of one outcome.

    References
    ----------
    Niculescu-Mizil, Caruana (2005), "Predicting good probabilities with supervised learning",
    ICML: steps want about 1,000 cases, below a sigmoid is better.
    """
    if why := why_too_few(y):
        raise RequestError(f"These labels teach no map: {why}.  Bring more.")
    learners: Mapping[str, Callable[[np.ndarray, np.ndarray], Calibrate]] = {SIGMOID: sigmoid}
    if len(y) >= ENOUGH_FOR_STEPS:
        learners = {**learners, ISOTONIC: isotonic}
    kept = log_loss_of(y, p)
    made = [Candidate(KEEP, p, float(kept.mean()), 0.0, 0.0, 0.0)]
    for name, learn in learners.items():
        tried, loss = _left_out(learn, p, y, group)
        gain = kept - loss
        reach = _NORMAL * error_of((gain - gain.mean()) / len(y), group)
        mean = float(gain.mean())
        made.append(Candidate(name, tried, float(loss.mean()), mean, mean - reach, mean + reach))
    chosen = min(made, key=lambda each: each.log_loss).name
    calibrate = None if chosen == KEEP else learners[chosen](p, y)
    return Recalibration(tuple(made), chosen, calibrate)


def _left_out(
    learn: Callable[[np.ndarray, np.ndarray], Calibrate],
    p: np.ndarray,
    y: np.ndarray,
    group: np.ndarray | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Give each case's probability by maps learnt without it, and its log loss; means of rounds."""
    unit = np.arange(len(y)) if group is None else np.unique(group, return_inverse=True)[1]
    repeats = _REPEATS if len(y) < _FEW else 1
    total, loss = np.zeros(len(y)), np.zeros(len(y))
    rng = np.random.default_rng(0)
    for _ in range(repeats):
        part = (rng.permutation(int(unit.max()) + 1) % _PARTS)[unit]
        made = p.copy()
        for number in range(_PARTS):
            out = part == number
            if out.any() and 0 < y[~out].sum() < (~out).sum():
                made[out] = learn(p[~out], y[~out])(p[out])
        total += made / repeats
        loss += log_loss_of(y, made) / repeats
    return total, loss
