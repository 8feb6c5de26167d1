"""Segments of a table: each case belongs to that of the nearest prototype, and has its rate."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.base import clone

from ...bench.cases import Cases
from ...bench.encoding import ScaledOneHot
from ...bench.model import Explanation, Model, Segments, two_columns
from .rates import by_size, chosen_number, losses, smoothed_rates
from .segment_words import chosen_by, rated

_LEAST_CASES = 20  # of a segment, on average


@dataclass(frozen=True, eq=False)
class Prototypes:
    """Points, shape (n_points, n_columns), and the segment of each, shape (n_points,)."""

    points: np.ndarray
    segment: np.ndarray

    @property
    def n_segments(self) -> int:
        """How many segments there are."""
        return int(self.segment.max()) + 1

    def of(self, x: np.ndarray) -> np.ndarray:
        """Give the segment of the point that is nearest to each case, shape (n_cases,)."""
        return self.segment[nearest(self.points, x)]


def nearest(points: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Give the number of the point that is nearest to each case, shape (n_cases,)."""
    found, least = np.zeros(len(x), dtype=np.int64), np.full(len(x), np.inf)
    for number, point in enumerate(points):
        # Case by case, so that no case's answer hangs on who is asked about beside it.
        squared = np.square(x - point).sum(axis=1)
        nearer = squared < least
        found[nearer], least[nearer] = number, squared[nearer]
    return found


class RatedSegments(Model):
    """The rate of positive fit cases in the segment that a case belongs to.

    Cases are encoded without a look at their outcomes.  A subclass says in ``prototypes`` how
    segments are found among them; numbers of segments are tried in their order, and a later one
    is taken where it lowers the log loss on valid cases by more than a standard error.
    """

    views = frozenset({"features"})
    n_segments: tuple[int, ...]
    prior_cases: float
    fit_cases: int
    random_state: int | None

    @abstractmethod
    def prototypes(
        self, x: np.ndarray, numbers: Sequence[int], seed: int
    ) -> Mapping[int, Prototypes]:
        """Find segments, for each of some numbers of them.

        Parameters
        ----------
        x : ndarray, shape (n_cases, n_columns)
            Encoded cases, of which as many differ as there are segments asked for.
        numbers : sequence of int
            From 2 on, rising.
        seed : int
            Of all that is drawn.
        """

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Learn segments and rates from the fit cases, and how many segments from the valid ones.

        Parameters
        ----------
        cases : Cases of length n_cases
        y : ndarray of int8, shape (n_cases,)
        valid : tuple of Cases and ndarray
            Not used where a single number of segments is tried.
        """
        seed = self.random_state or 0
        # By name: the same columns in another order find the same segments.
        self.encoder_ = ScaledOneHot().fit(cases.features[sorted(cases.features)])
        x = self.encoder_.transform(cases.features)
        # Encoded columns of one value, and all cases alike: there is nothing to tell apart.
        drawn = x[_some(len(x), self.fit_cases, seed)]
        n_different = len(np.unique(drawn, axis=0)) if x.shape[1] else 1
        most = min(n_different, max(2, len(x) // _LEAST_CASES))
        numbers = sorted({min(number, most) for number in self.n_segments})
        if n_different == 1:
            found = {1: Prototypes(np.zeros((1, x.shape[1])), np.zeros(1, dtype=np.int64))}
        else:
            found = self.prototypes(drawn, numbers, seed)
        rated = {}
        for number, (of_number, point) in _placed(found, x).items():
            # Numbered by their size among all fit cases.
            place = by_size(of_number.segment[point], of_number.n_segments)
            of_number = Prototypes(of_number.points, place[of_number.segment])
            member = np.eye(of_number.n_segments)[of_number.segment[point]]
            rates = smoothed_rates(member, y, self.prior_cases)
            rated[number] = of_number, rates, member.sum(axis=0)
        of_cases = {}
        if len(rated) > 1:
            x_valid, y_valid = self.encoder_.transform(valid[0].features), valid[1]
            of_cases = {
                number: losses(rated[number][1][of_number.segment[point]], y_valid)
                for number, (of_number, point) in _placed(
                    {number: of_number for number, (of_number, *_) in rated.items()}, x_valid
                ).items()
            }
        chosen = chosen_number(of_cases) if of_cases else next(iter(rated))
        self.losses_ = {number: float(loss.mean()) for number, loss in of_cases.items()}
        self.prototypes_, self.rates_, self.sizes_ = rated[chosen]
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return two_columns(self.rates_[self._of(cases)])

    def _of(self, cases: Cases) -> np.ndarray:
        return self.prototypes_.of(self.encoder_.transform(cases.features))

    def segments(self) -> Segments:
        """Tell cases apart by their segments."""
        return Segments(len(self.rates_), self._of, chosen_by(self.losses_))

    def stopped_like(self, fitted: Sequence[Self]) -> Self:
        """Give a copy with as many segments as the fitted ones chose, in the middle of them."""
        number = int(np.median([len(model.rates_) for model in fitted]))
        return clone(self).set_params(n_segments=(max(number, 2),))

    def explain(self) -> Explanation:
        """List the segments with their sizes and rates."""
        return rated(self.sizes_, self.rates_, chosen_by(self.losses_))


def _placed(
    found: Mapping[int, Prototypes], x: np.ndarray
) -> dict[int, tuple[Prototypes, np.ndarray]]:
    """Find the nearest point of each case; once where several numbers share their points."""
    placed: dict[int, tuple[Prototypes, np.ndarray]] = {}
    points, at = None, np.zeros(0, dtype=np.int64)
    for number, of_number in found.items():
        if of_number.points is not points:
            points, at = of_number.points, nearest(of_number.points, x)
        placed[number] = of_number, at
    return placed


def _some(n: int, most: int, seed: int) -> np.ndarray:
    """Draw so many of n cases, in their order."""
    return np.sort(np.random.default_rng(seed).permutation(n)[:most])
