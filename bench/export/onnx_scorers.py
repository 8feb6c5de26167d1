"""Fitted models, bags and ensembles as operations of ONNX."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..deploy.scorers import Bag, Combined, OneModel
from ..ensembles.combiners import Mean, StackedOdds, WeightedMean
from ..errors import RequestError
from .onnx_encoders import encoded
from .onnx_graph import ML, Graph
from .tree_sums import TreeSum, of_histograms, of_lightgbm, of_sklearn, of_xgboost

OTHERWISE = "--format mlflow or docker carries any model."


def scored(graph: Graph, scorer: object) -> str:
    """Add what a scorer does; gives the name of P(yes), of shape (n_cases, 1).

    Raises
    ------
    RequestError
        If no operations are known for it; says of what.
    """
    if isinstance(scorer, OneModel):
        return _of_model(graph, scorer)
    if isinstance(scorer, Bag):
        return _mean(graph, [scored(graph, one) for one in scorer.scorers])
    if isinstance(scorer, Combined):
        return _combined(graph, scorer)
    raise RequestError(
        f"no form in ONNX is known for what was fitted ({type(scorer).__name__}).  {OTHERWISE}"
    )


def _mean(graph: Graph, p: list[str]) -> str:
    return graph.add("Div", graph.add("Sum", *p), graph.constant(float(len(p))))


def _combined(graph: Graph, ensemble: Combined) -> str:
    combine = ensemble.combine
    members = [scored(graph, member) for member in ensemble.members]
    if isinstance(combine, Mean) and len(members) == ensemble.n_columns:
        return _mean(graph, members)
    if isinstance(combine, WeightedMean):
        weights = np.asarray(combine.weights)[list(ensemble.columns)]
        return graph.add(
            "MatMul", graph.add("Concat", *members, axis=1), graph.constant(weights[:, None])
        )
    if isinstance(combine, StackedOdds):
        # A member that is not asked stands there with probability 0.
        unasked = np.delete(combine.coefficients, list(ensemble.columns))
        least = np.log(combine.smallest / (1 - combine.smallest))
        start = combine.intercept + least * unasked.sum()
        odds = [graph.log_odds(p, combine.smallest) for p in members]
        asked = combine.coefficients[list(ensemble.columns)][:, None]
        total = graph.add("MatMul", graph.add("Concat", *odds, axis=1), graph.constant(asked))
        return graph.sigmoid(graph.add("Add", total, graph.constant(start)))
    raise RequestError(
        f"no form in ONNX is known for the rule of this ensemble ({type(combine).__name__}); it is "
        f"for soft voting, weighted means and stacking.  {OTHERWISE}"
    )


def _of_model(graph: Graph, scorer: OneModel) -> str:
    model = scorer.model
    kind = type(model)
    if scorer.tokens is not None or "events" in model.views:
        raise RequestError(
            f"{kind.__name__} reads events, and a graph of ONNX takes columns.  {OTHERWISE}"
        )
    make = _KNOWN.get(kind.__name__)
    if make is None or ".models." not in kind.__module__:
        raise RequestError(
            f"no form in ONNX is known for {kind.__name__}; it is for {', '.join(sorted(_KNOWN))}, "
            f"bags of them and some ensembles.  {OTHERWISE}"
        )
    return make(graph, model)


def _linear(graph: Graph, x: str, slopes: np.ndarray, intercept: float) -> str:
    total = graph.add("MatMul", x, graph.constant(np.reshape(slopes, (-1, 1))))
    return graph.sigmoid(graph.add("Add", total, graph.constant(intercept)))


def _logistic_regression(graph: Graph, model: Any) -> str:
    fitted = model.estimator_
    return _linear(graph, encoded(graph, model.encoder_), fitted.coef_[0], fitted.intercept_[0])


def _linear_svm(graph: Graph, model: Any) -> str:
    street, sigmoid = model.street_, model.sigmoid_
    # The last slope is that of a column of ones; the sigmoid is a line on the street's score.
    *slopes, of_one = street.coef_[0]
    slope = (sigmoid.slope_ / sigmoid.scale_).item()
    intercept = slope * (of_one + street.intercept_.item() - sigmoid.mean_.item())
    x = encoded(graph, model.encoder_)
    return _linear(graph, x, slope * np.array(slopes), intercept + sigmoid.intercept_)


def _decision_tree(graph: Graph, model: Any) -> str:
    tree, prior = model.estimator_.tree_, model.prior_cases
    size, share = tree.weighted_n_node_samples, tree.value[:, 0, 1]
    p = (size * share + prior * share[0]) / (size + prior)
    return _trees(graph, encoded(graph, model.encoder_), of_sklearn([tree], [p]))


def _forest(graph: Graph, model: Any) -> str:
    trees = [each.tree_ for each in model.estimator_.estimators_]
    values = [tree.value[:, 0, 1] / len(trees) for tree in trees]
    return _trees(graph, encoded(graph, model.encoder_), of_sklearn(trees, values))


def _hist_gradient_boosting(graph: Graph, model: Any) -> str:
    x = encoded(graph, model.encoder_)
    if model.empty_.any():
        empty = graph.constant(model.empty_[None, :], np.bool_)
        x = graph.add("Where", empty, graph.constant(0.0), x)
    return _trees(graph, x, of_histograms(model.estimator_))


def _xgboost(graph: Graph, model: Any) -> str:
    return _trees(graph, encoded(graph, model.encoder_), of_xgboost(model.booster_))


def _lightgbm(graph: Graph, model: Any) -> str:
    found = of_lightgbm(model.booster_, len(model.encoder_.names_))
    return _trees(graph, encoded(graph, model.encoder_), found)


_KNOWN: dict[str, Callable[[Graph, Any], str]] = {
    "DecisionTree": _decision_tree,
    "ExtraTrees": _forest,
    "HistGradientBoosting": _hist_gradient_boosting,
    "LightGBM": _lightgbm,
    "LinearSVM": _linear_svm,
    "LogisticRegression": _logistic_regression,
    "RandomForest": _forest,
    "XGBoost": _xgboost,
}


def _trees(graph: Graph, x: str, found: TreeSum) -> str:
    from onnx import helper

    if found.sets:
        columns = [_in_set(graph, x, column, members) for column, members in found.sets]
        x = graph.add("Concat", x, *columns, axis=1)
    if found.is_single:
        x = graph.cast(graph.cast(x, np.float32), np.float64)
    nodes: dict[str, list[Any]] = {name: [] for name in _NODES}
    leaves: dict[str, list[Any]] = {"tree": [], "node": [], "value": []}
    for number, tree in enumerate(found.trees):
        for place, feature in enumerate(tree.feature):
            is_leaf = feature < 0
            question = "BRANCH_LT" if found.is_strict else "BRANCH_LEQ"
            described = (
                number, place, max(feature, 0), "LEAF" if is_leaf else question,
                0.0 if is_leaf else tree.threshold[place],
                max(tree.left[place], 0), max(tree.right[place], 0),
                int(not is_leaf and tree.missing_left[place]),
            )  # fmt: skip
            for name, value in zip(_NODES, described, strict=True):
                nodes[name].append(value)
            if is_leaf:
                leaves["tree"].append(number)
                leaves["node"].append(place)
                leaves["value"].append(tree.value[place])

    def doubles(name: str, values: list[float]) -> Any:
        return helper.make_tensor(name, helper.np_dtype_to_tensor_dtype(np.dtype(float)),
                                  [len(values)], values)  # fmt: skip

    thresholds = nodes.pop("nodes_values")
    total = graph.add(
        "TreeEnsembleRegressor",
        x,
        domain=ML,
        n_targets=1,
        nodes_values_as_tensor=doubles("nodes_values_as_tensor", thresholds),
        target_ids=[0] * len(leaves["tree"]),
        target_treeids=leaves["tree"],
        target_nodeids=leaves["node"],
        target_weights_as_tensor=doubles("target_weights_as_tensor", leaves["value"]),
        **nodes,
    )
    total = graph.add("Add", graph.cast(total, np.float64), graph.constant(found.start))
    return graph.sigmoid(total) if found.is_log_odds else total


_NODES = (
    "nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_modes", "nodes_values",
    "nodes_truenodeids", "nodes_falsenodeids", "nodes_missing_value_tracks_true",
)  # fmt: skip


def _in_set(graph: Graph, x: str, column: int, members: frozenset[int]) -> str:
    """Give -1 where a column's code is one of some, 0 elsewhere; shape (n_cases, 1)."""
    code = graph.add("Gather", x, graph.constant([column], np.int64), axis=1)
    every = graph.constant(np.array(sorted(members), dtype=float)[None, :])
    hits = graph.cast(graph.add("Equal", code, every), np.float64)
    axes = graph.constant([1], np.int64)
    return graph.add("Neg", graph.add("ReduceSum", hits, axes, keepdims=1))
