import numpy as np
import pandas as pd
import pytest
from intentbench.bench.ensembles.blending import blend, why_not
from intentbench.bench.ensembles.stacking import stack
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score


def shop(n=1500, seed=0, hidden=1.0):
    """Members that know one part of the log odds, and features of which one holds the other."""
    rng = np.random.default_rng(seed)
    known, unknown = rng.normal(size=n), rng.normal(size=n)
    y = (rng.random(n) < expit(known + hidden * 2 * (np.abs(unknown) < 0.6) - 1.2)).astype(np.int8)
    p = expit(known[:, None] - 0.5 + 0.3 * rng.normal(size=(n, 3)))
    features = pd.DataFrame(
        {
            "minutes": unknown,
            "noise": rng.normal(size=n),
            "never measured": np.full(n, np.nan),
            "Kanäle": pd.Categorical(rng.choice(["mail", "search", "ähm"], n)),
        }
    )
    features.loc[rng.random(n) < 0.1, "noise"] = np.nan
    return p, features, y


def test_what_features_add_is_found():
    p, features, y = shop()
    q, of_test, y_test = shop(seed=1)
    blended, stacked = blend(p, features, y, None), stack(p, y, None)
    assert blended.n_trees > 20
    for truth, ours, theirs in (
        (y, blended.out_of_sample, stacked.out_of_sample),
        (y_test, blended.predict(q, of_test), stacked.odds(q)),
    ):
        assert ((ours > 0) & (ours < 1)).all()
        assert log_loss(truth, ours) < log_loss(truth, theirs) - 0.03
        assert roc_auc_score(truth, ours) > roc_auc_score(truth, theirs) + 0.02


def test_where_features_add_nothing_little_is_added():
    p, features, y = shop(hidden=0.0)
    q, of_test, y_test = shop(seed=1, hidden=0.0)
    blended = blend(p, features, y, None)
    assert blended.n_trees < 20
    lost = log_loss(y_test, blended.predict(q, of_test)) - log_loss(
        y_test, stack(p, y, None).odds(q)
    )
    assert lost < 0.003


def test_no_outcome_reaches_its_own_prediction():
    rng = np.random.default_rng(3)
    p, features, _ = shop(600)
    # A name for each case: whoever looks at outcomes can learn them by heart.
    features["visitor"] = rng.permutation(600).astype(float)
    y = rng.integers(0, 2, 600).astype(np.int8)
    found = blend(p, features, y, None).out_of_sample
    assert roc_auc_score(y, found) < 0.56
    assert log_loss(y, found) > np.log(2) - 0.005


def test_groups_are_kept_together():
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(100), 8)
    y = rng.integers(0, 2, 100).astype(np.int8)[group]
    features = pd.DataFrame({"shop": rng.permutation(100).astype(float)[group]})
    p = np.full((800, 2), 0.5) + 0.01 * rng.normal(size=(800, 2))
    apart, together = (blend(p, features, y, of).out_of_sample for of in (None, group))
    assert roc_auc_score(y, apart) > 0.7  # the other cases of the group give it away
    assert roc_auc_score(y, together) < 0.6


def test_each_case_is_predicted_as_if_it_were_alone():
    p, features, y = shop(400)
    blended = blend(p, features, y, None)
    unseen = features.iloc[:40].assign(**{"Kanäle": "fax", "minutes": np.nan})
    whole = blended.predict(p[:40], unseen)
    alone = [blended.predict(p[[i]], unseen.iloc[[i]])[0] for i in range(40)]
    assert whole == pytest.approx(np.array(alone), rel=1e-12)


def test_repeated_fits_agree_to_the_last_bit():
    p, features, y = shop(400)
    ours, theirs = (blend(p, features, y, None) for _ in range(2))
    assert np.array_equal(ours.out_of_sample, theirs.out_of_sample)
    assert np.array_equal(ours.predict(p, features), theirs.predict(p, features))


@pytest.mark.parametrize("rate", [0.02, 0.98])
def test_rare_outcomes_and_cases_without_features(rate):
    rng = np.random.default_rng(6)
    y = (np.arange(1000) < 1000 * rate).astype(np.int8)
    p = np.clip(rate + 0.01 * y[:, None] + 0.004 * rng.normal(size=(1000, 2)), 0, 1)
    blended = blend(p, pd.DataFrame(index=range(1000)), y, None)
    assert np.isfinite(blended.out_of_sample).all()
    assert np.isfinite(log_loss(y, blended.predict(p, pd.DataFrame(index=range(1000)))))


@pytest.mark.parametrize(
    ("n", "n_positive", "group", "words"),
    [
        (199, 60, None, "199 valid cases are too few to learn from features; 200 are needed"),
        (400, 0, None, "400 valid cases with 0 positive ones are too few"),
        (400, 400, None, "400 valid cases with 400 positive ones are too few"),
        (400, 2, None, "400 valid cases with 2 positive ones are too few"),
        (400, 100, np.arange(400) // 100, "400 valid cases with 100 positive ones are too few"),
        (400, 100, np.zeros(400, int), "400 valid cases with 100 positive ones are too few"),
        (400, 4, None, ""),
        (400, 100, np.arange(400) // 2, ""),
    ],
)
def test_valid_cases_that_allow_no_blend(n, n_positive, group, words):
    y = (np.arange(n) < n_positive).astype(np.int8)
    said = why_not(y, group)
    assert said.startswith(words) and bool(said) == bool(words)
    if not said:
        p = np.linspace(0.1, 0.9, n)[:, None] * np.ones(2)
        assert len(blend(p, pd.DataFrame({"x": np.arange(n)}), y, group).out_of_sample) == n
