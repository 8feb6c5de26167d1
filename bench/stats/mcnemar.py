"""McNemar's test: whether two models' decisions differ in how often they are right."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

# With fewer discordant cases the exact test; with more the mid-p version, which is less cautious.
_FEW = 25


@dataclass(frozen=True)
class McNemar:
    """What the test finds.

    Parameters
    ----------
    only_first, only_second : int
        Cases that one model decides rightly and the other wrongly; no others say anything.
    p_value : float
        Two-sided; 1 where no case is discordant.
    """

    only_first: int
    only_second: int
    p_value: float


def mcnemar(y: np.ndarray, first: np.ndarray, second: np.ndarray) -> McNemar:
    """Test whether two models are right equally often on the cases that both decided.

    It takes the fitted models as they are and asks about other test cases only.  Cases must be
    independent of each other and stand here once: not in groups, and not repeats of a plan, where
    the paired bootstrap is the test.  Without a difference in accuracy each discordant case falls
    to either model with probability one half: up to 24 of them are tested by the binomial
    distribution itself, more by its mid-p version, which counts the observed outcome half and
    needs no correction for continuity.

    Parameters
    ----------
    y : ndarray of 0 and 1, shape (n_cases,)
        Outcomes, of all folds end to end.
    first, second : ndarray of 0 and 1, shape (n_cases,)
        Decisions of the models.

    References
    ----------
    McNemar (1947), "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12.  Fagerland, Lydersen, Laake (2013), "The McNemar test for binary
    matched-pairs data: mid-p and asymptotic are better than exact conditional", BMC Medical
    Research Methodology 13.
    """
    first_right, second_right = first == y, second == y
    only_first = int((first_right & ~second_right).sum())
    only_second = int((second_right & ~first_right).sum())
    fewer, n = min(only_first, only_second), only_first + only_second
    tail = float(stats.binom.cdf(fewer, n, 0.5))
    if n >= _FEW:
        tail -= float(stats.binom.pmf(fewer, n, 0.5)) / 2
    return McNemar(only_first, only_second, min(1.0, 2 * tail))
