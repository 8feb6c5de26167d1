"""All trees of a model, asked at once about a single case."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np


class TreesOfOneCase:
    """Walks down all trees together, a level a step.

    Libraries ask one tree after the other, which for one case takes hundreds of times longer than
    the walks themselves.  The leaves are the same.

    Parameters
    ----------
    sizes : sequence of int
        Nodes of each tree, its root first; the arrays below hold all trees end to end.
    feature, left, right : ndarray of int
        The column that a node asks about, and where it leads to in its own tree.
    threshold : ndarray of float
        A value that is at most so large goes left.
    missing_left, is_leaf : ndarray of bool
    depth : int
        Of the deepest tree.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        feature: np.ndarray,
        threshold: np.ndarray,
        left: np.ndarray,
        right: np.ndarray,
        missing_left: np.ndarray,
        is_leaf: np.ndarray,
        depth: int,
    ):
        self._roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
        shift = np.repeat(self._roots, sizes)
        own = np.arange(len(left))
        # A leaf leads to itself, so that shallow trees wait for deep ones.
        self._next = np.stack(
            [np.where(is_leaf, own, right + shift), np.where(is_leaf, own, left + shift)], axis=1
        ).astype(np.intp)
        self._feature = np.where(is_leaf, 0, feature).astype(np.intp)
        self._threshold = threshold.astype(float)
        self._missing_left = missing_left.astype(bool)
        self._depth = depth

    @classmethod
    def of_forest(cls, trees: Sequence[Any]) -> Self:
        """Take the trees of a forest (``sklearn.tree._tree.Tree``)."""

        def joined(name: str) -> np.ndarray:
            return np.concatenate([getattr(tree, name) for tree in trees])

        left = joined("children_left")
        return cls(
            [tree.node_count for tree in trees], joined("feature"), joined("threshold"), left,
            joined("children_right"), joined("missing_go_to_left"), left < 0,
            max(tree.max_depth for tree in trees),
        )  # fmt: skip

    @classmethod
    def of_histograms(cls, predictors: Sequence[Any]) -> Self:
        """Take the trees of histogram gradient boosting, which ask about no categories."""
        nodes = np.concatenate([predictor.nodes for predictor in predictors])
        return cls(
            [len(predictor.nodes) for predictor in predictors], nodes["feature_idx"],
            nodes["num_threshold"], nodes["left"].astype(np.intp), nodes["right"].astype(np.intp),
            nodes["missing_go_to_left"], nodes["is_leaf"].astype(bool), int(nodes["depth"].max()),
        )  # fmt: skip

    def leaves(self, x: np.ndarray) -> np.ndarray:
        """Give the node at which each tree ends, shape (n_trees,); x has shape (n_columns,)."""
        missing = np.isnan(x)
        has_gaps = bool(missing.any())
        node = self._roots
        for _ in range(self._depth):
            feature = self._feature[node]
            goes_left = x[feature] <= self._threshold[node]
            if has_gaps:
                goes_left |= missing[feature] & self._missing_left[node]
            node = self._next[node, goes_left.view(np.int8)]
        return node
