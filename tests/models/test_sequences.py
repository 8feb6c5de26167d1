import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.events import Events
from intentbench.models._events.marked_chain import MarkedChain
from intentbench.models._events.marks import EventMarks
from intentbench.models.hmm import HMM
from intentbench.models.hmm_logistic_regression import HMMLogisticRegression
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


def test_sequences_of_one_event():
    y = np.tile([0, 1], 200).astype(np.int8)
    cases = cases_of([[outcome] for outcome in y])
    for model in (MarkovChain(smoothing=(10.0,)), HMM(random_state=0)):
        p = model.fit(cases, y, valid=(cases, y)).predict_proba(cases)[:, 1]
        assert p[y == 1].min() > 0.8 and p[y == 0].max() < 0.2


def test_no_events_at_all():
    y = np.tile([0, 1, 0], 40).astype(np.int8)
    cases = cases_of([[]] * 120)
    for model in (MarkovChain(), HMM(random_state=0)):
        model.fit(cases, y, valid=(cases, y))
        np.testing.assert_allclose(model.predict_proba(cases)[:, 1], 1 / 3)
        assert model.explain() == ()


def test_a_history_is_told_by_its_kinds_and_their_order():
    events = events_of([[0, 1, 2, 0], [2], [1, 1]])
    chain = MarkedChain(EventMarks().fit(events), longest=2).fit(events, np.array([0, 1, 1]))
    (_, (last, last_two), *_), *_ = chain._read(events)
    told = [chain.name_history(int(number), 1) for number in last]
    assert told == ["(start)", "view", "search", "cart", "(start)", "(start)", "search"]
    # Codes go by frequency, so the names are what tells whether the digits are right.
    assert [chain.name_history(int(number), 2) for number in last_two[[0, 2, 3, 6]]] == [
        "(start), (start)", "view, search", "search, cart", "(start), search",
    ]  # fmt: skip


def test_order_is_chosen_on_valid_cases():
    assert fitted(MarkovChain(), 600).order_ == 1
    # What follows depends on the kind before the last one: order 1 sees nothing.
    rng = np.random.default_rng(0)
    sequences, y = [], (rng.random(1500) < 0.5).astype(np.int8)
    for outcome in y:
        sequence = rng.integers(0, 2, 2).tolist()
        while len(sequence) < 12:
            same = rng.random() < (0.75 if outcome else 0.25)
            sequence.append(sequence[-2] if same else 1 - sequence[-2])
        sequences.append(sequence)
    cases, rows = cases_of(sequences), np.arange(1500)
    fit, valid, new = (cases.take(part) for part in np.split(rows, [900, 1200]))
    model = MarkovChain().fit(fit, y[:900], valid=(valid, y[900:1200]))
    assert model.order_ >= 2
    assert roc_auc_score(y[1200:], model.predict_proba(new)[:, 1]) > 0.9


def test_with_too_few_valid_cases_the_first_choice_is_kept():
    sequences, y = chain_sequences(200)
    cases = cases_of(sequences)
    one = np.flatnonzero(y)
    valid = cases.take(one), y[one]
    chain = MarkovChain(smoothing=(50.0, 10.0)).fit(cases, y, valid=valid)
    assert (chain.order_, chain.smoothing_) == (1, 50.0)
    hmm = HMM(n_states=(2, 3), random_state=0).fit(cases, y, valid=valid)
    assert hmm.hidden_.n_states_ == 2


def test_marks_other_than_the_kind_are_read():
    rng = np.random.default_rng(0)
    y = (rng.random(800) < 0.4).astype(np.int8)
    lengths = rng.integers(2, 9, 800)
    owner = np.repeat(y, lengths)
    price = rng.lognormal(2.0 + 0.7 * owner, 1.0).astype(np.float32)
    device = np.where(rng.random(len(owner)) < 0.7, owner, 1 - owner).astype(np.int32)
    for mark, values in {"price": price, "device": device}.items():
        plain = events_of([[0] * n for n in lengths])
        names = dict(plain.vocabulary) | ({"device": ("phone", "desk")} if mark == "device" else {})
        events = Events(plain.offsets, dict(plain.marks) | {mark: values}, names)
        cases = Cases(pd.DataFrame(index=range(800)), events)
        fit, valid, new = (cases.take(part) for part in np.split(np.arange(800), [400, 600]))
        for model in (MarkovChain(), HMM(random_state=0)):
            model.fit(fit, y[:400], valid=(valid, y[400:600]))
            assert roc_auc_score(y[600:], model.predict_proba(new)[:, 1]) > 0.75


def test_hmm_reads_the_latest_events_only():
    model = fitted(HMM(latest_events=3, random_state=0))
    ends = [[0, 1, 2], [2, 1, 0]]
    p = [model.predict_proba(cases_of([start + end for end in ends])) for start in ([1] * 9, [0])]
    np.testing.assert_allclose(*p, rtol=1e-12)


def test_markov_chain_lists_steps_with_their_counts():
    (explanation,) = fitted(MarkovChain(smoothing=(30.0,))).explain()
    assert all(seen_no + seen_yes >= 20 for *_, seen_no, seen_yes in explanation.rows)
    turn = {(row[0], row[1]): row[2] for row in explanation.rows}
    assert turn["view", "search"] > 0.3 and turn["search", "view"] < -0.3


def visits_of_two_states(n, rng):
    """Buyers turn from looking to buying halfway; the others look all the time."""
    y = (rng.random(n) < 0.5).astype(np.int8)
    sequences = [
        [*rng.choice(2, 6, p=[0.7, 0.3]), *(rng.choice([2, 0], 6, p=[0.9, 0.1]) if yes else [])]
        for yes in y
    ]
    return cases_of(sequences), y


def test_states_are_described_in_words_and_numbers():
    cases, y = visits_of_two_states(400, np.random.default_rng(0))
    model = HMM(n_states=(2,), random_state=0).fit(cases, y, valid=(cases, y))
    states, differences = model.explain()
    assert states.kind == "states" and [row[0] for row in states.rows] == ["state 1", "state 2"]
    looking, buying = states.rows
    assert looking[1].startswith(("view", "search")) and buying[1].startswith("cart")
    assert looking[2] + buying[2] == pytest.approx(1.0)
    assert looking[3] == pytest.approx(6, abs=0.7) and buying[3] == pytest.approx(6, abs=1.5)
    assert looking[4].startswith("state 2")
    assert buying[5] > 0.95 > 0.5 > looking[5] > 0.2
    assert {row[0] for row in differences.rows} <= {"state 1", "state 2"}
    assert all(0 < p < 1 for row in differences.rows for p in row[2:])


def test_states_are_told_from_each_other_without_outcomes():
    cases, y = visits_of_two_states(300, np.random.default_rng(1))
    valid = cases.take(np.arange(150)), y[:150]
    one, other = (
        HMM(n_states=(2,), random_state=0).fit(cases, outcome, valid=valid).hidden_.all_.parameters
        for outcome in (y, 1 - y)
    )
    np.testing.assert_array_equal(one.emissions[0], other.emissions[0])


@pytest.fixture(scope="module")
def both_views():
    """The order of the kinds tells something, one column something else."""
    sequences, y = chain_sequences(1200)
    rng = np.random.default_rng(0)
    short = cases_of([sequence[:2] for sequence in sequences])
    features = pd.DataFrame(
        {"pages": rng.normal(size=1200) + 0.8 * y, "noise": rng.normal(size=1200)}
    )
    return Cases(features, short.events), y


def test_the_hybrid_beats_both_of_its_parts(both_views):
    cases, y = both_views
    fit, valid, new = (cases.take(part) for part in np.split(np.arange(1200), [600, 800]))
    parts = y[:600], (valid, y[600:800])

    def auc(model, fit):
        p = model.fit(fit, parts[0], valid=parts[1]).predict_proba(new)[:, 1]
        return roc_auc_score(y[800:], p)

    hybrid = HMMLogisticRegression(random_state=0)
    both, events = auc(hybrid, fit), auc(HMM(random_state=0), fit)
    column = roc_auc_score(y[800:], new.features["pages"])
    assert both > max(events, column) + 0.02
    strongest = [row[0] for row in hybrid.explain()[0].rows[:5]]
    assert "pages" in strongest and "log-likelihood ratio" in strongest


def test_the_hybrid_is_not_fooled_by_the_cases_it_was_fitted_on():
    # Long sequences of many kinds by pure chance: the ratio of fit cases looks like a discovery.
    rng = np.random.default_rng(0)
    y = (rng.random(600) < 0.5).astype(np.int8)
    kinds = tuple(f"item {i}" for i in range(200))
    events = events_of([rng.integers(0, 200, 15) for _ in range(600)], kinds=kinds)
    cases = Cases(pd.DataFrame(index=range(600)), events)
    fit, valid = cases.take(np.arange(450)), (cases.take(np.arange(450, 600)), y[450:])
    model = HMMLogisticRegression(closeness=(5.0,), random_state=0).fit(fit, y[:450], valid=valid)
    sequences = model.hidden_.read(fit.events)
    seen = model.hidden_.pair_.log_ratio(sequences)
    assert roc_auc_score(y[:450], seen) > 0.75
    assert roc_auc_score(y[:450], model._ratio_by_halves(sequences, y[:450])) < 0.6
    assert roc_auc_score(y[450:], model.predict_proba(valid[0])[:, 1]) < 0.65


def test_hmm_comes_near_the_best_possible():
    from intentbench.datasets.simulated import Simulated

    task = Simulated(n_cases=6000, base_rate=0.3, events_share=1.0).load()
    cases, y = task.cases, task.target
    fit, valid, new = (cases.take(part) for part in np.split(np.arange(6000), [3000, 4000]))
    model = HMM(random_state=0).fit(fit, y[:3000], valid=(valid, y[3000:4000]))
    best = roc_auc_score(y[4000:], task.truth["events"][4000:])
    assert roc_auc_score(y[4000:], model.predict_proba(new)[:, 1]) > best - 0.02
