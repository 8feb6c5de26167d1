"""Chinese sentences: a space beside a place stays only between Chinese and other letters.

A translation cannot know whether "XGBoost" or "逻辑回归" will stand in its place: it is written
with spaces around, and those between two Chinese characters are dropped.
"""

import string
import unicodedata

_FORMATTER = string.Formatter()


class Spaced(str):
    """A sentence with named places, as ``_`` gives it in Chinese."""

    __slots__ = ()

    def format(self, *args: object, **values: object) -> str:
        """Fill the places."""
        together, used = "", 0
        for literal, name, how, conversion in _FORMATTER.parse(self):
            together = _joined(together, literal)
            if name is None:
                continue
            if not name:
                name, used = str(used), used + 1
            value, _key = _FORMATTER.get_field(name, args, values)
            value = _FORMATTER.convert_field(value, conversion)
            text = _FORMATTER.format_field(value, _FORMATTER.vformat(how, args, values))
            together = _joined(together, text)
        return together


def _joined(before: str, after: str) -> str:
    if before.endswith(" ") and _is_wide(before[-2:-1]) and _is_wide(after[:1]):
        return before[:-1] + after
    if after.startswith(" ") and _is_wide(before[-1:]) and _is_wide(after[1:2]):
        return before + after[1:]
    return before + after


def _is_wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"
