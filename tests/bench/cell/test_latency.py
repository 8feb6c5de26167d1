import pickle
import warnings

import numpy as np
import pytest
from intentbench.bench.cell import latency
from intentbench.bench.cell.latency import measured, quantiles


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    process_time = perf_counter

    def passes(self, seconds):
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(latency, "time", clock)
    return clock


def test_quantiles_are_durations_that_occurred():
    found = quantiles([i / 1000 for i in range(1, 201)])
    assert found == {
        "p50_seconds": 0.1, "p95_seconds": 0.19, "p99_seconds": 0.198, "n_calls": 200,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("n", "known"),
    [(1, "p50"), (19, "p50"), (20, "p50 p95"), (99, "p50 p95"), (100, "p50 p95 p99")],
)
def test_too_few_calls_give_no_high_quantile(n, known):
    found = quantiles([1.0] * n)
    assert [name[:3] for name in found if name[0] == "p" and found[name]] == known.split()


def test_every_call_is_timed_but_the_first(clock):
    asked = []

    def answer(case):
        clock.passes(0.05 if len(asked) == 0 else 0.001 + case * 1e-6)
        asked.append(case)

    def case(row):
        clock.passes(0.0001)  # cutting the case out is not the model's time
        return row

    facts = measured([1, 2], answer, case, 1000)
    assert facts["n_calls"] == 120 and len(asked) == 121
    assert asked[1] == 0 and asked[-1] == 999
    assert facts["p50_seconds"] == pytest.approx(0.0015, abs=1e-5)
    assert facts["p99_seconds"] == pytest.approx(0.002, abs=2e-5)
    assert facts["stored_bytes"] == len(pickle.dumps([1, 2], protocol=5))
    assert facts["missing"] == []


def test_slow_models_are_asked_for_two_seconds(clock):
    facts = measured(None, lambda case: clock.passes(0.15), lambda row: row, 1000)
    assert facts["n_calls"] == 13 and clock.now < 2.2
    assert facts["p50_seconds"] == pytest.approx(0.15)
    assert facts["p95_seconds"] is None and facts["p99_seconds"] is None
    assert facts["missing"] == [
        "13 timed calls are too few for a p99, which needs 100, and for a p95"
    ]


def test_size_of_large_arrays_is_counted_without_a_copy():
    content = {"weights": np.arange(1e5), "more": np.ones((300, 7)), "name": "x" * 10}
    facts = measured(content, len, lambda row: "case", 3)
    assert facts["stored_bytes"] == pytest.approx(len(pickle.dumps(content, protocol=5)), abs=100)


def test_what_cannot_be_measured_says_why_and_costs_nothing_else():
    def answer(case):
        raise LookupError("one case is\nnot enough")

    facts = measured(lambda: None, answer, lambda row: row, 5)
    assert facts["p50_seconds"] is None and facts["stored_bytes"] is None
    one, other = facts["missing"]
    assert one == "a single case could not be timed: LookupError: one case is not enough"
    assert other.startswith("the size could not be measured: ")


def test_writing_that_takes_long_is_given_up(clock):
    class Slow:
        def __reduce__(self):
            clock.passes(1.0)
            return list, (np.zeros(100_000).tolist(),)

    facts = measured(Slow(), len, lambda row: "case", 3)
    assert facts["stored_bytes"] is None
    assert "TimeoutError: writing it took longer than 0.8 s" in facts["missing"][0]


def test_models_that_warn_are_timed_in_silence():
    facts = measured(None, lambda case: warnings.warn("careful", stacklevel=1), lambda row: row, 5)
    assert facts["n_calls"] == 5
