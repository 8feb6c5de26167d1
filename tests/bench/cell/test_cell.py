import json
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.cell import fit_and_predict, probability_of_yes
from intentbench.bench.cell.views import Views
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.errors import ModelError
from intentbench.bench.model import Explanation, Model, two_columns
from intentbench.bench.run.cell_plan import cell_key, cell_seed
from intentbench.bench.splits.fold import Split
from intentbench.bench.task import Card, Task

FEATURES, EVENTS = frozenset({"features"}), frozenset({"events"})
SPLIT, TEST = Split(np.arange(60), np.arange(60, 80)), np.arange(80, 120)


def shop(with_events=True):
    parts = make_parts(3)
    cases = parts.fit if with_events else Cases(parts.fit.features)
    return Task("toy", cases, parts.y_fit, Card("Toy", "?", "made up", "none", "1 = yes"))


def views(task=None):
    return Views(task or shop(), SPLIT, TEST)


class Plain(Model):
    """A model that gives the base rate."""

    title, family, views = "Plain", "other", FEATURES

    def fit(self, cases, y, *, valid):
        self.rate_ = float(y.mean())
        return self

    def predict_proba(self, cases):
        return two_columns(np.full(len(cases), self.rate_))


class Weighted(Plain):
    """A model that gives the base rate by weight."""

    uses_weights = True

    def fit(self, cases, y, *, valid, weight=None, valid_weight=None):
        self.given_ = weight, valid_weight
        self.rate_ = float(np.average(y, weights=weight))
        return self


def test_weights_are_given_to_models_that_use_them():
    task = replace(shop(), weight=np.arange(1.0, len(shop()) + 1))
    result = fit_and_predict(Weighted, views(task), 0)
    for given, rows in zip(result.fitted.given_, (SPLIT.fit, SPLIT.valid), strict=True):
        assert np.array_equal(given, task.weight[rows])
    assert not result.facts["fitted_without_weights"]
    rate = np.average(task.target[SPLIT.fit], weights=task.weight[SPLIT.fit])
    assert result.predictions.test == pytest.approx(rate)


def test_models_that_cannot_use_weights_are_told_apart():
    task = replace(shop(), weight=np.arange(1.0, len(shop()) + 1))
    facts = fit_and_predict(Plain, views(task), 0).facts
    assert facts["fitted_without_weights"]
    for model_class in (Plain, Weighted):
        without = fit_and_predict(model_class, views(), 0)
        assert not without.facts["fitted_without_weights"]
    assert without.fitted.given_ == (None, None)


class TestViews:
    @pytest.mark.parametrize("shown", [FEATURES, EVENTS, FEATURES | EVENTS])
    @pytest.mark.parametrize("with_events", [True, False])
    def test_what_is_not_declared_is_hidden(self, shown, with_events):
        for cases, n in zip(views(shop(with_events)).parts(shown), (60, 20, 40), strict=True):
            assert len(cases) == n
            assert cases.features.shape == (n, 6 if "features" in shown else 0)
            assert (cases.events.n_events > 0) == ("events" in shown)
            assert cases.events.n_kinds > 1 or "events" not in shown

    def test_parts_hold_the_planned_cases(self):
        task = shop()
        for cases, rows in zip(
            views(task).parts(FEATURES), (SPLIT.fit, SPLIT.valid, TEST), strict=True
        ):
            pd.testing.assert_frame_equal(
                cases.features, task.cases.features.iloc[rows].reset_index(drop=True)
            )

    def test_outcomes_are_those_of_fit_and_valid_cases(self):
        task = shop()
        y_fit, y_valid = views(task).outcomes()
        assert np.array_equal(y_fit, task.target[:60])
        assert np.array_equal(y_valid, task.target[60:80])

    def test_derived_view_is_told(self):
        assert views(shop(with_events=False)).is_derived(EVENTS)
        assert not views(shop(with_events=False)).is_derived(FEATURES)
        assert not views(shop()).is_derived(EVENTS)

    def test_derived_view_is_learnt_on_fit_cases_alone(self):
        task = shop(with_events=False)
        wild = task.cases.features.copy()
        wild.loc[60:, "noise"] *= 1000
        wild.loc[60:, "pages"] = 0
        wild["channel"] = wild["channel"].astype("str")
        wild.loc[60:, "channel"] = "never seen"
        changed = replace(task, cases=Cases(wild))
        for number, same in enumerate((True, False, False)):
            one = views(task).parts(EVENTS)[number].events
            other = views(changed).parts(EVENTS)[number].events
            assert one.vocabulary == other.vocabulary
            assert np.array_equal(one.kind, other.kind) == same

    def test_model_that_changes_its_input_does_not_harm_the_next(self):
        for with_events in (True, False):
            seen = views(shop(with_events))
            first = seen.parts(FEATURES | EVENTS)[0]
            first.features["noise"] = 0.0
            for mark in first.events.marks.values():
                with_own = mark.flags.writeable
                if with_own:
                    mark[:] = 0
                assert with_own == with_events  # the shared derived view cannot be written to
            second = seen.parts(FEATURES | EVENTS)[0]
            assert second.features["noise"].abs().min() > 0
            assert second.events.kind.any()
            y, _ = seen.outcomes()
            y[:] = 0
            assert seen.outcomes()[0].any()


class TestCarryOut:
    def test_predictions_and_facts_are_given(self):
        outcome = fit_and_predict(Plain, views(), 0)
        rate = shop().target[:60].mean()
        assert outcome.predictions.valid.tolist() == pytest.approx([rate] * 20)
        assert outcome.predictions.test.tolist() == pytest.approx([rate] * 40)
        facts = outcome.facts
        assert (facts["n_predicted"], facts["views"], facts["derived_view"]) == (
            60,
            ["features"],
            False,
        )
        assert facts["fit_seconds"] > 0 and facts["predict_seconds"] > 0
        assert facts["wall_seconds"] > 0
        assert facts["peak_bytes"] >= 0 and facts["warnings"] == []

    def test_memory_is_measured(self):
        class Hungry(Plain):
            def fit(self, cases, y, *, valid):
                self.hoard_ = np.ones(2**23)
                return super().fit(cases, y, valid=valid)

        earlier = [np.ones(1000) for _ in range(20_000)]
        kept = earlier[-1]  # what lies below it is free soon, and not given back
        del earlier
        # Other memory can be given back meanwhile: rarely, so that one of three is right.
        peaks = [fit_and_predict(Hungry, views(), 0).facts["peak_bytes"] for _ in range(3)]
        assert 0.9 * 2**26 <= max(peaks) < 2**27 and kept.all()

    def test_seed_is_given_to_models_that_ask_for_one(self):
        class Seeded(Plain):
            def __init__(self, random_state=None, size=2):
                self.random_state, self.size = random_state, size

        assert fit_and_predict(Seeded, views(), 77).facts["params"] == {
            "random_state": 77,
            "size": 2,
        }
        assert fit_and_predict(Plain, views(), 77).facts["params"] == {}

    def test_warnings_are_noted_once_and_not_many(self):
        class Warns(Plain):
            def fit(self, cases, y, *, valid):
                for number in (1, 1, 2, 3, 4, 5, 6, 7):
                    warnings.warn(f"careful {number}", UserWarning, stacklevel=1)
                return super().fit(cases, y, valid=valid)

        noted = fit_and_predict(Warns, views(), 0).facts["warnings"]
        assert noted == [f"UserWarning: careful {number}" for number in (1, 2, 3, 4, 5)]

    def test_errors_of_the_model_pass_through(self):
        class Fails(Plain):
            def predict_proba(self, cases):
                raise LookupError("mine")

        with pytest.raises(LookupError, match="mine"):
            fit_and_predict(Fails, views(), 0)


def proba(values):
    class Says(Plain):
        def predict_proba(self, cases):
            return values

    return probability_of_yes(Says(), shop().cases.take(np.arange(3)), "test")


class TestProbabilities:
    @pytest.mark.parametrize(
        ("values", "words"),
        [
            (None, "shape () for 3 test cases; it must be (3, 2)"),
            (np.full(3, 0.5), "shape (3,) for 3 test cases"),
            (np.full((2, 2), 0.5), "shape (2, 2) for 3 test cases"),
            (np.full((3, 3), 1 / 3), "shape (3, 3)"),
            (np.array([[1, 0]] * 3), "type int64; it must be probabilities"),
            (np.array([["no", "yes"]] * 3), "it must be probabilities"),
            (
                np.array([[0.5, 0.5], [np.nan, 0.5], [0.5, np.inf]]),
                "[nan, 0.5] for test case 1 (2 of 3",
            ),
            (
                np.array([[0.5, 0.5], [0.5, 0.5], [0.4, 0.5]]),
                "[0.4, 0.5] for test case 2; the two must",
            ),
            (np.array([[0.5, 0.5], [1.5, -0.5], [0.5, 0.5]]), "[1.5, -0.5] for test case 1"),
        ],
    )
    def test_what_breaks_the_contract_is_named(self, values, words):
        with pytest.raises(ModelError) as refused:
            proba(values)
        assert words in str(refused.value) and "Says.predict_proba" in str(refused.value)

    def test_rounding_is_forgiven_and_removed(self):
        p = proba(np.array([[1 + 1e-9, -1e-9], [0, 1], [0.25, 0.75]], dtype=np.float64))
        assert p.tolist() == [0.0, 1.0, 0.75] and p.dtype == np.float64
        assert proba(np.full((3, 2), 0.5, np.float32)).dtype == np.float64


TOLD = Explanation("table", "How.", ("a",), (("x",),))


class TestExplanation:
    def explained(self, explanation):
        class Explains(Plain):
            def explain(self):
                if isinstance(explanation, Exception):
                    raise explanation
                return explanation

        outcome = fit_and_predict(Explains, views(), 0)
        assert len(outcome.predictions.test) == 40
        json.dumps(outcome.facts, allow_nan=False)
        return outcome.facts["explanations"], outcome.facts["warnings"]

    def test_explanation_becomes_plain_values(self):
        told = Explanation.importances(
            ["Größe", "x", "y"], np.array([0.5, -2, 0], np.float32), "How."
        )
        assert self.explained(told) == (
            [
                {
                    "kind": "importances",
                    "reading": "How.",
                    "columns": ["feature", "weight"],
                    "rows": [["x", -2.0], ["Größe", 0.5]],
                    "title": "",
                }
            ],
            [],
        )

    def test_long_explanation_is_cut(self):
        told = Explanation("table", "How.", ("n",), tuple((np.int64(i),) for i in range(99)))
        assert len(self.explained(told)[0][0]["rows"]) == 40

    def test_no_explanation_is_no_fault(self):
        assert self.explained(None) == ([], [])
        assert self.explained(()) == ([], [])

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ("a text", "returned a str, not an Explanation"),
            (Explanation("table", "How.", ("a", "b"), (("x",),)), "row ['x'] for the columns"),
            (Explanation("table", "How.", ("a",), ((np.float32("nan"),),)), "not finite"),
            (Explanation("table", None, ("a",), (("x",),)), "must be texts"),
            (Explanation("table", "How.", (1,), (("x",),)), "must be texts"),
            (Explanation("table", "How.", ("a",), 3), "TypeError"),
            (Explanation("map", "How.", ("a",), ()), "gave the kind 'map'; it must be one of imp"),
            (Explanation("table", "How.", ("a",), (), title=3), "must be texts"),
            ((TOLD, "a text"), "returned a str, not an Explanation"),
            ((TOLD,) * 7, "gave 7 explanations; give the 6 that matter most"),
            (ZeroDivisionError("by zero"), "explain() failed: ZeroDivisionError: by zero"),
        ],
    )
    def test_wrong_explanation_is_a_warning_and_costs_no_predictions(self, wrong, words):
        explanations, noted = self.explained(wrong)
        assert explanations == []
        assert len(noted) == 1 and words in noted[0]


class TestSeedsAndKeys:
    def test_every_cell_has_a_seed_of_its_own(self):
        seeds = {cell_seed(s, f, i) for s in range(4) for f in range(5) for i in range(3)}
        assert len(seeds) == 60 and all(0 <= seed < 2**31 for seed in seeds)
        assert cell_seed(0, 1, 0) == cell_seed(0, 1, 0)

    def test_key_changes_with_all_that_decides(self):
        base = {
            "names": ("t", "m"), "task_fingerprint": "a", "test": TEST, "split": SPLIT,
            "source": "b", "seed": 1, "versions": {"numpy": "2.0"}, "params": {},
        }  # fmt: skip
        changes = [
            {"params": {"C": 1}}, {"params": {"C": 2}},
            {"names": ("t", "n")}, {"names": ("u", "m")}, {"task_fingerprint": "b"},
            {"source": "c"}, {"seed": 2}, {"versions": {"numpy": "2.1"}}, {"versions": {}},
            {"test": TEST[1:]}, {"test": TEST[::-1]},
            {"split": Split(SPLIT.fit[1:], SPLIT.valid)},
            {"split": Split(np.arange(61), np.arange(61, 80))},
        ]  # fmt: skip
        keys = {cell_key(**base | change) for change in ({}, *changes)}
        assert len(keys) == 14
        assert cell_key(**base) == cell_key(**base | {"versions": {"numpy": "2.0"}})


class TestAskedAgain:
    class OnTheBatch(Plain):
        """Centres each case on all that are predicted with it."""

        def predict_proba(self, cases):
            x = cases.features["noise"].to_numpy()
            return two_columns(0.5 + 0.01 * np.tanh(x - x.mean()))

    def test_a_model_that_uses_who_is_predicted_together_is_refused(self):
        fit_and_predict(self.OnTheBatch, views(), 0)
        with pytest.raises(ModelError, match="it must depend on that case only"):
            fit_and_predict(self.OnTheBatch, views(), 0, asks_again=True)

    def test_an_honest_model_predicts_as_before(self):
        once, twice = (fit_and_predict(Plain, views(), 0, asks_again=how) for how in (False, True))
        assert np.array_equal(once.predictions.test, twice.predictions.test)
