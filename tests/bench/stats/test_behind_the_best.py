import numpy as np
from intentbench.bench.stats.step_down import behind_the_best

LEVEL = 0.95


def drawn(n, n_draws, rng, shared=0.0):
    noise = rng.normal(size=(n, n_draws)) + shared * rng.normal(size=n_draws)
    return noise - noise.mean(axis=1, keepdims=True)


def pair_errors(centred):
    return (centred[:, None] - centred).std(axis=2, ddof=1)


def plainly(statistics, centred, errors):
    left, p_values, before = list(range(len(statistics))), np.ones(len(statistics)), 0.0
    while left:
        largest = np.zeros(centred.shape[1])
        for draw in range(centred.shape[1]):
            leader = max(left, key=lambda i: centred[i, draw])
            largest[draw] = max(
                (centred[leader, draw] - centred[i, draw]) / errors[leader, i] if i != leader else 0
                for i in left
            )
        at = max(left, key=lambda i: statistics[i])
        before = max(before, (1 + (largest >= statistics[at]).sum()) / (1 + len(largest)))
        p_values[at] = before
        left.remove(at)
    return p_values


def test_it_is_the_plain_procedure():
    rng = np.random.default_rng(0)
    for _ in range(5):
        centred = drawn(5, 120, rng)
        statistics = np.append(0.0, np.abs(rng.normal(2, 1.5, 4)))
        errors = pair_errors(centred)
        found, reach = behind_the_best(statistics, centred, errors, LEVEL)
        np.testing.assert_allclose(found, plainly(statistics, centred, errors))
        np.testing.assert_array_equal(found <= 1 - LEVEL, statistics > reach)


def test_all_that_are_as_good_as_the_best_are_in_the_set_as_often_as_promised():
    rng = np.random.default_rng(1)
    kept, size, n = 0, 0.0, 400
    worth = np.array([0.0, 0.0, 0.0, -3.0, -9.0, -9.0])
    for _ in range(n):
        figures = worth + rng.normal(size=6)
        centred = drawn(6, 300, rng)
        leader = figures.argmax()
        statistics = (figures[leader] - figures) / np.sqrt(2)
        p_values, _ = behind_the_best(statistics, centred, pair_errors(centred), LEVEL)
        kept += (p_values[:3] > 1 - LEVEL).all()
        size += (p_values > 1 - LEVEL).sum() / n
    assert kept / n >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / n)
    assert size < 4.2


def test_the_leader_and_its_twin_are_never_behind():
    rng = np.random.default_rng(2)
    centred = drawn(4, 300, rng)
    centred[1] = centred[0]
    errors = pair_errors(centred)
    p_values, reach = behind_the_best(np.array([0.0, 0.0, 9.0, 9.0]), centred, errors, LEVEL)
    assert (p_values[:2] == 1).all() and (p_values[2:] < 0.05).all()
    assert np.isfinite(reach).all()
