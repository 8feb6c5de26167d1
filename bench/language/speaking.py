"""The language that readers are spoken to in: English, or another one that has a catalog.

Each sentence is one message with named places: ``_("{n} cases of {title}").format(n=n,
title=title)``, and ``ngettext("{n} case", "{n} cases", n).format(n=n)`` where it counts.  Tables of
sentences that are made when a module is loaded are ``marked`` there and translated where they are
used.  ``docs/make_messages.py`` gathers all three.
"""

import gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

from ..errors import RequestError
from .spacing import Spaced

ENGLISH = "en"
# What each language calls itself; the first is that of the sentences in the code.
LANGUAGES = {ENGLISH: "English", "zh": "中文"}
# As POSIX asks them, the first that is set.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")

_spoken = ENGLISH


def language() -> str:
    """Give the language that is spoken now, such as "zh"."""
    return _spoken


def speak(name: str) -> None:
    """Speak a language from now on.

    Raises
    ------
    RequestError
        If there is no such language.
    """
    global _spoken
    if name not in LANGUAGES:
        raise RequestError(f"There is no language {name!r}; there are {', '.join(LANGUAGES)}.")
    _spoken = name


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = language()
    speak(name)
    try:
        yield
    finally:
        speak(before)


def of_locale(environment: Mapping[str, str]) -> str:
    """Give the language that the environment's locale asks for; English where we do not have it."""
    locale = next(filter(None, map(environment.get, _VARIABLES)), "")
    spoken = locale.partition(".")[0].partition("_")[0].lower()
    return spoken if spoken in LANGUAGES else ENGLISH


def _(message: str) -> str:
    """Say a sentence in the language that is spoken."""
    # A catalog keeps its own header under the empty one.
    return _as_spoken(_catalog(_spoken).gettext(message)) if message else ""


def ngettext(one: str, many: str, n: int) -> str:
    """Say a sentence that counts ``n`` of something."""
    return _as_spoken(_catalog(_spoken).ngettext(one, many, n))


def marked(message: str) -> str:
    """Mark a sentence that is said where it is used; gives it as it is."""
    return message


def _as_spoken(sentence: str) -> str:
    return Spaced(sentence) if _spoken == "zh" else sentence


@cache
def _catalog(name: str) -> gettext.NullTranslations:
    if name == ENGLISH:
        return gettext.NullTranslations()
    with (files(__package__) / "catalogs" / f"{name}.mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)
