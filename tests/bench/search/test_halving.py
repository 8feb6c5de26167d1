import pytest
from intentbench.bench.search.halving import best_first, kept, shares


@pytest.mark.parametrize(
    "n, rarer, expected",
    [
        (20, 5000, (1 / 9, 1 / 3, 1)),
        (20, 450, (1 / 9, 1 / 3, 1)),
        (20, 449, (1 / 3, 1)),
        (20, 149, (1,)),
        (8, 5000, (1 / 3, 1)),
        (2, 5000, (1,)),
        (500, 10**6, (1 / 9, 1 / 3, 1)),
    ],
)
def test_rungs_need_enough_configurations_and_enough_of_the_rarer_outcome(n, rarer, expected):
    assert shares(n, rarer) == pytest.approx(expected)


def test_one_in_three_is_kept_and_the_models_own_always():
    merits = {number: (number / 20, 0.0) for number in range(20)}
    assert kept(merits) == [0, 13, 14, 15, 16, 17, 18, 19]
    assert kept({number: merits[number] for number in kept(merits)}) == [0, 17, 18, 19]


def test_what_failed_is_not_kept():
    assert kept({0: None, 1: (0.5, 0.0), 2: None, 3: (0.6, 0.0)}) == [3]
    assert kept({0: None, 1: None}) == []


def test_of_equals_the_one_with_less_loss_then_the_earlier_comes_first():
    assert best_first({2: (0.7, -0.5), 0: (0.7, -0.5), 1: (0.7, -0.4), 3: None}) == [1, 0, 2]
