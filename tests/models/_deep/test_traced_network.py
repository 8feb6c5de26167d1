"""Networks are lent from fit to fit: traced once, with one holder at a time."""

import gc

import numpy as np
import pytest
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models._deep.gradient_step import GradientStep
from intentbench.models._deep.recipe import Recipe
from intentbench.models._deep.traced_network import LentNetworks, TracedNetwork
from intentbench.models.mlp import MLP
from intentbench.models.pretrained_gru import PretrainedGRU

SHORT = Recipe(rounds=2, least_steps=3)
PARTS = make_parts(1, n_fit=90, n_valid=30)
OTHERS = PARTS.with_outcomes(lambda y: (1 - y).astype(np.int8))


class ShortMLP(MLP):
    recipe = SHORT


class ShortPretrained(PretrainedGRU):
    recipe = SHORT


def fitted(model, parts=PARTS, **given):
    shown = parts.shown(model.views)
    return model.fit(shown.fit, shown.y_fit, valid=(shown.valid, shown.y_valid), **given)


def predicted(model):
    return model.predict_proba(PARTS.shown(model.views).new)


@pytest.fixture
def steps(monkeypatch):
    """The gradient steps that are traced from here on."""
    gc.collect()
    traced, init = [], GradientStep.__init__

    def noted(step, *arguments):
        traced.append(arguments)
        init(step, *arguments)

    monkeypatch.setattr(GradientStep, "__init__", noted)
    return traced


@pytest.mark.parametrize("model_class", [ShortMLP, ShortPretrained])
def test_a_second_fit_traces_nothing_and_is_that_of_a_fresh_network(model_class, steps):
    class Fresh(model_class):
        """Of an architecture that no other fit here has."""

    alone = predicted(fitted(Fresh(random_state=5)))
    assert len(steps) == 1
    fitted(model_class(random_state=1), OTHERS)  # other cases, other weights
    begun = len(steps)
    again = fitted(model_class(random_state=5))
    assert len(steps) == begun
    assert np.array_equal(predicted(again), alone)


def test_a_fitted_model_says_the_same_while_others_are_fitted(steps):
    first = fitted(ShortMLP(random_state=1))
    before = predicted(first)
    ready = first.readied(PARTS.shown(MLP.views).new)
    # What is about to be asked keeps its network; the fit gets another one.
    second = fitted(ShortMLP(random_state=2), OTHERS)
    assert np.array_equal(ready(), before)
    del ready
    third = fitted(ShortMLP(random_state=3), OTHERS)
    assert np.array_equal(predicted(first), before)
    said = [predicted(model) for model in (second, third)]
    assert not np.array_equal(*said)
    assert np.array_equal(predicted(first), before)
    assert all(np.array_equal(predicted(m), p) for m, p in zip((second, third), said, strict=True))


WIDER = PARTS.with_features(lambda features: features.assign(more=1.0))
WEIGHT = {"weight": np.where(PARTS.y_fit == 1, 3.0, 1.0)}


@pytest.mark.parametrize(
    ("keywords", "parts", "given"),
    [
        ({"dropout": 0.1}, PARTS, {}),
        ({"units": (8,)}, PARTS, {}),
        ({}, WIDER, {}),
        ({}, PARTS, WEIGHT),
    ],
)
def test_other_parameters_columns_and_weights_are_not_taken_for_the_same(keywords, parts, given):
    class Fresh(ShortMLP):
        """Of an architecture that no other fit here has."""

    def p(model):
        shown = parts.shown(MLP.views)
        return fitted(model, parts, **given).predict_proba(shown.new)

    plain = predicted(fitted(ShortMLP(random_state=1)))
    changed = p(ShortMLP(random_state=1, **keywords))
    assert np.array_equal(changed, p(Fresh(random_state=1, **keywords)))
    assert not np.array_equal(changed, plain)
    assert np.array_equal(predicted(fitted(ShortMLP(random_state=1))), plain)


def test_a_network_is_lent_to_one_only_whoever_ends_meanwhile(monkeypatch):
    free, others = LentNetworks(), [TracedNetwork(None) for _ in range(6)]
    for network in others[:4]:
        free._give_back("a", network)

    def ends(network, fresh):
        """The holders of two networks end while it is looked whether this one is like another."""
        while len(others) > 4:
            free._give_back("a", others.pop())
        return network is others[2]

    monkeypatch.setattr(TracedNetwork, "is_like", ends)
    monkeypatch.setattr(TracedNetwork, "starts_as", lambda network, fresh: None)
    assert free.lend("a", None) is others[2]
    assert free.lend("a", None) is not others[2]


def test_a_failed_fit_leaves_nothing_in_the_next_one(monkeypatch):
    expected = predicted(fitted(ShortMLP(random_state=4)))

    def breaks(self, *arguments):
        raise ArithmeticError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(ShortMLP, "_importances", breaks)
        with pytest.raises(ArithmeticError):
            fitted(ShortMLP(random_state=9), OTHERS)
    assert np.array_equal(predicted(fitted(ShortMLP(random_state=4))), expected)
