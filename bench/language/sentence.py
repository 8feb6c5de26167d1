"""Sentences that are kept: English texts that know how to be said in another language.

What is noted in a run may be read in a language that nobody spoke when it was noted.  So a sentence
is kept as its message and the values of its places, and said where it is read: ``said`` of one,
``spoken`` of all that a judgement holds.  To everybody else it is its English text.
"""

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Self

from .speaking import ENGLISH, _, language, marked, ngettext

_MESSAGE, _MANY, _VALUES, _OWN = "sentence", "many", "values", "in"
_PLACE = re.compile(r"[a-z_][a-z_0-9]*")
# Files may be made up: no place may reach into an object, or fill the memory with spaces.
_SPEC = re.compile(r",?(\.\d{1,2})?[dfg%]?")
_COUNTED = "n"


class Sentence(str):
    """A text in English that can be said in other languages.

    Parameters
    ----------
    message : str
        As in the catalogs, with named places.
    **values : str, int, float or Sentence
        What stands in its places; without any, the message is taken as it is.

    Raises
    ------
    ValueError
        If a place has no value, or is more than a name and a short format.
    """

    message: str
    many: str
    values: Mapping[str, Any]
    own: Mapping[str, str]

    def __new__(cls, message: str, /, **values: Any) -> Self:
        """Put the values into their places."""
        return cls._made(str(message), "", values)

    @classmethod
    def counted(cls, one: str, many: str, n: int, /, **values: Any) -> Self:
        """Make one that counts something, as in "{n} case" and "{n} cases".

        Parameters
        ----------
        one, many : str
            What is said of one, and of any other number, in English.
        n : int
            How many there are; ``{n}`` where it stands in the sentence.
        **values
            What stands in the other places.
        """
        return cls._made(one, many, {_COUNTED: n, **values})

    @classmethod
    def titled(cls, title: str, in_languages: Mapping[str, str]) -> Self:
        """Make one that brings its own words for some languages.

        Parameters
        ----------
        title : str
            In English.
        in_languages : mapping of str to str
            Of a language's short name, as in "zh", to the title in it.
        """
        made = cls._made(str(title), "", {})
        made.own = dict(in_languages)
        return made

    @classmethod
    def _made(cls, message: str, many: str, values: Mapping[str, Any]) -> Self:
        values = {name: _value(value) for name, value in values.items()}
        chosen = many if many and values[_COUNTED] != 1 else message
        made = super().__new__(cls, _filled(chosen, values))
        made.message, made.many, made.values, made.own = message, many, values, {}
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Nothing in it changes."""
        return self

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Say how it is made anew."""
        return _remade, (_kept(self) | {_VALUES: dict(self.values)},)


# Of fields that hold what is said; and of those whose texts are messages themselves, as titles are:
# what is read from a file is tried in this order.
Text = str | Sentence
Stated = Sentence | str


def said(text: str) -> str:
    """Say a sentence in the language that is spoken; any other text is given as it is."""
    if not isinstance(text, Sentence) or not text or language() == ENGLISH:
        return str(text)
    if language() in text.own:
        return text.own[language()]
    message = ngettext(text.message, text.many, text.values[_COUNTED]) if text.many else (
        _(text.message)
    )  # fmt: skip
    return _filled(message, {name: _in_place(value) for name, value in text.values.items()})


def verbatim(text: str) -> Sentence:
    """Keep a user's own words, which are nobody's message."""
    return Sentence("{text}", text=text)


def joined(link: str, parts: Iterable[str]) -> str:
    """Join sentences by a message with the places ``{first}`` and ``{more}``."""
    *before, whole = parts
    for part in reversed(before):
        whole = Sentence(link, first=part, more=whole)
    return whole


AFTER_A_COMMA = marked("{first}, {more}")
AFTER_A_SEMICOLON = marked("{first}; {more}")
AFTER_A_COLON = marked("{first}: {more}")
AND = marked("{first} and {more}")
OR = marked("{first} or {more}")
NEXT = marked("{first}  {more}")


def spoken(value: Any) -> Any:
    """Give records, lists and mappings with all of their sentences said.

    What holds none is given as it is; in English that is all of it.
    """
    return value if language() == ENGLISH else _spoken(value, {})


def _spoken(value: Any, known: dict[int, tuple[Any, Any]]) -> Any:
    if isinstance(value, str):
        return said(value) if isinstance(value, Sentence) else value
    if isinstance(value, (tuple, list, dict)) or is_dataclass(value):
        if isinstance(value, type):
            return value
        # What is shared stays shared; what is known is held, so that no other has its number.
        if id(value) not in known:
            known[id(value)] = value, _of_parts(value, known)
        return known[id(value)][1]
    return value


def _of_parts(value: Any, known: dict[int, tuple[Any, Any]]) -> Any:
    if isinstance(value, dict):
        made = {name: _spoken(item, known) for name, item in value.items()}
        return made if any(made[name] is not item for name, item in value.items()) else value
    if isinstance(value, (tuple, list)):
        items = [_spoken(item, known) for item in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    parts = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
    new = {name: _spoken(part, known) for name, part in parts.items()}
    changed = {name: part for name, part in new.items() if part is not parts[name]}
    return replace(value, **changed) if changed else value


def plain(value: Any) -> Any:
    """Give what JSON holds: each sentence as an object, which ``unplain`` reads."""
    if isinstance(value, Sentence):
        return _kept(value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def unplain(parsed: dict[str, Any]) -> Any:
    """Make a sentence of an object of ``plain``; a hook of ``json.loads``.

    Raises
    ------
    ValueError
        If it looks like one, and is none.
    """
    if _MESSAGE not in parsed or not parsed.keys() <= {_MESSAGE, _MANY, _VALUES, _OWN}:
        return parsed
    try:
        return _remade(parsed)
    except (AttributeError, KeyError, TypeError):
        raise ValueError(f"{str(parsed)[:80]} is no sentence") from None


def _remade(kept: Mapping[str, Any]) -> Sentence:
    message, many, own = kept[_MESSAGE], kept.get(_MANY, ""), kept.get(_OWN, {})
    if not all(isinstance(text, str) for text in (message, many, *own, *own.values())):
        raise ValueError("what a sentence says is text")
    made = Sentence._made(message, many, kept.get(_VALUES, {}))
    made.own = dict(own)
    return made


def _kept(sentence: Sentence) -> dict[str, Any]:
    kept: dict[str, Any] = {_MESSAGE: sentence.message}
    if sentence.many:
        kept[_MANY] = sentence.many
    if sentence.values:
        kept[_VALUES] = plain(sentence.values)
    return kept | ({_OWN: dict(sentence.own)} if sentence.own else {})


def _value(value: Any) -> Any:
    if type(value).__module__ == "numpy":  # which takes a while to import
        value = value.item()
    if not isinstance(value, (str, int, float)):
        raise ValueError(f"{str(value)[:80]} is nothing that stands in a sentence")
    return value


def _in_place(value: Any) -> Any:
    return said(value) if isinstance(value, str) else value


def _filled(message: str, values: Mapping[str, Any]) -> str:
    if not values:
        return message
    for _text, name, spec, conversion in string.Formatter().parse(message):
        if name is None:
            continue
        if not _PLACE.fullmatch(name) or not _SPEC.fullmatch(spec) or conversion not in (None, "r"):
            raise ValueError(f"{name!r} is no place of a sentence")
        if name not in values:
            raise ValueError(f"{name!r} has no value in {message!r}")
    try:
        return message.format(**values)
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError(f"{message!r} cannot be filled: {error}") from None
