import numpy as np
from intentbench.bench.stats.full_grown import full_grown

RNG = np.random.default_rng(0)
RATE = RNG.beta(1, 5, size=4000)
Y = (RNG.random(4000) < RATE).astype(int)
DRAWN = (RNG.random(4000) < RATE).astype(float)


def test_each_answer_is_0_or_1_and_they_add_up():
    labels = (RATE > Y.mean()).astype(float)
    nearly = np.where(np.arange(4000) == 7, 0.5, DRAWN)
    unknown = np.where(np.arange(4000) == 7, np.nan, DRAWN)
    answers = np.array([DRAWN, RATE, labels, nearly, unknown])
    assert full_grown(Y, answers).tolist() == [True, False, False, False, False]


def test_promises_add_up_by_weight():
    # The heavy cases came true more often than was promised.
    assert not full_grown(Y, DRAWN[None], 1.0 + 9 * Y)[0]
