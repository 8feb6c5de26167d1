import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.events import Events
from intentbench.models._event_symbols import EventSymbols
from intentbench.models._hmm_kernels import fit_hmm, log_likelihoods
from intentbench.models.hmm import HMM
from intentbench.models.markov_chain import MarkovChain
from sklearn.metrics import roc_auc_score

KINDS = ("view", "search", "cart")


def events_of(sequences, gaps=None, kinds=KINDS):
    lengths = [len(s) for s in sequences]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    flat = np.concatenate([np.asarray(s, dtype=np.int32) for s in sequences])
    gap = np.zeros(len(flat), np.float32) if gaps is None else np.asarray(gaps, np.float32)
    return Events(offsets, {"kind": flat.astype(np.int32), "gap": gap}, {"kind": kinds})


def cases_of(sequences, gaps=None):
    events = events_of(sequences, gaps)
    return Cases(pd.DataFrame(index=range(len(events))), events)


def chain_sequences(n, seed=0):
    """Give sequences that differ by outcome in the order of their kinds only."""
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(np.int8)
    turn = np.array([[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]])
    sequences = []
    for outcome in y:
        sequence = [int(rng.integers(3))]
        for _ in range(rng.integers(4, 15)):
            step = turn[sequence[-1]] if outcome else turn.T[sequence[-1]]
            sequence.append(int(rng.choice(3, p=step)))
        sequences.append(sequence)
    return sequences, y


def fitted(model, n=400, seed=0):
    sequences, y = chain_sequences(n, seed)
    cases = cases_of(sequences)
    half = n // 2
    valid = cases.take(np.arange(half, n)), y[half:]
    return model.fit(cases.take(np.arange(half)), y[:half], valid=valid)


def test_markov_chain_is_that_of_the_obvious_loop():
    sequences, y = chain_sequences(60)
    cases = cases_of(sequences)
    model = MarkovChain(smoothing=7.0).fit(cases, y, valid=(cases, y))
    code = {kind: int(model.symbols_.code_of_kind_[kind]) for kind in range(3)}
    start, n = 4, 4
    counts = np.zeros((2, 5, 4))
    for sequence, outcome in zip(sequences, y, strict=True):
        before = start
        for kind in sequence:
            counts[outcome, before, code[kind]] += 1
            before = code[kind]

    def step_odds(a, b):
        p = []
        for outcome in (0, 1):
            frequency = (counts[:, :, b].sum() + 1) / (counts.sum() + n)
            pooled = (counts[:, a, b].sum() + 7 * frequency) / (counts[:, a].sum() + 7)
            weight = 2 * 7 * (y.mean() if outcome else 1 - y.mean())
            total = counts[outcome, a].sum() + weight
            p.append((counts[outcome, a, b] + weight * pooled) / total)
        return np.log(p[1] / p[0])

    expected = []
    for sequence in sequences:
        codes = [start] + [code[kind] for kind in sequence]
        expected.append(sum(step_odds(a, b) for a, b in zip(codes, codes[1:], strict=False)))
    np.testing.assert_allclose(model._log_ratio(cases), expected, atol=1e-10)


@pytest.mark.parametrize("model", [MarkovChain(), HMM(random_state=0)])
def test_the_order_of_events_is_learnt(model):
    model = fitted(model, 600)
    sequences, y = chain_sequences(300, seed=9)
    assert roc_auc_score(y, model.predict_proba(cases_of(sequences))[:, 1]) > 0.9


@pytest.mark.parametrize("model", [MarkovChain(), HMM(random_state=0)])
def test_long_sequences_are_not_certain(model):
    model = fitted(model)
    sequences, _ = chain_sequences(100, seed=5)
    p = model.predict_proba(cases_of([s * 100 for s in sequences]))[:, 1]
    assert np.isfinite(p).all()


@pytest.mark.parametrize("model", [MarkovChain(), HMM(random_state=0)])
def test_a_case_without_events_gets_the_share_of_such_cases(model):
    sequences, y = chain_sequences(400)
    empty = np.arange(400) % 2 == 0
    y = np.where(empty, np.arange(400) % 8 == 0, y).astype(np.int8)
    cases = cases_of([[] if gone else s for gone, s in zip(empty, sequences, strict=True)])
    model = model.fit(cases, y, valid=(cases, y))
    p = model.predict_proba(cases_of([[], [1, 2], []]))[:, 1]
    assert p[0] == p[2] == pytest.approx((50 + 10 * y.mean()) / 210)


@pytest.mark.parametrize("model", [MarkovChain(), HMM(random_state=0)])
def test_events_for_one_outcome_only(model):
    sequences, y = chain_sequences(100)
    cases = cases_of([s if yes else [] for s, yes in zip(sequences, y, strict=True)])
    p = model.fit(cases, y, valid=(cases, y)).predict_proba(cases)[:, 1]
    assert p[y == 1].min() > 0.6 > 0.3 > p[y == 0].max()


def random_hmm(rng, n_states, n_symbols):
    start = rng.dirichlet(np.ones(n_states))
    transition = rng.dirichlet(np.ones(n_states), size=n_states)
    return start, transition, rng.dirichlet(np.ones(n_symbols), size=n_states)


def test_batched_scores_are_those_of_hmmlearn():
    from hmmlearn.hmm import CategoricalHMM

    rng = np.random.default_rng(0)
    start, transition, emission = random_hmm(rng, 3, 7)
    model = CategoricalHMM(3, n_features=7)
    model.startprob_, model.transmat_, model.emissionprob_ = start, transition, emission
    lengths = rng.integers(0, 80, 50)
    lengths[7] = 400
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    symbols = rng.integers(0, 7, offsets[-1])
    ours = log_likelihoods(symbols, offsets, start, transition, emission)
    theirs = [
        model.score(symbols[a:b, None]) if b > a else 0.0
        for a, b in zip(offsets, offsets[1:], strict=False)
    ]
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def test_likelihood_sums_over_all_paths():
    rng = np.random.default_rng(1)
    start, transition, emission = random_hmm(rng, 2, 3)
    symbols = np.array([2, 0, 1, 1])
    total = 0.0
    for path in np.ndindex(2, 2, 2, 2):
        p = start[path[0]] * emission[path[0], symbols[0]]
        for a, b, symbol in zip(path, path[1:], symbols[1:], strict=False):
            p *= transition[a, b] * emission[b, symbol]
        total += p
    ours = log_likelihoods(symbols, np.array([0, 4]), start, transition, emission)
    assert ours[0] == pytest.approx(np.log(total), rel=1e-12)


def test_no_sequences_have_no_scores():
    parameters = random_hmm(np.random.default_rng(0), 2, 3)
    none = np.zeros(0, dtype=int)
    assert len(log_likelihoods(none, np.array([0]), *parameters)) == 0
    np.testing.assert_array_equal(log_likelihoods(none, np.array([0, 0, 0]), *parameters), [0, 0])


def test_converged_says_whether_it_did():
    sequences, _ = chain_sequences(200)
    symbols, lengths = np.concatenate(sequences), np.array([len(s) for s in sequences])
    settings = {"n_restarts": 1, "tolerance": 1e-4, "seed": 0}
    prior = np.full(3, 1.5)
    short, converged = fit_hmm(symbols, lengths, prior, 3, max_iterations=2, **settings)
    assert short.monitor_.converged and not converged
    _, converged = fit_hmm(symbols, lengths, prior, 3, max_iterations=2000, **settings)
    assert converged


def test_sequences_of_one_event():
    y = np.tile([0, 1], 60).astype(np.int8)
    cases = cases_of([[outcome] for outcome in y])
    for model in (MarkovChain(), HMM(random_state=0)):
        p = model.fit(cases, y, valid=(cases, y)).predict_proba(cases)[:, 1]
        assert p[y == 1].min() > 0.8 and p[y == 0].max() < 0.2


def test_hmm_reads_the_latest_events_only():
    model = fitted(HMM(latest_events=3, random_state=0))
    ends = [[0, 1, 2], [2, 1, 0]]
    apart = model._log_ratio(cases_of([[1] * 9 + end for end in ends]))
    np.testing.assert_allclose(apart, model._log_ratio(cases_of(ends)), rtol=1e-12)


def test_hmm_describes_every_state():
    explanation = fitted(HMM(n_states=2, random_state=0)).explain()
    assert [row[:2] for row in explanation.rows] == [("no", 1), ("no", 2), ("yes", 1), ("yes", 2)]
    shares = np.array([row[2] for row in explanation.rows])
    np.testing.assert_allclose([shares[:2].sum(), shares[2:].sum()], 1.0)
    assert shares[0] >= shares[1] and all(row[3] >= 1 for row in explanation.rows)


def test_markov_chain_lists_steps_with_their_counts():
    model = fitted(MarkovChain())
    rows = model.explain().rows
    assert rows and all(seen_no + seen_yes >= 20 for *_, seen_no, seen_yes in rows)
    turn = {(row[0], row[1]): row[2] for row in rows}
    assert turn["view", "search"] > 1 and turn["search", "view"] < -1


def test_symbols_join_kind_and_gap():
    events = events_of([[0, 1, 0], [1, 0, 1, 1]], gaps=[0, 10, 20, 0, 30, 40, 7200])
    symbols = EventSymbols(gap_bins=2).fit(events)
    assert symbols.n_symbols_ == 9 and len(set(symbols.names_)) == 9
    names = [symbols.names_[code] for code in symbols.transform(events)]
    assert names[:3] == ["view, no gap", "search, gap <= 30 s", "view, gap <= 30 s"]
    assert names[-1] == "search, gap > 30 s"


def test_a_large_alphabet_leaves_gaps_and_rare_kinds_out():
    rng = np.random.default_rng(0)
    kinds = tuple(f"k{i}" for i in range(50))
    sequence = np.concatenate([np.repeat(np.arange(20), 5), np.arange(20, 49)])
    events = events_of([rng.permutation(sequence)], rng.exponential(9, 129), kinds)
    symbols = EventSymbols(most_symbols=40).fit(events)
    assert symbols.n_symbols_ == 21 and symbols.names_[-1] == "(other)"
    never = events_of([[49, 30, 0]], [1, 2, 3], kinds)
    codes = symbols.transform(never)
    assert codes[0] == codes[1] == 20 and codes[2] < 20
