"""Segments as a cell notes them: what marks each, whether they are stable, what is not told."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.cell.segments import segments_of
from intentbench.bench.cell.views import Views
from intentbench.bench.model import Model, Segments, two_columns
from intentbench.bench.splits.fold import Split
from intentbench.bench.store.segments import CellSegments
from intentbench.bench.store.typed import typed
from intentbench.bench.task import Card, Task

CARD = Card("Toy", "?", "made up", "none", "1 = yes")


class Halves(Model):
    """Tells cases apart at 0 in column "a"."""

    title, family, views = "Halves", "other", frozenset({"features"})
    n_segments = 2

    def fit(self, cases, y, *, valid):
        self.fitted_ = True
        return self

    def predict_proba(self, cases):
        return two_columns(np.full(len(cases), 0.5))

    def segments(self):
        return Segments(self.n_segments, self.of, "By hand.")

    def of(self, cases):
        return (cases.features["a"] > 0).astype(int).to_numpy()


class Wanders(Halves):
    """Tells cases apart by chance, another way at each fit."""

    def of(self, cases):
        return np.random.default_rng(id(self) % 2**32).integers(0, 2, len(cases))


class OneOnly(Halves):
    """Tells nobody apart."""

    n_segments = 1


class Fails(Halves):
    """Cannot say."""

    def of(self, cases):
        raise KeyError("nobody knows")


class OutOfRange(Halves):
    """Puts cases into a segment that is not there."""

    def of(self, cases):
        return np.full(len(cases), 7)


@pytest.fixture(scope="module")
def views():
    rng = np.random.default_rng(0)
    n = 400
    a = np.where(np.arange(n) % 4 == 0, 1.0, -1.0)
    rare = np.array(["common"] * n, dtype=object)
    rare[(np.arange(n) % 4 == 0) & (np.arange(n) < 40)] = "secret"
    table = pd.DataFrame(
        {
            "a": a,
            "same": np.ones(n),
            "colour": np.where(rng.random(n) < np.where(a > 0, 0.8, 0.2), "red", "blue"),
            "rare": rare,
            "part": np.where(rng.random(n) < 0.5, np.nan, a + rng.normal(size=n)),
        }
    )
    task = Task("toy", Cases(table), rng.integers(0, 2, n).astype(np.int8), CARD)
    return Views(task, Split(np.arange(0, 240), np.arange(240, 320)), np.arange(320, 400))


def noted(kind, views):
    made = kind()
    fit, valid, _ = views.parts(made.views)
    y, y_valid = views.outcomes()
    return segments_of(made.fit(fit, y, valid=(valid, y_valid)), kind, views, 0, 0.01)


def test_what_marks_a_segment_is_what_differs_most_in_standard_deviations(views):
    found = noted(Halves, views)
    assert typed(CellSegments, found.plain()) == found
    fit, _, test = views.parts(frozenset({"features"}))
    inside = fit.features["a"] > 0
    np.testing.assert_array_equal(found.numbers(), (test.features["a"] > 0).astype(int))
    assert [one.n_fit for one in found.segments] == [180, 60]
    first, second, third = found.segments[1].differences
    assert (first.column, first.value, first.inside, first.outside) == ("a", "", 1.0, -1.0)
    assert first.distance == pytest.approx(2 / fit.features["a"].std(ddof=0))
    assert {second.column, third.column} == {"colour", "part"}
    colour = second if second.column == "colour" else third
    is_red = fit.features["colour"] == colour.value
    assert colour.inside == pytest.approx(is_red[inside].mean())
    assert colour.outside == pytest.approx(is_red[~inside].mean())
    part = third if second.column == "colour" else second
    assert part.inside == pytest.approx(fit.features["part"][inside].mean())


def test_a_value_of_few_cases_is_never_told(views):
    assert "secret" not in str(noted(Halves, views).plain())


def test_segments_that_are_found_again_are_stable_and_those_by_chance_are_not(views):
    found = noted(Halves, views)
    assert (found.stability, found.n_bootstraps, found.unmeasured) == (1.0, 10, "")
    assert noted(Wanders, views).stability < 0.3
    fit, valid, _ = views.parts(Halves.views)
    slow = segments_of(Halves().fit(fit, None, valid=valid), Halves, views, 0, 60.0)
    assert math.isnan(slow.stability)
    assert slow.unmeasured.startswith("to find them again 10 times would have taken about")


def test_people_are_drawn_whole():
    people = np.repeat(np.arange(60), np.arange(60) % 5 + 1)
    table = pd.DataFrame({"a": np.where(people % 2, 1.0, -1.0), "who": people})
    n = len(people)
    task = Task("toy", Cases(table), (np.arange(n) % 2).astype(np.int8), CARD, group=people)
    drawn = []

    class Notes(Halves):
        def fit(self, cases, y, *, valid):
            drawn.append(cases.features["who"].to_numpy())
            return self

    rows = np.arange(n)
    noted(Notes, Views(task, Split(rows, rows[:9]), rows[:9]))
    times = np.stack([np.bincount(who, minlength=60) for who in drawn[1:]])
    sizes = np.arange(60) % 5 + 1
    assert len(times) == 10 and (times % sizes == 0).all()
    assert (times / sizes).sum(axis=1).tolist() == [60.0] * 10 and (times == 0).any()


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (OneOnly, "all cases are in one segment"),
        (Fails, "asking for them failed: KeyError: 'nobody knows'"),
        (OutOfRange, "asking for them failed: ModelError: some cases are in none of the 2"),
    ],
)
def test_where_there_are_none_the_reason_is_noted(views, kind, why):
    found = noted(kind, views)
    assert found.missing.startswith(why)
    assert found.segments == ()
    assert typed(CellSegments, found.plain()) == found


def test_notes_that_contradict_themselves_are_refused(views):
    plain = noted(Halves, views).plain()
    for wrong in ({"stability": 1.5}, {"segments": plain["segments"][:1]}):
        with pytest.raises(ValueError, match=r"no adjusted Rand index|in no segment"):
            typed(CellSegments, plain | wrong)
    with pytest.raises(ValueError, match="not finite"):
        replace(noted(Halves, views).segments[1].differences[0], distance=math.inf)
