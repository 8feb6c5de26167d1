import numpy as np
import pytest
from intentbench.bench.stats.delong import delong_influence
from intentbench.bench.stats.delong_of_many import delong_of_many


@pytest.mark.parametrize("weighted", [False, True])
def test_each_row_is_what_it_is_alone(weighted):
    rng = np.random.default_rng(0)
    y = (rng.random(150) < 0.2).astype(np.int8)
    rows = np.stack([rng.random(150), np.round(rng.random(150), 1), np.zeros(150), y - 0.5])
    weight = rng.gamma(1.0, 2.0, 150) if weighted else None
    auc, influence = delong_of_many(y, rows, weight)
    for row, area, moved in zip(rows, auc, influence, strict=True):
        expected, expected_moved = delong_influence(y, row, weight)
        assert area == pytest.approx(expected, abs=1e-12)
        np.testing.assert_allclose(moved, expected_moved, atol=1e-12)
