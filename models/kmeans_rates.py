"""k-means: segments of alike cases, and the rate at which each buys."""

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from ._segments.rated_segments import Prototypes, RatedSegments

# From a single start, other cases often end in other segments.
_STARTS = 4


class KMeansRates(RatedSegments):
    """The rate of the k-means segment [1]_ that a case belongs to.

    Columns are log-scaled where skewed, standardised, categories one-hot.  No outcome is looked at
    to find segments, so that it predicts less well than models that do: it says who is alike.

    Parameters
    ----------
    n_segments : tuple of int, default=(2, 3, 4, 5, 6, 8)
        Numbers of segments to try; a later one is taken where it lowers the log loss on valid
        cases by more than a standard error.
    prior_cases : float, default=10.0
        So many cases of the overall rate are added to each segment's.
    fit_cases : int, default=5000
        To find centres in; drawn at random where there are more.
    random_state : int, optional
        Of the cases drawn and the starts.

    References
    ----------
    .. [1] Lloyd (1982), Least squares quantization in PCM.  IEEE Transactions on Information
       Theory 28.
    """

    title = "k-means segments"
    family = "other"
    when_named = True
    space = {
        "n_segments": ("one of", (3,), (4,), (6,), (8,), (12,), (16,), (24,)),
        "prior_cases": ("log", 1.0, 200.0),
    }

    def __init__(
        self,
        n_segments: tuple[int, ...] = (2, 3, 4, 5, 6, 8),
        prior_cases: float = 10.0,
        fit_cases: int = 5_000,
        random_state: int | None = None,
    ):
        self.n_segments = n_segments
        self.prior_cases = prior_cases
        self.fit_cases = fit_cases
        self.random_state = random_state

    def prototypes(
        self, x: np.ndarray, numbers: Sequence[int], seed: int
    ) -> Mapping[int, Prototypes]:
        """Find the centres, for each number of them."""
        # Threads would add up in an order of their own.
        with threadpool_limits(limits=1):
            return {
                number: Prototypes(
                    KMeans(number, n_init=_STARTS, random_state=seed).fit(x).cluster_centers_,
                    np.arange(number),
                )
                for number in numbers
            }
