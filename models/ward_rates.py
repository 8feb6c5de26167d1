"""Ward's hierarchy: segments that are merged from medoids, and the rate at which each buys."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.cluster.hierarchy import cut_tree, ward
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from ._segments.rated_segments import Prototypes, RatedSegments


class WardRates(RatedSegments):
    """The rate of the segment of Ward's hierarchy [1]_ that a case belongs to.

    A hierarchy of all cases would take memory by the square of their number.  So cases are first
    summed up by medoids (those nearest to the centres of many small clusters), medoids are merged
    two by two so that the variance inside segments grows least, and a case belongs to the segment
    of the nearest medoid.  Coarser segments are made of finer ones.

    Parameters
    ----------
    n_segments : tuple of int, default=(2, 3, 4, 5, 6, 8)
        Numbers of segments to try; a later one is taken where it lowers the log loss on valid
        cases by more than a standard error.
    prior_cases : float, default=10.0
        So many cases of the overall rate are added to each segment's.
    n_medoids : int, default=100
        Fewer where fewer cases differ.
    fit_cases : int, default=5000
        To find medoids in; drawn at random where there are more.
    random_state : int, optional
        Of the cases drawn and of the small clusters.

    References
    ----------
    .. [1] Ward (1963), Hierarchical grouping to optimize an objective function.  Journal of the
       American Statistical Association 58.
    """

    title = "Ward segments"
    family = "other"
    when_named = True
    space = {
        "n_segments": ("one of", (3,), (4,), (6,), (8,), (12,), (16,), (24,)),
        "prior_cases": ("log", 1.0, 200.0),
        "n_medoids": ("log int", 50, 300),
    }

    def __init__(
        self,
        n_segments: tuple[int, ...] = (2, 3, 4, 5, 6, 8),
        prior_cases: float = 10.0,
        n_medoids: int = 100,
        fit_cases: int = 5_000,
        random_state: int | None = None,
    ):
        self.n_segments = n_segments
        self.prior_cases = prior_cases
        self.n_medoids = n_medoids
        self.fit_cases = fit_cases
        self.random_state = random_state

    def prototypes(
        self, x: np.ndarray, numbers: Sequence[int], seed: int
    ) -> Mapping[int, Prototypes]:
        """Find medoids, and cut their hierarchy once for each number of segments."""
        points = self._medoids(x, numbers[-1], seed)
        cuts = cut_tree(ward(points), n_clusters=list(numbers))
        return {
            number: Prototypes(points, cut) for number, cut in zip(numbers, cuts.T, strict=True)
        }

    def _medoids(self, x: np.ndarray, least: int, seed: int) -> np.ndarray:
        different = np.unique(x, axis=0)
        n_medoids = max(least, min(self.n_medoids, len(different) // 2))
        with threadpool_limits(limits=1):  # threads would add up in an order of their own
            clusters = KMeans(n_medoids, n_init=1, max_iter=20, random_state=seed).fit(different)
        distance = np.square(different - clusters.cluster_centers_[clusters.labels_]).sum(axis=1)
        # Sorted by cluster and then distance: the first of each cluster is its medoid.
        order = np.lexsort((distance, clusters.labels_))
        first = np.unique(clusters.labels_[order], return_index=True)[1]
        return different[order[first]]
