"""Numbers of texts and vectors, learnt on fit cases: what every tabular model reads of them."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.utils.extmath import randomized_svd

from .content_columns import TEXT, content_kind
from .errors import DataError

# Ends of the names of what is made of a column.
PART, LETTERS, MISSING = "part {}", "letters", "missing"
TEXT_PARTS, VECTOR_PARTS = 16, 32
_BUCKETS = 2**18
_MOST_TERMS = 20_000
_LEAST_CASES = 2  # a term of one case says nothing of another
_MOST_LEARNT_FROM = 50_000
_BOUND = 8.0  # of standardised numbers of a vector
# Chinese, Japanese, Thai, Lao, Burmese and Khmer put no blanks between words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# Vowel signs and accents that stand in words and count as no letters.
_SIGNS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_TERM = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}_])[\w{_SIGNS}])+")


def terms_of(text: str) -> Iterator[str]:
    """Give the words of a text and all pairs of neighbours, in small letters.

    In scripts that put no blanks between words each sign stands for one.
    """
    before = ""
    for word in _TERM.findall(unicodedata.normalize("NFKC", text).casefold()):
        yield word
        if before:
            yield f"{before} {word}"
        before = word


class TextNumbers(BaseEstimator):
    """A few numbers of a text: what it is about [1]_, and its length.

    Words and pairs of words are hashed and counted; those that two fit cases have, the most
    frequent 20,000 of them, are weighted by how rare they are among the fit cases (TF-IDF, with
    the logarithm of counts), and a truncated singular value decomposition of at most 50,000 fit
    cases finds the directions in which texts differ most.  No outcome is looked at.  A text that
    is missing or empty has 0 in all of them.

    Parameters
    ----------
    parts : int, default=16
        Directions; fewer where the fit cases have fewer terms.

    References
    ----------
    .. [1] Deerwester, Dumais, Furnas, Landauer, Harshman (1990), "Indexing by latent semantic
       analysis", Journal of the American Society for Information Science 41.
    """

    def __init__(self, parts: int = TEXT_PARTS):
        self.parts = parts

    def fit(self, texts: pd.Series) -> Self:
        """Learn which terms there are, their weights and the directions."""
        counts = _counts(_some(texts))
        held = np.asarray((counts > 0).sum(axis=0)).ravel()
        known = np.flatnonzero(held >= _LEAST_CASES)
        if len(known) > _MOST_TERMS:
            frequent = np.argsort(-held[known], kind="stable")[:_MOST_TERMS]
            known = np.sort(known[frequent])
        self.terms_ = known
        if len(known):
            counts = counts[:, known]
            self.weights_ = TfidfTransformer(sublinear_tf=True).fit(counts)
            self.directions_ = _directions(self.weights_.transform(counts), self.parts)
        return self

    def transform(self, texts: pd.Series) -> dict[str, np.ndarray]:
        """Give the numbers by their names' ends, shape (n_cases,) each."""
        letters = np.array([len(text) if isinstance(text, str) else 0 for text in texts], float)
        made = {LETTERS: letters}
        if len(self.terms_):
            weighed = sparse.csr_matrix((0, len(self.terms_)))
            if len(texts):  # without any, scikit-learn refuses
                weighed = self.weights_.transform(_counts(texts)[:, self.terms_])
            made |= _parts(weighed, self.directions_)
        return made


class VectorNumbers(BaseEstimator):
    """A few numbers of a vector: its own, standardised, or the directions in which most differ.

    A vector that is missing stands in the middle of the fit cases, and a column of its own tells
    so where fit cases lack theirs.  No outcome is looked at.

    Parameters
    ----------
    parts : int, default=32
        Wider vectors are reduced to as many directions, by a truncated singular value
        decomposition of at most 50,000 fit cases.
    """

    def __init__(self, parts: int = VECTOR_PARTS):
        self.parts = parts

    def fit(self, vectors: pd.Series) -> Self:
        """Learn means, scales and directions."""
        x = _some(vectors).array.vectors.astype(float)
        known = x[~np.isnan(x).all(axis=1)]
        width = x.shape[1]
        self.mean_ = known.mean(axis=0) if len(known) else np.zeros(width)
        spread = known.std(axis=0) if len(known) else np.ones(width)
        # What is constant up to rounding must not be blown up to noise.
        self.scale_ = np.where(spread > 1e-6 * np.abs(self.mean_) + 1e-12, spread, np.inf)
        self.has_gaps_ = bool(vectors.isna().any())
        self.directions_ = _directions(self._scaled(known), self.parts)
        return self

    def _scaled(self, x: np.ndarray) -> np.ndarray:
        z = np.clip((x - self.mean_) / self.scale_, -_BOUND, _BOUND)
        return np.where(np.isnan(z), 0.0, z)

    def transform(self, vectors: pd.Series) -> dict[str, np.ndarray]:
        """Give the numbers by their names' ends, shape (n_cases,) each."""
        z = self._scaled(vectors.array.vectors.astype(float))
        made = _parts(sparse.csr_matrix(z), self.directions_)
        if self.has_gaps_:
            made[MISSING] = vectors.isna().to_numpy()
        return made


class Embedding(BaseEstimator):
    """Puts numbers in the place of columns of texts and of vectors."""

    @staticmethod
    def is_needed(features: pd.DataFrame) -> bool:
        """Tell whether a table has such columns."""
        return any(content_kind(column) for _, column in features.items())

    def fit(self, features: pd.DataFrame) -> Self:
        """Learn from fit cases; their outcomes are not looked at.

        Parameters
        ----------
        features : DataFrame, shape (n_cases, n_features)

        Raises
        ------
        DataError
            If a column has the name of what is made of another.
        """
        self.columns_ = {
            name: (TextNumbers() if content_kind(column) == TEXT else VectorNumbers()).fit(column)
            for name, column in features.items()
            if content_kind(column)
        }
        made = self.transform(features.iloc[:1])
        if len(set(made)) < made.shape[1]:
            twice = next(name for name in made if list(made).count(name) > 1)
            raise DataError(
                f"{twice!r} is a column, and the name of what is made of a text or a vector.  "
                "Rename the column."
            )
        return self

    def transform(self, features: pd.DataFrame) -> pd.DataFrame:
        """Give the table with numbers in the place of texts and vectors."""
        blocks = [
            pd.DataFrame(
                {
                    f"{name}: {end}": values
                    for end, values in self.columns_[name].transform(column).items()
                },
                index=features.index,
            )
            if name in self.columns_
            else column
            for name, column in features.items()
        ]
        return pd.concat(blocks, axis=1)


def _some(column: pd.Series) -> pd.Series:
    if len(column) <= _MOST_LEARNT_FROM:
        return column
    some = np.random.default_rng(0).permutation(len(column))[:_MOST_LEARNT_FROM]
    return column.iloc[np.sort(some)]


def _counts(texts: pd.Series) -> sparse.csr_matrix:
    hasher = FeatureHasher(_BUCKETS, input_type="string", alternate_sign=False)
    return hasher.transform(terms_of(text) if isinstance(text, str) else () for text in texts)


def _directions(x: np.ndarray | sparse.csr_matrix, parts: int) -> np.ndarray:
    """Find the directions in which rows differ most, shape (at most ``parts``, n_columns)."""
    n_rows, n_columns = x.shape
    if n_columns <= parts or n_rows < 2:
        return np.eye(min(n_columns, parts), n_columns)
    return randomized_svd(x, parts, n_iter=5, random_state=0)[2]


def _parts(x: sparse.csr_matrix, directions: np.ndarray) -> dict[str, np.ndarray]:
    """Give the numbers of each row along the directions.

    A sparse product adds up each row by itself: one case gets the same bits as many.
    """
    along = x @ directions.T
    return {PART.format(number): column for number, column in enumerate(along.T, 1)}
