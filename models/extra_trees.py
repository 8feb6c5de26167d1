"""Extremely randomised trees: a forest whose cuts are drawn instead of searched."""

from sklearn.ensemble import ExtraTreesClassifier

from ._forest import Forest


class ExtraTrees(Forest):
    """The mean of deep trees that draw one cut for each feature and take the best of these [1]_.

    Drawn cuts make each tree cheaper and less like the others than in a random forest.  Against
    the paper each tree is grown on a sample of the cases, which bounds what it costs.

    Parameters
    ----------
    n_trees : int, default=150
    min_leaf_cases : int, default=5
        Fewer than in a random forest: drawn cuts fit the cases less closely by themselves.
    feature_share : float, default=0.7
        Of the features, for which each question draws a cut.
    most_drawn : int, default=10000
        Cases drawn for each tree, at most.
    random_state : int, optional
        Of samples and cuts.

    References
    ----------
    .. [1] Geurts, Ernst, Wehenkel (2006), Extremely randomized trees.
    """

    title = "Extremely randomised trees"
    family = "tree"
    forest = ExtraTreesClassifier
    space = {
        "min_leaf_cases": ("log int", 1, 60),
        "feature_share": ("float", 0.1, 1.0),
        "most_drawn": ("log int", 1000, 20000),
    }

    def __init__(
        self,
        n_trees: int = 150,
        min_leaf_cases: int = 5,
        feature_share: float = 0.7,
        most_drawn: int = 10_000,
        random_state: int | None = None,
    ):
        self.n_trees = n_trees
        self.min_leaf_cases = min_leaf_cases
        self.feature_share = feature_share
        self.most_drawn = most_drawn
        self.random_state = random_state
