"""Naive Bayes: every column gives evidence on its own, weighed by how far it can be trusted."""

from contextlib import suppress
from typing import Self

import numpy as np
from scipy.special import expit, logit

from ..bench.cases import Cases
from ..bench.categories import RatedCases
from ..bench.fit_blocks import FitBlocks
from ..bench.language.sentence import Sentence
from ..bench.model import Explanation, Model, two_columns
from ..bench.one_case import NotPlainError, row_of
from ._column_evidence import evenly_drawn, learn_evidence, left_out_evidence
from ._evidence_weights import learn_weights
from ._out_of_core.rated_blocks import RatedBlocks


class NaiveBayes(Model):
    """Mixed naive Bayes (normal and categorical columns) with a weight for each column.

    Textbook naive Bayes adds the log odds of all columns as if they were independent, and so
    counts what several columns repeat several times.  Here column ``j`` counts ``w_j >= 0`` times,
    with the weights that maximise the conditional likelihood of the fit cases [1]_, each judged by
    densities that were learnt without it; a penalty ``weight_penalty * sum((w - 1) ** 2) / 2``
    keeps them near the textbook's 1 where cases are few.  A missing value gives no evidence.  A
    category of many values is also read as a number: the log odds of its value.

    Parameters
    ----------
    smoothing : float, default=5.0
        Weight of the densities over both outcomes in those of each, in cases.
    weight_penalty : float or None, default=3.0
        None keeps all weights at 1: the textbook's model.

    References
    ----------
    .. [1] Zaidi, Cerquides, Carman, Webb (2013), Alleviating naive Bayes attribute independence
       assumption by attribute weighting.
    """

    title = "Naive Bayes"
    family = "bayesian"
    readable = True
    views = frozenset({"features"})
    uses_weights = True
    watches = False
    space = {"smoothing": ("log", 0.5, 100.0), "weight_penalty": ("log", 0.1, 300.0)}

    def __init__(self, smoothing: float = 5.0, weight_penalty: float | None = 3.0):
        self.smoothing = smoothing
        self.weight_penalty = weight_penalty

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn densities and weights from the fit cases; ``valid`` is not used."""
        self.rated_ = RatedCases()
        cases = self.rated_.fit_transform(cases, y, weight)
        self.columns_ = {
            name: learn_evidence(column, y, self.smoothing, weight)
            for name, column in cases.features.items()
        }
        evidence = self._evidence(cases)
        self.weights_ = np.ones(len(self.columns_))
        self.prior_log_odds_ = float(logit(np.average(y, weights=weight)))
        if self.weight_penalty is not None:
            judged, *seen = left_out_evidence(
                self.columns_, cases.features, y, self.smoothing, weight
            )
            self.weights_, self.prior_log_odds_ = learn_weights(
                judged, *seen, 1.0, self.weight_penalty
            )
        sizes = np.abs(evidence * self.weights_)
        share = np.ones(len(y)) if weight is None else weight
        self.mean_bits_ = share @ sizes / share.sum() / np.log(2)
        return self

    def fit_blocks(
        self,
        blocks: FitBlocks,
        *,
        valid: tuple[Cases, np.ndarray],
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Learn from cases on disk: from counts of categories, and from one number at a time."""
        rated, y, weight = RatedBlocks(blocks), blocks.target, blocks.weight
        self.rated_ = rated.rated_
        self.columns_ = {
            name: learn_evidence(*rated.counted(name)[:2], self.smoothing, rated.counted(name)[2])
            if rated.is_category(name)
            else learn_evidence(rated.column(name), y, self.smoothing, weight)
            for name in rated.names
        }
        self.weights_ = np.ones(len(self.columns_))
        self.prior_log_odds_ = float(logit(np.average(y, weights=weight)))
        if self.weight_penalty is not None:
            rows = evenly_drawn(len(y))
            of_rows = None if weight is None else weight[rows]
            judged, *seen = left_out_evidence(
                self.columns_, rated.take(rows), y[rows], self.smoothing, of_rows
            )
            self.weights_, self.prior_log_odds_ = learn_weights(
                judged, *seen, 1.0, self.weight_penalty
            )
        share = np.ones(len(y)) if weight is None else weight
        sizes = np.zeros(len(self.columns_))
        for start, stop in rated.bounds():
            block = Cases(rated.block(start, stop))
            sizes += share[start:stop] @ np.abs(self._evidence(block) * self.weights_)
        self.mean_bits_ = sizes / share.sum() / np.log(2)
        return self

    def _evidence(self, cases: Cases) -> np.ndarray:
        """Give each column's log odds, shape (n_cases, n_columns)."""
        row = row_of(cases.features)
        if row is not None and self.columns_:
            with suppress(NotPlainError):
                return np.array(
                    [[seen.of_value(row[name]) for name, seen in self.columns_.items()]]
                )
        columns = [seen.log_odds(cases.features[name]) for name, seen in self.columns_.items()]
        return np.column_stack(columns) if columns else np.zeros((len(cases), 0))

    def predict_proba(self, cases: Cases) -> np.ndarray:
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        weighed = (self._evidence(self.rated_.transform(cases)) * self.weights_).sum(axis=1)
        return two_columns(expit(self.prior_log_odds_ + weighed))

    def explain(self) -> Explanation:
        """Rank columns by the size of their evidence."""
        return Explanation.importances(
            list(self.columns_),
            self.mean_bits_,
            Sentence(
                "Mean size of the column's weighed evidence for or against, in bits, over "
                "the fit cases: one bit doubles or halves the odds."
            ),
        )
