"""Which columns lean on which: structure learning by pgmpy on the columns that tell most."""

import warnings

import numpy as np
import pandas as pd

from ._bayes_net import mutual_information

Parents = list[list[int]]


def informative(codes: np.ndarray, y: np.ndarray, most: int) -> np.ndarray:
    """Give the numbers of the columns that tell most about the target, in ascending order.

    The cost of a search grows with the square of the columns and more.  A column is left out if
    its mutual information with the target is below what the BIC asks of an edge: noise columns
    cost a naive Bayes network accuracy.
    """
    n_cases, n_columns = codes.shape
    bits = np.array([mutual_information(codes[:, j], y) for j in range(n_columns)])
    n_values = np.array([len(np.unique(codes[:, j])) for j in range(n_columns)])
    gain = 2.0 * n_cases * np.log(2.0) * bits - (n_values - 1) * np.log(n_cases)
    supported = np.flatnonzero(gain > 0)
    strongest = supported[np.argsort(-bits[supported], kind="stable")[:most]]
    return np.sort(strongest)


def tree_parents(codes: np.ndarray, y: np.ndarray, most_columns: int) -> Parents:
    """Learn a tree-augmented naive Bayes network.

    Returns
    -------
    list of list of int
        Parents of each column and, last, of the target (number ``n_columns``).  Columns outside
        the network have none and are nobody's parent.
    """
    inside, table, names = _table(codes, y, most_columns)
    parents: Parents = [[] for _ in range(codes.shape[1] + 1)]
    for j in inside:
        parents[j].append(codes.shape[1])
    if len(inside) < 2:
        return parents
    with warnings.catch_warnings():
        # pgmpy 1.1 announces, on import, the move of an estimator that is not used here.
        warnings.filterwarnings("ignore", "`pgmpy.estimators", FutureWarning)
        from pgmpy.estimators import TreeSearch

    search = TreeSearch(table, root_node=names[inside[0]], n_jobs=1)
    tree = search.estimate("tan", class_node=names[-1], show_progress=False)
    for j in inside:
        parents[j] += [
            names.index(name) for name in tree.get_parents(names[j]) if name != names[-1]
        ]
    return parents


def climbed_parents(codes: np.ndarray, y: np.ndarray, most_columns: int, most: int) -> Parents:
    """Learn a network with at most ``most`` parents a node, the target being nobody's parent.

    Returns
    -------
    list of list of int
        As ``tree_parents`` gives them.
    """
    inside, table, names = _table(codes, y, most_columns)
    parents: Parents = [[] for _ in range(codes.shape[1] + 1)]
    if len(inside) == 0:
        return parents
    from pgmpy.causal_discovery import ExpertKnowledge, HillClimbSearch

    outgoing = [(names[-1], names[j]) for j in inside]
    search = HillClimbSearch(
        scoring_method="bdeu",
        max_indegree=most,
        expert_knowledge=ExpertKnowledge(forbidden_edges=outgoing),
        return_type="dag",
        show_progress=False,
    )
    graph = search.fit(table).causal_graph_
    for node in [*inside, codes.shape[1]]:
        parents[node] = sorted(names.index(name) for name in graph.get_parents(names[node]))
    return parents


def _table(
    codes: np.ndarray, y: np.ndarray, most_columns: int
) -> tuple[np.ndarray, pd.DataFrame, list[str]]:
    inside = informative(codes, y, most_columns)
    # Names of our own: those of features may be anything, the target's name included.
    names = [*(f"x{j}" for j in range(codes.shape[1])), "y"]
    table = pd.DataFrame(codes[:, inside], columns=[names[j] for j in inside])
    return inside, table.assign(y=y), names
