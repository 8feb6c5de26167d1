"""Sentences that are kept: English to everybody, said where they are read, whole through JSON."""

import copy
import json
import pickle
from dataclasses import dataclass, field

import pytest
from intentbench.bench.language import speaking as speaking_file
from intentbench.bench.language.sentence import (
    AFTER_A_COMMA,
    Sentence,
    joined,
    plain,
    said,
    spoken,
    unplain,
)
from intentbench.bench.language.speaking import speaking

CHINESE = {
    "Base rate": "基准率",
    "{title} was slow: {why}": "{title} 太慢：{why}",
    "after {seconds:.1f} s": "超过 {seconds:.1f} 秒",
    "{n:,} case": "{n:,} 个案例",
    AFTER_A_COMMA: "{first}，{more}",
}


class Catalog:
    def gettext(self, message):
        return CHINESE.get(message, message)

    def ngettext(self, one, many, n):
        return CHINESE.get(one, one if n == 1 else many)


@pytest.fixture(autouse=True)
def catalog(monkeypatch):
    monkeypatch.setattr(speaking_file, "_catalog", lambda name: Catalog())


def slow():
    return Sentence(
        "{title} was slow: {why}",
        title=Sentence("Base rate"),
        why=Sentence("after {seconds:.1f} s", seconds=2.25),
    )


def test_is_its_english_text_to_everybody_who_does_not_say_it():
    with speaking("zh"):
        assert slow() == "Base rate was slow: after 2.2 s"
        assert f"{slow()}." == "Base rate was slow: after 2.2 s."
        assert said("Base rate") == "Base rate"  # a text, as of a user


def test_says_itself_and_what_stands_in_it():
    assert said(slow()) == "Base rate was slow: after 2.2 s"
    with speaking("zh"):
        assert said(slow()) == "基准率太慢：超过 2.2 秒"


@pytest.mark.parametrize(("n", "english"), [(1, "1 case"), (0, "0 cases"), (1234, "1,234 cases")])
def test_counts(n, english):
    sentence = Sentence.counted("{n:,} case", "{n:,} cases", n)
    assert sentence == english
    with speaking("zh"):
        assert said(sentence) == f"{n:,} 个案例"


def test_words_of_its_own_come_before_the_catalog():
    with speaking("zh"):
        assert said(Sentence.titled("Base rate", {"zh": "底线"})) == "底线"
        assert said(Sentence.titled("Mine", {})) == "Mine"


def test_parts_are_joined_by_the_language():
    parts = [Sentence("Base rate"), "b", "c"]
    assert joined(AFTER_A_COMMA, parts) == "Base rate, b, c"
    with speaking("zh"):
        assert said(joined(AFTER_A_COMMA, parts)) == "基准率，b，c"


@pytest.mark.parametrize("make", [slow, lambda: Sentence.counted("{n:,} case", "{n:,} cases", 2),
                                  lambda: Sentence.titled("Mine", {"zh": "我的"})])  # fmt: skip
@pytest.mark.parametrize(
    "through",
    [
        lambda made: json.loads(json.dumps(plain({"it": [made]})), object_hook=unplain)["it"][0],
        lambda made: pickle.loads(pickle.dumps(made)),  # noqa: S301 - what we just made
        copy.deepcopy,
    ],
    ids=["json", "pickle", "deepcopy"],
)
def test_is_the_same_when_it_was_written_and_read(make, through):
    sentence, again = make(), through(make())
    assert again == sentence and type(again) is Sentence
    with speaking("zh"):
        assert said(again) == said(sentence)


def test_texts_are_no_sentences_when_they_are_read():
    read = json.loads(json.dumps(plain(["Base rate", Sentence("Base rate")])), object_hook=unplain)
    assert [type(text) for text in read] == [str, Sentence]


@dataclass(frozen=True)
class Record:
    title: str
    notes: tuple[str, ...] = ()
    parts: "list[Record]" = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)


def test_records_are_said_as_a_whole_and_what_is_shared_stays_so():
    shared = Record(Sentence("Base rate"))
    record = Record("a", (slow(), "b"), [shared, shared], {"c": Sentence("Base rate"), "d": "e"})
    assert spoken(record) is record
    with speaking("zh"):
        told = spoken(record)
        assert told.notes == ("基准率太慢：超过 2.2 秒", "b")
        assert told.about == {"c": "基准率", "d": "e"}
        assert told.parts[0] is told.parts[1] and told.parts[0].title == "基准率"
        silent = Record("a", ("b",))
        assert spoken(silent) is silent


@pytest.mark.parametrize(
    "made_up",
    [
        {"sentence": "{a.__class__}", "values": {"a": 1}},
        {"sentence": "{a[0]}", "values": {"a": "b"}},
        {"sentence": "{a:>999999999}", "values": {"a": 1}},
        {"sentence": "{a:{b}}", "values": {"a": 1, "b": 2}},
        {"sentence": "{}", "values": {"a": 1}},
        {"sentence": "{a!s:d}", "values": {"a": 1}},
        {"sentence": "{a:d}", "values": {"a": "text"}},
        {"sentence": "{b}", "values": {"a": 1}},
        {"sentence": "{a", "values": {"a": 1}},
        {"sentence": "a", "values": {"a": [1]}},
        {"sentence": "a", "values": [1]},
        {"sentence": 3},
        {"sentence": "a", "many": "b"},
        {"sentence": "a", "in": {"zh": 3}},
    ],
)
def test_what_is_made_up_is_refused(made_up):
    with pytest.raises(ValueError):
        json.loads(json.dumps(made_up), object_hook=unplain)


def test_objects_that_are_no_sentences_are_left_alone():
    for other in ({"sentence": "a", "b": 1}, {"values": {}}, {}):
        assert unplain(other) is other
