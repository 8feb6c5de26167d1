"""How often watching raises false alarms, how soon it finds what has changed, what labels mend.

Run it from the checkout: python -P benchmarks/watch.py [YEARS].  YEARS is how many are simulated of
each kind, 500 if not told.  A year is a model of its own: a logistic regression fitted on 4,000
visits, tested by five folds, then 52 weeks of 300 new visits, whose labels come a week later.
"""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from intentbench.bench.deploy.columns import Columns
from intentbench.bench.deploy.reference import ScoresAndOutcomes, log_loss_of, reference_of
from intentbench.bench.watch.drift import drift_of
from intentbench.bench.watch.labelled import LabelledCases, labelled
from intentbench.bench.watch.new_cases import Coding, NewCases
from intentbench.bench.watch.recalibration import KEEP, choose_map
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

_FITTED, _WEEKS, _A_WEEK, _PEOPLE = 4000, 52, 300, 600
_CHANNELS = ("mail", "ad", "search", "direct", "other")


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits, the true probabilities, what happened, and whose they are."""

    features: pd.DataFrame
    truth: np.ndarray
    y: np.ndarray
    person: np.ndarray | None


class World:
    """Draws visits: to strangers, or to people who come back and have a will of their own."""

    def __init__(self, rng: np.random.Generator, returning: bool):
        self.rng, self.returning = rng, returning
        self.will = rng.normal(0, 0.7, _PEOPLE)
        self.taste = rng.normal(0, 0.7, _PEOPLE)

    def draw(self, n: int, shift: float = 0.0) -> Visits:
        """Draw visits; ``shift`` is added to the log odds."""
        rng = self.rng
        person = rng.integers(0, _PEOPLE, n) if self.returning else None
        will, taste = (of[person] if self.returning else 0.0 for of in (self.will, self.taste))
        pages = rng.poisson(np.exp(1.0 + 0.3 * (taste + np.zeros(n))))
        spent = np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(3, 1, n))
        channel = rng.choice(_CHANNELS, n, p=[0.4, 0.3, 0.2, 0.08, 0.02])
        features = pd.DataFrame(
            {
                "pages": pages,
                "spent": spent,
                "channel": channel,
                "seconds": rng.exponential(60, n) * (1 + pages),
                "hour": rng.integers(0, 24, n),
                "returns": rng.random(n) < 0.3,
            }
        )
        odds = -2.75 + 0.25 * pages + 0.5 * (channel == "mail") + 0.4 * features["returns"]
        truth = expit(odds.to_numpy() + will + shift)
        return Visits(features, truth, (rng.random(n) < truth).astype(np.int8), person)


def design(features: pd.DataFrame) -> np.ndarray:
    """Give the columns as numbers."""
    kinds = [features["channel"] == name for name in _CHANNELS[1:]]
    numbers = [features["pages"], np.log1p(features["seconds"]), features["returns"]]
    return np.column_stack([*numbers, *kinds]).astype(float)


class Model:
    """A logistic regression, and what its file would keep."""

    def __init__(self, fitted: Visits, rng: np.random.Generator):
        x = design(fitted.features)
        self._fitted = self._fit(x, fitted.y)
        unit = np.arange(len(x)) if fitted.person is None else fitted.person
        part = rng.permutation(unit.max() + 1)[unit] % 5
        tested = np.empty(len(x))
        for number in range(5):
            left = part == number
            of_part = self._fit(x[~left], fitted.y[~left])
            tested[left] = of_part.predict_proba(x[left])[:, 1]
        self.reference = reference_of(
            fitted.features,
            fitted.person,
            None,
            ScoresAndOutcomes(fitted.y, tested, fitted.person),
            0.3,
        )
        self.columns = Columns.of(fitted.features).columns

    @staticmethod
    def _fit(x: np.ndarray, y: np.ndarray) -> LogisticRegression:
        return LogisticRegression(C=100.0, max_iter=2000).fit(x, y)

    def p(self, visits: Visits) -> np.ndarray:
        """Give P(target = 1)."""
        return self._fitted.predict_proba(design(visits.features))[:, 1]

    def drift_found(self, visits: Visits) -> bool:
        """Tell whether a week's columns or scores are found to have moved."""
        coding = Coding(self.reference, self.columns)
        coding.add(visits.features, self.p(visits))
        new = NewCases("", "", coding.p(), coding.codes(), coding.unseen(), group=visits.person)
        return bool(drift_of(self.reference, new).found)


def years(n: int, returning: bool, seed: int) -> Iterator[tuple[bool, bool]]:
    """Live through quiet years: whether anything was found without labels, and by labels."""
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        world = World(rng, returning)
        model = Model(world.draw(_FITTED), rng)
        weeks = [world.draw(_A_WEEK) for _ in range(_WEEKS)]
        drift = any([model.drift_found(week) for week in weeks])
        yield drift, found_after(model, weeks) is not None


def found_after(model: Model, weeks: list[Visits]) -> int | None:
    """Say after how many labels they have found something, if they have."""
    y, p = (np.concatenate([of(week) for week in weeks]) for of in (lambda week: week.y, model.p))
    look = np.repeat(np.arange(len(weeks)), [len(week.y) for week in weeks])
    person = None
    if weeks[0].person is not None:
        person = np.concatenate([week.person for week in weeks])
    known = labelled(LabelledCases(y, p, look, person), model.reference)
    found = [at for at in (known.calibration.found_at, known.loss.found_at) if at is not None]
    return int((look <= min(found)).sum()) if found else None


def shift_to(world: World, rate: float) -> float:
    """Find what has to be added to the log odds for a base rate."""
    odds = logit(world.draw(20_000).truth)
    low, high = -5.0, 5.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(odds + middle).mean() < rate else (low, middle)
    return low


def base_rates(n: int, quiet_weeks: int, seed: int) -> list[float]:
    """Move a base rate from .15 to .20; after how many labels is it found, in looks of 100."""
    took = []
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        world = World(rng, returning=False)
        before, after = shift_to(world, 0.15), shift_to(world, 0.20)
        model = Model(world.draw(_FITTED, before), rng)
        weeks = [world.draw(100, before) for _ in range(quiet_weeks)]
        weeks += [world.draw(100, after) for _ in range(40)]
        found = found_after(model, weeks)
        took.append(np.inf if found is None else found - 100 * quiet_weeks)
    return took


def recalibrated(n: int, n_labels: int, slope: float, seed: int) -> np.ndarray:
    """Learn a map on labels of a changed world: log loss over the least that is possible."""
    ratios = []
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        world = World(rng, returning=False)
        model = Model(world.draw(_FITTED), rng)
        labels, fresh = world.draw(n_labels, 0.6), world.draw(20_000, 0.6)

        def scored(visits: Visits, model: Model = model) -> np.ndarray:
            return expit(slope * logit(model.p(visits)))

        found = choose_map(scored(labels), labels.y)
        p = scored(fresh) if found.chosen == KEEP else found.calibrate(scored(fresh))
        losses = [
            float((fresh.truth * log_loss_of(np.ones(len(q)), q)
                   + (1 - fresh.truth) * log_loss_of(np.zeros(len(q)), q)).mean())
            for q in (p, fresh.truth, scored(fresh))
        ]  # fmt: skip
        ratios.append((losses[0] / losses[1], losses[2] / losses[1]))
    return np.array(ratios)


def main() -> None:
    """Print each line as soon as it is known."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    started = time.process_time()
    with threadpool_limits(limits=1):
        for slope in (1.0, 2.0):
            mended, kept = recalibrated(max(n // 5, 10), 200, slope, 3).T
            print(
                f"200 labels, base rate moved, log odds times {slope:g}: log loss over the least "
                f"possible {mended.mean():.3f} on average, at most {np.quantile(mended, 0.9):.3f} "
                f"in nine of ten; kept {kept.mean():.3f}",
                flush=True,
            )
        for quiet_weeks in (0, 10):
            took = np.array(base_rates(max(n // 2, 10), quiet_weeks, 2))
            print(
                f"base rate .15 to .20 after {quiet_weeks} quiet looks of 100 labels: within 1,500 "
                f"labels in {100 * (took <= 1500).mean():.1f} %, half within "
                f"{np.median(took):.0f}, nine in ten within {np.quantile(took, 0.9):.0f}",
                flush=True,
            )
        for returning in (False, True):
            found = np.array(list(years(n, returning, 1)))
            drift, labels = found.mean(axis=0)
            either = found.any(axis=1).mean()
            print(
                f"{n} quiet years, {'people who return' if returning else 'strangers'}: something "
                f"found without labels in {100 * drift:.1f} %, by labels in {100 * labels:.1f} %, "
                f"either in {100 * either:.1f} %",
                flush=True,
            )
    print(f"{time.process_time() - started:.0f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
