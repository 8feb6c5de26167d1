import numpy as np
import pytest
from intentbench.models._events.sequence_odds import SequenceOdds
from scipy.special import expit


def never():
    raise AssertionError("the fit cases' ratios are not needed")


def fitted(ratio, lengths, y, of_fit=never):
    return SequenceOdds().fit(of_fit, lengths, y, ratio, lengths, y)


def drawn(n, seed=0):
    """Ratios of which the truth is bent: evidence for is worth three times that against."""
    rng = np.random.default_rng(seed)
    ratio, lengths = rng.normal(0, 4, n), rng.integers(1, 30, n)
    p = expit(np.where(ratio > 0, 0.9, 0.3) * ratio - 1)
    return ratio, lengths, (rng.random(n) < p).astype(np.int8), p


def test_what_is_too_sure_on_one_side_is_bent():
    ratio, lengths, y, p = drawn(20_000)
    odds = fitted(ratio, lengths, y)
    assert np.abs(odds.predict(ratio, lengths) - p).mean() < 0.016
    assert odds.loss_ == pytest.approx(-np.log(np.where(y == 1, p, 1 - p)).mean(), abs=0.003)


@pytest.mark.parametrize(("n_of_either", "alone"), [(9, False), (49, False), (50, True)])
def test_too_few_valid_cases_take_the_fit_cases_along(n_of_either, alone):
    ratio, lengths, y, _ = drawn(600)
    few = np.concatenate([np.flatnonzero(y == outcome)[:n_of_either] for outcome in (0, 1)])
    asked = []

    def of_fit():
        asked.append(1)
        return ratio

    odds = SequenceOdds().fit(of_fit, lengths, y, ratio[few], lengths[few], y[few])
    assert bool(asked) is not alone and (odds.loss_ < np.inf) is alone
    assert not odds.is_clearly_better(odds)
    p = odds.predict(ratio, lengths)
    assert p[ratio > 3].min() > p[ratio < -3].max()


def test_few_cases_are_not_bent():
    ratio, lengths, y, p = drawn(20_000)
    first = np.sort(np.concatenate([np.flatnonzero(y == outcome)[:60] for outcome in (0, 1)]))
    few = fitted(ratio[first], lengths[first], y[first])
    assert few.bend_ is None and fitted(ratio[:1000], lengths[:1000], y[:1000]).bend_
    same = few.predict(ratio, np.full(len(ratio), 9))
    assert (np.argsort(same) == np.argsort(ratio)).mean() > 0.999, "a rising curve of the ratio"


def test_better_is_said_beyond_a_standard_error_only():
    ratio, lengths, y, _ = drawn(500)
    rng = np.random.default_rng(1)
    good, same, bad = (
        fitted(ratio + noise * rng.normal(size=500), lengths, y) for noise in (0.0, 0.01, 9.0)
    )
    assert good.is_clearly_better(bad) and not bad.is_clearly_better(good)
    assert not (good.is_clearly_better(same) and same.is_clearly_better(good))
    assert not good.is_clearly_better(good)


def test_cases_without_events_get_the_share_of_their_like():
    ratio, lengths, y, _ = drawn(400)
    lengths = np.where(np.arange(400) % 4 == 0, 0, lengths)
    odds = fitted(ratio, lengths, y)
    expected = (y[lengths == 0].sum() + 10 * y.mean()) / 110
    assert odds.predict(np.zeros(2), np.zeros(2, int)) == pytest.approx(expected)
    nobody = fitted(np.zeros(400), np.zeros(400, int), y)
    assert nobody.predict(np.zeros(1), np.zeros(1, int)) == pytest.approx(y.mean())
