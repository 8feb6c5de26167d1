"""Another task's events in the vocabulary of the fit cases, hand-made."""

import pickle

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.events import Events
from intentbench.bench.model import Explanation, Model, two_columns
from intentbench.bench.variants.meanings import counterparts, meaning
from intentbench.bench.variants.transferred import Source, Transferred, translated


@pytest.mark.parametrize(
    ("kind", "means"),
    [
        ("view", "view"), ("pv", "view"), ("PageView", "view"), ("view, known item", "view"),
        ("addtocart", "cart"), ("add_to_cart", "cart"), ("Basket", "cart"),
        ("remove_from_cart", "removed"), ("transaction", "purchase"), ("buy", "purchase"),
        ("order completed", "purchase"), ("fav", "favourite"), ("favourite", "favourite"),
        ("search", "search"), ("GROCERY", ""), ("1 CD, under $14 each", ""), ("", ""),
    ],
)  # fmt: skip
def test_kinds_have_a_standard_meaning(kind, means):
    assert meaning(kind) == means


def test_the_same_name_goes_before_the_same_meaning():
    found = counterparts(("View", "order", "music", "search"), ("view", "pv", "buy", "Music"))
    assert found == {"View": ("view",), "order": ("buy",), "music": ("Music",)}


SOURCE = Events(
    np.array([0, 3, 3, 6]),
    {
        "kind": np.array([0, 1, 2, 0, 0, 3], np.int32),
        "gap": np.array([0, 5, 7, 0, 9, 1e6], np.float32),
        "value": np.array([10, 20, 20, 30, 30, 60], np.float32),
        "place": np.array([0, 1, 1, 0, 2, 0], np.int32),
        "item": np.array([0, 1, 0, 1, 0, 1], np.int32),
    },
    {"kind": ("view", "cart", "transaction", "chat"), "place": ("shop", "app", "kiosk"),
     "item": ("7", "12")},
)  # fmt: skip
TARGET = Events(
    np.array([0, 100]),
    {
        "kind": np.tile([0, 1, 1, 1, 2], 20).astype(np.int32),
        "gap": np.ones(100, np.float32),
        "value": np.arange(100, 200).astype(np.float32),
        "seen": np.tile([3, 4, 5, 6, 20], 20).astype(np.float32),
        "place": np.zeros(100, np.int32),
        "item": np.ones(100, np.int32),
    },
    {"kind": ("new page", "known page", "buy"), "place": ("app", "shop"), "item": ("12", "7")},
)


def test_events_are_translated_mark_by_mark():
    many = SOURCE.take(np.tile([0, 1, 2], 400))
    found = translated(many, TARGET, np.random.default_rng(0))
    assert found.vocabulary["kind"] == ("new page", "known page", "buy", "(of the source alone)")
    np.testing.assert_array_equal(found.offsets, many.offsets)
    kind = found.kind.reshape(-1, 6)
    # Views are dealt out among both kinds of page, as they occur among the target's events.
    views = np.bincount(kind[:, [0, 3, 4]].ravel(), minlength=4)
    assert views[2:].tolist() == [0, 0] and 0.2 < views[0] / views.sum() < 0.3
    assert (kind[:, 2] == 2).all() and (kind[:, [1, 5]] == 3).all()
    marks = {name: mark[:6].tolist() for name, mark in found.marks.items()}
    assert marks["gap"] == SOURCE.gap.tolist()
    assert marks["seen"] == [5.0] * 6
    assert marks["place"] == [1, 0, 0, 1, 2, 1]  # by name; a kiosk is no place of the target
    assert marks["item"] == [2] * 6  # ids of one shop mean nothing in another
    value = np.array(marks["value"])
    np.testing.assert_allclose(value, 100 + 99 * np.array([0.5, 2, 2, 4, 4, 5.5]) / 6, atol=0.2)


class Network(Model):
    """Keeps what it is given."""

    title, family, views = "Network", "deep", frozenset({"events"})

    def fit(self, cases, y, *, valid, source=None):
        self.source_ = source
        return self

    def predict_proba(self, cases):
        return two_columns(np.full(len(cases), 0.5))

    def explain(self):
        return Explanation("table", "own", ("a",), (("b",),))


def test_the_network_is_given_the_source_and_says_what_goes_over():
    cases = Cases(pd.DataFrame(index=[0]), TARGET)
    source = Source("the other shop", SOURCE, np.array([1, 0, 1], np.int8))
    model = Transferred(Network(), source, random_state=1)
    model.fit(cases, np.array([1]), valid=(cases, np.array([1])))
    shown, outcomes = model.model_.source_
    assert shown.events.vocabulary["place"] == ("app", "shop", "(of the source alone)")
    np.testing.assert_array_equal(outcomes, [1, 0, 1])
    told, own = model.explain()
    assert "3 cases of “the other shop” and all their outcomes" in told.reading
    assert told.rows == (
        ("new page", "view", "its weights"),
        ("known page", "view", "its weights"),
        ("buy", "transaction", "its weights"),
        ("gap", "gap", "its weights, in seconds"),
        ("value", "value", "its weights, by quantile"),
        ("seen", "", "nothing: it starts anew"),
        ("place", "place", "weights of values of the same name: 2"),
        ("item", "item", "weights of values of the same name: 0"),
    )
    assert own.reading == "own"
    kept = pickle.loads(pickle.dumps(model))
    assert kept.source is None and kept.explain() == (told, own)
