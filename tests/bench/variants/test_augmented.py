import numpy as np
import pytest
from intentbench.bench.conformance.model_checks import CHECKS, run_check
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.errors import ModelError
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.variants.named import class_of, varied

AUGMENTING = ("cropped", "masked", "jittered")
CHAIN = load(Registry("model").find("markov_chain"))


@pytest.fixture(scope="module")
def parts():
    return make_parts(1, n_fit=300, n_valid=60)


@pytest.fixture(scope="module")
def seen(parts):
    """What a model of events is shown in each variant."""
    found = {}

    class Spy(CHAIN):
        def fit(self, cases, y, *, valid, weight=None, valid_weight=None):
            found[self.word] = cases, y, valid, weight
            return self

    for word in AUGMENTING:
        Spy.word = word
        varied(Spy(), [word]).set_params(random_state=3).fit(
            parts.fit,
            parts.y_fit,
            valid=(parts.valid, parts.y_valid),
            weight=np.arange(1.0, 301.0),
            valid_weight=np.ones(60),
        )
    return found


@pytest.mark.parametrize("word", AUGMENTING)
def test_a_model_of_events_keeps_its_contract(word):
    for check in CHECKS:
        run_check(class_of(CHAIN, (word,)), check.__name__)


@pytest.mark.parametrize("word", AUGMENTING)
def test_each_fit_case_comes_again_with_other_events(word, seen, parts):
    cases, y, valid, weight = seen[word]
    n = len(parts.y_fit)
    whole, copies = cases.take(np.arange(n)), cases.take(np.arange(n, 2 * n))
    assert np.array_equal(y, np.tile(parts.y_fit, 2)) and valid[0] is parts.valid
    assert np.array_equal(weight, np.tile(np.arange(1.0, 301.0), 2))
    assert whole.features.equals(copies.features)
    for name, mark in parts.fit.events.marks.items():
        assert np.array_equal(whole.events.marks[name], mark)
    before, after = whole.events, copies.events
    assert before.n_events and not np.array_equal(before.gap, after.gap)
    # The latest event stays, since the prediction is made after it.
    assert ((after.lengths > 0) == (before.lengths > 0)).all()
    latest = [one.last(1).kind for one in (before, after)]
    assert np.array_equal(*latest)


def test_what_is_changed_is_what_is_said(seen, parts):
    before = parts.fit.events
    n = len(before)
    cropped, masked, jittered = (
        seen[word][0].events.take(np.arange(n, 2 * n)) for word in AUGMENTING
    )
    assert (2 * cropped.lengths >= before.lengths).all()
    assert (cropped.lengths < before.lengths).mean() > 0.2
    first = cropped.offsets[:-1][cropped.lengths > 0]
    assert (cropped.gap[first] == 0).all()
    several = before.lengths > 1
    lost = (before.lengths - masked.lengths)[several].sum() / (before.lengths[several] - 1).sum()
    assert lost == pytest.approx(0.2, abs=0.05)
    assert np.array_equal(jittered.kind, before.kind)
    moved = np.log(jittered.gap[before.gap > 0] / before.gap[before.gap > 0])
    assert moved.std() == pytest.approx(0.3, abs=0.05)


def test_models_of_features_are_told(parts):
    tree = varied(load(Registry("model").find("decision_tree"))(), ["masked"])
    with pytest.raises(ModelError, match=r"reads no events; \+masked"):
        tree.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))
