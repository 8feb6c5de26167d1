"""Which columns lean on which: structures learnt on the columns that tell most."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .bayes_net import mutual_information
from .family_scores import family_score

Parents = list[list[int]]

# A search reads its cases once for each of hundreds of candidate families; tables, which are
# learnt from all cases, need far more of them than the order of their strengths does.
_MOST_CASES = 20_000


def sample(
    codes: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None = None,
    most: int = _MOST_CASES,
) -> tuple[np.ndarray, np.ndarray]:
    """Give evenly spread cases of both outcomes, at most ``most``: all where there are no more.

    Of weighted ones, the cases that they stand for; the rarer outcome then makes up a tenth where
    it can, as of clicks among millions of impressions a fair share would be none.
    """
    if weight is not None:
        rows = _drawn(y, weight, most)
    elif len(y) <= most:
        return codes, y
    else:
        rows = _evenly(y, most)
    return codes[rows], y[rows]


def evenly_spread(
    codes: np.ndarray, y: np.ndarray, weight: np.ndarray | None, most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Give evenly spread rows of both outcomes with their weights, at most ``most``."""
    if len(y) <= most:
        return codes, y, weight
    rows = _evenly(y, most)
    return codes[rows], y[rows], None if weight is None else weight[rows]


def _evenly(y: np.ndarray, most: int) -> np.ndarray:
    by_outcome = np.argsort(y, kind="stable")
    return np.sort(by_outcome[np.linspace(0, len(y) - 1, most).astype(np.int64)])


def _drawn(y: np.ndarray, weight: np.ndarray, most: int) -> np.ndarray:
    """Draw rows as often as their weights say, at even steps; whole weights exactly if they fit."""
    held = np.array([weight[y == outcome].sum() for outcome in (0, 1)])
    wanted = held * min(1.0, most / held.sum())
    least = np.minimum(held, most / 10)
    wanted = np.where(wanted < least, least, np.minimum(wanted, most - least[::-1]))
    drawn = []
    for outcome, n in enumerate(np.maximum(np.rint(wanted), 1).astype(np.int64)):
        own = np.flatnonzero(y == outcome)
        ends = np.cumsum(weight[own])
        drawn.append(own[np.searchsorted(ends, (np.arange(n) + 0.5) / n * ends[-1])])
    return np.sort(np.concatenate(drawn))


def informative(
    codes: np.ndarray, y: np.ndarray, most: int, weight: np.ndarray | None = None
) -> np.ndarray:
    """Give the numbers of the columns that tell most about the target, in ascending order.

    The cost of a search grows with the square of the columns and more.  A column is left out if
    its mutual information with the target is below what the BIC asks of an edge: noise columns
    cost a naive Bayes network accuracy.
    """
    n_cases, n_columns = codes.shape
    n_cases = n_cases if weight is None else max(float(weight.sum()), 2.0)
    bits = np.array([mutual_information(codes[:, j], y, weight) for j in range(n_columns)])
    n_values = np.array([len(np.unique(codes[:, j])) for j in range(n_columns)])
    gain = 2.0 * n_cases * np.log(2.0) * bits - (n_values - 1) * np.log(n_cases)
    supported = np.flatnonzero(gain > 0)
    strongest = supported[np.argsort(-bits[supported], kind="stable")[:most]]
    return np.sort(strongest)


def naive_parents(n_columns: int, inside: Sequence[int]) -> Parents:
    """Give the columns ``inside`` the target as their only parent.

    Returns
    -------
    list of list of int
        Parents of each column and, last, of the target (number ``n_columns``).  Columns outside
        the network have none and are nobody's parent.
    """
    parents: Parents = [[] for _ in range(n_columns + 1)]
    for j in inside:
        parents[j].append(n_columns)
    return parents


def tree_parents(codes: np.ndarray, y: np.ndarray, inside: np.ndarray) -> Parents:
    """Learn a tree-augmented naive Bayes network over the columns ``inside``."""
    return _with_tree(codes, y, inside, "tan", _strongest(codes, y, inside))


def tree_parents_by_outcome(
    codes: np.ndarray, y: np.ndarray, inside: np.ndarray
) -> tuple[Parents, Parents]:
    """Learn a Chow-Liu tree over the cases of each outcome; the target is all columns' parent."""
    root = _strongest(codes, y, inside)
    no, yes = (_with_tree(codes[y == k], y[y == k], inside, "chow-liu", root) for k in (0, 1))
    return no, yes


def _strongest(codes: np.ndarray, y: np.ndarray, inside: np.ndarray) -> int:
    """Choose a tree's root: the column that tells most of the target and varies given it.

    Any root gives the same distribution, but only the root says all that it tells in its own
    family, and families are weighed.
    """
    varying = [j for j in inside if any(np.ptp(codes[y == k, j]) for k in np.unique(y))]
    bits = [mutual_information(codes[:, j], y) for j in varying]
    return int(varying[int(np.argmax(bits))]) if varying else -1


def _with_tree(
    codes: np.ndarray, y: np.ndarray, inside: np.ndarray, kind: str, root: int
) -> Parents:
    parents = naive_parents(codes.shape[1], inside)
    # pgmpy's tree holds what is linked with its root; what never varies given the outcome, least of
    # all the root, is linked with nothing.
    inside = inside[[any(np.ptp(codes[y == k, j]) for k in np.unique(y)) for j in inside]]
    if len(inside) < 2:
        return parents
    with warnings.catch_warnings():
        # pgmpy 1.1 announces, on import, the move of an estimator that is not used here.
        warnings.filterwarnings("ignore", "`pgmpy.estimators", FutureWarning)
        from pgmpy.estimators import TreeSearch

    table, names = _table(codes, y, inside)
    if kind == "chow-liu":
        table = table.drop(columns=names[-1])
    search = TreeSearch(table, root_node=names[root if root in inside else inside[0]], n_jobs=1)
    tree = search.estimate(kind, class_node=names[-1], show_progress=False)
    for j in inside:
        of_tree = tree.get_parents(names[j]) if names[j] in tree else []
        parents[j] += [names.index(name) for name in of_tree if name != names[-1]]
    return parents


def k_dependence_parents(
    codes: np.ndarray, y: np.ndarray, inside: np.ndarray, most: int
) -> Parents:
    """Give every column the target and at most ``most`` columns that tell more of the target.

    Of those, it leans on the ones with which it has most mutual information given the target.
    """
    bits = np.array([mutual_information(codes[:, j], y) for j in inside])
    order = inside[np.argsort(-bits, kind="stable")]
    shared = conditional_mutual_information(codes[:, order], y)
    parents = naive_parents(codes.shape[1], inside)
    for rank, j in enumerate(order):
        strongest = np.argsort(-shared[rank, :rank], kind="stable")[:most]
        parents[j] += sorted(int(column) for column in order[:rank][strongest])
    return parents


def conditional_mutual_information(codes: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the mutual information of each two columns given the outcome, in bits (plug-in).

    Returns
    -------
    ndarray of shape (n_columns, n_columns)
        Symmetric; the diagonal is 0.
    """
    n_cases, n_columns = codes.shape
    bits = np.zeros((n_columns, n_columns))
    for outcome in (0, 1):
        given = codes[y == outcome]
        for i in range(n_columns):
            for j in range(i):
                bits[i, j] += len(given) / n_cases * mutual_information(given[:, i], given[:, j])
    return bits + bits.T


def climbed_parents(
    codes: np.ndarray, y: np.ndarray, inside: np.ndarray, most: int, score: str
) -> Parents:
    """Climb to a network with at most ``most`` parents a node, the target being nobody's parent.

    Parameters
    ----------
    score : {"bdeu", "bic-d"}
        What an edge has to improve.
    """
    parents: Parents = [[] for _ in range(codes.shape[1] + 1)]
    if len(inside) == 0:
        return parents
    from pgmpy.causal_discovery import ExpertKnowledge, HillClimbSearch

    table, names = _table(codes, y, inside)
    columns = list(table.columns)
    search = HillClimbSearch(
        scoring_method=family_score(score, columns, table.to_numpy()),
        max_indegree=most,
        expert_knowledge=ExpertKnowledge(forbidden_edges=[(names[-1], names[j]) for j in inside]),
        return_type="dag",
        show_progress=False,
    )
    # Of the table it takes the names alone, and looks at every cell to see whether it may.
    graph = search.fit(table.iloc[:2]).causal_graph_
    for node in [*inside, codes.shape[1]]:
        parents[node] = sorted(names.index(name) for name in graph.get_parents(names[node]))
    return parents


@dataclass(frozen=True)
class _Node:
    """A name of our own: those of features may be anything, the target's name included.

    pgmpy walks through sets of names.  Texts stand there in another order in each process, and the
    first of equally good edges would be another one; numbers it takes for places.
    """

    column: int

    def __hash__(self) -> int:
        return self.column


def _table(
    codes: np.ndarray, y: np.ndarray, inside: np.ndarray
) -> tuple[pd.DataFrame, list[_Node]]:
    """Give the columns inside and, last, the target; and the names of all, by place."""
    names = [_Node(j) for j in range(codes.shape[1] + 1)]
    columns = [*(names[j] for j in inside), names[-1]]
    return pd.DataFrame(np.column_stack([codes[:, inside], y]), columns=columns), names
