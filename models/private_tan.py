"""Private TAN: columns in a tree that hangs on no single case, counted with noise."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Self

import numpy as np
from scipy.special import expit

from ..bench.cases import Cases
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, two_columns
from ._privacy.budget import Budget, ledger
from ._privacy.discrete_laplace import noisy
from ._privacy.private_model import PrivateModel
from ._privacy.private_tree import private_parents
from ._privacy.public_columns import PublicColumns
from ._privacy.shares import base_log_odds, shares_given, shares_of

_FOR_STRUCTURE = Fraction(1, 4)


class PrivateTAN(PrivateModel):
    """Tree-augmented naive Bayes whose tree and counts are epsilon-differentially private.

    A quarter of epsilon chooses which column hangs on which, by permute and flip [1]_ on how far
    two columns depart from independence within the outcomes; a pair must bring more than the noise
    of its counts, or the column hangs on none.  The rest is noise on the counts, as in private
    naive Bayes.

    Parameters
    ----------
    epsilon : float
        For each fit.  Above 0; 1 is usual, 0.1 is strict.
    bounds : mapping of str to sequence of float, optional
        Of numbers, what is public: ``{"pages": [0, 50]}``, or the ends of all steps.
    categories : mapping of str to sequence, optional
        Of categories: ``{"browser": ["Safari", "Chrome"]}``.
    n_steps : int, default=5
        Steps of a column with two bounds.

    References
    ----------
    .. [1] McKenna, Sheldon (2020), "Permute-and-flip: a new mechanism for differentially private
       selection", Advances in Neural Information Processing Systems 33.
    """

    title = "Private TAN"
    family = "bayesian"
    views = frozenset({"features"})
    watches = False
    deterministic = False
    stated = ("epsilon", "bounds", "categories")

    def __init__(
        self,
        epsilon: float | None = None,
        bounds: Mapping[str, Sequence[float]] | None = None,
        categories: Mapping[str, Sequence[Any]] | None = None,
        n_steps: int = 5,
    ):
        self.epsilon = epsilon
        self.bounds = bounds
        self.categories = categories
        self.n_steps = n_steps

    def fit(self, cases: Cases, y: np.ndarray, *, valid: tuple[Cases, np.ndarray]) -> Self:
        """Choose the tree and count the fit cases, with noise; ``valid`` is not used."""
        budget = Budget(self.epsilon)
        self.columns_ = PublicColumns(self.bounds, self.categories, self.n_steps)
        codes = self.columns_.fit(cases.features).codes(cases.features)
        n_codes, names = self.columns_.n_codes, self.columns_.names
        for_counts = (1 - _FOR_STRUCTURE) / len(names)
        scale = float(1 / (budget.whole * for_counts))
        self.parents_ = private_parents(
            codes, y, n_codes, budget.spend(_FOR_STRUCTURE, "the tree"), price=scale
        )
        self.evidence_, tables = [], []
        for number, parent in enumerate(self.parents_):
            shape = (2, n_codes[parent] if parent >= 0 else 1, n_codes[number])
            counts = np.zeros(shape, dtype=np.int64)
            of_parent = codes[:, parent] if parent >= 0 else np.zeros(len(y), dtype=np.int64)
            np.add.at(counts, (y, of_parent, codes[:, number]), 1)
            tables.append(noisy(counts, budget.spend(for_counts, names[number])))
            share = shares_given(tables[-1], scale)
            if parent < 0:
                share = shares_of(tables[-1][:, 0], scale)[:, None]
            self.evidence_.append(np.log(share[1] / share[0]))
        self.prior_log_odds_ = base_log_odds(tables)
        self.spent_ = [(what, float(part)) for what, part in budget.spent]
        self.unread_ = self.columns_.unread(cases.features)
        return self

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        codes = self.columns_.codes(cases.features)
        odds = np.full(len(cases), self.prior_log_odds_)
        for number, parent in enumerate(self.parents_):
            of_parent = codes[:, parent] if parent >= 0 else 0
            odds += self.evidence_[number][of_parent, codes[:, number]]
        return two_columns(expit(odds))

    def explain(self) -> tuple[Explanation, ...]:
        """Show which column hangs on which, and what the budget was spent on."""
        names = self.columns_.names
        edges = tuple(
            (names[parent], names[number])
            for number, parent in enumerate(self.parents_)
            if parent >= 0
        )
        tree = Explanation(
            "table",
            Sentence("Columns that hang on another one, besides the outcome; chosen with noise."),
            (Sentence("from"), Sentence("to")),
            edges[:40],
            title=Sentence("The tree"),
        )
        spent = ledger(self.epsilon, self.spent_, self.unread_)
        return (tree, spent) if edges else (spent,)
