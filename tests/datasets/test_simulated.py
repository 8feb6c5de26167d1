import itertools

import numpy as np
import pytest
from intentbench.bench.encoding import ScaledOneHot
from intentbench.bench.errors import DataError
from intentbench.bench.events import Events
from intentbench.datasets._simulated.hidden_markov import HiddenMarkov
from intentbench.datasets._simulated.known_causes import draw_causes, intercept_for, share_of_yes
from intentbench.datasets._simulated.visit_process import KINDS, visit_process
from intentbench.datasets.simulated import Simulated
from scipy.special import expit
from scipy.stats import chi2, lognorm
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

VIEWS = ("features", "events", "events+features")


@pytest.fixture(scope="module")
def task():
    return Simulated(n_cases=40_000).load()


def by_all_paths(process, kinds, gaps):
    """P(kinds, log gaps) by adding up every path of hidden states."""
    n_states, total = len(process.start), 0.0
    for path in itertools.product(range(n_states), repeat=len(kinds)):
        p = process.start[path[0]]
        for before, after in itertools.pairwise(path):
            p *= process.transition[before, after]
        for step, state in enumerate(path):
            p *= process.emission[state, kinds[step]]
            if step:
                scale, sd = np.exp(process.gap_mean[state]), process.gap_sd[state]
                p *= lognorm.pdf(gaps[step], sd, scale=scale) * gaps[step]
        total += p
    return total


def test_the_forward_recursion_adds_up_all_hidden_paths():
    process = visit_process(0.7, 0.1)
    lengths = np.array([1, 6, 0, 3, 5, 2, 6])
    events = process.draw(lengths, KINDS, np.random.default_rng(0))
    found = process.log_likelihood(events)
    for case, length in enumerate(lengths):
        own = events.take([case])
        slow = np.log(by_all_paths(process, own.kind, own.gap.astype(float))) if length else 0.0
        assert found[case] == pytest.approx(slow, abs=1e-10)


def test_impossible_steps_and_events_are_minus_infinity_and_no_warning():
    process = HiddenMarkov(
        start=np.array([1.0, 0.0]),
        transition=np.array([[0.0, 1.0], [1.0, 0.0]]),
        emission=np.array([[1.0, 0.0], [0.0, 1.0]]),
        gap_mean=np.zeros(2),
        gap_sd=np.ones(2),
    )
    marks = {"kind": np.array([0, 1, 0, 0], np.int32), "gap": np.array([0, 1, 0, 1], np.float32)}
    events = Events(np.array([0, 2, 4]), marks, {"kind": ("a", "b")})
    log_p = process.log_likelihood(events)
    assert log_p[0] == pytest.approx(-np.log(2 * np.pi) / 2) and log_p[1] == -np.inf


def test_drawn_events_have_the_frequencies_of_the_process():
    process = visit_process(0.0, 0.1)
    events = process.draw(np.full(40_000, 3), KINDS, np.random.default_rng(1))
    kind, gap = events.kind.reshape(-1, 3), np.log(events.gap.reshape(-1, 3)[:, 1:])
    assert (events.gap.reshape(-1, 3)[:, 0] == 0).all()
    state = process.start
    for step in range(3):
        seen = np.bincount(kind[:, step], minlength=len(KINDS)) / len(kind)
        np.testing.assert_allclose(seen, state @ process.emission, atol=0.01)
        if step:
            assert gap[:, step - 1].mean() == pytest.approx(state @ process.gap_mean, abs=0.02)
        state = state @ process.transition


def test_the_marginal_is_the_average_over_the_causes():
    score = draw_causes(400_000, np.random.default_rng(2)).score
    p = expit(-1.3 + 1.2 * score)
    # Four standard errors.
    assert share_of_yes(-1.3, 1.2) == pytest.approx(p.mean(), abs=4 * p.std() / 632)
    assert share_of_yes(0.4, 0.0) == pytest.approx(expit(0.4), abs=1e-13)


@pytest.mark.parametrize("strength", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("base_rate", [1e-4, 0.15, 0.9])
def test_the_intercept_gives_the_base_rate(strength, base_rate):
    found = share_of_yes(intercept_for(base_rate, strength), strength)
    assert found == pytest.approx(base_rate, abs=1e-11)


def test_a_finer_integral_gives_the_same_marginal(monkeypatch):
    from intentbench.datasets._simulated import known_causes

    coarse = share_of_yes(-2.0, 1.5)
    grid = np.linspace(-12, 12, 4_001)
    monkeypatch.setattr(known_causes, "_GRID", grid)
    density = np.exp(-(grid**2) / 2)
    monkeypatch.setattr(known_causes, "_DENSITY", density / density.sum())
    assert share_of_yes(-2.0, 1.5) == pytest.approx(coarse, abs=1e-12)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"events_share": 0.8, "noise": 0.0, "seed": 5},
        {"base_rate": 0.6, "length": 4},
        {"after": 3, "same_as": 10, "events_share": 0.8},
    ],
    ids=str,
)
def test_the_truth_is_calibrated(parameters):
    task = Simulated(n_cases=30_000, **parameters).load()
    for views, p in task.truth.items():
        groups = np.array_split(np.argsort(p), 40)
        observed = np.array([task.target[rows].sum() for rows in groups])
        expected = np.array([p[rows].sum() for rows in groups])
        spread = np.array([(p[rows] * (1 - p[rows])).sum() for rows in groups])
        statistic = ((observed - expected) ** 2 / spread).sum()
        assert chi2.sf(statistic, len(groups)) > 1e-4, views


def test_the_joint_truth_knows_more_than_either_view(task):
    auc = {views: roc_auc_score(task.target, p) for views, p in task.truth.items()}
    loss = {views: log_loss(task.target, p) for views, p in task.truth.items()}
    assert set(auc) == set(VIEWS)
    assert 0.75 < min(auc["features"], auc["events"])
    assert auc["events+features"] - max(auc["features"], auc["events"]) > 0.05
    assert auc["events+features"] == pytest.approx(0.86, abs=0.02)
    assert loss["events+features"] < min(loss["features"], loss["events"]) - 0.03


@pytest.mark.parametrize("views", VIEWS)
def test_no_score_of_the_same_cases_adds_to_the_truth(task, views):
    # Were the truth not the whole of what a view knows, a flexible model given truth and view
    # would find the rest.
    y, p = task.target, task.truth[views]
    counts = np.zeros((len(task), len(KINDS)))
    np.add.at(counts, (task.cases.events.owner, task.cases.events.kind), 1)
    features = ScaledOneHot().fit(task.cases.features).transform(task.cases.features)
    seen = {"features": [features], "events": [counts], "events+features": [features, counts]}
    x = np.column_stack([np.log(p / (1 - p)), *seen[views]])
    half = len(y) // 2
    model = HistGradientBoostingClassifier(max_iter=60, learning_rate=0.05, random_state=0)
    found = model.fit(x[:half], y[:half]).predict_proba(x[half:])[:, 1]
    assert roc_auc_score(y[half:], found) < roc_auc_score(y[half:], p[half:]) + 0.001
    assert log_loss(y[half:], found) > log_loss(y[half:], p[half:])


def test_without_signal_in_events_they_change_nothing():
    truth = Simulated(n_cases=2_000, events_share=0).load().truth
    np.testing.assert_array_equal(truth["events+features"], truth["features"])
    np.testing.assert_allclose(truth["events"], 0.15, atol=1e-11)


def test_without_signal_in_features_they_change_nothing():
    truth = Simulated(n_cases=2_000, events_share=1).load().truth
    np.testing.assert_allclose(truth["events+features"], truth["events"], rtol=1e-12)
    np.testing.assert_allclose(truth["features"], 0.15, atol=1e-11)


def test_full_noise_leaves_the_base_rate():
    for p in Simulated(n_cases=2_000, noise=1, base_rate=0.3).load().truth.values():
        np.testing.assert_allclose(p, 0.3, atol=1e-11)


def test_signal_falls_with_noise_and_moves_with_its_share():
    def auc(views, **parameters):
        task = Simulated(n_cases=12_000, length=8, **parameters).load()
        return roc_auc_score(task.target, task.truth[views])

    both = [auc("events+features", noise=noise) for noise in (0.0, 0.3, 0.6)]
    assert both[0] > both[1] + 0.03 and both[1] > both[2] + 0.03
    shares = [auc("events", events_share=share) for share in (0.2, 0.5, 1.0)]
    assert shares[0] < shares[1] - 0.03 and shares[1] < shares[2] - 0.03
    shares = [auc("features", events_share=share) for share in (0.0, 0.5, 0.8)]
    assert shares[0] > shares[1] + 0.03 and shares[1] > shares[2] + 0.03


def test_length_tells_nothing_and_is_as_asked():
    task = Simulated(n_cases=40_000, length=6, events_share=1).load()
    lengths = task.cases.events.lengths
    assert lengths.min() == 1 and lengths.max() == 11
    assert lengths.mean() == pytest.approx(6, abs=0.07)
    assert roc_auc_score(task.target, lengths) == pytest.approx(0.5, abs=0.015)


def test_the_same_parameters_give_the_same_data_and_another_seed_others():
    same = [Simulated(n_cases=500).load().fingerprint() for _ in range(2)]
    assert same[0] == same[1] != Simulated(n_cases=500, seed=2).load().fingerprint()
    # The data themselves, on any machine: a change is a change of results.
    assert same[0] == "7573fc6853a63b319f54f05c78eee4f5229636cb88d90b7f5490994fd703dc51"


def test_the_card_says_that_it_is_simulated(task):
    assert not task.card.real and "Simulated" in task.card.caveats[0]
    assert Simulated().offline and task.group is None and task.time is None
    assert task.base_rate == pytest.approx(0.15, abs=0.007)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"base_rate": 2}, "base_rate is 2; it must be a share between 0 and 1"),
        ({"base_rate": 0}, "base_rate is 0"),
        ({"n_cases": -1}, "n_cases is -1; it must be a whole number from 100 to"),
        ({"n_cases": "many"}, "n_cases is 'many'"),
        ({"n_cases": 1e4}, "n_cases is 10000.0"),
        ({"length": 0}, "length is 0"),
        ({"length": True}, "length is True"),
        ({"noise": 1.1}, "noise is 1.1; it must be a number from 0 to 1"),
        ({"noise": float("nan")}, "noise is nan"),
        ({"events_share": "half"}, "events_share is 'half'"),
        ({"seed": -3}, "seed is -3"),
    ],
    ids=str,
)
def test_wrong_parameters_say_what_would_be_right(parameters, message):
    with pytest.raises(DataError, match="data set 'simulated'") as caught:
        Simulated(**parameters)
    assert message in str(caught.value)


def test_fewer_events_of_the_same_visits():
    whole = Simulated(n_cases=2_000, length=8).load()
    lasting = np.flatnonzero(whole.cases.events.lengths >= 5)
    auc = []
    for after in (1, 3, 5, 0):
        task = Simulated(n_cases=2_000, length=8, after=after, same_as=5).load()
        assert np.array_equal(task.target, whole.target[lasting])
        assert task.cases.features.equals(whole.cases.features.iloc[lasting].reset_index(drop=True))
        events, all_events = task.cases.events, whole.cases.events.take(lasting)
        assert (events.lengths == (after or all_events.lengths)).all()
        for name, mark in events.marks.items():
            same = [
                np.array_equal(mark[o : o + n], all_events.marks[name][p : p + n])
                for o, p, n in zip(
                    events.offsets[:-1], all_events.offsets[:-1], events.lengths, strict=True
                )
            ]
            assert all(same)
        assert np.array_equal(task.truth["features"], whole.truth["features"][lasting])
        auc.append(roc_auc_score(task.target, task.truth["events+features"]))
    assert auc == sorted(auc)
    assert np.array_equal(task.truth["events"], whole.truth["events"][lasting])


@pytest.mark.parametrize("keyword", ["after", "same_as"])
@pytest.mark.parametrize("value", [-1, 1.0, True, "3"])
def test_a_wrong_number_of_events_says_what_would_be_right(keyword, value):
    with pytest.raises(DataError, match=f"{keyword} is .*; it must be a whole number from 0"):
        Simulated(**{keyword: value})


@pytest.mark.parametrize("keyword", ["after", "same_as"])
def test_more_events_than_most_visits_have_are_refused(keyword):
    with pytest.raises(DataError, match=f"{keyword} is 21; it must be at most length = 20"):
        Simulated(**{keyword: 21})
