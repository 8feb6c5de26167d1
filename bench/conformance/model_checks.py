"""The conformance suite: what every model must do, said in its author's terms.

Each check takes a ``Subject`` (a model class with a few shared fits) and raises ``ModelError`` with
what is wrong, or returns a sentence where it does not apply.  `intentbench check` runs them on one
plugin; a test runs them on the whole registry.
"""

import inspect
import pickle
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from ..cases import Cases
from ..cell.cell import probability_of_yes
from ..cell.explanations import checked_explanations
from ..errors import ModelError
from ..events import Events
from ..model import FAMILIES, Model
from .toy_task import Parts, copy_of, make_parts, shortened

Check = Callable[["Subject"], "str | None"]

_SEED = 20_240_601
_TOLERANCE = 1e-6


class Subject:
    """A model class under examination.

    Fits are made when a check first needs them and shared by the checks that come after.
    """

    def __init__(self, model_class: type[Model]) -> None:
        self.model_class = model_class

    def new(self, seed: int = 1) -> Model:
        """Make an unfitted model with a fixed seed."""
        model = self.model_class()
        if "random_state" in model.get_params():
            model.set_params(random_state=seed)
        return model

    def fit(self, parts: "Parts", seed: int = 1) -> Model:
        """Fit a new model on the declared views of the parts."""
        shown = parts.shown(self.model_class.views)
        model = self.new(seed)
        model.fit(shown.fit, shown.y_fit, valid=(shown.valid, shown.y_valid))
        return model

    def predict(self, model: Model, cases: Cases) -> np.ndarray:
        """Predict the declared view of some cases; holds the shape to the contract."""
        return probability_of_yes(model, copy_of(cases, self.model_class.views), "new")

    @property
    def is_baseline(self) -> bool:
        """Whether the model is meant to learn nothing but the base rate."""
        return self.model_class.family == "baseline"

    @cached_property
    def easy(self) -> "Parts":
        """Cases whose outcome shows in both views."""
        return make_parts(_SEED)

    @cached_property
    def few(self) -> "Parts":
        """Fewer of the like, for checks that only ask whether an answer comes."""
        return make_parts(_SEED, n_fit=120, n_valid=40)

    @cached_property
    def fitted(self) -> Model:
        """A model fitted on the easy cases."""
        return self.fit(self.easy)

    @cached_property
    def p_new(self) -> np.ndarray:
        """Its predictions of new cases."""
        return self.predict(self.fitted, self.easy.new)


def _need(good: bool, message: str) -> None:
    if not good:
        raise ModelError(message)


def check_declares_itself(subject: Subject) -> None:
    """Title, family, views and a docstring are there and have known values."""
    cls = subject.model_class
    title, views = getattr(cls, "title", None), getattr(cls, "views", None)
    _need(isinstance(title, str) and bool(title), "give the class a `title`, as in reports.")
    _need(
        getattr(cls, "family", None) in FAMILIES,
        f"`family` is {getattr(cls, 'family', None)!r}; it must be one of {', '.join(FAMILIES)}.",
    )
    _need(
        isinstance(views, frozenset) and bool(views) and views <= {"features", "events"},
        f"`views` is {views!r}; it must be a frozenset of 'features', 'events' or both.",
    )
    _need(
        isinstance(cls.requires, tuple) and all(isinstance(name, str) for name in cls.requires),
        f"`requires` is {cls.requires!r}; it must be a tuple of import names.",
    )
    _need(bool((cls.__doc__ or "").strip()), "give the class a docstring; `list` shows its line.")


def check_init_only_stores(subject: Subject) -> None:
    """``__init__`` stores its keywords and sets nothing else; a clone is equal."""
    model = subject.model_class()
    params = model.get_params(deep=False)
    extra = sorted(set(vars(model)) - set(params))
    _need(not extra, f"__init__ sets {extra}; it may only store its keywords.  Set them in fit.")
    given, twin = inspect.signature(subject.model_class).parameters, clone(model)
    for name, value in params.items():
        _need(
            value is given[name].default and repr(getattr(twin, name)) == repr(value),
            f"__init__ changes the keyword {name!r}; store it as it is and convert it in fit.",
        )


def check_fit_keeps_keywords(subject: Subject) -> None:
    """``fit`` returns the model and changes none of its keywords."""
    model = subject.new()
    before = dict(model.get_params(deep=False))
    few = subject.few.shown(subject.model_class.views)
    returned = model.fit(few.fit, few.y_fit, valid=(few.valid, few.y_valid))
    _need(returned is model, "fit must return self.")
    for name, value in before.items():
        _need(
            getattr(model, name) is value,
            f"fit changed the keyword {name!r}; store what is learnt in {name}_.",
        )


def check_inputs_unchanged(subject: Subject) -> None:
    """Neither ``fit`` nor ``predict_proba`` changes the cases or outcomes it is given."""
    few = subject.few.shown(subject.model_class.views)
    given = [few.fit, few.valid, few.new]
    before = pickle.dumps([(c.features, c.events.offsets, dict(c.events.marks)) for c in given])
    outcomes = few.y_fit.copy(), few.y_valid.copy()
    model = subject.new()
    model.fit(few.fit, few.y_fit, valid=(few.valid, few.y_valid))
    model.predict_proba(few.new)
    kept = pickle.loads(before)
    for cases, (features, offsets, marks) in zip(given, kept, strict=True):
        same = features.equals(cases.features) and np.array_equal(offsets, cases.events.offsets)
        same &= all(np.array_equal(marks[name], cases.events.marks[name]) for name in marks)
        _need(same, "fit or predict_proba changed the cases it was given; work on a copy.")
    same = np.array_equal(outcomes[0], few.y_fit) and np.array_equal(outcomes[1], few.y_valid)
    _need(same, "fit changed the outcomes it was given; work on a copy.")


def check_same_seed_same_numbers(subject: Subject) -> None:
    """A second fit with the same seed predicts the same to the last bit."""
    again = subject.predict(subject.fit(subject.easy), subject.easy.new)
    _need(
        np.array_equal(again, subject.p_new),
        "two fits with the same random_state differ by up to "
        f"{np.abs(again - subject.p_new).max():.3g}; pass random_state on to everything that "
        "draws, and draw nothing else.",
    )


def check_refit_forgets(subject: Subject) -> None:
    """Fitting again gives what a fresh model gives: nothing is left of the first fit."""
    model = subject.fit(subject.easy.with_outcomes(lambda y: (1 - y).astype(np.int8)))
    easy = subject.easy.shown(subject.model_class.views)
    model.fit(easy.fit, easy.y_fit, valid=(easy.valid, easy.y_valid))
    _need(
        np.array_equal(subject.predict(model, subject.easy.new), subject.p_new),
        "a model fitted a second time differs from a fresh one; fit must start from nothing.",
    )


def check_each_case_alone(subject: Subject) -> None:
    """A case's probability depends neither on its neighbours nor on their order."""
    new, p = subject.easy.new, subject.p_new
    backwards = np.arange(len(new))[::-1]
    few = np.array([5, 3, 77])
    for rows, what in ((backwards, "in reverse order"), (few, "three at a time"),
                       (few[:1], "alone")):  # fmt: skip
        apart = np.abs(subject.predict(subject.fitted, new.take(rows)) - p[rows]).max()
        _need(
            apart <= _TOLERANCE,
            f"predicted {what}, a case's probability changes by {apart:.3g}; it must depend on "
            "that case only.",
        )


def check_survives_pickling(subject: Subject) -> None:
    """A fitted model predicts the same after being pickled."""
    try:
        copy = pickle.loads(pickle.dumps(subject.fitted))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ModelError(f"a fitted model cannot be pickled: {error}") from error
    apart = np.abs(subject.predict(copy, subject.easy.new) - subject.p_new).max()
    _need(apart <= _TOLERANCE, f"after pickling, probabilities change by {apart:.3g}.")


def check_learns_the_easy_task(subject: Subject) -> str | None:
    """Learns what three columns or the events give away: ROC AUC above 0.8."""
    if subject.is_baseline:
        return "a baseline learns nothing"
    auc = roc_auc_score(subject.easy.y_new, subject.p_new)
    _need(auc > 0.8, f"ROC AUC on an easy task is {auc:.3f}; it must be above 0.8.")
    return None


def check_flipped_outcomes(subject: Subject) -> str | None:
    """With outcomes flipped the ranking turns round; catches swapped columns."""
    if subject.is_baseline:
        return "a baseline learns nothing"
    model = subject.fit(subject.easy.with_outcomes(lambda y: (1 - y).astype(np.int8)))
    auc = roc_auc_score(subject.easy.y_new, subject.predict(model, subject.easy.new))
    _need(
        auc < 0.2,
        f"taught the opposite outcomes, ROC AUC is {auc:.3f} and should be below 0.2; are the "
        "columns P(no), P(yes) swapped, or the outcomes ignored?",
    )
    return None


def check_columns_in_any_order(subject: Subject) -> str | None:
    """Reordered feature columns give nearly the same scores."""
    if "features" not in subject.model_class.views or subject.is_baseline:
        return "reads no features"
    turned = subject.easy.with_features(lambda features: features[features.columns[::-1]])
    auc = roc_auc_score(turned.y_new, subject.predict(subject.fit(turned), turned.new))
    before = roc_auc_score(subject.easy.y_new, subject.p_new)
    _need(
        abs(auc - before) < 0.05,
        f"with the columns reordered ROC AUC goes from {before:.3f} to {auc:.3f}; read columns by "
        "name.",
    )
    return None


def check_learns_nothing_from_chance(subject: Subject) -> None:
    """Taught outcomes that have nothing to do with the cases, it cannot rank new ones."""
    rng = np.random.default_rng(_SEED + 1)

    def by_chance(y: np.ndarray) -> np.ndarray:
        # Equally many among the true 1s and the true 0s: no signal is left, not even by accident.
        drawn = np.zeros_like(y)
        for rows in (np.flatnonzero(y == 0), np.flatnonzero(y == 1)):
            drawn[rng.permutation(rows)[: round(0.5 * len(rows))]] = 1
        return drawn

    # A model of few numbers ranks by chance well or badly, seldom in between; taught the opposite
    # it ranks the other way round, unless it knows more than it was taught.
    drawn = subject.easy.with_outcomes(by_chance)
    opposite = drawn.with_outcomes(lambda y: (1 - y).astype(np.int8))
    aucs = [
        roc_auc_score(subject.easy.y_new, subject.predict(subject.fit(parts), subject.easy.new))
        for parts in (drawn, opposite)
    ]
    _need(
        abs(np.mean(aucs) - 0.5) < 0.25,
        f"taught pure chance and its opposite, ROC AUC is {aucs[0]:.3f} and {aucs[1]:.3f}, and "
        "should be 0.5 on average.  Does the model keep something from an earlier fit, or know "
        "outcomes it was not given?",
    )


def check_untidy_cases(subject: Subject) -> None:
    """Missing values, unseen categories, empty sequences and constant columns are answered."""
    rng = np.random.default_rng(_SEED + 2)

    def untidy(features: pd.DataFrame) -> pd.DataFrame:
        features = features.assign(
            constant=7.0, missing=np.nan, nothing=pd.Series([None] * len(features), dtype="string")
        )
        gone = rng.random(len(features)) < 0.3
        features["seconds on page"] = features["seconds on page"].mask(gone)
        features["channel"] = features["channel"].mask(gone)
        features["région 7"] = features["région 7"].mask(gone)
        return features

    few = subject.few.with_features(untidy)
    empty = rng.random(len(few.fit)) < 0.2
    lengths = np.where(empty, 0, few.fit.events.lengths)
    few.fit = Cases(few.fit.features, shortened(few.fit.events, lengths))
    model = subject.fit(few)
    strange = few.new.features.copy()
    strange["channel"] = pd.Series(["never seen"] * len(strange), dtype="category")
    strange["région 7"] = pd.Series(["天"] * len(strange), dtype="string")
    strange["seconds on page"] = 1e12
    strange["pages"] = -1
    nothing = shortened(few.new.events, np.zeros(len(strange), dtype=np.int64))
    for cases in (few.new, Cases(strange, few.new.events), Cases(strange, nothing)):
        subject.predict(model, cases)


def check_kind_never_seen(subject: Subject) -> str | None:
    """An event kind that no fit case holds is answered."""
    if "events" not in subject.model_class.views:
        return "reads no events"
    few = subject.few
    rare = few.fit.events.n_kinds
    wider = dict(few.fit.events.vocabulary)
    wider["kind"] = (*wider["kind"], "refund")

    def widened(cases: Cases, replace_first: bool) -> Cases:
        kind = cases.events.kind.copy()
        if replace_first:
            kind[::3] = rare
        marks = dict(cases.events.marks) | {"kind": kind}
        return Cases(cases.features, Events(cases.events.offsets, marks, wider))

    seen = [widened(cases, False) for cases in (few.fit, few.valid)]
    parts = Parts(seen[0], few.y_fit, seen[1], few.y_valid, few.new, few.y_new)
    subject.predict(subject.fit(parts), widened(few.new, True))
    return None


def check_thousands_of_values(subject: Subject) -> None:
    """A column that is different in every case and five thousand event kinds are answered."""
    rng = np.random.default_rng(_SEED + 4)

    def many(cases: Cases) -> Cases:
        customer = pd.Series([f"customer {i}" for i in rng.integers(0, 10**6, len(cases))])
        events = cases.events
        kind = rng.integers(0, 5000, events.n_events).astype(np.int32)
        vocabulary = dict(events.vocabulary) | {"kind": tuple(f"item {i}" for i in range(5000))}
        return Cases(
            cases.features.assign(customer=customer.astype("category")),
            Events(events.offsets, dict(events.marks) | {"kind": kind}, vocabulary),
        )

    few = subject.few.with_cases(many)
    subject.predict(subject.fit(few), few.new)


def check_extreme_events(subject: Subject) -> str | None:
    """A single kind of event, ten thousand events of one case and huge marks are answered."""
    if "events" not in subject.model_class.views:
        return "reads no events"

    def extreme(cases: Cases) -> Cases:
        events = cases.events
        lengths = events.lengths.copy()
        lengths[:2] = 10_000, 0
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        # The marks are repeated, so that there are enough of them.
        marks = {name: np.resize(mark, offsets[-1]) for name, mark in events.marks.items()}
        marks["kind"] = np.zeros(offsets[-1], dtype=np.int32)
        marks["price"][::7] = 1e30
        return Cases(
            cases.features, Events(offsets, marks, dict(events.vocabulary) | {"kind": ("view",)})
        )

    few = subject.few.with_cases(extreme)
    subject.predict(subject.fit(few), few.new)
    return None


def check_valid_with_one_outcome(subject: Subject) -> None:
    """Valid cases that all have the same outcome do not stop a fit."""
    few = subject.few
    for outcome in (0, 1):
        rows = np.flatnonzero(few.y_valid == outcome)
        parts = Parts(
            few.fit, few.y_fit, few.valid.take(rows), few.y_valid[rows], few.new, few.y_new
        )
        subject.predict(subject.fit(parts), few.new)


def check_thirty_cases(subject: Subject) -> None:
    """Twenty-two cases to fit and eight to watch are enough to answer."""
    thirty = make_parts(_SEED + 3, n_fit=22, n_valid=8)
    subject.predict(subject.fit(thirty), thirty.new)


def check_nothing_to_read(subject: Subject) -> None:
    """Without a single column or event the model still answers."""
    nothing = subject.few.shown(frozenset())
    subject.predict(subject.fit(nothing), nothing.new)


def check_explains_itself(subject: Subject) -> str | None:
    """``explain`` gives nothing, or small tables of strings and finite numbers."""
    return None if checked_explanations(subject.fitted.explain()) else "explains nothing"


CHECKS: tuple[Check, ...] = (
    check_declares_itself,
    check_init_only_stores,
    check_fit_keeps_keywords,
    check_inputs_unchanged,
    check_same_seed_same_numbers,
    check_refit_forgets,
    check_each_case_alone,
    check_survives_pickling,
    check_learns_the_easy_task,
    check_flipped_outcomes,
    check_columns_in_any_order,
    check_learns_nothing_from_chance,
    check_untidy_cases,
    check_kind_never_seen,
    check_thousands_of_values,
    check_extreme_events,
    check_valid_with_one_outcome,
    check_thirty_cases,
    check_nothing_to_read,
    check_explains_itself,
)

_SUBJECTS: dict[type[Model], Subject] = {}


def run_check(model_class: type[Model], name: str) -> str:
    """Run one check by name.

    Returns
    -------
    str
        Empty, or why the check does not apply.

    Raises
    ------
    ModelError
        What is wrong.  Errors of the model's own code pass through.
    """
    subject = _SUBJECTS.setdefault(model_class, Subject(model_class))
    check = next(check for check in CHECKS if check.__name__ == name)
    return check(subject) or ""


def describe(check: Any) -> str:
    """Give the first line of a check's docstring."""
    return check.__doc__.partition("\n")[0]
