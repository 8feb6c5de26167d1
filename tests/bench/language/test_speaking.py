"""The language that is spoken: chosen by the locale, and back to what it was."""

import pytest
from intentbench.bench.errors import RequestError
from intentbench.bench.language.speaking import (
    _,
    language,
    marked,
    of_locale,
    speak,
    speaking,
)


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
    ],
)
def test_locale_chooses_the_language(environment, name):
    assert of_locale(environment) == name


def test_speaking_ends_with_the_language_before():
    with speaking("zh"):
        assert language() == "zh"
        with pytest.raises(ZeroDivisionError), speaking("en"):
            assert _("Use {title}.") == "Use {title}."
            raise ZeroDivisionError
        assert _("Use {title}.") == "使用 {title}。"
    assert language() == "en"


def test_marked_sentence_stays_as_it_is_until_it_is_said():
    with speaking("zh"):
        assert marked("Use none.") == "Use none." != _("Use none.")


def test_unknown_language_is_refused():
    with pytest.raises(RequestError, match=r"no language 'de'; there are en, zh"):
        speak("de")
