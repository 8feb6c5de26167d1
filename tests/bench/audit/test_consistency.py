"""Which figures can be true together, against all confusion matrices and against made-up folds."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.audit.claims import RATIOS, Claim, read_figure
from intentbench.bench.audit.consistency import allowed
from intentbench.bench.audit.polytope import corners, whole_points
from intentbench.bench.audit.readings import check

OF_MATRICES = ("accuracy", "precision", "recall", "specificity", "f1", "base_rate")


def a_claim(
    n=None, positives=None, folds=1, fold_sizes=(), fold_positives=(), average="binary",
    undefined=None, **figures,
):  # fmt: skip
    read = {name: read_figure(name, text) for name, text in figures.items()}
    counts = (n, positives, folds, fold_sizes, fold_positives)
    return Claim("x", read, *counts, average, undefined)


def figures_of(tp, fp, tn, fn):
    """All figures of a matrix as anybody would compute them; those of nothing are left out."""
    n = tp + fp + tn + fn
    shares = {
        "accuracy": (tp + tn, n), "precision": (tp, tp + fp), "recall": (tp, tp + fn),
        "specificity": (tn, tn + fp), "f1": (2 * tp, 2 * tp + fp + fn), "base_rate": (tp + fn, n),
    }  # fmt: skip
    return {name: Fraction(*share) for name, share in shares.items() if share[1]}


def written(value, digits, cut, percent):
    """Print a share, rounded to the nearest or cut off."""
    scaled = value * (100 if percent else 1) * 10**digits
    whole = math.floor(scaled) if cut else math.floor(scaled + Fraction(1, 2))
    text = f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
    return text + ("%" if percent else "")


def matrices(n):
    return [
        (tp, fp, n - p - fp, p - tp)
        for p in range(n + 1)
        for tp in range(p + 1)
        for fp in range(n - p + 1)
    ]


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_counts_just_the_matrices_that_can_be_printed_so(data):
    n = data.draw(st.integers(1, 9))
    texts = {
        name: data.draw(st.sampled_from(["0.0", "0.25", "33.3", "0.5", ".67", "75.0", "1.00"]))
        for name in data.draw(st.sets(st.sampled_from(OF_MATRICES), min_size=1, max_size=4))
    }
    positives = data.draw(st.none() | st.integers(0, n))
    undefined = data.draw(st.sampled_from([None, "0", "1", "left out"]))
    claim = a_claim(n, positives, undefined=undefined, **texts)
    of_nothing = {None: (0, 1), "0": (0,), "1": (1,), "left out": ()}[undefined]
    fitting = [
        matrix
        for matrix in matrices(n)
        if positives in (None, matrix[0] + matrix[3])
        and all(
            any(
                claim.figures[name].low <= value <= claim.figures[name].high
                for value in ([known[name]] if name in known else of_nothing)
            )
            for known in [figures_of(*matrix)]
            for name in texts
        )
    ]
    verdict = check(claim)
    assert verdict.possible == bool(fitting)
    assert verdict.matrices == len(fitting) and verdict.complete
    if fitting:
        found = verdict.example
        assert (found.tp, found.fp, found.tn, found.fn) in fitting
        assert check(a_claim(**texts)).possible, "what counts can give, shares can"
    else:
        assert verdict.why


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_a_matrix_gives_is_always_possible_however_it_is_printed(data):
    counts = [data.draw(st.integers(0, 5000)) for _ in range(4)]
    if not sum(counts):
        return
    known = figures_of(*counts)
    texts = {
        name: written(
            value, data.draw(st.integers(1, 4)), data.draw(st.booleans()), data.draw(st.booleans())
        )
        for name, value in known.items()
    }
    claim = a_claim(sum(counts), counts[0] + counts[3], **texts)
    assert check(claim).possible
    assert check(a_claim(**texts)).possible
    for name, value in known.items():
        low, high = allowed(claim, name)
        assert low <= value <= high


def test_the_f1_that_precision_and_recall_cannot_give():
    figures = {"precision": "87.2", "recall": "78.9"}
    verdict = check(a_claim(**figures, f1="84.1"))
    assert not verdict.possible
    assert "F1 is 82.79 to 82.95 %" in verdict.why
    low, high = allowed(a_claim(**figures), "f1")
    assert float(low) == pytest.approx(2 * 0.8715 * 0.7885 / (0.8715 + 0.7885))
    assert float(high) == pytest.approx(2 * 0.873 * 0.79 / (0.873 + 0.79))
    assert check(a_claim(**figures, f1="82.8")).possible
    assert check(a_claim(**figures, f1=".828")).possible, "a share, as good as per cent"


def test_only_those_that_contradict_each_other_are_named():
    verdict = check(
        a_claim(precision="87.2", recall="78.9", f1="84.1", accuracy="90.0", specificity="95")
    )
    assert verdict.why.startswith("precision 87.2 %, recall 78.9 % and F1 84.1 % cannot")
    assert "accuracy" not in verdict.why and "specificity" not in verdict.why


def test_whole_numbers_can_contradict_what_shares_allow():
    assert check(a_claim(accuracy="85.0")).possible
    verdict = check(a_claim(10, accuracy="85.0"))
    assert verdict.why == (
        "no whole numbers of 10 cases give accuracy 85.0 %; the nearest are 80.00 % and 90.00 %"
    )
    verdict = check(a_claim(100, 4, recall="0.33"))
    assert "the nearest are 0.250 and 0.500" in verdict.why


def test_a_base_rate_and_positives_count():
    assert check(a_claim(1000, 155, accuracy="84.5", recall="0.0")).possible
    verdict = check(a_claim(1000, 155, accuracy="84.5", precision="61.8", recall="61.9"))
    assert not verdict.possible and "155 positives of 1000 cases" in verdict.why
    assert not check(a_claim(1000, 155, base_rate="16.5")).possible
    assert not check(a_claim(base_rate="15.5", accuracy="10.0", recall="99.0")).possible


def test_a_figure_of_nothing_is_no_figure():
    # Counts of 0 obey every ratio's rule; no recall can be of 0 positives.
    assert not check(a_claim(50, 0, recall="50.0")).possible
    assert check(a_claim(50, 0, recall="0.0")).possible, "as scikit-learn prints it"
    assert not check(a_claim(50, 0, recall="100.0", undefined="0")).possible
    assert not check(a_claim(50, 50, specificity="50.0")).possible
    verdict = check(a_claim(recall="0.0", base_rate="0.00000000"))
    assert verdict.possible, "a base rate that is printed as 0 need not be 0"
    assert check(a_claim(50, 0, recall="0.0", undefined="left out")).why == (
        "recall 0.0 and 0 positives of 50 cases cannot be true together: a share of no cases has "
        "no value"
    )
    assert check(a_claim(50, 10, precision="0.0", recall="0.0", f1="0.0")).possible


def test_millions_of_cases_are_no_trouble():
    figures = {"accuracy": "88.2", "precision": "61.8", "recall": "61.9"}
    verdict = check(a_claim(1_233_000, 190_800, **figures))
    assert verdict.possible and verdict.complete and verdict.matrices > 100_000
    found = verdict.example
    assert sum((found.tp, found.fp, found.tn, found.fn)) == 1_233_000
    assert found.tp + found.fn == 190_800
    assert 0.6175 <= found.tp / (found.tp + found.fp) <= 0.619
    verdict = check(a_claim(1_000_003, accuracy="0.882131", precision="0.6181221",
                            recall="0.6192342"))  # fmt: skip
    assert not verdict.possible, "so many digits leave no whole numbers"


def test_what_cannot_be_searched_to_the_end_says_so():
    verdict = check(a_claim(900_000_003, accuracy="0.8821312"))
    assert verdict.possible and not verdict.complete and verdict.matrices >= 1


def test_accuracy_and_f1_beside_answers_that_need_no_model():
    notes = check(a_claim(12_330, 1908, accuracy="84.2")).notes
    assert notes == ("accuracy 84.2 % does not exceed the base rate's 84.5 %",)
    assert check(a_claim(base_rate="15.5", accuracy="86.0")).notes == ()
    (note,) = check(a_claim(base_rate="40.0", f1="57.0")).notes
    assert note == "F1 57.0 % does not exceed always answering yes, which gives 57.1 %"
    implied = check(a_claim(accuracy="88.2", precision="61.8", recall="61.9")).notes
    assert implied == ("the figures imply a base rate of 15.3 % to 15.6 %",)


def means(folds, digits, cut):
    """Print the means over folds of their figures."""
    figures = [figures_of(*fold) for fold in folds]
    return {
        name: written(sum(of[name] for of in figures) / len(folds), digits, cut, percent=False)
        for name in OF_MATRICES
        if all(name in of for of in figures)
    }


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_means_over_any_folds_are_never_called_impossible(data):
    folds = data.draw(
        st.lists(st.tuples(*[st.integers(0, 40)] * 4).filter(any), min_size=2, max_size=6)
    )
    texts = means(folds, data.draw(st.integers(1, 4)), data.draw(st.booleans()))
    sizes = tuple(map(sum, folds))
    positives = tuple(fold[0] + fold[3] for fold in folds)
    assert check(a_claim(folds=len(folds), **texts)).possible
    claim = a_claim(folds=len(folds), fold_sizes=sizes, fold_positives=positives, **texts)
    assert check(claim).possible, check(claim).why


def test_what_means_over_folds_cannot_be():
    beyond = check(a_claim(folds=5, precision="87.2", recall="78.9", f1="84.1"))
    assert not beyond.possible and "harmonic mean" in beyond.why
    assert check(a_claim(folds=5, precision="87.2", recall="78.9", f1="80.1")).possible, (
        "a mean of F1 can be far below the F1 of means"
    )
    assert not check(a_claim(precision="87.2", recall="78.9", f1="80.1")).possible
    assert not check(a_claim(folds=5, precision="87.2", recall="78.9", f1="65.0")).possible
    assert not check(a_claim(folds=3, accuracy="60.0", recall="90.0", specificity="80.0")).possible
    known = {"fold_sizes": (100, 100), "fold_positives": (20, 20), "folds": 2}
    assert check(a_claim(**known, accuracy="82.0", recall="90.0", specificity="80.0")).possible
    wrong = check(a_claim(**known, accuracy="88.0", recall="90.0", specificity="80.0"))
    assert not wrong.possible and "base rates" in wrong.why
    whole = check(a_claim(folds=2, fold_sizes=(10, 10), accuracy="0.83"))
    assert "whole number over 20; the nearest are 0.800 and 0.850" in whole.why
    assert check(a_claim(folds=2, fold_sizes=(10, 11), accuracy="0.83")).possible


@given(st.lists(st.tuples(*[st.integers(-4, 4)] * 3, st.integers(0, 15)), max_size=4))
@settings(max_examples=60, deadline=None)
def test_whole_points_are_those_of_a_search_by_hand(rules):
    box = [(1, 0, 0, 3), (-1, 0, 0, 1), (0, 1, 0, 2), (0, -1, 0, 2), (0, 0, 1, 3), (0, 0, -1, 0)]
    every = [*rules, *box]
    by_hand = [
        point
        for point in itertools.product(range(-1, 4), range(-2, 3), range(4))
        if all(np.dot(rule[:3], point) <= rule[3] for rule in every)
    ]
    found = whole_points(every)
    assert found.count == len(by_hand) and found.complete
    assert found.example in by_hand if by_hand else found.example is None
    for x, y, z in corners(every):
        assert all(a * x + b * y + c * z <= d for a, b, c, d in every)


def test_each_figure_can_be_claimed():
    assert set(RATIOS) == set(OF_MATRICES)
