"""Subject: a model class under examination, with the fits that its checks share."""

import pickle
from functools import cached_property

import numpy as np

from ..cases import Cases
from ..cell.cell import probability_of_yes
from ..errors import ModelError
from ..model import Model
from .toy_task import STATED, Parts, copy_of, make_parts

SEED = 20_240_601


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
        return model.set_params(**{name: STATED[name] for name in self.model_class.stated})

    def fit(
        self,
        parts: Parts,
        seed: int = 1,
        weights: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> Model:
        """Fit a new model on the declared views of the parts, with weights of fit and valid."""
        shown = parts.shown(self.model_class.views)
        model = self.new(seed)
        of_cases = {} if weights is None else dict(weight=weights[0], valid_weight=weights[1])
        model.fit(shown.fit, shown.y_fit, valid=(shown.valid, shown.y_valid), **of_cases)
        return model

    def predict(self, model: Model, cases: Cases) -> np.ndarray:
        """Predict the declared view of some cases; holds the shape to the contract."""
        return probability_of_yes(model, copy_of(cases, self.model_class.views), "new")

    @property
    def is_baseline(self) -> bool:
        """Whether the model is meant to learn nothing but the base rate."""
        return self.model_class.family == "baseline"

    @cached_property
    def easy(self) -> Parts:
        """Cases whose outcome shows in both views."""
        return make_parts(SEED)

    @cached_property
    def few(self) -> Parts:
        """Fewer of the like, for checks that only ask whether an answer comes."""
        return make_parts(SEED, n_fit=120, n_valid=40)

    @cached_property
    def first_fit(self) -> "FirstFit":
        """A fit on few cases, with all that it might have changed as it was before."""
        return FirstFit(self)

    @cached_property
    def fitted(self) -> Model:
        """A model fitted on the easy cases."""
        return self.fit(self.easy)

    @cached_property
    def p_new(self) -> np.ndarray:
        """Its predictions of new cases."""
        return self.predict(self.fitted, self.easy.new)

    @cached_property
    def opposite(self) -> Model:
        """A model taught the opposite of every outcome of the easy cases."""
        return self.fit(self.easy.with_outcomes(lambda y: (1 - y).astype(np.int8)))

    @cached_property
    def p_opposite(self) -> np.ndarray:
        """Its predictions of new cases."""
        return self.predict(self.opposite, self.easy.new)


class FirstFit:
    """A model's first fit on few cases, and what the model was given, kept as it was before."""

    def __init__(self, subject: Subject) -> None:
        self.few = subject.few.shown(subject.model_class.views)
        self.given = (self.few.fit, self.few.valid, self.few.new)
        self.cases_before = pickle.dumps(
            [(c.features, c.events.offsets, dict(c.events.marks)) for c in self.given]
        )
        self.outcomes_before = self.few.y_fit.copy(), self.few.y_valid.copy()
        self.model = subject.new()
        self.keywords_before = dict(self.model.get_params(deep=False))
        self.returned = self.model.fit(
            self.few.fit, self.few.y_fit, valid=(self.few.valid, self.few.y_valid)
        )


def need(good: bool, message: str) -> None:
    """Raise ``ModelError`` with what is wrong, unless it is good."""
    if not good:
        raise ModelError(message)
