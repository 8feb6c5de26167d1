import pytest
from intentbench.bench.stats.holm import holm


def test_holm_by_hand():
    # 3 * 0.01, then 2 * 0.03, and the last may not be below the one before.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.9]) == pytest.approx([1.0, 1.0])
    assert len(holm([])) == 0
