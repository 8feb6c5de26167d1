from dataclasses import replace

import pytest
from intentbench.bench.metrics.added import added
from intentbench.bench.metrics.key import Key, keys_of
from intentbench.bench.metrics.metrics import METRICS


def test_takes_part_in_the_block_and_nowhere_else():
    before = dict(METRICS)
    with added([replace(METRICS["f1"], name="f2")]):
        assert list(METRICS) == [*before, "f2"]
        assert Key("f2", "chosen") in keys_of()
    assert before == METRICS


def test_block_that_fails_leaves_the_metrics_of_the_house():
    before = dict(METRICS)
    with pytest.raises(ValueError, match="mine"):
        with added([replace(METRICS["f1"], name="f2")]):
            raise ValueError("mine")
    assert before == METRICS
