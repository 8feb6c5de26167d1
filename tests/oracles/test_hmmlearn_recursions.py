"""Hidden Markov models of one mark against hmmlearn: same start, same priors, same data."""

import logging

import numpy as np
import pytest
from intentbench.models._hmm.batches import batches
from intentbench.models._hmm.kernels import expectations, log_likelihoods, occupancies
from intentbench.models._hmm.training import HMMParameters, Priors, TrainingSet

N_STATES, N_SYMBOLS = 4, 9


def model_of(rng):
    return HMMParameters(
        rng.dirichlet(np.ones(N_STATES)),
        rng.dirichlet(np.ones(N_STATES), size=N_STATES),
        (rng.dirichlet(np.ones(N_SYMBOLS), size=N_STATES),),
    )


def their_model(parameters, **settings):
    from hmmlearn.hmm import CategoricalHMM

    model = CategoricalHMM(
        N_STATES, n_features=N_SYMBOLS, init_params="", implementation="scaling", **settings
    )
    model.startprob_, model.transmat_ = parameters.start, parameters.transition
    (model.emissionprob_,) = parameters.emissions
    return model


@pytest.fixture
def sequences():
    """Lengths from 0 to 60, one of 500, many of 1; more than one batch."""
    rng = np.random.default_rng(4)
    lengths = rng.integers(0, 60, 900)
    lengths[::5], lengths[7] = 1, 500
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    symbols = rng.integers(0, N_SYMBOLS - 1, offsets[-1])  # the last symbol is never seen
    return symbols, offsets


def training_set(symbols, offsets):
    parts = list(batches(symbols, offsets))
    assert len(parts) > 1
    return TrainingSet(parts, np.arange(N_SYMBOLS)[None])


@pytest.mark.parametrize("weight", [0.05, 30.0])
def test_parameters_after_many_iterations(sequences, weight):
    symbols, offsets = sequences
    lengths = np.diff(offsets)
    rng = np.random.default_rng(1)
    start = model_of(rng)
    prior = weight * rng.dirichlet(np.ones(N_SYMBOLS), size=N_STATES)
    steps = weight * rng.random((N_STATES, N_STATES))
    theirs = their_model(
        start,
        n_iter=15,
        tol=-np.inf,
        startprob_prior=1.3,
        transmat_prior=1.0 + steps,
        emissionprob_prior=1.0 + prior,
    )
    logging.getLogger("hmmlearn").setLevel(logging.CRITICAL)
    theirs.fit(symbols[:, None], lengths[lengths > 0])
    data = training_set(symbols, offsets)
    ours = data.fit(start, Priors(0.3, steps, (prior,)), max_iterations=15, tolerance=-np.inf)
    assert ours.n_iterations == 15
    np.testing.assert_allclose(ours.parameters.start, theirs.startprob_, atol=1e-8)
    np.testing.assert_allclose(ours.parameters.transition, theirs.transmat_, atol=1e-8)
    np.testing.assert_allclose(ours.parameters.emissions[0], theirs.emissionprob_, atol=1e-8)


def test_log_likelihoods(sequences):
    symbols, offsets = sequences
    parameters = model_of(np.random.default_rng(2))
    model = their_model(parameters)
    theirs = [
        model.score(symbols[a:b, None]) if b > a else 0.0
        for a, b in zip(offsets, offsets[1:], strict=False)
    ]
    chain = parameters.chain(np.arange(N_SYMBOLS)[None])
    ours = log_likelihoods(chain, batches(symbols, offsets), len(offsets) - 1)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-8)
    total = expectations(chain, batches(symbols, offsets)).log_likelihood
    assert total == pytest.approx(sum(theirs), rel=1e-12)


def test_posteriors(sequences):
    symbols, offsets = sequences
    parameters = model_of(np.random.default_rng(3))
    model = their_model(parameters)
    chain = parameters.chain(np.arange(N_SYMBOLS)[None])
    latest, mean = occupancies(chain, batches(symbols, offsets), len(offsets) - 1)
    for row, (a, b) in enumerate(zip(offsets, offsets[1:], strict=False)):
        theirs = model.predict_proba(symbols[a:b, None]) if b > a else np.zeros((1, N_STATES))
        np.testing.assert_allclose(latest[row], theirs[-1], atol=1e-8)
        np.testing.assert_allclose(mean[row], theirs.mean(axis=0), atol=1e-8)
