"""Fitted trees of several libraries, laid out alike: questions, and what leaves add to a sum."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import RequestError


@dataclass
class Tree:
    """The nodes of a tree, by number; 0 is the root.

    Parameters
    ----------
    feature : list of int
        The column that a node asks about; -1 in a leaf.
    threshold : list of float
    left, right : list of int
        Where a case goes whose value is at most the threshold (or below it), and all others.
    missing_left : list of bool
        Whether a missing value goes left.
    value : list of float
        What a leaf adds.
    """

    feature: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)
    missing_left: list[bool] = field(default_factory=list)
    value: list[float] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class TreeSum:
    """The sum of what trees say, and a start.

    Parameters
    ----------
    trees : sequence of Tree
    start : float
    is_log_odds : bool
        Whether the sum is one of log odds; else of probabilities.
    is_single : bool
        Whether values are rounded to single precision before they are asked about.
    is_strict : bool
        Whether a value that equals the threshold goes right.
    sets : sequence of (int, frozenset of int)
        Further columns, behind those that were encoded: whether a column's code is in a set.
    """

    trees: Sequence[Tree]
    start: float
    is_log_odds: bool
    is_single: bool = False
    is_strict: bool = False
    sets: Sequence[tuple[int, frozenset[int]]] = ()


def of_sklearn(trees: Sequence[Any], values: Sequence[np.ndarray]) -> TreeSum:
    """Lay out scikit-learn's trees; ``values`` is what each one's nodes add as leaves."""
    return TreeSum(
        [
            Tree(
                np.where(tree.children_left < 0, -1, tree.feature).tolist(),
                tree.threshold.tolist(),
                tree.children_left.tolist(),
                tree.children_right.tolist(),
                tree.missing_go_to_left.astype(bool).tolist(),
                value.tolist(),
            )
            for tree, value in zip(trees, values, strict=True)
        ],
        0.0,
        is_log_odds=False,
        is_single=True,
    )


def of_histograms(classifier: Any) -> TreeSum:
    """Lay out scikit-learn's histogram gradient boosting, of two classes and without categories."""
    trees = []
    for (predictor,) in classifier._predictors:
        nodes = predictor.nodes
        trees.append(
            Tree(
                np.where(nodes["is_leaf"], -1, nodes["feature_idx"].astype(np.int64)).tolist(),
                nodes["num_threshold"].tolist(),
                nodes["left"].tolist(),
                nodes["right"].tolist(),
                nodes["missing_go_to_left"].astype(bool).tolist(),
                nodes["value"].tolist(),
            )
        )
    return TreeSum(trees, float(classifier._baseline_prediction.item()), is_log_odds=True)


def of_xgboost(booster: Any) -> TreeSum:
    """Lay out a booster of XGBoost with a logistic loss."""
    learner = json.loads(booster.save_raw("json").decode())["learner"]
    base = np.array(json.loads(learner["learner_model_param"]["base_score"]), dtype=float).item()
    trees = []
    for tree in learner["gradient_booster"]["model"]["trees"]:
        is_leaf = np.array(tree["left_children"]) < 0
        # A leaf keeps its value where a question keeps its threshold.
        condition = np.array(tree["split_conditions"], dtype=np.float32).astype(float)
        trees.append(
            Tree(
                np.where(is_leaf, -1, tree["split_indices"]).tolist(),
                condition.tolist(),
                tree["left_children"],
                tree["right_children"],
                np.array(tree["default_left"]).astype(bool).tolist(),
                np.where(is_leaf, condition, 0.0).tolist(),
            )
        )
    start = float(np.log(base / (1 - base)))
    return TreeSum(trees, start, is_log_odds=True, is_single=True, is_strict=True)


def of_lightgbm(booster: Any, n_columns: int) -> TreeSum:
    """Lay out a booster of LightGBM with a logistic loss, whose codes are never missing.

    A question about a category is one about a column of its own, which says whether the category is
    in the question's set.

    Raises
    ------
    RequestError
        If it takes zeros for missing.
    """
    places: dict[tuple[int, frozenset[int]], int] = {}
    trees = []
    for described in booster.dump_model()["tree_info"]:
        tree = Tree()
        for node in _in_order(described["tree_structure"]):
            _add(tree, node, places, n_columns)
        _link(tree, described["tree_structure"])
        trees.append(tree)
    return TreeSum(trees, 0.0, is_log_odds=True, sets=tuple(places))


def _in_order(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a node, then all of its left side, then all of its right one."""
    yield node
    if "left_child" in node:
        yield from _in_order(node["left_child"])
        yield from _in_order(node["right_child"])


def _add(
    tree: Tree,
    node: dict[str, Any],
    places: dict[tuple[int, frozenset[int]], int],
    n_columns: int,
) -> None:
    if "left_child" not in node:
        feature, threshold, missing_left = -1, 0.0, False
    elif node["decision_type"] == "==":
        members = frozenset(map(int, str(node["threshold"]).split("||")))
        place = places.setdefault((node["split_feature"], members), len(places))
        # The column holds -1 for those in the set and 0 for others.
        feature, threshold, missing_left = n_columns + place, -0.5, False
    else:
        if node["missing_type"] == "Zero":
            raise RequestError("its trees take zeros for missing numbers, which ONNX cannot say.")
        feature, threshold = node["split_feature"], float(node["threshold"])
        # Where no fitted number was missing, it reads a missing one as 0.
        missing_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    tree.feature.append(feature)
    tree.threshold.append(threshold)
    tree.missing_left.append(missing_left)
    tree.value.append(node.get("leaf_value", 0.0))
    tree.left.append(-1)
    tree.right.append(-1)


def _link(tree: Tree, root: dict[str, Any]) -> None:
    number = {id(node): place for place, node in enumerate(_in_order(root))}
    for node in _in_order(root):
        if "left_child" in node:
            tree.left[number[id(node)]] = number[id(node["left_child"])]
            tree.right[number[id(node)]] = number[id(node["right_child"])]
