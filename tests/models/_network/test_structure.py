import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from intentbench.models._network.family_scores import family_score
from intentbench.models._network.structure import (
    climbed_parents,
    conditional_mutual_information,
    informative,
    k_dependence_parents,
    sample,
    tree_parents,
    tree_parents_by_outcome,
)

TARGET = 4


def codes_and_outcomes(n=2000, seed=0):
    """Three columns that tell of the outcome, in a chain, and one of noise."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int8)
    codes = np.column_stack([rng.integers(0, r, n) for r in (3, 2, 4, 3)])
    codes[:, 0] = np.where(rng.random(n) < 0.6, y, codes[:, 0])
    codes[:, 1] = np.where(rng.random(n) < 0.7, codes[:, 0] > 0, codes[:, 1])
    codes[:, 2] = np.where(rng.random(n) < 0.7, codes[:, 1] + y, codes[:, 2])
    return codes.astype(np.int32), y


def test_columns_of_noise_stay_outside():
    codes, y = codes_and_outcomes()
    assert list(informative(codes, y, 9)) == [0, 1, 2]
    assert len(informative(codes, y, 2)) == 2
    parents = tree_parents(codes, y, informative(codes, y, 9))
    assert parents[3] == [] and all(3 not in of for of in parents)


def test_tree_gives_each_column_the_target_and_at_most_one_other():
    codes, y = codes_and_outcomes()
    parents = tree_parents(codes, y, np.array([0, 1, 2]))
    assert parents[TARGET] == []
    assert all(TARGET in parents[j] and len(parents[j]) <= 2 for j in (0, 1, 2))
    # Three columns on a tree: two edges, along the chain.
    assert parents[:3] == [[4], [4, 0], [4, 1]]


def test_tree_has_the_most_mutual_information_of_all_trees():
    rng = np.random.default_rng(4)
    codes, y = codes_and_outcomes(seed=4)
    codes[:, 3] = np.where(rng.random(len(y)) < 0.5, codes[:, 1], codes[:, 3])
    bits = conditional_mutual_information(codes, y)
    of = tree_parents(codes, y, np.arange(4))
    found = sum(bits[j, p] for j in range(4) for p in of[j] if p != TARGET)
    # Prim's algorithm, written out.
    inside, best = {0}, 0.0
    while len(inside) < 4:
        a, b = max(((a, b) for a in inside for b in set(range(4)) - inside), key=lambda e: bits[e])
        inside.add(b)
        best += bits[a, b]
    assert found == pytest.approx(best)


def test_each_outcome_has_its_own_tree():
    rng = np.random.default_rng(1)
    y = np.tile([0, 1], 1000).astype(np.int8)
    codes = rng.integers(0, 3, (2000, 3))
    close = rng.random(2000) < 0.8
    codes[:, 1] = np.where(close, codes[:, 0], codes[:, 1])
    close = rng.random(2000) < 0.8
    codes[:, 2] = np.where(close, np.where(y == 0, codes[:, 0], codes[:, 1]), codes[:, 2])
    no, yes = tree_parents_by_outcome(codes, y, np.arange(3))
    assert edges(no) == {pair(0, 1), pair(0, 2)}
    assert edges(yes) == {pair(0, 1), pair(1, 2)}
    assert all(3 in of for of in no[:3] + yes[:3])


def pair(a, b):
    return frozenset((a, b))


def edges(parents):
    target = len(parents) - 1
    return {pair(child, p) for child, of in enumerate(parents) for p in of if p != target}


def test_the_root_of_a_tree_is_the_column_that_tells_most():
    codes, y = codes_and_outcomes()
    turned = codes[:, [3, 2, 1, 0]]
    assert tree_parents(turned, y, np.arange(1, 4))[3] == [TARGET]
    for parents in tree_parents_by_outcome(turned, y, np.arange(1, 4)):
        assert parents[3] == [TARGET]


def test_a_column_that_is_constant_given_the_outcome_leaves_the_tree_whole():
    codes, y = codes_and_outcomes()
    codes[:, 0] = y
    for parents in (tree_parents(codes, y, np.arange(3)),
                    *tree_parents_by_outcome(codes, y, np.arange(3))):  # fmt: skip
        assert parents[0] == [TARGET]
        assert sorted(len(parents[j]) for j in (1, 2)) == [1, 2]


def test_conditional_mutual_information_is_that_of_the_definition():
    codes, y = codes_and_outcomes(300)
    bits = conditional_mutual_information(codes, y)
    np.testing.assert_array_equal(bits, bits.T)
    total = 0.0
    for a in range(3):
        for b in range(2):
            for k in (0, 1):
                p = np.mean((codes[:, 0] == a) & (codes[:, 1] == b) & (y == k))
                p_a = np.mean((codes[:, 0] == a) & (y == k))
                p_b = np.mean((codes[:, 1] == b) & (y == k))
                if p:
                    total += p * np.log2(p * np.mean(y == k) / (p_a * p_b))
    assert bits[0, 1] == pytest.approx(total)


def test_k_dependence_ranks_columns_and_takes_the_strongest():
    codes, y = codes_and_outcomes()
    # By what they tell of the target: 0, 2, 1.  Column 1 lies between the two.
    assert k_dependence_parents(codes, y, np.arange(3), 0)[:3] == [[4], [4], [4]]
    assert k_dependence_parents(codes, y, np.arange(3), 5)[:3] == [[4], [4, 0, 2], [4, 0]]
    bits = conditional_mutual_information(codes, y)
    strongest = 0 if bits[1, 0] > bits[1, 2] else 2
    assert k_dependence_parents(codes, y, np.arange(3), 1)[1] == [4, strongest]


@pytest.mark.parametrize("score", ["bdeu", "bic-d"])
def test_no_arrow_leaves_the_target_of_a_climbed_network(score):
    codes, y = codes_and_outcomes()
    parents = climbed_parents(codes, y, np.arange(4), 2, score)
    assert all(TARGET not in of for of in parents) and parents[TARGET]
    assert all(len(of) <= 2 for of in parents)


@pytest.mark.parametrize("score", ["bdeu", "bic-d"])
@pytest.mark.parametrize("parents", [(), (1,), (2, 0), (0, 1, 4)])
def test_family_scores_are_those_of_pgmpy(score, parents):
    from pgmpy.structure_score import BIC, BDeu

    codes, y = codes_and_outcomes(300)
    table = pd.DataFrame(np.column_stack([codes, y]), columns=list("abcde"))
    theirs = {"bdeu": BDeu, "bic-d": BIC}[score](table)
    ours = family_score(score, list("abcde"), table.to_numpy())
    of = tuple("abcde"[parent] for parent in parents)
    assert ours.local_score("d", of) == pytest.approx(theirs.local_score("d", of), rel=1e-9)


def test_family_score_counts_cells_that_are_more_than_the_cases():
    codes = np.random.default_rng(0).integers(0, 30, (50, 4))
    few, many = (family_score("bdeu", [0, 1, 2, 3], codes % size) for size in (2, 30))
    assert few.local_score(0, (1, 2)) == few.local_score(0, (2, 1))
    from pgmpy.structure_score import BDeu

    theirs = BDeu(pd.DataFrame(codes)).local_score(0, (1, 2, 3))
    assert many.local_score(0, (1, 2, 3)) == pytest.approx(theirs, rel=1e-9)


def test_equally_good_edges_are_the_same_in_every_process():
    # Each two columns say the same of each other: every arrow can be turned.
    code = """
import numpy as np
from intentbench.models._network.structure import climbed_parents
codes = np.random.default_rng(0).integers(0, 2, (200, 8))
codes[:, 1::2] = codes[:, ::2]
parents = climbed_parents(codes, codes[:, 0], np.arange(8), 2, "bdeu")
"""
    names = {}
    exec(code, names)
    told = subprocess.run(
        [sys.executable, "-P", "-c", f"{code}print(parents)"],
        capture_output=True, text=True, check=True, timeout=600,
    ).stdout  # fmt: skip
    assert told.strip() == str(names["parents"])
    assert told.count("[]") < 6


def test_a_sample_has_both_outcomes_in_their_shares():
    y = np.zeros(10_000, dtype=np.int8)
    y[[17, 4000]] = 1
    codes = np.arange(10_000)[:, None]
    few_codes, few_y = sample(codes, y, most=500)
    assert len(few_y) == 500 and few_y.sum() == 1
    assert (np.diff(few_codes[:, 0]) > 0).all()
    np.testing.assert_array_equal(y[few_codes[:, 0]], few_y)
    assert sample(codes, y, most=10_000)[0] is codes
