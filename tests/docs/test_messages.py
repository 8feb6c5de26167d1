"""The catalogs hold every sentence, translated, with the places that it has in English."""

import importlib.util
import re

import pytest
from babel.messages.pofile import read_po
from intentbench.bench.plugins.registry import ROOT

_spec = importlib.util.spec_from_file_location("make_messages", ROOT / "docs" / "make_messages.py")
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)
PLACES = re.compile(r"{(\w*)[^}]*}|%\((\w+)\)s")


def translated(language):
    """Every sentence that has a translation: in English (one and many), and in the language."""
    for path in (messages.CATALOGS / language).glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    said = [message.id] if isinstance(message.id, str) else message.id
                    strings = [message.string] if isinstance(message.id, str) else message.string
                    yield said, strings


def places(text):
    return {one or other for one, other in PLACES.findall(text)}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_sentence_has_its_translation_and_is_compiled(language):
    made, empty = messages.files_of(language)
    assert not empty
    stale = [path.name for path, content in made.items() if path.read_bytes() != content]
    assert not stale, "run .venv/bin/python -P docs/make_messages.py"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_name_the_same_places(language):
    wrong = [
        (said[-1], string)
        for said, strings in translated(language)
        for string in strings
        if places(string) - places(said[-1]) or places(said[0]) - places(string)
    ]
    assert not wrong


def test_sentences_of_code_and_of_templates_are_gathered():
    sentences = {said[0] for said, _ in translated("zh")}
    assert {"Use {title}.", "Alarm: %(alarm)s"} <= sentences
