"""Random forest: many trees that saw different cases and features."""

from sklearn.ensemble import RandomForestClassifier

from ._forest import Forest


class RandomForest(Forest):
    """The mean of deep trees grown on bootstrap samples and random features.

    Breiman's forest [1]_, with leaves of a least size and a bound on what each tree costs.

    Parameters
    ----------
    n_trees : int, default=150
    min_leaf_cases : int, default=10
        A mean over trees of such leaves is far better calibrated than over pure ones.
    feature_share : float, default=0.4
        Of the features, that each question may choose from.  More than the usual square root:
        where one feature says most, trees that may not ask about it dilute the mean.
    most_drawn : int, default=5000
        Cases drawn for each tree, at most; bounds the cost where there are many, and makes the
        trees differ more.
    random_state : int, optional
        Of the samples.

    References
    ----------
    .. [1] Breiman (2001), Random forests.
    """

    title = "Random forest"
    family = "tree"
    forest = RandomForestClassifier
    space = {
        "min_leaf_cases": ("log int", 1, 60),
        "feature_share": ("float", 0.1, 1.0),
        "most_drawn": ("log int", 1000, 20000),
    }

    def __init__(
        self,
        n_trees: int = 150,
        min_leaf_cases: int = 10,
        feature_share: float = 0.4,
        most_drawn: int = 5000,
        random_state: int | None = None,
    ):
        self.n_trees = n_trees
        self.min_leaf_cases = min_leaf_cases
        self.feature_share = feature_share
        self.most_drawn = most_drawn
        self.random_state = random_state
