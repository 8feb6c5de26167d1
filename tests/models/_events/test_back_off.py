import numpy as np
import pytest
from intentbench.models._events.back_off import BackOffCounts, log_odds

N = 4


def histories(sequences, longest):
    """Tuples of the symbols before each event, the start being N; and the same as numbers."""
    tuples = []
    for sequence in sequences:
        padded = [N] * longest + list(sequence)
        tuples += [tuple(padded[i : i + longest]) for i in range(len(sequence))]
    numbers = [
        np.array([sum(t[-1 - d] * (N + 1) ** d for d in range(k)) for t in tuples], dtype=np.int64)
        for k in range(1, longest + 1)
    ]
    return tuples, numbers


def obvious(tuples, symbols, outcome, smoothing, context, symbol):
    """P(symbol | context, y) by dictionaries and recursion; expectations normalised by summing."""

    def followers(context):
        here = [i for i, t in enumerate(tuples) if t[len(t) - len(context) :] == context]
        return [(symbols[i], outcome[i]) for i in here]

    def overall(context, symbol):
        shorter = 1 / N if not context else overall(context[1:], symbol)
        seen = [s for s, _ in followers(context)]
        if not seen:
            return shorter
        return (seen.count(symbol) + len(set(seen)) * shorter) / (len(seen) + len(set(seen)))

    def of_outcome(context, symbol, y):
        if context and not followers(context):
            # Nothing is known of this context: its shorter one speaks for it.
            return overall(context, symbol) * lift(context[1:], symbol, y)
        expected = {
            s: overall(context, s) * (lift(context[1:], s, y) if context else 1.0) for s in range(N)
        }
        seen = [s for s, o in followers(context) if o == y]
        hoped = expected[symbol] / sum(expected.values())
        return (seen.count(symbol) + smoothing * hoped) / (len(seen) + smoothing)

    def lift(context, symbol, y):
        return of_outcome(context, symbol, y) / overall(context, symbol)

    return lift(context, symbol, 1) / lift(context, symbol, 0)


@pytest.mark.parametrize("longest", [0, 1, 2])
def test_evidence_is_that_of_the_obvious_recursion(longest):
    rng = np.random.default_rng(longest)
    sequences = [rng.integers(0, 3, rng.integers(1, 6)) for _ in range(12)]
    symbols = np.concatenate(sequences)
    outcome = np.repeat(rng.integers(0, 2, 12), [len(s) for s in sequences])
    tuples, numbers = histories(sequences, longest)
    counts = BackOffCounts().fit(numbers, symbols, N, outcome)
    by_length = counts.odds(3.0)

    asked, asked_numbers = histories([rng.integers(0, N, 8) for _ in range(5)], longest)
    wanted = rng.integers(0, N, len(asked))  # symbol 3 was never seen
    ours = log_odds(counts.locate(asked_numbers, wanted), by_length)
    slow = [
        np.log(obvious(tuples, symbols.tolist(), outcome, 3.0, context, symbol))
        for context, symbol in zip(asked, wanted.tolist(), strict=True)
    ]
    np.testing.assert_allclose(ours, slow, atol=1e-10)
    assert longest == 0 or len(np.unique(np.round(slow, 9))) > 8


def test_fewer_contexts_give_the_evidence_of_a_lower_order():
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, N, 9) for _ in range(30)]
    symbols, outcome = np.concatenate(sequences), np.repeat(rng.integers(0, 2, 30), 9)
    _, numbers = histories(sequences, 2)
    both = BackOffCounts().fit(numbers, symbols, N, outcome)
    first = BackOffCounts().fit(numbers[:1], symbols, N, outcome)
    np.testing.assert_allclose(
        log_odds(both.locate(numbers[:1], symbols), both.odds(5.0)),
        log_odds(first.locate(numbers[:1], symbols), first.odds(5.0)),
    )


def test_what_a_rare_outcome_never_did_is_weak_evidence():
    symbols = np.zeros(1000, dtype=np.int64)
    symbols[:3] = 1  # seen three times in all
    outcome = (np.arange(1000) >= 950).astype(int)
    counts = BackOffCounts().fit([], symbols, 2, outcome)
    (odds,) = log_odds(counts.locate([], np.array([1])), counts.odds(300.0))
    assert abs(odds) < 0.1


def test_thousands_of_symbols_take_the_memory_of_what_was_seen():
    rng = np.random.default_rng(0)
    symbols = rng.integers(0, 5000, 3000)
    contexts = [rng.integers(0, 5000, 3000), rng.integers(0, 5000**2, 3000)]
    counts = BackOffCounts().fit(contexts, symbols, 5000, rng.integers(0, 2, 3000))
    assert max(len(seen.pairs) for seen in counts.seen_) <= 3000
    assert np.isfinite(log_odds(counts.locate(contexts, symbols), counts.odds(30.0))).all()


def test_nothing_to_count():
    none = np.zeros(0, dtype=np.int64)
    counts = BackOffCounts().fit([none], none, 3, none)
    odds = log_odds(counts.locate([np.array([1])], np.array([2])), counts.odds(30.0))
    np.testing.assert_array_equal(odds, [0.0])
