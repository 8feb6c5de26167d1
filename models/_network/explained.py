"""What Bayesian networks learnt, as a picture and as the lines of their tables that decide most."""

from collections.abc import Sequence

import numpy as np

from ...bench.language.sentence import AFTER_A_COMMA, Sentence, Text, joined
from ...bench.model import Explanation
from .bayes_net import DiscreteNetwork, mutual_information
from .families import Family

TARGET = "target"
_MOST_EDGES, _MOST_NAMES = 40, 10
_MOST_LINES, _LINES_OF_A_FAMILY, _LEAST_CASES = 20, 3, 10

Edge = tuple[str, str, float]


def edge_list(
    networks: Sequence[DiscreteNetwork], codes: np.ndarray, y: np.ndarray, names: Sequence[str]
) -> list[Edge]:
    """List the edges of all networks by name, strongest first: from, to, mutual information."""
    nodes = np.column_stack([codes, y])
    labels = _node_names(names)
    drawn: dict[frozenset[int], Edge] = {}
    for parent, child in (edge for network in networks for edge in _edges(network)):
        pair = frozenset((parent, child))
        # Networks may disagree on an edge's direction; it is drawn as it came first.
        if pair not in drawn:
            strength = mutual_information(nodes[:, parent], nodes[:, child])
            drawn[pair] = labels[parent], labels[child], strength
    return sorted(drawn.values(), key=lambda edge: (-edge[2], edge[:2]))


def network_explanation(
    networks: Sequence[DiscreteNetwork], edges: Sequence[Edge], names: Sequence[str]
) -> Explanation:
    """Show the edges; of too many those of the target, then those of its blanket, come first."""
    labels = _node_names(names)
    blanket = [labels[node] for node in sorted(set().union(*map(_blanket, networks)))]

    def distance(edge: Edge) -> int:
        return 0 if TARGET in edge[:2] else 2 - all(end in blanket for end in edge[:2])

    kept = sorted(edges, key=distance)[:_MOST_EDGES]
    part = ""
    if len(kept) < len(edges):
        part = Sentence(" These are {n} of {all} edges.", n=len(kept), all=len(edges))
    return Explanation(
        "network",
        Sentence(
            "The target's Markov blanket, which decides where it is known: "
            "{listed}.{part}  A node's distribution is kept for every value of the "
            "nodes that point at it; an arrow is no claim of cause.  Strength: mutual "
            "information on the fit cases, in bits.",
            listed=_listed(blanket),
            part=part,
        ),
        (Sentence("from"), Sentence("to"), Sentence("strength")),
        tuple(sorted(kept, key=lambda edge: -edge[2])),
    )


def strongest_tables(
    networks: Sequence[DiscreteNetwork],
    codes: np.ndarray,
    y: np.ndarray,
    names: Sequence[str],
    labels: Sequence[Sequence[str]],
) -> Explanation:
    """Show the cells of the tables that move the odds most, over all cases that read them."""
    prior = float(np.log(y.mean() / (1 - y.mean())))
    lines: dict[tuple[str, str], tuple[float, tuple[str | float, ...]]] = {}
    for network in networks:
        tables = [
            (family, table)
            for family, table in zip(network.families, network.log_tables_, strict=True)
            if family.is_linked and family.others
        ]
        weights = [
            weight
            for family, weight in zip(network.linked, network.weights_, strict=True)
            if family.others
        ]
        for (family, table), weight in zip(tables, weights, strict=True):
            for size, line in _lines(family, table, weight, codes, prior, names, labels):
                key = line[0], line[1]
                lines[key] = max(lines.get(key, (0.0, line)), (size, line), key=lambda it: it[0])
    strongest = sorted(lines.values(), key=lambda item: (-item[0], item[1][:2]))[:_MOST_LINES]
    return Explanation(
        "table",
        Sentence(
            "The chance of a value where the outcome is no and where it is yes, given "
            "its parents' values; in lines of the target, its own chances.  Log odds: "
            "the evidence for yes before it is weighed.  Lines come in the order of "
            "what they add to the odds of all cases that have these values."
        ),
        (
            Sentence("value"),
            Sentence("given"),
            Sentence("if no"),
            Sentence("if yes"),
            Sentence("log odds"),
            Sentence("cases"),
        ),
        tuple(line for _, line in strongest),
        title=Sentence("strongest conditional tables"),
    )


def _lines(
    family: Family,
    table: np.ndarray,
    weight: float,
    codes: np.ndarray,
    prior: float,
    names: Sequence[str],
    labels: Sequence[Sequence[str]],
) -> list[tuple[float, tuple[str | float, ...]]]:
    is_targets = family.child == len(names)
    cell = np.ravel_multi_index(tuple(codes[:, node] for node in family.others), family.shape)
    cases = np.bincount(cell, minlength=int(np.prod(family.shape)))
    log_odds = (table[..., 1] - table[..., 0]).ravel()
    size = cases / len(codes) * weight * np.abs(log_odds - (prior if is_targets else 0.0))
    size[cases < _LEAST_CASES] = 0.0
    found = []
    for k in np.argsort(-size, kind="stable")[:_LINES_OF_A_FAMILY]:
        if size[k] <= 0:
            break
        values = np.unravel_index(k, family.shape)
        texts = [
            f"{names[node]} = {labels[node][value]}"
            for node, value in zip(family.others, values, strict=True)
        ]
        value, given = (f"{TARGET} = yes", texts) if is_targets else (texts[0], texts[1:])
        shares = np.exp(table.reshape(-1, 2)[k])
        line = (value, ", ".join(given), *map(float, shares), float(log_odds[k]), int(cases[k]))
        found.append((float(size[k]), line))
    return found


def _edges(network: DiscreteNetwork) -> list[tuple[int, int]]:
    edges = []
    for family in network.families:
        if family.is_linked and family.child != network.target:
            edges.append((network.target, family.child))
        edges += [(node, family.child) for node in family.others if node != family.child]
    return edges


def _blanket(network: DiscreteNetwork) -> set[int]:
    return {node for family in network.linked for node in family.others}


def _node_names(names: Sequence[str]) -> list[str]:
    return [*(f"{name} (column)" if name == TARGET else name for name in names), TARGET]


def _listed(names: Sequence[str]) -> Text:
    if not names:
        return Sentence("none, the answer is the base rate")
    told = joined(AFTER_A_COMMA, names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return Sentence("{columns} and {more} more", columns=told, more=more) if more > 0 else told
