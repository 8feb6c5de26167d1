"""ModelVariant: a model around another model, which it shows other columns or other cases."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import clone

from ..cases import Cases
from ..model import Explanation, Model

_MOST_EXPLANATIONS = 6


class ModelVariant(Model):
    """A model that fits another one in a way of its own; whatever it learns is of fit cases.

    A subclass declares ``word``, which stands behind the plus sign of its name, ``said``, which
    stands behind the model's title, and in ``needs`` the import names of libraries.

    Parameters
    ----------
    model : Model
        Unfitted; a copy of it is fitted.
    random_state : int, optional
        Of what is drawn, and of the model.

    Attributes
    ----------
    model_ : Model
        The fitted copy.
    """

    word: ClassVar[str]
    said: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()

    def __init__(self, model: Model, random_state: int | None = None):
        self.model = model
        self.random_state = random_state

    @property
    def title(self) -> str:
        """The model's, and what is done to it."""
        return f"{self.model.title}, {self.said}"

    @property
    def family(self) -> str:
        """The model's."""
        return self.model.family

    @property
    def views(self) -> frozenset[str]:
        """The model's."""
        return self.model.views

    @property
    def requires(self) -> tuple[str, ...]:
        """The model's, and its own."""
        return (*self.model.requires, *self.needs)

    @property
    def readable(self) -> bool:
        """The model's."""
        return self.model.readable

    @property
    def uses_weights(self) -> bool:
        """The model's, where a subclass does not say otherwise."""
        return self.model.uses_weights

    @property
    def watches(self) -> bool:
        """The model's: a variant itself reads no valid cases."""
        return self.model.watches

    def new_model(self) -> Model:
        """Give an unfitted copy of the model, with this one's seed."""
        model = clone(self.model)
        if "random_state" in model.get_params(deep=False):
            model.set_params(random_state=self.random_state)
        return model

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return self.model_.predict_proba(cases)

    def explain(self) -> Explanation | Sequence[Explanation] | None:
        """Say what the model learnt."""
        return self.model_.explain()

    def explained_after(self, *own: Explanation) -> tuple[Explanation, ...]:
        """Say what the variant did, then what the model learnt; as many as a report shows."""
        found = self.model_.explain()
        learnt = () if found is None else (found,) if isinstance(found, Explanation) else found
        return (*own, *learnt)[:_MOST_EXPLANATIONS]

    def stopped_like(self, fitted: Sequence[Self]) -> Self | None:
        """Give a copy whose model stops as the fitted ones' did; None where theirs give none."""
        model = self.model.stopped_like([one.model_ for one in fitted])
        return None if model is None else clone(self).set_params(model=model)


def of_weights(weight: np.ndarray | None, valid_weight: np.ndarray | None) -> dict[str, Any]:
    """Give the keywords of ``fit`` for cases with weights; none without."""
    return {} if weight is None else {"weight": weight, "valid_weight": valid_weight}
