import numpy as np
import pytest
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.deploy.reference import log_loss_of
from intentbench.bench.deploy.scorers import OneModel, Recalibrated
from intentbench.bench.errors import RequestError
from intentbench.bench.export.pins import libraries_of
from intentbench.bench.suite.decisions import Decisions
from intentbench.bench.watch.recalibrate import Labelled, recalibrate
from intentbench.bench.watch.recalibration import ISOTONIC, KEEP, SIGMOID, choose_map
from intentbench.bench.watch.remedies import thresholds_at_their_word
from scipy.special import expit, logit

RNG = np.random.default_rng(0)


def drawn(n, shift=0.0, slope=1.0, steps=False):
    p = RNG.beta(1.2, 5, n)
    truth = expit(slope * logit(p) + shift)
    if steps:
        truth = np.where(p < 0.15, 0.05, np.where(p < 0.3, 0.6, 0.65))
    return p, (RNG.random(n) < truth).astype(np.int8), truth


def test_a_sigmoid_is_chosen_where_labels_are_few():
    p, y, _ = drawn(200, shift=1.2)
    found = choose_map(p, y)
    assert found.chosen == SIGMOID and {each.name for each in found.candidates} == {KEEP, SIGMOID}
    fresh, _, truth = drawn(5000, shift=1.2)
    q = found.calibrate(fresh)

    def loss(q):
        return -(truth * np.log(q) + (1 - truth) * np.log1p(-q)).mean()

    assert loss(q) < 1.05 * loss(truth) < loss(fresh)
    assert (np.diff(q[np.argsort(fresh)]) >= 0).all()


def test_steps_are_chosen_where_labels_are_many_and_no_curve_fits():
    p, y, _ = drawn(3000, steps=True)
    assert choose_map(p, y).chosen == ISOTONIC
    assert choose_map(p[:900], y[:900]).chosen == SIGMOID


def test_what_is_true_is_kept():
    chosen = [choose_map(p, y).chosen for p, y, _ in (drawn(2000) for _ in range(12))]
    assert chosen.count(KEEP) >= 6
    assert ISOTONIC not in chosen


def test_cases_of_one_group_are_never_on_both_sides():
    """Copies would teach steps their own outcomes."""
    p, y, _ = drawn(150)
    p, y, group = np.repeat(p, 10), np.repeat(y, 10), np.repeat(np.arange(150), 10)
    alone, grouped = choose_map(p, y), choose_map(p, y, group)
    by_name = [{each.name: each.log_loss for each in one.candidates} for one in (alone, grouped)]
    assert by_name[0][ISOTONIC] < by_name[1][ISOTONIC]
    assert grouped.chosen != ISOTONIC


def test_nested_log_loss_is_that_of_other_cases():
    p, y, _ = drawn(400, shift=0.8)
    found = choose_map(p, y)
    fresh, outcomes, _ = drawn(40_000, shift=0.8)
    real = log_loss_of(outcomes, found.calibrate(fresh)).mean()
    assert found.best.log_loss == pytest.approx(real, abs=0.05)
    assert found.best.low < found.best.gain < found.best.high


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (np.zeros(100, np.int8), "all 100 labels say no"),
        (np.ones(100, np.int8), "all 100 labels say yes"),
        (np.arange(30) % 2, "there are 30 labels"),
        (np.arange(100) < 3, "3 labels say yes"),
    ],
)
def test_labels_that_teach_nothing_are_refused(y, said):
    with pytest.raises(RequestError, match=said):
        choose_map(np.full(len(y), 0.3), y.astype(np.int8))


def test_true_probabilities_have_one_threshold_of_costs():
    p = RNG.beta(1, 4, 300)
    chosen = thresholds_at_their_word(
        Decisions(false_positive=1, false_negative=4, value=30, action=3), p
    )
    assert chosen["cost"] == 0.2 and chosen["profit"] == 0.1 and chosen[""] == 0.5
    acted = p >= chosen["budget"]
    assert 0.03 < acted.mean() <= 0.05
    # F1 to be expected: no other threshold has a higher one.
    best = [2 * p[p >= t].sum() / ((p >= t).sum() + p.sum()) for t in (chosen["chosen"], *p)]
    assert best[0] >= max(best) - 1e-12


def test_an_export_needs_what_the_recalibrated_model_needs():
    class Boosted:
        requires = ("xgboost",)

    alone = OneModel(Boosted())
    made = Predictor(None, Recalibrated(alone, np.sqrt))
    assert libraries_of(made) == libraries_of(Predictor(None, alone)) == {"xgboost"}


class Scorer:
    def score(self, cases):
        raise AssertionError("recalibrating scores nothing anew")


def test_its_reference_is_that_of_the_labels(world):
    manifest = world.manifest(false_positive=1.0, false_negative=3.0)
    features = world.features(500)
    p = world.p(features)
    y = world.outcomes(p, 1.0)
    made, found = recalibrate(Predictor(manifest, Scorer()), Labelled("l.csv", "0" * 64, p, y))
    reference = made.manifest.reference
    assert reference.columns == manifest.reference.columns
    assert reference.happened.value == pytest.approx(y.mean())
    assert reference.predicted.value == pytest.approx(y.mean(), abs=0.02)
    assert reference.log_loss.value == pytest.approx(found.best.log_loss, abs=0.005)
    again, _ = recalibrate(
        Predictor(made.manifest, made.scorer),
        Labelled("m.csv", "1" * 64, found.calibrate(p), world.outcomes(p, -1.0)),
    )
    assert (
        again.manifest.notes.count("What was judged is the model before it was recalibrated.") == 1
    )
    assert "m.csv" in again.manifest.calibration and "l.csv" not in again.manifest.calibration
