"""Models that find segments: k-means, Ward's hierarchy, mixtures of Markov chains, components."""

import itertools

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.events import Events
from intentbench.models._segments.chain_mixture import (
    ChainMixture,
    StepCounts,
    _overall,
    fit_mixture,
    objective,
)
from intentbench.models._segments.rates import by_size, chosen_number, smoothed_rates
from intentbench.models.kmeans_rates import KMeansRates
from intentbench.models.markov_mixture_rates import MarkovMixtureRates
from intentbench.models.pca_logistic_regression import PCALogisticRegression
from intentbench.models.ward_rates import WardRates


def blobs(seed, sizes=(60, 90, 30), rates=(0.1, 0.5, 0.9)):
    """Three groups of cases that are far apart, with a rate each; columns in any order."""
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.repeat(np.arange(3), sizes))
    centres = np.array([[0, 0], [20, 0], [0, 20]])
    x = centres[group] + rng.normal(size=(len(group), 2))
    y = (rng.random(len(group)) < np.array(rates)[group]).astype(np.int8)
    return Cases(pd.DataFrame(x, columns=["b", "a"])), y, group


def sequences_of(lists, n_kinds):
    offsets = np.cumsum([0, *map(len, lists)])
    kind = np.array([kind for one in lists for kind in one], dtype=np.int32)
    names = tuple("abcdefgh"[:n_kinds])
    marks = {"kind": kind, "gap": np.zeros(len(kind), np.float32)}
    return Events(offsets.astype(np.int64), marks, {"kind": names})


def steps_of(lists, n_kinds):
    events = sequences_of(lists, n_kinds)
    return StepCounts.of(events, events.kind.astype(np.int64), n_kinds)


@pytest.mark.parametrize("kind", [KMeansRates, WardRates])
def test_segments_that_are_far_apart_are_found_and_rated(kind):
    cases, y, group = blobs(0)
    model = kind(n_segments=(3,), random_state=0).fit(cases, y, valid=(cases, y))
    segment = model.segments().of(cases)
    # The largest is the first; each has the rate of its cases and of ten average ones.
    for place, one in enumerate((1, 0, 2)):
        assert (segment[group == one] == place).all()
        inside = y[group == one]
        rate = (inside.sum() + 10 * y.mean()) / (len(inside) + 10)
        np.testing.assert_allclose(model.predict_proba(cases)[group == one, 1], rate)
    np.testing.assert_array_equal(model.sizes_, [90, 60, 30])
    assert model.segments().chosen == "Their number was given."


@pytest.mark.parametrize("kind", [KMeansRates, WardRates])
def test_how_many_segments_is_told_by_valid_cases(kind):
    cases, y, _ = blobs(0)
    model = kind(random_state=0).fit(cases, y, valid=blobs(1)[:2])
    assert len(model.rates_) == 3
    assert "on valid cases" in model.segments().chosen
    assert model.stopped_like([model, model]).n_segments == (3,)


@pytest.mark.parametrize("kind", [KMeansRates, WardRates, MarkovMixtureRates])
def test_cases_that_are_all_alike_are_one_segment(kind):
    n = 60
    y = (np.arange(n) % 3 == 0).astype(np.int8)
    events = sequences_of([[0, 1]] * n, 2)
    cases = Cases(pd.DataFrame({"a": np.ones(n), "b": ["x"] * n}), events)
    model = kind().fit(cases, y, valid=(cases, y))
    assert model.segments().n_segments == 1
    np.testing.assert_allclose(model.predict_proba(cases)[:, 1], 1 / 3)


def test_medoids_are_cases_and_coarser_segments_are_made_of_finer_ones():
    x = make_parts(0).fit.features[["pages", "noise"]].to_numpy(float)
    found = WardRates(n_medoids=20).prototypes(x, [2, 4, 8], 0)
    points = {tuple(case) for case in x}
    assert all(tuple(point) in points for point in found[2].points)
    for coarse, fine in ((2, 4), (4, 8)):
        pairs = set(zip(found[fine].segment, found[coarse].segment, strict=True))
        assert len(pairs) == fine == found[fine].n_segments


def test_a_later_number_is_taken_only_where_it_is_clearly_better():
    rng = np.random.default_rng(0)
    loss = rng.random(400)
    noise = rng.normal(scale=0.1, size=400)
    noise -= noise.mean()
    assert chosen_number({2: loss, 3: loss - 0.004 + noise, 4: loss - 0.02 + noise}) == 4
    assert chosen_number({2: loss, 3: loss - 0.004 + noise}) == 2
    assert chosen_number({5: loss[:1], 6: loss[:1] - 1}) == 5


def test_rates_are_drawn_towards_that_of_all_and_sizes_order_segments():
    member = np.array([[1.0, 0.0], [1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    y = np.array([1, 0, 1, 0])
    # (1 + 0.5 + 2 * 0.5) / (2.5 + 2) and (0.5 + 2 * 0.5) / (1.5 + 2)
    np.testing.assert_allclose(smoothed_rates(member, y, 2.0), [2.5 / 4.5, 1.5 / 3.5])
    np.testing.assert_array_equal(by_size(np.array([2, 2, 2, 0, 0, 1]), 3), [1, 2, 0])


@pytest.fixture(scope="module")
def tiny():
    """Two chains over three kinds, and a few sequences of them, one of them empty."""
    rng = np.random.default_rng(3)
    mixture = ChainMixture(np.array([0.3, 0.7]), rng.dirichlet(np.ones(3), size=(2, 4)))
    return mixture, [[0, 1, 1, 2], [2], [], [1, 0, 1, 0, 1]]


def test_a_mixture_says_what_products_of_all_steps_say(tiny):
    mixture, lists = tiny
    by_hand = np.array(
        [
            [
                mixture.weights[chain]
                * np.prod(
                    [
                        mixture.steps[chain, before, after]
                        for before, after in itertools.pairwise([3, *one])
                    ]
                )
                for chain in range(2)
            ]
            for one in lists
        ]
    )
    sequences = steps_of(lists, 3)
    np.testing.assert_allclose(np.exp(mixture.log_joint(sequences)), by_hand)
    np.testing.assert_allclose(
        mixture.memberships(sequences), by_hand / by_hand.sum(axis=1, keepdims=True)
    )
    assert sequences.n_different() == 4
    assert steps_of([[0, 1], [0, 1], [1, 0]], 2).n_different() == 2


@pytest.mark.parametrize("length", [1, 2, 4])
def test_the_typical_path_is_the_most_probable_of_all_there_are(tiny, length):
    mixture, _ = tiny

    def probability(chain, path):
        return np.prod([mixture.steps[chain, a, b] for a, b in itertools.pairwise([3, *path])])

    for chain in range(2):
        best = max(
            itertools.product(range(3), repeat=length), key=lambda path: probability(chain, path)
        )
        assert mixture.typical_path(chain, length) == list(best)


def test_expectation_and_maximisation_only_rises():
    rng = np.random.default_rng(1)
    sequences = steps_of([rng.integers(0, 4, rng.integers(0, 7)).tolist() for _ in range(80)], 4)
    prior = 5.0 * _overall(sequences)
    reached = [
        objective(
            fit_mixture(
                sequences, 3, smoothing=5.0, n_restarts=1, max_iterations=n,
                rng=np.random.default_rng(0),
            ),
            sequences,
            prior,
        )
        for n in (0, 1, 2, 5, 20)
    ]  # fmt: skip
    assert all(after >= before - 1e-9 for before, after in itertools.pairwise(reached))
    assert reached[-1] > reached[0]


def test_two_planted_chains_are_found_with_their_paths_and_rates():
    rng = np.random.default_rng(0)
    chain = rng.integers(0, 2, 300)
    follow = (((0, 1, 0, 1, 0), 0.1), ((2, 2, 2, 1, 2), 0.8))
    lists = [
        [k if rng.random() < 0.9 else int(rng.integers(3)) for k in follow[one][0]] for one in chain
    ]
    y = (rng.random(300) < np.array([follow[one][1] for one in chain])).astype(np.int8)
    cases = Cases(pd.DataFrame(index=range(300)), sequences_of(lists, 3))
    model = MarkovMixtureRates(random_state=0).fit(cases, y, valid=(cases, y))
    told = model.segments()
    assert told.n_segments == 2
    segment = told.of(cases)
    agree = (segment == chain).mean()
    assert max(agree, 1 - agree) > 0.97
    buys = int(np.argmax(model.rates_))
    assert set(told.paths[buys]) == {"c"}
    assert told.paths[1 - buys] == ("a", "b", "a", "b", "a")
    assert abs(model.rates_[buys] - 0.8) < 0.07


def test_components_hold_the_share_asked_for_and_alike_cases_have_none():
    parts = make_parts(0)
    model = PCALogisticRegression(explained=0.8).fit(parts.fit, parts.y_fit, valid=(None, None))
    shares = model.pca_.explained_variance_ratio_
    assert shares.sum() > 0.8 > shares[:-1].sum()
    columns, components = model.explain()
    assert len(components.rows) == len(shares)
    # What is said of a column is what the prediction goes by.
    at = list(model.encoder_.names_).index("pages")
    weight = dict(columns.rows)["pages"]
    np.testing.assert_allclose(weight, model.estimator_.coef_[0] @ model.pca_.components_[:, at])
    alike = Cases(pd.DataFrame({"a": np.ones(40)}))
    y = (np.arange(40) % 4 == 0).astype(np.int8)
    same = PCALogisticRegression().fit(alike, y, valid=(alike, y))
    assert same.explain() == ()
    np.testing.assert_allclose(same.predict_proba(alike)[:, 1], 0.25, atol=1e-3)
