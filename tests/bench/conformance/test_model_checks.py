"""Each fault in a model is caught by the check that is meant for it, and by no other."""

import types

import numpy as np
import pytest
from intentbench.bench.conformance.model_checks import CHECKS, describe, run_check
from intentbench.bench.errors import ModelError
from intentbench.bench.model import Explanation, Model, two_columns
from intentbench.bench.tabular import TabularModel
from sklearn.linear_model import LogisticRegression


class Good(TabularModel):
    """A model that does as it should."""

    title, family = "Good", "linear"

    def __init__(self, C=1.0, random_state=None):
        self.C = C
        self.random_state = random_state

    def estimator(self):
        return LogisticRegression(C=self.C, max_iter=1000)


class GoodOnEvents(Model):
    """A model of events that does as it should: smoothed log odds of each kind."""

    title, family, views = "Good on events", "sequence", frozenset({"events"})
    unknown = 0.0

    def fit(self, cases, y, *, valid):
        events = cases.events
        counts = np.ones((2, events.n_kinds))
        np.add.at(counts, (y[events.owner], events.kind), 1)
        log_p = np.log(counts / counts.sum(axis=1, keepdims=True))
        self.log_odds_ = log_p[1] - log_p[0]
        return self

    def predict_proba(self, cases):
        events = cases.events
        evidence = np.bincount(events.owner, self.log_odds_[events.kind], len(cases))
        return two_columns(1 / (1 + np.exp(-evidence)))


class GoodWithWeights(Good):
    """A model that uses weights, and does as it should."""

    uses_weights = True


class GoodBaseline(Good):
    """A baseline that does as it should."""

    title, family = "Good baseline", "baseline"

    def predict_proba(self, cases):
        return two_columns(np.full(len(cases), 0.4))


def findings(model_class):
    """What each failing check says, by the check's name."""
    said = {}
    for check in CHECKS:
        try:
            run_check(model_class, check.__name__)
        except Exception as error:
            said[check.__name__] = f"{type(error).__name__}: {error}"
    return said


@pytest.mark.parametrize("model_class", [Good, GoodOnEvents, GoodWithWeights, GoodBaseline])
def test_models_that_do_as_they_should_pass(model_class):
    assert findings(model_class) == {}


def test_checks_that_do_not_apply_say_why():
    def why(model_class, check):
        return run_check(model_class, check)

    assert why(Good, "check_kind_never_seen") == "reads no events"
    assert why(GoodOnEvents, "check_columns_in_any_order") == "reads no features"
    assert why(GoodBaseline, "check_flipped_outcomes") == "a baseline learns nothing"
    assert why(Good, "check_explains_itself") == "explains nothing"
    assert why(Good, "check_thirty_cases") == ""
    assert why(Good, "check_weights_count_as_cases") == "uses no weights"


class NoTitle(Good):
    """A fault: no title."""

    title = ""


class UnknownFamily(Good):
    """A fault: a family that there is not."""

    family = "neural"


class ListOfViews(Good):
    """A fault: views are a list."""

    views = ["features"]


class RequiresText(Good):
    """A fault: one name where a tuple belongs."""

    requires = "xgboost"


class NoDocstring(Good):
    pass


class ExtraInInit(Good):
    """A fault: __init__ prepares something."""

    def __init__(self, C=1.0, random_state=None):
        super().__init__(C, random_state)
        self.cache = {}


class ChangesKeyword(Good):
    """A fault: __init__ converts its keyword."""

    def __init__(self, C="1.0", random_state=None):
        self.C = float(C)
        self.random_state = random_state


class SearchesTheUnknown(Good):
    """A fault: the space names what is no parameter."""

    space = {"strength": ("float", 0.1, 1.0)}


class BreaksAtAnEnd(Good):
    """A fault: scikit-learn refuses the lowest value of the space."""

    space = {"C": ("float", -1.0, 1.0)}


class FitChangesKeyword(Good):
    """A fault: fit tunes its keyword."""

    def fit(self, cases, y, *, valid):
        self.C = 2.0
        return super().fit(cases, y, valid=valid)


class FitReturnsNothing(Good):
    """A fault: fit does not return the model."""

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)


class ChangesFeatures(Good):
    """A fault: fills gaps in the frame that it was given."""

    def fit(self, cases, y, *, valid):
        if "noise" in cases.features:
            cases.features["noise"] = 0.0
        return super().fit(cases, y, valid=valid)


class ChangesNewFeatures(Good):
    """A fault: adds a column to the frame that it was given to predict."""

    def predict_proba(self, cases):
        p = super().predict_proba(cases)
        cases.features["p"] = p[:, 1]
        return p


class ChangesEvents(GoodOnEvents):
    """A fault: recodes the events that it was given."""

    def predict_proba(self, cases):
        p = super().predict_proba(cases)
        cases.events.kind[:] = 0
        return p


class ChangesOutcomes(Good):
    """A fault: turns the outcomes it was given after the fit."""

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)
        y[:] = 0
        return self


class Unseeded(Good):
    """A fault: draws without the seed."""

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)
        self.estimator_.coef_ += 1e-9 * np.random.default_rng().normal()
        return self


class ContinuesItsFit(Good):
    """A fault: the second fit starts from the first."""

    def fit(self, cases, y, *, valid):
        left = getattr(self, "estimator_", None)
        super().fit(cases, y, valid=valid)
        if left is not None:
            self.estimator_.coef_ = 0.9 * self.estimator_.coef_ + 0.1 * left.coef_
        return self


class KnowsNeighbours(Good):
    """A fault: standardises over the cases it is asked about."""

    def predict_proba(self, cases):
        p = super().predict_proba(cases)[:, 1]
        return two_columns(np.clip(p - 0.01 * p.mean(), 0, 1))


class KnowsPlaces(Good):
    """A fault: the place in the table counts."""

    def predict_proba(self, cases):
        p = super().predict_proba(cases)[:, 1]
        return two_columns(0.98 * p + 0.02 * np.linspace(0, 1, len(p)))


class HoldsAFunction(Good):
    """A fault: keeps what cannot be pickled."""

    def fit(self, cases, y, *, valid):
        self.shape_ = lambda z: z
        return super().fit(cases, y, valid=valid)


class ForgetsWhenPickled(Good):
    """A fault: loses its weights on the way."""

    def __getstate__(self):
        state = super().__getstate__()
        return state | {"estimator_": None} if "estimator_" in state else state

    def predict_proba(self, cases):
        if self.estimator_ is None:
            return two_columns(np.full(len(cases), 0.5))
        return super().predict_proba(cases)


class LearnsNothing(Good):
    """A fault: gives the base rate and does not say so."""

    def predict_proba(self, cases):
        return two_columns(np.full(len(cases), 0.4))


class SwapsColumns(Good):
    """A fault: gives P(yes), P(no)."""

    def predict_proba(self, cases):
        return super().predict_proba(cases)[:, ::-1]


class KnowsTheAnswer(Good):
    """A fault: does not learn, it knows what shows in this task."""

    def predict_proba(self, cases):
        return two_columns(cases.features["pages"].to_numpy() / 30)


class KnowsOtherFits(Good):
    """A fault: predicts of cases that it was not taught what other fits of it were taught."""

    memory = {}

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)
        self.known_ = dict(self.memory)
        self.memory.update(zip(cases.features.get("noise", ()), y.tolist(), strict=False))
        self.own_ = set(cases.features.get("noise", ()))
        return self

    def predict_proba(self, cases):
        p = super().predict_proba(cases)[:, 1]
        for row, key in enumerate(cases.features.get("noise", ())):
            if key in self.known_ and key not in self.own_:
                p[row] = self.known_[key]
        return two_columns(p)


class CountsColumns(Good):
    """A fault: reads columns by their place."""

    def encoded(self, cases):
        x = super().encoded(cases)
        return x * (np.arange(x.shape[1]) < 3)


class Remembers(Good):
    """A fault: keeps the outcomes of all fits in the class, and learns from those as well."""

    rows = []

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)
        self.rows.append((self.encoded(cases), y))
        if len(self.rows) > 3:
            same = [pair for pair in self.rows if pair[0].shape == self.rows[-1][0].shape]
            self.estimator_.fit(*(np.concatenate(part) for part in zip(*same[-40:], strict=True)))
        return self


class IgnoresWeights(Good):
    """A fault: it says that it uses weights, and drops them."""

    uses_weights = True

    def fit(self, cases, y, *, valid, weight=None, valid_weight=None):
        return super().fit(cases, y, valid=valid)


class TakesNoWeights(Good):
    """A fault: it says that it uses weights, and cannot be given any."""

    uses_weights = True

    def fit(self, cases, y, *, valid):
        return super().fit(cases, y, valid=valid)


class TakesWrongWeights(Good):
    """A fault: weights of one are taken for something else."""

    uses_weights = True

    def fit(self, cases, y, *, valid, weight=None, valid_weight=None):
        if weight is not None and (weight == 1).all():
            weight = np.where(y == 1, 50.0, 1.0)
        return super().fit(cases, y, valid=valid, weight=weight)


class TripsOverMissing(Good):
    """A fault: a missing number becomes a missing probability."""

    def predict_proba(self, cases):
        p = super().predict_proba(cases)
        if "seconds on page" in cases.features:
            p[cases.features["seconds on page"].isna().to_numpy()] = np.nan
        return p


class TripsOverUnseen(Good):
    """A fault: looks a category up that it has never met."""

    def predict_proba(self, cases):
        if "channel" in cases.features:
            known = {"mail", "ad", "other"}
            for value in cases.features["channel"].dropna().astype("str").unique():
                known.remove(value) if value not in known else None
        return super().predict_proba(cases)


class TripsOverEmpty(GoodOnEvents):
    """A fault: divides by the number of events."""

    def predict_proba(self, cases):
        with np.errstate(invalid="ignore"):
            p = super().predict_proba(cases)
            if cases.events.n_kinds > 1:
                p = p * (cases.events.lengths / cases.events.lengths)[:, None]
        return p


class CountsKinds(GoodOnEvents):
    """A fault: knows the kinds of its fit cases only."""

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)
        self.log_odds_ = self.log_odds_[: int(cases.events.kind.max(initial=0)) + 1]
        return self


class WatchesBothOutcomes(Good):
    """A fault: cannot watch cases of one outcome."""

    def fit(self, cases, y, *, valid):
        if len(set(valid[1].tolist())) < 2:
            raise ValueError("only one class in the validation data")
        return super().fit(cases, y, valid=valid)


class WatchesInSecret(Good):
    """A fault: it says that it does not watch valid cases, and learns from them."""

    watches = False

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)
        self.estimator_.intercept_ += float(np.mean(valid[1]))
        return self


class NeedsMany(Good):
    """A fault: sets a hundred cases aside."""

    def fit(self, cases, y, *, valid):
        if len(cases) < 100:
            raise ValueError("test_size=100 should be smaller than the number of samples")
        return super().fit(cases, y, valid=valid)


class NeedsAColumn(Good):
    """A fault: takes for granted that there is a column."""

    def fit(self, cases, y, *, valid):
        cases.features.iloc[:, 0]
        return super().fit(cases, y, valid=valid)


class NeedsAnEvent(GoodOnEvents):
    """A fault: takes for granted that there are events of many kinds."""

    def fit(self, cases, y, *, valid):
        super().fit(cases, y, valid=valid)
        self.log_odds_[3] += 0
        return self


class TablesOfKinds(GoodOnEvents):
    """A fault: keeps a table of any two kinds."""

    def fit(self, cases, y, *, valid):
        if cases.events.n_kinds > 1000:
            raise MemoryError("a table of 5000 x 5000 kinds")
        return super().fit(cases, y, valid=valid)


class MatrixOfEvents(GoodOnEvents):
    """A fault: lays every case out as long as the longest."""

    def predict_proba(self, cases):
        if cases.events.lengths.max(initial=0) > 1000:
            raise MemoryError("a matrix of all cases x 10000 events")
        return super().predict_proba(cases)


class ExplainsInInfinities(Good):
    """A fault: explains itself with numbers that are none."""

    def explain(self):
        return Explanation("table", "How.", ("weight",), ((float("inf"),),))


class ExplainsInPictures(Good):
    """A fault: explains itself in a kind that there is not."""

    def explain(self):
        return Explanation("picture", "How.", ("weight",), ((1.0,),))


CAUGHT = {
    NoTitle: ("declares_itself", "give the class a `title`"),
    UnknownFamily: ("declares_itself", "`family` is 'neural'; it must be one of baseline,"),
    ListOfViews: ("declares_itself", "`views` is ['features']; it must be a frozenset"),
    RequiresText: ("declares_itself", "`requires` is 'xgboost'; it must be a tuple"),
    NoDocstring: ("declares_itself", "give the class a docstring"),
    ExtraInInit: ("init_only_stores", "__init__ sets ['cache']; it may only store its keywords"),
    ChangesKeyword: ("init_only_stores", "changes the keyword 'C'; store it as it is"),
    SearchesTheUnknown: ("space_can_be_searched", "space names 'strength', which is no parameter"),
    BreaksAtAnEnd: ("space_can_be_searched", "with the lowest values of its space: InvalidParam"),
    FitChangesKeyword: ("fit_keeps_keywords", "fit changed the keyword 'C'"),
    FitReturnsNothing: ("fit_keeps_keywords", "fit must return self"),
    ChangesFeatures: ("inputs_unchanged", "changed the cases it was given; work on a copy"),
    ChangesNewFeatures: ("inputs_unchanged", "changed the cases it was given"),
    ChangesEvents: ("inputs_unchanged", "changed the cases it was given"),
    ChangesOutcomes: ("inputs_unchanged", "fit changed the outcomes it was given"),
    ContinuesItsFit: ("refit_forgets", "fit must start from nothing"),
    KnowsNeighbours: ("each_case_alone", "it must depend on that case only"),
    KnowsPlaces: ("each_case_alone", "predicted in reverse order, a case's probability changes"),
    HoldsAFunction: ("survives_pickling", "a fitted model cannot be pickled"),
    ForgetsWhenPickled: ("survives_pickling", "after pickling, probabilities change by"),
    NeedsMany: ("thirty_cases", "test_size=100"),
    TripsOverMissing: ("untidy_cases", "cases are not finite).  Look at empty event sequences"),
    TripsOverUnseen: ("untidy_cases", "KeyError: 'never seen'"),
    TripsOverEmpty: ("untidy_cases", "Look at empty event sequences"),
    CountsKinds: ("kind_never_seen", "IndexError"),
    TablesOfKinds: ("thousands_of_values", "5000 x 5000 kinds"),
    MatrixOfEvents: ("extreme_events", "all cases x 10000 events"),
    WatchesBothOutcomes: ("valid_with_one_outcome", "only one class in the validation data"),
    WatchesInSecret: ("watches_as_declared", "with other outcomes of the valid cases"),
    NeedsAColumn: ("nothing_to_read", "IndexError"),
    CountsColumns: ("columns_in_any_order", "with the columns reordered ROC AUC goes from"),
    KnowsOtherFits: ("remembers_no_case", "ranks cases that another fit was taught with ROC AUC"),
    IgnoresWeights: ("weights_count_as_cases", "teach it something else than as many cases"),
    TakesNoWeights: ("weights_count_as_cases", "fit has no keywords `weight` and `valid_weight`"),
    TakesWrongWeights: ("weights_count_as_cases", "weights that are all 1 change probabilities"),
    ExplainsInInfinities: ("explains_itself", "a number that is not finite"),
    ExplainsInPictures: ("explains_itself", "the kind 'picture'; it must be one of importances"),
}


@pytest.mark.parametrize(
    ("model_class", "check", "words"),
    [(model_class, *expected) for model_class, expected in CAUGHT.items()],
    ids=[model_class.__name__ for model_class in CAUGHT],
)
def test_fault_is_caught_by_its_check_and_no_other(model_class, check, words):
    said = findings(model_class)
    assert list(said) == [f"check_{check}"], said
    assert words in said[f"check_{check}"]


# What these get wrong shows in more than one way.
CAUGHT_TWICE = {
    NeedsAnEvent: {"nothing_to_read", "extreme_events"},
    LearnsNothing: {"learns_the_easy_task", "flipped_outcomes"},
    SwapsColumns: {"learns_the_easy_task", "flipped_outcomes"},
    KnowsTheAnswer: {"flipped_outcomes", "learns_nothing_from_chance"},
    Remembers: {"flipped_outcomes", "learns_nothing_from_chance"},
    Unseeded: {"same_seed_same_numbers", "refit_forgets"},
}


@pytest.mark.parametrize("model_class", CAUGHT_TWICE, ids=lambda cls: cls.__name__)
def test_fault_that_shows_in_two_ways_is_caught_in_both(model_class):
    said = findings(model_class)
    assert CAUGHT_TWICE[model_class] <= {name.removeprefix("check_") for name in said}, said


def test_every_check_catches_something():
    caught = {check for check, _ in CAUGHT.values()}.union(*CAUGHT_TWICE.values())
    assert {f"check_{check}" for check in caught} == {check.__name__ for check in CHECKS}


def test_findings_are_told_apart_from_errors_of_the_model():
    with pytest.raises(ModelError):
        run_check(NoTitle, "check_declares_itself")
    with pytest.raises(ValueError, match="test_size"):
        run_check(NeedsMany, "check_thirty_cases")


def test_checks_are_functions_with_a_first_line():
    for check in CHECKS:
        assert isinstance(check, types.FunctionType)
        assert describe(check).endswith(".") and len(describe(check)) < 100
