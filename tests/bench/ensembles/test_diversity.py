import numpy as np
import pytest
from intentbench.bench.ensembles.diversity import diversity


def test_measures_are_those_of_numpy_pair_by_pair():
    rng = np.random.default_rng(0)
    folds = [(rng.random((200, 4)), rng.integers(0, 2, 200)) for _ in range(3)]
    found = diversity(folds)
    pairs = [(a, b) for a in range(4) for b in range(a + 1, 4)]
    correlation = {
        (a, b): np.mean([np.corrcoef(p[:, a] - y, p[:, b] - y)[0, 1] for p, y in folds])
        for a, b in pairs
    }
    apart = [np.mean((p[:, a] >= 0.5) != (p[:, b] >= 0.5)) for p, _ in folds for a, b in pairs]
    assert found.correlation == pytest.approx(np.mean(list(correlation.values())))
    assert found.disagreement == pytest.approx(np.mean(apart))
    most, least = (choose(correlation, key=correlation.get) for choose in (max, min))
    assert found.most_alike == pytest.approx((*most, correlation[most]))
    assert found.least_alike == pytest.approx((*least, correlation[least]))


def test_twins_agree_and_their_errors_go_together():
    p = np.random.default_rng(1).random(100)
    found = diversity([(np.column_stack([p, p]), np.arange(100) % 2)])
    assert found.disagreement == 0
    assert found.correlation == pytest.approx(1)


def test_members_that_never_vary_are_no_division_by_zero():
    found = diversity([(np.full((10, 3), 0.2), np.zeros(10))])
    assert (found.disagreement, found.correlation) == (0, 0)
