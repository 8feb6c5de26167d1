from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.cell import fit_and_predict
from intentbench.bench.cell.drivers import Took, drivers_of
from intentbench.bench.cell.questions import Told
from intentbench.bench.cell.views import Views
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.model import Model, two_columns
from intentbench.bench.splits.fold import Split
from intentbench.bench.store.drivers import LOCAL_EFFECTS, PARTIAL_DEPENDENCE, CellDrivers
from intentbench.bench.store.typed import typed
from intentbench.bench.task import Card, Task
from scipy.special import expit

QUICK = Took(1.0, 0.01, 1000)
CARD = Card("Toy", "?", "made up", "none", "1 = yes")


class Knows(Model):
    """A model that knows the answer: a fixed function of the columns."""

    title, family, views = "Knows", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        self.asked_ = []
        return self

    def predict_proba(self, cases):
        self.asked_.append(len(cases))
        table = cases.features
        return two_columns(expit(-1 + 2 * table["a"] - table["b"] + 2 * (table["c"] == "red")))


class FailsLater(Knows):
    """Fails when it is asked a third time."""

    def predict_proba(self, cases):
        if len(self.asked_) == 2:
            raise KeyError("only twice")
        return super().predict_proba(cases)


class CountsViews(Model):
    """More probable with every cart, less with every view."""

    title, family, views = "Counts", "sequence", frozenset({"events"})

    def fit(self, cases, y, *, valid):
        return self

    def predict_proba(self, cases):
        events = cases.events
        names = events.vocabulary["kind"]
        change = np.array([{"cart": 0.6, "view": -0.2}.get(name, 0.0) for name in names])
        return two_columns(expit(np.bincount(events.owner, change[events.kind], len(cases))))


def simulated(n=1500, seed=0, **more):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=n), "b": rng.normal(size=n),
            "c": pd.Series(rng.choice(["red", "blue", "green"], n), dtype="category"),
            "noise": rng.normal(size=n), **{name: make(rng, n) for name, make in more.items()},
        }
    )  # fmt: skip
    p = expit(-1 + 2 * frame["a"] - frame["b"] + 2 * (frame["c"] == "red"))
    return Task("toy", Cases(frame), (rng.random(n) < p).to_numpy().astype(np.int8), CARD)


def split_of(task):
    n = len(task)
    return Views(task, Split(np.arange(n // 3), np.arange(n // 3, n // 2)), np.arange(n // 2, n))


def cell(model_class, task, took=QUICK):
    views = split_of(task)
    result = fit_and_predict(model_class, views, 5)
    test = result.predictions.test
    return drivers_of(result.fitted, views, Told.of(views), test, 5, took), result


def test_every_column_is_dealt_out_anew_and_only_that_one():
    noted, result = cell(Knows, simulated())
    assert [change.names for change in noted.changes] == [("a",), ("b",), ("c",), ("noise",)]
    p, changed = noted.predictions()
    np.testing.assert_allclose(p, result.predictions.test[noted.cases()], atol=1e-7)
    far = np.abs(changed - p).mean(axis=(1, 2))
    assert far[3] == 0
    assert far[0] > far[1] > 0.02


def test_the_curves_are_those_of_the_function():
    noted, _ = cell(Knows, simulated(6000))
    curves = {change.names[0]: change.curves[0] for change in noted.changes}
    assert {curve.method for curve in curves.values()} == {PARTIAL_DEPENDENCE}
    assert [curve.is_ordered for curve in curves.values()] == [True, True, False, True]
    heights = [[point.p for point in curves[name].points] for name in "ab"]
    assert heights[0] == sorted(heights[0])
    assert heights[1] == sorted(heights[1], reverse=True)
    by_colour = {point.label: point.p for point in curves["c"].points}
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 100_000))
    for colour, expected in (("red", 2.0), ("blue", 0.0), ("green", 0.0)):
        assert by_colour[colour] == pytest.approx(expit(-1 + 2 * a - b + expected).mean(), abs=0.03)


def test_columns_that_share_their_information_move_together_and_their_way_is_local():
    task = simulated()
    frame = task.cases.features
    frame = frame.assign(twin=frame["a"] + 0.1 * np.random.default_rng(2).normal(size=len(frame)))
    noted, _ = cell(Knows, replace(task, cases=Cases(frame)))
    (together,) = [change for change in noted.changes if len(change.names) > 1]
    assert together.names == ("a", "twin")
    own, other = together.curves
    assert {own.method, other.method} == {LOCAL_EFFECTS}
    heights = [point.p for point in own.points]
    assert heights == sorted(heights)
    assert heights[-1] - heights[0] > 0.3
    # The twin is not read: all else staying as it is, it changes nothing.
    assert np.ptp([point.p for point in other.points]) == pytest.approx(0, abs=1e-9)


def test_events_that_are_gone_raise_or_lower():
    parts = make_parts(3, n_fit=600, n_valid=200)
    task = Task("toy", parts.fit, parts.y_fit, CARD)
    noted, _ = cell(CountsViews, task)
    removed = {change.names[0]: change for change in noted.changes if change.kind == "removed"}
    assert set(removed) == {"view", "cart", "search", "help"}
    assert removed["cart"].p_with > removed["cart"].p_without + 0.1
    assert removed["view"].p_with < removed["view"].p_without - 0.1
    assert removed["help"].p_with == pytest.approx(removed["help"].p_without)
    kinds = [change.kind for change in noted.changes]
    assert kinds.count("shuffled") == 3
    assert kinds[-1] == "swapped"


def test_a_model_of_events_is_asked_about_columns_where_these_are_its_events():
    class ReadsTokens(CountsViews):
        """More probable for a token."""

        def predict_proba(self, cases):
            events = cases.events
            reds = events.kind == events.vocabulary["kind"].index("c=red")
            return two_columns(expit(np.bincount(events.owner, reds, len(cases)) - 0.5))

    noted, _ = cell(ReadsTokens, simulated())
    far = {
        change.names: np.abs(again - noted.predictions()[0]).mean()
        for change, again in zip(noted.changes, noted.predictions()[1], strict=True)
    }
    assert far["c",] > 0.05
    assert far["a",] == far["b",] == 0


def test_what_a_model_does_when_asked_again_costs_nothing_but_the_answer():
    noted, result = cell(FailsLater, simulated())
    assert noted.missing == "changed cases failed: KeyError: 'only twice'"
    assert len(result.predictions.test) == 750


def test_a_slow_model_is_not_asked():
    noted, result = cell(Knows, simulated(), took=Took(3.0, 100.0, 1000))
    assert noted.missing.startswith("not computed: it would have taken about ")
    assert "after 1e+02 s to fit and predict" in noted.missing
    assert len(result.fitted.asked_) == 2


def test_what_is_asked_is_bounded_whatever_the_table():
    wide = {f"x{i}": lambda rng, n: rng.normal(size=n) for i in range(60)}
    noted, result = cell(Knows, simulated(**wide))
    assert result.fitted.asked_[-1] <= 7000
    assert len(noted.changes) == 30
    last = noted.changes[-1]
    assert last.others
    assert len(last.names) == 64 - 29
    assert not {"a", "b", "c"} & set(last.names)  # the strongest are changed one by one


def test_drivers_come_back_from_json_as_they_were():
    noted, _ = cell(Knows, simulated())
    again = typed(CellDrivers, noted.plain())
    assert again.rows == noted.rows
    assert again.p == noted.p
    assert [change.names for change in again.changes] == [c.names for c in noted.changes]
    assert again.plain() == noted.plain()


@pytest.mark.parametrize(
    "damage",
    [
        {"p": "AAAA"}, {"p": "not base 64"}, {"rows": "AAAAAAAAAAA="}, {"repeats": 0},
        {"repeats": "1"}, {"changes": [{"kind": "imagined", "names": ["a"]}]}, {"more": 1},
    ],
)  # fmt: skip
def test_drivers_that_cannot_be_meant_are_refused(damage):
    noted, _ = cell(Knows, simulated())
    with pytest.raises(ValueError, match=r"."):
        typed(CellDrivers, noted.plain() | damage)


def test_the_same_cases_are_asked_of_every_model_and_twice_the_same():
    first, _ = cell(Knows, simulated())
    again, _ = cell(Knows, simulated())
    assert first == again
