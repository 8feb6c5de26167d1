"""What the Transformer must see, and must not see, among a case's events."""

import pickle

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.events import Events
from intentbench.models.transformer import Transformer
from sklearn.metrics import roc_auc_score

KINDS = ("view", "search", "cart", "remove")


def cases_of(sequences):
    flat = np.concatenate([np.asarray(s, dtype=np.int32) for s in sequences])
    offsets = np.cumsum([0, *map(len, sequences)]).astype(np.int64)
    marks = {"kind": flat, "gap": np.ones(len(flat), np.float32)}
    frame = pd.DataFrame(index=range(len(sequences)))
    return Cases(frame, Events(offsets, marks, {"kind": KINDS}))


def ordered(buys, rng):
    """Both a cart and a removal in every case; who comes later decides.  The end says nothing."""
    sequences = []
    for buy in buys:
        sequence = rng.integers(0, 2, rng.integers(4, 10))
        early, late = np.sort(rng.choice(len(sequence) - 1, 2, replace=False))
        sequence[early], sequence[late] = (3, 2) if buy else (2, 3)
        sequences.append(sequence)
    return sequences


def fitted(cases, y, **keywords):
    return Transformer(random_state=1, **keywords).fit(cases, y, valid=(cases, y))


@pytest.fixture(scope="module")
def mixed():
    """A fitted model and its cases, of which the first 20 are empty."""
    rng = np.random.default_rng(5)
    y = (rng.random(150) < 0.5).astype(np.int8)
    cases = cases_of([*[np.zeros(0, np.int32)] * 20, *ordered(y[20:], rng)])
    return fitted(cases, y), cases


@pytest.mark.parametrize("n_blocks", [1, 2])
def test_the_order_of_events_is_learnt(n_blocks):
    rng = np.random.default_rng(3)
    y = (rng.random(1100) < 0.5).astype(np.int8)
    cases = cases_of(ordered(y, rng))
    model = Transformer(n_blocks=n_blocks, random_state=1)
    fit, valid, new = np.split(np.arange(1100), [700, 850])
    model.fit(cases.take(fit), y[fit], valid=(cases.take(valid), y[valid]))
    assert roc_auc_score(y[new], model.predict_proba(cases.take(new))[:, 1]) > 0.85


def test_neither_padding_nor_its_amount_matters(mixed):
    model, cases = mixed
    width, narrow = model.events_.width_, pickle.loads(pickle.dumps(model))
    assert [w.shape for w in model.weights_].count((width, model.width)) == 1
    narrow.events_.width_ = width - 3
    # Places are counted from the end: those furthest from it are the ones to go.
    narrow.weights_ = [w[:-3] if w.shape == (width, 32) else w for w in model.weights_]
    narrow.input_shapes_ = {
        name: ((width - 3, *shape[1:]) if name != "length" else shape, dtype)
        for name, (shape, dtype) in model.input_shapes_.items()
    }
    short = np.flatnonzero(cases.events.lengths <= width - 3)
    assert len(short) > 60
    p = model.predict_proba(cases.take(short))
    assert narrow.predict_proba(cases.take(short)) == pytest.approx(p, abs=1e-6)


def test_a_case_does_not_depend_on_others(mixed):
    model, cases = mixed
    together = model.predict_proba(cases)
    for row in (0, 20, 149):
        alone = model.predict_proba(cases.take(np.array([row])))
        assert alone == pytest.approx(together[row : row + 1], rel=1e-6)


def test_cases_without_events_share_one_finite_answer(mixed):
    model, cases = mixed
    p = model.predict_proba(cases)[:, 1]
    assert np.isfinite(p).all()
    assert np.ptp(p[:20]) < 1e-7 < 1e-3 < np.ptp(p[20:])


def test_one_event_a_case_is_enough():
    rng = np.random.default_rng(6)
    kind = rng.integers(0, 4, 300)
    y = (kind < 2).astype(np.int8)
    cases = cases_of([[k] for k in kind])
    assert roc_auc_score(y, fitted(cases, y).predict_proba(cases)[:, 1]) > 0.95


def test_the_same_seed_gives_the_same_bits(mixed):
    model, cases = mixed
    y = (np.arange(150) % 2).astype(np.int8)
    first, second = (fitted(cases, y).predict_proba(cases) for _ in range(2))
    assert np.array_equal(first, second)
