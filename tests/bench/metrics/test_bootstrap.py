import numpy as np
import pytest
from intentbench.bench.metrics import bootstrap
from intentbench.bench.metrics.bootstrap import Answers, Draws, FoldScores, FoldUnits, in_every_draw
from intentbench.bench.metrics.key import CHOSEN, Key, keys_of
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.stats.intervals import percentile_interval

KEYS = keys_of()


def answers(y, seed, n_entries=3):
    rng = np.random.default_rng(seed)
    of_entries = []
    for entry in range(n_entries):
        p = np.clip(0.3 + 0.2 * y + rng.normal(0, 0.1 + 0.1 * entry, len(y)), 0, 1)
        p = np.round(p, 1) if entry == 1 else p
        decisions = {"": (p >= 0.5).astype(int), CHOSEN: (p >= 0.3).astype(int)}
        of_entries.append(Answers(p, decisions))
    return of_entries


def test_figures_have_the_names_that_reports_know():
    assert len(KEYS) == 12 + 6
    texts = [str(key) for key in KEYS]
    assert "f1" in texts and "f1@chosen" in texts
    assert "roc_auc" in texts and "roc_auc@chosen" not in texts
    assert [Key.parse(text) for text in texts] == list(KEYS)


@pytest.mark.parametrize("grouped", [False, True])
def test_a_draw_scores_as_if_its_cases_were_repeated(grouped):
    rng = np.random.default_rng(0)
    n = 120
    y = (rng.random(n) < 0.4).astype(int)
    # Units of the task that this fold does not test are numbered too.
    unit = rng.integers(3, 33, n) if grouped else rng.permutation(n + 5)[:n]
    entries = answers(y, 1)
    n_units = int(unit.max()) + 3
    weights = rng.poisson(1.0, (n_units, 4)).astype(np.float32)
    tested = FoldUnits(y, unit)
    scores = FoldScores(tested, entries, KEYS)
    found = scores.under(tested.under(weights))
    assert set(found) == set(KEYS)
    for draw in range(4):
        rows = np.repeat(np.arange(n), weights[unit, draw].astype(int))
        for row, entry in enumerate(entries):
            for key in KEYS:
                metric = METRICS[key.metric]
                values = entry.p if metric.needs == "p" else entry.decisions[key.rule]
                expected = metric(y[rows], values[rows])
                assert found[key][row, draw] == pytest.approx(expected, rel=1e-5), key
                assert scores.once[key][row] == pytest.approx(metric(y, values), rel=1e-12), key


def test_draws_are_the_same_however_they_are_cut(monkeypatch):
    def all_of(draws):
        return np.concatenate([weights for _, weights in draws.chunks()], axis=1)

    whole = all_of(Draws(50, 100, seed=1))
    monkeypatch.setattr(bootstrap, "_MOST_DRAWS", 7)
    assert np.array_equal(whole, all_of(Draws(50, 100, seed=1)))
    assert not np.array_equal(whole, all_of(Draws(50, 100, seed=2)))
    assert (whole.sum(axis=0) == 50).all()
    assert whole.mean() == 1 and whole.var() == pytest.approx(1 - 1 / 50, abs=0.1)


def drawn(y, unit, answers, key, n_draws, seed):
    tested = FoldUnits(y, unit)
    parts = [(tested, [FoldScores(tested, [answers], [key])])]
    (draws,) = in_every_draw(parts, int(unit.max()) + 1, n_draws, seed)
    return draws[key][0]


def test_interval_of_the_brier_score_covers_the_truth():
    truth, covered = 1 / 6, 0  # p uniform and calibrated: the mean of p (1 - p)
    for seed in range(150):
        rng = np.random.default_rng(seed)
        p = rng.random(150)
        y = (rng.random(150) < p).astype(int)
        draws = drawn(y, np.arange(150), Answers(p, {}), Key("brier"), 300, seed)
        low, high = percentile_interval(METRICS["brier"](y, p), draws)
        covered += low <= truth <= high
    assert 0.89 <= covered / 150 <= 0.99


def test_interval_over_groups_covers_where_one_over_cases_does_not():
    covered = {"groups": 0, "cases": 0}
    for seed in range(150):
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(40), 5)
        # All cases of a group end alike: 200 cases tell no more than 40.
        y = np.repeat((rng.random(40) < 0.3).astype(int), 5)
        decided = np.zeros(200, dtype=int)
        for name, unit in (("groups", group), ("cases", np.arange(200))):
            answers = Answers(decided, {"": decided})
            draws = drawn(y, unit, answers, Key("accuracy"), 200, seed)
            low, high = percentile_interval(METRICS["accuracy"](y, decided), draws)
            covered[name] += low <= 0.7 <= high
    assert covered["groups"] / 150 >= 0.88
    assert covered["cases"] / 150 <= 0.75
