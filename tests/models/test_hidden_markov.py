import numpy as np
import pytest
from intentbench.bench.events import Events
from intentbench.models._events.joint_symbols import joint_symbols
from intentbench.models._events.marks import EventMarks
from intentbench.models._hmm.batches import batches
from intentbench.models._hmm.kernels import log_likelihoods, occupancies
from intentbench.models._hmm.outcome_hmms import Climber, MarkedSequences, _tied
from intentbench.models._hmm.training import HMMParameters, Priors, TrainingSet, random_start


def random_model(rng, n_states, sizes):
    return HMMParameters(
        rng.dirichlet(np.ones(n_states)),
        rng.dirichlet(np.ones(n_states), size=n_states),
        tuple(rng.dirichlet(np.ones(size), size=n_states) for size in sizes),
    )


def random_sequences(rng, sizes, n=40, longest=12):
    offsets = np.concatenate([[0], np.cumsum(rng.integers(0, longest, n))])
    return np.array([rng.integers(0, size, offsets[-1]) for size in sizes]), offsets


def obvious_em_step(model, codes, offsets, priors):
    """One EM step by the textbook's recursions, event by event, in plain probabilities."""
    start, transition = model.start * 0, model.transition * 0
    tables = [emission * 0 for emission in model.emissions]
    total = 0.0
    for a, b in zip(offsets, offsets[1:], strict=False):
        if a == b:
            continue
        emitted = np.ones((b - a, model.n_states))
        for t in range(a, b):
            for emission, code in zip(model.emissions, codes[:, t], strict=True):
                if code < emission.shape[1]:
                    emitted[t - a] *= emission[:, code]
        forward = [model.start * emitted[0]]
        for t in range(1, b - a):
            forward.append((forward[-1] @ model.transition) * emitted[t])
        backward = [np.ones(model.n_states)]
        for t in range(b - a - 1, 0, -1):
            backward.insert(0, model.transition @ (emitted[t] * backward[0]))
        likelihood = forward[-1].sum()
        total += np.log(likelihood)
        for t in range(b - a):
            state = forward[t] * backward[t] / likelihood
            if t == 0:
                start += state
            else:
                pairs = forward[t - 1][:, None] * model.transition * emitted[t] * backward[t]
                transition += pairs / likelihood
            for table, code in zip(tables, codes[:, a + t], strict=True):
                if code < table.shape[1]:
                    table[:, code] += state
    counts = [start + priors.start, transition + priors.transition]
    counts += [table + prior for table, prior in zip(tables, priors.emissions, strict=True)]
    counts = [count / count.sum(axis=-1, keepdims=True) for count in counts]
    return HMMParameters(counts[0], counts[1], tuple(counts[2:])), total


def test_several_marks_are_those_of_the_obvious_loop():
    rng = np.random.default_rng(0)
    sizes = (4, 3, 2)
    codes, offsets = random_sequences(rng, sizes)
    codes[1, rng.random(codes.shape[1]) < 0.3] = sizes[1]  # this mark is often missing
    priors = Priors(0.2, 0.1, tuple(rng.random((3, size)) for size in sizes))
    slow = start = random_model(rng, 3, sizes)
    for _ in range(4):
        slow, total = obvious_em_step(slow, codes, offsets, priors)
    symbols, marks = joint_symbols(codes, [size + 1 for size in sizes])
    data = TrainingSet(list(batches(symbols, offsets)), marks)
    fast = data.fit(start, priors, max_iterations=4, tolerance=-np.inf)
    np.testing.assert_allclose(fast.parameters.start, slow.start, atol=1e-10)
    np.testing.assert_allclose(fast.parameters.transition, slow.transition, atol=1e-10)
    for ours, theirs in zip(fast.parameters.emissions, slow.emissions, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)
    _, expected = obvious_em_step(fast.parameters, codes, offsets, priors)
    assert data.expectations(fast.parameters).log_likelihood == pytest.approx(expected, rel=1e-10)


def test_several_marks_are_one_mark_over_their_product():
    rng = np.random.default_rng(1)
    codes, offsets = random_sequences(rng, (4, 3))
    model = random_model(rng, 2, (4, 3))
    product = np.einsum("si,sj->sij", *model.emissions).reshape(2, 12)
    single = HMMParameters(model.start, model.transition, (product,))
    symbols, marks = joint_symbols(codes, (4, 3))
    n = len(offsets) - 1
    several = log_likelihoods(model.chain(marks), batches(symbols, offsets), n)
    one = log_likelihoods(
        single.chain(np.arange(12)[None]), batches(codes[0] * 3 + codes[1], offsets), n
    )
    np.testing.assert_allclose(several, one, atol=1e-10)


def test_likelihood_sums_over_all_paths():
    model = random_model(np.random.default_rng(1), 2, (3,))
    (emission,), symbols = model.emissions, np.array([2, 0, 1, 1])
    total = 0.0
    for path in np.ndindex(2, 2, 2, 2):
        p = model.start[path[0]] * emission[path[0], symbols[0]]
        for a, b, symbol in zip(path, path[1:], symbols[1:], strict=False):
            p *= model.transition[a, b] * emission[b, symbol]
        total += p
    parts = batches(symbols, np.array([0, 4]))
    (ours,) = log_likelihoods(model.chain(np.arange(3)[None]), parts, 1)
    assert ours == pytest.approx(np.log(total), rel=1e-12)


def test_no_sequences_have_no_scores():
    chain = random_model(np.random.default_rng(0), 2, (3,)).chain(np.arange(3)[None])
    none = np.zeros(0, dtype=int)
    assert list(batches(none, np.array([0]))) == list(batches(none, np.array([0, 0, 0]))) == []
    np.testing.assert_array_equal(log_likelihoods(chain, [], 2), [0, 0])
    np.testing.assert_array_equal(occupancies(chain, [], 2), np.zeros((2, 2, 2)))


def test_hundreds_of_marks_do_not_underflow():
    rng = np.random.default_rng(3)
    model = random_model(rng, 2, (50,) * 400)
    chain = model.chain(rng.integers(0, 50, (400, 6)))
    likelihood = log_likelihoods(chain, batches(np.arange(6), np.array([0, 6])), 1)
    assert np.isfinite(likelihood).all() and likelihood < -5000


def test_batches_hold_every_event_once_and_in_order():
    rng = np.random.default_rng(0)
    lengths = rng.integers(0, 300, 1000)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    symbols = np.arange(offsets[-1])
    parts = list(batches(symbols, offsets))
    assert len(parts) > 3
    np.testing.assert_array_equal(np.sort(np.concatenate([p.symbols for p in parts])), symbols)
    for part in parts:
        step = np.repeat(np.arange(len(part.running)), part.running)
        np.testing.assert_array_equal(part.symbols, offsets[part.rows[part.owner]] + step)
        np.testing.assert_array_equal(part.symbols[part.latest], offsets[part.rows + 1] - 1)


def test_em_never_loses_posterior_density():
    rng = np.random.default_rng(5)
    codes, offsets = random_sequences(rng, (6,), n=80)
    data = TrainingSet(list(batches(codes[0], offsets)), np.arange(6)[None])
    priors = Priors.of_frequencies([np.full(6, 1 / 6)], 3.0)
    fitted = [
        data.fit(random_start(3, [np.full(6, 1 / 6)], np.random.default_rng(0)), priors,
                 max_iterations=n, tolerance=-np.inf).objective
        for n in range(1, 30)
    ]  # fmt: skip
    assert np.diff(fitted).min() >= -1e-9 and fitted[-1] > fitted[0]


def test_converged_says_whether_it_did():
    rng = np.random.default_rng(6)
    codes, offsets = random_sequences(rng, (5,), n=60)
    data = TrainingSet(list(batches(codes[0], offsets)), np.arange(5)[None])
    start = random_start(2, [np.full(5, 0.2)], rng)
    priors = Priors.of_frequencies([np.full(5, 0.2)], 1.0)
    cut_off = data.fit(start, priors, max_iterations=2, tolerance=1e-6)
    assert not cut_off.converged and cut_off.n_iterations == 2
    ended = data.fit(start, priors, max_iterations=5000, tolerance=1e-6)
    assert ended.converged and 2 < ended.n_iterations < 5000


def events_of(codes, offsets):
    gaps = np.zeros(codes.shape[1], np.float32)
    names = tuple(f"kind {i}" for i in range(codes[0].max() + 1))
    return Events(offsets.astype(np.int64), {"kind": codes[0], "gap": gaps}, {"kind": names})


def test_models_of_outcomes_that_do_not_differ_say_nothing():
    rng = np.random.default_rng(7)
    codes, offsets = random_sequences(rng, (5,), n=200)
    twice = events_of(
        np.hstack([codes, codes]).astype(np.int32), np.append(offsets, offsets[1:] + offsets[-1])
    )
    y = np.repeat([0, 1], 200).astype(np.int8)
    sequences = MarkedSequences(twice, EventMarks().fit(twice))
    rows = np.flatnonzero(sequences.lengths)
    climber = Climber(smoothing=5.0, max_iterations=20)
    every = climber.fit(sequences, rows, [random_start(3, sequences.frequencies, rng)])
    pair = climber.fit_pair(sequences, rows, y, every.parameters, 20.0)
    np.testing.assert_allclose(pair.log_ratio(sequences), 0.0, atol=1e-9)
    n_events = sequences.training_set(rows).expectations(every.parameters).emission.sum(axis=1)
    assert (np.diff(n_events) <= 1e-9).all()  # states come by size


def test_an_outcome_without_sequences_is_expected_to_be_like_all():
    rng = np.random.default_rng(8)
    codes, offsets = random_sequences(rng, (5,), n=100)
    events = events_of(codes.astype(np.int32), offsets)
    sequences = MarkedSequences(events, EventMarks().fit(events))
    rows = np.flatnonzero(sequences.lengths)
    climber = Climber(smoothing=5.0, max_iterations=20)
    every = climber.fit(sequences, rows, [random_start(2, sequences.frequencies, rng)])
    pair = climber.fit_pair(sequences, rows, np.zeros(100, np.int8), every.parameters, 20.0)
    np.testing.assert_allclose(pair.yes.parameters.emissions[0], every.parameters.emissions[0])
    assert pair.yes.converged


def test_emissions_that_differ_by_chance_only_are_tied():
    rng = np.random.default_rng(9)
    start = random_model(rng, 2, (8, 8))
    apart = rng.dirichlet(np.ones(8))
    # In the second state of the second mark the outcomes differ; all else is drawn alike.
    shares = [
        (start.emissions[0], start.emissions[1]),
        (start.emissions[0], start.emissions[1].copy()),
    ]
    shares[1][1][1] = 0.8 * shares[1][1][1] + 0.2 * apart
    counts = [tuple(rng.multinomial(2000, mark) for mark in own) for own in shares]
    pair = [
        HMMParameters(
            start.start,
            start.transition,
            tuple((n + 0.5) / (n + 0.5).sum(axis=1)[:, None] for n in own),
        )
        for own in counts
    ]
    no, yes = _tied(start, pair, counts)
    np.testing.assert_array_equal(no[0], start.emissions[0])
    np.testing.assert_array_equal(yes[0], start.emissions[0])
    np.testing.assert_array_equal(yes[1][0], start.emissions[1][0])
    np.testing.assert_array_equal(yes[1][1], pair[1].emissions[1][1])
    np.testing.assert_array_equal(no[1][1], pair[0].emissions[1][1])
