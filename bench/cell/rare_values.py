"""Values that few cases have, and texts without them: what a model learnt is told to readers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..cases import Cases, is_numeric, texts
from ..content_columns import without_content
from ..language.sentence import Sentence
from ..store.told_values import LEAST_TOLD

_HIDDEN = "(rare value)"
_WORD = re.compile(r"\w+|[^\w\s]|\s+")
_MOST_WORDS = 200  # of a value that is looked for
_SHORT = 3  # letters: a shorter value is one only behind its column's "="


@dataclass(frozen=True)
class RareValues:
    """Texts that fewer than ``LEAST_TOLD`` cases of a task have, in columns and kinds of events."""

    texts: frozenset[str]

    @classmethod
    def of(cls, cases: Cases) -> Self:
        """Count all values of a task's cases; no outcome is looked at."""
        counts: dict[str, int] = {}
        for _name, column in without_content(cases.features).items():  # models see none of it
            if not is_numeric(column):
                for text, n in texts(column).dropna().value_counts().items():
                    counts[text] = counts.get(text, 0) + int(n)
        for name, vocabulary in cases.events.vocabulary.items():
            mark = cases.events.marks[name].astype(np.int64)
            pairs = np.unique(cases.events.owner.astype(np.int64) * len(vocabulary) + mark)
            held = np.bincount(pairs % len(vocabulary), minlength=len(vocabulary))
            for text, n in zip(vocabulary, held.tolist(), strict=True):
                counts[text] = counts.get(text, 0) + n
        names = set(cases.features.columns)
        return cls(
            frozenset(
                text for text, n in counts.items() if 0 < n < LEAST_TOLD and text not in names
            )
        )

    def without(self, explanation: Mapping[str, Any]) -> dict[str, Any]:
        """Give what a model learnt without them: see ``Explanation``, as plain values."""
        rows = [[self._hidden(value) for value in row] for row in explanation["rows"]]
        parts = {name: self._hidden(explanation[name]) for name in ("title", "reading")}
        columns = [self._hidden(column) for column in explanation["columns"]]
        return {**explanation, **parts, "rows": rows, "columns": columns}

    def _hidden(self, text: Any) -> Any:
        """Put a word in place of each rare value in a text, or in what stands in a sentence."""
        if not isinstance(text, str) or not self.texts:
            return text
        if isinstance(text, Sentence):
            values = {name: self._hidden(value) for name, value in text.values.items()}
            if text.many:
                return Sentence.counted(text.message, text.many, values.pop("n"), **values)
            return Sentence(text.message, **values) if values else text
        words = _WORD.findall(text)
        told, at = [], 0
        while at < len(words):
            n = self._length_at(words, at)
            told.append(_HIDDEN if n else words[at])
            at += n or 1
        return "".join(told)

    def _length_at(self, words: list[str], at: int) -> int:
        """Count the words of the longest rare value that begins at a place; 0 if none does."""
        for n in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            value = "".join(words[at : at + n])
            if value in self.texts:
                behind = at > 0 and words[at - 1] == "="
                if behind or n == len(words) or (len(value) >= _SHORT and not _is_number(value)):
                    return n
        return 0


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
