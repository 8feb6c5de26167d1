"""Checks of what every model promises: to store, to forget, to repeat itself, to learn.

Each takes a ``Subject`` and raises ``ModelError`` with what is wrong, or returns a sentence where
it does not apply.
"""

import inspect
import pickle
from collections.abc import Mapping

import numpy as np
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from ..cell.explanations import checked_explanations
from ..errors import ModelError
from ..language.speaking import LANGUAGES
from ..model import FAMILIES
from .subject import SEED, Subject, need
from .toy_task import STATED, Parts

_TOLERANCE = 1e-6
_DRAWN_ANEW = "says that no two of its fits are alike"
_REMEMBERED = 0.68  # of 240 cases; by chance one in a million is beyond it


def check_declares_itself(subject: Subject) -> None:
    """Title, family, views and a docstring are there and have known values."""
    cls = subject.model_class
    title, views = getattr(cls, "title", None), getattr(cls, "views", None)
    need(isinstance(title, str) and bool(title), "give the class a `title`, as in reports.")
    known = isinstance(cls.titles, Mapping) and cls.titles.keys() <= LANGUAGES.keys()
    need(
        known and all(isinstance(words, str) and words for words in cls.titles.values()),
        f"`titles` is {cls.titles!r}; it must give the title by language: {', '.join(LANGUAGES)}.",
    )
    need(
        getattr(cls, "family", None) in FAMILIES,
        f"`family` is {getattr(cls, 'family', None)!r}; it must be one of {', '.join(FAMILIES)}.",
    )
    need(
        isinstance(views, frozenset) and bool(views) and views <= {"features", "events"},
        f"`views` is {views!r}; it must be a frozenset of 'features', 'events' or both.",
    )
    need(
        isinstance(cls.requires, tuple) and all(isinstance(name, str) for name in cls.requires),
        f"`requires` is {cls.requires!r}; it must be a tuple of import names.",
    )
    need(
        isinstance(cls.uses_weights, bool),
        f"`uses_weights` is {cls.uses_weights!r}; it must be True or False.",
    )
    need(
        isinstance(cls.deterministic, bool),
        f"`deterministic` is {cls.deterministic!r}; it must be True or False.",
    )
    need(
        isinstance(cls.stated, tuple) and set(cls.stated) <= set(STATED),
        f"`stated` is {cls.stated!r}; it must be a tuple of some of {', '.join(STATED)}.",
    )
    need(bool((cls.__doc__ or "").strip()), "give the class a docstring; `list` shows its line.")


def check_init_only_stores(subject: Subject) -> None:
    """``__init__`` stores its keywords and sets nothing else; a clone is equal."""
    model = subject.model_class()
    params = model.get_params(deep=False)
    extra = sorted(set(vars(model)) - set(params))
    need(not extra, f"__init__ sets {extra}; it may only store its keywords.  Set them in fit.")
    given, twin = inspect.signature(subject.model_class).parameters, clone(model)
    for name, value in params.items():
        need(
            value is given[name].default and repr(getattr(twin, name)) == repr(value),
            f"__init__ changes the keyword {name!r}; store it as it is and convert it in fit.",
        )


def check_fit_keeps_keywords(subject: Subject) -> None:
    """``fit`` returns the model and changes none of its keywords."""
    first = subject.first_fit
    need(first.returned is first.model, "fit must return self.")
    for name, value in first.keywords_before.items():
        need(
            getattr(first.model, name) is value,
            f"fit changed the keyword {name!r}; store what is learnt in {name}_.",
        )


def check_inputs_unchanged(subject: Subject) -> None:
    """Neither ``fit`` nor ``predict_proba`` changes the cases or outcomes it is given."""
    first = subject.first_fit
    first.model.predict_proba(first.few.new)
    kept = pickle.loads(first.cases_before)
    for cases, (features, offsets, marks) in zip(first.given, kept, strict=True):
        same = features.equals(cases.features) and np.array_equal(offsets, cases.events.offsets)
        same &= all(np.array_equal(marks[name], cases.events.marks[name]) for name in marks)
        need(same, "fit or predict_proba changed the cases it was given; work on a copy.")
    outcomes = first.few.y_fit, first.few.y_valid
    same = all(map(np.array_equal, first.outcomes_before, outcomes))
    need(same, "fit changed the outcomes it was given; work on a copy.")


def check_same_seed_same_numbers(subject: Subject) -> str | None:
    """A second fit with the same seed predicts the same to the last bit."""
    if not subject.model_class.deterministic:
        return _DRAWN_ANEW
    again = subject.predict(subject.fit(subject.easy), subject.easy.new)
    need(
        np.array_equal(again, subject.p_new),
        "two fits with the same random_state differ by up to "
        f"{np.abs(again - subject.p_new).max():.3g}; pass random_state on to everything that "
        "draws, and draw nothing else.",
    )
    return None


def check_refit_forgets(subject: Subject) -> str | None:
    """Fitting again gives what a fresh model gives: nothing is left of the first fit."""
    if not subject.model_class.deterministic:
        return _DRAWN_ANEW
    # Other checks ask the model for what it was taught first; it is about to be taught anew.
    model, _ = subject.opposite, subject.p_opposite
    easy = subject.easy.shown(subject.model_class.views)
    model.fit(easy.fit, easy.y_fit, valid=(easy.valid, easy.y_valid))
    need(
        np.array_equal(subject.predict(model, subject.easy.new), subject.p_new),
        "a model fitted a second time differs from a fresh one; fit must start from nothing.",
    )
    return None


def check_each_case_alone(subject: Subject) -> None:
    """A case's probability depends neither on its neighbours nor on their order."""
    new, p = subject.easy.new, subject.p_new
    backwards = np.arange(len(new))[::-1]
    few = np.array([5, 3, 77])
    for rows, what in ((backwards, "in reverse order"), (few, "three at a time"),
                       (few[:1], "alone")):  # fmt: skip
        apart = np.abs(subject.predict(subject.fitted, new.take(rows)) - p[rows]).max()
        need(
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
    need(apart <= _TOLERANCE, f"after pickling, probabilities change by {apart:.3g}.")


def check_watches_as_declared(subject: Subject) -> str | None:
    """A model that says it does not watch valid cases is the same whatever these are."""
    if subject.model_class.watches:
        return "watches valid cases"
    if not subject.model_class.deterministic:
        return _DRAWN_ANEW
    fit, few = subject.first_fit, subject.few
    turned = Parts(few.fit, few.y_fit, few.valid, 1 - few.y_valid, few.new, few.y_new)
    p, p_turned = (
        subject.predict(model, fit.few.new) for model in (fit.model, subject.fit(turned))
    )
    apart = np.abs(p - p_turned).max()
    need(
        apart <= _TOLERANCE,
        f"with other outcomes of the valid cases, probabilities change by {apart:.3g}: it reads "
        "them.  Leave out watches = False.",
    )
    return None


def check_learns_the_easy_task(subject: Subject) -> str | None:
    """Learns what three columns or the events give away: ROC AUC above 0.8."""
    if subject.is_baseline:
        return "a baseline learns nothing"
    auc = roc_auc_score(subject.easy.y_new, subject.p_new)
    need(auc > 0.8, f"ROC AUC on an easy task is {auc:.3f}; it must be above 0.8.")
    return None


def check_flipped_outcomes(subject: Subject) -> str | None:
    """With outcomes flipped the ranking turns round; catches swapped columns."""
    if subject.is_baseline:
        return "a baseline learns nothing"
    auc = roc_auc_score(subject.easy.y_new, subject.p_opposite)
    need(
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
    need(
        abs(auc - before) < 0.05,
        f"with the columns reordered ROC AUC goes from {before:.3f} to {auc:.3f}; read columns by "
        "name.",
    )
    return None


def check_learns_nothing_from_chance(subject: Subject) -> None:
    """Taught outcomes that have nothing to do with the cases, it cannot rank new ones."""
    rng = np.random.default_rng(SEED + 1)

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
    need(
        abs(np.mean(aucs) - 0.5) < 0.25,
        f"taught pure chance and its opposite, ROC AUC is {aucs[0]:.3f} and {aucs[1]:.3f}, and "
        "should be 0.5 on average.  Does the model keep something from an earlier fit, or know "
        "outcomes it was not given?",
    )


def check_remembers_no_case(subject: Subject) -> None:
    """Taught the outcomes of some cases by chance, another fit of it does not know them."""
    rng = np.random.default_rng(SEED + 5)
    easy = subject.easy
    cases = easy.fit
    y = rng.permutation(easy.y_fit)
    halves = np.array_split(rng.permutation(len(cases)), 2)
    # Each half is predicted by what was taught the other one, as folds are.
    aucs = []
    for taught, new in (halves, halves[::-1]):
        parts = Parts(
            cases.take(taught), y[taught], easy.valid, easy.y_valid, cases.take(new), y[new]
        )
        aucs.append(roc_auc_score(y[new], subject.predict(subject.fit(parts), parts.new)))
    need(
        max(aucs) < _REMEMBERED,
        f"taught outcomes by chance, it ranks cases that another fit was taught with ROC AUC "
        f"{max(aucs):.3f}, and should with 0.5.  Keep what is learnt in the fitted model, and "
        "nothing in the class, the module or a file.",
    )


def check_explains_itself(subject: Subject) -> str | None:
    """``explain`` gives nothing, or small tables of strings and finite numbers."""
    return None if checked_explanations(subject.fitted.explain()) else "explains nothing"
